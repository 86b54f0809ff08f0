"""Accounts that default: their lines and what they owed before, and what comes in of it in the years after.

Definitions are those of `sim.lender.lines`: an account defaults in the month in which it comes to be 90 days past due
(or is charged off, where that comes first); its exposure is what it owes then with interest; the conversion factor is
what it owes on top of what it owed some months before, over what was left on its line then, by amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.diskcache import kept
from sim.lender.closes import packed, size_of, take_down
from sim.lender.lines import LineMemory, closed, defaulting
from sim.loan.states import MONTHS_90
from sim.study.follow.columns import Described
from sim.study.follow.lives import came_in

Close = Mapping[str, Any]
YEAR = 12
STANDS = ("paid", "written_off", "line", "alive", "months_in_state")
YEARS = 10
"""Years after a default in which receipts are told apart."""
FEN, FACTORS = "fen", ("limit", "owed", "undrawn", "converted", "undrawn_in_order", "converted_in_order")
DEFAULT_YEAR = Described("year", "of the default, 0 from the policy date on")
BORROWER = Described("", "persons or firms")
EXPOSURE = {
    "borrower": BORROWER,
    "default_year": DEFAULT_YEAR,
    "months_before": Described("months", "before the default; 0: at its end"),
    "accounts": Described("accounts", "that defaulted in the year"),
    "exposure": Described(FEN, "owed by them at default, with interest"),
    "limit": Described(FEN, "limits of those whose line was open and who were not in default then"),
    "owed": Described(FEN, "owed by these then; over their limits: utilisation"),
    "undrawn": Described(FEN, "left on lines then, of those not in default"),
    "converted": Described(FEN, "owed by these on top at default; over what was left: credit conversion factor"),
    "undrawn_in_order": Described(FEN, "left on lines then, of those not a day past due"),
    "converted_in_order": Described(FEN, "owed by these on top at default; over what was left: loan equivalent"),
}
RECOVERIES = {
    "borrower": BORROWER,
    "default_year": DEFAULT_YEAR,
    "years_since": Described("years", "since the default, all of them seen"),
    "defaults": Described("defaults", "of the year that were seen for so long; one account may default again"),
    "exposure": Described(FEN, "owed at these defaults, with interest"),
    "recovered": Described(FEN, "received on these within so many years, of each default no more than was owed"),
}


@kept
def add_lines(exposure: Any, now: Any, owed: Any, limit: Any, late: Any, found: Any, last: Any) -> None:
    """Add what lines of accounts that default looked like at one close before; at the last one, also at default.

    ``owed``, ``limit`` and ``late`` are those of these accounts at the close, of the first that were there. ``now``
    is what they owe and their limits at default, ``found`` int64[`FACTORS`] of the close, ``last`` those of the
    default, empty but at the last close: who was in default already a month before counts there no more.
    """
    owed_now, limit_now = now
    for place in range(owed.size):
        if late[place] >= MONTHS_90:
            continue
        if last.size > 0 and limit_now[place] > 0:
            last[0] += limit_now[place]
            last[1] += owed_now[place]
        was, line = owed[place], limit[place]
        if line > 0:
            found[0] += line
            found[1] += was
        if line > was:
            found[2] += line - was
            found[3] += exposure[place] - was
            if late[place] == 0:
                found[4] += line - was
                found[5] += exposure[place] - was


class _Lines:
    """What accounts of one book that defaulted looked like in the closes of the year before, by year of default."""

    def __init__(self, past: Sequence[Close]) -> None:
        self.past = list(past)
        self.factors: list[NDArray[np.int64]] = []
        self.totals: list[tuple[int, int]] = []

    def follow(
        self, month: int, rows: NDArray[np.int64], exposure: NDArray[np.int64], now: Close, before: Close | None = None
    ) -> None:
        """Add who defaulted in a month that ended with the close ``now``, and remember it.

        ``before`` is the close before, as somebody else remembers it already: kept once for both.
        """
        if month // YEAR == len(self.totals):
            self.factors.append(np.zeros((YEAR + 1, len(FACTORS)), dtype=np.int64))
            self.totals.append((0, 0))
        count, owed = self.totals[-1]
        self.totals[-1] = count + len(rows), owed + int(exposure.sum())
        told, nothing = self.factors[-1], np.zeros(0, dtype=np.int64)
        if self.past:
            self.past[-1] = packed(self.past[-1]) if before is None else before
        # Once a year whoever defaults or not, so that setting up compiles the loop.
        past = self.past if len(rows) or month % YEAR == 0 else []
        at_default = np.zeros((3, len(rows)), dtype=np.int64)
        take_down(rows, [now], *at_default)
        for back, then in enumerate(reversed(past), start=1):
            last = told[0] if back == 1 else nothing
            there = int(np.searchsorted(rows, size_of(then)))  # who came later stands behind
            seen = np.zeros((3, there), dtype=np.int64)
            take_down(rows[:there], [*past[-back:], now], *seen)
            add_lines(exposure, (at_default[0], at_default[1]), *seen, told[back], last)
        self.past = [*self.past[1 - YEAR :], now]

    def told(self) -> Iterator[tuple[int, ...]]:
        """Year of default, month before, defaults, their exposure, and the `FACTORS`."""
        for year, ((count, owed), factors) in enumerate(zip(self.totals, self.factors, strict=True)):
            yield from ((year, back, count, owed, *told) for back, told in enumerate(factors.tolist()) if count)


ROW, BEGUN, OWED_AT, OWED, PURSUED, THERE, AGE, RECEIVED = range(8)
"""What is kept of a default: row, month, exposure, what of it is still owed, written off so far, whether the customer
is there, months in its state, received by year."""


@kept
def add_receipts(
    defaults: Any, paid: Any, written_off: Any, line: Any, alive: Any, age: Any, month: Any, price: Any
) -> None:
    """Add to each default what its account paid in a month, as long as more is owed of the exposure.

    Payments on an old debt are among what was paid; one that was sold brought its price, one given up nothing. The row
    of whoever has left goes on showing the last payment. What is paid in the month of the default came before it was
    counted.
    """
    for case in range(len(defaults)):
        one = defaults[case]
        year = RECEIVED + (month - one[BEGUN] - 1) // YEAR
        if one[OWED] == 0 or one[THERE] == 0 or year >= one.size:
            continue
        row = one[ROW]
        off: Any = np.int64(written_off[row])
        receipt: Any = np.int64(paid[row])
        if one[PURSUED] > 0:
            receipt = came_in(one[PURSUED], off, receipt, line[row], alive[row], age[row] == one[AGE], price)
        receipt = min(receipt, one[OWED])
        one[year] += receipt
        one[OWED] -= receipt
        one[PURSUED], one[THERE], one[AGE] = off, alive[row], age[row]


class _Receipts:
    """The defaults of one book, a row each in the order of their months."""

    def __init__(self) -> None:
        self._room = np.zeros((64, RECEIVED + YEARS), dtype=np.int64)
        self._count = 0

    @property
    def noted(self) -> NDArray[np.int64]:
        """What is kept of each, int64[defaults, kept]."""
        return self._room[: self._count]

    def follow(
        self, accounts: Any, month: int, rows: NDArray[np.int64], exposure: NDArray[np.int64], price: float
    ) -> None:
        """Add what came in a month, and then the month's defaults."""
        paid, off, line, alive, age = (accounts[name] for name in STANDS)
        add_receipts(self.noted, paid, off, line, alive, age, month, price)
        if not len(rows):
            return
        first, self._count = self._count, self._count + len(rows)
        if self._count > len(self._room):
            self._room = np.pad(self._room, ((0, self._count), (0, 0)))
        self._room[first : self._count, :RECEIVED] = np.stack(
            (rows, np.full(len(rows), month), exposure, exposure, off[rows].astype(np.int64), alive[rows], age[rows]),
            axis=1,
        )

    def told(self, months: int) -> list[tuple[int, ...]]:
        """Year of default, years since, defaults seen for so long, their exposure, and what came in of it."""
        found: list[tuple[int, ...]] = []
        begun, within = self.noted[:, BEGUN], self.noted[:, RECEIVED:].cumsum(axis=1)
        for year in range(-(-months // YEAR)):
            for since in range(1, YEARS + 1):
                seen = (begun // YEAR == year) & (begun + since * YEAR < months)
                if seen.any():
                    amounts = int(self.noted[seen, OWED_AT].sum()), int(within[seen, since - 1].sum())
                    found.append((year, since, int(np.count_nonzero(seen)), *amounts))
        return found


class Defaults:
    """Follows who defaults: of firms from the policy date on, where the lender itself remembers none of their lines."""

    def __init__(self, model: Any) -> None:
        memories: list[LineMemory] = model.lender.experience.lines
        pasts = ([*memory.past] for memory in (*memories, LineMemory()))
        books = ("persons", *(("firms",) if model.firms.exist else ()))
        self._books = {who: (_Lines(past), _Receipts()) for who, past in zip(books, pasts, strict=False)}
        self._early = model.config.lender.charge_off_months < MONTHS_90
        self._months = 0

    def follow(self, model: Any) -> None:
        """Add what came in in a month, and its defaults."""
        month, memories = model.month - 1, model.lender.experience.lines
        for place, (who, (lines, receipts)) in enumerate(self._books.items()):
            book = model.accounts if who == "persons" else model.firms.accounts
            if place < len(memories):
                past, last = memories[place].past, memories[place].defaulted[-1]
                before, now = past[-2] if len(past) > 1 else None, past[-1]
                rows, exposure = last["rows"], last["owed"]
            else:
                before, now = None, closed(book, book["months_past_due"])
                rows, exposure = defaulting(month, book, self._early)
            lines.follow(month, rows, exposure, now, before)
            receipts.follow(book, month, rows, exposure, float(model.environment["sale_price"]))
        self._months = month + 1

    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """One row a book, year of default and month before it, or full year since, as far as anybody defaulted."""
        before = [(who, *row) for who, (lines, _) in self._books.items() for row in lines.told()]
        after = [(who, *row) for who, (_, receipts) in self._books.items() for row in receipts.told(self._months)]
        return {"exposure": as_table(EXPOSURE, before), "recoveries": as_table(RECOVERIES, after)}


def as_table(columns: Mapping[str, Described], rows: Sequence[Sequence[Any]]) -> dict[str, NDArray[Any]]:
    """Columns from rows: names as texts, years and months int32, else int64."""
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    kinds = {"borrower": "U7"} | dict.fromkeys(("default_year", "months_before", "years_since"), "int32")
    return {name: np.array(one, dtype=kinds.get(name, "int64")) for name, one in zip(columns, values, strict=True)}
