"""What the user wrote on the command line, read and vetted before anything is composed.

Hydra's own parser reads the grammar of an override (lists, mappings, alternatives for ``-m``); what it
would let through and what could run code or reach elsewhere is refused here: added and deleted keys,
resolvers, ``_target_``, search paths, callbacks, and anything that is not a finite plain value.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import (
    ChoiceSweep,
    Glob,
    IntervalSweep,
    Override,
    Quote,
    QuotedString,
    RangeSweep,
)
from hydra.errors import HydraException

from sim.config import plugin
from sim.config.errors import LONGEST_VALUE, UsageError, nearest, refusal
from sim.config.options import BY_NAME, EXPERIMENT, check_option, option_names, refuse_shipped_names
from sim.config.stages import is_stage_key, stage_key
from sim.inputs import numbers

LARGEST_SWEEP = 10_000
LONGEST = 10_000  # characters of all overrides of a command: reading more takes longer than anybody waits
IN_SHORT = {"currency": "report.currency"}  # keys that stand for longer ones
FORBIDDEN = (
    ("${", "a plain value; references and resolvers are not read"),
    ("_target_", "a plain value; nothing is made from a configuration"),
    ("hydra:", "a plain value; Hydra's own nodes are not read"),
)
# A text that no reader takes for a number, a truth value, null or a list.
PLAIN_TEXT = re.compile(r"(?!(?:true|false|null|nan|inf)\b)[A-Za-z_/][A-Za-z0-9_./-]*", re.IGNORECASE)
QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
BETWEEN = re.compile(r"[\s,:=(){}\[\]]+")
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*([./][A-Za-z0-9_]+)*")


@dataclass(frozen=True)
class Given:
    """One override as the user gave it: a group choice or the value of a key.

    ``values`` holds one value, or under ``-m`` the alternatives, one for each job.
    """

    key: str
    values: tuple[Any, ...]
    is_group: bool

    @property
    def value(self) -> Any:
        """The value; the first of several alternatives."""
        return self.values[0]

    @property
    def text(self) -> str:
        """The override as it would be written for one job; `read` reads it back to the same value."""
        return f"{self.key}={written(self.value)}"


def written(value: Any) -> str:
    """Write a plain value in the grammar of overrides, whole and so that it reads back as itself."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ",".join(written(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{written(key)}:{written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str) and not PLAIN_TEXT.fullmatch(value):
        return QuotedString(value, Quote.single).with_quotes()
    return str(value)


def read(raw: Iterable[str], *, several: bool = False) -> list[Given]:
    """Read and vet overrides.

    Parameters
    ----------
    raw : iterable of str
        Overrides such as ``policy/limit=tiered`` or ``seed=7``, without Hydra's own (``hydra.*``).
    several : bool
        Whether alternatives (``seed=1,2``) are welcome, as under ``-m``.

    Raises
    ------
    UsageError
        For the first override that cannot stand.
    """
    found, raw = dict[str, Given](), list(raw)
    refuse_long(raw)
    # The file first: it adds options that the others may name.
    plugin.load(rules_named(raw))
    refuse_shipped_names()
    for text in raw:
        given = _read_one(text, several)
        found.pop(given.key, None)
        found[given.key] = given
    return list(found.values())


def rules_named(raw: Iterable[str]) -> str:
    """Name of the file of rules among overrides; empty without one."""
    files = [_read_one(text, several=False).value for text in raw if text.startswith(f"{plugin.KEY}=")]
    return str(files[-1]) if files else ""


def refuse_long(raw: Sequence[str]) -> None:
    """Refuse overrides that would take minutes to read; what is long belongs into a file."""
    length = sum(map(len, raw))
    if length > LONGEST:
        key = max(raw, key=len).partition("=")[0]
        raise UsageError(f"{key[:LONGEST_VALUE]}: overrides of {length} characters are not allowed: at most {LONGEST}")


