"""What a year says of a score: order, level and drift, of all accounts and of groups of them."""

from __future__ import annotations

import numpy as np

from sim.economy.sectors import SECTORS
from sim.engine.loops.order import mean
from sim.engine.loops.ranking import order_of
from sim.lender.policies.discrimination import (
    Yardstick,
    calibration,
    discriminate,
    hosmer_lemeshow,
    population_stability,
)

DECILES = range(1, 11)
FILES = ("thick", "thin")
GROUPS = ("all", *FILES, *SECTORS)
JUDGED = (
    *("auc", "auc_thin", "auc_thick", "gini", "ks", "psi", "predicted", "realised", "hosmer_lemeshow"),
    *("predicted_thin", "realised_thin", "predicted_thick", "realised_thick"),
    *(f"gini_{name}" for name in SECTORS),
    *(f"{what}_{decile}" for what in ("predicted", "realised") for decile in DECILES),
)


def judgement(
    score: np.ndarray,
    predicted: np.ndarray,
    bad: np.ndarray,
    thin: np.ndarray,
    sector: np.ndarray,
    yardstick: Yardstick | None,
) -> dict[str, float]:
    """Figures of a score, named as `JUDGED` has them.

    Parameters
    ----------
    score : float64[n]
        Points of at least one account; lower is riskier.
    predicted : float64[n]
        Default rates that the scores stood for.
    bad : bool[n]
        Who turned bad.
    thin : bool[n]
        Whose file is thin.
    sector : int64[n]
        Place of the stated sector among `SECTORS`.
    yardstick : Yardstick, optional
        Earlier scores that the stability index holds these against; without it that is 0.
    """
    danger = -score
    order = order_of(danger)
    rates = calibration(predicted, bad, order=order)
    groups = np.stack([np.zeros(len(bad), dtype=np.int64), 1 + thin, GROUPS.index(SECTORS[0]) + sector])
    told = discriminate(order, danger, bad, groups, len(GROUPS))
    areas, turned, counts = (dict(zip(GROUPS, of, strict=True)) for of in (told.areas, told.bad, told.counts))
    found = {
        "auc": areas["all"],
        "gini": 2.0 * areas["all"] - 1.0,
        "ks": told.distance,
        "psi": population_stability(yardstick, score) if yardstick else 0.0,
        "predicted": mean(predicted),
        "realised": turned["all"] / counts["all"],
        "hosmer_lemeshow": hosmer_lemeshow(*rates),
    }
    for place, name in enumerate(FILES):
        inside = predicted[np.flatnonzero(thin == place)]  # quicker to look up by than a mask
        found[f"auc_{name}"] = areas[name]
        found[f"predicted_{name}"] = mean(inside) if counts[name] else 0.0
        found[f"realised_{name}"] = turned[name] / counts[name] if counts[name] else 0.0
    found |= {f"gini_{name}": 2.0 * areas[name] - 1.0 for name in SECTORS}
    for what, of in zip(("predicted", "realised"), rates[:2], strict=True):
        found |= {f"{what}_{decile}": rate for decile, rate in zip(DECILES, of.tolist(), strict=True)}
    return found
