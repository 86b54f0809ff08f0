"""Designs that choose their points as they go, and one of them: the mildest scenario that breaks something.

Points are asked for in batches of fixed size and told in fixed order, from one seed. So a search that was
interrupted asks for the same points again and finds their cells in the study folder: the folder is its storage.
"""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.tables.declare import setting
from sim.figures.catalog import FIGURES
from sim.study.plan.design import LARGEST_DESIGN, VARY, Axis
from sim.study.plan.points import Point
from sim.study.store.extras import extra
from sim.study.sweep.along_axes import distribution, is_inside, rounded, span

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[Any, ...]

UNITS = {
    "distance": "lengths of an axis",
    "share_of_runs": "fraction of runs",
    "loss_rate": f"{FIGURES['loss_rate'].unit}, mean of the runs",
}
"""Columns of what a search has found, and their units; those of the axes are the settings' own."""
SMOOTH = 0.05
"""Weight of how much is left where nothing has broken yet: it shows the search the way."""


@dataclass(frozen=True)
class ReverseDesign:
    """The mildest scenario that breaks the fund or the lender, and what lies on the way to it."""

    vary: tuple[str, ...] = setting((), meaning=VARY)
    size: int = setting(96, 8, LARGEST_DESIGN, unit="points", meaning="points tried before the last narrowing down")
    batch: int = setting(8, 2, 1000, unit="points", meaning="points asked for at a time")
    event: str = setting(
        "fund_exhausted",
        choices=("fund_exhausted", "lender_failed", "capital_breached"),
        meaning="what must happen",
    )
    capital: float = setting(
        0.1, 0.0, 1.0, unit="equity over own loans", meaning="the ratio below which capital counts as breached"
    )
    chance: float = setting(0.5, 0.0, 1.0, unit="share of replications", meaning="how often it must happen")
    arm: str = setting("", meaning="package that is tried; empty: the last of study.arms")

    def searcher(self, axes: Sequence[Axis], reference: Row, seed: int) -> Search:
        """Return the search itself, which starts at the values of the composition."""
        return ReverseSearch(self, axes, reference, seed)


class Search(abc.ABC):
    """A search by Optuna's tree-structured Parzen estimator (Bergstra and others, 2011), asked and told in batches.

    Parameters
    ----------
    design : object
        Its ``size`` and ``batch``.
    axes : sequence of Axis
        Where points may lie.
    reference : tuple
        The first point: the values of the composition.
    seed : int
        Seed of the search.
    directions : sequence of str
        ``minimize`` or ``maximize``, for each number that `score` gives.
    """

    def __init__(self, design: Any, axes: Sequence[Axis], reference: Row, seed: int, directions: Sequence[str]) -> None:
        optuna = extra("optuna", "analysis")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.design, self.axes, self.reference = design, list(axes), reference
        self.told: dict[Row, pd.DataFrame] = {}
        sampler = optuna.samplers.TPESampler(
            seed=seed % 2**32, multivariate=True, constant_liar=True, n_startup_trials=max(16, 4 * len(axes))
        )
        self._study = optuna.create_study(directions=list(directions), sampler=sampler)
        self._space = {axis.key: distribution(axis) for axis in axes}
        self._asked: list[Any] = []
        self._count = 0
        inside = [is_inside(axis, value) for axis, value in zip(axes, reference, strict=True)]
        if all(inside):
            self._study.enqueue_trial({axis.key: value for axis, value in zip(axes, reference, strict=True)})

    def ask(self) -> list[Row]:
        """Points of the next batch, each once; none when the search is over."""
        if self._count >= self.design.size:
            return []
        number = min(self.design.batch, self.design.size - self._count)
        self._asked = [self._study.ask(self._space) for _ in range(number)]
        self._count += number
        return list(dict.fromkeys(self._row(trial) for trial in self._asked))

    def _row(self, trial: Any) -> Row:
        return tuple(rounded(axis, trial.params[axis.key]) for axis in self.axes)

    def tell(self, rows: Sequence[Row], cells: Sequence[pd.DataFrame]) -> None:
        """Take what came out: for each point of the batch the figures of its runs."""
        self.told |= dict(zip(rows, cells, strict=True))
        for trial in self._asked:
            row = self._row(trial)
            self._study.tell(trial, list(self.score(row, self.told[row])))
        self._asked = []

    @abc.abstractmethod
    def score(self, row: Row, cells: pd.DataFrame) -> tuple[float, ...]:
        """Judge a point."""

    @abc.abstractmethod
    def tables(self) -> dict[str, pd.DataFrame]:
        """What was found, by the name of a file."""

    @abc.abstractmethod
    def words(self) -> str:
        """What was found, in a sentence."""

    def sentences(self) -> list[str]:
        """What was found, and what was tried for it: how many points, between which ends."""
        ends = "; ".join(
            f"{axis.key} {span(axis, [row[place] for row in self.told])}" for place, axis in enumerate(self.axes)
        )
        return [f"{self.words()}.", f"Tried were {len(self.told)} points: {ends}. Nothing is known beyond these ends."]


