"""Intervals cover what they should: on studies whose truth is known, and against published numbers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.study.compare.compare import variance_reduction
from sim.study.compare.intervals import (
    bootstrap_interval,
    chance_interval,
    holm,
    mean_interval,
    p_value,
    quantile_interval,
    runs_to_survive,
    shortfall,
    shortfall_interval,
)
from sim.study.compare.risk import risk_table, shares_of_spread

STUDIES = 2000
"""Synthetic studies; a coverage of 95 % is then seen with a standard error of 0.49 points."""


def share_covered(intervals, truth) -> float:
    return float(np.mean([low <= true <= high for (_, low, high), true in zip(intervals, truth, strict=True)]))


@pytest.mark.parametrize("runs", [5, 20])
def test_paired_intervals_cover_a_known_difference(runs):
    luck = np.random.default_rng(4)
    shared = luck.normal(0.0, 1.0, (STUDIES, runs))
    theirs = 1.0 + shared + luck.normal(0.0, 0.3, (STUDIES, runs))
    ours = 1.5 + shared + luck.normal(0.0, 0.3, (STUDIES, runs))
    covered = share_covered([mean_interval(row) for row in ours - theirs], [0.5] * STUDIES)
    assert 0.935 <= covered <= 0.965
    # Pairing saves what the shared luck weighs: (1 + 0.09) / 0.09.
    assert variance_reduction(ours.ravel(), theirs.ravel()) == pytest.approx(1.09 / 0.09, rel=0.05)


def test_bootstrap_intervals_cover_too():
    luck = np.random.default_rng(5)
    covered = share_covered([bootstrap_interval(row) for row in luck.normal(2.0, 1.0, (300, 40))], [2.0] * 300)
    assert covered == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 300))


@pytest.mark.parametrize(("level", "runs"), [(0.5, 20), (0.95, 120), (0.99, 700)])
def test_quantile_intervals_cover_a_known_quantile(level, runs):
    luck = np.random.default_rng(6)
    truth = math.exp(0.5 * stats.norm.ppf(level))
    found = [quantile_interval(row, level) for row in luck.lognormal(0.0, 0.5, (STUDIES, runs))]
    assert share_covered(found, [truth] * STUDIES) >= 0.94


def test_ruin_intervals_cover_known_chances():
    luck = np.random.default_rng(7)
    chances = luck.uniform(0.01, 0.3, STUDIES)
    found = [chance_interval(int(hits), 200) for hits in luck.binomial(200, chances)]
    # The coverage of Wilson's interval swings with the chance: 93 to 97 % at 200 runs, 95 on average.
    assert share_covered(found, chances) >= 0.94


def test_wilson_gives_the_published_numbers():
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for hits, count, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
                                   (1, 29, 0.0061, 0.1718)):  # fmt: skip
        found = chance_interval(hits, count)
        assert found[1:] == pytest.approx((low, high), abs=5e-5)


def test_survival_at_99_percent_needs_381_runs():
    assert runs_to_survive() == 381
    assert chance_interval(0, 381)[2] <= 0.01 < chance_interval(0, 380)[2]


@pytest.mark.filterwarnings("error")
def test_one_run_has_a_mean_alone_and_none_has_nothing():
    (mean, *ends), nothing = mean_interval(np.array([3.0])), mean_interval(np.empty(0))
    assert mean == 3.0 and all(math.isnan(value) for value in (*ends, *nothing))
    mean, low, high = mean_interval(np.array([3.0, 5.0]))
    assert mean == 4.0 and (low, high) == pytest.approx((4.0 - 12.706, 4.0 + 12.706), abs=1e-3)


def test_too_few_runs_have_no_quantile():
    values = np.arange(100.0)
    assert all(math.isnan(end) for end in quantile_interval(values, 0.99))
    assert all(math.isnan(end) for end in shortfall_interval(values, 0.99))
    assert math.isnan(mean_interval(values[:1])[1])
    assert math.isnan(bootstrap_interval(values[:7])[1])


def test_shortfall_is_the_mean_of_the_tail():
    assert shortfall(np.arange(1.0, 101.0), 0.95) == pytest.approx(98.0)
    assert shortfall(np.arange(1.0, 11.0), 0.75) == pytest.approx((10 + 9 + 0.5 * 8) / 2.5)
    luck = np.random.default_rng(8)
    # Of a standard normal at 95 %: density over mass, 2.0627.
    assert shortfall(luck.normal(size=200_000), 0.95) == pytest.approx(2.0627, abs=0.01)


def test_holm_gives_the_textbook_steps():
    # Holm (1979): 0.01, 0.02, 0.03, 0.04 become 4, 3, 2, 1 times themselves, never falling.
    assert holm([0.01, 0.04, 0.03, math.nan, 0.005]) == pytest.approx([0.03, 0.06, 0.06, math.nan, 0.02], nan_ok=True)


def test_holm_keeps_false_findings_at_their_level():
    luck = np.random.default_rng(9)
    families = luck.normal(size=(300, 10, 15))
    false = np.mean([min(holm([p_value(row) for row in family])) < 0.05 for family in families])
    assert false <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)


def table(**figures):
    rows = {}
    for arm, columns in figures.items():
        for name, values in columns.items():
            for number, value in enumerate(values):
                rows.setdefault((arm, "calm", number), {})[name] = value
    index = pd.MultiIndex.from_tuples(rows, names=["arm", "scenario", "replication"])
    return pd.DataFrame(list(rows.values()), index=index)


def test_risk_says_what_it_is_conditional_on_and_leaves_out_what_it_cannot_know():
    runs = table(first={"loss_rate": np.linspace(0, 1, 30), "fund_exhausted": [0.0] * 27 + [1.0] * 3})
    found = risk_table(runs, {"calm": "central"}).set_index("measure")
    assert set(found["conditional_on"]) == {"the scenario calm"}
    assert math.isnan(found.loc["loss rate, 99% quantile (VaR)", "estimate"])
    ruin = found.loc["the fund is exhausted at least once"]
    assert (ruin["estimate"], ruin["interval"]) == (0.1, "Wilson")
    assert (ruin["unit"], ruin["period"]) == ("fraction of runs", "at least once in the window")
    losses = found.drop("the fund is exhausted at least once")
    assert set(losses["unit"]) == {"fraction of outstanding a year"}
    assert set(losses["period"]) == {"over the window, annualised"}
    assert set(risk_table(runs, {"calm": "stochastic"})["conditional_on"]) == {"regimes drawn in every run"}


def test_spread_is_split_between_parameters_and_luck():
    luck = np.random.default_rng(11)
    points = np.repeat(luck.normal(0, 2.0, 400), 6)
    index = pd.MultiIndex.from_product([range(400), range(6)], names=["point", "replication"])
    cells = pd.DataFrame({"loss_rate": points + luck.normal(0, 1.0, 2400)}, index=index)
    parameters, monte_carlo = shares_of_spread(cells, ["loss_rate"])["loss_rate"]
    assert parameters == pytest.approx(0.8, abs=0.04) and parameters + monte_carlo == pytest.approx(1.0)
