"""The text of a user's file: what it is where it is none, and what stands between its cells."""

from __future__ import annotations

import csv
import dataclasses
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from sim.engine.tables.file_layout import Layout
from sim.inputs.dates import period_of
from sim.inputs.errors import InputError, shown
from sim.inputs.files import LARGEST_TAPE, OwnFile
from sim.inputs.numbers import is_number
from sim.inputs.source import PARQUET, Source, text_problem
from sim.inputs.told_numbers import plain_number
from sim.inputs.workbook import workbook_rows

SEPARATORS = {
    ",": ("commas (,)", "comma"),
    ";": ("semicolons (;)", "semicolon"),
    "\t": ("tabs", "tab"),
    "|": ("bars (|)", "bar"),
    "\uff0c": ("full-width commas (\uff0c)", "full_width_comma"),
}
"""Characters between cells: what they are called, and the word that `Layout` has for them."""

NOTES = 50  # rows among which a header below notes is looked for


@dataclass(frozen=True)
class Row:
    """One row: its number in the file (lines of a CSV, rows of a sheet, from 1), its cells as text, another file."""

    number: int
    cells: tuple[str, ...]
    file: str = ""


def is_parquet(file: OwnFile) -> bool:
    """Whether a file begins like Parquet."""
    with file.path.open("rb") as stream:
        return stream.read(len(PARQUET)) == PARQUET


def check_text(file: OwnFile, what: str) -> None:
    """Refuse a file that is no plain text in UTF-8, and say what it seems to be.

    Raises
    ------
    InputError
        One line that names the file, what its bytes look like, and what it must be.
    """
    check_source(Source(file, what, LARGEST_TAPE, keys=""))


def check_source(source: Source) -> None:
    """Refuse a table that is no text in the encoding that was told, unpacked; name the key that would read it.

    Raises
    ------
    InputError
        One line.
    """
    problem = text_problem(source)
    if problem:
        raise InputError(f"{source.name}: {problem}, must be {source.what}")


def text_of(file: OwnFile, what: str) -> str:
    """Read a small text; a byte-order mark, which spreadsheets put first, is left out."""
    check_text(file, what)
    return file.path.read_text(encoding="utf-8-sig")


def header_of(file: OwnFile | Source, what: str, most: int) -> list[str]:
    """Read the names of the columns of a text, and refuse one whose cells are parted otherwise, or too many.

    Returns
    -------
    list of str
        As the layout tells: from its header row, ``names``, or ``c1``, ``c2``, ... Empty for an empty file.

    Raises
    ------
    InputError
        One line that names the separator that was seen, or how many columns there are.
    """
    source = file if isinstance(file, Source) else Source(file, what, LARGEST_TAPE, keys="")
    return rows_of(source, most)[0]


def rows_of(source: Source, most: int, notes: list[Row] | None = None) -> tuple[list[str], Iterator[Row]]:
    """Read a text or a workbook as its layout says: names of the columns, and the rows that are not blank.

    Parameters
    ----------
    source : Source
        Anything but Parquet.
    most : int
        Columns that it may have.
    notes : list of Row, optional
        Takes the notes after the table, when the rows have been drawn.

    Raises
    ------
    InputError
        One line, here or while the rows are drawn: no text, another separator, too many columns, a row of another
        length.
    """
    sheet = bool(source.keys) and source.is_workbook
    if not sheet:
        check_source(source)
    layout = source.layout
    rows, number, first = _first(source)
    if source.keys and layout.header and not any(first):
        _refuse_blank_header(source, rows, number)
    if not sheet:
        _refuse_other_separator(source, number, first)
    if len(first) > most:
        raise InputError(f"{source.name}: row {number}: {len(first)} columns, must be at most {most}")
    body = rows if layout.header else chain([(number, first)], rows)
    header = _named(source, number, first)
    return header, _checked(source, body, header, sheet or bool(layout.names), [] if notes is None else notes)


def _refuse_blank_header(source: Source, rows: Iterator[tuple[int, list[str]]], number: int) -> None:
    """Refuse a blank row where the columns should be named, if rows follow: the file is not empty."""
    place = next((place for place, cells in rows if any(cells)), 0)
    if place:
        key = source.key(skip=place - source.layout.header)
        raise InputError(f"{source.name}: row {number}: blank, must name the columns; {key} begins at row {place}")


def header_below(source: Source, names: Iterable[str]) -> str:
    """Name the key that passes over notes before the table, where one of the next rows has all of these columns.

    Parameters
    ----------
    source : Source
        A text or a workbook.
    names : iterable of str
        Columns that the first row lacks.
    """
    wanted = set(names)
    if source.layout.skip:  # the table may begin among the lines that are passed over
        source = dataclasses.replace(source, layout=dataclasses.replace(source.layout, skip=0))
        if wanted <= set(_first(source)[2]):
            return f"; {source.key(skip=0)} begins at the row that names them"
    rows, _, _ = _first(source)
    place = next((place for place, cells in islice(rows, NOTES) if wanted <= set(cells)), 0)
    return f"; {source.key(skip=place - 1)} passes over notes before the table" if place and source.keys else ""


def notes_before(source: Source) -> str:
    """Name the key that passes over notes before a table with a date in each row, or with dates across its columns.

    Parameters
    ----------
    source : Source
        A table; only one that is said to be dated is looked at.
    """
    if not source.dated or not source.keys or is_parquet(source.own):
        return ""
    rows, number, first = _first(source)
    names = number  # row that would name the columns
    for place, cells in chain([(number, first)], islice(rows, NOTES)):
        dates = [bool(period_of(cell, source.layout.date_format)) for cell in cells]
        if sum(dates[1:]) > 1:
            names = place
        elif dates[:1] != [True] or len(cells) < 2:
            names = place
            continue
        return f"; {source.key(skip=names - 1)} passes over notes before the table" if names > number else ""
    return ""


