"""The month's result figures of risk sharing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.sharing.contract import GUARANTORS, Contract
from sim.sharing.flows import Postings
from sim.sharing.scheme import with_those_behind
from sim.sharing.terms import (
    BILLION,
    GOVERNMENT,
    GUARANTEE_FUND,
    INSURER,
    LENDER,
    PARTNER_BANKS,
    RE_GUARANTEE_FUND,
)

SHORT = {
    LENDER: "lender",
    PARTNER_BANKS: "partner",
    GUARANTEE_FUND: "fund",
    RE_GUARANTEE_FUND: "reguarantee",
    INSURER: "insurer",
    GOVERNMENT: "government",
}


# Figures of one party that do not carry its name.
OF_FUND = ("premium_paid", "premium_borrowers", "premium_rate", "premium_subsidy", "replenishment")


def parties_of(sharing: Contract) -> set[str]:
    """Who may bear a loss under the contract: by a layer, or behind somebody who does."""
    named = {layer.participant for layer in sharing.layers} if sharing.shares_anything else set()
    return with_those_behind(named, sharing.falls_on)


def reported(sharing: Contract) -> dict[str, float]:
    """The last month's figures, those of parties and clauses that the contract does not have left out."""
    if not sharing.shares_anything:
        return {}
    away = {SHORT[name] for name in SHORT.keys() - parties_of(sharing)}
    gone = {f"{what}_{party}" for what in ("loss", "claimed", "compensation", "net") for party in away}
    if not sharing.has_fund:
        gone |= {*OF_FUND, *(name for name in sharing.last if name.startswith("fund_"))}
    if SHORT[PARTNER_BANKS] in away:
        gone |= {name for name in sharing.last if name.startswith("partner")}
    if sharing.scheme.auction.winners == 0:
        gone.add("coverage_won")
    if not any(layer.premium_rate for layer in sharing.layers):
        gone.add("premium_layers")
    return {name: value for name, value in sharing.last.items() if name not in gone}


@dataclass(frozen=True)
class MonthTotals:
    """What was paid and lent in the month, in fen."""

    premium: int
    contribution: int
    layer_premium: int
    compensation: int
    unpaid: int
    lent: int


def figures(
    sharing: Contract,
    losses: Mapping[str, int],
    claimed: Mapping[str, int],
    recovered: Mapping[str, int],
    totals: MonthTotals,
    postings: Postings,
) -> dict[str, float]:
    """Return the figures by name: fen, fractions, times, and months counted from the policy date.

    ``loss_*`` are net charge-offs by who bears them: they sum to what was charged off of the covered loans
    less what was recovered on it, whatever the scheme. ``claimed_*`` are claims at the trigger less cash
    paid on them: what the contract moved, earlier than the charge-off.
    """
    liabilities = sharing.liabilities()
    rates = sharing.compensation_rates()
    fund, partners = sharing.fund, sharing.partners
    return {
        **{f"loss_{short}": losses[name] for name, short in SHORT.items()},
        **{f"claimed_{short}": claimed[name] for name, short in SHORT.items()},
        "premium_paid": totals.premium,
        "premium_borrowers": totals.contribution,
        "premium_layers": totals.layer_premium,
        "premium_rate": fund.premium_billionths / BILLION if sharing.has_fund else 0.0,
        "compensation_paid": totals.compensation,
        "compensation_unpaid": totals.unpaid,
        "guaranteed_lending": totals.lent,
        "fund_recoveries": recovered[GUARANTEE_FUND],
        "fund_capital": fund.net_assets,
        "fund_cash": fund.cash,
        "fund_reserve": fund.reserve,
        "fund_liabilities": liabilities,
        "fund_leverage": fund.leverage(liabilities),
        "fund_state": sharing.status,
        "fund_put_in": fund.initial + fund.top_ups,
        "fund_income": postings.sum_of("investment_income") - postings.sum_of("investment_loss"),
        "premium_subsidy": postings.sum_of("premium_subsidy"),
        "replenishment": postings.sum_of("replenishment"),
        "government_cost": postings.net_of(GOVERNMENT),
        **{f"compensation_{SHORT[name]}": postings.sum_of("compensation", payer=name) for name in GUARANTORS},
        **{f"net_{SHORT[name]}": -postings.net_of(name) for name in (PARTNER_BANKS, RE_GUARANTEE_FUND, INSURER)},
        "compensation_rate_outstanding": rates["outstanding"],
        "compensation_rate_released": rates["released"],
        "compensation_rate_cumulative": rates["cumulative"],
        "covered_outstanding": sharing.cover.outstanding,
        "coverage_won": sharing.won_billionths / BILLION,
        "partner_claim": sharing.partner_claim,
        "partner_tier_one": sum(partners.tier_one),
        "partners_withdrawn": sum(1 for mood in partners.withdrawn if mood),
        "suspension_month": sharing.suspension_month,
        "exhaustion_month": sharing.exhaustion_month,
    }
