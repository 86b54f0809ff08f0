"""Vintages: what has become of the loans of a quarter, by their age.

A loan begins at the end of the month in which an account that owed nothing owes something, and ends when it owes
nothing and nothing written off is pursued any more: a revolving line that was repaid and is drawn again begins
another loan. Cards are often grouped by the month in which the account was opened instead; here most lines are older
than the study, and what is asked is how lending of a time fares, so that the month of disbursement decides, as for
instalment loans. Draws before the balance is back at nothing belong to the loan that they add to. What stands on the
book at the policy date is a vintage of its own, whose age counts from there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.diskcache import kept
from sim.loan.states import MONTHS_30, MONTHS_90
from sim.study.follow.columns import Described
from sim.study.follow.lives import came_in

QUARTER = 3
NO_LOAN = -2
ON_THE_BOOK = -1
"""Month in which the loans of the policy date count as begun, and their vintage."""
ACCOUNTS, ORIGINATED, DRAWN, EVER_30, EVER_90, LOST_ACCOUNTS, CHARGED_OFF, RECOVERED = range(8)
SO_FAR = {
    "accounts": Described("loans", "loans that began in the quarter"),
    "originated": Described("fen", "their balance at the end of the month in which each began"),
    "drawn": Described("fen", "that and every later rise of the balance, so far"),
    "ever_30": Described("loans", "of them 30 days past due and more at some month's end so far"),
    "ever_90": Described("loans", "of them 90 days past due and more, or charged off, so far"),
    "charged_off_accounts": Described("loans", "of them charged off so far"),
    "charged_off": Described("fen", "principal charged off so far, gross"),
    "recovered": Described("fen", "received so far on what was charged off; net is gross less this"),
}
COLUMNS = {
    "borrower": Described("", "persons or firms"),
    "vintage": Described("quarter", "of the start, 0 from the policy date on; -1: on the book at the policy date"),
    "age": Described("months", "since the month in which a loan began; every third"),
    **SO_FAR,
}


@kept
def mark_moved(
    principal: Any, written_off: Any, months_past_due: Any, balances: Any, pursued: Any, worst: Any, moved: Any
) -> None:
    """Mark the rows whose loan did more than to be repaid in part: few, and eight are looked at at once."""
    for k in range(len(principal)):
        owed, was, late = principal[k], balances[k], months_past_due[k]
        paid_up = (owed == 0) & (was > 0)
        worse = ((late >= MONTHS_30) & (worst[k] == 0)) | ((late >= MONTHS_90) & (worst[k] == 1))
        moved[k] = (owed > was) | paid_up | (written_off[k] != pursued[k]) | worse


@kept
def add_loans(
    principal: Any,
    written_off: Any,
    months_past_due: Any,
    line: Any,
    balances: Any,
    pursued: Any,
    begun: Any,
    worst: Any,
    moved: Any,
    paid: Any,
    alive: Any,
    age: Any,
    age_before: Any,
    month: Any,
    sale_price: Any,
    events: Any,
) -> None:
    """Add what befell the marked rows' loans in a month, by vintage and age; and note where they stand.

    ``worst`` is 0, 1 from 30 and 2 from 90 days past due. ``events`` is int64[vintages, ages, figures], the vintage of
    the policy date first. A debt that was sold brought its price; one that is given up brings nothing.
    """
    for k in range(len(principal)):
        if moved[k] == 0:
            continue
        owed = np.int64(principal[k])
        off: Any = np.int64(written_off[k])
        if begun[k] == NO_LOAN:
            if owed > 0:
                begun[k], worst[k] = month, 0
                first = events[1 + month // QUARTER, 0]
                first[ACCOUNTS] += 1
                first[ORIGINATED] += owed
                first[DRAWN] += owed
            continue
        origin = np.int64(begun[k])
        told = events[1 + origin // QUARTER if origin >= 0 else 0, month - origin]
        told[DRAWN] += max(owed - balances[k], 0)
        lost = off - pursued[k]
        reached = 2 if lost > 0 or months_past_due[k] >= MONTHS_90 else 1 if months_past_due[k] >= MONTHS_30 else 0
        if reached > worst[k]:
            told[EVER_30] += 1 if worst[k] == 0 else 0
            told[EVER_90] += 1 if reached == 2 else 0
            worst[k] = reached
        if lost > 0:
            told[LOST_ACCOUNTS] += 1
            told[CHARGED_OFF] += lost
        elif lost < 0:
            old: Any = np.int64(pursued[k])
            payment: Any = np.int64(paid[k])
            told[RECOVERED] += came_in(old, off, payment, line[k], alive[k], age[k] == age_before[k], sale_price)
        if owed == 0 and off == 0:
            begun[k] = NO_LOAN


class _Loans:
    """The loans of one book: when each row's began, and how it stood at the end of the month before."""

    NOTED = (
        *(("balances", np.int32, 0), ("pursued", np.int32, 0), ("begun", np.int16, NO_LOAN)),
        *(("worst", np.int8, 0), ("moved", np.int8, 0), ("age", np.int16, 0)),
    )

    def __init__(self, accounts: Any, months: int) -> None:
        self._noted = {name: np.zeros(0, kind) for name, kind, _ in self.NOTED}
        self.events = np.zeros((1 + -(-months // QUARTER), months + 1, len(SO_FAR)), dtype=np.int64)
        self._grow(len(accounts["principal"]))
        owed = accounts["principal"].astype(np.int64)
        rows = np.flatnonzero(owed)
        late = accounts["months_past_due"][rows]
        worst = np.where(late >= MONTHS_90, 2, late >= MONTHS_30)
        self._noted["begun"][rows], self._noted["balances"][rows] = ON_THE_BOOK, owed[rows]
        self._noted["worst"][rows] = worst
        self._noted["pursued"][: len(owed)] = accounts["written_off"]
        self._noted["age"][: len(owed)] = accounts["months_in_state"]
        counted = [len(rows), owed.sum(), owed.sum(), np.count_nonzero(worst), np.count_nonzero(worst == 2)]
        self.events[0, 0, : len(counted)] = counted

    def _grow(self, rows: int) -> None:
        room = len(self._noted["begun"])
        if rows > room:  # whoever has come owed nothing before
            more = rows + rows // 4 - room
            for name, _, nothing in self.NOTED:
                self._noted[name] = np.pad(self._noted[name], (0, more), constant_values=nothing)

    def _live_longer(self, month: int) -> None:
        """Make room for the vintage of a month and its ages: a loop writes beside its arrays without a word."""
        vintages, ages, figures = self.events.shape
        if 1 + month // QUARTER >= vintages or month - ON_THE_BOOK >= ages:
            last = month + 4 * QUARTER
            grown = np.zeros((2 + last // QUARTER, 2 + last, figures), dtype=np.int64)
            grown[:vintages, :ages] = self.events
            self.events = grown

    def follow(self, accounts: Any, month: int, sale_price: float) -> None:
        """Add a month that has just been lived."""
        self._grow(len(accounts["principal"]))
        self._live_longer(month)
        owed, off, late, line = (accounts[name] for name in ("principal", "written_off", "months_past_due", "line"))
        paid, alive, age = (accounts[name] for name in ("paid", "alive", "months_in_state"))
        balances, pursued, begun, worst, moved, before = self._noted.values()
        mark_moved(owed, off, late, balances, pursued, worst, moved)
        noted, now = (balances, pursued, begun, worst, moved), (paid, alive, age, before)
        add_loans(owed, off, late, line, *noted, *now, month, sale_price, self.events)
        balances[: len(owed)], pursued[: len(owed)], before[: len(owed)] = owed, off, age

    def so_far(self, months: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Vintages, ages and int64[rows, figures] so far, where all loans of a vintage have reached the age."""
        ages = np.arange(0, self.events.shape[1], QUARTER)
        youngest = np.arange(self.events.shape[0]) * QUARTER - 1  # the month in which a vintage's last loan began
        reached = (youngest[:, None] + ages) < months
        vintages, columns = np.nonzero(reached)
        return vintages + ON_THE_BOOK, ages[columns], self.events.cumsum(axis=1)[vintages, ages[columns]]


class Vintages:
    """Follows the loans of persons and of firms."""

    def __init__(self, model: Any) -> None:
        months = model.config.study.months
        self._loans = {"persons": _Loans(model.accounts, months)}
        if model.firms.exist:
            self._loans["firms"] = _Loans(model.firms.accounts, months)
        self._month = 0

    def follow(self, model: Any) -> None:
        """Add a month to every loan."""
        for who, loans in self._loans.items():
            book = model.accounts if who == "persons" else model.firms.accounts
            loans.follow(book, self._month, float(model.environment["sale_price"]))
        self._month += 1

    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """One row a book, vintage and age that all its loans have reached, where it has any: what has befallen them."""
        found: dict[str, list[NDArray[Any]]] = {name: [] for name in COLUMNS}
        for who, loans in self._loans.items():
            vintages, ages, figures = loans.so_far(self._month)
            some = figures[:, ACCOUNTS] > 0
            rows = np.full(int(some.sum()), who, dtype="U7"), vintages[some], ages[some], *figures[some].T
            for name, values in zip(COLUMNS, rows, strict=True):
                found[name].append(values)
        table = {name: np.concatenate(values) for name, values in found.items()}
        for name in ("vintage", "age", "accounts", "ever_30", "ever_90", "charged_off_accounts"):
            table[name] = table[name].astype(np.int32)
        return {"vintages": table}
