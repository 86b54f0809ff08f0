"""What lines looked like before their owners came to be 90 days past due: exposure at default and conversion.

The conversion factor is the part of what was left on a line that is owed on top when its owner defaults,
(exposure at default - owed before) / (limit - owed before): Basel II (2006), paragraphs 316 and 474-475. Seen from a
fixed time before default it is Moral's fixed horizon (2006); seen from a date for all who default within a year, his
cohort, and the loan equivalent of Araten and Jacobs (2001) and Jacobs (2010). All are pooled by amount, for single
accounts with little left on the line say next to nothing (Taplin, To and Hee, 2007).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.engine.loops.listing import rows_with
from sim.lender.closes import (
    COLUMNS,
    is_packed,
    lessened,
    look_up_five,
    of_rows,
    packed,
    packed_book,
    take_down,
    unpacked,
)
from sim.loan.ratios import ratio
from sim.loan.states import LINE_CHARGED_OFF, LINE_OPEN, MONTHS_90

YEAR = 12
BACK = (3, 6, 12)
"""Months before default from which the conversion is told."""
ALONG = (0, 1, 3, 6, 12)
"""Months before default of which the utilisation is told."""
LARGE = 65_536
"""Accounts from which on earlier closes are packed: to look up who defaulted in a small one whole is quicker."""
_AT = [ALONG.index(back) for back in BACK]
TOLD = (
    "exposure_at_default",
    *(f"undrawn_before_{back}" for back in BACK),
    *(f"conversion_before_{back}" for back in BACK),
    "undrawn_of_cohort",
    "conversion_of_cohort",
    *(f"limit_before_{back}" for back in ALONG),
    *(f"utilisation_before_{back}" for back in ALONG),
)
NO_CLOSE = dict(zip(COLUMNS, (np.zeros(0, dtype=kind) for kind in ("i4", "i4", "i1")), strict=True))
"""Before the first month: nobody was there."""


class LineMemory:
    """The closes of a book of the last year, and who has defaulted since.

    Parameters
    ----------
    whole : bool
        Whether the last close is packed a month later alone, for an allowance in stages goes through all its rows.

    A close keeps of every account what it owed and its limit (int32, fen; 0 where the line is not open) and how late it
    was (int8, months): 9 bytes an account and month.

    Attributes
    ----------
    past : list of dict of str to array
        The last twelve closes, the oldest first; packed where the book is `LARGE`, but for a last one that stays whole.
    defaulted : list of dict of str to array
        Rows that defaulted and what they owed, by month, for the same months.
    converted, undrawn, count : int
        Since the start, of accounts in order with an open line a year before, who defaulted within the year: fen owed
        on top, fen that were left, and how many have defaulted a year on.
    cohort : dict of str to int64[defaults]
        Who has defaulted within the last year: owed, limit and late a year ago, and what they owed at default.
    """

    STATE = ("past", "defaulted", "converted", "undrawn", "count")

    def __init__(self, whole: bool = False) -> None:
        self.whole = whole
        self.past: list[dict[str, Any]] = []
        self.defaulted: list[dict[str, Any]] = []
        self.converted = self.undrawn = self.count = 0
        self.cohort: dict[str, Any] = {}

    @property
    def left(self) -> int:
        """Fen left on open lines of accounts in order, at the last close."""
        return int(room(unpacked(self.past[-1:])).sum(dtype=np.int64)) if self.past else 0

    def close(self, month: int, book: Mapping[str, Any], late: Any, early: bool = False) -> dict[str, float]:
        """Take in a month's close, and tell of the accounts that defaulted in it.

        Parameters
        ----------
        book : mapping
            Columns of the accounts.
        late : int8[rows]
            Months past due, or the place in an allowance by stages: the same before 90 days, else more than 3.
        early : bool
            Whether loans are charged off before 90 days: that is their default, then.
        """
        large = len(late) >= LARGE
        now = closed(book, late, large and not self.whole)
        rows, owed = defaulting(month, book, early)
        self.defaulted = [*self.defaulted[1 - YEAR :], {"rows": rows, "owed": owed}]
        then = self.along(rows, now)
        left, added, limits, used = sums_of(owed, then).tolist()
        told = (
            sum(owed.tolist()),
            *[left[close] for close in _AT],
            *[ratio(added[close], left[close]) for close in _AT],
            *self._cohort(),
            *limits,
            *map(ratio, used, limits),
        )
        earlier = [lessened(one if is_packed(one) else packed(one), now) if large else one for one in self.past[-1:]]
        self.past = [*self.past[1 - YEAR : -1], *earlier, now]
        return dict(zip(TOLD, told, strict=True))

    def before(self, months: int, rows: Any) -> dict[str, Any]:
        """The close so many months ago, for some rows in order; 0 where nothing is remembered."""
        found = np.zeros((len(COLUMNS), len(rows)), dtype=np.int64)
        if months <= len(self.past):
            take_down(rows, self.past[-months:], *found)
        return dict(zip(COLUMNS, found, strict=True))

    def along(self, rows: Any, now: Mapping[str, Any]) -> dict[str, Any]:
        """The closes of `ALONG` for some rows, ``now`` the first, int64[closes, rows]: as late as a month before."""
        found = np.zeros((len(COLUMNS), len(ALONG), len(rows)), dtype=np.int64)
        closes = [[now], *[self.past[-back:] if back <= len(self.past) else [NO_CLOSE] for back in ALONG[1:]]]
        if any(is_packed(then[0]) for then in closes):
            for close, then in enumerate(closes):
                take_down(rows, then, *found[:, close])
        else:
            look_up_five(rows, *[then[0][name] for then in closes for name in COLUMNS], *found)
        late = found[-1]
        late[0] = late[1]  # who is in default now was not yet
        return dict(zip(COLUMNS, found, strict=True))

    def since(self) -> tuple[Any, Any]:
        """Rows that have defaulted within the last year, each once, and what they owed at the first time."""
        columns = [one[name] for name in ("rows", "owed") for one in self.defaulted]
        rows, owed = np.concatenate(columns).reshape(2, -1)
        found = np.empty((2, len(rows)), dtype=np.int64)
        count = take_first(rows, owed, rows.argsort(kind="stable"), found)
        return found[0, :count], found[1, :count]

    def _cohort(self) -> tuple[int, float]:
        """What was left on the lines of a year's cohort, and the part of it that is owed on top."""
        rows, owed = self.since()
        then = self.before(YEAR, rows)
        self.cohort = {**then, "owed_at_default": owed}
        found = np.zeros(3, dtype=np.int64)
        add_up_cohort(rows, owed, *[then[name] for name in COLUMNS], self.defaulted[-1]["rows"], found)
        left, added, new = found.tolist()
        self.undrawn, self.converted, self.count = self.undrawn + left, self.converted + added, self.count + new
        return left, ratio(added, left)

    def save(self) -> dict[str, Any]:
        """Return what a checkpoint keeps; no array is ever written to again."""
        return {name: getattr(self, name) for name in self.STATE}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take a checkpoint's numbers back."""
        for name in self.STATE:
            setattr(self, name, saved[name])
        if self.whole and self.past:
            self.past = [*self.past[:-1], unpacked(self.past[-1:])]


