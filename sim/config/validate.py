"""From plain values to frozen dataclasses: every key known, typed, finite, within its range.

Problems are collected over the whole configuration, so that one wrong key does not hide another; the
first is what the user reads. A value is never converted behind the user's back, with one exception that
loses nothing: a whole number stands for a float.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from sim.config.errors import UsageError, nearest, refusal
from sim.config.options import GROUPS, dataclass_of
from sim.config.own_model import own_model
from sim.config.stages import OWN, own_rules, problems_of
from sim.config.tape import with_tape
from sim.config.userfile import refused
from sim.engine.tables.conditions import holds
from sim.engine.tables.declare import Setting
from sim.inputs import numbers
from sim.inputs.path import with_path
from sim.language.words import CNY

FREE = Setting(None, None, "", "")
PAIRS = tuple[tuple[str, str], ...]


@cache
def fields_of(owner: type) -> dict[str, tuple[Any, Setting, dataclasses.Field[Any]]]:
    """Fields of a configuration dataclass: name -> (type, setting, field)."""
    hints = typing.get_type_hints(owner)
    return {
        entry.name: (hints[entry.name], entry.metadata.get("setting", FREE), entry)
        for entry in dataclasses.fields(owner)
    }


def build(owner: type, plain: Any, path: str, problems: list[str]) -> Any:
    """Make ``owner`` from a plain mapping; append one line to ``problems`` for each thing that is wrong.

    Parameters
    ----------
    owner : type
        A frozen dataclass whose fields were declared with ``setting``.
    plain : Mapping
        Keys and values; keys left out keep their default.
    path : str
        Address of the mapping, for messages.
    problems : list of str
        Grows; the result is only meaningful while it is empty.
    """
    if not isinstance(plain, Mapping):
        problems.append(refusal(path, plain, "keys with values, such as " + _example(owner)))
        return None
    before = len(problems)
    known = fields_of(owner)
    strange = next((key for key in plain if key not in known), None)  # one of them is told, however many there are
    if strange is not None:
        problems.append(unknown_key(f"{path}.{strange}", [f"{path}.{name}" for name in known]))
    values = {}
    for name, (kind, declared, entry) in known.items():
        if name in plain:
            values[name] = convert(kind, declared, plain[name], f"{path}.{name}", problems)
        elif entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING:
            problems.append(f"{path}.{name}: is missing, it has no default")
    if len(problems) > before:
        return None
    try:
        made = owner(**values)
    except ValueError as error:
        problems.append(f"{path}: {error}")
        return None
    problems.extend(_own_problems(made))
    return made


def unknown_key(key: str, known: list[str]) -> str:
    """Write the line for a key that does not exist."""
    near = nearest(key, known)
    hint = f"; did you mean {near}?" if near else "; `creditcycle show` lists the keys"
    return f"{key}: there is no such key{hint}"


def _own_problems(made: Any) -> list[str]:
    check = getattr(made, "check", None)
    return list(check()) if callable(check) else []


def _example(owner: type) -> str:
    return ", ".join(list(fields_of(owner))[:3])


def convert(kind: Any, declared: Setting, value: Any, path: str, problems: list[str]) -> Any:
    """Check ``value`` against its type and setting and return it as the dataclass holds it.

    A field is a number, a text, a truth value, another dataclass, a tuple of one of these, or pairs of texts.
    """
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return build(kind, value, path, problems)
    if kind == PAIRS:
        return _pairs(value, path, problems)
    if typing.get_origin(kind) is tuple:
        return _sequence(kind, declared, value, path, problems)
    problem = scalar_problem(kind, declared, value)
    if problem is not None:
        near = nearest(value, declared.choices) if declared.choices and isinstance(value, str) else None
        problems.append(refusal(path, value, problem, near))
        return None
    return kind(value)


def _sequence(kind: Any, declared: Setting, value: Any, path: str, problems: list[str]) -> Any:
    if not isinstance(value, list | tuple):
        problems.append(refusal(path, value, "a list, such as [a,b]"))
        return None
    (element, rest) = typing.get_args(kind)
    if rest is not Ellipsis:
        raise TypeError(f"{path}: a field of type {kind} is not provided for")
    return tuple(convert(element, declared, item, f"{path}[{place}]", problems) for place, item in enumerate(value))


def _pairs(value: Any, path: str, problems: list[str]) -> Any:
    """Make pairs of texts from a mapping of names of the user's own; an empty list is none."""
    if value == [] or value == ():
        return ()
    if not isinstance(value, Mapping):
        problems.append(refusal(path, value, "keys with values, such as {geo: DE}"))
        return None
    return tuple((str(key), convert(str, FREE, item, f"{path}.{key}", problems)) for key, item in value.items())


