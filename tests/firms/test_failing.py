"""The end of firms by hand: who waits too long, what debts are too many, and what is left of a firm then."""

from __future__ import annotations

from sim.firms.failing import FAIL_OR_GO_ON, count_months_short, judge_failure, stop_trading
from sim.loan.states import FAILURE_CUSTOMERS, FAILURE_ILLIQUID, FAILURE_INSOLVENT
from tests.laws.calling import does

SOUND = {"trading": 1, "cash": 100, "overdraft": 50, "receivables": 10, "inventory": 20, "pledge": 30, "claims": 40,
         "debts": 60, "debts_due": 0, "principal": 70, "interest": 5, "months_short": 2, "months_past_due": 3,
         "hit": 50, "staff": 7, "normal_sales": 1_000, "month": 9,
         "unpaid_months": 3, "petition_months": 4, "insolvency_months": 1.0}  # fmt: skip
GOES_ON = {"trading": 1, "months_short": 0, "hit": 40}
FAILED = {"trading": 0, "months_short": 0, "failed_month": 9, "vacancies": 0, "layoffs": 7, "niche": 1, "failures": 1}
ILLIQUID = {**FAILED, "failure": FAILURE_ILLIQUID}


def test_a_firm_goes_on_and_forgets_what_customers_cost():
    does(FAIL_OR_GO_ON, SOUND, GOES_ON)
    does(FAIL_OR_GO_ON, {**SOUND, "cash": -50, "months_short": 0}, GOES_ON)
    does(FAIL_OR_GO_ON, {**SOUND, "cash": -51, "months_short": 0}, {**GOES_ON, "months_short": 1})
    does(FAIL_OR_GO_ON, {**SOUND, "debts_due": 1, "months_short": 1}, {**GOES_ON, "months_short": 2})
    does(FAIL_OR_GO_ON, {**SOUND, "debts_due": 1, "months_short": 120, "unpaid_months": 999},
         {**GOES_ON, "months_short": 120})  # fmt: skip


def test_a_firm_fails_when_somebody_waits_too_long():
    does(FAIL_OR_GO_ON, {**SOUND, "debts_due": 1}, {**ILLIQUID, "months_short": 3})
    does(FAIL_OR_GO_ON, {**SOUND, "cash": -51}, {**ILLIQUID, "months_short": 3})
    does(FAIL_OR_GO_ON, {**SOUND, "months_past_due": 4}, ILLIQUID)
    by_customers = {**FAILED, "failure": FAILURE_CUSTOMERS, "failures_by_customers": 1}
    does(FAIL_OR_GO_ON, {**SOUND, "months_past_due": 4, "hit": 51}, by_customers)


def test_a_firm_fails_when_debts_far_exceed_what_it_has():
    """Worth 65 and a month of sales of 1 000: the bound is passed with 1 066 more owed."""
    insolvent = {**FAILED, "failure": FAILURE_INSOLVENT}
    for name in ("debts", "principal", "interest"):
        does(FAIL_OR_GO_ON, {**SOUND, name: SOUND[name] + 1_065}, GOES_ON)
        does(FAIL_OR_GO_ON, {**SOUND, name: SOUND[name] + 1_066}, insolvent)
    near = {**SOUND, "principal": 70 + 1_065}
    for name in ("cash", "receivables", "inventory", "pledge", "claims"):
        does(FAIL_OR_GO_ON, {**near, name: SOUND[name] - 1}, insolvent)
    does(FAIL_OR_GO_ON, {**near, "principal": 9_999, "months_past_due": 4}, ILLIQUID)
    does(FAIL_OR_GO_ON, {**near, "principal": 9_999, "hit": 900}, {**insolvent, "hit": 900})


def test_the_rules_in_order():
    assert (count_months_short, judge_failure, stop_trading) == FAIL_OR_GO_ON
