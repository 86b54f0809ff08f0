"""What is not a number stops the month: float columns as it opens and before it closes, and the numbers it goes by."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from sim.engine.loops.columns import COUNT_NOT_FINITE, OverColumns
from sim.engine.tables.population import Population
from sim.engine.tables.table import Table

NONE = np.zeros(0)


class NotFiniteError(ArithmeticError):
    """A rule left a value that is no finite number; the line says when, where and after which phase."""


def check_columns(
    month: int, tables: Mapping[str, Table], agenda: Iterable[Any], people: Population | None = None
) -> None:
    """Look at every float column of every table: a value less itself is 0 where it is a finite number.

    What loops on ``people`` have counted on their way is not looked at again. Of columns that none of them wrote those
    who came since are looked at alone: nothing else of a month writes them.

    Raises
    ------
    NotFiniteError
        The line names the month, the first row, and the last phase of the month that writes the column.
    """
    counted, first = people.take_counted() if people is not None else ({}, 0)
    for name, table in tables.items():
        lived = people is not None and table in people.tables
        found = _not_finite(table, counted if lived else {}, first if lived else 0)
        column = next((column for column in table.float_columns if found[column]), None)
        if column is None:
            continue
        row = first_not_finite(table[column])
        assert row is not None
        raise NotFiniteError(
            f"month {month}: {name}.{column} is {table[column][row]} in row {row}; "
            f"the last to write it was {_writer(agenda, name, column)}"
        )


def _not_finite(table: Table, counted: Mapping[str, int], first: int) -> dict[str, int]:
    """How many values of each float column are no finite numbers; of what loops did not count, from a row on."""
    left = tuple(name for name in table.float_columns if name not in counted)
    found = table.once(("float columns", left), functools.partial(_counting, table, left)).run(table.size, first)
    return {**counted, **dict(zip(left, found.tolist(), strict=True))}


def _counting(table: Table, names: tuple[str, ...]) -> OverColumns:
    columns = [table.array(name) for name in names]
    return OverColumns(COUNT_NOT_FINITE, lambda values: int((~np.isfinite(values)).sum()), columns)


def first_not_finite(values: np.ndarray) -> int | None:
    """Row of the first value that is not a finite number, or None."""
    bad = np.flatnonzero(~np.isfinite(values))
    return int(bad[0]) if len(bad) else None


def check_numbers(month: int, whose: str, numbers: Mapping[str, Any]) -> None:
    """Look at the numbers that rules read this month, before they do.

    Raises
    ------
    NotFiniteError
        The line names the month and the number, and of an array the entry.
    """
    single: list[Any] = []
    tables = [NONE]
    for value in numbers.values():
        (tables if type(value) is np.ndarray else single).append(value)
    with np.errstate(over="ignore", invalid="ignore"):
        entries = np.concatenate(tables, axis=None)
        # A sum: the product of a long array with itself wakes a thread of the linear algebra on every core.
        if math.isfinite(sum(single, 0.0) + entries.sum()):
            return
    for name, value in numbers.items():
        row = first_not_finite(np.atleast_1d(value))
        if row is not None:
            entry = ", ".join(str(place) for place in np.unravel_index(row, np.shape(value))) if np.ndim(value) else ""
            place = f"[{entry}]" if entry else ""
            raise NotFiniteError(f"month {month}: the {whose} number {name}{place} is not a finite number")


def check_standing(month: int, standing: Mapping[str, Any], firms: Any) -> None:
    """Look at the numbers that stay for the whole run, firms' too; what a month adds is looked at when it is set.

    Raises
    ------
    NotFiniteError
        The line names the month and the number.
    """
    check_numbers(month, "month's", standing)
    check_numbers(month, "firms'", firms.standing)


def _writer(agenda: Iterable[Any], table: str, column: str) -> str:
    """The last phase of the month, and its rule, that writes a column."""
    firms, found = table not in ("persons", "accounts"), "no phase of the month"
    for phase in agenda:
        for stage in phase.stages if getattr(phase, "firms", None) == firms else ():
            if column in stage.writes:
                found = f"'{phase.name}' ({stage.name})"
    return found
