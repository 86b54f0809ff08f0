"""Options that a user's file adds for one call: the file is named on the command line, never in a configuration."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, NamedTuple

from sim.config.errors import UsageError
from sim.inputs.errors import InputError

KEY = "plugin"


class Rules(NamedTuple):
    """Text of a user's file, and the names of its functions; none without a file."""

    source: str = ""
    functions: tuple[str, ...] = ()
    declares: bool = False
    """Whether it declares columns or figures, which then stand in every arm."""


_RULES: ContextVar[Rules] = ContextVar("rules")


def load(path: str) -> None:
    """Read a user's file; its functions become options. An empty path takes them away again.

    Raises
    ------
    UsageError
        One line.
    """
    from sim.figures.catalog import declare_own

    _RULES.set(Rules())
    declare_own(())
    if not path:
        return
    from sim.figures.own import OWN
    from sim.inputs.behaviours import check_figures
    from sim.inputs.declared import own_columns, own_figures
    from sim.inputs.plugin import read_rules

    try:
        source, functions = read_rules(path)
        columns, figures = own_columns(source), own_figures(source)
        check_figures(source)
        _RULES.set(Rules(source, functions, bool(columns or figures)))
        declare_own([figure.figure for figure in figures])
        OWN.update({figure.name: figure.figure for figure in figures})
    except InputError as error:
        raise UsageError(str(error)) from None


def loaded() -> Rules:
    """What was read of the file in use."""
    return _RULES.get(Rules())


@contextlib.contextmanager
def using(rules: Rules) -> Iterator[None]:
    """Let these be the user's rules within the block; what is loaded there is forgotten after it."""
    before = _RULES.set(rules)
    try:
        yield
    finally:
        _RULES.reset(before)


def functions_for(group: str) -> tuple[str, ...]:
    """Functions of the file in use that may be options of a group."""
    if not loaded().functions:
        return ()
    from sim.lender.policies.user import USER

    return loaded().functions if group in USER else ()


def owner_of(group: str) -> type:
    """Dataclass behind a user's option of a group."""
    from sim.lender.policies.user import USER

    return USER[group]


def section_of(group: str, name: str) -> dict[str, Any]:
    """Plain section of a user's option, once the rule has been checked.

    Raises
    ------
    UsageError
        One line that says what the rule did and what is allowed.
    """
    import dataclasses

    from sim.inputs.plugin import check_rule

    try:
        check_rule(group, name, loaded().source)
    except InputError as error:
        raise UsageError(str(error)) from None
    values = {field.name: field.default for field in dataclasses.fields(owner_of(group))}
    return {**values, "name": name, "source": loaded().source}


def meaning_of(name: str) -> str:
    """First line of a function's documentation, or its name."""
    return documented(name).splitlines()[0]


def documented(name: str) -> str:
    """A function's documentation, or its name."""
    import ast

    for node in ast.parse(loaded().source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return ast.get_docstring(node) or f"The user's {name}."
    return name
