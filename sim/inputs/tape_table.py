"""Reading a loan tape's columns: text first, so that a wrong cell is found and named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.inputs.errors import InputError, nearest, read_as_table, shown
from sim.inputs.files import LARGEST_TAPE, OwnFile, own_file
from sim.inputs.mapping import TapeMapping
from sim.inputs.month_table import TABLE
from sim.inputs.numbers import numbers_of
from sim.inputs.text import header_of, is_parquet

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 2000
LARGEST_FILE = 50_000_000  # rows: as many persons as a population may have


@dataclass(frozen=True)
class TapeTable:
    """Rows of a tape; ``numbers`` holds each row's number in the file, for messages."""

    file: str
    frame: pd.DataFrame
    numbers: NDArray[np.int64]

    def problem(self, place: int, column: str, allowed: str) -> InputError:
        """Return the error for one cell: file, row, column, value, what is allowed."""
        value = self.frame[column].iloc[place]
        text = shown(value if isinstance(value, str) else str(value))
        return InputError(f"{self.file}: row {self.numbers[place]}, column {column}: {text}, must be {allowed}")

    def numeric(self, column: str, low: float, high: float, what: str, whole: bool = False) -> NDArray[np.float64]:
        """Read a column of finite numbers within a range.

        Raises
        ------
        InputError
            For the first cell that is not.
        """
        noun = "a whole number" if whole else "a number"
        allowed = f"{noun} between {low:g} and {high:g}{what}"
        values = numbers_of(self.frame[column], whole)
        bad = ~np.isfinite(values) | (values < low) | (values > high)
        if whole:
            bad |= np.where(np.isfinite(values), values, 0.0) != np.floor(np.where(np.isfinite(values), values, 0.0))
        if bad.any():
            raise self.problem(int(bad.argmax()), column, allowed)
        return values


def read_tape_table(file: str | Path | OwnFile, mapping: TapeMapping) -> TapeTable:
    """Read the columns that a mapping names from a CSV or Parquet file.

    Returns
    -------
    TapeTable
        At least one row, every named column, no missing value, no account twice.

    Raises
    ------
    InputError
        One line that names file, row, column, value and what is allowed.
    """
    own = file if isinstance(file, OwnFile) else own_file(file, TABLE, LARGEST_TAPE)
    name = own.name
    with read_as_table(name, TABLE):
        table = _read_parquet(own, mapping) if is_parquet(own) else _read_csv(own, mapping)
    if not len(table.frame):
        raise InputError(f"{name}: no row below the header, must have a row for each account")
    if len(table.frame) > LARGEST_FILE:
        raise InputError(f"{name}: {len(table.frame)} rows, must be at most {LARGEST_FILE}")
    _refuse_missing(table, mapping)
    _refuse_twice(table, mapping)
    return table


def _columns_of(name: str, header: list[str], mapping: TapeMapping) -> None:
    """Refuse a header that lacks a column, or has it twice."""
    if not any(header):
        raise InputError(f"{name}: the file is empty, must have a header and a row for each account")
    for column in mapping.columns:
        if column not in header:
            raise InputError(
                f"{name}: row 1, column {column}: missing, the columns are"
                f" {shown(', '.join(header))}{nearest(column, header)}"
            )
        if header.count(column) > 1:
            raise InputError(f"{name}: row 1, column {column}: stands twice, must stand once")


def _read_csv(file: OwnFile, mapping: TapeMapping) -> TapeTable:
    import pandas as pd  # slow to load, and a study without a tape needs it only when its cells are done

    header = header_of(file, TABLE, MOST_COLUMNS)
    _columns_of(file.name, header, mapping)
    try:
        # The header is read as a row, so that it says how many cells a row may have.
        frame = pd.read_csv(
            file.path, header=None, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False
        ).iloc[1:]
    except pd.errors.ParserError as error:
        raise InputError(
            f"{file.name}: {shown(str(error).strip())}, must be {len(header)} cells in every row, as in the header"
        ) from None
    numbers = np.arange(2, len(frame) + 2)
    blank = (frame == "").all(axis=1).to_numpy()
    frame, numbers = frame[~blank], numbers[~blank]
    frame = frame[[header.index(column) for column in mapping.columns]]
    frame.columns = pd.Index(mapping.columns)
    return TapeTable(file.name, frame.apply(lambda column: column.str.strip()), numbers)


def _read_parquet(file: OwnFile, mapping: TapeMapping) -> TapeTable:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(file.path) as source:
            _columns_of(file.name, list(source.schema_arrow.names), mapping)
            if source.metadata.num_rows > LARGEST_FILE:
                raise InputError(f"{file.name}: {source.metadata.num_rows} rows, must be at most {LARGEST_FILE}")
            # The metadata of pandas would make an index of a column, and hide it.
            frame = source.read(columns=mapping.columns).to_pandas(ignore_metadata=True)
    except pyarrow.ArrowException:
        raise InputError(f"{file.name}: damaged, must be {TABLE}") from None
    return TapeTable(file.name, frame, np.arange(1, len(frame) + 1))


def _refuse_missing(table: TapeTable, mapping: TapeMapping) -> None:
    for column in mapping.columns:
        values = table.frame[column]
        bad = values.isna() | values.astype(str).isin(mapping.missing)
        if bad.any():
            raise table.problem(int(bad.to_numpy().argmax()), column, "given: no row may lack it")


def _refuse_twice(table: TapeTable, mapping: TapeMapping) -> None:
    if not mapping.id:
        return
    twice = table.frame[mapping.id].duplicated().to_numpy()
    if twice.any():
        raise table.problem(int(twice.argmax()), mapping.id, "unique: the account stands twice")
