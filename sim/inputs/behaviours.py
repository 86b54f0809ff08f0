"""A user's function in the place of a rule of persons or firms: what it may read, what it must leave, and its trial.

It is tried on made-up rows, on which the shipped rule is tried, too: a row on which this one gives no number in range
is none that a month can bring, and says nothing of the user's.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from sim.engine.loops.compiled import plain
from sim.engine.loops.stage import Stage
from sim.engine.tables.declare import Column
from sim.engine.tables.narrow import limits
from sim.inputs.declared import own_columns, own_figures
from sim.inputs.errors import InputError, nearest
from sim.inputs.own_numbers import numbers_for
from sim.inputs.plugin import LARGE, TRIALS, EndlessError, at_edges, bounded, edges_of
from sim.lender.policies.dialect import returned
from sim.lender.policies.user import space_of
from sim.month.declared import LARGEST, OwnColumn, figure_stage
from sim.month.replaceable import (
    draws_of,
    is_flow,
    of_firms,
    replaceable,
    results_of_rule,
    tables_of,
    visible_to,
)
from sim.persons.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS

FEWEST = 20
"""Rows on which a rule is tried at least; where chance brings fewer, the ranges of its numbers are at fault."""
TRIED = 50 * TRIALS
LEAST = 0.2
"""Chance that an argument is at its lowest."""
Row = Mapping[str, Any]


class Reads(NamedTuple):
    """What one argument of a rule is: its range, and whether it is whole."""

    low: float
    high: float
    whole: bool


def check_behaviour(key: str, name: str, source: str) -> None:
    """Check what a user's function reads and returns in the place of a shipped rule, and try it.

    Parameters
    ----------
    key : str
        The rule, such as ``behaviour/consumption``.
    name, source : str
        The function, and the text of its file.

    Raises
    ------
    InputError
        One line that names the rule, what it did, with which numbers, and what is allowed.
    """
    own = {one.name: one for one in own_columns(source) if one.firms == of_firms(key)}
    asked = _asked(key, name, source, own)
    _check_results(key, name, source, own)
    _try(key, name, source, asked, own)


def _asked(key: str, name: str, source: str, own: Mapping[str, OwnColumn]) -> list[str]:
    """Arguments of a function, once all may be read."""
    node = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    given = node.args
    if given.vararg or given.kwarg or given.kwonlyargs or given.defaults or given.posonlyargs or node.decorator_list:
        raise InputError(f"{key}={name}: takes plain arguments alone: no default, *, ** or decorator")
    columns, numbers, draws = visible_to(key), numbers_for(key), draws_of(key)
    for argument in (one.arg for one in given.args):
        if argument in columns or argument in numbers or argument in draws or argument in own:
            continue
        if argument in tables_of(key):
            raise InputError(
                f"{key}={name}: reads {argument}, which the lender keeps to itself; people see offers, not scores, "
                "such as limit, offer_rate, payment"
            )
        if argument.startswith(("luck_", "normal_", "lasting_")):
            allowed = f"the rule that it stands for has {', '.join(draws) or 'none'}"
            raise InputError(f"{key}={name}: {argument} is no draw of this rule: {allowed}")
        near = nearest(argument, [*columns, *numbers, *draws, *own])
        raise InputError(f"{key}={name}: there is no column or number {argument} that it may read{near}")
    return [one.arg for one in given.args]


def _check_results(key: str, name: str, source: str, own: Mapping[str, OwnColumn]) -> None:
    """Refuse results by other names than those of the shipped rule and of columns of the file's own."""
    said, due = returned(source)[name], results_of_rule(key)
    example = f"return dict({', '.join(f'{one}=...' for one in due)})"
    if not said:
        raise InputError(f"{key}={name}: returns no results by name; write {example}")
    if len(set(said)) < len(said):
        raise InputError(f"{key}={name}: returns a name twice; write {example}")
    for one in said:
        if one not in due and one not in own:
            raise InputError(f"{key}={name}: returns {one}, which is not its to leave{nearest(one, [*due, *own])}")
    for one in due:
        if one not in said:
            raise InputError(f"{key}={name}: does not return {one}; write {example}")


def _try(key: str, name: str, source: str, asked: list[str], own: Mapping[str, OwnColumn]) -> None:
    rule, order, shipped = space_of(source)[name], returned(source)[name], replaceable()[key]
    as_written = plain(rule)
    columns = {**tables_of(key), **{one: column.column for one, column in own.items()}}
    tried = 0
    for row in _rows(key, shipped, asked, columns, edges_of(source)):
        values = [row[one] for one in asked]
        where = f" with {', '.join(f'{one}={value:g}' for one, value in zip(asked, values, strict=True))}"
        try:
            with bounded():
                got = as_written(*values)
        except EndlessError as error:
            raise InputError(f"{key}={name}: {error}{where}") from None
        except Exception as error:
            raise InputError(f"{key}={name}: raises {type(error).__name__} ({error}){where}") from None
        if not isinstance(got, tuple) or len(got) != len(order):
            raise InputError(f"{key}={name}: returns {got!r}{where}; allowed: {', '.join(order)} by name")
        for one, value in zip(order, got, strict=True):
            problem = outside(one, columns.get(one), value)
            if problem:
                raise InputError(f"{key}={name}: returns {one}={value}{where}; allowed: {problem}")
        try:
            compiled = rule(*values)
        except Exception as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise InputError(f"{key}={name}: cannot be compiled: {first}") from None
        for one, value, fast in zip(order, got, compiled, strict=True):
            if float(fast) != float(value):
                raise InputError(f"{key}={name}: compiled it gives {one}={fast}, plain {value}{where}")
        tried += 1
        if tried == TRIALS:
            return
    if tried < FEWEST:
        raise InputError(f"{key}={name}: cannot be tried: {tried} made-up rows fit the rule that it stands for")


