"""Calibration: a search for parameters whose simulated moments come closest to targets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.tables.declare import setting
from sim.study.plan.design import LARGEST_DESIGN, VARY, Axis
from sim.study.sweep.search import Row, Search

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FitDesign:
    """Parameters whose simulated moments come closest to targets (simulated moments: McFadden, 1989)."""

    vary: tuple[str, ...] = setting((), meaning=VARY)
    size: int = setting(200, 8, LARGEST_DESIGN, unit="points", meaning="points tried")
    batch: int = setting(8, 2, 1000, unit="points", meaning="points asked for at a time")
    targets: tuple[str, ...] = setting(
        (),
        meaning="figure=target/scale: a difference of one scale costs 1, as in delinquent_30=0.0155/0.0035; figure may "
        "be a ratio, and of another scenario than the first: v_shape:delinquent_30/delinquent_30=1.93/0.4",
    )
    arm: str = setting("", meaning="package that is fitted; empty: the last of study.arms")

    def check(self) -> list[str]:
        """One-line problems."""
        problems = []
        for text in self.targets:
            try:
                target_of(text)
            except ValueError:
                problems.append(f"design.targets: {text} is not allowed: figure=target/scale with a positive scale")
        return problems

    def check_axes(self, axes: Sequence[Axis]) -> str | None:
        """Say what is wrong with the axes for this design; None when nothing is."""
        return None if self.targets else "design.targets: is empty, must name at least one target"

    def searcher(self, axes: Sequence[Axis], reference: Row, seed: int) -> Search:
        """Return the search itself, which starts at the values of the composition."""
        return FitSearch(self, axes, reference, seed)


def target_of(text: str) -> tuple[str, float, float]:
    """Read ``figure=target/scale``; the figure as `parts_of` reads it."""
    name, _, rest = text.partition("=")
    target, _, scale = rest.partition("/")
    if not name.strip() or name.count("/") > 1 or float(scale) <= 0 or not math.isfinite(float(target)):
        raise ValueError(text)
    return name.strip(), float(target), float(scale)


def parts_of(name: str) -> list[tuple[str, str]]:
    """Scenario (empty: the first) and figure of what a target names: one pair, or two of a ratio."""
    found = []
    for part in name.split("/"):
        scenario, _, figure = part.rpartition(":")
        found.append((scenario.strip(), figure.strip()))
    return found


def moment(cells: pd.DataFrame, name: str) -> float:
    """Mean of a figure over runs, or the ratio of two such means; not-a-number where the lower one is 0."""
    means = [float(cells[":".join(filter(None, part))].mean()) for part in parts_of(name)]
    if len(means) == 1:
        return means[0]
    return means[0] / means[1] if means[1] else math.nan


class FitSearch(Search):
    """See `FitDesign`."""

    def __init__(self, design: FitDesign, axes: Sequence[Axis], reference: Row, seed: int) -> None:
        super().__init__(design, axes, reference, seed, ("minimize",))
        self.targets = [target_of(text) for text in design.targets]

    def misses(self, cells: pd.DataFrame) -> list[float]:
        """Difference of each moment from its target, in scales."""
        return [(moment(cells, name) - target) / scale for name, target, scale in self.targets]

    def score(self, row: Row, cells: pd.DataFrame) -> tuple[float, ...]:
        """Sum of squared misses."""
        found = sum(miss * miss for miss in self.misses(cells))
        return (found if math.isfinite(found) else 1e6,)

    @property
    def best(self) -> Row:
        """The point that comes closest."""
        return min(self.told, key=lambda row: self.score(row, self.told[row]))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Targets and what came closest; fitted values and how well the targets pin them down."""
        import pandas as pd

        cells = self.told[self.best]
        rows = [
            (name, target, moment(cells, name), _error(cells, name), scale, 1 / scale**2, miss * miss)
            for (name, target, scale), miss in zip(self.targets, self.misses(cells), strict=True)
        ]
        columns = ["figure", "target", "simulated", "standard_error", "scale", "weight", "cost"]
        return {"fit": pd.DataFrame(rows, columns=columns), "fitted": self._fitted()}

    def _fitted(self) -> pd.DataFrame:
        """Fitted values; ``doubt`` is the change of a key, as a share of its axis, that costs 1 (Gauss-Newton).

        The moments' slopes come from a linear fit over the better half of the points. A doubt of 1 or more, or n/a,
        says that the targets do not identify the key.
        """
        import pandas as pd

        ranked = sorted(self.told, key=lambda row: self.score(row, self.told[row]))
        half = ranked[: max(len(ranked) // 2, len(self.axes) + 2)]
        numbers = [place for place, axis in enumerate(self.axes) if axis.is_interval]
        spots = np.array([[self.axes[place].place(row[place]) for place in numbers] for row in half])
        moments = np.array([self.misses(self.told[row]) for row in half])
        doubts = np.full(len(self.axes), math.nan)
        columns = np.column_stack([np.ones(len(spots)), spots])
        if np.linalg.matrix_rank(columns) == columns.shape[1]:
            slopes = np.linalg.lstsq(columns, moments, rcond=None)[0][1:]
            information = slopes @ slopes.T
            if np.linalg.matrix_rank(information) == len(numbers):
                doubts[numbers] = np.sqrt(np.diag(np.linalg.inv(information)))
        rows = [(axis.key, value, doubt) for axis, value, doubt in zip(self.axes, self.best, doubts, strict=True)]
        return pd.DataFrame(rows, columns=["key", "value", "doubt"])

    def words(self) -> str:
        """Say how close the closest point comes."""
        best = self.best
        named = ", ".join(f"{axis.key}={value}" for axis, value in zip(self.axes, best, strict=True))
        cost = self.score(best, self.told[best])[0]
        return f"closest of {len(self.told)} points, cost {cost:.3g} over {len(self.targets)} targets: {named}"


def _error(cells: pd.DataFrame, name: str) -> float:
    """Standard error of a moment, by the jackknife over runs (Tukey, 1958); for a mean it is the usual one."""
    runs = len(cells)
    if runs < 2:
        return math.nan
    left = np.array([moment(cells.drop(index=run), name) for run in cells.index])
    return float(np.sqrt((runs - 1) / runs * ((left - left.mean()) ** 2).sum()))
