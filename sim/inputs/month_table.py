"""A small table with one row a month, read from CSV, xlsx or Parquet without guessing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from sim.engine.tables.file_layout import PLAIN, Layout
from sim.inputs.errors import InputError, read_as_table, shown
from sim.inputs.files import LARGEST_TABLE, own_file
from sim.inputs.source import Source
from sim.inputs.text import Row, is_parquet, rows_of
from sim.inputs.typed import as_text, plain_columns

LONGEST = 1200  # months of a path
MOST_ROWS = 200_000  # of a table from which the rows of a path are chosen
MOST_COLUMNS = 1000
TABLE = "a CSV, xlsx or Parquet file"


@dataclass(frozen=True)
class MonthTable:
    """Header and rows of a file, as text."""

    source: Source
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    across: bool = False  # whether a row here is a column of the file, whose first cell is its header

    @property
    def file(self) -> str:
        """Name of the file, for messages."""
        return self.source.name

    def problem(self, row: Row, column: str, allowed: str) -> InputError:
        """Return the error for one cell: file, row, column, value, what is allowed."""
        value, file = shown(row.cells[self.header.index(column)]), row.file or self.file
        if self.across:
            return InputError(f"{file}: column {row.cells[0]}, row {column}: {value}, must be {allowed}")
        return InputError(f"{file}: row {row.number}, column {column}: {value}, must be {allowed}")


def read_table(file: str | Path, layout: Layout = PLAIN, keys: str = "economy.layout.") -> MonthTable:
    """Read header and rows of a table.

    Parameters
    ----------
    file : str or Path
        Parquet and workbooks are known by their first bytes, everything else is read as text in columns.
    layout : Layout
        How the text, its numbers and its notes are written.
    keys : str
        What stands before a key of the layout where the user writes it.

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
        source = Source(own_file(name, TABLE, LARGEST_TABLE), TABLE, LARGEST_TABLE, layout, keys, dated=True)
        source.refuse_idle()
        header, rows = _read_parquet(source) if is_parquet(source.own) else rows_of(source, MOST_COLUMNS)
        table = _without_blank(MonthTable(source, tuple(header), tuple(islice(rows, MOST_ROWS + 1))))
    if not table.header:
        raise InputError(f"{name}: the file is empty, must have a header and a row for each month")
    for column, times in Counter(table.header).items():
        if times > 1:
            key = source.key(names="[...]") if not is_parquet(source.own) else ""
            names = f"; {key}, all names in their order, tells them apart" if key else ""
            raise InputError(f"{name}: row 1, column {shown(column)}: stands twice, must stand once{names}")
    if not table.rows:
        raise InputError(f"{name}: no row below the header, must have a row for each month")
    if len(table.rows) > MOST_ROWS:
        raise InputError(f"{name}: row {table.rows[MOST_ROWS].number}: too long, must be at most {MOST_ROWS} rows")
    return table


def _without_blank(table: MonthTable) -> MonthTable:
    """Leave out columns at the end that have neither a name nor a cell: what commas at the ends of lines make."""
    last = len(table.header)
    while last > 1 and not table.header[last - 1] and not any(row.cells[last - 1] for row in table.rows):
        last -= 1
    if last == len(table.header):
        return table
    rows = tuple(replace(row, cells=row.cells[:last]) for row in table.rows)
    return replace(table, header=table.header[:last], rows=rows)


def _read_parquet(source: Source) -> tuple[list[str], Iterator[Row]]:
    import pyarrow
    import pyarrow.parquet

    name = source.name
    try:
        with pyarrow.parquet.ParquetFile(source.own.path) as file:
            for count, most, what in (
                (file.metadata.num_rows, MOST_ROWS, "rows"),
                (file.metadata.num_columns, MOST_COLUMNS, "columns"),
            ):
                if count > most:
                    raise InputError(f"{name}: {count} {what}, must be at most {most}")
            table = plain_columns(name, file.read())
    except pyarrow.ArrowException:
        raise InputError(f"{name}: damaged, must be {TABLE}") from None
    columns = [[as_text(value, source.layout.point) for value in column.to_pylist()] for column in table.columns]
    rows = (Row(number, cells) for number, cells in enumerate(zip(*columns, strict=True), start=1))
    return table.column_names, rows