class ReverseSearch(Search):
    """See `ReverseDesign`. The distance of a scenario is stated with every result."""

    def __init__(self, design: ReverseDesign, axes: Sequence[Axis], reference: Row, seed: int) -> None:
        super().__init__(design, axes, reference, seed, ("minimize", "maximize"))
        self._narrowed = 0

    def distance(self, row: Row) -> float:
        """Euclidean distance from the composition's own values, each axis in units of its length.

        0 is the composition itself, 1 a scenario that is one whole axis away. On a log axis lengths are ratios; of
        two options the distance is 1.
        """
        steps = []
        for axis, value, start in zip(self.axes, row, self.reference, strict=True):
            if axis.is_interval:
                steps.append(axis.place(value) - axis.place(start))
            else:
                steps.append(float(value != start))
        return math.hypot(*steps)

    def share(self, cells: pd.DataFrame) -> float:
        """Share of the runs in which the event happens."""
        if self.design.event == "capital_breached":
            return float((cells["lowest_capital_ratio"] < self.design.capital).mean())
        return float((cells[self.design.event] > 0).mean())

    def _left(self, cells: pd.DataFrame) -> float:
        """How much is left before it breaks: capital at its end, in units of the first point's."""
        start = self._start()
        return min(max(float(cells[self._means].mean()) / start, 0.0), 2.0) if start > 0 else 0.0

    def _start(self) -> float:
        """What there was at the first point."""
        return float(next(iter(self.told.values()))[self._means].mean())

    @property
    def _means(self) -> str:
        """Figure that comes to its end when it breaks."""
        return "fund_capital" if self.design.event == "fund_exhausted" else "lowest_capital_ratio"

    def score(self, row: Row, cells: pd.DataFrame) -> tuple[float, ...]:
        """Distance, and how often the event happens with how near it is."""
        return self.distance(row), self.share(cells) - SMOOTH * self._left(cells)

    def ask(self) -> list[Row]:
        """Points of the next batch: first the search's own, then ever finer steps towards the mildest found."""
        rows = super().ask()
        best = self.mildest()
        if rows or best is None or self._narrowed >= 3:
            return rows
        self._narrowed += 1
        steps = self.design.batch + 1
        sound = [row for row, cells in self.told.items() if not self._breaks(cells) and self._between(row, best)]
        start = max(sound, key=self.distance, default=self.reference)
        rows = [self._mix(start, best, step / steps) for step in range(1, steps)]
        return [row for row in dict.fromkeys(rows) if row not in self.told]

    def _between(self, row: Row, best: Row) -> bool:
        """Whether a point lies on the way from the composition to the mildest found."""
        apart = np.array(
            [self._step(axis, value, start) for axis, value, start in zip(self.axes, row, self.reference, strict=True)]
        )
        whole = np.array(
            [self._step(axis, value, start) for axis, value, start in zip(self.axes, best, self.reference, strict=True)]
        )
        length = float(whole @ whole)
        along = float(apart @ whole) / length if length else 0.0
        return 0.0 <= along < 1.0 and float(np.abs(apart - along * whole).max()) < 1e-4

    def _step(self, axis: Axis, value: Any, start: Any) -> float:
        return axis.place(value) - axis.place(start) if axis.is_interval else float(value != start)

    def _mix(self, start: Row, end: Row, share: float) -> Row:
        mixed = []
        for axis, low, high in zip(self.axes, start, end, strict=True):
            place = axis.place(low) + share * (axis.place(high) - axis.place(low)) if axis.is_interval else 0.0
            mixed.append(axis.at(min(max(place, 0.0), 1.0)) if axis.is_interval else high)
        return tuple(mixed)

    def _breaks(self, cells: pd.DataFrame) -> bool:
        return self.share(cells) >= self.design.chance > 0

    def mildest(self) -> Row | None:
        """Of the points tried, the nearest at which the event happens often enough; None where it never does."""
        broken = [row for row, cells in self.told.items() if self._breaks(cells)]
        return min(broken, key=self.distance, default=None)

    def _nearest(self) -> Row:
        """Of the points tried, the one at which the event happens most often, or is nearest."""
        return max(self.told, key=lambda row: (self.share(self.told[row]), -self._left(self.told[row])))

    def _still(self, row: Row) -> str:
        """How much is left at a point, where the first one had any."""
        name = "fund's means at the end" if self.design.event == "fund_exhausted" else "lowest capital ratio"
        return f" and the {name} {self._left(self.told[row]):.0%} of the first point's" if self._start() > 0 else ""

    def _named(self, row: Row) -> str:
        return ", ".join(f"{axis.key}={value}" for axis, value in zip(self.axes, row, strict=True))

    def tell(self, rows: Sequence[Row], cells: Sequence[pd.DataFrame]) -> None:
        """Take what came out."""
        if self._asked:
            super().tell(rows, cells)
        else:
            self.told |= dict(zip(rows, cells, strict=True))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Points that break it, the mildest first; the front of distance against loss; units beside the numbers."""
        import pandas as pd

        keys = [axis.key for axis in self.axes]
        rows = [
            (*row, self.distance(row), self.share(cells), float(cells["loss_rate"].mean()), len(cells))
            for row, cells in self.told.items()
        ]
        whole = pd.DataFrame(rows, columns=[*keys, "distance", "share_of_runs", "loss_rate", "replications"])
        whole = whole.assign(**{f"{name}_unit": unit for name, unit in UNITS.items()})
        broken = whole[whole["share_of_runs"] >= self.design.chance].sort_values("distance", ignore_index=True)
        ordered = whole.sort_values(["distance", "loss_rate"], ascending=[True, False])
        front = ordered[ordered["loss_rate"] > ordered["loss_rate"].cummax().shift(fill_value=-math.inf)]
        return {"reverse": broken, "front": front.reset_index(drop=True)}

    def words(self) -> str:
        """Name the mildest scenario that breaks it."""
        best, event = self.mildest(), self.design.event.replace("_", " ")
        if best is None:
            return (
                f"{event} in at least {self.design.chance:.0%} of runs: at none of {len(self.told)} points tried; "
                f"nearest to it is {self._named(near := self._nearest())}, where it happens in "
                f"{self.share(self.told[near]):.0%} of runs{self._still(near)}"
            )
        named = self._named(best)
        return (
            f"{event} in at least {self.design.chance:.0%} of runs: mildest of {len(self.told)} points is {named}, "
            f"{self.distance(best):.3f} away (Euclidean, each axis in units of its length, from the values composed)"
        )


@dataclass(frozen=True)
class Adaptive:
    """A search and what makes typed points of its rows."""

    design: Any
    axes: tuple[Axis, ...]
    reference: Row
    seed: int
    arm: str
    point: Callable[[int, tuple[tuple[str, Any], ...]], Point]
    plans: list[Any]

    def begin(self) -> Search:
        """Start the search from its beginning."""
        found: Search = self.design.searcher(self.axes, self.reference, self.seed)
        return found

    def described(self) -> Mapping[str, Any]:
        """All that decides which points the search asks for, given what it is told."""
        return {"design": self.design, "axes": self.axes, "reference": self.reference, "arm": self.arm}