def check_figures(source: str) -> None:
    """Try the figures that a file declares on made-up persons.

    Raises
    ------
    InputError
        One line that names the figure, what it did, and with which numbers.
    """
    own = {one.name: one.column for one in own_columns(source) if not one.firms}
    columns = {**PRIVATE_COLUMNS, **BOOK_COLUMNS, **own}
    luck = np.random.default_rng(1)
    for figure in own_figures(source):
        rule = _as_written(figure_stage(figure, source).rule)
        ranges = {name: reads("behaviour/consumption", name, columns) for name in figure.columns}
        for number in range(TRIALS):
            row = _made_up(ranges, luck, number)
            where = f" with {', '.join(f'{name}={value:g}' for name, value in row.items())}"
            try:
                with bounded():
                    *_, lacking = rule(*row.values())
            except EndlessError as error:
                raise InputError(f"FIGURES: {figure.name}: {error}{where}") from None
            except Exception as error:
                raise InputError(f"FIGURES: {figure.name}: raises {type(error).__name__} ({error}){where}") from None
            if lacking:
                says = f"gives what is no number below {LARGEST:g}"
                raise InputError(f"FIGURES: {figure.name}: {figure.expression} {says}{where}")


def outside(name: str, column: Column | None, value: Any) -> str:
    """What is allowed of a result that is not; empty where it is. Without a column it is a tally, of money from 0."""
    if column is None or not column.is_float:
        low, high = limits(column) if column is not None else (0 if is_flow(name) else -(2**62), 2**62)
        kind = "a whole number"
        good = isinstance(value, bool | int) and low <= value <= high
    else:
        low, high = limits(column)
        kind = "a number"
        good = isinstance(value, bool | int | float) and math.isfinite(value) and low <= value <= high
    return "" if good else f"{kind} from {low:g} to {high:g}"


def _rows(
    key: str, shipped: Stage, asked: list[str], columns: Mapping[str, Column], edges: Sequence[float]
) -> Iterator[Row]:
    """Made-up rows, corners of every range first: those that the shipped rule is for, and on which it gives results."""
    names = list(dict.fromkeys([*asked, *shipped.arguments]))
    ranges = {name: reads(key, name, columns) for name in names}
    rule, condition = _as_written(shipped.rule), _as_written(shipped.when) if shipped.when is not None else None
    luck, at = np.random.default_rng(1), at_edges([*ranges.values()], edges, np.random.default_rng(2))
    for number in range(TRIED):
        row = _made_up(ranges, luck, number)
        if number > 1:
            row |= {names[place]: edge for place, edge in next(at).items()}
        row |= {name: max(row[name], 1) for name in shipped.where if name in row}
        try:
            if condition is not None and not condition(*(row[name] for name in shipped.asked)):
                continue
            left = rule(*(row[name] for name in shipped.arguments))
        except ArithmeticError:
            continue
        results = zip(results_of_rule(key), left, strict=True)
        if not any(outside(name, columns.get(name), value) for name, value in results):
            yield row


def _made_up(ranges: Mapping[str, Reads], luck: np.random.Generator, number: int) -> dict[str, Any]:
    """A row within ranges: the first two are their ends, of the others most numbers are small."""
    draws = luck.random(len(ranges)) ** luck.choice([1, 3, 12], len(ranges))
    draws[luck.random(len(ranges)) < LEAST] = 0.0  # many columns are 0 for most persons
    if number < 2:
        draws[:] = number
    values = [one.low + (one.high - one.low) * draw for one, draw in zip(ranges.values(), draws.tolist(), strict=True)]
    whole = [one.whole for one in ranges.values()]
    return {name: round(value) if w else value for name, value, w in zip(ranges, values, whole, strict=True)}


def _as_written(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A rule of the program in plain Python, all that it calls included."""
    return plain(SimpleNamespace(py_func=rule))


def reads(key: str, name: str, columns: Mapping[str, Column]) -> Reads:
    """The range of an argument of a rule: of a column as declared, of a draw, or of a number."""
    if name in columns:
        column = columns[name]
        low = column.low if column.low is not None else -LARGE if column.unit.startswith("fen") else -6.0
        high = 6.0 if column.high is None else column.high
        return Reads(low, LARGE if column.unit.startswith("fen") else high, not column.is_float)
    if name.startswith("normal_"):
        return Reads(-6.0, 6.0, False)
    if name.startswith(("luck_", "lasting_")):
        return Reads(1e-9, 1.0 - 1e-9, False)
    known = numbers_for(key)[name]
    return Reads(known.low, known.high, known.whole)
