"""Paying by hand: what a draw is spent on, who stops paying, in which order debts are served, and why one is missed."""

from __future__ import annotations

import pytest

from sim.loan.states import (
    CAUSE_EXPENSE,
    CAUSE_INCOME,
    CAUSE_JOB_LOSS,
    CAUSE_LINE_CLOSED,
    CAUSE_OVER_INDEBTED,
    CAUSE_OVERSIGHT,
    CAUSE_STRATEGIC,
    LINE_CLOSED,
    LINE_FROZEN,
    LINE_OPEN,
)
from sim.persons.elsewhere import owe_elsewhere
from sim.persons.payment import (
    choose_whether_to_pay,
    judge_payment,
    may_prepay,
    missed,
    pay_debts,
    prepay,
    receive_draw,
    reconsiders,
    trace_shortage,
    weigh_stopping,
)
from tests.laws.calling import call, does

WILL = (weigh_stopping, choose_whether_to_pay)
PAYING = (owe_elsewhere, pay_debts, prepay, judge_payment, trace_shortage)

DRAWN = {"cash": 10, "drawn": 1_000, "contribution": 20, "shortfall": 300, "due": 100, "evergreening": 0}
TAKEN = {"loans_drawn.received": 1_000, "contribution.paid": 20}


def test_a_draw_covers_the_shortfall_then_the_instalment_then_buys():
    does(receive_draw, DRAWN, {**TAKEN, "shortfall": 0, "essentials.paid": 300, "purchases.paid": 680})
    does(receive_draw, {**DRAWN, "evergreening": 1},
         {**TAKEN, "cash": 100, "shortfall": 0, "essentials.paid": 300, "purchases.paid": 590,
          "drawn_to_repay": 90})  # fmt: skip
    does(receive_draw, {**DRAWN, "shortfall": 2_000}, {**TAKEN, "shortfall": 1_020, "essentials.paid": 980})
    does(receive_draw, {**DRAWN, "evergreening": 1, "due": 5},
         {**TAKEN, "shortfall": 0, "essentials.paid": 300, "purchases.paid": 680})  # fmt: skip
    does(receive_draw, {**DRAWN, "evergreening": 1, "due": 5_000},
         {**TAKEN, "cash": 690, "shortfall": 0, "essentials.paid": 300, "drawn_to_repay": 680})  # fmt: skip


# .01 x .5 x .5 x (1 + 10 x .02) = .003
WILLING = {"unwilling": 0, "due": 20, "line": LINE_OPEN, "income": 99, "honesty": 0.5, "strategic_hazard": 0.01,
           "closed_line_factor": 2.0, "contagion": 10.0, "default_share_by_community": 0.02, "burden_factor": 1.0,
           "pressure_by_months_past_due": 0.5, "months_past_due": 0, "sunk_hazard": 0.2, "resume_hazard": 0.03,
           "luck_pay": 0.5, "luck_resume": 0.5}  # fmt: skip
HAZARDS = (
    ({}, 0.003), ({"honesty": 0.0}, 0.012), ({"honesty": 1.0}, 0.0), ({"line": LINE_CLOSED}, 0.006),
    ({"line": LINE_FROZEN}, 0.003), ({"default_share_by_community": 0.0}, 0.0025), ({"contagion": 0.0}, 0.0025),
    ({"due": 5_000}, 0.009), ({"due": 30, "income": 100}, 0.003), ({"due": 29}, 0.003), ({"due": 31}, 0.00393),
    ({"due": 31, "burden_factor": 0.0}, 0.003),
    ({"months_past_due": 1}, 0.003), ({"months_past_due": 2}, 0.103), ({"months_past_due": 2, "honesty": 0.9}, 0.02012),
    ({"months_past_due": 13, "strategic_hazard": 0.0}, 0.1), ({"strategic_hazard": 0.02}, 0.006),
)  # fmt: skip


