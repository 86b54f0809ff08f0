"""What a further loan earns and costs the lender, and what a month of its controls costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.lender.settings import LenderSettings
from sim.loan.ledger import Ledger

LOWEST_RATIO = -1.0
"""Lowest capital ratio that is told, equity over own loans: equity is below zero by all that is lent."""


def capital_relief(settings: LenderSettings, guaranteed: float) -> float:
    """Part of a loan, or fen, that needs no capital, as so much has a guarantor's risk weight (Basel III, CRE22)."""
    return (1.0 - settings.guarantor_weight) * guaranteed


def margins(settings: LenderSettings, funding_rate: float, sharing: Any) -> dict[str, float]:
    """What a further yuan lent earns, costs and risks for the lender itself.

    ``loss_share`` is LGD times the retained share of the loss; a joint lender earns on its own
    part (``own_share``) and takes a fee on its partners'. ``whole_...`` is the same as if nothing were shared.
    """
    own = sharing.funding_share()
    fee = sharing.scheme.facilitation_fee * (1.0 - own)
    capital = settings.target_capital_ratio * max(settings.required_return - funding_rate, 0.0)
    relief = capital_relief(settings, sharing.guaranteed_share())
    cost = own * (funding_rate + capital) + settings.operating_cost + sharing.premium_cost()
    return {
        "funding_rate": funding_rate,
        "own_share": own,
        "margin_share": own + fee,
        "capital_relief": relief,
        "margin_cost": cost - relief * capital,
        "loss_share": settings.loss_given_default * sharing.lender_share(),
        "whole_loss": settings.loss_given_default,
        "whole_cost": funding_rate + capital + settings.operating_cost,
    }


def dividend(settings: LenderSettings, equity: int, profit: int, needs: int, debt: int) -> int:
    """Fen paid out: profit and some of what lies over the target ratio of loans that need capital.

    Never what debt must be covered with: a dividend takes equity and adds as much ``debt``. Guarantors' weight lowers
    the capital that loans need, and not the equity that debt asks for; a lender that paid out all that it freed would
    stand at its cap and could lend no more than what comes back.
    """
    borne = (1.0 - settings.debt_headroom) * settings.leverage_cap
    spare = int((borne * equity - debt) / (1.0 + borne))
    excess = max(min(equity - int(settings.target_capital_ratio * needs), spare), 0)
    return min(excess, max(profit, 0) + int(excess * settings.payout_pace))


def capital_ratio(equity: int, own_loans: int) -> float:
    """Equity over own loans, `LOWEST_RATIO` at least; 0 without loans, or `LOWEST_RATIO` where nothing covers debts.

    A lender that has failed and hardly lends any more has no ratio that says anything: debts of years stand over the
    last loans.
    """
    if equity < 0 and own_loans <= -equity:
        return LOWEST_RATIO
    return equity / own_loans if own_loans > 0 else 0.0


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
