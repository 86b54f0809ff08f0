"""Options that a user's file adds for this process: the file is named on the command line, never in a configuration."""

from __future__ import annotations

from typing import Any

from sim.config.errors import UsageError
from sim.inputs.errors import InputError

KEY = "plugin"
_LOADED: dict[str, Any] = {"path": "", "source": "", "functions": ()}


def load(path: str) -> None:
    """Read a user's file; its functions become options. An empty path takes them away again.

    Raises
    ------
    UsageError
        One line.
    """
    if not path:
        _LOADED.update(path="", source="", functions=())
        return
    from sim.inputs.plugin import read_rules

    try:
        source, functions = read_rules(path)
    except InputError as error:
        raise UsageError(str(error)) from None
    _LOADED.update(path=path, source=source, functions=functions)


def functions_for(group: str) -> tuple[str, ...]:
    """Functions of the file in use that may be options of a group."""
    if not _LOADED["functions"]:
        return ()
    from sim.lender.policies.user import USER

    return tuple(_LOADED["functions"]) if group in USER else ()


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
        check_rule(group, name, _LOADED["source"])
    except InputError as error:
        raise UsageError(str(error)) from None
    values = {field.name: field.default for field in dataclasses.fields(owner_of(group))}
    return {**values, "name": name, "source": _LOADED["source"]}


def meaning_of(name: str) -> str:
    """First line of a function's documentation, or its name."""
    import ast

    for node in ast.parse(_LOADED["source"]).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return (ast.get_docstring(node) or f"The user's {name}.").splitlines()[0]
    return name
