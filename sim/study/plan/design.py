"""Designs: which points a study visits in the space that its axes span."""

from __future__ import annotations

import dataclasses
import itertools
import math
import numbers
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables.declare import Setting, setting
from sim.study.store.extras import extra

LARGEST_DESIGN = 1_000_000
DIGITS = 6
"""Significant digits of a drawn number: what is printed is what was run."""

VARY = "axes, in the grammar of overrides: key=1,2,3 or key=interval(0,1), tag(log,interval(1,100)) for a log scale"


@dataclass(frozen=True)
class Axis:
    """One axis of a design: a list of values, or the numbers between two ends.

    Attributes
    ----------
    key : str
        Key or group that it changes.
    values : tuple
        The values of a list; empty for an interval.
    low, high : float
        Ends of an interval.
    whole, log : bool
        Whether only whole numbers count, and whether equal steps are equal ratios.
    """

    key: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    log: bool = False

    @property
    def is_interval(self) -> bool:
        """Whether the axis is a range of numbers."""
        return not self.values

    @property
    def is_option(self) -> bool:
        """Whether its values are names to choose from: they have no order and no distance."""
        return any(isinstance(value, bool) or not isinstance(value, numbers.Real) for value in self.values)

    def at(self, place: float) -> Any:
        """Value at a place between 0 and 1; values of a list and whole numbers get equal shares."""
        if self.values:
            return self.values[min(int(place * len(self.values)), len(self.values) - 1)]
        if self.whole:
            return min(int(self.low + place * (self.high - self.low + 1)), int(self.high))
        if self.log:
            found = math.exp(math.log(self.low) + place * (math.log(self.high) - math.log(self.low)))
        else:
            found = self.low + place * (self.high - self.low)
        return min(max(float(f"{found:.{DIGITS}g}"), self.low), self.high)

    def place(self, value: Any) -> float:
        """Place of a value between 0 and 1: how far along the axis it lies."""
        if self.values:
            return (self.values.index(value) + 0.5) / len(self.values)
        if self.log:
            return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (value - self.low) / (self.high - self.low)

    def steps(self, count: int) -> list[Any]:
        """Evenly spread values from end to end: all of a list, ``count`` of an interval."""
        if self.values:
            return list(self.values)
        if self.whole:
            count = min(count, int(self.high - self.low) + 1)
            ends = np.linspace(self.low, self.high, count)
            return list(dict.fromkeys(round(float(value)) for value in ends))
        return [self.at(float(place)) for place in np.linspace(0.0, 1.0, count)]


@dataclass(frozen=True)
class NoDesign:
    """One point, the composition as it stands."""

    vary: tuple[str, ...] = setting((), meaning=VARY)


@dataclass(frozen=True)
class ListDesign:
    """Points one after the other: the first value of every axis, then the second."""

    vary: tuple[str, ...] = setting((), meaning=VARY)

    def check_axes(self, axes: Sequence[Axis]) -> str | None:
        """Say what is wrong with the axes for this design; None when nothing is."""
        lengths = {axis.key: len(axis.values) for axis in axes}
        if any(axis.is_interval for axis in axes) or len(set(lengths.values())) > 1:
            told = ", ".join(f"{key} has {count or 'an interval'}" for key, count in lengths.items())
            return f"design=list needs lists of one length: {told}"
        return None

    def points(self, axes: Sequence[Axis], seed: int) -> list[list[Any]]:
        """Values of every axis, point by point."""
        return [list(row) for row in zip(*(axis.values for axis in axes), strict=True)]


@dataclass(frozen=True)
class GridDesign:
    """Every combination of the axes' values; an interval is cut into evenly spread steps."""

    vary: tuple[str, ...] = setting((), meaning=VARY)
    steps: int = setting(5, 2, 10_000, unit="values", meaning="values of each interval, both ends included")

    def points(self, axes: Sequence[Axis], seed: int) -> list[list[Any]]:
        """Values of every axis, point by point; the last axis runs fastest."""
        return [list(row) for row in itertools.product(*(axis.steps(self.steps) for axis in axes))]


@dataclass(frozen=True)
class LatinHypercubeDesign:
    """Points of which each is alone in its slice of every axis (McKay, Beckman and Conover, 1979)."""

    vary: tuple[str, ...] = setting((), meaning=VARY)
    size: int = setting(100, 1, LARGEST_DESIGN, unit="points", meaning="number of points")

    def points(self, axes: Sequence[Axis], seed: int) -> list[list[Any]]:
        """Values of every axis, point by point."""
        from scipy.stats import qmc

        return _spread(axes, qmc.LatinHypercube(len(axes), rng=np.random.default_rng(seed)).random(self.size))


