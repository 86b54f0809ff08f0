"""A small table with one row a month, read from CSV or Parquet without guessing."""

from __future__ import annotations

import csv
import datetime
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.inputs.errors import InputError, read_as_table, shown
from sim.inputs.files import LARGEST_TABLE, OwnFile, own_file
from sim.inputs.numbers import is_whole
from sim.inputs.text import header_of, is_parquet

LONGEST = 1200
LONGEST_MONTH = 7  # characters of a month that is a whole number
MOST_COLUMNS = 1000
MONTH = re.compile(r"([0-9]{4})-([0-9]{2})(?:-01)?")
TABLE = "a CSV or Parquet file"


@dataclass(frozen=True)
class Row:
    """One row: its number in the file (lines of a CSV, from 1) and its cells as text."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class MonthTable:
    """Header and rows of a file, as text; ``file`` is for messages."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def problem(self, row: Row, column: str, allowed: str) -> InputError:
        """Return the error for one cell: file, row, column, value, what is allowed."""
        value = row.cells[self.header.index(column)]
        return InputError(f"{self.file}: row {row.number}, column {column}: {shown(value)}, must be {allowed}")


def read_table(file: str | Path) -> MonthTable:
    """Read header and rows of a CSV or Parquet file.

    Parameters
    ----------
    file : str or Path
        Parquet is known by its first bytes, everything else is read as CSV in UTF-8 with commas.

    Returns
    -------
    MonthTable
        At least one row, every row as long as the header, no column twice.

    Raises
    ------
    InputError
        The file cannot be read, is empty, too long or not a table.
    """
    name = str(file)
    with read_as_table(name, TABLE):
        own = own_file(name, TABLE, LARGEST_TABLE)
        table = _read_parquet(own) if is_parquet(own) else _read_csv(own)
    if not table.header:
        raise InputError(f"{name}: the file is empty, must have a header and a row for each month")
    for column, times in Counter(table.header).items():
        if times > 1:
            raise InputError(f"{name}: row 1, column {shown(column)}: stands twice, must stand once")
    if not table.rows:
        raise InputError(f"{name}: no row below the header, must have a row for each month")
    if len(table.rows) > LONGEST:
        raise InputError(f"{name}: row {table.rows[LONGEST].number}: too long, must be at most {LONGEST} months")
    return table


def _read_csv(file: OwnFile) -> MonthTable:
    header = tuple(header_of(file, TABLE, MOST_COLUMNS))
    # utf-8-sig: spreadsheets put a byte-order mark before the first column's name.
    with file.path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        next(reader, [])
        rows: list[Row] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise InputError(
                    f"{file.name}: row {reader.line_num}: {len(cells)} cells, must be {len(header)} as the header"
                )
            rows.append(Row(reader.line_num, tuple(cell.strip() for cell in cells)))
            if len(rows) > LONGEST:
                break
    return MonthTable(file.name, header, tuple(rows))


def _read_parquet(file: OwnFile) -> MonthTable:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(file.path) as source:
            for count, most, what in (
                (source.metadata.num_rows, LONGEST, "rows"),
                (source.metadata.num_columns, MOST_COLUMNS, "columns"),
            ):
                if count > most:
                    raise InputError(f"{file.name}: {count} {what}, must be at most {most}")
            table = source.read()
    except pyarrow.ArrowException:
        raise InputError(f"{file.name}: damaged, must be {TABLE}") from None
    columns = [_texts(file.name, *entry) for entry in zip(table.column_names, table.columns, strict=True)]
    rows = (Row(number, cells) for number, cells in enumerate(zip(*columns, strict=True), start=1))
    return MonthTable(file.name, tuple(table.column_names), tuple(rows))


def _texts(file: str, name: str, column: Any) -> list[str]:
    import pyarrow

    try:
        return [_as_text(value) for value in column.to_pylist()]
    except (ValueError, OverflowError, pyarrow.ArrowException):
        raise InputError(
            f"{file}: column {shown(name)}: holds a time beyond the calendar, must be within years 1 to 9999"
        ) from None


def _as_text(value: object) -> str:
    """Write a typed cell as a CSV would: nothing for a missing one, a day for a time stamp."""
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    return str(value)


def months_of(table: MonthTable, column: str) -> Iterator[tuple[int, bool]]:
    """Yield each row's month as a number, and whether it is a calendar month (YYYY-MM).

    Raises
    ------
    InputError
        A month that cannot be read, or does not follow the one before it.
    """
    place = table.header.index(column)
    before: tuple[int, bool] | None = None
    for row in table.rows:
        text = row.cells[place]
        calendar = MONTH.fullmatch(text)
        if calendar and 1 <= int(calendar[2]) <= 12:
            month = (int(calendar[1]) * 12 + int(calendar[2]) - 1, True)
        elif is_whole(text) and len(text) <= LONGEST_MONTH:
            month = (int(text), False)
        else:
            raise table.problem(row, column, "a month such as 2007-01, or a whole number")
        if before is not None and month != (before[0] + 1, before[1]):
            raise table.problem(row, column, f"{in_words(before[0] + 1, before[1])}: no holes, no month twice")
        before = month
        yield month


def in_words(month: int, calendar: bool) -> str:
    """Write a month's number as the file would."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}" if calendar else str(month)
