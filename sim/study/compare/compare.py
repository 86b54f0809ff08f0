"""Means, paired differences and what pairing saved, for every package, scenario and metric."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.catalog import MAIN
from sim.figures.figure import Figure
from sim.study.compare.figures import figures_of
from sim.study.compare.intervals import bootstrap_interval, holm, mean_interval, p_value
from sim.study.compare.parties import party_results
from sim.study.compare.worlds import worlds_interval, worlds_p_value

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

RUN = ("arm", "scenario", "replication")
"""What tells the runs of a study without a design apart."""

FUND_FIGURES = ("fund_capital", "fund_leverage", "fund_state", "fund_exhausted")
EXHAUSTED = 2
"""The state of a fund whose means have ended."""

COLUMNS = (
    "arm",
    "scenario",
    "metric",
    "unit",
    "period",
    "mean",
    "low",
    "high",
    "replications",
    "parent",
    "difference",
    "difference_low",
    "difference_high",
    "variance_reduction",
    "p_value",
    "p_holm",
    "interval",
)


def interval(
    values: Floats, confidence: float = 0.95, method: str = "t", worlds: int = 0
) -> tuple[float, float, float, int]:
    """Mean and interval of independent values, not-a-numbers left out.

    Parameters
    ----------
    values : float64[runs]
        One number for each replication.
    confidence : float
        Coverage of the interval.
    method : str
        ``t`` or ``bootstrap``.
    worlds : int
        From two on, run ``r`` lives in world ``r % worlds``, and the interval holds their doubt, too.

    Returns
    -------
    tuple
        Mean, lower and upper end, and the number of values; not-a-number where there are too few.
    """
    kept = values[np.isfinite(values)]
    if worlds > 1:
        return (*worlds_interval(values, confidence, worlds), len(kept))
    ends = (mean_interval if method == "t" else bootstrap_interval)(kept, confidence)
    return (*ends, len(kept))


def chance_of(values: Floats, worlds: int = 0) -> float:
    """Two-sided p value that the mean is zero, in one plausible world more where there are worlds."""
    return worlds_p_value(values, worlds) if worlds > 1 else p_value(values[np.isfinite(values)])


def variance_reduction(ours: Floats, theirs: Floats) -> float:
    """Variance of an unpaired difference over that of the paired one.

    Parameters
    ----------
    ours, theirs : float64[runs]
        One number for each replication; replications in the same order.

    Returns
    -------
    float
        Infinite where every paired difference is the same; not-a-number where there are fewer than two pairs,
        or where one side never varies, so that there is no luck to share.
    """
    both = np.isfinite(ours) & np.isfinite(theirs)
    if both.sum() < 2:
        return math.nan
    left, right = ours[both], theirs[both]
    spread = float(left.var(ddof=1)), float(right.var(ddof=1))
    if min(spread) == 0.0:
        return math.nan
    paired = float((left - right).var(ddof=1))
    return math.inf if paired == 0.0 else sum(spread) / paired


def run_figures(
    results: pd.DataFrame,
    closures: pd.DataFrame,
    *,
    window_from: int = 0,
    window_months: int = 0,
    keys: Sequence[str] = RUN,
) -> pd.DataFrame:
    """Combine the months of each run into one number a metric.

    Parameters
    ----------
    results : DataFrame
        Tidy results: arm, scenario, replication, month and metrics.
    closures : DataFrame
        Closure figures: one row for each run.
    window_from, window_months : int
        First month and number of months that count; 0 months: up to the end.
    keys : sequence of str
        What tells runs apart.

    Returns
    -------
    DataFrame
        Indexed by ``keys``; one float64 column a metric.
    """
    keys = list(keys)
    figures = figures_of(name for name in results.columns if name not in keys)
    month = results["month"]
    inside = month >= window_from
    if window_months:
        inside &= month < window_from + window_months
    named = results.astype({"arm": str, "scenario": str})
    named.attrs = {}  # pandas copies them, unit by unit, into all that is made of a table
    window = named[inside]
    groups = window.groupby(keys, sort=False)
    # A folder without the base of a pooled figure was written before there was one.
    by_base = [name for name, figure in figures.items() if figure.over == "pooled" and figure.base in window]
    others = [name for name, figure in figures.items() if figure.over in ("sum", "mean", "pooled")]
    means = [name for name in others if name in window and name not in by_base]
    lasts = [name for name, figure in figures.items() if figure.over == "last"]
    last = groups[lasts].nth(-1).set_axis(groups.size().index).astype(float)
    made = groups[means].mean().astype(float).join(last).copy()  # in one piece: columns are added below
    for name in by_base:
        made[name] = pooled(window, name, figures[name].base, keys)
    if "loss_rate" in figures:
        sums = groups[["charged_off", "recovered", "outstanding"]].sum().astype(float)
        net = sums["charged_off"] - sums["recovered"]
        made["loss_rate"] = 12.0 * net / sums["outstanding"].where(sums["outstanding"] > 0)
    made = made.join(_worst(groups, figures)).join(party_results(window, named[month < window_from], keys))
    made = _without_absent_fund(made, groups)
    return made.join(_closure_table(closures, keys))


def pooled(window: pd.DataFrame, name: str, base: str, keys: Sequence[str]) -> pd.Series:
    """Mean of a ratio with each month counted by its base; empty where no month has any."""
    weighed = (window[name] * window[base]).groupby([window[key] for key in keys], sort=False).sum()
    weight = window.groupby(list(keys), sort=False)[base].sum().astype(float)
    return weighed / weight.where(weight > 0)


def _worst(groups: Any, figures: Mapping[str, Figure]) -> pd.DataFrame:
    """What happened at least once in the window, or how low it went."""
    import pandas as pd

    made = {}
    if "fund_exhausted" in figures:
        made["fund_exhausted"] = (groups["fund_state"].max() >= EXHAUSTED).astype(float)
    if "lowest_capital_ratio" in figures:
        made["lowest_capital_ratio"] = groups["capital_ratio"].min().astype(float)
    return pd.DataFrame(made, index=groups.size().index)


def _without_absent_fund(made: pd.DataFrame, groups: Any) -> pd.DataFrame:
    """Leave the fund's figures empty where a package has no fund: zero would read as an exhausted one."""
    if "fund_capital" not in made:
        return made
    absent = ~(groups["fund_capital"].max().reindex(made.index) > 0)
    names = [name for name in FUND_FIGURES if name in made]
    made.loc[absent, names] = np.nan
    return made


