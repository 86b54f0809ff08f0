"""What a sweep has found, written beside its points: sensitivity, interactions, boxes, parameters beside luck."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.study.compare.risk import shares_of_spread
from sim.study.plan.plan import Plan
from sim.study.store.extras import ExtraMissing
from sim.study.store.store import write_safely
from sim.study.sweep.boxes import box, feature_scores
from sim.study.sweep.sensitivity import indices, option_effects

if TYPE_CHECKING:
    import pandas as pd

FIGURES = (
    "loss_rate",
    "delinquent_90",
    "approval_rate",
    "lender_profit",
    "lowest_capital_ratio",
    "fund_capital",
    "fund_exhausted",
)
ENOUGH_FOR_FIT, ENOUGH_FOR_BOXES = 3, 40
"""Points by axis that a linear fit needs, and points that boxes and scores need."""

LIKELY = 0.1
"""Chance above which an event counts as a case for the boxes."""

WHERE = ["arm", "scenario", "figure"]


def write(folder: Path, plan: Plan, table: pd.DataFrame, cells: pd.DataFrame) -> list[str]:
    """Write ``sensitivity.csv``, ``interactions.csv``, ``boxes.csv`` and ``spread.csv``.

    Parameters
    ----------
    folder : Path
        Study folder.
    plan : Plan
        With a design.
    table, cells : DataFrame
        As `sim.study.sweep.sweeping` makes them: a row a point, arm and scenario; a row a run.

    Returns
    -------
    list of str
        What was left out, and why, one line each.
    """
    import pandas as pd

    notes: list[str] = []
    single: list[pd.DataFrame] = []
    pairs: list[pd.DataFrame] = []
    boxes: list[pd.DataFrame] = []
    spread: list[tuple[Any, ...]] = []
    for arm, scenario, here in _blocks(plan, table):
        runs = cells.xs((arm, scenario), level=("arm", "scenario"))
        for name in FIGURES:
            outcome = here[name].to_numpy(np.float64) if name in here else np.array([])
            if not len(outcome) or not np.isfinite(outcome).all() or not np.ptp(outcome):
                continue
            values = _values(plan, here)
            effects = option_effects(plan.axes, values, _by_point(runs[name], here))
            single.append(_placed(effects, arm, scenario, name))
            if len(outcome) >= ENOUGH_FOR_FIT * len(plan.axes):
                one, two = indices(_design(plan), plan.axes, values, outcome, plan.seed)
                single.append(_placed(one, arm, scenario, name))
                pairs.append(_placed(two, arm, scenario, name))
        # A search does not spread its points: shares of them mean nothing.
        if len(here) >= ENOUGH_FOR_BOXES and not notes and plan.adaptive is None:
            try:
                found, scores = _boxes(plan, here, arm, scenario)
                boxes += found
                single += scores
            except ExtraMissing as missing:
                notes.append(f"boxes and feature scores are left out: {missing}")
        names = [name for name in FIGURES if name in runs and runs[name].notna().any()]
        spread += [(arm, scenario, name, *shares) for name, shares in shares_of_spread(runs, names).items()]
    made = pd.DataFrame(spread, columns=[*WHERE, "parameters", "monte_carlo"])
    for name, frames in (("sensitivity", single), ("interactions", pairs), ("boxes", boxes), ("spread", [made])):
        if frames:
            text = pd.concat(frames).to_csv(index=False, na_rep="n/a", float_format="%.8g", lineterminator="\n")
            write_safely(folder / f"{name}.csv", text.encode())
    return notes


def _design(plan: Plan) -> Any:
    return next(iter(plan.root.configs.values())).design


def _blocks(plan: Plan, table: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    for arm in plan.shown:
        for scenario in plan.scenarios:
            yield arm.name, scenario.name, table.xs((arm.name, scenario.name), level=("arm", "scenario"))


def _values(plan: Plan, here: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [tuple(value for _, value in plan.points[number].values) for number in here.index]


def _by_point(figure: pd.Series[float], here: pd.DataFrame) -> NDArray[np.float64]:
    """A figure as float64[points, replications], in the order of the points' table; replications that all have."""
    return figure.unstack("replication").reindex(here.index).dropna(axis=1).to_numpy(np.float64)


def _boxes(plan: Plan, here: pd.DataFrame, arm: str, scenario: str) -> tuple[list[pd.DataFrame], list[pd.DataFrame]]:
    """Boxes and feature scores of the cases that the points show."""
    import pandas as pd

    frame = pd.DataFrame(_values(plan, here), columns=[axis.key for axis in plan.axes])
    frame = frame.astype({axis.key: str for axis in plan.axes if axis.is_option})
    boxes, scores = [], []
    for name, case in _cases(here):
        found = box(frame, case)
        if found is None:
            continue
        boxes.append(_placed(found, arm, scenario, name))
        one = feature_scores(frame, case).rename_axis("key").rename("value").reset_index()
        scores.append(_placed(one.assign(measure="feature score", error=np.nan), arm, scenario, name))
    return boxes, scores


def _cases(here: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    for name in ("fund_exhausted", "lender_failed"):
        if name in here and here[name].notna().all():
            yield f"{name} in more than {LIKELY:.0%} of runs", (here[name] > LIKELY).to_numpy()
    yield "loss_rate in its worst tenth", (here["loss_rate"] > here["loss_rate"].quantile(0.9)).to_numpy()


def _placed(frame: pd.DataFrame, arm: str, scenario: str, figure: str) -> pd.DataFrame:
    return frame.assign(arm=arm, scenario=scenario, figure=figure)[
        [*WHERE, *(name for name in frame.columns if name not in WHERE)]
    ]