def parse_sweep(text: str, *, complain: bool = False) -> Any:
    """Return Hydra's reading of an override with alternatives; None, or a `UsageError`, where it has none."""
    key, equals, value = text.partition("=")
    try:
        _refuse_forbidden(text)
        _refuse_key(key, equals, value, text)
        override = _parse(key, value)
    except UsageError:
        if complain:
            raise
        return None
    if isinstance(override._value, ChoiceSweep | RangeSweep | IntervalSweep):
        return override._value
    if complain:
        raise UsageError(refusal(key, value, "alternatives a,b, range(from,to) or interval(low,high)"))
    return None


def jobs_of(given: Sequence[Given]) -> Iterator[list[Given]]:
    """Every combination of the alternatives, in the order of Hydra's basic sweeper."""
    count = math.prod(len(entry.values) for entry in given)
    if count > LARGEST_SWEEP:
        raise UsageError(f"-m: {count} jobs are not allowed: at most {LARGEST_SWEEP}")
    for values in itertools.product(*(entry.values for entry in given)):
        yield [Given(entry.key, (value,), entry.is_group) for entry, value in zip(given, values, strict=True)]


def is_hydra(text: str) -> bool:
    """Whether an override speaks to Hydra itself."""
    return re.match(r"[+~]*hydra\b", text) is not None


def out_of(hydra: Iterable[str], several: bool) -> tuple[list[str], list[str]]:
    """Split Hydra's settings into overrides that they amount to here and those that change nothing."""
    wanted = "hydra.sweep.dir=" if several else "hydra.run.dir="
    hydra = list(hydra)
    out = [text.replace(wanted, "out=", 1) for text in hydra if text.startswith(wanted)]
    idle = [text for text in hydra if not text.startswith((wanted, "hydra.mode="))]
    return out, idle


def vet_hydra(raw: Iterable[str]) -> list[str]:
    """Vet overrides of Hydra's own configuration; what could run code or add folders is refused."""
    hydra = list(raw)
    for text in hydra:
        _refuse_forbidden(text)
        key, _, value = text.partition("=")
        if re.match(r"[+~]*hydra[./](searchpath|callbacks)\b", key):
            raise UsageError(refusal(key, value, "configurations come from the installed folder alone"))
        if not key.startswith("hydra"):
            raise UsageError(refusal(key, value, "hydra's settings can be changed, not added or removed"))
    return hydra


def _read_one(text: str, several: bool) -> Given:
    _refuse_forbidden(text)
    key, equals, value = text.partition("=")
    key = re.sub(r"\[(\d+)\]", r".\1", IN_SHORT.get(key, key))
    _refuse_key(key, equals, value, text)
    override = _parse(key, value)
    group = stage_key(key, value) if is_stage_key(key) else _group_of(key, value)
    if group is not None and isinstance(override._value, dict):
        raise UsageError(refusal(key, value, f"an option of {key}; write {key}.KEY=... for each key"))
    if group is not None:
        return Given(group, tuple(_options(group, override, several)), True)
    return Given(key.replace("/", "."), tuple(_plain(key, item) for item in _values(key, override, several)), False)


def _refuse_forbidden(text: str) -> None:
    key, _, value = text.partition("=")
    for mark, allowed in FORBIDDEN:
        if mark in text:
            raise UsageError(refusal(key, value, allowed))


def _refuse_key(key: str, equals: str, value: str, text: str) -> None:
    plain = key.lstrip("+~")
    if key != plain:
        verb = "removed" if key.startswith("~") else "added"
        hint = f"write {plain}=..." if verb == "added" else "every key keeps a value"
        raise UsageError(refusal(key, value, f"no key can be {verb}, {hint}"))
    if not equals:
        names = [*BY_NAME, EXPERIMENT]
        near = nearest(text, names)
        raise UsageError(refusal(text, "", "key=value", f"{near}=..." if near else None).replace("an empty text ", ""))
    if "@" in key:
        raise UsageError(refusal(key, value, "a group keeps its place, write it without @"))
    if key == "hydra" or not PLAIN_KEY.fullmatch(key):
        raise UsageError(refusal(key or "=", value, "a key such as study.months or policy/limit"))


