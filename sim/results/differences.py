"""The paired difference between any two packages of a study, by the same rules as the report's to the parent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.results.names import NotOfThisStudy, known
from sim.results.source import Source
from sim.study.compare.compare import by_figure, chance_of, interval
from sim.study.compare.figures import figures_of
from sim.study.store.journal import POINT

COLUMNS = ("difference", "low", "high", "p_value", "replications")


def difference(source: Source, arm: str, other: str, figure: str) -> pd.DataFrame:
    """Take a figure of one package less that of another in each scenario, as `Results.difference` says it.

    Raises
    ------
    UnknownName
        The study has no such package or figure.
    NotOfThisStudy
        One of the packages has no value of it.
    """
    for name in (arm, other):
        known("arm", name, source.arms)
    known("figure", figure, source.runs.columns)
    runs, study = source.runs[[figure]], source.settings
    for name in (arm, other):
        if runs.xs(name, level="arm")[figure].isna().all():
            raise NotOfThisStudy(f"figure: {figure} has no value in any run of {name}")
    found = paired(runs, (arm, other), figure, study["confidence"], study["interval"], study["worlds"])
    places = [name for name in source.scenarios if name in found.index.unique("scenario")]
    found = found.reindex(places, level="scenario")
    declared = figures_of(source.runs.columns)[figure]
    found.attrs = {"unit": declared.unit, "period": declared.window, "confidence": study["confidence"]}
    return found


def paired(
    runs: pd.DataFrame, pair: tuple[str, str], figure: str, confidence: float, method: str = "t", worlds: int = 0
) -> pd.DataFrame:
    """Take a figure of one package less that of another, replication by replication, in each scenario.

    Parameters
    ----------
    runs : DataFrame
        One row for each point (where there is a design), arm, scenario and replication; a column for each figure.
    pair : (str, str)
        The package, and the one that is taken from it.
    figure : str
        Column of ``runs``.
    confidence : float
        Coverage of the interval.
    method : str
        ``t`` or ``bootstrap``.
    worlds : int
        Worlds that the runs live in, in turn; 0 or 1: none but the preset's.

    Returns
    -------
    DataFrame
        Indexed by scenario, and by point before it where there is a design. ``difference``, ``low`` and ``high`` in
        the unit of the figure; ``p_value`` of no difference, two-sided, not adjusted; ``replications`` that have the
        figure under both. Ends and p value are not-a-number with fewer than two replications.
    """
    of = [name for name in (POINT, "scenario") if name in runs.index.names]
    both = runs[figure].unstack("arm")[list(pair)]
    rows = {}
    for place, block in both.groupby(level=of, sort=False):
        ours, theirs = _by_run(block, of)
        gaps = ours - theirs
        mean, low, high, count = interval(gaps, confidence, method, worlds)
        rows[place] = (mean, low, high, chance_of(gaps, worlds), count)
    index = pd.MultiIndex.from_tuples(rows, names=of) if len(of) > 1 else pd.Index([one[0] for one in rows], name=of[0])
    return pd.DataFrame(list(rows.values()), index=index, columns=list(COLUMNS))


def _by_run(block: pd.DataFrame, of: Sequence[str]) -> np.ndarray:
    """Values of both packages, each at the number of its replication, float64[2, replications]."""
    block = block.droplevel(list(of))
    return by_figure(block, block.index)
