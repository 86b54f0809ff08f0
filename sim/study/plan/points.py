"""Points of a design: the values that a cell gives to keys, put into a checked configuration."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.engine.tables.conditions import below

Updates = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Point:
    """One point of a design; without a design a study has one point that changes nothing.

    Attributes
    ----------
    number : int
        Place in the design, from 0.
    values : tuple of (str, value)
        What was asked for, group choices included.
    updates, common : tuple of (str, value)
        Typed values of keys for arms that take policy keys, and for those that do not.
    composition : int
        Which composition of options the values go into.
    families : tuple of tuple of str
        Scenarios that share a burn-in at this point; empty: those of the composition.
    calm : tuple of str
        For each family, a mark of all that its burn-in takes from the economy.
    """

    number: int = 0
    values: Updates = ()
    updates: Updates = ()
    common: Updates = ()
    composition: int = 0
    families: tuple[tuple[str, ...], ...] = ()
    calm: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Values in the grammar of the command line, for messages."""
        return " ".join(
            f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}" for key, value in self.values
        )


NO_CHANGE = Point()
"""The point of a study without a design."""


def updated(config: Any, updates: Sequence[tuple[str, Any]]) -> Any:
    """Return a configuration with the values of keys exchanged; keys that it lacks are passed over.

    All values go in at once, so that a part which must add up (the shares of a scheme) is never seen half
    changed. Values are taken as they are: `sim.config.sweep` has typed and checked them.
    """
    tree: dict[str, Any] = {}
    for key, value in updates:
        if not has_key(config, key):
            continue
        *parents, last = key.split(".")
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = _Leaf(value)
    return _replaced(config, tree) if tree else config


@dataclass(frozen=True)
class _Leaf:
    value: Any


def has_key(config: Any, key: str) -> bool:
    """Whether a configuration has a key (parts between dots; elements of a list by their number)."""
    node = config
    for part in key.split("."):
        if not _has_part(node, part):
            return False
        node = below(node, part)
    return True


def _has_part(node: Any, part: str) -> bool:
    if dataclasses.is_dataclass(node):
        return any(field.name == part for field in dataclasses.fields(node))
    return isinstance(node, tuple) and part.isdecimal() and int(part) < len(node)


def _replaced(node: Any, tree: Mapping[str, Any]) -> Any:
    changed = {
        part: inner.value if isinstance(inner, _Leaf) else _replaced(below(node, part), inner)
        for part, inner in tree.items()
    }
    if isinstance(node, tuple):
        return tuple(changed.get(str(place), item) for place, item in enumerate(node))
    return dataclasses.replace(node, **changed)