@pytest.mark.parametrize(("change", "hazard"), HAZARDS, ids=[str(change) for change, _ in HAZARDS])
def test_the_wish_to_repay_gives_way_at_its_hazard(change, hazard):
    state = {**WILLING, **change}
    does(WILL, {**state, "luck_pay": hazard + 1e-9})
    if hazard:
        does(WILL, {**state, "luck_pay": hazard - 1e-9}, {"unwilling": 1})


def test_everything_that_weakens_the_wish_at_once():
    worst = {**WILLING, "honesty": 0.0, "line": LINE_CLOSED, "default_share_by_community": 1.0, "due": 10_000}
    does(WILL, {**worst, "luck_pay": 0.659}, {"unwilling": 1})  # .01 x 2 x 11 x 3
    does(WILL, {**worst, "luck_pay": 0.661})


def test_collections_bring_back_the_will():
    stopped = {**WILLING, "unwilling": 1, "luck_pay": 0.0}
    for pressure, hazard in ((0.5, 0.045), (0.0, 0.03), (2.0, 0.09)):
        state = {**stopped, "pressure_by_months_past_due": pressure, "luck_pay": 0.99}
        does(WILL, {**state, "luck_resume": hazard - 1e-6}, {"unwilling": 0})
        does(WILL, {**state, "luck_resume": hazard + 1e-6})


# 300 are due here and 200 elsewhere.
OWES = {"cash": 1_000, "due": 300, "principal": 5_000, "interest": 50, "payment": 300, "other_debt": 2_000,
        "other_past_due": 0, "other_due_share": 0.1, "other_squeeze": 0, "squeezed_due": 0.5, "months_past_due": 0,
        "other_limit": 0.0, "appetite": 1.0, "bureau_share": 0.0,
        "line": LINE_OPEN, "employed": 1, "shock": 0, "shortfall": 0, "income_permanent": 2_000, "patience": 1.0,
        "unwilling": 0, "cause": 0, "leaves_arrears": 0, "closed_line_last": 1, "oversight": 0.01,
        "prepay_probability": 0.03, "luck_pay": 0.5, "luck_prepay": 0.5}  # fmt: skip


def pays(change, platform, others, expected=None):
    state = {**OWES, **change}
    moved = {"cash": state["cash"] - platform - others, "paid": platform, "paid_other": others}
    does(PAYING, state, {**moved, "paid_platform": platform, "paid_others": others, "can_pay": 1, **(expected or {})})


def test_an_open_line_comes_first_and_a_closed_one_last():
    pays({}, 300, 200)
    pays({"cash": 400}, 300, 100)
    pays({"line": LINE_CLOSED}, 300, 200)
    pays({"cash": 400, "line": LINE_FROZEN}, 300, 100)
    pays({"cash": 400, "line": LINE_CLOSED}, 200, 200, {"cause": CAUSE_INCOME})
    pays({"cash": 400, "line": LINE_CLOSED, "closed_line_last": 0}, 300, 100)
    pays({"cash": 100}, 100, 0, {"cause": CAUSE_INCOME, "can_pay": 0})
    pays({"cash": 0}, 0, 0, {"cause": CAUSE_INCOME, "can_pay": 0})
    pays({"other_past_due": 2}, 300, 600)
    pays({"other_squeeze": 40}, 300, 600)
    pays({"other_debt": 0}, 300, 0)
    pays({"other_debt": 300}, 300, 30)


def test_each_cause_of_a_first_miss():
    poor = {"cash": 100}
    miss = {"can_pay": 0}
    pays({**poor, "employed": 0, "shock": 9, "line": LINE_CLOSED, "shortfall": 9}, 0, 100,
         {"cause": CAUSE_JOB_LOSS, **miss})  # fmt: skip
    pays({**poor, "line": LINE_CLOSED, "shortfall": 1, "shock": 9}, 0, 100, {"cause": CAUSE_LINE_CLOSED, **miss})
    pays({**poor, "line": LINE_CLOSED, "shock": 1}, 0, 100, {"cause": CAUSE_EXPENSE, **miss})
    pays({**poor, "shortfall": 1, "shock": 1, "income_permanent": 999}, 100, 0, {"cause": CAUSE_EXPENSE, **miss})
    pays({**poor, "income_permanent": 999}, 100, 0, {"cause": CAUSE_OVER_INDEBTED, **miss})
    pays({**poor, "income_permanent": 1_000}, 100, 0, {"cause": CAUSE_INCOME, **miss})
    pays({**poor, "income_permanent": 1_000, "other_debt": 2_010}, 100, 0, {"cause": CAUSE_OVER_INDEBTED, **miss})