def replaced_header(source: Source) -> str:
    """Row that named the columns before ``names`` did, its cells parted by bars; empty where no row was replaced."""
    _, number, first = _first(source)
    return f"row {number}, {shown('|'.join(first))}" if source.layout.names and source.layout.header else ""


def _first(source: Source) -> tuple[Iterator[tuple[int, list[str]]], int, list[str]]:
    """Rows after the one that names the columns, and that one's number and cells; without a header it is the first."""
    sheet = bool(source.keys) and source.is_workbook
    rows, number, first = workbook_rows(source) if sheet else _text_rows(source), 1, list[str]()
    for _ in range(max(source.layout.header, 1)):
        number, first = next(rows, (number, []))
    return rows, number, first


def _text_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    with source.text() as stream:
        reader = csv.reader(stream, delimiter=source.layout.between, strict=True)
        for cells in reader:
            yield source.layout.skip + reader.line_num, [cell.strip() for cell in cells]


def _named(source: Source, number: int, first: list[str]) -> list[str]:
    """Name the columns: as the first row does, as the user does, or by their places."""
    names = source.layout.names
    if len(names) < len(first) and names:
        raise InputError(
            f"{source.name}: row {number}: {len(first)} columns, must be at most {len(names)} as"
            f" {source.keys}names says"
        )
    if names and source.layout.header and _is_data(first, source.layout):
        raise InputError(
            f"{source.name}: row {number}: {shown('|'.join(first))}, would be the header that {source.keys}names"
            f" replaces, and holds numbers: {source.key(header=0)} reads it as the first row of a file without header"
        )
    places = [f"c{place}" for place in range(1, len(first) + 1)]
    return list(names) if names and first else first if source.layout.header else places


def _is_data(cells: Sequence[str], layout: Layout) -> bool:
    """Whether a row holds a number that no header would: one that is neither a column's place nor a date."""
    return any(
        is_number(plain_number(cell, layout)) and cell not in (str(place), str(place + 1)) and not period_of(cell)
        for place, cell in enumerate(cells)
    )


def _refuse_other_separator(source: Source, number: int, first: list[str]) -> None:
    words, _ = SEPARATORS[source.layout.between]
    seen = [entry for char, entry in SEPARATORS.items() if char in "".join(first)]
    if len(first) == 1 and seen:
        plain = " (and points in its numbers)" if source.layout.between == "," else ""
        key = source.key(separator=seen[0][1])
        raise InputError(
            f"{source.name}: row {number}: {shown(first[0])} is parted by {seen[0][0]}, must have {words} between its"
            f" cells{plain}{f'; {key} reads it' if key else ''}"
        )


def _checked(
    source: Source, rows: Iterable[tuple[int, list[str]]], header: list[str], pad: bool, notes: list[Row]
) -> Iterator[Row]:
    """Draw rows: blank ones and the notes at the end left out, marks of a missing value emptied, all of one length."""
    layout, held, dates, first = source.layout, deque[Row](), list[int](), True
    for number, cells in rows:
        if not any(cells):
            continue
        filled = [*cells, *[""] * (len(header) - len(cells))] if pad else cells
        held.append(Row(number, tuple("" if cell in layout.missing else cell for cell in filled)))
        if len(held) <= layout.footer:
            continue
        row = held.popleft()
        if len(row.cells) != len(header):
            rest = chain((later.cells for later in held), (later for _, later in rows))
            raise InputError(
                f"{source.name}: row {row.number}: {len(row.cells)} cells, must be {len(header)} as the header"
                f"{notes_around(source, row, header, first, map(len, rest))}"
            )
        yield row
        first = False
        dates = [place for place, cell in enumerate(row.cells) if period_of(cell, layout.date_format)]
    notes += held
    for note in held:
        if len(note.cells) == len(header) and any(period_of(note.cells[place], layout.date_format) for place in dates):
            raise InputError(
                f"{source.name}: row {note.number}, a note after the table as {source.key(footer=layout.footer)} says,"
                " has a date as the rows before it: must be no row of the table"
            )


def notes_around(source: Source, row: Row, header: list[str], first: bool = False, rest: Iterable[int] = ()) -> str:
    """Name the key that passes over notes, where a row of another length looks like one, or the header does.

    Parameters
    ----------
    source : Source
        The file.
    row : Row
        The row of another length.
    header : list of str
        Names of the columns.
    first : bool
        Whether it is the first row below the header.
    rest : iterable of int
        Cells of each row after it; where none is as long as the header, it may be the first of the notes.
    """
    if not source.keys:
        return ""
    if len(row.cells) > len(header) and (told := notes_before(source)):
        return told
    names_columns = first and not source.layout.names and not _is_data(row.cells, source.layout)
    if len(header) < len(row.cells) and (names_columns or len(header) == 1):
        return f"; {source.key(skip=row.number - 1)} passes over notes before the table"
    alone = sum(map(bool, row.cells)) == 1
    if alone or (len(row.cells) < len(header) and len(header) not in rest):
        return f"; {source.keys}footer passes over notes after it"
    if source.dated and source.is_workbook and len(row.cells) > len(header):  # its blank cells at the end are left out
        return f"; {source.key(names='[...]')}, all names in their order, names the columns that the header does not"
    return ""
