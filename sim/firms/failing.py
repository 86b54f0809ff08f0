"""How a firm fails: somebody waits too long, or debts far exceed assets."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.loan.states import FAILURE_CUSTOMERS, FAILURE_ILLIQUID, FAILURE_INSOLVENT


class CountMonthsShort(NamedTuple):
    """What `count_months_short` leaves."""

    months_short: int


@stage(where="alive trading")
def count_months_short(cash: int, overdraft: int, debts_due: int, months_short: int) -> CountMonthsShort:
    """Count the months in a row in which suppliers waited, or the line at the bank outside was passed."""
    waiting = debts_due > 0 or cash < -overdraft
    return CountMonthsShort(months_short=min(months_short + 1, 120) if waiting else 0)


class JudgeFailure(NamedTuple):
    """What `judge_failure` leaves."""

    failure: int
    hit: int
    failures: Tally
    failures_by_customers: Tally


@stage(where="alive trading")
def judge_failure(
    cash: int,
    receivables: int,
    inventory: int,
    pledge: int,
    claims: int,
    debts: int,
    principal: int,
    interest: int,
    months_short: int,
    months_past_due: int,
    hit: int,
    normal_sales: int,
    unpaid_months: int,
    petition_months: int,
    insolvency_months: float,
) -> JudgeFailure:
    """Whether suppliers, wages or the lender wait too long (illiquid), or debts far exceed assets (insolvent).

    Black and Cox (1976) first passage, with liquidity beside it: most small firms die of lack of cash.
    """
    worth = cash + receivables + inventory + pledge + claims - debts - principal - interest
    illiquid = months_short >= unpaid_months or months_past_due >= petition_months
    if not illiquid and worth >= -insolvency_months * normal_sales:
        return JudgeFailure(failure=0, hit=int(hit * 0.8), failures=0, failures_by_customers=0)
    customers = illiquid and hit * 20 > normal_sales
    failure = FAILURE_CUSTOMERS if customers else FAILURE_ILLIQUID if illiquid else FAILURE_INSOLVENT
    return JudgeFailure(
        failure=failure,
        hit=hit,
        failures=1,
        failures_by_customers=1 if failure == FAILURE_CUSTOMERS else 0,
    )


class StopTrading(NamedTuple):
    """What `stop_trading` leaves."""

    trading: int
    failed_month: int
    vacancies: int
    layoffs: int
    niche: int


@stage(where="alive trading failure")
def stop_trading(staff: int, month: int) -> StopTrading:
    """Close a firm that fails: everybody is let go, and its market waits for a successor."""
    return StopTrading(trading=0, failed_month=month, vacancies=0, layoffs=staff, niche=1)


FAIL_OR_GO_ON = (count_months_short, judge_failure, stop_trading)
"""The end of a firm, or another month, in order."""