def test_the_unwilling_pay_others_and_keep_their_cause():
    pays({"unwilling": 1, "employed": 0}, 0, 200, {"cause": CAUSE_STRATEGIC})
    pays({"unwilling": 1, "cash": 299}, 0, 200, {"cause": CAUSE_STRATEGIC, "can_pay": 0})
    late = {"unwilling": 1, "months_past_due": 2, "cause": CAUSE_JOB_LOSS}
    pays(late, 0, 200, {"cause": CAUSE_STRATEGIC})
    pays({**late, "cash": 299}, 0, 200, {"cause": CAUSE_JOB_LOSS, "can_pay": 0})
    pays({"months_past_due": 2, "cause": CAUSE_EXPENSE, "cash": 0, "employed": 0}, 0, 0, {"can_pay": 0})


def test_a_payment_may_be_forgotten_once():
    pays({"luck_pay": 0.991}, 0, 200, {"cause": CAUSE_OVERSIGHT})
    pays({"luck_pay": 0.989}, 300, 200)
    pays({"luck_pay": 0.991, "months_past_due": 1, "cause": 2}, 300, 200, {"cause": 0})
    pays({"luck_pay": 0.991, "cash": 200}, 0, 200, {"cause": CAUSE_INCOME, "can_pay": 0})


def test_able_is_who_has_this_months_instalment():
    pays({"cash": 250, "due": 900, "payment": 200, "months_past_due": 3, "cause": 1}, 250, 0, {"can_pay": 1})
    pays({"cash": 300, "line": LINE_CLOSED}, 100, 200, {"cause": CAUSE_INCOME, "can_pay": 1})
    pays({"cash": 299, "line": LINE_CLOSED}, 99, 200, {"cause": CAUSE_INCOME, "can_pay": 0})
    pays({"cash": 300, "line": LINE_CLOSED, "payment": 400}, 100, 200, {"cause": CAUSE_INCOME, "can_pay": 1})
    pays({"cash": 199, "due": 900, "payment": 200, "months_past_due": 3, "cause": 1}, 199, 0, {"can_pay": 0})


def test_spare_cash_prepays_beyond_twice_the_buffer():
    lucky = {"luck_prepay": 0.029}
    pays({**lucky, "cash": 6_000}, 1_800, 200)  # 6 000 - 500 less 4 000
    pays({**lucky, "cash": 6_000, "patience": 0.5}, 3_800, 200)
    pays({**lucky, "cash": 4_501}, 301, 200)
    pays({**lucky, "cash": 4_500}, 300, 200)
    pays({**lucky, "cash": 20_000}, 5_050, 200)  # all that is owed
    pays({"luck_prepay": 0.03, "cash": 20_000}, 300, 200)
    pays({**lucky, "cash": 20_000, "unwilling": 1}, 0, 200, {"cause": CAUSE_STRATEGIC})
    pays({**lucky, "cash": 20_000, "due": 0, "principal": 0}, 0, 200)
    pays({**lucky, "cash": 20_000, "due": 0, "principal": 1, "interest": 0}, 1, 200)


def test_who_owes_nothing_is_at_peace():
    pays({"due": 0, "other_debt": 0, "cause": 5, "unwilling": 1}, 0, 0, {"cause": 0, "unwilling": 0})
    for principal in (1, 5_000):
        pays({"due": 0, "cause": 5, "unwilling": 1, "principal": principal}, 0, 200, {"cause": 0, "unwilling": 1})
    pays({"due": 0, "cause": 5, "unwilling": 1, "principal": 0}, 0, 200, {"cause": 0, "unwilling": 0})


