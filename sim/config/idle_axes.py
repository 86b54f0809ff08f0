"""Axes of a design that nothing reads: refused where that is so at every point, told where it is so at some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sim.config.acting import conditions, refuse_idle, unmet
from sim.config.axes import RECOMPOSED
from sim.config.options import BY_NAME
from sim.engine.tables.conditions import parsed
from sim.study.plan.design import Axis
from sim.study.plan.plan import Plan
from sim.study.plan.points import Point, has_key, updated


def refuse_idle_axes(axes: Sequence[Axis], points: Sequence[Point], plans: Sequence[Plan]) -> None:
    """Refuse an axis that no package reads at any point.

    Raises
    ------
    UsageError
        One line: the key with its first value, what it needs and what stands there instead.
    """
    for axis in _of_keys(axes):
        if all(_lacking(axis.key, points, plans)):
            first = points[0]
            refuse_idle([(axis.key, dict(first.values)[axis.key])], _takers(plans[first.composition], first, axis.key))


def idle_axes(plan: Plan) -> list[str]:
    """Name each axis that no package reads at some points, a line each: there its values differ by nothing."""
    told = []
    for axis in _of_keys(plan.axes):
        lacking = [needs for needs in _lacking(axis.key, plan.points, (plan, *plan.compositions)) if needs]
        if lacking:
            told.append(
                f"design.vary: {axis.key} changes nothing at {len(lacking)} of {len(plan.points)} points: "
                f"it acts with {lacking[0]}"
            )
    return told


def _of_keys(axes: Sequence[Axis]) -> Iterator[Axis]:
    return (axis for axis in axes if "/" not in axis.key and axis.key not in (*BY_NAME, *RECOMPOSED))


def _lacking(key: str, points: Sequence[Point], plans: Sequence[Plan]) -> Iterator[str]:
    """For each point the condition that no package fulfils there; empty where one reads the key.

    Whether a key acts hangs on the composition and on what other axes put into the parts that its conditions name:
    it is looked up once for each of these.
    """
    known: dict[Any, str] = {}
    parts = {number: _parts_named(plan, key) for number, plan in enumerate(plans)}
    for point in points:
        moved = [entry for entry in point.updates if entry[0] != key and _root(entry[0]) in parts[point.composition]]
        mark = (point.composition, repr(moved))
        if mark not in known:
            lacking = [unmet(config, key) for config in _takers(plans[point.composition], point, key)]
            known[mark] = lacking[-1] if lacking and all(lacking) else ""
        yield known[mark]


def _parts_named(plan: Plan, key: str) -> set[str]:
    """Parts of a configuration that the conditions of a key are about."""
    taken = [config for arm in plan.shown for config in arm.configs.values() if has_key(config, key)]
    named = {needs for config in taken for needs in conditions(config, key)}
    return {_root(clause.key) for needs in named for one in parsed(needs) for clause in one}


def _root(key: str) -> str:
    return key.replace("/", ".").split(".")[0]


def _takers(plan: Plan, point: Point, key: str) -> Iterator[Any]:
    """Compositions of the packages at a point that take a key up."""
    for arm in plan.shown:
        updates = point.updates if arm.takes_policy else point.common
        for config in arm.configs.values():
            if any(name == key for name, _ in updates) and has_key(config, key):
                yield updated(config, updates)
