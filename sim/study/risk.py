"""Losses across replications, ruin, and whether one package is better than another in every respect."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.study.intervals import (
    Floats,
    chance_interval,
    holm,
    mean_interval,
    p_value,
    quantile_interval,
    shortfall_interval,
)

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.95, 0.99)
EVENTS = {"fund_exhausted": "the fund is exhausted at least once", "lender_failed": "the lender fails"}
BETTER = {
    "loss_rate": -1,
    "delinquent_90": -1,
    "approval_rate": 1,
    "access_low_income": 1,
    "wrong_closures": -1,
    "defaults_caused_by_closing": -1,
    "lender_profit": 1,
}
"""Main figures in which more (1) or less (-1) is better for somebody: lender, borrowers or both."""

DRAWN = "regimes drawn in every run"


def risk_table(runs: pd.DataFrame, kinds: Mapping[str, str], confidence: float = 0.95) -> pd.DataFrame:
    """Loss distribution and ruin of every package in every scenario.

    Parameters
    ----------
    runs : DataFrame
        Indexed by arm, scenario and replication; a column a figure.
    kinds : mapping
        Where the path of each scenario comes from; ``stochastic`` ones are not conditional on a scenario.
    confidence : float
        Coverage of the intervals, Monte Carlo error alone.

    Returns
    -------
    DataFrame
        Columns arm, scenario, conditional_on, measure, estimate, low, high, replications, interval.
    """
    import pandas as pd

    rows = []
    for (arm, scenario), block in runs.groupby(level=["arm", "scenario"], sort=False):
        given = DRAWN if kinds.get(scenario) == "stochastic" else f"the scenario {scenario}"
        losses = _finite(block["loss_rate"])
        measures: list[tuple[str, tuple[float, float, float], int, str]] = [
            ("mean loss rate", mean_interval(losses, confidence), len(losses), "t")
        ]
        for level in LEVELS:
            ends = quantile_interval(losses, level, confidence)
            measures.append((f"loss rate, {level:.0%} quantile (VaR)", ends, len(losses), "order statistics"))
            ends = shortfall_interval(losses, level, confidence)
            measures.append((f"loss rate, {level:.0%} expected shortfall", ends, len(losses), "bootstrap"))
        for name, words in EVENTS.items():
            if name in block and block[name].notna().any():
                seen = _finite(block[name]) > 0
                measures.append((words, chance_interval(int(seen.sum()), len(seen), confidence), len(seen), "Wilson"))
        rows += [(arm, scenario, given, name, *ends, count, kind) for name, ends, count, kind in measures]
    columns = ["arm", "scenario", "conditional_on", "measure", "estimate", "low", "high", "replications", "interval"]
    return pd.DataFrame(rows, columns=columns)


def dominance(runs: pd.DataFrame, arms: Sequence[str], level: float = 0.01) -> pd.DataFrame:
    """Say of each pair of packages in which figures one is better, run by run under the same luck.

    A figure counts when its paired difference keeps its direction at ``level`` after Holm's adjustment over all
    figures of the pair. A package dominates another when it is better in at least one figure and worse in none.

    Returns
    -------
    DataFrame
        Columns scenario, arm, other, better, worse (names of figures), dominates.
    """
    import pandas as pd

    rows = []
    for scenario in dict.fromkeys(runs.index.get_level_values("scenario")):
        here = runs.xs(scenario, level="scenario")
        for place, arm in enumerate(arms):
            for other in arms[place + 1 :]:
                better, worse = _sides(here.loc[arm], here.loc[other], level)
                verdict = arm if better and not worse else other if worse and not better else ""
                rows.append((scenario, arm, other, " ".join(better), " ".join(worse), verdict))
    return pd.DataFrame(rows, columns=["scenario", "arm", "other", "better", "worse", "dominates"])


def _sides(ours: pd.DataFrame, theirs: pd.DataFrame, level: float) -> tuple[list[str], list[str]]:
    names = [name for name in BETTER if name in ours]
    gaps = [_finite(BETTER[name] * (ours[name] - theirs[name].reindex(ours.index))) for name in names]
    sure = [value <= level for value in holm([p_value(gap) for gap in gaps])]
    better = [name for name, gap, known in zip(names, gaps, sure, strict=True) if known and gap.mean() > 0]
    worse = [name for name, gap, known in zip(names, gaps, sure, strict=True) if known and gap.mean() < 0]
    return better, worse


def shares_of_spread(cells: pd.DataFrame, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Share of a figure's spread over the cells of a design that its points make, and share that luck makes.

    All points meet the same luck, so a cell is a point's effect, a replication's effect and what is left (two-way
    analysis of variance, one cell each); luck is the latter two.

    Parameters
    ----------
    cells : DataFrame
        Indexed by point and replication, one package and scenario.

    Returns
    -------
    dict
        Name -> (share of the parameters, Monte Carlo share); not-a-number with one replication.
    """
    found: dict[str, tuple[float, float]] = {}
    for name in names:
        grid = cells[name].unstack("replication").dropna().to_numpy(np.float64)
        points, runs = grid.shape
        if points < 2 or runs < 2:
            found[name] = (math.nan, math.nan)
            continue
        rows, columns = grid.mean(axis=1), grid.mean(axis=0)
        rest = grid - rows[:, None] - columns[None, :] + grid.mean()
        left = float((rest**2).sum()) / ((points - 1) * (runs - 1))
        parameters = max(0.0, float(rows.var(ddof=1)) - left / runs)
        luck = max(0.0, float(columns.var(ddof=1)) - left / points) + left
        whole = parameters + luck
        found[name] = (parameters / whole, luck / whole) if whole > 0 else (math.nan, math.nan)
    return found


def _finite(values: Any) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    return found[np.isfinite(found)]
