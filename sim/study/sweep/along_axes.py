"""Values along an axis that a search may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.study.plan.design import DIGITS, Axis
from sim.study.store.extras import extra

if TYPE_CHECKING:
    pass


def span(axis: Axis, tried: Sequence[Any]) -> str:
    """Between which values an axis was tried; which options were."""
    if axis.is_option:
        return "with " + ", ".join(str(value) for value in axis.values if value in tried)
    low, high = (min(axis.values), max(axis.values)) if axis.values else (axis.low, axis.high)
    return f"from {min(tried):g} to {max(tried):g} of {low:g} to {high:g}"


def is_inside(axis: Axis, value: Any) -> bool:
    """Whether a value lies on the axis."""
    return axis.low <= value <= axis.high if axis.is_interval else value in axis.values


def rounded(axis: Axis, value: Any) -> Any:
    """The value as the axis takes it."""
    if not axis.is_interval or axis.whole:
        return value
    return min(max(float(f"{value:.{DIGITS}g}"), axis.low), axis.high)


def distribution(axis: Axis) -> Any:
    """The axis as Optuna knows it."""
    kinds = extra("optuna.distributions", "analysis")
    if not axis.is_interval:
        return kinds.CategoricalDistribution(axis.values)
    if axis.whole:
        return kinds.IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return kinds.FloatDistribution(axis.low, axis.high, log=axis.log)
