"""The sheet of a workbook (xlsx) as rows of text."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from typing import Any

from sim.inputs.errors import InputError, nearest, shown
from sim.inputs.source import Source
from sim.inputs.typed import as_text

LARGEST_WORKBOOK = 400_000_000  # bytes of its parts, unpacked
AS_TEXT = re.compile(r'"[^"]*"|\\.|_.|\*.')  # signs of a form of numbers that are shown as they stand


def workbook_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Draw the rows of a sheet, from the first after the notes before the table.

    Yields
    ------
    int, list of str
        Number of the row in the sheet, from 1, and its cells without the empty ones at its end.

    Raises
    ------
    InputError
        One line: the library is not installed, the workbook is damaged or too large, or the sheet is not named.
    """
    try:
        openpyxl = import_module("openpyxl")
    except ImportError:
        raise InputError(
            f"{source.name}: is a workbook, and openpyxl is not installed: pip install 'creditcycle[office]', or save"
            " its sheet as CSV"
        ) from None
    _refuse_large(source)
    try:
        with source.own.path.open("rb") as stream:  # by a path, the library goes by the ending of the name
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            sheet = book[_sheet(source, book.sheetnames)]
            sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
            rows = sheet.iter_rows(min_row=source.layout.skip + 1)
            for number, cells in enumerate(rows, start=source.layout.skip + 1):
                yield number, _trimmed([_cell(source, cell) for cell in cells])
    except InputError:
        raise
    except Exception as error:  # the library has no error of its own: each is a sign of a broken file
        raise InputError(
            f"{source.name}: damaged workbook ({shown(type(error).__name__)}), must be {source.what}"
        ) from None


def _refuse_large(source: Source) -> None:
    with zipfile.ZipFile(source.own.path) as archive:
        size = sum(member.file_size for member in archive.infolist())
        binary = "xl/workbook.bin" in archive.namelist()
    if binary:
        raise InputError(f"{source.name}: is a binary workbook (xlsb): save it as xlsx, must be {source.what}")
    if size > min(LARGEST_WORKBOOK, source.largest * 8):
        raise InputError(f"{source.name}: a workbook of {size} bytes unpacked, too large for {source.what}")


def _sheet(source: Source, names: list[str]) -> str:
    """Name of the sheet to read: the one that was told, else the only one."""
    told = source.layout.sheet
    if told in names:
        return told
    allowed = f"one of {', '.join(names)}"
    if told:
        raise InputError(
            f"{source.name}: {source.key(sheet=told)}: no such sheet, must be {allowed}{nearest(told, names)}"
        )
    if len(names) > 1:
        raise InputError(f"{source.name}: {len(names)} sheets, {source.keys}sheet must name {allowed}")
    return names[0]


def _cell(source: Source, cell: Any) -> str:
    """Write a cell as a CSV would have it: a day, a number, or, where it is shown so, a number with the sign %."""
    value = cell.value
    if isinstance(value, datetime.datetime) and (value.hour or value.minute or value.second):
        return value.isoformat(" ")
    if isinstance(value, int | float) and not isinstance(value, bool) and shows_percent(cell.number_format):
        # Decimal, so that 0.1356 is 13.56% and not 13.559999999999999%.
        return format((Decimal(repr(value)) * 100).normalize(), "f").replace(".", source.layout.point) + "%"
    return as_text(value, source.layout.point).strip()


@lru_cache(maxsize=1000)
def shows_percent(form: str) -> bool:
    """Whether a form of numbers in a workbook, such as ``0.00%``, shows them as per cent: 0.1356 as 13.56%.

    A sign in quotes or after a backslash is a text beside the number, which it does not change.
    """
    return "%" in AS_TEXT.sub("", form)


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells
