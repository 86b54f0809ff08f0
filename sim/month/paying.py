"""Who pays whom in a model of a user's own: rows of persons or firms, or a sector without a table here."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.tables.agents import RowAgent, TableAgentSet
from sim.engine.tables.table import Table
from sim.loan.ledger import LedgerError
from sim.loan.postings import FIRMS, GOVERNMENT, LENDER, OUTSIDE, PERSONS

SECTORS = (LENDER, OUTSIDE, GOVERNMENT)
"""Who pays and is paid without rows of its own."""


@dataclass(frozen=True)
class Side:
    """One side of a payment: its sector, and where that has a table, which rows."""

    sector: str
    table: Table | None = None
    rows: Any = ()

    @property
    def is_firms(self) -> bool:
        """Whether these are firms."""
        return self.sector == FIRMS

    def check_means(self, amounts: np.ndarray) -> None:
        """Refuse a payment that some payer has not the cash for.

        Raises
        ------
        LedgerError
            The line says how many lack how much.
        """
        if self.table is None:
            return
        short = amounts - self.table["cash"][self.rows]
        if (short > 0).any():
            lack = f"{np.count_nonzero(short > 0)} of {len(amounts)} {self.sector} lack up to {int(short.max())} fen"
            raise LedgerError(f"pay: {lack} of cash")


def side_of(model: Any, who: Any) -> Side:
    """Tell who one side of a payment is.

    Raises
    ------
    LedgerError
        It is nobody of this model, or no sector that pays.
    """
    if isinstance(who, str):
        if who not in SECTORS:
            near = difflib.get_close_matches(who, SECTORS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise LedgerError(f"pay: {who!r} is no sector that pays: {', '.join(SECTORS)}, or persons and firms{hint}")
        return Side(who)
    if not isinstance(who, RowAgent | TableAgentSet) or who.model is not model:
        raise LedgerError(f"pay: {type(who).__name__} has no cash in this model: persons, firms, {', '.join(SECTORS)}")
    rows = np.array([who.row]) if isinstance(who, RowAgent) else np.asarray(who.rows)
    persons = "persons" in who.tables
    return Side(PERSONS if persons else FIRMS, who.tables["persons" if persons else "firms"], rows)


def split(amount: Any, payer: Side, receiver: Side) -> tuple[np.ndarray, np.ndarray]:
    """What each payer pays and each receiver gets, int64 fen; both have the same sum.

    Raises
    ------
    LedgerError
        The amount is no whole number of fen from 0 on, or the numbers of both sides do not go together.
    """
    counts = [len(side.rows) if side.table is not None else 1 for side in (payer, receiver)]
    given = np.asarray(amount)
    if given.dtype.kind not in "iu" or (given < 0).any():
        raise LedgerError(f"pay: {amount!r:.60} is no amount: whole fen, at least 0")
    most = max(counts) if min(counts) else 0
    if any(count not in (1, most) for count in counts) or given.shape not in ((), (most,)):
        sizes = f"{given.size} amounts from {counts[0]} payers to {counts[1]} receivers"
        raise LedgerError(f"pay: {sizes} do not go together: each pays one, or one pays or is paid by all")
    each = np.broadcast_to(given.astype(np.int64), (most,))
    total = np.array([each.sum()])
    out, into = (each if count == most else total for count in counts)
    return out, into
