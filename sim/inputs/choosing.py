"""The rows of a table that make one path: those of a scenario or country, with dates down the rows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from decimal import Decimal

from sim.economy.reading import FileSettings
from sim.inputs.across import LONE, dates_across, turned
from sim.inputs.dates import period_of
from sim.inputs.errors import InputError, nearest, shown
from sim.inputs.formats import Form, named_like
from sim.inputs.month_table import MonthTable
from sim.inputs.numbers import is_number
from sim.inputs.text import Row
from sim.inputs.told_numbers import plain_number, remedy

MOST_NAMED = 8
IN_PERCENT = ("PC", "PT", "PERCENT")  # how units of a share begin
CHANGE = re.compile("PCH|.*change", re.IGNORECASE)  # units of a change in percent


def chosen(table: MonthTable, settings: FileSettings, form: Form) -> tuple[MonthTable, tuple[tuple[str, str], ...]]:
    """Take the rows of one path, as `FileSettings` tells, and turn a table whose dates stand in its header.

    Returns
    -------
    MonthTable
        Without the columns by which rows were taken.
    tuple of (str, str)
        Column and value by which they were.

    Raises
    ------
    InputError
        One line: no such column or value, or rows of several paths are left.
    """
    asked = _asked(table, settings, form)
    taken_as = []
    for column, value in asked:
        table, there = _rows_of(table, column, value, settings, form)
        taken_as.append((column, there))
    asked = tuple(taken_as)
    asked += _alone(table, asked, settings, form)
    taken = [column for column, _ in asked]
    whole = table
    months = settings.columns.month or named_like(form.month, table.header)
    aside = [name for name in table.header if name != months and named_like(form.aside, [name])]
    table = without(table, [*taken, *aside])
    _refuse_counts(whole, asked, form)
    return (turned(table, settings, LONE if form.alone else "unemployment") if form.wide else table), asked


def _asked(table: MonthTable, settings: FileSettings, form: Form) -> tuple[tuple[str, str], ...]:
    """Columns and values of the rows to take: of the scenario, the country, and as ``economy.where`` says."""
    found = []
    for key, names in (("scenario", form.scenario), ("country", form.country)):
        value = getattr(settings, key)
        column = named_like(names, table.header)
        if value and not column:
            raise InputError(
                f"economy.{key}: {shown(value)}, and {table.file} has no column {' or '.join(names)}:"
                f" economy.where={{COLUMN: {value}}} says which; the columns are {shown(', '.join(table.header))}"
            )
        if value:
            found.append((column, value))
    for column, value in settings.where:
        if column not in table.header:
            raise InputError(
                f"economy.where: {shown(column)}: no such column in {table.file}, must be one of"
                f" {', '.join(table.header)}{nearest(column, table.header)}"
            )
        found.append((column, value))
    return tuple(found)


def _rows_of(table: MonthTable, column: str, value: str, settings: FileSettings, form: Form) -> tuple[MonthTable, str]:
    """Keep the rows with a value, and say how it stands there; of a scenario the end is enough where one ends so."""
    place = table.header.index(column)
    there = list(dict.fromkeys(row.cells[place] for row in table.rows))
    same = [one for one in there if one.casefold() == value.casefold()]
    if not same and column in (named_like(form.scenario, table.header),):
        same = [one for one in there if one.casefold().endswith(" " + value.casefold())]
    if len(same) != 1:
        key = _key_of(column, value, settings)
        raise InputError(
            f"{key}: {shown(value)}, must be one of {_listed(there)} (column {column} of {table.file})"
            f"{nearest(value, there)}"
        )
    rows = tuple(row for row in table.rows if row.cells[place] == same[0])
    return dataclasses.replace(table, rows=rows), same[0]


def _key_of(column: str, value: str, settings: FileSettings) -> str:
    if (column, value) in settings.where:
        return f"economy.where={{{column}: ...}}"
    if value == settings.added_to:
        return "economy.added_to"
    return "economy.scenario" if value == settings.scenario else "economy.country"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values[:MOST_NAMED]) + (", ..." if len(values) > MOST_NAMED else "")


def _alone(
    table: MonthTable, asked: tuple[tuple[str, str], ...], settings: FileSettings, form: Form
) -> tuple[tuple[str, str], ...]:
    """Columns that say which path a row belongs to and nobody asked for, with the one value that each has.

    Raises
    ------
    InputError
        A column has several values.
    """
    if settings.format == "plain" and not settings.columns.told and not asked:
        return ()  # our own form has no such column
    months = settings.columns.month or named_like(form.month, table.header)
    values = {*settings.columns.told.values(), *(name for names in form.columns.values() for name in names)}
    taken, found, across = [column for column, _ in asked], [], dates_across(table) if form.wide else ()
    for place, column in enumerate(table.header):
        says_which = named_like((*form.scenario, *form.country), [column]) or form.long
        if (
            not says_which
            or place in across
            or column in (months, *taken)
            or named_like((*form.aside, *values), [column])
        ):
            continue
        there = list(dict.fromkeys(row.cells[place] for row in table.rows))
        if len(there) > 1:
            keys = {"scenario": form.scenario, "country": form.country}
            own = next((key for key, names in keys.items() if named_like(names, [column])), "")
            told = f"economy.{own}={there[0]}" if own else f"economy.where={{{column}: {there[0]}}}"
            raise InputError(
                f"{table.file}: column {column}: rows of {_listed(there)}, must be of one; {told} takes one of them"
            )
        found.append((column, there[0]))
    return tuple(found)


def _refuse_counts(table: MonthTable, taken: tuple[tuple[str, str], ...], form: Form) -> None:
    """Refuse rows of another unit than a share, such as thousands of persons: a small number of these reads as one."""
    for column, value in taken:
        if named_like(form.unit, [column]) and (not value.upper().startswith(IN_PERCENT) or CHANGE.match(value)):
            raise InputError(
                f"{table.file}: column {column}: {shown(value)}, must be a share in percent, such as PC_ACT;"
                f" economy.where={{{column}: PC_ACT}} takes its rows, where the file has them"
            )


def without(table: MonthTable, columns: Sequence[str]) -> MonthTable:
    """Leave out columns."""
    kept = [place for place, name in enumerate(table.header) if name not in columns]
    rows = tuple(Row(row.number, tuple(row.cells[place] for place in kept), row.file) for row in table.rows)
    return dataclasses.replace(table, header=tuple(table.header[place] for place in kept), rows=rows)


def joined(before: MonthTable, after: MonthTable, month: str) -> MonthTable:
    """Put the rows of a history before those of a path; what the history has from the path's first month on is left.

    Raises
    ------
    InputError
        The history lacks a column of the path.
    """
    for column in after.header:
        if column not in before.header:
            raise InputError(f"{before.file}: column {column}: missing, must be there as in {after.file}")
    places = [before.header.index(column) for column in after.header]
    date_format = after.source.layout.date_format
    first = period_of(after.rows[0].cells[after.header.index(month)], date_format)
    rows = []
    for row in before.rows:
        cells = tuple(row.cells[place] for place in places)
        period = period_of(cells[after.header.index(month)], date_format)
        if first is None or period is None or period.first < first.first:
            rows.append(Row(row.number, cells, before.file))
    return dataclasses.replace(after, rows=(*rows, *after.rows))


def added(base: MonthTable, deviations: MonthTable, month: str, told: str = "economy.added_to") -> MonthTable:
    """Add figures to those of the same date in another table; a date or figure without any stays as it is there.

    Parameters
    ----------
    base, deviations : MonthTable
        Of one file.
    month : str
        Column of the dates.
    told : str
        How the user named the base, for messages.

    Raises
    ------
    InputError
        A deviation that is no number, or finds none: it would be lost.
    """
    at, date_format = deviations.header.index(month), base.source.layout.date_format
    dates = [period_of(row.cells[base.header.index(month)], date_format) for row in base.rows]
    texts = [row.cells[base.header.index(month)] for row in base.rows]
    both = [column for column in base.header if column != month and column in deviations.header]
    rows = list(base.rows)
    for row in deviations.rows:
        date = period_of(row.cells[at], date_format)
        same = (one == date if date else text == row.cells[at] for one, text in zip(dates, texts, strict=True))
        place = next((place for place, there in enumerate(same) if there), -1)
        given = [column for column in both if row.cells[deviations.header.index(column)]]
        if place < 0 and given:
            raise deviations.problem(row, month, f"a date of {told}")
        for column in given:
            cells, spot = list(rows[place].cells), base.header.index(column)
            cells[spot] = _sum(cells[spot], deviations, row, column)
            rows[place] = dataclasses.replace(rows[place], cells=tuple(cells))
    return dataclasses.replace(base, rows=tuple(rows))


def _sum(level: str, deviations: MonthTable, row: Row, column: str) -> str:
    """Add a deviation to a level; texts that both are no number stay."""
    layout = deviations.source.layout
    cell = row.cells[deviations.header.index(column)]
    one, two = plain_number(level, layout), plain_number(cell, layout)
    if not is_number(one) and not is_number(two):
        return level
    if not is_number(two):
        raise deviations.problem(row, column, "a number to add, or empty" + remedy(cell, deviations.source))
    if not is_number(one):
        raise deviations.problem(row, column, f"added to a number: there stands {shown(level)}")
    sign = "%" if layout.percent and level.endswith("%") else ""
    if (layout.percent and cell.endswith("%")) != bool(sign):
        raise deviations.problem(
            row, column, f"with the sign % as {shown(level)} to which it is added, or both without"
        )
    total = (Decimal(one) + Decimal(two)) * (100 if sign else 1)
    return format(total, "f").replace(".", layout.point) + sign
