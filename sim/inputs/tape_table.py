"""Reading a loan tape's columns: text first, so that a wrong cell is found and named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.inputs.dates import Period, period_of
from sim.inputs.errors import InputError, nearest, read_as_table, shown
from sim.inputs.files import LARGEST_TAPE, OwnFile, own_file
from sim.inputs.mapping import TapeMapping
from sim.inputs.month_table import TABLE
from sim.inputs.numbers import numbers_of
from sim.inputs.source import Source
from sim.inputs.tape_around import notes_after, notes_before, refuse_accounts_as_notes, refuse_short, sums_up
from sim.inputs.tape_units import TIMES, units_beside
from sim.inputs.text import Row, header_of, is_parquet, replaced_header, rows_of
from sim.inputs.told_numbers import plain_numbers, remedy
from sim.inputs.typed import plain_columns

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 2000
KEYS = "layout."  # before a key of the layout, in the mapping
LARGEST_FILE = 50_000_000  # rows: as many persons as a population may have


@dataclass(frozen=True)
class TapeTable:
    """Rows of a tape.

    Attributes
    ----------
    file : str
        Name of the file, for messages.
    frame : DataFrame
        The columns that have a role.
    numbers : int64[rows]
        Each row's number in the file, for messages.
    source : Source
        The file, with its layout as it was told.
    marks : tuple of str
        What stands in a cell without a value.
    lacking : frozenset of str
        Columns in which a cell may be without one.
    replaced : str
        Row that named the columns before names of the user's own did, as text; empty where there was none.
    times : dict of str to float
        Factors of columns in another unit than their role has.
    optional : dict of str to str
        Columns in which a cell might be without a value, by the role that ``may_lack`` would name.
    """

    file: str
    frame: pd.DataFrame
    numbers: NDArray[np.int64]
    source: Source
    marks: tuple[str, ...] = ("",)
    lacking: frozenset[str] = frozenset()
    replaced: str = ""
    times: dict[str, float] = field(default_factory=dict)
    optional: dict[str, str] = field(default_factory=dict)

    def where(self, kept: NDArray[np.bool_]) -> TapeTable:
        """Return the table with those rows alone."""
        return replace(self, frame=self.frame[kept], numbers=self.numbers[kept])

    def texts(self, column: str) -> NDArray[np.object_]:
        """Cells of a column as text; what a typed file has no value for is an empty one."""
        cells = self.frame[column]
        return np.asarray(cells.astype(object).where(cells.notna(), "").astype(str), dtype=object)

    def missing(self, column: str) -> NDArray[np.bool_]:
        """Whether each cell of a column is without a value."""
        cells = self.frame[column]
        return np.asarray(cells.isna() | cells.astype(str).isin(self.marks))

    def loose(self, column: str) -> NDArray[np.float64]:
        """Numbers of a column, nan where there is none: for sums over what is left out."""
        return numbers_of(plain_numbers(self.frame[column], self.source.layout)) * self.times.get(column, 1.0)

    def refuse_other_unit(self, column: str, unit: str) -> None:
        """Refuse a cell of a column of ``months``, years or days beside whose number stands another unit of time."""
        other = re.compile("|".join(words for name, words in TIMES.items() if name != unit), re.IGNORECASE)
        texts = self.texts(column)
        wrong = [text for text in set(texts) if other.search(text)]
        if wrong:
            place = int(np.isin(texts, wrong).argmax())
            words = "" if unit == "days" else units_beside(column, unit, {*texts} - {*self.marks}, self.source.key)
            raise self.problem(place, column, f"a number of {unit}{words}")

    def refuse_missing(self, columns: Iterable[str]) -> None:
        """Refuse the first cell of these columns that lacks a value where none may."""
        for column in columns:
            bad = self.missing(column)
            if column not in self.lacking and bad.any():
                role = self.optional.get(column)
                raise self.problem(
                    int(bad.argmax()),
                    column,
                    "given: no row may lack it",
                    f"; may_lack: [{role}] lets it be empty" if role else "",
                )

    def problem(self, place: int, column: str, allowed: str, else_told: str = "") -> InputError:
        """Return the error for one cell: file, row, column, value, what is allowed; else_told where it is no note."""
        value = self.frame[column].iloc[place]
        text = shown(value if isinstance(value, str) else str(value))
        notes = notes_after(self.source, self.frame.iloc[place:], self.lacking, self.marks) if place else ""
        return InputError(
            f"{self.file}: row {self.numbers[place]}, column {column}: {text}, must be {allowed}{notes or else_told}"
        )

    def dates(self, column: str) -> list[Period | None]:
        """Read a column of dates, each the month, quarter or year in which it lies; None for a cell that is none."""
        return [period_of(str(cell), self.source.layout.date_format) for cell in self.frame[column]]

    def numeric(self, column: str, low: float, high: float, what: str, whole: bool = False) -> NDArray[np.float64]:
        """Read a column of finite numbers within a range; nan in a cell that lacks one where it may.

        Raises
        ------
        InputError
            For the first cell that is not.
        """
        noun = "a whole number" if whole else "a number"
        factor = self.times.get(column, 1.0)
        allowed = f"{noun} between {low:g} and {high:g}{what}{f', times {factor:g}' if factor != 1 else ''}"
        values = numbers_of(plain_numbers(self.frame[column], self.source.layout), whole and factor == 1) * factor
        bad = ~np.isfinite(values) | (values < low) | (values > high)
        if whole:
            bad |= np.where(np.isfinite(values), values, 0.0) != np.floor(np.where(np.isfinite(values), values, 0.0))
        if column in self.lacking:
            bad &= ~self.missing(column)
        if bad.any():
            place = int(bad.argmax())
            hint = remedy(str(self.frame[column].iloc[place]), self.source) if np.isnan(values[place]) else ""
            raise self.problem(place, column, allowed + hint)
        return values


def read_tape_table(file: str | Path | OwnFile, mapping: TapeMapping) -> TapeTable:
    """Read the columns that a mapping names from a CSV, xlsx or Parquet file.

    Returns
    -------
    TapeTable
        At least one row, every named column, no account twice.

    Raises
    ------
    InputError
        One line that names file, row, column, value and what is allowed.
    """
    own = file if isinstance(file, OwnFile) else own_file(file, TABLE, LARGEST_TAPE)
    name, source = own.name, Source(own, TABLE, LARGEST_TAPE, mapping.layout, KEYS)
    with read_as_table(name, TABLE):
        source.refuse_idle()
        if is_parquet(own):
            table = _read_parquet(source, mapping)
        elif source.is_workbook or source.layout.names or not source.layout.between.isascii():
            table = _read_rows(source, mapping)
        else:
            table = _read_csv(source, mapping)
    if not len(table.frame):
        raise InputError(f"{name}: no row below the header, must have a row for each account")
    if len(table.frame) > LARGEST_FILE:
        raise InputError(f"{name}: {len(table.frame)} rows, must be at most {LARGEST_FILE}")
    times = {entry.column: entry.by for entry in mapping.times}
    may = mapping.optional()
    table = replace(table, marks=mapping.missing, lacking=mapping.lacking(), times=times, optional=may)
    _refuse_twice(table, mapping)
    _refuse_totals(table, mapping)
    return table


def _columns_of(source: Source, header: list[str], mapping: TapeMapping) -> None:
    """Refuse a header that lacks a column, or has it twice."""
    name, row = source.name, source.layout.skip + max(source.layout.header, 1)
    if not any(header):
        raise InputError(f"{name}: the file is empty, must have a header and a row for each account")
    for column in mapping.named:
        if column not in header:
            raise InputError(
                f"{name}: row {row}, column {column}: missing, the columns are"
                f" {shown(', '.join(header))}{nearest(column, header)}{notes_before(source, header, mapping)}"
            )
        if header.count(column) > 1:
            raise InputError(f"{name}: row {row}, column {column}: stands twice, must stand once")


def _read_csv(source: Source, mapping: TapeMapping) -> TapeTable:
    import pandas as pd  # slow to load, and a study without a tape needs it only when its cells are done

    layout = source.layout
    header = header_of(source, TABLE, MOST_COLUMNS)
    _columns_of(source, header, mapping)
    passed = max(layout.header - 1, 0)
    try:
        with source.text() as stream:
            # The header is read as a row, so that it says how many cells a row may have.
            frame = pd.read_csv(
                stream,
                sep=layout.between,
                header=None,
                dtype=str,
                keep_default_na=False,
                skip_blank_lines=False,
                skiprows=passed,
            )
    except pd.errors.ParserError as error:
        found = re.search(r"in line ([0-9]+), saw ([0-9]+)", str(error))
        row = f"row {layout.skip + int(found[1])}: {found[2]} cells" if found else shown(str(error).strip())
        raise InputError(f"{source.name}: {row}, must be {len(header)} cells in every row, as in the header") from None
    before = layout.skip + passed
    frame, numbers = frame.iloc[min(layout.header, 1) :], np.arange(before + 1, before + 1 + len(frame))
    return _table_of(source, mapping, header, frame, numbers[min(layout.header, 1) :])


def _table_of(
    source: Source, mapping: TapeMapping, header: list[str], frame: pd.DataFrame, numbers: NDArray[np.int64]
) -> TapeTable:
    """Leave out what is blank and the notes at the end; keep the columns that have a role."""
    import pandas as pd

    layout = source.layout
    kept = np.flatnonzero(~(frame == "").all(axis=1).to_numpy())
    last_empty = (frame.iloc[:, -1] == "").to_numpy()
    frame, numbers = frame.iloc[kept], numbers[kept]
    frame = frame[[frame.columns[header.index(column)] for column in mapping.named]]
    frame.columns = pd.Index(mapping.named)
    frame = frame.apply(lambda column: column.str.strip())
    frame = frame.where(~frame.isin(layout.missing), "") if layout.missing else frame
    end = max(len(kept) - layout.footer, 0)
    if last_empty[kept[:end]].any():
        refuse_short(source, len(header), kept[:end], numbers)
    refuse_accounts_as_notes(source, mapping, frame.iloc[:end], frame.iloc[end:], numbers[end:])
    return TapeTable(source.name, frame.iloc[:end], numbers[:end], source)


def _read_rows(source: Source, mapping: TapeMapping) -> TapeTable:
    """Read a workbook, or a text with a separator that no fast reader knows."""
    import pandas as pd

    notes: list[Row] = []
    header, drawn = rows_of(source, MOST_COLUMNS, notes)
    _columns_of(source, header, mapping)
    places = [header.index(column) for column in mapping.named]
    rows = [Row(row.number, tuple(row.cells[place] for place in places)) for row in drawn]
    wide = [(*row.cells, *[""] * len(header)) for row in notes]
    after = pd.DataFrame([[cells[place] for place in places] for cells in wide], columns=mapping.named, dtype=str)
    frame = pd.DataFrame([row.cells for row in rows], columns=pd.Index(mapping.named), dtype=str)
    numbers = np.array([row.number for row in rows], dtype=np.int64)
    refuse_accounts_as_notes(source, mapping, frame, after, np.array([row.number for row in notes]))
    return TapeTable(source.name, frame, numbers, source, replaced=replaced_header(source))


def _read_parquet(source: Source, mapping: TapeMapping) -> TapeTable:
    import pyarrow
    import pyarrow.parquet

    name = source.name
    try:
        with pyarrow.parquet.ParquetFile(source.own.path) as file:
            _columns_of(source, list(file.schema_arrow.names), mapping)
            if file.metadata.num_rows > LARGEST_FILE:
                raise InputError(f"{name}: {file.metadata.num_rows} rows, must be at most {LARGEST_FILE}")
            frame = plain_columns(name, file.read(columns=mapping.named)).to_pandas()
    except pyarrow.ArrowException:
        raise InputError(f"{name}: damaged, must be {TABLE}") from None
    return TapeTable(name, frame, np.arange(1, len(frame) + 1), source)


def _refuse_twice(table: TapeTable, mapping: TapeMapping) -> None:
    if not mapping.id:
        return
    table.refuse_missing([mapping.id])
    twice = table.frame[mapping.id].duplicated().to_numpy()
    if twice.any():
        raise table.problem(int(twice.argmax()), mapping.id, "unique: the account stands twice")


def _refuse_totals(table: TapeTable, mapping: TapeMapping) -> None:
    """Refuse a last row whose balance is the sum of those above: a row of totals, not an account."""
    last = len(table.frame) - 1
    for column in mapping.balance[-1:]:
        owed = table.loose(column)
        if sums_up(owed[:last], owed[last:])[0]:
            key = table.source.key(footer=table.source.layout.footer + 1)
            leaves = "" if table.source.kind == "Parquet" else f"; {key} leaves a row of totals out"
            raise table.problem(last, column, "of one account: it is the sum of all rows above", leaves)
