"""From axes to points: every point of a design typed and checked before the first cell runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim.config.axes import RECOMPOSED, axis_of, read_points
from sim.config.errors import UsageError, nearest, refusal
from sim.config.idle_axes import refuse_idle_axes
from sim.config.options import BY_NAME, POLICY_ROOTS, check_option
from sim.config.overrides import Given
from sim.config.stages import is_stage_key
from sim.config.validate import convert, fields_of
from sim.engine.tables.conditions import below
from sim.study.compare.figures import figures_of
from sim.study.plan.design import LARGEST_DESIGN, Axis
from sim.study.plan.differences import digest
from sim.study.plan.exchanging import calm_level
from sim.study.plan.own_model import own_models
from sim.study.plan.plan import Plan
from sim.study.plan.points import Point, has_key, updated
from sim.study.store.extras import ExtraMissing, extra
from sim.study.sweep.fitting import parts_of
from sim.study.sweep.search import Adaptive

Compose = Callable[[Sequence[Given]], Plan]


def with_points(plan: Plan, design: Any, given: Sequence[Given], compose: Compose) -> Plan:
    """Give a plan the points of its design, each typed and checked.

    Parameters
    ----------
    plan : Plan
        The composition as it stands.
    design : object
        One of the options of ``sim.study.plan.design``.
    given : sequence of Given
        The user's overrides; a point that chooses an option of a group is composed from them anew.
    compose : callable
        Turns overrides into a plan.

    Raises
    ------
    UsageError
        For the first point that cannot run: one line that names it; nothing was written.
    """
    if hasattr(design, "searcher"):
        return _searching(plan, design, given, compose)
    axes, rows = _rows(design, plan.seed)
    if len(rows) > LARGEST_DESIGN:
        raise UsageError(f"design: {len(rows)} points are not allowed: at most {LARGEST_DESIGN}")
    keys = [axis.key for axis in axes]
    compositions = _Compositions(given, compose)
    points = []
    for number, row in enumerate(rows):
        values = tuple(zip(keys, row, strict=True))
        try:
            points.append(compositions.point(number, values))
        except UsageError as error:
            raise UsageError(f"point {number + 1} of {len(rows)}: {error}") from None
    _refuse_twins(points, compositions.plans)
    refuse_idle_axes(axes, points, compositions.plans)
    first, *others = compositions.plans
    return dataclasses.replace(
        first, overrides=plan.overrides, axes=tuple(axes), points=tuple(points), compositions=tuple(others)
    )


def _searching(plan: Plan, design: Any, given: Sequence[Given], compose: Compose) -> Plan:
    """Give a plan a search; what it can ask for is typed and checked at both ends of every axis."""
    try:
        extra("optuna", "analysis")
    except ExtraMissing as missing:
        raise UsageError(f"design: {missing}") from None
    axes = _axes(design)
    arms = {arm.name: arm for arm in plan.shown}
    if design.arm not in ("", *arms):
        raise UsageError(refusal("design.arm", design.arm, "one of " + ", ".join(arms), nearest(design.arm, arms)))
    name = design.arm or plan.shown[-1].name
    others = [scenario.name for scenario in plan.scenarios[1:]]
    for text in getattr(design, "targets", ()):
        for scenario, figure in parts_of(text.partition("=")[0]):
            if scenario and scenario not in others:
                allowed = "a scenario after the first of study.scenarios" + (f": {', '.join(others)}" if others else "")
                raise UsageError(refusal("design.targets", scenario, allowed, nearest(scenario, others)))
            refuse_figure("design.targets", figure, plan)
    config = arms[name].configs[plan.scenarios[0].name]
    reference = tuple(_present(config, axis.key) for axis in axes)
    compositions = _Compositions(given, compose)
    keys = [axis.key for axis in axes]
    ends = [compositions.point(0, tuple(zip(keys, reference, strict=True)))]
    for place, axis in enumerate(axes):
        for value in axis.values or (axis.low, axis.high):
            row = [*reference[:place], value, *reference[place + 1 :]]
            ends.append(compositions.point(0, tuple(zip(keys, row, strict=True))))
    refuse_idle_axes(axes, ends, compositions.plans)
    adaptive = Adaptive(design, tuple(axes), reference, plan.seed, name, compositions.point, compositions.plans)
    first = compositions.plans[0]
    return dataclasses.replace(
        first,
        overrides=plan.overrides,
        axes=tuple(axes),
        points=(),
        compositions=tuple(compositions.plans[1:]),
        adaptive=adaptive,
    )


def _present(config: Any, key: str) -> Any:
    """Value of a key, or option of a group, in a composed configuration."""
    if is_stage_key(key):
        return dict(config.own.replaced).get(key, "shipped")
    if key in BY_NAME:
        return config.chosen[key]
    if not has_key(config, key):
        near = nearest(key, list(_keys(config)))
        raise UsageError(f"{key}: the package has no such key" + (f"; did you mean {near}?" if near else ""))
    node = config
    for part in key.split("."):
        node = below(node, part)
    return node


def refuse_figure(key: str, name: str, plan: Plan | None = None) -> None:
    """Refuse the name of a figure that no result has: neither ours, nor one that a model of the plan declares."""
    from sim.figures.catalog import METRICS

    declared = own_models(plan)["own_figures"] if plan else []
    known = figures_of([*METRICS, *(row[0] for row in declared)])
    if name not in known:
        raise UsageError(refusal(key, name, "a figure of the results", nearest(name, known)))


def _rows(design: Any, seed: int) -> tuple[list[Axis], list[list[Any]]]:
    if hasattr(design, "file"):
        if not design.file.strip():
            raise UsageError("design.file: is empty, must name a CSV file of points")
        if design.vary:
            raise UsageError(f"design.vary: {design.vary[0]} is not allowed with design=file: its columns are the axes")
        return read_points(design.file)
    axes = _axes(design)
    try:
        rows = design.points(axes, seed)
    except ExtraMissing as missing:
        raise UsageError(f"design: {missing}") from None
    if getattr(design, "repeats", False):
        rows = [list(row) for row in dict.fromkeys(map(tuple, rows))]
    return axes, rows


def _axes(design: Any) -> list[Axis]:
    axes = [axis_of(text) for text in design.vary]
    if not axes:
        raise UsageError("design.vary: is empty; name axes, such as fund.capital_share=0.05,0.1,0.2")
    for place, axis in enumerate(axes):
        if axis.key in [earlier.key for earlier in axes[:place]]:
            raise UsageError(f"design.vary: {axis.key} is named twice, must be named once")
    problem = design.check_axes(axes) if hasattr(design, "check_axes") else None
    if problem:
        raise UsageError(problem)
    return axes


class _Compositions:
    """Plans for the group choices that points make, composed once each, and the points typed for them."""

    def __init__(self, given: Sequence[Given], compose: Compose) -> None:
        self._given, self._compose = list(given), compose
        self._places: dict[tuple[tuple[str, Any], ...], int] = {}
        self._typed: dict[tuple[int, str, Any], Any] = {}
        self.plans: list[Plan] = []

    def point(self, number: int, values: tuple[tuple[str, Any], ...]) -> Point:
        """Type and check one point."""
        composed = tuple(
            (key, value) for key, value in values if is_stage_key(key) or key in BY_NAME or key in RECOMPOSED
        )
        place = self._place(composed)
        plan = self.plans[place]
        updates = tuple((key, self._value(place, key, value)) for key, value in values if (key, value) not in composed)
        common = tuple(entry for entry in updates if entry[0].split(".")[0] not in POLICY_ROOTS)
        point = Point(number, values, updates, common, place)
        families, calm = _check(plan, point)
        return dataclasses.replace(point, families=families, calm=calm)

    def _place(self, composed: tuple[tuple[str, Any], ...]) -> int:
        if composed not in self._places:
            extra = [Given(key, (value,), key in BY_NAME or is_stage_key(key)) for key, value in composed]
            named = {entry.key for entry in extra if not entry.is_group or check_option(entry.key, entry.value)}
            # Options first: keys of the user's may belong to them.
            kept = [entry for entry in self._given if entry.key not in named]
            plan = self._compose([*extra, *kept])
            self._places[composed] = len(self.plans)
            self.plans.append(plan)
        return self._places[composed]

    def _value(self, place: int, key: str, value: Any) -> Any:
        mark = (place, key, repr(value))
        if mark not in self._typed:
            self._typed[mark] = typed(self.plans[place], key, value)
        return self._typed[mark]


def typed(plan: Plan, key: str, value: Any) -> Any:
    """Convert a value to the type of its key and check its range, as the composition does.

    Raises
    ------
    UsageError
        No arm has the key, or the value cannot stand there.
    """
    takers = [arm for arm in plan.shown if arm.takes_policy or key.split(".")[0] not in POLICY_ROOTS]
    for arm in takers:
        for config in arm.configs.values():
            if has_key(config, key):
                return _converted(config, key, value)
    known = sorted({found for arm in takers for config in arm.configs.values() for found in _keys(config)})
    near = nearest(key, known)
    raise UsageError(f"{key}: no package has such a key" + (f"; did you mean {near}?" if near else ""))


def _converted(config: Any, key: str, value: Any) -> Any:
    *parents, last = key.split(".")
    node = config
    for part in parents:
        node = below(node, part)
    if not dataclasses.is_dataclass(node) or isinstance(node, type):
        raise UsageError(refusal(key, value, "a key of its own; an element of a list is swept as a whole list"))
    kind, declared, _ = fields_of(type(node))[last]
    if dataclasses.is_dataclass(kind) or last == "name":
        raise UsageError(refusal(key, value, f"a key below it, such as {key}.{next(iter(fields_of(type(node))))}"))
    problems: list[str] = []
    found = convert(kind, declared, value, key, problems)
    if problems:
        raise UsageError(problems[0])
    return found


def _keys(config: Any, path: str = "") -> Iterator[str]:
    for field in dataclasses.fields(config):
        value, here = getattr(config, field.name), f"{path}{field.name}"
        if dataclasses.is_dataclass(value):
            yield from _keys(value, f"{here}.")
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            for place, item in enumerate(value):
                yield from _keys(item, f"{here}.{place}.")
        else:
            yield here


def _check(plan: Plan, point: Point) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Check what a point makes of every arm and scenario; return its families and what their burn-in reads."""
    for arm in plan.arms:
        updates = point.updates if arm.takes_policy else point.common
        for config in arm.configs.values():
            problems = problems_of(config, updates)
            if problems:
                raise UsageError(problems[0])
    own = point.updates if plan.root.takes_policy else point.common
    families: dict[Any, list[str]] = {}
    for scenario in plan.scenarios:
        config = updated(plan.root.configs[scenario.name], own)
        try:
            families.setdefault(calm_level(config), []).append(scenario.name)
        except (ValueError, ArithmeticError) as error:
            raise UsageError(f"economy={scenario.name}: {error}") from None
    return tuple(map(tuple, families.values())), tuple(digest(list(mark))[:16] for mark in families)


def problems_of(config: Any, updates: Sequence[tuple[str, Any]]) -> list[str]:
    """Problems between settings that the values make: each part that changed is asked, then the whole."""
    try:
        made = updated(config, updates)
    except ValueError as error:
        return [str(error)]
    asked: dict[str, Any] = {}
    for key, _ in updates:
        node, path = made, ""
        for part in key.split(".")[:-1]:
            path = f"{path}.{part}"
            if not has_key(made, path[1:]):
                break
            node = below(node, part)
            asked[path] = node
    found = [problem for node in asked.values() if callable(getattr(node, "check", None)) for problem in node.check()]
    return found or list(made.check())


def _refuse_twins(points: Sequence[Point], plans: Sequence[Plan]) -> None:
    """Refuse two points of one meaning, also where they name two files of the same content."""
    made = [digest(plan.composed()) for plan in plans] if len(plans) > 1 else [""]
    seen: dict[Any, int] = {}
    for point in points:
        earlier = seen.setdefault((made[point.composition], point.updates), point.number)
        if earlier != point.number:
            raise UsageError(f"design: points {earlier + 1} and {point.number + 1} are the same ({point.words})")
