"""What a user's file may say beyond functions of numbers: results by name, columns and figures of its own.

A behaviour returns what it leaves by name, ``return dict(cash=..., discretionary__paid=...)``, which is plain Python.
Compiled code knows no dict, so a tuple stands there in what is run, in the order of the function's first return.
"""

from __future__ import annotations

import ast
import functools
from types import MappingProxyType
from typing import TypeGuard

COLUMNS, FIRM_COLUMNS, FIGURES = "COLUMNS", "FIRM_COLUMNS", "FIGURES"
DECLARATIONS = (COLUMNS, FIRM_COLUMNS, FIGURES)
"""Tables at the top of a file that declare something, and are not run."""


def is_named_result(node: ast.AST | None) -> TypeGuard[ast.Call]:
    """Whether an expression is ``dict(name=value, ...)``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "dict"
        and not node.args
        and bool(node.keywords)
        and all(keyword.arg for keyword in node.keywords)
    )


def returns_of(function: ast.FunctionDef) -> list[ast.Return]:
    """Return statements of a function, in their order."""
    found = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def names_of(function: ast.FunctionDef) -> tuple[str, ...]:
    """Names that a function returns, as its first return has them; empty where it returns a number."""
    first = next(iter(returns_of(function)), None)
    value = first.value if first is not None else None
    return tuple(str(keyword.arg) for keyword in value.keywords) if is_named_result(value) else ()


@functools.cache
def returned(source: str) -> MappingProxyType[str, tuple[str, ...]]:
    """Names that each function of a file returns, in the order of the tuple that stands there when it is run."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return MappingProxyType({node.name: names_of(node) for node in functions})


def declared_name(node: ast.stmt) -> str:
    """Which table a statement at the top of a file declares; empty for any other."""
    target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
    return target.id if isinstance(target, ast.Name) and target.id in DECLARATIONS else ""


@functools.cache
def runnable(source: str) -> str:
    """A file's text as it is run: without declarations, results as tuples; one that has neither stays as it is."""
    tree = ast.parse(source)
    kept = [node for node in tree.body if not declared_name(node)]
    if len(kept) == len(tree.body) and not any(returned(source).values()):
        return source
    tree.body = kept
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and names_of(node):
            _as_tuples(node, names_of(node))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _as_tuples(function: ast.FunctionDef, names: tuple[str, ...]) -> None:
    """Put a tuple in the place of each result by name."""
    for statement in returns_of(function):
        if is_named_result(statement.value):
            said = {str(keyword.arg): keyword.value for keyword in statement.value.keywords}
            statement.value = ast.Tuple([said[name] for name in names if name in said], ast.Load())
