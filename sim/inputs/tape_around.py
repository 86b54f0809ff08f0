"""Notes around the table of a loan tape: the key that passes over them, and what is refused because it may be one."""

from __future__ import annotations

import csv
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables.file_layout import MOST_NOTES
from sim.inputs.errors import InputError
from sim.inputs.mapping import TapeMapping
from sim.inputs.numbers import numbers_of
from sim.inputs.source import Source
from sim.inputs.text import header_below
from sim.inputs.told_numbers import plain_numbers

if TYPE_CHECKING:
    import pandas as pd

FEWEST_SUMMED = 3  # balances whose sum is a row of totals: of two, one may be the other
CENT = 0.006  # of a balance: a sum is rounded to it
BLANK = 0.5  # share of the cells that no account may lack of which a row of notes lacks so many, at least


def notes_before(source: Source, header: list[str], mapping: TapeMapping) -> str:
    """Name the key that passes over notes, where the first row has one cell, or one below it has every column."""
    if source.kind == "Parquet":
        return ""
    one = "; layout.skip passes over lines of notes before the table" if sum(map(bool, header)) == 1 else ""
    return header_below(source, mapping.named) or one


def notes_after(source: Source, rows: pd.DataFrame, lacking: Collection[str], marks: Collection[str]) -> str:
    """Name the key that passes over notes, where each of the last rows lacks most of what no account may lack.

    Parameters
    ----------
    source : Source
        The file.
    rows : DataFrame
        Rows from the refused one to the last.
    lacking : collection of str
        Columns in which a cell may be empty.
    marks : collection of str
        What stands in a cell without a value.
    """
    if len(rows) > MOST_NOTES or source.kind == "Parquet":
        return ""
    needed = rows[[column for column in rows if column not in lacking]]
    empty = needed.isna() | needed.astype(str).isin(list(marks))
    return "; layout.footer passes over notes after it" if (empty.mean(axis=1) >= BLANK).all() else ""


def refuse_short(source: Source, width: int, kept: NDArray[np.int64], numbers: NDArray[np.int64]) -> None:
    """Refuse a row that lacks its last cells, which the fast reader takes for empty ones: its cells may stand wrong."""
    with source.text() as stream:
        rows = csv.reader(stream, delimiter=source.layout.between)
        widths = np.fromiter(map(len, rows), dtype=np.int64)[source.layout.header :]
    short = widths[kept] < width
    if short.any():
        place = int(short.argmax())
        cells = int(widths[kept][place])
        last = cells == 1 or not (widths[kept[place:]] >= width).any()
        notes = "; layout.footer passes over notes after it" if last else ""
        raise InputError(f"{source.name}: row {numbers[place]}: {cells} cells, must be {width} as in the header{notes}")


def refuse_accounts_as_notes(
    source: Source, mapping: TapeMapping, rows: pd.DataFrame, notes: pd.DataFrame, numbers: NDArray[np.int64]
) -> None:
    """Refuse notes after the table of which one looks like an account: it would be lost in silence.

    A row of totals may be full, too: its balances are the sums of those of ``rows``.
    """
    needed = [column for column in mapping.named if column not in (*mapping.lacking(), mapping.columns.ended)]
    given = notes[needed].notna() & ~notes[needed].isin(mapping.missing)
    full = given.all(axis=1).to_numpy()
    if not full.any():
        return
    for column in mapping.balance:
        above, below = (numbers_of(plain_numbers(frame[column], source.layout)) for frame in (rows, notes))
        full = full & ~sums_up(above, below)
    if full.any():
        raise InputError(
            f"{source.name}: row {numbers[full.argmax()]}, a note after the table as {source.key(footer=len(notes))}"
            " says, has a value in every column that must have one: must be no account"
        )


def sums_up(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say of each number below whether it is the sum of those above, of which at least three are not 0, to a cent.

    Returns
    -------
    bool[len(below)]
    """
    if np.count_nonzero(np.nan_to_num(above)) < FEWEST_SUMMED:
        return np.zeros(len(below), dtype=bool)
    return np.abs(below - np.nansum(above)) < CENT
