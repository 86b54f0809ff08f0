"""Losses across replications, ruin, and how much of a spread is luck."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.figures.catalog import FIGURES
from sim.study.compare.intervals import (
    Floats,
    chance_interval,
    mean_interval,
    quantile_interval,
    shortfall_interval,
)

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.95, 0.99)
EVENTS = {"fund_exhausted": "the fund is exhausted at least once", "lender_failed": "the lender fails"}
OF_RUNS = "fraction of runs"
COLUMNS = ("arm", "scenario", "conditional_on", "measure", "unit", "period",
           "estimate", "low", "high", "replications", "interval")  # fmt: skip
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
        Columns arm, scenario, conditional_on, measure, unit, period, estimate, low, high, replications, interval;
        estimate and ends are in ``unit``, a loss rate that of the figure, ruin a fraction of the runs.
    """
    import pandas as pd

    rows = []
    for (arm, scenario), block in runs.groupby(level=["arm", "scenario"], sort=False):
        given = DRAWN if kinds.get(scenario) == "stochastic" else f"the scenario {scenario}"
        losses = _finite(block["loss_rate"])
        of = FIGURES["loss_rate"]
        about = of.unit, of.window
        measures: list[tuple[str, tuple[str, str], tuple[float, float, float], int, str]] = [
            ("mean loss rate", about, mean_interval(losses, confidence), len(losses), "t")
        ]
        for level in LEVELS:
            ends = quantile_interval(losses, level, confidence)
            measures.append((f"loss rate, {level:.0%} quantile (VaR)", about, ends, len(losses), "order statistics"))
            ends = shortfall_interval(losses, level, confidence)
            measures.append((f"loss rate, {level:.0%} expected shortfall", about, ends, len(losses), "bootstrap"))
        for name, words in EVENTS.items():
            if name in block and block[name].notna().any():
                seen = _finite(block[name]) > 0
                chance = chance_interval(int(seen.sum()), len(seen), confidence)
                measures.append((words, (OF_RUNS, FIGURES[name].window), chance, len(seen), "Wilson"))
        rows += [(arm, scenario, given, name, *said, *ends, count, kind) for name, said, ends, count, kind in measures]
    return pd.DataFrame(rows, columns=list(COLUMNS))


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
