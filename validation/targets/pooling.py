"""What measures of all seeds share: how samples are joined, and quotients."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from validation.targets.runs import Run, World

Floats = NDArray[np.float64]
Worlds = Sequence[World]
Measure = Callable[[Worlds], float]  # of the worlds of all seeds; not-a-number where there is nothing to count


Rest = ParamSpec("Rest")
Told = TypeVar("Told")


def remembered(measure: Callable[Concatenate[Run, Rest], Told]) -> Callable[Concatenate[Run, Rest], Told]:
    """Work out what a run tells once, and forget it with the run: the book of a run is some 25 MB."""
    kept: WeakKeyDictionary[Run, dict[object, Told]] = WeakKeyDictionary()

    @functools.wraps(measure)
    def found(run: Run, *rest: Rest.args, **named: Rest.kwargs) -> Told:
        of_run = kept.setdefault(run, {})
        mark = (*rest, *named.items())
        if mark not in of_run:
            of_run[mark] = measure(run, *rest, **named)
        return of_run[mark]

    return found


def ratio(top: float, bottom: float) -> float:
    """Quotient; not-a-number over nothing."""
    return float(top / bottom) if bottom else np.nan


def joined(parts: Sequence[Floats]) -> Floats:
    """Samples of all seeds behind one another, along the last axis."""
    return np.concatenate(parts, axis=-1)


def enters(past_due: NDArray[np.float32], month: int, bucket: int) -> NDArray[np.bool_]:
    """Whether each row comes to be so many months past due in a month."""
    return (past_due[month] >= bucket) & (past_due[month - 1] < bucket)


def summed(worlds: Worlds, run: str, *names: str) -> Floats:
    """Figures of one of the runs, added up over months and seeds, float64[names]."""
    return np.array([sum(getattr(world, run).told[name].sum() for world in worlds) for name in names])


def by_month(worlds: Worlds, run: str, name: str) -> Floats:
    """A figure of one of the runs month by month, mean over the seeds, float64[months]."""
    return np.mean([getattr(world, run).told[name] for world in worlds], axis=0)


def share_by_month(worlds: Worlds, run: str, share: str, of: str) -> Floats:
    """A share of loans by month, of the loans of all seeds together, as indices of a country are, float64[months].

    ``share`` is the figure, ``of`` the loans that it is a share of. A lender that fails weighs by what it still has.
    """
    loans = by_month(worlds, run, of)
    late = np.mean([getattr(world, run).told[share] * getattr(world, run).told[of] for world in worlds], axis=0)
    return np.asarray(late / loans)
