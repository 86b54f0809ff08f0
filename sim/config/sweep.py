"""From axes to points: every point of a design typed and checked before the first cell runs."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import math
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep

from sim.config.errors import UsageError, nearest, refusal
from sim.config.locate import config_folder
from sim.config.options import BY_NAME, EXPERIMENT, POLICY_ROOTS, check_option, option_names
from sim.config.overrides import Given, parse_sweep
from sim.config.userfile import read_yaml
from sim.config.validate import convert, fields_of
from sim.study.design import LARGEST_DESIGN, Axis
from sim.study.differences import digest
from sim.study.extras import ExtraMissing
from sim.study.plan import Plan, calm_level
from sim.study.points import Point, below, has_key, updated

Compose = Callable[[Sequence[Given]], Plan]

RECOMPOSED = ("study.months", "study.burn_in")
"""Keys that decide more than a value in a model; like group choices, they are composed anew."""

NOT_SWEPT = {
    "seed": "replications draw seeds of their own; raise study.replications",
    "out": "a study has one folder",
    "economy": "name economies in study.scenarios",
    "machine": "the machine changes no result",
    "design": "a design spans keys of the model",
    "study": "of study, only months and burn_in can be swept",
    EXPERIMENT: "an experiment is a study of its own; use -m",
}
INTEGER, NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)"), re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")


def gather(words: Sequence[str]) -> list[str]:
    """Move alternatives on the command line into ``design.vary`` when the job has a design.

    ``design=grid fund.capital_share=0.05,0.1`` says the same as ``design=grid
    "design.vary=['fund.capital_share=0.05,0.1']"``. An axis of the experiment gives way to one of the same key,
    and to a plain value of it.
    """
    given = {word.partition("=")[0]: word.partition("=")[2] for word in words}
    experiment = given.get(EXPERIMENT, "")
    design, axes = _design_of(experiment) if experiment in option_names(EXPERIMENT) else ("none", [])
    if given.get("design", design) in ("none", "file") or "design.vary" in given:
        return list(words)
    swept = [word for word in words if parse_sweep(word)]
    kept = [axis for axis in axes if axis.partition("=")[0] not in given]
    if not swept and kept == axes:
        return list(words)
    quoted = ",".join("'" + axis.replace("'", "\\'") + "'" for axis in (*kept, *swept))
    return [*(word for word in words if word not in swept), f"design.vary=[{quoted}]"]


def _design_of(experiment: str) -> tuple[str, list[str]]:
    """Design that an experiment chooses, and its axes."""
    found = read_yaml(config_folder() / EXPERIMENT / f"{experiment}.yaml", ours=True)
    chosen = [entry["override /design"] for entry in found.get("defaults", []) if "override /design" in entry]
    return (chosen or ["none"])[0], list(found.get("design", {}).get("vary", []))


def with_points(plan: Plan, design: Any, given: Sequence[Given], compose: Compose) -> Plan:
    """Give a plan the points of its design, each typed and checked.

    Parameters
    ----------
    plan : Plan
        The composition as it stands.
    design : object
        One of the options of ``sim.study.design``.
    given : sequence of Given
        The user's overrides; a point that chooses an option of a group is composed from them anew.
    compose : callable
        Turns overrides into a plan.

    Raises
    ------
    UsageError
        For the first point that cannot run: one line that names it; nothing was written.
    """
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
    _refuse_twins(points)
    first, *others = compositions.plans
    return dataclasses.replace(
        first, overrides=plan.overrides, axes=tuple(axes), points=tuple(points), compositions=tuple(others)
    )


def _rows(design: Any, seed: int) -> tuple[list[Axis], list[list[Any]]]:
    if hasattr(design, "file"):
        if not design.file.strip():
            raise UsageError("design.file: is empty, must name a CSV file of points")
        if design.vary:
            raise UsageError(f"design.vary: {design.vary[0]} is not allowed with design=file: its columns are the axes")
        return read_points(Path(design.file).expanduser())
    axes = [axis_of(text) for text in design.vary]
    if not axes:
        raise UsageError("design.vary: is empty; name axes, such as fund.capital_share=0.05,0.1,0.2")
    for place, axis in enumerate(axes):
        if axis.key in [earlier.key for earlier in axes[:place]]:
            raise UsageError(f"design.vary: {axis.key} is named twice, must be named once")
    problem = design.check_axes(axes) if hasattr(design, "check_axes") else None
    if problem:
        raise UsageError(problem)
    try:
        rows = design.points(axes, seed)
    except ExtraMissing as missing:
        raise UsageError(f"design: {missing}") from None
    if getattr(design, "repeats", False):
        rows = [list(row) for row in dict.fromkeys(map(tuple, rows))]
    return axes, rows


def axis_of(text: str) -> Axis:
    """Read one axis, such as ``fund.capital_share=interval(0.02,0.3)`` or ``policy/closing=never,threshold``.

    Raises
    ------
    UsageError
        It is no key with alternatives, or its ends are the wrong way round.
    """
    key, _, given = text.partition("=")
    swept = parse_sweep(text, complain=True)
    if key in BY_NAME:
        _refuse_key(key)
        return Axis(key, tuple(check_option(key, value) for value in _listed(key, given, swept)))
    key = key.replace("/", ".")
    _refuse_key(key)
    return _interval(key, given, swept) if isinstance(swept, IntervalSweep) else Axis(key, _listed(key, given, swept))


def _listed(key: str, given: str, swept: ChoiceSweep | RangeSweep | IntervalSweep) -> tuple[Any, ...]:
    if isinstance(swept, IntervalSweep):
        raise UsageError(refusal(key, given, "options a,b"))
    found = swept.range() if isinstance(swept, RangeSweep) else map(Override._convert_value, swept.list)
    values = tuple(itertools.islice(found, LARGEST_DESIGN + 1))
    if len(set(map(str, values))) < len(values):
        raise UsageError(refusal(key, given, "every value once"))
    return values


def _interval(key: str, given: str, swept: IntervalSweep) -> Axis:
    low, high = float(swept.start or 0), float(swept.end or 0)
    log = "log" in swept.tags
    if not (math.isfinite(low) and math.isfinite(high) and low < high) or (log and low <= 0):
        raise UsageError(refusal(key, given, "interval(LOW,HIGH) with LOW below HIGH" + ", both positive" * log))
    whole = isinstance(swept.start, int) and isinstance(swept.end, int)
    return Axis(key, low=low, high=high, whole=whole, log=log)


def _refuse_key(key: str) -> None:
    head = key.replace("/", ".").split(".")[0]
    if (key in NOT_SWEPT or head in NOT_SWEPT) and key not in RECOMPOSED and not key.startswith("economy."):
        raise UsageError(f"{key}: cannot be an axis of a design: {NOT_SWEPT.get(key) or NOT_SWEPT[head]}")


def read_points(path: Path) -> tuple[list[Axis], list[list[Any]]]:
    """Read a design from a CSV file: a column for each key, a row for each point.

    Raises
    ------
    UsageError
        The file cannot be read, has no rows, or a row of another length.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"design.file: {path} cannot be read: {getattr(error, 'strerror', error)}") from None
    if len(lines) < 2:
        raise UsageError(f"design.file: {path} holds no points: a line of keys and a line for each point are needed")
    keys = [key.strip() for key in lines[0]]
    for number, row in enumerate(lines[1:], 1):
        if len(row) != len(keys):
            raise UsageError(f"design.file: {path}: row {number} has {len(row)} values for {len(keys)} keys")
    for place, key in enumerate(keys):
        _refuse_key(key)
        if key in keys[:place]:
            raise UsageError(f"design.file: {path}: {key} is named twice")
    rows = [[_scalar(cell.strip()) for cell in row] for row in lines[1:]]
    columns = zip(*rows, strict=True)
    return [Axis(key, tuple(dict.fromkeys(column))) for key, column in zip(keys, columns, strict=True)], rows


