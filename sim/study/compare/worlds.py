"""Doubt about parameters beside luck: what runs in several plausible worlds say, and which part of the doubt is whose.

Run ``r`` lives in world ``r % worlds`` with luck of its own; packages share world and luck within a run. The law of
total variance splits the spread of the worlds' means into what luck puts there, which is taken out, and the rest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy  # its parts are loaded when first used

from sim.study.compare.figures import figures_of
from sim.study.compare.intervals import NOTHING, Floats

if TYPE_CHECKING:
    import pandas as pd

NODES = 256
"""Pairs of variances that an interval is taken over, a power of two."""

COLUMNS = (
    "scenario",
    "arm",
    "parent",
    "metric",
    "unit",
    "difference",
    "low",
    "high",
    "luck_sd",
    "worlds_sd",
    "worlds_share",
    "sign_holds",
    "worlds",
)


class Doubt(NamedTuple):
    """What runs in several worlds say of one figure.

    ``of_means`` is the variance of the worlds' means, ``by_luck`` what luck alone gives the mean of a world, from
    ``spare`` degrees of freedom; ``same_sign`` of ``worlds`` have the sign of the mean.
    """

    mean: float
    of_means: float
    by_luck: float
    spare: int
    same_sign: int
    worlds: int

    @property
    def luck(self) -> float:
        """Variance of the mean over all runs by luck alone: Monte Carlo error."""
        return self.by_luck / self.worlds if self.worlds else math.nan

    @property
    def between(self) -> float:
        """Variance of the figure between worlds, what luck puts there taken out; never below zero."""
        return max(self.of_means - self.by_luck, 0.0) if math.isfinite(self.of_means) else math.nan

    @property
    def share(self) -> float:
        """Share of the doubt that lies between worlds; not-a-number where there is no doubt at all."""
        whole = self.luck + self.between
        return self.between / whole if whole > 0.0 else math.nan

    def errors(self) -> Floats:
        """Standard errors of the figure in one plausible world more, as wide as variances from few runs leave them.

        Both variances are spread by their chi-squared distributions (Weerahandi, 1993): the one between worlds is a
        difference of two estimates, and taken for known it would make the interval too narrow.
        """
        means, luck = _spread(self.worlds - 1, self.spare)
        means, luck = means * self.of_means, luck * self.by_luck
        return np.sqrt(np.maximum(means - luck, 0.0) + np.maximum(means, luck) / self.worlds)


@cache
def _spread(worlds: int, runs: int) -> tuple[Floats, Floats]:
    """Factors by which two variances may be off, float64[`NODES`] each, evenly spread over both distributions."""
    places = scipy.stats.qmc.Sobol(2, rng=np.random.default_rng(1)).random(NODES)
    return tuple(n / scipy.special.chdtri(n, places[:, k]) for k, n in enumerate((worlds, runs)))


def doubt(values: Floats, worlds: int) -> Doubt:
    """Split the doubt about a mean by one-way analysis of variance (Searle, Casella and McCulloch, 1992).

    Parameters
    ----------
    values : float64[runs]
        One number for each run, in the order of runs; not-a-number where a run has none.
    worlds : int
        At least two.

    Returns
    -------
    Doubt
        Its variances are not-a-number where no world has two runs, or fewer than two have any.
    """
    table = np.full(-(-len(values) // worlds) * worlds, np.nan)
    table[: len(values)] = values
    rows = table.reshape(-1, worlds)
    rows = rows[:, np.isfinite(rows).any(axis=0)]
    counts = np.isfinite(rows).sum(axis=0)
    if len(counts) < 2 or counts.max() < 2:
        return Doubt(float(np.nanmean(rows)) if len(counts) else math.nan, math.nan, math.nan, 0, 0, len(counts))
    means = np.nanmean(rows, axis=0)
    spare = int((counts - 1).sum())
    by_luck = float(np.nansum((rows - means) ** 2)) / spare * float((1.0 / counts).mean())
    mean = float(means.mean())
    same = int((np.sign(means) == np.sign(mean)).sum())
    return Doubt(mean, float(means.var(ddof=1)), by_luck, spare, same, len(means))


def worlds_interval(values: Floats, confidence: float, worlds: int) -> tuple[float, float, float]:
    """Mean and interval of a figure in one plausible world more: it holds luck and worlds."""
    found = doubt(values, worlds)
    if not math.isfinite(found.of_means):
        return (found.mean, math.nan, math.nan) if math.isfinite(found.mean) else NOTHING
    errors = found.errors()
    widest = 40.0 * float(errors.max())  # no double is left of a normal's tail there
    half = 0.0
    if widest > 0.0:
        half = float(scipy.optimize.brentq(lambda size: _beyond(size, errors) - (1.0 - confidence), 0.0, widest))
    return found.mean, found.mean - half, found.mean + half


def _beyond(size: float, errors: Floats) -> float:
    """Chance that a normal error is larger than ``size``, over the standard errors that it may have."""
    return float(scipy.special.erfc(size / (errors * math.sqrt(2.0))).mean())


def worlds_p_value(values: Floats, worlds: int) -> float:
    """Two-sided p value that the figure is zero in one plausible world more."""
    found = doubt(values, worlds)
    if not math.isfinite(found.of_means):
        return math.nan
    if found.of_means == found.by_luck == 0.0:
        return 1.0 if found.mean == 0.0 else 0.0
    return _beyond(abs(found.mean), found.errors())


def worlds_table(
    runs: pd.DataFrame, parents: Mapping[str, str], scenarios: Sequence[str], confidence: float, worlds: int
) -> pd.DataFrame:
    """Every paired difference to the parent: its interval, whose the doubt is, and in how many worlds its sign holds.

    Parameters
    ----------
    runs : DataFrame
        Indexed by arm, scenario and replication; a column a figure.
    parents : mapping
        Parent of each package; empty for a root.
    scenarios : sequence of str
        In the order of the report.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; ``luck_sd`` and ``worlds_sd`` are standard deviations in the figure's unit.
    """
    import pandas as pd

    figures = figures_of(runs.columns)
    rows = []
    for scenario in scenarios:
        here = runs.xs(scenario, level="scenario").sort_index()
        for arm, parent in parents.items():
            if not parent or parent not in here.index or arm not in here.index:
                continue
            gaps = here.loc[arm] - here.loc[parent].reindex(here.loc[arm].index)
            for name in runs.columns:
                values = by_place(gaps[name])
                found = doubt(values, worlds)
                ends = worlds_interval(values, confidence, worlds)
                spread = math.sqrt(found.luck), math.sqrt(found.between)
                words = scenario, arm, parent, name, figures[name].unit
                rows.append((*words, *ends, *spread, found.share, found.same_sign, found.worlds))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def by_place(values: pd.Series[float]) -> Floats:
    """Values in the order of runs, each at its number; not-a-number for a run that is not there (yet)."""
    last = int(values.index.max())
    return values.reindex(range(last + 1)).to_numpy(np.float64)
