"""Tables with dates in the header, or with months beside their year, turned so that each row is a date."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from sim.economy.reading import FileSettings
from sim.inputs.dates import MONTHS, period_of
from sim.inputs.errors import InputError, shown
from sim.inputs.month_table import MonthTable
from sim.inputs.numbers import half_width, is_number
from sim.inputs.text import Row
from sim.inputs.told_numbers import plain_number

QUARTER = re.compile(r"(?:(?:qtr|quarter|q)\s*[1-4]|(?:1st|2nd|3rd|4th)\s+quarter)\.?(?:\s+[0-9]{4})?", re.IGNORECASE)

LONE = "the only row"  # name of one that has none: told as the column of unemployment
LEAST_DATES = 2  # in a header, for the dates to stand there
LIKE_A_DATE = re.compile(r"[0-9]{4}")


def dates_across(table: MonthTable) -> tuple[int, ...]:
    """Places of the columns whose header is a date; none where fewer than two are."""
    date_format = table.source.layout.date_format
    places = tuple(place for place, name in enumerate(table.header) if period_of(name, date_format))
    return places if len(places) >= LEAST_DATES else ()


def turned(table: MonthTable, settings: FileSettings, lone_name: str = "unemployment") -> MonthTable:
    """Turn a table whose dates stand in its header: a row a date, a column for each of its rows by its first cell.

    A table of one row without a name of its own has the lone one. A table with dates down its rows stays as it is.

    Raises
    ------
    InputError
        Rows without a name, or of one name, or a column of figures whose header begins like a date and is none: it
        would be lost.
    """
    if not table.across:
        _refuse_lost(table)
    dates = dates_across(table)
    if not dates:
        return table
    label = _label(table, dates)
    if label is None and len(table.rows) > 1:
        raise InputError(f"{table.file}: {len(table.rows)} rows without a name, must be one, or have a column of names")
    names = [lone_name] if label is None else [row.cells[label] for row in table.rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{table.file}: row {shown(twice)}: stands twice, must stand once; economy.where narrows rows")
    rows = tuple(Row(place + 1, (table.header[place], *(row.cells[place] for row in table.rows))) for place in dates)
    month = settings.columns.month or "month"
    return dataclasses.replace(table, header=(month, *names), rows=rows, across=True)


def _label(table: MonthTable, dates: tuple[int, ...]) -> int | None:
    """Place of the column that names the rows: the first with a text; one row needs none, and flags name nothing."""
    others = [place for place in range(len(table.header)) if place not in dates]
    texts = [place for place in others if any(_is_text(table, row.cells[place]) for row in table.rows)]
    if len(table.rows) == 1:
        return next((place for place in texts if place < dates[0]), None)
    return next(iter(texts or others), None)


def _is_text(table: MonthTable, cell: str) -> bool:
    return bool(cell) and not is_number(plain_number(cell, table.source.layout))


def _refuse_lost(table: MonthTable) -> None:
    date_format = table.source.layout.date_format
    dates = [period_of(name, date_format) for name in table.header]
    for place, name in enumerate(table.header):
        figures = any(row.cells[place] and not _is_text(table, row.cells[place]) for row in table.rows)
        if any(dates) and not dates[place] and figures and LIKE_A_DATE.match(half_width(name)):
            raise InputError(
                f"{table.file}: column {shown(name)}: figures below a header that begins like a date, must be one"
                " month, quarter or year as the others, or stand in another file"
            )


def by_month_of_year(table: MonthTable, settings: FileSettings) -> MonthTable:
    """Write a table with a row a year and a column a month, as labour statistics print it, with a row a month.

    The newest year may stand first. A column beside the twelve, such as the year's mean, is left out; so are months
    after the last figure. A table with the month in a column of its own beside that of the year (M01, M02, ...) has the
    two made one; its means of years (M13) are left out. Any other table stays as it is.

    Raises
    ------
    InputError
        A year that is none.
    """
    names = [name.casefold() for name in table.header]
    month = settings.columns.month or "month"
    if "year" not in names:
        return table
    year = names.index("year")
    for row in table.rows:
        if not re.fullmatch(r"[0-9]{4}", half_width(row.cells[year])):
            alone = sum(map(bool, row.cells)) == 1
            note = f"; {table.source.keys}footer passes over notes after the table" if alone else ""
            raise table.problem(row, table.header[year], f"a year such as 2007{note}")
    twelve = [next((place for place, name in enumerate(names) if _is_name(name, one)), -1) for one in MONTHS]
    if -1 not in twelve:
        years = table.rows[::-1] if table.rows[0].cells[year] > table.rows[-1].cells[year] else table.rows
        rows = [
            Row(row.number, (f"{half_width(row.cells[year])}-{number:02d}", row.cells[place]))
            for row in years
            for number, place in enumerate(twelve, start=1)
        ]
        while rows and not rows[-1].cells[1]:
            rows.pop()
        return dataclasses.replace(table, header=(month, "unemployment"), rows=tuple(rows), across=True)
    return _stamped(table, month, year, names.index("period")) if "period" in names else table


def _is_name(name: str, month: str) -> bool:
    return len(name) > 2 and month.startswith("sep" if name == "sept" else name.removesuffix("."))


def _stamped(table: MonthTable, month: str, year: int, period: int) -> MonthTable:
    rows = [row for row in table.rows if row.cells[period].upper() != "M13"]
    kept = [place for place in range(len(table.header)) if place not in (year, period)]
    made = (
        Row(row.number, (_date(row.cells[year], row.cells[period]), *(row.cells[place] for place in kept)), row.file)
        for row in rows
    )
    return dataclasses.replace(table, header=(month, *(table.header[place] for place in kept)), rows=tuple(made))


def _date(year: str, period: str) -> str:
    """Write a year and a period of it (M01, Q01, Jan, A01) as one; what is none of these stays, to be refused."""
    text = f"{year}{period}".replace("Q0", "Q")
    return year if period.upper() == "A01" else text


def quarters_across(header: Sequence[str]) -> str:
    """Say what to do with a table whose quarters stand across it, as the end of a message; empty for others."""
    found = [name for name in header if QUARTER.fullmatch(name.strip())]
    if len(found) < 2:
        return ""
    return (
        f"; quarters stand across its columns ({shown(found[0])}): put each in a row of its own, with columns such as"
        " month (2020-Q1) and unemployment"
    )
