"""A workbook in which every text is a text: what begins like a formula in a name or a file computes nothing."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Container, Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from sim.study.store.extras import extra

COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet takes for a formula once somebody edits it."""

LONGEST_TEXT = 32_767
LONGEST_SHEET = 1_048_576
"""Signs of a cell and rows of a sheet (Excel's specification)."""

MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
"""Date in files that carry one: the same results give the same bytes on any day."""

PAGE, LINE = 80, 13.5
"""Signs across and points down of a line of running text, which fits a sheet of A4."""

LATIN, POINTS = "Arial", 10
"""Font and size of every cell: the one that spreadsheet programs have, or have one of the same widths."""

LOOKS: dict[str, dict[str, Any]] = {
    "text": {"valign": "top"},
    "wrapped": {"valign": "top", "text_wrap": True},
    "head": {"bold": True, "valign": "top", "text_wrap": True, "bottom": 1, "bg_color": "#E7EDF3"},
    "after": {"valign": "top", "indent": 1},
    "number": {"bold": True, "valign": "top", "text_wrap": True, "bottom": 1, "bg_color": "#E7EDF3", "align": "right"},
    "title": {"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"},
    "heading": {"bold": True, "font_color": "#17406D", "valign": "top"},
    "muted": {"font_color": "#5A6672", "text_wrap": True, "valign": "top"},
}


class Book:
    """A workbook in memory.

    Parameters
    ----------
    title : str
        Title among the file's properties.
    font : str
        Font of every cell, one that has the signs of the language.

    Raises
    ------
    ExtraMissing
        XlsxWriter comes with the extra ``office``.
    """

    def __init__(self, title: str, font: str = LATIN) -> None:
        self._sink = io.BytesIO()
        options: dict[str, Any] = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        options["default_format_properties"] = {"font_name": font, "font_size": POINTS}
        self.made = extra("xlsxwriter", "office").Workbook(self._sink, options)
        self.made.set_properties({"title": title[:255], "created": MADE})
        self.made.set_calc_mode("auto")
        self._font = font
        self._looks: dict[tuple[str, str, bool], Any] = {}

    def look(self, name: str = "text", number: str = "", quoted: bool = False) -> Any:
        """Return a cell format: one of `LOOKS`, with a number's format, and the mark of a text that stays one."""
        key = (name, number, quoted)
        if key not in self._looks:
            wanted = {"font_size": POINTS} | LOOKS[name] | {"font_name": self._font}
            wanted |= {"num_format": number} if number else {}
            wanted |= {"quote_prefix": True} if quoted else {}
            self._looks[key] = self.made.add_format(wanted)
        return self._looks[key]

    def sheet(self, name: str) -> Sheet:
        """Add a sheet."""
        return Sheet(self, self.made.add_worksheet(name), name)

    def content(self) -> bytes:
        """Close the workbook and return its bytes; the same cells give the same bytes."""
        self.made.close()
        return self._sink.getvalue()


class Sheet:
    """A sheet of a workbook; rows and columns count from 0."""

    def __init__(self, book: Book, made: Any, name: str) -> None:
        self.book, self.made, self.name = book, made, name

    def text(self, row: int, column: int, words: object, look: str = "text") -> None:
        """Write a text as a text, whatever it begins with."""
        said = str(words)
        said = said if len(said) <= LONGEST_TEXT else f"{said[: LONGEST_TEXT - 1]}\N{HORIZONTAL ELLIPSIS}"
        self.made.write_string(row, column, said, self.book.look(look, quoted=said.startswith(COMPUTED)))

    def paragraph(self, row: int, words: str, look: str = "wrapped") -> None:
        """Write a text over as many lines of column 0 as it needs there: not every program finds out by itself."""
        size = LOOKS[look].get("font_size", POINTS)
        cells = cell_len(words) * size / POINTS
        self.made.set_row(row, LINE * size / POINTS * max(1, math.ceil(cells / PAGE)))
        self.text(row, 0, words, look)

    def number(self, row: int, column: int, value: float, shape: str = "", missing: str = "") -> None:
        """Write a number; ``missing`` stands where there is none, and nothing where that is empty."""
        if math.isfinite(value):
            self.made.write_number(row, column, value, self.book.look("text", shape))
        elif missing:
            self.text(row, column, missing, "muted")

    def heads(
        self, row: int, names: Sequence[str], notes: Mapping[int, str] | None = None, numbers: Container[int] = ()
    ) -> None:
        """Write a row of heads, those of columns of numbers to the right, with a note at those that have one."""
        self.made.set_row(row, 2 * LINE + 2)
        for column, name in enumerate(names):
            self.text(row, column, name, "number" if column in numbers else "head")
        for column, words in (notes or {}).items():
            options = {"x_scale": 2.2, "y_scale": 1.4, "author": "", "font_size": 9}
            self.made.write_comment(row, column, words, options)

    def widths(self, widths: Sequence[float]) -> None:
        """Set the widths of the first columns, in signs."""
        for column, width in enumerate(widths):
            self.made.set_column(column, column, width)

    def filtered(self, head: int, last: int, columns: int, kept: int) -> None:
        """Freeze what stands up to the heads and the first ``kept`` columns, and let every column be filtered."""
        self.made.freeze_panes(head + 1, kept)
        self.made.autofilter(head, 0, max(last, head), columns - 1)
        self.made.repeat_rows(head)
        self.made.set_landscape()
        self.made.set_paper(9)
        self.made.fit_to_pages(1, 0)
