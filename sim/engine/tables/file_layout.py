"""How a table in a user's file is laid out: what every reader of tables may be told about one."""

from __future__ import annotations

import codecs
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.engine.tables.declare import setting

SEPARATORS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "bar": "|",
    "full_width_comma": "\uff0c",
}
DECIMALS = {"point": ".", "comma": ","}
THOUSANDS = {"none": "", "comma": ",", "point": ".", "space": " ", "apostrophe": "'"}
# Each sign has a word too, for command lines in which the character itself is hard to write.
MINUSES = "\u2212\u2013\u2014\uff0d\ufe63"  # minus, dashes and a full-width hyphen, before a number
SIGNS = "%\u2030\u4e07\u4ebf\u767e\u5343.,+-" + MINUSES  # per cent, per mille, 10^4, 10^8, 10^2, 10^3 in Chinese
CHANGING = (
    *("k", "thousand", "tsd", "mn", "mm", "mio", "million", "millions", "bn", "billion"),
    *("bp", "bps", "lakh", "crore", "nd"),
)
"""Words beside a number that change it: multiples, hundredths of a per cent, and the no-data codes ND1 to ND5."""
CREDIT = ("cr", "credit", "h", "haben", "\u8d37", "\u8d37\u65b9")
"""Words beside a balance that say that it is in the holder's favour, in English, German and Chinese."""
BRACKETS, BEHIND = "()", "-"
"""Marks of a negative number that are no words: (12.50) and 12.50-, as accountants and bank systems write them."""
SERIAL = "serial"
"""A form of dates: days as spreadsheets count them."""
MOST_NOTES = 1000  # lines before or after a table
ENCODINGS = ("utf-8", "gbk", "gb18030", "big5", "latin-1", "cp1252", "utf-16", "shift_jis", "euc_kr")


@dataclass(frozen=True)
class Layout:
    """What stands between the cells of a file, around its table, and in its numbers; by default plain CSV in UTF-8."""

    encoding: str = setting("utf-8", meaning="how the text is encoded: utf-8, gbk, gb18030, latin-1, utf-16, ...")
    separator: str = setting(
        ",",
        meaning="what stands between cells, as a character or its word",
        choices=(*SEPARATORS.values(), *SEPARATORS),
    )
    decimal: str = setting(".", meaning="sign before the fraction of a number", choices=(*DECIMALS.values(), *DECIMALS))
    thousands: str = setting(
        "", meaning="sign between thousands; empty: none", choices=(*THOUSANDS.values(), *THOUSANDS)
    )
    skip: int = setting(0, 0, MOST_NOTES, unit="lines", meaning="notes before the table, left unread")
    header: int = setting(
        1, 0, MOST_NOTES, unit="row of the table", meaning="row that names the columns; 0: none, they are c1, c2, ..."
    )
    names: tuple[str, ...] = setting(
        (),
        meaning="names of the columns in their order, instead of those that it has; a row may then lack its last cells",
    )
    footer: int = setting(0, 0, MOST_NOTES, unit="rows", meaning="notes after the table, blank lines not counted")
    missing: tuple[str, ...] = setting((), meaning="marks of a cell without a value, beside an empty one")
    sheet: str = setting("", meaning="sheet of a workbook; empty: its only one")
    percent: bool = setting(False, meaning="whether 13.56% is the number 0.1356")
    wan: bool = setting(False, meaning="whether 1.2\u4e07 is the number 12000, and 1\u4ebf a hundred million")
    beside: tuple[str, ...] = setting((), meaning="texts that may stand beside a number, such as months or $")
    negative: tuple[str, ...] = setting(
        (), meaning="marks of a negative number: () around it, - behind it, or a text beside it such as CR or H"
    )
    date_format: str = setting(
        "",
        meaning="how a date is written, in signs of strftime such as %d/%m/%Y, or serial; empty: forms of one meaning",
    )

    def problems(self, keys: str) -> Iterator[str]:
        """Yield a line for each contradiction; ``keys`` stands before a key where the user writes it."""
        if not is_encoding(self.encoding):
            known = f"one of {', '.join(ENCODINGS)} or another that Python reads"
            yield f"{keys}encoding: {self.encoding!r}, must be {known}"
        if self.group == self.point:
            yield f"{keys}thousands: {self.thousands!r}, must not be the sign of {keys}decimal too"
        if len(set(self.names)) < len(self.names):
            yield f"{keys}names: a name stands twice, must stand once"
        for text in self.beside:
            if not stands_beside(text):
                mark = BRACKETS if text.strip() in (*BRACKETS, BRACKETS) else text.strip()
                credit = mark.casefold() in (*CREDIT, BRACKETS, *MINUSES)
                hint = f"; {keys}negative: [{mark}] reads it as below 0" if credit else ""
                yield f"{keys}beside: {text!r}, must be a text beside a number that does not change it{hint}"
        for text in self.negative:
            if text not in (BRACKETS, BEHIND, *MINUSES) and (not _is_word(text) or text in self.beside):
                yield f"{keys}negative: {text!r}, must be (), - or a text that is not in {keys}beside, such as CR"
        if self.date_format not in ("", SERIAL) and not _dates_well(self.date_format):
            yield f"{keys}date_format: {self.date_format!r}, must have a year (%Y or %y) and %m or such, each once"

    @property
    def between(self) -> str:
        """The one character between cells."""
        return SEPARATORS.get(self.separator, self.separator)

    @property
    def point(self) -> str:
        """The character before a fraction."""
        return DECIMALS.get(self.decimal, self.decimal)

    @property
    def group(self) -> str:
        """The character between thousands; empty: none."""
        return THOUSANDS.get(self.thousands, self.thousands)

    @property
    def codec(self) -> str:
        """Name of the encoding as Python has it; the mark that spreadsheets put first is no part of the text."""
        name = codecs.lookup(self.encoding).name
        return "utf-8-sig" if name == "utf-8" else name


def stands_beside(text: str) -> bool:
    """Whether a text may stand beside a number without changing it: no sign, and no word of a multiple or part."""
    return _is_word(text) and text.strip().casefold() not in (*CHANGING, *CREDIT, *BRACKETS)


def _is_word(text: str) -> bool:
    return bool(text.strip()) and not any(char.isdigit() or char in SIGNS for char in text)


def _dates_well(date_format: str) -> bool:
    """Whether days are read by a form as they are written, in another year than that of a form without one."""
    days = [datetime.datetime(1999, 1, 1), datetime.datetime(2001, 1, 1)]
    try:
        read = [datetime.datetime.strptime(day.strftime(date_format), date_format) for day in days]
    except (ValueError, re.error):
        return False
    return [one.year for one in read] == [day.year for day in days]


def is_encoding(name: str) -> bool:
    """Whether Python has an encoding of texts under this name."""
    try:
        return bool(name) and "\0" not in name and codecs.lookup(name)._is_text_encoding
    except LookupError:
        return False


PLAIN = Layout()
