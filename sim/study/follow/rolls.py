"""Roll rates: from which months past due to which every account and its balance went, month by month.

A month's matrix is whole: summed over where accounts went it is the book of the month before, and summed over where
they came from the book at its own end, to the fen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.diskcache import kept
from sim.loan.states import LINE_CHARGED_OFF, MONTHS_LAST

OWES_NOTHING = 0
CHARGED_OFF = MONTHS_LAST + 2
STATES = ("nothing owed", *(f"M{months}" for months in range(MONTHS_LAST + 1)), "charged off")
"""States of an account, by the number that stands for each: owes nothing, months past due, charged off."""
COUNT, BEFORE, AFTER = range(3)


@kept
def add_rolls(
    states: Any, balances: Any, principal: Any, months_past_due: Any, line: Any, alive: Any, matrix: Any
) -> None:
    """Add each row's step from its state and balance of before to those of now; and note these.

    A row that has left owes nothing and counts no more.
    """
    for k in range(len(principal)):
        owed = np.int64(principal[k])
        now: Any = OWES_NOTHING
        if owed > 0:
            now = np.int64(months_past_due[k]) + 1
        elif line[k] == LINE_CHARGED_OFF and alive[k]:
            now = CHARGED_OFF
        was = states[k]
        if was != OWES_NOTHING or now != OWES_NOTHING:
            matrix[was, now, COUNT] += 1
            matrix[was, now, BEFORE] += balances[k]
            matrix[was, now, AFTER] += owed
        states[k] = now
        balances[k] = owed


class _Book:
    """One book, persons' or firms': where each row stood at the end of the month before."""

    def __init__(self, accounts: Any) -> None:
        self.states, self.balances = np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int64)
        self.matrix = np.zeros((len(STATES), len(STATES), 3), dtype=np.int64)
        self.follow(accounts)

    def follow(self, accounts: Any) -> NDArray[np.int64]:
        """Return the month's matrix: accounts, balance before and balance after, by state before and after."""
        rows = len(accounts["principal"])
        if rows > len(self.states):  # whoever has come owed nothing before
            more = rows + rows // 4 - len(self.states)
            self.states, self.balances = np.pad(self.states, (0, more)), np.pad(self.balances, (0, more))
        self.matrix[:] = 0
        names = ("principal", "months_past_due", "line", "alive")
        add_rolls(self.states, self.balances, *(accounts[name] for name in names), self.matrix)
        return self.matrix


class Rolls:
    """Follows the books of persons and of firms."""

    def __init__(self, model: Any) -> None:
        self._books = {"persons": _Book(model.accounts)}
        if model.firms.exist:
            self._books["firms"] = _Book(model.firms.accounts)
        self._month = 0
        self._found: list[tuple[int, str, int, int, int, int, int]] = []

    def follow(self, model: Any) -> None:
        """Note a month's matrix, as far as anybody is in a place of it."""
        for who, book in self._books.items():
            matrix = book.follow(model.accounts if who == "persons" else model.firms.accounts)
            for was, now in zip(*(places.tolist() for places in matrix[:, :, COUNT].nonzero()), strict=True):
                self._found.append((self._month, who, was, now, *matrix[was, now].tolist()))
        self._month += 1

    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """One row a month, book, state before and state after: accounts, and their balance in fen before and after."""
        month, who, was, now, count, before, after = zip(*self._found, strict=True) if self._found else [()] * 7
        names = np.array(STATES)
        return {
            "rolls": {
                "month": np.array(month, dtype=np.int32),
                "borrower": np.array(who, dtype="U7"),
                "state_before": names[np.array(was, dtype=np.int64)],
                "state_after": names[np.array(now, dtype=np.int64)],
                "accounts": np.array(count, dtype=np.int64),
                "balance_before": np.array(before, dtype=np.int64),
                "balance_after": np.array(after, dtype=np.int64),
            }
        }
