"""Results by segment: what a year brought to each kind of persons and of firms, adding up to the months to the fen.

Who bears a claim is known by account, since a contract settles the claims of a month together: each takes its part of
what every participant bears. What is charged off and recovered later a contract settles in a pool, so no account's
loss has a bearer of its own, and none is given here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.sharing.audit import by_claim
from sim.sharing.terms import PARTICIPANTS
from sim.study.follow.cells import (
    FIRMS_COMPARED,
    PERSONS,
    Layout,
    cells_of_firms,
    cells_of_persons,
    compared_cells,
    layout_of_firms,
    of_product,
)
from sim.study.follow.gains import Lives
from sim.study.follow.lives import ROW_BY_ROW, STOCKS, SUMS, Book

YEAR = 12
MONTH_ENDS = "_month_ends"
FLOWS = (
    *("drawn", "rate_of_draws", "interest_received", "charged_off", "recovered", "defaults"),
    *("applications_decided", "approvals", "sales", "failures", "claims"),
)
SHOWN = tuple(map(SUMS.index, (*STOCKS, *FLOWS)))
COLUMNS = (*(name + MONTH_ENDS for name in STOCKS), *FLOWS, *(f"claims_on_{name}" for name in PARTICIPANTS))
"""What each row of the table holds beside its keys; stocks are added up over the month ends of the year."""


class Segments:
    """Follows the books of persons and of firms, and adds their months up by year and segment."""

    def __init__(self, model: Any) -> None:
        self._regions = model.config.economy.regions
        cells = cells_of_persons(model.persons, model.accounts, model.standing)
        self.layouts: list[Layout] = [PERSONS]
        self.books = [Book(model.accounts, cells, PERSONS.cells)]
        self._there, self._stays = [model.accounts["alive"] > 0], [model.accounts["alive"].copy()]
        if model.firms.exist:
            firms, accounts = model.firms.private, model.firms.accounts
            self.layouts.append(layout_of_firms(self._regions))
            self.books.append(Book(accounts, cells_of_firms(firms, accounts, self._regions), self.layouts[1].cells))
            self._there.append(firms["trading"] > 0)
            self._stays.append(firms["trading"].copy())
        self._borne = [np.zeros((layout.cells, len(PARTICIPANTS)), dtype=np.int64) for layout in self.layouts]
        self._months = 0
        self._years: list[list[NDArray[np.int64]]] = []

    def follow(self, model: Any) -> None:
        """Add a month; put a year aside when it is over."""
        self._follow_persons(model)
        if len(self.books) > 1:
            self._follow_firms(model)
        if model.sharing.shares_anything:
            self._share_claims(model.month - 1, model.books, model.sharing.borne)
        self._months += 1
        if self._months % YEAR == 0:
            self._put_aside()

    def _follow_persons(self, model: Any) -> None:
        persons, accounts, book = model.persons, model.accounts, self.books[0]
        known, alive = len(book.cells), accounts["alive"]
        if len(alive) > known:
            book.come(cells_of_persons(persons, accounts, model.standing, known))
        self._stays[0] = alive.copy()
        book.follow(accounts, alive, persons["employed"], model.month - 1, model.environment)

    def _follow_firms(self, model: Any) -> None:
        firms, accounts, book, month = model.firms.private, model.firms.accounts, self.books[1], model.month - 1
        trading, known = firms["trading"], len(book.cells)
        if len(trading) > known:
            book.come(cells_of_firms(firms, accounts, self._regions, known))
        book.move(of_product(book.cells, accounts["product"]))
        self._stays[1] = trading.copy()
        book.follow(accounts, trading, firms["staff"], month, model.environment)
        book.do_business(trading, firms["sales"], firms["failed_month"], month)

    def _share_claims(self, month: int, accounts: Any, borne: Any) -> None:
        """Share the month's claims of each cell among who bears them under the contract."""
        found: dict[tuple[int, int], int] = {}
        for one, (book, kept) in enumerate(zip(accounts, self.books, strict=True)):
            rows = np.flatnonzero(book["claim_month"] == month)
            for cell, amount in zip(kept.cells[rows].tolist(), book["claimed"][rows].tolist(), strict=True):
                found[one, cell] = found.get((one, cell), 0) + amount
        for (one, cell), parts in zip(found, by_claim([*found.values()], borne) if found else (), strict=True):
            for name, amount in parts.items():
                self._borne[one][cell, PARTICIPANTS.index(name)] += amount

    def _put_aside(self) -> None:
        whole = [book.take()[:, SHOWN] for book in self.books]
        self._years.append([np.hstack([sums, part]) for sums, part in zip(whole, self._borne, strict=True)])
        for part in self._borne:
            part[:] = 0

    def lives(self) -> list[Lives]:
        """What two runs are compared by, of persons and of firms; firms founded since are those of one run alone."""
        found = []
        for layout, book, first, stays in zip(
            (PERSONS, FIRMS_COMPARED), self.books, self._there, self._stays, strict=False
        ):
            rows, is_firms = len(book.cells), layout is FIRMS_COMPARED
            cells = compared_cells(book.cells, self._regions) if is_firms else book.cells
            there = np.pad(first, (0, rows - len(first)), constant_values=True)
            history = book.totals[: len(ROW_BY_ROW), :rows].copy(), book.open_months[:, :rows]
            found.append(Lives(layout, cells, there, stays, len(first) if is_firms else None, *history))
        return found

    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """One row a year after the policy date, dimension and segment in which there is anybody or anything."""
        if self._months % YEAR:
            self._put_aside()
        rows = [
            (year + 1, min(YEAR, self._months - YEAR * year), layout.borrower, dimension.name, segment, values)
            for year, found in enumerate(self._years)
            for layout, sums in zip(self.layouts, found, strict=True)
            for dimension in layout.dimensions
            for segment, values in zip(dimension.segments, layout.by(dimension, sums), strict=True)
            if values.any()
        ]
        year, months, borrower, dimension, segment, values = zip(*rows, strict=True) if rows else [()] * 6
        table = {
            "year": np.array(year, dtype=np.int32),
            "months": np.array(months, dtype=np.int32),
            "borrower": np.array(borrower, dtype="U7"),
            "dimension": np.array(dimension, dtype="U16"),
            "segment": np.array(segment, dtype="U32"),
        }
        whole = np.array(values, dtype=np.int64).reshape(-1, len(COLUMNS))
        return {"segments": table | {name: whole[:, place] for place, name in enumerate(COLUMNS)}}
