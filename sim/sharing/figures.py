"""The month's result figures of risk sharing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.sharing.scheme import (
    GOVERNMENT,
    GUARANTEE_FUND,
    INSURER,
    LENDER,
    PARTNER_BANKS,
    RE_GUARANTEE_FUND,
)

if TYPE_CHECKING:
    from sim.sharing.state import RiskSharing

OTHERS = (RE_GUARANTEE_FUND, INSURER, GOVERNMENT)


@dataclass(frozen=True)
class MonthTotals:
    """What was paid in the month, in fen."""

    premium: int
    compensation: int
    unpaid: int
    fund_recoveries: int


def figures(
    sharing: RiskSharing, losses: Mapping[str, int], claimed: Mapping[str, int], totals: MonthTotals
) -> dict[str, float]:
    """Return the figures by name: fen, fractions, times, and months counted from the policy date.

    ``loss_*`` are net charge-offs by who bears them: they sum to what was charged off of the covered loans
    less what was recovered on it, whatever the scheme. ``claimed_*`` are claims at the trigger less cash
    paid on them: what the contract moved, earlier than the charge-off.
    """
    liabilities = sharing.liabilities()
    rates = sharing.compensation_rates()
    return {
        "loss_lender": losses[LENDER],
        "loss_partner": losses[PARTNER_BANKS],
        "loss_fund": losses[GUARANTEE_FUND],
        "loss_others": sum(losses[name] for name in OTHERS),
        "claimed_lender": claimed[LENDER],
        "claimed_partner": claimed[PARTNER_BANKS],
        "claimed_fund": claimed[GUARANTEE_FUND],
        "claimed_others": sum(claimed[name] for name in OTHERS),
        "premium_paid": totals.premium,
        "compensation_paid": totals.compensation,
        "compensation_unpaid": totals.unpaid,
        "fund_recoveries": totals.fund_recoveries,
        "fund_capital": sharing.fund.net_assets,
        "fund_cash": sharing.fund.cash,
        "fund_liabilities": liabilities,
        "fund_leverage": sharing.fund.leverage(liabilities),
        "fund_state": sharing.status,
        "compensation_rate_outstanding": rates["outstanding"],
        "compensation_rate_released": rates["released"],
        "compensation_rate_cumulative": rates["cumulative"],
        "covered_outstanding": sharing.cover.outstanding,
        "partner_claim": sharing.partner_claim,
        "suspension_month": sharing.suspension_month,
        "exhaustion_month": sharing.exhaustion_month,
    }