def _scalar(text: str) -> Any:
    if INTEGER.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text) and not re.fullmatch(r"[-+]?0[0-9]+", text):
        return float(text)
    return {"true": True, "false": False}.get(text.lower(), text)


class _Compositions:
    """Plans for the group choices that points make, composed once each, and the points typed for them."""

    def __init__(self, given: Sequence[Given], compose: Compose) -> None:
        self._given, self._compose = list(given), compose
        self._places: dict[tuple[tuple[str, Any], ...], int] = {}
        self._typed: dict[tuple[int, str, Any], Any] = {}
        self.plans: list[Plan] = []

    def point(self, number: int, values: tuple[tuple[str, Any], ...]) -> Point:
        """Type and check one point."""
        composed = tuple((key, value) for key, value in values if key in BY_NAME or key in RECOMPOSED)
        place = self._place(composed)
        plan = self.plans[place]
        updates = tuple((key, self._value(place, key, value)) for key, value in values if (key, value) not in composed)
        common = tuple(entry for entry in updates if entry[0].split(".")[0] not in POLICY_ROOTS)
        point = Point(number, values, updates, common, place)
        families, calm = _check(plan, point)
        return dataclasses.replace(point, families=families, calm=calm)

    def _place(self, composed: tuple[tuple[str, Any], ...]) -> int:
        if composed not in self._places:
            extra = [Given(key, (value,), key in BY_NAME) for key, value in composed]
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
            problems = _problems(config, updates)
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


def _problems(config: Any, updates: Sequence[tuple[str, Any]]) -> list[str]:
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


def _refuse_twins(points: Sequence[Point]) -> None:
    seen: dict[Any, int] = {}
    for point in points:
        earlier = seen.setdefault((point.composition, point.updates), point.number)
        if earlier != point.number:
            raise UsageError(f"design: points {earlier + 1} and {point.number + 1} are the same ({point.words})")
