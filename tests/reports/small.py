"""Studies in memory of a few given figures, so that what a verdict says can be worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.reports.folder import Arm, Estimate, Study

PLACES = ("calm", "severe_recession")
LOANS = 1_000_000.0  # fen, of every package in every month


def given(mean: float, gap: float = math.nan, half: float = math.nan) -> Estimate:
    """A row of the summary: a mean, and its difference with half its interval."""
    return Estimate(mean, mean - 1.0, mean + 1.0, "old", gap, gap - half, gap + half)


def same(mean: float) -> Estimate:
    """A figure that is the same under both packages in every run."""
    return Estimate(mean, mean, mean, "old", 0.0, 0.0, 0.0)


def study_of(
    figures: Mapping[str, Mapping[str, Sequence[Estimate]]],
    *,
    arms: Sequence[Arm] = (Arm("old"), Arm("new", "old")),
    places: Sequence[str] = PLACES,
    months: int = 10,
    runs: int = 8,
    paths: Mapping[tuple[str, str], Mapping[str, np.ndarray]] | None = None,
    worlds: pd.DataFrame | None = None,
    **manifest: object,
) -> Study:
    """A study whose summary holds ``figures`` by package and figure, one estimate for each economy.

    ``paths`` gives figures of months by economy and package, float64[runs, months].
    """
    rows = pd.MultiIndex.from_product([range(runs), range(months)], names=["replication", "month"])
    cells = {}
    for place in places:
        for arm in arms:
            cell = pd.DataFrame(index=rows).reset_index().assign(outstanding=LOANS)
            for name, path in ((paths or {}).get((place, arm.name)) or {}).items():
                cell[name] = np.asarray(path, dtype=float).ravel()
            cells[arm.name, place] = cell
    study = Study(dict(manifest), pd.DataFrame(), pd.concat(cells.values()), pd.DataFrame(), list(arms), list(places))
    study._cells = cells
    study._estimates = {
        (place, arm, figure): estimates[number]
        for arm, named in figures.items()
        for figure, estimates in named.items()
        for number, place in enumerate(places)
    }
    study.worlds = pd.DataFrame() if worlds is None else worlds
    return study


BOTH = {
    "old": {
        "lender_profit": [given(500.0), given(300.0)],
        "fund_result": [given(-100.0), given(-400.0)],
        "government_result": [given(0.0), given(0.0)],
        "public_result": [given(-100.0), given(-400.0)],
        "partner_result": [given(0.0), given(0.0)],
        "defaults_caused_by_closing": [given(0.0), given(0.0)],
        "other_losses": [given(50.0), given(60.0)],
        "unemployment": [given(0.05), given(0.08)],
        "output": [given(9000.0), given(8000.0)],
    },
    "new": {
        "lender_profit": [given(520.0, 20.0, 5.0), given(290.0, -10.0, 30.0)],
        "fund_result": [given(-40.0, 60.0, 10.0), given(-350.0, 50.0, 90.0)],
        "government_result": [given(-30.0, -30.0, 5.0), given(-200.0, -200.0, 50.0)],
        "public_result": [given(-70.0, 30.0, 10.0), given(-550.0, -150.0, 20.0)],
        "partner_result": [same(0.0), same(0.0)],
        "defaults_caused_by_closing": [given(7.0, 7.0, 2.0), given(30.0, 30.0, 8.0)],
        "other_losses": [given(55.0, 5.0, 1.0), given(69.0, 9.0, 2.0)],
        "unemployment": [same(0.05), same(0.08)],
        "output": [given(9000.5, 0.5, 90.0), given(8001.0, 1.0, 40.0)],
    },
}
"""Two packages: the fund pays less under the new one, the government more; fen a month, over ten months."""
