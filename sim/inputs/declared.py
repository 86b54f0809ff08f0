"""Columns and figures that a user's file declares: read as plain tables, checked, and never run."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable
from typing import Any

from sim.figures.catalog import SHIPPED
from sim.firms.firm import FIRM_COLUMNS, Firm
from sim.inputs.errors import InputError, nearest
from sim.inputs.own_numbers import all_numbers
from sim.inputs.purity import BUILT_IN, brought, impurities
from sim.lender.policies.dialect import COLUMNS, FIGURES, declared_name
from sim.lender.policies.dialect import FIRM_COLUMNS as OF_FIRMS
from sim.month.declared import OwnColumn, OwnFigure
from sim.persons.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS, Borrower

NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
LARGEST_WHOLE = 2**53
LONGEST = 160  # characters of a meaning
MOST = 50  # columns, and figures
BESIDE = ("person", "firm", "month", "event", "rule", "arm", "scenario", "replication", "point")
"""Columns that the panel has beside those of its persons and firms."""
COMBINED = ("mean", "sum")
A_COLUMN = "name: (default, lowest, highest, meaning), such as advised: (0, 0, 1, '1 after advice')"
A_FIGURE = "name: (formula, unit, meaning), such as wealth: ('mean(cash)', 'fen a person', 'cash at hand')"


@functools.cache
def own_columns(source: str) -> tuple[OwnColumn, ...]:
    """Columns that a file declares, of persons (``COLUMNS``) and of firms (``FIRM_COLUMNS``).

    Raises
    ------
    InputError
        One line.
    """
    found: list[OwnColumn] = []
    for table in (COLUMNS, OF_FIRMS):
        for name, entry in _table(source, table, A_COLUMN).items():
            _refuse_name(table, name, [one.name for one in found])
            found.append(OwnColumn(name, *_column(table, name, entry), firms=table == OF_FIRMS))
    return tuple(found)


@functools.cache
def own_figures(source: str) -> tuple[OwnFigure, ...]:
    """Figures that a file declares (``FIGURES``), each a mean or a sum over living persons.

    Raises
    ------
    InputError
        One line.
    """
    found = []
    columns = own_columns(source)
    for name, entry in _table(source, FIGURES, A_FIGURE).items():
        _refuse_name(FIGURES, name, [one.name for one in columns])
        if name in SHIPPED:
            raise InputError(f"{FIGURES}: {name} is a figure that is shipped: choose another name")
        if not isinstance(entry, tuple) or len(entry) != 3 or not all(_is_text(text) for text in entry):
            raise InputError(f"{FIGURES}: {name}: must be {A_FIGURE}")
        formula, unit, meaning = entry
        of, expression, asked = _formula(source, name, formula)
        found.append(OwnFigure(name, of, expression, asked, unit, meaning))
    return tuple(found)


@functools.cache
def own_names(source: str) -> frozenset[str]:
    """Names of the columns that a file declares."""
    return frozenset(one.name for one in own_columns(source))


def _table(source: str, name: str, entries: str) -> dict[str, Any]:
    """A table at the top of a file; empty where there is none."""
    nodes = [node for node in ast.parse(source).body if declared_name(node) == name]
    if len(nodes) > 1:
        raise InputError(f"{name}: is declared twice (line {nodes[1].lineno})")
    if not nodes:
        return {}
    try:
        found = ast.literal_eval(nodes[0].value)  # type: ignore[attr-defined]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise InputError(f"{name}: must be a table of plain values, {{{entries}}}")
    if len(found) > MOST:
        raise InputError(f"{name}: {len(found)} entries are not allowed: at most {MOST}")
    return found


def _refuse_name(table: str, name: str, others: Iterable[str]) -> None:
    """Refuse a name that is none, or that something else has."""
    if not NAME.fullmatch(name) or name.startswith(("luck_", "normal_", "lasting_", "own_")) or "_by_" in name:
        raise InputError(
            f"{table}: {name!r:.60} is not allowed: a name of 2 to 40 small letters, digits and _, without luck_, "
            "normal_, lasting_ or own_ in front and without _by_"
        )
    taken = {
        *PRIVATE_COLUMNS,
        *FIRM_COLUMNS,
        *BOOK_COLUMNS,
        *all_numbers(),
        *dir(Borrower),
        *dir(Firm),
        *BESIDE,
        *others,
    }
    if name in taken:
        raise InputError(f"{table}: {name} is the name of something else (a column or number): choose another")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable() and len(value) <= LONGEST


def _column(table: str, name: str, entry: Any) -> tuple[float, float, float, str]:
    """Default, lowest and highest value and meaning of a column."""
    if not isinstance(entry, tuple) or len(entry) != 4 or not _is_text(entry[3]):
        raise InputError(f"{table}: {name}: must be {A_COLUMN}")
    default, low, high, meaning = entry
    for value in (default, low, high):
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST_WHOLE:
            raise InputError(f"{table}: {name}: {value!r:.40} is not allowed: a number of at most {LARGEST_WHOLE:g}")
    if not low <= default <= high:
        raise InputError(f"{table}: {name}: {default:g} is not allowed: a default from {low:g} to {high:g}")
    if not all(isinstance(value, int) for value in (default, low, high)):
        default, low, high = float(default), float(low), float(high)
    return default, low, high, meaning


def _formula(source: str, name: str, text: str) -> tuple[str, str, tuple[str, ...]]:
    """Whether a figure is a mean or a sum, of which expression, and the columns that this reads."""
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        node = ast.Constant(None)
    of = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    if not isinstance(node, ast.Call) or of not in COMBINED or len(node.args) != 1 or node.keywords:
        raise InputError(f"{FIGURES}: {name}: {text!r:.60} is not allowed: mean(...) or sum(...) of columns")
    tree = ast.parse(source)
    tree.body = [one for one in tree.body if not declared_name(one)]
    functions = tuple(one.name for one in tree.body if isinstance(one, ast.FunctionDef))
    counted = ast.parse(f"def _figure():\n    return {ast.unparse(node.args[0])}\n").body
    for _, problem in impurities(ast.Module([*tree.body, *counted], []), functions):
        raise InputError(f"{FIGURES}: {name}: {problem}")
    given = {*functions, *BUILT_IN, "math", *_constants(tree)}
    read = [one.id for one in ast.walk(node.args[0]) if isinstance(one, ast.Name)]
    columns = {**PRIVATE_COLUMNS, **BOOK_COLUMNS, **{one.name: one for one in own_columns(source) if not one.firms}}
    asked = tuple(dict.fromkeys(one for one in read if one not in given))
    for column in asked:
        if column not in columns:
            raise InputError(f"{FIGURES}: {name}: there is no column {column} of persons{nearest(column, columns)}")
    return of, ast.unparse(node.args[0]), asked


def _constants(tree: ast.Module) -> set[str]:
    """Names of the numbers at the top of a file, and of what it brings from the program."""
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    imported = {name for node in tree.body if isinstance(node, ast.ImportFrom) for name in brought(node)}
    targets += [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    return imported | {target.id for target in targets if isinstance(target, ast.Name)}