def scalar_problem(kind: Any, declared: Setting, value: Any) -> str | None:
    """Say what would be allowed when ``value`` is not; None when it is."""
    if kind is bool:
        return None if isinstance(value, bool) else "true or false"
    if kind is str:
        if declared.choices is not None:
            return None if value in declared.choices else "one of " + ", ".join(declared.choices)
        textual = isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
        return None if textual else "a text"
    if kind in (int, float):
        allowed = range_in_words(kind, declared)
        if isinstance(value, str) and numbers.looks_like_one(value):
            return f"{allowed}, in plain digits without leading zeros"
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return allowed
        if kind is int and isinstance(value, float):
            return allowed if value != int(value) else f"{allowed}, written without exponent or point"
        low_fails = declared.low is not None and value < declared.low
        high_fails = declared.high is not None and value > declared.high
        return allowed if low_fails or high_fails else None
    raise TypeError(f"a field of type {kind} is not provided for")


def range_in_words(kind: type, declared: Setting) -> str:
    """Say what a number may be: kind, bounds, unit."""
    noun = "a whole number" if kind is int else "a number"
    low, high = (None if bound is None else _figure(bound) for bound in (declared.low, declared.high))
    unit = f" ({declared.unit})" if declared.unit else ""
    if low is not None and high is not None:
        return f"{noun} from {low} to {high}{unit}"
    if low is not None:
        return f"{noun} of at least {low}{unit}"
    if high is not None:
        return f"{noun} of at most {high}{unit}"
    return f"{noun}{unit}"


def _figure(bound: float) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:g}"


def validate(plain: Mapping[str, Any]) -> Any:
    """Make a checked `Config` from a composed configuration of plain values.

    Raises
    ------
    UsageError
        With the first problem as its message.
    """
    from sim.config.schema import Config, Policies

    problems: list[str] = []
    rest = dict(plain)
    policies = dict(rest.pop("policy", {}))
    made: dict[str, Any] = {}
    chosen: dict[str, str] = {}
    for group in GROUPS:
        head, _, tail = group.name.partition("/")
        section = policies.pop(tail, None) if tail else rest.pop(head, None)
        option = section.get("name") if isinstance(section, Mapping) else None
        if not isinstance(option, str):
            problems.append(
                refusal(group.node, section, f"keys with values and the name of an option: {group.name}=...")
            )
            continue
        chosen[group.name] = option
        owner = dataclass_of(group.name, option)
        entry = dict(section)
        if "name" not in fields_of(owner):
            del entry["name"]
        made[group.name] = build(owner, entry, group.node, problems)
    top: dict[str, Any] = {name: made.get(name) for name in fields_of(Config) if name in made}
    chosen_policies: dict[str, Any] = {name: made.get(f"policy/{name}") for name in fields_of(Policies)}
    top["policy"] = Policies(**chosen_policies)
    top["own"] = own_rules(rest.pop(OWN, None))
    for name in ("seed", "out", "plugin"):
        kind, declared, place = fields_of(Config)[name]
        top[name] = convert(kind, declared, rest.pop(name, place.default), name, problems)
    everywhere = [*fields_of(Config), *(f"policy.{name}" for name in fields_of(Policies))]
    leftover = [*rest, *(f"policy.{key}" for key in policies)]
    problems.extend(unknown_key(key, everywhere) for key in leftover)
    if not problems:
        config = Config(**top, chosen=chosen)
        problems.extend([*config.check(), *problems_of(config)])
    if problems:
        raise UsageError(problems[0])
    with refused():
        own = {"economy": with_path(config.economy), "model": own_model(config.study.model)}
        whole = with_tape(dataclasses.replace(with_choices(config), **own), build)
    if whole.report.currency not in ("", CNY) and not whole.report.exchange_rate:
        raise UsageError(
            f"report.exchange_rate: is missing: {whole.report.currency} needs its rate, yuan for one unit, such as 7.1"
        )
    return whole


def with_choices(config: Any) -> Any:
    """Choose the options that a part asks for in other groups, under the conditions that it declares (``CHOOSES``)."""
    for group in GROUPS:
        for choice, condition in getattr(attrgetter(group.node)(config), "CHOOSES", {}).items():
            if holds(config, condition):
                name, option = choice.split("=")
                chosen = {**config.chosen, name: option}
                config = dataclasses.replace(config, **{name: dataclass_of(name, option)()}, chosen=chosen)
    return config