@dataclass(frozen=True)
class SobolDesign:
    """A scrambled Sobol sequence: evenly spread in all dimensions at once (Sobol, 1967; Owen, 1998)."""

    vary: tuple[str, ...] = setting((), meaning=VARY)
    size: int = setting(128, 2, LARGEST_DESIGN, unit="points", meaning="number of points, a power of two")

    def check(self) -> list[str]:
        """One-line problems."""
        if self.size & (self.size - 1):
            near = 2 ** round(math.log2(self.size))
            return [f"design.size: {self.size} is not allowed: a power of two; did you mean {near}?"]
        return []

    def points(self, axes: Sequence[Axis], seed: int) -> list[list[Any]]:
        """Values of every axis, point by point."""
        from scipy.stats import qmc

        return _spread(axes, qmc.Sobol(len(axes), rng=np.random.default_rng(seed)).random(self.size))


@dataclass(frozen=True)
class FileDesign:
    """Points from a CSV file: a column for each key, a row for each point."""

    file: str = setting("", meaning="CSV file with a column for each key and a row for each point", place=True)
    vary: tuple[str, ...] = setting((), meaning="must be empty: the file's columns are the axes")


@dataclass(frozen=True)
class SaltelliDesign:
    """Points for Sobol's indices: two samples, and the one with columns of the other (Saltelli, 2002)."""

    vary: tuple[str, ...] = setting((), meaning=VARY)
    size: int = setting(
        64, 2, LARGEST_DESIGN, unit="base points", meaning="a power of two; with k axes size * (2 k + 2) points"
    )
    repeats = True

    def check(self) -> list[str]:
        """One-line problems."""
        return SobolDesign(self.vary, self.size).check()

    def points(self, axes: Sequence[Axis], seed: int) -> list[list[Any]]:
        """Values of every axis, point by point."""
        sampling = extra("SALib.sample.sobol", "analysis")
        return _spread(axes, sampling.sample(unit_problem(axes), self.size, seed=seed % 2**32))


@dataclass(frozen=True)
class MorrisDesign:
    """Paths that move one axis at a time: elementary effects (Morris, 1991)."""

    vary: tuple[str, ...] = setting((), meaning=VARY)
    size: int = setting(20, 2, 100_000, unit="paths", meaning="with k axes size * (k + 1) points")
    levels: int = setting(4, 2, 100, unit="levels", meaning="values of each axis, an even number")
    repeats = True

    def check(self) -> list[str]:
        """One-line problems."""
        return [f"design.levels: {self.levels} is not allowed: an even number"] if self.levels % 2 else []

    def places(self, axes: Sequence[Axis], seed: int) -> NDArray[np.float64]:
        """Places between 0 and 1, float64[points, axes]."""
        sampling = extra("SALib.sample.morris", "analysis")
        return np.asarray(sampling.sample(unit_problem(axes), self.size, num_levels=self.levels, seed=seed % 2**32))

    def points(self, axes: Sequence[Axis], seed: int) -> list[list[Any]]:
        """Values of every axis, point by point."""
        return _spread(axes, self.places(axes, seed))


def declaration(key: str, configs: Iterable[Any]) -> dict[str, str]:
    """Say the ``unit`` and ``meaning`` of a setting, as the first of the configurations that has it declares them.

    Both are empty where none declares it, as for a group whose options are the values of an axis.
    """
    *above, name = key.split(".")
    for part in configs:
        for step in above:
            part = getattr(part, step, None)
        for entry in dataclasses.fields(part) if dataclasses.is_dataclass(part) else ():
            declared = entry.metadata.get("setting")
            if entry.name == name and isinstance(declared, Setting):
                return {"unit": declared.unit, "meaning": declared.meaning}
    return {"unit": "", "meaning": ""}


def unit_problem(axes: Sequence[Axis]) -> dict[str, Any]:
    """Describe axes as SALib wants them: places between 0 and 1."""
    return {"num_vars": len(axes), "names": [axis.key for axis in axes], "bounds": [[0.0, 1.0]] * len(axes)}


def _spread(axes: Sequence[Axis], places: NDArray[np.float64]) -> list[list[Any]]:
    return [[axis.at(float(place)) for axis, place in zip(axes, row, strict=True)] for row in places]