def _parse(key: str, value: str) -> Override:
    """Let Hydra's grammar read the value; a text it cannot read (a path with blanks) is taken as it is."""
    for word in BETWEEN.split(QUOTED.sub("", value)):
        if "_" in word and numbers.looks_like_one(word):  # Hydra would read 1_0 as 10
            raise UsageError(refusal(key, word, "a number has plain digits, a text stands in quotes"))
    parser = OverridesParser.create()
    try:
        return parser.parse_override(f"{key}={value}")
    except (HydraException, RecursionError, ValueError):
        if value[:1] in "[{(\"'":
            raise UsageError(refusal(key, value, "brackets and quotes must be closed, other letters quoted")) from None
    try:
        return parser.parse_override(f"{key}={QuotedString(value, Quote.single).with_quotes()}")
    except (HydraException, RecursionError, ValueError):
        raise UsageError(refusal(key, value, "a number, a text or a list")) from None


def parsed_value(key: str, value: str) -> Any:
    """One value as Hydra's grammar reads it; alternatives as the text that they are."""
    override = _parse(key, value)
    return value if override.is_sweep_override() else override.value()


def _group_of(key: str, value: str) -> str | None:
    """Group that the key names; a group written with dots is refused, because it would replace its keys."""
    if key in BY_NAME or key == EXPERIMENT:
        return key
    slashed = key.replace(".", "/")
    if slashed in BY_NAME and not value.startswith("{"):
        raise UsageError(f"{key}: is a group; write {slashed}={value}")
    if key == "package":
        raise UsageError(f"package: is no group of its own; write study.arms=[{value}]")
    if "/" in key:
        names = [*BY_NAME, EXPERIMENT]
        near = nearest(key, names)
        raise UsageError(refusal(key, value, "one of the groups " + ", ".join(names), near))
    return None


def _options(group: str, override: Override, several: bool) -> Iterator[str]:
    if isinstance(override._value, Glob):
        values: list[Any] = override._value.filter(list(option_names(group)))
    else:
        values = list(_values(group, override, several))
    if not values:
        raise UsageError(refusal(group, override.get_value_string(), "one of " + ", ".join(option_names(group))))
    yield from (check_option(group, value) for value in values)


def _values(key: str, override: Override, several: bool) -> Iterator[Any]:
    """Values of an override: one, or the alternatives of a sweep."""
    swept = override._value
    if not override.is_sweep_override():
        yield override.value()
        return
    if isinstance(swept, IntervalSweep | Glob) or not isinstance(swept, ChoiceSweep | RangeSweep):
        raise UsageError(refusal(key, override.get_value_string(), "alternatives a,b or range(from,to)"))
    text = override.get_value_string()
    if not several:
        raise UsageError(refusal(key, text, f"one value; write [{text}] for a list, or add -m for a job each"))
    try:
        values = list(itertools.islice(override.sweep_iterator(), LARGEST_SWEEP + 1))
    except (HydraException, ValueError, ArithmeticError, TypeError):
        values = []
    if not values:
        raise UsageError(refusal(key, text, "alternatives a,b or range(from,to)"))
    yield from map(Override._convert_value, values)


def _plain(key: str, value: Any) -> Any:
    """Refuse what is not finite at any depth, and numbers and words that YAML readers take for others."""
    if isinstance(value, float) and not math.isfinite(value):
        raise UsageError(refusal(key, value, "a finite number"))
    if isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str) or name.startswith("_"):
                raise UsageError(refusal(f"{key}.{name}", item, "keys are names"))
            _plain(f"{key}.{name}", item)
    if isinstance(value, list):
        for place, item in enumerate(value):
            _plain(f"{key}[{place}]", item)
    return value
