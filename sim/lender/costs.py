"""What a month of checks, reviews, courses and warnings costs the lender, and the cash that reached it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.lender.settings import LenderSettings
from sim.loan.ledger import Ledger


def cost_of_servicing(settings: LenderSettings, principal: int, borrowers: int) -> int:
    """Fen of the month: a share of what is outstanding, and what each account that owes costs."""
    return int(principal * settings.operating_cost / 12.0) + settings.account_cost * borrowers // 12


def costs_of_controls(ledger: Ledger, numbers: Mapping[str, Any], persons: int) -> dict[str, int]:
    """Fen of the month by flow; access is checked of every person."""
    flows, both = ledger.flows, ledger.both
    draws = flows["draws_granted"] + flows["draws_blocked"]
    access = float(numbers["access_control"]) * int(numbers["access_cost"])
    return {
        "check_cost": draws * numbers["check_cost"] + int(access * persons),
        "review_cost": both("reviews") * numbers["review_cost"] + both("referrals") * numbers["referral_cost"],
        "education_cost": flows["courses"] * numbers["education_cost"],
        "warning_cost": both("alerts") * numbers["alert_cost"],
    }


def cash_flow(matrix: dict[tuple[str, str, str], tuple[int, int]]) -> int:
    """Net cash that reached the lender, from its own side of every flow."""
    total = 0
    for (instrument, payer, receiver), (paid, received) in matrix.items():
        if instrument == "cash":
            total += received * (receiver == "lender") - paid * (payer == "lender")
    return total
