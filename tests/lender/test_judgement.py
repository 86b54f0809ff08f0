"""What a year says of a score: each figure is that of the group alone."""

from __future__ import annotations

import numpy as np
import pytest

from sim.economy.sectors import SECTORS
from sim.engine.loops.order import mean
from sim.lender.judgement import DECILES, FILES, JUDGED, judgement
from sim.lender.policies.discrimination import (
    Yardstick,
    area_under_curve,
    calibration,
    hosmer_lemeshow,
    kolmogorov_smirnov,
    population_stability,
)

ROWS = 900


def book() -> dict[str, np.ndarray]:
    luck = np.random.default_rng(8)
    score = np.round(luck.normal(650.0, 60.0, ROWS), -1)
    predicted = 1.0 / (1.0 + np.exp(2.0 + (score - 650.0) / 60.0))
    return {
        "score": score,
        "predicted": predicted,
        "bad": luck.random(ROWS) < predicted,
        "thin": luck.random(ROWS) < 0.3,
        "sector": luck.integers(0, len(SECTORS) - 1, ROWS),  # nobody is in the last one
    }


def test_every_figure_is_that_of_its_group_alone():
    given, before = book(), np.linspace(500.0, 780.0, 77)
    found, (score, predicted, bad, thin, sector) = judgement(**given, yardstick=Yardstick.of(before)), given.values()
    assert sorted(found) == sorted(JUDGED) and all(type(value) is float for value in found.values())
    danger, rates = -score, calibration(predicted, bad)
    assert found["auc"] == area_under_curve(danger, bad) and found["ks"] == kolmogorov_smirnov(danger, bad)
    assert found["gini"] == 2.0 * found["auc"] - 1.0
    assert found["psi"] == population_stability(before, score) > 0.01
    assert found["hosmer_lemeshow"] == hosmer_lemeshow(*rates)
    assert (found["predicted"], found["realised"]) == (mean(predicted), mean(bad))
    for name, inside in zip(FILES, (~thin, thin), strict=True):
        assert found[f"auc_{name}"] == area_under_curve(danger[inside], bad[inside])
        assert found[f"predicted_{name}"] == mean(predicted[inside])
        assert found[f"realised_{name}"] == mean(bad[inside])
    for place, name in enumerate(SECTORS):
        inside = sector == place
        assert found[f"gini_{name}"] == 2.0 * area_under_curve(danger[inside], bad[inside]) - 1.0
    assert found[f"gini_{SECTORS[-1]}"] == 0.0
    for what, of in zip(("predicted", "realised"), rates[:2], strict=True):
        assert [found[f"{what}_{decile}"] for decile in DECILES] == of.tolist()


@pytest.mark.parametrize(("name", "thin"), [("thin", False), ("thick", True)])
def test_a_group_without_accounts_has_no_figures(name, thin):
    given = {**book(), "thin": np.full(ROWS, thin)}
    found = judgement(**given, yardstick=None)
    assert (found[f"auc_{name}"], found[f"predicted_{name}"], found[f"realised_{name}"]) == (0.5, 0.0, 0.0)
    assert found["psi"] == 0.0
