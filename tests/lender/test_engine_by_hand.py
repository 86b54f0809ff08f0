"""The list of rules by hand: every result of every action, at its bounds."""

from __future__ import annotations

from sim.lender.policies.engine import ACTIONS, DecisionRule, stage_of
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_OPEN, NEVER
from tests.laws.calling import does

ACCOUNT = {"line": LINE_OPEN, "limit": 1_050_000, "closed_month": NEVER, "months_in_state": 5, "payment": 50_000,
           "overdue": 40_000, "months_past_due": 4, "reliefs": 0, "offer_rate": 0.15, "rate": 0.12,
           "principal": 595_000, "interest": 5_000, "limit_cap": 30_000_000, "month": 7, "score": 600.0}  # fmt: skip
ACTED = {"decided_by": 1, "rule_hits place": 1, "rule_hits amount": 1}
PASSED = {"rule_hits amount": 1}


def list_of(action, by=0.0):
    return stage_of((DecisionRule("x", "score > 0", action, by),))


def test_keep_and_refer():
    does(list_of("keep"), ACCOUNT, ACTED)
    does(list_of("refer"), ACCOUNT, {**ACTED, "referrals": 1})


def test_raise_and_cut_within_their_bounds():
    does(list_of("raise", 0.1), ACCOUNT, {**ACTED, "limit": 1_150_000})
    does(list_of("raise", 0.1), {**ACCOUNT, "limit_cap": 1_100_000}, {**ACTED, "limit": 1_100_000})
    does(list_of("raise", 0.1), {**ACCOUNT, "line": LINE_FROZEN}, PASSED)
    does(list_of("cut", 0.3), ACCOUNT, {**ACTED, "limit": 730_000})
    does(list_of("cut", 0.9), {**ACCOUNT, "limit": 20_000}, {**ACTED, "limit": 10_000})
    does(list_of("cut", 0.9), {**ACCOUNT, "limit": 10_000}, PASSED)


def test_freeze_thaw_and_close():
    frozen = {**ACCOUNT, "line": LINE_FROZEN}
    does(list_of("freeze"), ACCOUNT, {**ACTED, "line": LINE_FROZEN, "months_in_state": 0})
    does(list_of("freeze"), frozen, PASSED)
    does(list_of("thaw"), frozen, {**ACTED, "line": LINE_OPEN, "months_in_state": 0})
    does(list_of("thaw"), ACCOUNT, PASSED)
    closed = {**ACTED, "line": LINE_CLOSED, "limit": 0, "months_in_state": 0, "closures": 1}
    for state in (ACCOUNT, frozen):
        does(list_of("close"), state, {**closed, "closed_month": 7})
        does(list_of("close"), {**state, "closed_month": 3}, closed)
    does(list_of("close"), {**ACCOUNT, "line": LINE_CLOSED}, PASSED)


def test_recall_asks_for_what_is_not_overdue():
    closed = {**ACTED, "line": LINE_CLOSED, "limit": 0, "months_in_state": 0, "closures": 1, "closed_month": 7}
    does(list_of("recall", 4.0), ACCOUNT, {**closed, "payment": 140_001})  # 560 000 in four, and a fen
    does(list_of("recall", 40.0), ACCOUNT, closed)
    does(list_of("recall", 0.0), ACCOUNT, {**closed, "payment": 560_001})
    does(list_of("recall", 4.0), {**ACCOUNT, "principal": 0}, {**closed, "payment": 0})


def test_reprice_within_the_law():
    does(list_of("reprice", 0.02), ACCOUNT, {**ACTED, "offer_rate": 0.17})
    does(list_of("reprice", 0.5), ACCOUNT, {**ACTED, "offer_rate": 0.36})
    does(list_of("reprice", -0.5), ACCOUNT, {**ACTED, "offer_rate": 0.0})


def test_restructure_plans_anew():
    """600 000 over a year at 12 %: the annuity of 53 309.27 rounded up."""
    plan = {**ACTED, "payment": 53_310, "overdue": 0, "months_past_due": 0, "reliefs": 1, "line": LINE_FROZEN,
            "restructured": 1, "npl_restructured": 595_000}  # fmt: skip
    does(list_of("restructure", 12.0), ACCOUNT, plan)
    does(list_of("restructure", 12.0), {**ACCOUNT, "months_past_due": 3}, {**plan, "npl_restructured": 0})
    does(list_of("restructure", 0.0), ACCOUNT, {**plan, "payment": 606_000})  # within one month, with its interest
    does(list_of("restructure", 12.0), {**ACCOUNT, "reliefs": 120}, {**plan, "reliefs": 120})
    does(list_of("restructure", 12.0), {**ACCOUNT, "months_past_due": 0}, PASSED)
    does(list_of("restructure", 12.0), {**ACCOUNT, "principal": 0}, PASSED)


def test_the_second_rule_signs_as_second():
    rules = stage_of((DecisionRule("a", "score < 600", "freeze"), DecisionRule("b", "score <= 600", "refer")))
    does(rules, ACCOUNT, {"decided_by": 2, "rule_hits place": 2, "rule_hits amount": 1, "referrals": 1})
    assert set(ACTIONS) == {"keep", "raise", "cut", "freeze", "thaw", "close", "recall", "reprice", "restructure",
                            "refer"}  # fmt: skip
