"""Tables that a publisher writes with more in a cell, or in other rows, than a table has: made plain ones."""

from __future__ import annotations

import dataclasses
import re

from sim.inputs.dates import period_of
from sim.inputs.errors import InputError, shown
from sim.inputs.formats import Form
from sim.inputs.month_table import MonthTable
from sim.inputs.numbers import half_width, is_number
from sim.inputs.periods import A_MONTH
from sim.inputs.source import Source
from sim.inputs.text import Row, check_source, is_parquet
from sim.inputs.told_numbers import plain_number

IN_TABS = re.compile(r"\\(time|TIME_PERIOD)$", re.IGNORECASE)
"""End of the first header of Eurostat's TSV, in which commas part the names: ``unit,geo\\time``."""
FLAGGED = re.compile(r"(:|[+-]?[0-9]+(?:\.[0-9]+)?) ?[a-z]{1,4}")
"""A figure, or the sign that there is none, with flags: ``7.4 p``, ``: c``, ``:z``."""
CODED = re.compile(r"([A-Za-z0-9_]+) ?: ?.*")
"""A code with its label in SDMX-CSV: ``M: Monthly``; in the header ``geo:Geopolitical entity``."""


def in_tabs(source: Source) -> bool:
    """Whether a text is Eurostat's table with tabs (TSV), by its header."""
    if source.is_workbook or is_parquet(source.own):
        return False
    check_source(source)
    with source.text() as stream:
        first, tab, _ = stream.readline().partition("\t")
    return bool(tab) and IN_TABS.search(first.strip(' "\r\n\ufeff')) is not None


def as_table(table: MonthTable, form: Form) -> MonthTable:
    """Make a plain table of one that is written in the way of its publisher; others stay as they are.

    Raises
    ------
    InputError
        One line: what the publisher says of it contradicts the form.
    """
    if form.described:
        return without_description(table, form)
    if IN_TABS.search(table.header[0]):
        return parted(table, form.layout.missing)
    if form.full_width:
        return in_plain_digits(table)
    return codes_of(table, form) if form.long else table


def parted(table: MonthTable, missing: tuple[str, ...]) -> MonthTable:
    """Part the first cells of Eurostat's TSV at their commas, and leave the flags beside its figures out.

    Raises
    ------
    InputError
        A first cell that has not as many parts as the header, or a header that is no date.
    """
    for name in table.header[1:]:
        if not period_of(name):
            raise InputError(f"{table.file}: row 1, column {shown(name)}: must be {A_MONTH}")
    names = IN_TABS.sub("", table.header[0]).split(",")
    rows = []
    for row in table.rows:
        parts = row.cells[0].split(",")
        if len(parts) != len(names):
            raise table.problem(row, table.header[0], f"{len(names)} codes with commas between them, as the header")
        bare = (_without_flag(cell) for cell in row.cells[1:])
        rows.append(Row(row.number, (*parts, *("" if cell in missing else cell for cell in bare)), row.file))
    return dataclasses.replace(table, header=(*names, *table.header[1:]), rows=tuple(rows))


def _without_flag(cell: str) -> str:
    found = FLAGGED.fullmatch(cell)
    return found[1] if found else cell


def codes_of(table: MonthTable, form: Form) -> MonthTable:
    """Leave the codes of SDMX-CSV whose header and cells have codes and labels in one; any other stays as it is."""
    parts = [CODED.fullmatch(name) for name in table.header]
    names = tuple(found[1] if found else name for found, name in zip(parts, table.header, strict=True))
    if not set(names) & set(form.month) or set(table.header) & set(form.month):
        return table
    kept = {place for place, found in enumerate(parts) if found and names[place] not in form.month}
    rows = tuple(
        dataclasses.replace(
            row, cells=tuple(_code(cell) if place in kept else cell for place, cell in enumerate(row.cells))
        )
        for row in table.rows
    )
    return dataclasses.replace(table, header=names, rows=rows)


def _code(cell: str) -> str:
    found = CODED.fullmatch(cell)
    return found[1] if found else cell


def in_plain_digits(table: MonthTable) -> MonthTable:
    """Write figures in full-width digits in plain ones; a text with such digits, which may be a name, stays."""
    layout = table.source.layout

    def plain(cell: str) -> str:
        narrow = half_width(cell)
        return narrow if is_number(plain_number(narrow, layout)) else cell

    return dataclasses.replace(
        table, rows=tuple(dataclasses.replace(row, cells=tuple(map(plain, row.cells))) for row in table.rows)
    )


def without_description(table: MonthTable, form: Form) -> MonthTable:
    """Leave out the rows in which a publisher describes each column, below the header and before the figures.

    Raises
    ------
    InputError
        No other row is there, or the only column is no share in percent.
    """
    known = {name.casefold() for name in form.described}
    rows = tuple(row for row in table.rows if row.cells[0].rstrip(":").strip().casefold() not in known)
    if not rows:
        raise InputError(f"{table.file}: no row below {shown(table.rows[-1].cells[0])}, must have a row for each month")
    unit = next((row for row in table.rows if row.cells[0].rstrip(":").strip().casefold() == "unit"), None)
    if unit and len(table.header) == 2 and unit.cells[1] not in ("%", ""):
        raise table.problem(unit, table.header[1], "%, as the unit of a share")
    return dataclasses.replace(table, rows=rows)