def test_more_cash_never_pays_anybody_less():
    for line in (LINE_OPEN, LINE_CLOSED):
        paid = [call(PAYING, **{**OWES, "cash": cash, "line": line}) for cash in range(0, 1_000, 50)]
        for name in ("paid", "paid_other", "can_pay"):
            assert [after[name] for after in paid] == sorted(after[name] for after in paid)


def alone(rule, **change):
    """Arguments of one rule alone, as somebody in order would hand them in."""
    state = {**OWES, **WILLING, "other_due": 200, "forgot": 0, "can_pay": 1, "paid": 300, "stopping_hazard": 0.1}
    state |= {**OWES, **change}
    return {name: state[name] for name in rule.arguments}


def test_each_rule_of_a_payment_alone():
    does(weigh_stopping, alone(weigh_stopping, due=20), {"stopping_hazard": 0.003})
    does(choose_whether_to_pay, alone(choose_whether_to_pay, luck_pay=0.0999), {"unwilling": 1})
    does(choose_whether_to_pay, alone(choose_whether_to_pay, luck_pay=0.1))
    paid = {"cash": 500, "paid": 300, "paid_other": 200, "can_pay": 1, "paid_platform": 300, "paid_others": 200}
    does(pay_debts, alone(pay_debts), paid)
    does(pay_debts, alone(pay_debts, luck_pay=0.991),
         {"cash": 800, "paid_other": 200, "forgot": 1, "can_pay": 1, "paid_others": 200})  # fmt: skip
    # Due 300, of which 150 is the instalment of the month: some leave the arrears, once there are any.
    leaves = {"leaves_arrears": 1, "payment": 150}
    does(pay_debts, alone(pay_debts, **leaves), paid)
    does(pay_debts, alone(pay_debts, **leaves, months_past_due=1),
         {**paid, "cash": 650, "paid": 150, "paid_platform": 150})  # fmt: skip
    does(pay_debts, alone(pay_debts, leaves_arrears=0, payment=150, months_past_due=1), paid)
    does(prepay, alone(prepay, luck_prepay=0.0, cash=4_010), {"cash": 4_000, "paid": 310, "paid_platform": 10})
    for other in ({"paid": 299}, {"due": 0, "paid": 0, "other_debt": 0}, {"luck_prepay": 0.03}, {"cash": 3_999}):
        does(prepay, alone(prepay, **{"luck_prepay": 0.0, "cash": 4_010, **other}))
    does(judge_payment, alone(judge_payment, paid=299, forgot=1), {"cause": CAUSE_OVERSIGHT})
    does(judge_payment, alone(judge_payment, paid=299, forgot=1, can_pay=0))
    does(judge_payment, alone(judge_payment, paid=299, cause=CAUSE_EXPENSE), {"cause": 0})  # first missed now
    does(trace_shortage, alone(trace_shortage, paid=299, cause=CAUSE_OVERSIGHT))
    does(trace_shortage, alone(trace_shortage, paid=299), {"cause": CAUSE_INCOME})
    for other in ({"paid": 300}, {"months_past_due": 1}):
        does(trace_shortage, alone(trace_shortage, **{"paid": 299, **other}))


def test_whom_the_rules_are_asked_for():
    """Who has stopped or is about to, who may prepay, and whose payment was missed."""
    assert [reconsiders(unwilling, 0.1, luck) for unwilling in (0, 1) for luck in (0.09, 0.1)] == [
        True,
        False,
        True,
        True,
    ]
    assert [may_prepay(paid, 70, 0.03, luck) for paid in (69, 70, 71) for luck in (0.029, 0.03)] == [
        *(False, False), *(True, False), *(False, False)
    ]  # fmt: skip
    assert [missed(paid, 70) for paid in (0, 69, 70, 71)] == [True, True, False, False]
