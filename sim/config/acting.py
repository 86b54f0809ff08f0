"""Which keys act in a composition: what a key needs is declared with it, and a key that nothing reads is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.config.errors import UsageError, shown
from sim.config.validate import fields_of
from sim.engine.tables.conditions import below, holds, parsed, present
from sim.study.plan.points import has_key


def conditions(config: Any, key: str) -> Iterator[str]:
    """Conditions declared with a key and with the parts that it lies in; the key's own value is no condition on it."""
    node: Any = config
    for part in key.split("."):
        if dataclasses.is_dataclass(node) and not isinstance(node, type):
            declared, own = getattr(type(node), "NEEDS", ""), fields_of(type(node))[part][1].needs
            yield from (needs for needs in (declared, own) if needs and not _about(needs, key))
        node = below(node, part)


def _about(needs: str, key: str) -> bool:
    return any(clause.key == key for one in parsed(needs) for clause in one)


def unmet(config: Any, key: str) -> str:
    """Return the first condition of a key that a composition does not fulfil; empty where the key acts."""
    for needs in conditions(config, key):
        if not holds(config, needs):
            return needs
    return ""


def refuse_idle(given: Iterable[tuple[str, Any]], configs: Iterable[Any]) -> None:
    """Refuse a value that no composition would read.

    Parameters
    ----------
    given : iterable of (str, value)
        Keys with the values that the user gave; a mapping stands for the keys below it.
    configs : iterable of Config
        Every composition that the values go into.

    Raises
    ------
    UsageError
        One line: key, value, what the key needs and what stands there instead.
    """
    composed = list(configs)
    for key, value in leaves(given):
        takers = [config for config in composed if has_key(config, key)]
        lacking = [unmet(config, key) for config in takers]
        if takers and all(lacking):
            needs, last = lacking[-1], takers[-1]
            stands = {clause.key: present(last, clause.key) for one in parsed(needs) for clause in one}
            instead = ", ".join(f"{name} is {shown(found)}" for name, found in stands.items())
            raise UsageError(f"{key}: {shown(value)} would change nothing: it acts with {needs}; here {instead}")


def leaves(given: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Keys with values; a mapping gives way to the keys below it."""
    for key, value in given:
        if isinstance(value, Mapping):
            yield from leaves((f"{key}.{name}", item) for name, item in value.items())
        else:
            yield key, value
