"""Numbers as tables write them, turned into plain ones by what the layout tells; nothing is guessed."""

from __future__ import annotations

import dataclasses
import itertools
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sim.engine.tables.file_layout import BEHIND, BRACKETS, CREDIT, MINUSES, PLAIN, Layout, stands_beside
from sim.engine.tables.file_layout import SIGNS as CHANGING_SIGNS
from sim.inputs.numbers import is_number
from sim.inputs.source import Source

if TYPE_CHECKING:
    import pandas as pd

SIGNS = {"%": ("percent", -2), "\u4e07": ("wan", 4), "\u4ebf": ("wan", 8)}
"""Signs after a number: the key that reads them, and the places by which the point moves."""
ALIKE = {" ": "[ \u00a0\u202f]", "'": "['\u2019]"}
"""Signs between thousands that are written in several ways."""
TOLD = ("decimal", "thousands", "percent", "wan", "beside", "negative")
WORDS = re.compile(r"([^0-9]*?)[0-9](?:[0-9., ']*[0-9])?([^0-9]*)")
NO_DATA = tuple(f"ND{number}" for number in range(1, 6))
MARK = re.compile(r"n/?a|n\.a\.|none|null|nil|unknown|-+|\u2013|\u2014|\?+|\.|\*|#n/a|\\n|\u65e0|\u7a7a", re.IGNORECASE)
"""Texts that stand for no value in tables of others, beside the codes ND1 to ND5 of European templates."""
MOST_KEYS = 4  # of the layout at once, that are tried on a cell: 1.234,56- EUR needs four


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
    left, shift = _with_minus(_without(text, layout.beside), layout), 0
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


def _with_minus(text: str, layout: Layout) -> str:
    """Put a minus before a number that has a mark of a negative one, in place of the mark."""
    for mark in layout.negative:
        left = text
        if mark == BRACKETS:
            left = text[1:-1] if text[:1] + text[-1:] == BRACKETS else text
        else:
            word = mark.strip()
            left = text.removesuffix(word) if mark == BEHIND or text.endswith(word) else text.removeprefix(word)
        if left != text:
            left = _without(left, layout.beside)
            return text if left[:1] in "+-" else f"-{left}"
    return text


def _without_thousands(text: str, layout: Layout) -> str:
    between = ALIKE.get(layout.group, re.escape(layout.group))
    grouped = rf"([+-]?[0-9]{{1,3}}(?:{between}[0-9]{{3}})+)({re.escape(layout.point)}[0-9]*)?"
    found = re.fullmatch(grouped, text)
    if not found and layout.group == ",":  # 1,00,000: in pairs but for the last three, one number and no other
        found = re.fullmatch(rf"([+-]?[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}})({re.escape(layout.point)}[0-9]*)?", text)
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

    More than one may: 1,234 is a number with thousands, or one with a fraction. As few keys are named as will do.
    """
    if mark := missing_mark(text):
        return f"; {source.key(missing=mark)} reads it as a cell without a value" if source.keys else ""
    told: list[tuple[str, Any]] = [("decimal", "comma")]
    told += [("thousands", sign) for sign in ("comma", "space", "apostrophe", "point")]
    told += [("percent", True), ("wan", True)]
    words = _words_beside(text)
    told += [("negative", (word,)) for word in words if word.casefold() in CREDIT]
    texts = [word for word in words if word.casefold() not in CREDIT]
    told += [("beside", (word,)) for word in texts] + ([("beside", tuple(texts))] if len(texts) > 1 else [])
    told += [("negative", (mark,)) for mark in (BRACKETS, BEHIND, *MINUSES) if mark[0] in text]
    for count in range(1, MOST_KEYS + 1):
        tried = [dict(keys) for keys in itertools.combinations(told, count) if len(dict(keys)) == count]
        if keys := [one for one in tried if _reads(text, dataclasses.replace(source.layout, **_beside(one, source)))]:
            told_by = [{name: _written(value) for name, value in one.items()} for one in keys[:2]]
            keys_in_words = " or ".join(source.key(**one) for one in told_by)
            return f"; {keys_in_words} reads it" if keys_in_words else ""
    return ""


def missing_mark(text: str) -> str:
    """List of marks, as the layout takes it, where a cell looks like one without a value; empty where it does not."""
    if text.replace(",", "").upper() in NO_DATA:
        return f"[{', '.join(_quoted(f'ND,{code[-1]}' if ',' in text else code) for code in NO_DATA)}]"
    return f"[{_quoted(text)}]" if MARK.fullmatch(text) else ""


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"'{text}'"


def _beside(told: dict[str, Any], source: Source) -> dict[str, Any]:
    """Keys to try, with the texts and marks that the layout has already."""
    return {
        name: (*getattr(source.layout, name), *value) if isinstance(value, tuple) else value
        for name, value in told.items()
    }


def _words_beside(text: str) -> list[str]:
    """What stands before and behind the digits of a cell, where that is no sign with a meaning of its own."""
    found = WORDS.fullmatch(text)
    words = [word.strip(f" {BRACKETS}{CHANGING_SIGNS}") for word in found.groups()] if found else []
    return [word for word in words if word.casefold() in CREDIT or stands_beside(word)]


def _reads(text: str, layout: Layout) -> bool:
    return layout.group != layout.point and is_number(plain_number(text, layout))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_quoted(one) if one == BEHIND else one for one in value)}]"
    return str(value)
