"""A small table with one row a month, read from CSV or Parquet without guessing."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.inputs.errors import InputError, shown

LONGEST = 1200
MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01)?")
WHOLE = re.compile(r"[+-]?\d{1,6}")
PARQUET = b"PAR1"


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
    path, name = Path(file), str(file)
    try:
        with path.open("rb") as stream:
            start = stream.read(len(PARQUET))
        table = _read_parquet(path) if start == PARQUET else _read_csv(path)
    except InputError:
        raise
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise InputError(f"{name}: {reason.lower()}, must be a CSV or Parquet file") from None
    except (ValueError, csv.Error):
        raise InputError(f"{name}: not text in UTF-8 with commas, must be a CSV or Parquet file") from None
    if not table.header:
        raise InputError(f"{name}: the file is empty, must have a header and a row for each month")
    for column in table.header:
        if table.header.count(column) > 1:
            raise InputError(f"{name}: row 1, column {shown(column)}: stands twice, must stand once")
    if not table.rows:
        raise InputError(f"{name}: no row below the header, must have a row for each month")
    if len(table.rows) > LONGEST:
        raise InputError(f"{name}: row {table.rows[LONGEST].number}: too long, must be at most {LONGEST} months")
    return table


def _read_csv(path: Path) -> MonthTable:
    # utf-8-sig: spreadsheets put a byte-order mark before the first column's name.
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        header = tuple(cell.strip() for cell in next(reader, []))
        rows: list[Row] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise InputError(
                    f"{path}: row {reader.line_num}: {len(cells)} cells, must be {len(header)} as the header"
                )
            rows.append(Row(reader.line_num, tuple(cell.strip() for cell in cells)))
            if len(rows) > LONGEST:
                break
    return MonthTable(str(path), header, tuple(rows))


def _read_parquet(path: Path) -> MonthTable:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as source:
            if source.metadata.num_rows > LONGEST:
                raise InputError(f"{path}: {source.metadata.num_rows} rows, must be at most {LONGEST} months")
            table = source.read()
    except pyarrow.ArrowException:
        raise InputError(f"{path}: damaged, must be a CSV or Parquet file") from None
    columns = [[_as_text(value) for value in column.to_pylist()] for column in table.columns]
    rows = (Row(number, cells) for number, cells in enumerate(zip(*columns, strict=True), start=1))
    return MonthTable(str(path), tuple(table.column_names), tuple(rows))


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
        elif WHOLE.fullmatch(text):
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