def of_some_rows(saved: dict[str, Any], stay: Any, last: bool = False) -> dict[str, Any]:
    """What a memory saved, of a book that keeps some of its rows alone: bool[rows], those who defaulted lately too."""
    past = of_rows(list(saved.pop("past") if last else saved["past"]), stay, last)
    places = np.cumsum(stay) - 1
    defaulted = [{**month, "rows": places[month["rows"]]} for month in saved["defaulted"]]
    return {**saved, "past": past, "defaulted": defaulted}


def closed(book: Mapping[str, Any], late: Any, pack: bool = False) -> dict[str, Any]:
    """What is kept of a book: owed with interest, limit of open lines, months past due; packed or whole."""
    principal, interest, limit, line = (book[name] for name in ("principal", "interest", "limit", "line"))
    if pack:
        return packed_book(principal, interest, limit, line, late)
    size = len(late)
    kept_of = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int8)
    look(principal, interest, limit, line, late, *kept_of)
    return dict(zip(COLUMNS, kept_of, strict=True))


@kept
def look(
    principal: Any, interest: Any, limit: Any, line: Any, late: Any, owed_now: Any, limit_now: Any, late_now: Any
) -> None:
    """Write what is kept of each account: the book is gone through once."""
    for row in range(owed_now.size):
        owed_now[row] = principal[row] + interest[row]
        limit_now[row] = limit[row] if line[row] == LINE_OPEN else 0
        late_now[row] = late[row]


