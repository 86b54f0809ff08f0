"""What a checkpoint keeps of the lender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.lender.lender import Lender

NUMBERS = (
    *("cash", "funding", "provisions", "equity", "own_loans", "failed", "draws_average", "overdue", "appetite"),
    *("alert_cut", "parity_points", "review_share", "served", "charge_offs_late", "charge_offs_usual", "rolled"),
    *("relieved", "could_roll", "last_balance", "book_at_start", "last_requested", "last_repaid", "credit_growth"),
    *("balance_history", "allowances"),
)


def kept(lender: Lender) -> dict[str, Any]:
    """Return what the lender's later months depend on."""
    return {
        "numbers": {name: getattr(lender, name) for name in NUMBERS},
        "classes": lender.classes.save() if lender.classes is not None else None,
        "notes": lender.notes.save() if lender.notes is not None else None,
        "experience": lender.experience.save(),
    }


def take_back(lender: Lender, saved: Mapping[str, Any]) -> None:
    """Give a lender a checkpoint's numbers, as far as its own options have a use for them."""
    for name in NUMBERS:
        setattr(lender, name, saved["numbers"][name])
    lender.experience.restore(saved["experience"])
    if saved["classes"] is not None and lender.classes is not None:
        lender.classes.restore(saved["classes"])
    # A lender that issues none takes over a predecessor's notes as plain debt.
    if saved["notes"] is not None and lender.notes is not None:
        lender.notes.restore(saved["notes"])
