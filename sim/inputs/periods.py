"""When the rows of a path are, and its figures by month: gaps filled and quarters and years spread as told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np

from sim.economy.reading import FREQUENCIES, SPREADS, FileSettings
from sim.inputs import dates
from sim.inputs.dates import Period, period_of
from sim.inputs.errors import InputError, shown
from sim.inputs.month_table import LONGEST, MonthTable
from sim.inputs.numbers import is_number, is_whole
from sim.inputs.text import Row

LONGEST_NUMBER = 4  # digits of a month that is a whole number: five are a day as spreadsheets count it
A_MONTH = "a month such as 2007-01, a quarter such as 2007-Q1, a year, or a whole number"
A_DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_KINDS = {1: "months", 3: "quarters", 12: "years"}
RULES = "economy.gaps=linear or carry fills it in"


@dataclass(frozen=True)
class Calendar:
    """The rows of a path in time.

    Attributes
    ----------
    rows : tuple of Row
        Oldest first.
    places : tuple of int
        Months, quarters or years of each row, counted from the year 0; its own number where rows are numbered.
    step : int
        Months of a row: 1, 3 or 12.
    numbered : bool
        Whether rows have numbers instead of dates.
    others : int
        Rows of another kind that were left out, such as the years and quarters above the months.
    """

    rows: tuple[Row, ...]
    places: tuple[int, ...]
    step: int
    numbered: bool
    others: int = 0

    def written(self, spot: int) -> str:
        """Write the first month of a row as the user would name it."""
        return _wanted(self.places[spot] * (1 if self.numbered else self.step), 1, self.numbered)

    def from_row(self, spot: int) -> Calendar:
        """Leave out the rows before one."""
        return replace(self, rows=self.rows[spot:], places=self.places[spot:])

    @property
    def first_month(self) -> int:
        """First month of the first row, counted from the year 0, or from its number."""
        return self.places[0] * (1 if self.numbered else self.step)

    @property
    def length(self) -> int:
        """Rows from the first to the last, with those that are missing."""
        return self.places[-1] - self.places[0] + 1


def calendar_of(table: MonthTable, column: str, settings: FileSettings, newest_first: bool = False) -> Calendar:
    """Read the dates of a table.

    Raises
    ------
    InputError
        A cell that is no date, a date twice, or one that is missing while gaps are refused.
    """
    rows, place = table.rows, table.header.index(column)
    periods = [_period(table, row, column, row.cells[place]) for row in rows]
    if newest_first and len(rows) > 1 and all(one and two and two < one for one, two in pairwise(periods)):
        rows, periods = rows[::-1], periods[::-1]
    rows, periods, others = _of_one_kind(rows, periods, FREQUENCIES[settings.frequency])
    numbered = periods[0] is None
    step = FREQUENCIES[settings.frequency] or (1 if numbered else _step(periods))
    kind = periods[0].months if periods[0] else 1  # all dates are of one kind
    places: list[int] = []
    for row, period in zip(rows, periods, strict=True):
        if (period is None) != numbered or (period and period.months != min(kind, step)):
            wanted = _wanted(places[-1] + 1, step, numbered) if places else f"the first of rows of {_KINDS[step]}"
            raise table.problem(row, column, wanted + _of_kinds(periods))
        places.append(int(row.cells[place]) if period is None else period.first // step)
        if len(places) > 1 and not _follows(places, settings.gaps):
            days = "; rows of days or weeks must be made means of months" if A_DAY.search(row.cells[place]) else ""
            days = days if places[-1] == places[-2] else ""
            hole = f"; {RULES}" if places[-1] > places[-2] else days or _several(table)
            raise table.problem(
                row, column, f"{_wanted(places[-2] + 1, step, numbered)}: no holes, no month twice{hole}"
            )
    if step == 1 and settings.spread != SPREADS[0]:
        month = f"a row of {table.file} is a month already"
        raise InputError(f"economy.spread: {shown(settings.spread)}, and {month}, must be left out")
    found = Calendar(rows, tuple(places), step, numbered, others)
    most = LONGEST // (step if step > 1 else 1)
    if found.length > most:
        raise InputError(
            f"{table.file}: row {rows[min(most, len(rows) - 1)].number}: too long, must be at most {LONGEST} months"
        )
    return found


def _period(table: MonthTable, row: Row, column: str, text: str) -> Period | None:
    """Read a cell as a date; None for a whole number."""
    date_format = table.source.layout.date_format
    period = period_of(text, date_format)
    if period is None and not (is_whole(text) and len(text.lstrip("+-")) <= LONGEST_NUMBER and not date_format):
        days = "; it may be a day as spreadsheets count it" if re.fullmatch(r"[2-7][0-9]{4}", text) else ""
        raise table.problem(row, column, A_MONTH + days + dates.remedy(text, table.source.key))
    return period


def _step(periods: Sequence[Period | None]) -> int:
    """Find what rows are: quarters and years say so themselves; months that lie 3 or 12 apart throughout are such."""
    there = [period for period in periods if period]
    apart = [two.first - one.first for one, two in pairwise(there)]
    found = min(apart, default=1)
    if there[0].months > 1:
        return there[0].months
    return found if found in (3, 12) and all(gap % found == 0 for gap in apart) else 1


def _of_one_kind(
    rows: tuple[Row, ...], periods: list[Period | None], step: int
) -> tuple[tuple[Row, ...], list[Period | None], int]:
    """Keep the rows that the frequency tells where years, quarters and months stand below each other, each once."""
    kinds = [(kind, len(list(block))) for kind, block in groupby(periods, key=lambda one: one.months if one else 0)]
    if not step or not _in_blocks(kinds) or step not in dict(kinds):
        return rows, periods, 0
    kept = [place for place, one in enumerate(periods) if one and one.months == step]
    return tuple(rows[place] for place in kept), [periods[place] for place in kept], len(rows) - len(kept)


def _in_blocks(kinds: list[tuple[int, int]]) -> bool:
    """Whether rows of several kinds, each with a date, stand in one block each, of more than a slip of the pen."""
    return len(kinds) > 1 and len(dict(kinds)) == len(kinds) and all(kind and size > 1 for kind, size in kinds)


def _of_kinds(periods: list[Period | None]) -> str:
    kinds = [(kind, len(list(block))) for kind, block in groupby(periods, key=lambda one: one.months if one else 0)]
    words = [word for word, months in FREQUENCIES.items() if months in dict(kinds)]
    return f"; economy.frequency={' or '.join(words)} takes the rows of one kind" if _in_blocks(kinds) else ""


def _several(table: MonthTable) -> str:
    """Name the key that takes one series, where a column beside the figures has a text that changes."""
    for place, column in enumerate(table.header):
        cells = {row.cells[place] for row in table.rows}
        texts = [cell for cell in cells if cell and not is_number(cell) and period_of(cell) is None]
        if 1 < len(cells) == len(texts) and not table.across:
            return f"; economy.where={{{column}: {table.rows[0].cells[place]}}} takes one of several series"
    return ""


def _follows(places: list[int], gaps: str) -> bool:
    ahead = places[-1] - places[-2]
    return ahead == 1 or (ahead > 1 and gaps != "refused")


def _wanted(place: int, step: int, numbered: bool) -> str:
    return str(place) if numbered else dates.in_words(Period(place * step, step))


def by_month(values: Sequence[float], step: int, spread: str) -> list[float]:
    """Spread figures of quarters or years over their months.

    Parameters
    ----------
    values : sequence of float
        One for each quarter or year.
    step : int
        Months of each.
    spread : {"linear", "step"}
        Straight between the middles of quarters or years, their ends held; or the same throughout.
    """
    if step == 1:
        return list(values)
    if spread == "step":
        return [value for value in values for _ in range(step)]
    middles = np.arange(len(values)) * step + (step - 1) / 2
    return [float(value) for value in np.interp(np.arange(len(values) * step), middles, values)]


def without_gaps(values: Sequence[float | None], gaps: str) -> tuple[list[float], list[int]]:
    """Fill missing figures in.

    Parameters
    ----------
    values : sequence of float or None
        None for a missing one.
    gaps : {"linear", "carry"}
        Straight between the neighbours, or the one before.

    Returns
    -------
    list of float, list of int
        The figures, and the places of those that no rule fills: at the beginning, and with ``linear`` at the end.
    """
    there = [place for place, value in enumerate(values) if value is not None]
    known = [value for value in values if value is not None]
    if not there:
        return [], list(range(len(values)))
    last = len(values) - 1 if gaps == "carry" else there[-1]
    left = [place for place in range(len(values)) if not there[0] <= place <= last]
    if gaps == "linear":
        return [float(value) for value in np.interp(range(len(values)), there, known)], left
    spots = np.searchsorted(there, np.arange(len(values)), side="right") - 1
    return [known[max(spot, 0)] for spot in spots], left


def month_of(text: str, calendar: Calendar, key: str) -> int:
    """Place of a month of a path, counted from its first.

    Raises
    ------
    InputError
        It is no month, or none of the path but the first.
    """
    period = None if re.fullmatch(r"[0-9]{4}", text) else period_of(text)
    number = int(text) if calendar.numbered and is_whole(text) else period.first if period else None
    first, months = calendar.first_month, calendar.length * calendar.step
    place = None if number is None or (period is None) != calendar.numbered else number - first
    if place is None or not 0 <= place < months:
        ends = [_wanted(one, 1, calendar.numbered) for one in (first, first + months - 1)]
        raise InputError(f"{key}: {shown(text)}, must be a month from {ends[0]} to {ends[1]}")
    return place