def _closure_table(closures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    table = closures.set_index(keys).astype(float)
    judged = table["closures"] - table["censored_closures"]
    table["wrong_closure_share"] = table["wrong_closures"] / judged.where(judged > 0)
    for money in ("loss_avoided", "margin_forgone"):
        table[f"{money}_per_closure"] = table[money] / judged.where(judged > 0)
    chosen = table["random_closures"]
    table["random_wrong_closure_share"] = table["random_wrong_closures"] / chosen.where(chosen > 0)
    return table


def compare(
    runs: pd.DataFrame,
    parents: Mapping[str, str],
    scenarios: list[str],
    confidence: float = 0.95,
    method: str = "t",
    worlds: int = 0,
) -> pd.DataFrame:
    """Put every package beside its parent under common random numbers.

    Parameters
    ----------
    runs : DataFrame
        As `run_figures` returns it.
    parents : mapping
        Parent of each package, in the order of the report; empty for a root.
    scenarios : list of str
        In the order of the report.
    confidence : float
        Coverage of the intervals, which hold Monte Carlo error alone where there are no worlds.
    method : str
        ``t`` or ``bootstrap``.
    worlds : int
        Worlds that the runs live in, in turn; 0 or 1: none but the preset's.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, a row for each scenario, package and metric; figures in stored units. ``p_holm`` is
        adjusted over the family of all differences in the main figures.
    """
    import pandas as pd

    figures = figures_of(runs.columns)
    table = runs.sort_index()
    blocks = {key: block.droplevel([0, 1]) for key, block in table.groupby(level=[0, 1])}
    rows = []
    for scenario in scenarios:
        for arm, parent in parents.items():
            ours = blocks.get((arm, scenario))
            if ours is None:
                continue
            theirs = blocks.get((parent, scenario))
            mine = by_figure(ours, ours.index)
            others = mine if theirs is None else by_figure(theirs, ours.index)
            for name, values, other in zip(runs.columns, mine, others, strict=True):
                against = None if theirs is None else other
                rows.append(_row(arm, scenario, figures[name], values, parent, against, confidence, method, worlds))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    family = table["metric"].isin(MAIN)
    table.loc[family, "p_holm"] = holm(table.loc[family, "p_value"].tolist())
    return table


def by_figure(block: pd.DataFrame, runs: pd.Index[Any]) -> Floats:
    """Values of each figure in the order of runs, each at its number, float64[figures, runs].

    Not-a-numbers stand for runs that are not among ``runs``, or not in the block.
    """
    whole = block.reindex(runs).reindex(range(int(runs.max()) + 1))
    return np.ascontiguousarray(whole.to_numpy(np.float64).T)


def _row(
    arm: str,
    scenario: str,
    figure: Figure,
    ours: Floats,
    parent: str,
    theirs: Floats | None,
    confidence: float,
    method: str,
    worlds: int,
) -> tuple[Any, ...]:
    mean, low, high, count = interval(ours, confidence, method, worlds)
    gap = gap_low = gap_high = reduction = chance = math.nan
    if theirs is not None:
        paired = ours - theirs
        gap, gap_low, gap_high, _ = interval(paired, confidence, method, worlds)
        chance = chance_of(paired, worlds)
        reduction = variance_reduction(ours, theirs)
    words = (arm, scenario, figure.name, figure.unit, figure.window)
    return (*words, mean, low, high, count, parent, gap, gap_low, gap_high, reduction, chance, math.nan, method)


def median_reduction(table: pd.DataFrame, metrics: tuple[str, ...]) -> float:
    """Median variance-reduction factor over metrics, packages and scenarios, where it is defined."""
    factors = table.loc[table["metric"].isin(metrics), "variance_reduction"].dropna()
    return float(factors.median()) if len(factors) else math.nan
