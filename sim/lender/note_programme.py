"""The lender and its asset-backed notes: what they leave to lend, what a month moves, what is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from sim.lender.securitisation import NoteMonth, Notes, Pool
from sim.lender.settings import LenderSettings
from sim.loan.ledger import Ledger


class Issuer(Protocol):
    """What of a lender's books its notes see; fen."""

    settings: LenderSettings
    notes: Notes | None
    note_month: NoteMonth
    cash: int
    funding: int
    equity: int
    own_loans: int
    failed: int
    last_balance: np.ndarray


def eligible(lender: Issuer) -> int:
    """Own loans at most 29 days past due, in fen."""
    total = int(lender.last_balance.sum())
    return lender.own_loans * int(lender.last_balance[:2].sum()) // total if total else 0


def room_with_notes(lender: Issuer, notes: Notes, rolled_over: float) -> float:
    """Fen that may be lent from cash, other debt and notes; a loan made stands behind new notes itself."""
    settings = notes.settings
    other = lender.cash + rolled_over * settings.loan_cap * lender.equity - (lender.funding - notes.outstanding)
    if notes.early:
        return other
    held, advance = notes.outstanding, settings.advance_rate
    by_cap = other + settings.note_cap * lender.equity - held
    by_pool = (other + advance * eligible(lender) - held) / (1.0 - advance)
    return other + rolled_over * max(min(by_cap, by_pool) - other, 0.0)


def settle_notes(
    lender: Issuer, notes: Notes, ledger: Ledger, numbers: Mapping[str, Any], principal: int, rolled_over: float
) -> None:
    """Pass collections on to note holders and issue notes for what other debt would have to fund.

    Parameters
    ----------
    principal : int
        Fen of whole loans; the lender's own part of a month's flows is in proportion.
    rolled_over : float
        Share of what falls due that funders take anew.
    """
    own = lender.own_loans

    def part(amount: int) -> int:
        return amount * own // principal if principal else 0

    pool = Pool(
        loans=own,
        eligible=eligible(lender),
        collected=part(ledger.both("principal_repaid.received")),
        interest=part(ledger.both("interest_paid.received")),
        defaulted=part(ledger.both("npl_new") - ledger.both("npl_cured")),
        servicing=int(own * lender.settings.operating_cost / 12.0),
    )
    rate = numbers["policy_rate"] + notes.settings.note_spread
    wish = lender.funding - notes.outstanding - lender.cash + notes.claimed(pool.collected, own + pool.collected)
    moved = notes.month(pool, 0 if lender.failed else wish, lender.equity, rate, rolled_over)
    lender.note_month = moved
    ledger.move("notes_issued", moved.issued)
    ledger.move("notes_repaid", moved.repaid)
    lender.cash += moved.issued - moved.repaid
    lender.funding += moved.issued - moved.repaid


def notes_told(lender: Issuer) -> dict[str, float]:
    """Figures of the notes and of debt beyond the caps, at the month's close."""
    equity, notes, moved = max(lender.equity, 0), lender.notes, lender.note_month
    if notes is None:
        return {"debt_beyond_caps": max(lender.funding - int(lender.settings.leverage_cap * equity), 0)}
    other = lender.funding - notes.outstanding
    return {
        "notes": notes.outstanding,
        "notes_amortising": notes.amortising,
        "notes_due": moved.due,
        "notes_rolled": moved.rolled,
        "excess_spread": float(notes.excess[-1]) if len(notes.excess) else 0.0,
        "early_amortisation": notes.early,
        "debt_beyond_caps": max(other - int(notes.settings.loan_cap * equity), 0)
        + max(notes.outstanding - int(notes.settings.note_cap * equity), 0),
    }
