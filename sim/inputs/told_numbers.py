"""Numbers as tables write them, turned into plain ones by what the layout tells; nothing is guessed."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sim.engine.tables.file_layout import PLAIN, Layout, stands_beside
from sim.inputs.numbers import is_number
from sim.inputs.source import Source

if TYPE_CHECKING:
    import pandas as pd

SIGNS = {"%": ("percent", -2), "\u4e07": ("wan", 4), "\u4ebf": ("wan", 8)}
"""Signs after a number: the key that reads them, and the places by which the point moves."""
SPACES = "[ \u00a0\u202f]"
TOLD = ("decimal", "thousands", "percent", "wan", "beside")
WORDS = re.compile(r"([^0-9.,+-]*)[+-]?[0-9][0-9., ]*?([^0-9.,]*)")


def plain_number(text: str, layout: Layout) -> str:
    """Write a number in plain digits.

    Parameters
    ----------
    text : str
        A cell.
    layout : Layout
        Signs of fraction and thousands, whether percent and ten thousands may follow, what may stand beside.

    Returns
    -------
    str
        A plain number; a text that is none under this layout comes back as it is, for the reader to refuse.
    """
    left, shift = _without(text, layout.beside), 0
    for sign, (key, places) in SIGNS.items():
        if getattr(layout, key) and left.endswith(sign):
            left, shift = left[: -len(sign)].rstrip(), places
            break
    if layout.group:
        left = _without_thousands(left, layout)
    if layout.point != ".":
        left = text if "." in left else left.replace(layout.point, ".")
    if not is_number(left):
        return text
    return format(Decimal(left).scaleb(shift), "f") if shift else left


def says_percent(text: str, layout: Layout) -> bool:
    """Whether a cell says itself that it is in percent, and `plain_number` reads it so.

    The sign may have blanks around it or a text beside it: ``19.55% yearly``.
    """
    return layout.percent and _without(text, layout.beside).endswith("%") and plain_number(text, layout) != text


def _without(text: str, words: tuple[str, ...]) -> str:
    left = text.strip()
    for word in (entry.strip() for entry in words):
        left = left.removesuffix(word).removeprefix(word).strip()
    return left


def _without_thousands(text: str, layout: Layout) -> str:
    between = SPACES if layout.group == " " else re.escape(layout.group)
    grouped = rf"([+-]?[0-9]{{1,3}}(?:{between}[0-9]{{3}})+)({re.escape(layout.point)}[0-9]*)?"
    found = re.fullmatch(grouped, text)
    return re.sub(between, "", found[1]) + (found[2] or "") if found else text


def plain_numbers(cells: pd.Series, layout: Layout) -> pd.Series:
    """Write a column of texts in plain numbers, each different text once; numbers of any type stay as they are."""
    import pandas as pd

    if all(getattr(layout, name) == getattr(PLAIN, name) for name in TOLD) or pd.api.types.is_numeric_dtype(cells):
        return cells
    plain = {text: plain_number(text, layout) for text in cells.unique() if isinstance(text, str)}
    return cells.map(lambda text: plain.get(text, text))


def remedy(text: str, source: Source) -> str:
    """Name the keys of the layout that would read a cell as a number, as the end of a message; empty where none would.

    More than one may: 1,234 is a number with thousands, or one with a fraction.
    """
    word = _word_beside(text)
    told: list[dict[str, Any]] = [{"decimal": "comma"}]
    told += [{"thousands": sign} for sign in ("comma", "space", "apostrophe")]
    told += [{"percent": True}, {"wan": True}, *([{"beside": (word,)}] if word else [])]
    told += [{"decimal": "comma", "thousands": "point"}, {"decimal": "comma", "percent": True}]
    keys = [one for one in told if _reads(text, dataclasses.replace(source.layout, **one))]
    keys = [one for one in keys if len(one) == 1] or keys
    words = " or ".join(source.key(**{name: _written(value) for name, value in one.items()}) for one in keys[:2])
    return f"; {words} reads it" if words else ""


def _word_beside(text: str) -> str:
    """What stands beside the digits of a cell, where that is no sign with a meaning of its own."""
    found = WORDS.fullmatch(text)
    word = (found[1].strip() or found[2].strip()) if found else ""
    return word if stands_beside(word) else ""


def _reads(text: str, layout: Layout) -> bool:
    return layout.group != layout.point and is_number(plain_number(text, layout))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{value[0]}]" if isinstance(value, tuple) else str(value)
