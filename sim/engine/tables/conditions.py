"""Conditions on a composition, as they are written in declarations.

A condition names the address of another key (or of a group) and what it must be: ``economy.kind=published|path``,
``fund.capital=0``, ``firms.per_person>0``, ``fraud!=none``. Several are joined by ``and``, alternatives by ``or``;
of a list, one member must fit, and an empty one is an empty text (``economy.path.fraud!=1|`` does not fit it).
"""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from typing import Any

CLAUSE = re.compile(r"(?P<key>[\w./]+)(?P<sign>!=|=|>)(?P<values>\S*)")


@dataclasses.dataclass(frozen=True)
class Clause:
    """One condition on the value of another key."""

    key: str
    sign: str
    values: tuple[str, ...]

    def holds(self, config: Any) -> bool:
        """Whether the composition fulfils it."""
        value = present(config, self.key)
        members = value if isinstance(value, tuple) else (value,)
        if self.sign == ">":
            return any(member > float(self.values[0]) for member in members)
        return any((shown_plainly(member) in self.values) == (self.sign == "=") for member in members or ("",))


def shown_plainly(value: Any) -> str:
    """Write a value as a condition writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def below(node: Any, part: str) -> Any:
    """Value of one part of a key."""
    return node[int(part)] if isinstance(node, tuple) else getattr(node, part)


@cache
def parsed(needs: str) -> tuple[tuple[Clause, ...], ...]:
    """Alternatives of a condition, each a tuple of clauses that must hold together."""
    return tuple(tuple(_clause(text) for text in one.split(" and ")) for one in needs.split(" or "))


def _clause(text: str) -> Clause:
    found = CLAUSE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no condition, such as economy.kind=path")
    return Clause(found["key"], found["sign"], tuple(found["values"].split("|")))


def present(config: Any, address: str) -> Any:
    """Value at an address of a configuration; of a group, the name of the chosen option."""
    if address in config.chosen:
        return config.chosen[address]
    node = config
    for part in address.split("."):
        node = below(node, part)
    return node


def holds(config: Any, condition: str) -> bool:
    """Whether a composition fulfils a condition."""
    return any(all(clause.holds(config) for clause in one) for one in parsed(condition))