def defaulting(month: int, book: Mapping[str, Any], early: bool = False) -> tuple[Any, Any]:
    """Rows of the accounts that defaulted in a month, and what they owed with interest, int64[rows] each.

    ``early``: loans are charged off before 90 days, and that is their default, then.
    """
    rows = rows_with(book["default_month"], month)
    if early:
        gone = (book["line"] == LINE_CHARGED_OFF) & (book["months_in_state"] == 0) & (book["written_off"] > 0)
        rows = np.union1d(rows, np.flatnonzero(gone))
    # What was charged off in the same month was owed at default.
    owed = (book["principal"][rows] + book["interest"][rows]).astype(np.int64)
    return rows, owed + book["written_off"][rows]


def sums_of(owed: Any, then: Mapping[str, Any]) -> Any:
    """By close, int64[4, closes]: what was left on lines, what is owed on top now, limits, and what of them was owed.

    Who was in default at a close has no line. ``owed`` is at default, ``then`` by close, int64[closes, rows].
    """
    found = np.zeros((4, len(then["owed"])), dtype=np.int64)
    add_up(owed, *[then[name] for name in COLUMNS], found)
    return found


@kept
def add_up(owed: Any, owed_then: Any, limit_then: Any, late_then: Any, found: Any) -> None:
    """Add up what `sums_of` tells."""
    for close in range(owed_then.shape[0]):
        for place in range(owed.size):
            limit, before = limit_then[close, place], owed_then[close, place]
            if late_then[close, place] < MONTHS_90 and limit > before:
                found[0, close] += limit - before
                found[1, close] += owed[place] - before
            if late_then[close, place] < MONTHS_90 and limit > 0:
                found[2, close] += limit
                found[3, close] += before


@kept
def take_first(rows: Any, owed: Any, order: Any, found: Any) -> int:
    """Write each of some rows once, in an order that sorts them and leaves equals as they came; returns how many."""
    count, last = 0, -1
    for place in order:
        if rows[place] != last:
            last = rows[place]
            found[0, count], found[1, count] = last, owed[place]
            count += 1
    return count


@kept
def add_up_cohort(
    rows: Any, owed: Any, owed_then: Any, limit_then: Any, late_then: Any, latest: Any, found: Any
) -> None:
    """Add up what was left on a cohort's lines a year ago, what is owed on top, and how many of the latest had any.

    ``rows`` and ``latest`` are in order. No line can be drawn in arrears.
    """
    at = 0
    for place in range(rows.size):
        left = limit_then[place] - owed_then[place] if late_then[place] == 0 else 0
        if left > 0:
            found[0] += left
            found[1] += owed[place] - owed_then[place]
        while at < latest.size and latest[at] < rows[place]:
            at += 1
        if left > 0 and at < latest.size and latest[at] == rows[place]:
            found[2] += 1


def room(then: Mapping[str, Any], rows: Any = slice(None)) -> Any:
    """Fen left on the open lines of accounts in order; no line can be drawn in arrears."""
    left = then["limit"][rows] - then["owed"][rows]
    return left * ((left > 0) & (then["late"][rows] == 0))
