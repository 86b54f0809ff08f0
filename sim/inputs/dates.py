"""Dates as tables write them: a month, a quarter or a year, from forms that have one meaning or one that was told."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from sim.engine.tables.file_layout import SERIAL
from sim.inputs.numbers import half_width

A_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
DAY_0 = datetime.datetime(1899, 12, 30)  # of spreadsheets: day 44562 is 2022-01-01
DATE_FORMATS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%b-%y", "%y-%b", "%d-%b-%Y", "%d/%m/%y"),
    *("%Y-%m", "%m%Y"),
    SERIAL,
)
FIRST_YEAR, LAST_YEAR = 1600, 2399
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
ERAS = {
    "\u660e\u6cbb": (1868, 45),
    "\u5927\u6b63": (1912, 15),
    "\u662d\u548c": (1926, 64),
    "\u5e73\u6210": (1989, 31),
    "\u4ee4\u548c": (2019, 99),
}
"""Japanese eras, Meiji to Reiwa: their first year, and how many they had."""
OF_AN_ERA = re.compile(rf"({'|'.join(ERAS)})(\u5143|[1-9][0-9]?)(?=\u5e74)")
ERA_IN_LETTERS = re.compile(r"[MTSHR]\.?[0-9]{1,2}(?:[./ \u5e74-].*)?")
CHINESE_QUARTERS = {"\u4e00": 1, "\u4e8c": 2, "\u4e09": 3, "\u56db": 4}

_Y, _M, _D = r"(?P<year>[0-9]{4})", r"(?P<month>0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12][0-9]|3[01])"
_M2, _D2 = r"(?P<month>0[1-9]|1[0-2])", r"(?:0[1-9]|[12][0-9]|3[01])"
_NAME, _Q = r"(?P<name>[A-Za-z]{3,9})\.?", r"(?P<quarter>[1-4])"
_TIME = r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_Y}-{_M2}(?:-{_D2})?{_TIME}",  # 2025-01, 2025-01-31, and with a time
        rf"{_Y}/{_M}(?:/{_D})?{_TIME}",  # 2025/1, 2025/01/31
        rf"{_Y}\.{_M2}(?:\.{_D2})?{_TIME}",  # 2025.01, 2025.01.31; 2025.1 is October to a spreadsheet
        rf"{_Y}{_M2}(?:{_D2})?",  # 202501, 20250131
        rf"{_Y}-?M{_M}",  # 2025M01, 2025-M01
        rf"{_M2}/{_Y}",  # 01/2025
        rf"{_NAME}[- /]{_Y}",  # Dec-2018, December 2018
        rf"{_Y}[- /]?{_NAME}",  # 2018 Dec, 2018Dec
        rf"{_Y}[- :/]?[Qq]{_Q}",  # 2025 Q1, 2025Q1, 2025-Q1
        rf"[Qq]{_Q}[- :/]?{_Y}",  # Q1 2025
        rf"{_Y}\u5e74{_M}\u6708(?:{_D}\u65e5)?",  # a month in Chinese
        rf"{_Y}\u5e74\u7b2c?(?P<hanzi>[\u4e00\u4e8c\u4e09\u56db1-4])\u5b63\u5ea6",  # a quarter in Chinese
        rf"{_Y} \[YR(?P=year)\]",  # 2018 [YR2018], a year of the World Bank
        rf"{_Y}\u5e74?",  # a year
    )
)


class Period(NamedTuple):
    """A month, quarter or year: its first month, counted from January of the year 0, and its months (1, 3 or 12)."""

    first: int
    months: int


@lru_cache(maxsize=10_000)
def period_of(text: str, date_format: str = "") -> Period | None:
    """Read a date.

    Parameters
    ----------
    text : str
        A cell; its digits may be full-width.
    date_format : str
        How it is written, in signs of ``strftime``; empty: a form that has one meaning. ``01/02/2025`` has two, and
        ``Jan-25`` too.

    Returns
    -------
    Period or None
        The month in which a day lies, or the quarter or year; None where the text is no such date.
    """
    text = OF_AN_ERA.sub(_common_year, half_width(text))
    if date_format:
        return _as_told(text, date_format)
    for form in FORMS:
        found = form.fullmatch(text)
        if found and FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
            return _period(found.groupdict())
    return None


def _common_year(found: re.Match[str]) -> str:
    """A year of an era as one of the common calendar; as it stands where the era had no such year."""
    (first, years), year = ERAS[found[1]], 1 if found[2] == "\u5143" else int(found[2])
    return str(first + year - 1) if year <= years else found[0]


def _period(parts: dict[str, str | None]) -> Period | None:
    start = int(parts["year"] or 0) * 12
    if name := parts.get("name"):
        word = "sep" if name.lower() == "sept" else name.lower()
        return next((Period(start + place, 1) for place, whole in enumerate(MONTHS) if whole.startswith(word)), None)
    if quarter := parts.get("quarter") or parts.get("hanzi"):
        number = CHINESE_QUARTERS.get(quarter) or int(quarter)
        return Period(start + 3 * (number - 1), 3)
    if month_number := parts.get("month"):
        return Period(start + int(month_number) - 1, 1)
    return Period(start, 12)


def _as_told(text: str, date_format: str) -> Period | None:
    if date_format == SERIAL:
        day = DAY_0 + datetime.timedelta(days=int(text[:5])) if A_SERIAL.fullmatch(text) else None
        return Period(day.year * 12 + day.month - 1, 1) if day else None
    try:
        found = datetime.datetime.strptime(text, date_format)
    except (ValueError, re.error):  # a sign that stands twice is an error of patterns
        return None
    has_month = re.search(r"%[mbBdjcxD]", date_format) is not None
    return Period(found.year * 12 + (found.month - 1 if has_month else 0), 1 if has_month else 12)


def formats_of(text: str) -> list[str]:
    """Forms of dates, at most two, by one of which a text is a date of a year that can be."""
    found = {form: period_of(text, form) for form in DATE_FORMATS}
    return [form for form, one in found.items() if one and FIRST_YEAR <= one.first // 12 <= LAST_YEAR][:2]


def remedy(text: str, key: Callable[..., str]) -> str:
    """Name the keys that read a text as a date, as the end of a message; ``key`` writes one as the user would."""
    told = " or ".join(key(date_format=form) for form in formats_of(text))
    if ERA_IN_LETTERS.fullmatch(text):
        return "; a year of an era in letters has several meanings: write 2024-01 in its place"
    return f"; {told} reads it" if told else ""


def in_words(period: Period) -> str:
    """Write a period as a table would: 2025-01, 2025-Q1, 2025."""
    year, month = divmod(period.first, 12)
    if period.months == 3:
        return f"{year:04d}-Q{month // 3 + 1}"
    return f"{year:04d}" if period.months == 12 else f"{year:04d}-{month + 1:02d}"
