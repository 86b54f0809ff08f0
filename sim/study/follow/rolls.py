"""Roll rates: from which months past due to which every account and its balance went, month by month.

A month's matrix is whole: summed over where accounts went it is the book of the month before, and summed over where
they came from the book at its own end, to the fen. The month ends after the lender's decisions: a loan that was
restructured is in order, which the months' own balances by months past due, measured before these, count as they
were.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.diskcache import kept
from sim.loan.states import LINE_CHARGED_OFF, MONTHS_LAST
from sim.study.follow.columns import Described

CHARGED_OFF = MONTHS_LAST + 2
STATES = ("nothing owed", *(f"M{months}" for months in range(MONTHS_LAST + 1)), "charged off")
"""States of an account, by the number that stands for each: owes nothing, months past due, charged off."""
COUNT, BEFORE, AFTER = range(3)
COLUMNS = {
    "month": Described("month", "since the policy date, from 0 on"),
    "borrower": Described("", "persons or firms"),
    "state_before": Described("", "at the end of the month before: nothing owed, months past due, charged off"),
    "state_after": Described("", "at the end of the month"),
    "accounts": Described("accounts", "that went from the one state to the other"),
    "balance_before": Described("fen", "principal that they owed at the end of the month before"),
    "balance_after": Described("fen", "principal that they owe at the end of the month"),
}


IN_ORDER = 1


@kept
def states_of(principal: Any, months_past_due: Any, line: Any, alive: Any, states: Any) -> None:
    """State of each row now, several rows at once; one that has left owes nothing and counts no more."""
    for k in range(len(principal)):
        gone = (line[k] == LINE_CHARGED_OFF) & (alive[k] != 0)
        states[k] = months_past_due[k] + 1 if principal[k] > 0 else CHARGED_OFF * gone


@kept
def add_rolls(before: Any, now: Any, balances: Any, principal: Any, matrix: Any) -> None:
    """Add each row's step from its state and balance of before to those of now.

    Most rows are in order at both ends, and are added up several at once; the others are looked at one by one.
    """
    count, owed_before, owed_now = np.int64(0), np.int64(0), np.int64(0)
    for k in range(len(principal)):
        stays = np.int64((before[k] == IN_ORDER) & (now[k] == IN_ORDER))
        count += stays
        owed_before += stays * balances[k]
        owed_now += stays * principal[k]
    for k in range(len(principal)):
        if before[k] | now[k] > IN_ORDER or before[k] != now[k]:
            cell = matrix[before[k], now[k]]
            cell[COUNT] += 1
            cell[BEFORE] += balances[k]
            cell[AFTER] += principal[k]
    matrix[IN_ORDER, IN_ORDER, COUNT] += count
    matrix[IN_ORDER, IN_ORDER, BEFORE] += owed_before
    matrix[IN_ORDER, IN_ORDER, AFTER] += owed_now


class _Book:
    """One book, persons' or firms': where each row stood at the end of the month before."""

    def __init__(self, accounts: Any) -> None:
        self.states, self.before = np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int8)
        self.balances = np.zeros(0, dtype=np.int32)
        self.follow(accounts)

    def follow(self, accounts: Any) -> NDArray[np.int64]:
        """Return the month's matrix: accounts, balance before and balance after, by state before and after."""
        principal, late, line, alive = (accounts[name] for name in ("principal", "months_past_due", "line", "alive"))
        rows = len(principal)
        if rows > len(self.states):  # whoever has come owed nothing before
            more = rows + rows // 4 - len(self.states)
            self.states, self.before = np.pad(self.states, (0, more)), np.pad(self.before, (0, more))
            self.balances = np.pad(self.balances, (0, more))
        self.before, self.states = self.states, self.before
        matrix = np.zeros((len(STATES), len(STATES), 3), dtype=np.int64)
        states_of(principal, late, line, alive, self.states)
        add_rolls(self.before, self.states, self.balances, principal, matrix)
        self.balances[:rows] = principal
        return matrix


class Rolls:
    """Follows the books of persons and of firms."""

    def __init__(self, model: Any) -> None:
        self._books = {"persons": _Book(model.accounts)}
        if model.firms.exist:
            self._books["firms"] = _Book(model.firms.accounts)
        self._found: list[list[NDArray[np.int64]]] = []

    def follow(self, model: Any) -> None:
        """Note a month's matrix of each book."""
        books = (model.accounts if who == "persons" else model.firms.accounts for who in self._books)
        self._found.append([book.follow(one) for book, one in zip(self._books.values(), books, strict=True)])

    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """One row a month, book, state before and state after: accounts, and their balance in fen before and after."""
        found = np.array(self._found).reshape(-1, len(self._books), len(STATES), len(STATES), 3)
        month, who, was, now = found[..., COUNT].nonzero()
        names, cells = np.array(STATES), found[month, who, was, now]
        values = (month.astype(np.int32), np.array([*self._books])[who], names[was], names[now], *cells.T)
        return {"rolls": dict(zip(COLUMNS, values, strict=True))}
