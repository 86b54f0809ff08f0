"""Debts to other lenders by hand: what falls due, what is cut with the platform, what is lent and written off."""

from __future__ import annotations

import pytest

from sim.engine.loops.compiled import plain
from sim.loan.states import LARGEST
from sim.persons import elsewhere
from sim.persons.elsewhere import (
    FADES,
    ask_other_lenders,
    borrow_elsewhere,
    carry_other_debt,
    follow_platform,
    is_short,
    is_tempted,
    note_limit,
    owe_elsewhere,
    stack_loan,
)
from tests.laws.calling import call, does

due_elsewhere = plain(elsewhere.due_elsewhere)
left_elsewhere = plain(elsewhere.left_elsewhere)
CARRYING = (owe_elsewhere, carry_other_debt, borrow_elsewhere)


def test_what_is_due_rises_with_arrears_and_with_the_squeeze():
    assert [due_elsewhere(1000, late, 0.08, 0, 0.25) for late in (0, 1, 2, 3, 4, 50)] == [80, 160, 240, 320, 320, 320]
    assert due_elsewhere(1000, 0, 0.08, 40, 0.25) == 180
    assert due_elsewhere(1000, 0, 0.08, 100, 0.25) == 330
    assert due_elsewhere(1000, 3, 0.4, 0, 0.25) == 1000
    assert due_elsewhere(0, 3, 0.4, 0, 0.25) == 0


def test_what_is_left_of_limits_there_falls_with_debt_and_with_what_a_bureau_shows():
    """Six months of 50 000 times 1.5 are 450 000."""
    assert left_elsewhere(100_000, 50_000, 1.5, 6.0, 30_000, 0.5) == 335_000
    assert left_elsewhere(100_000, 50_000, 1.5, 6.0, 30_000, 0.0) == 350_000
    assert left_elsewhere(500_000, 50_000, 1.5, 6.0, 30_000, 0.5) == -65_000


def test_the_limit_is_noted_before_the_lender_decides():
    does(note_limit, {"limit": 5}, {"limit_before": 5})


def test_others_cut_whom_the_platform_cut_and_forget_within_a_year():
    cut = {"limit": 399, "limit_before": 400, "other_squeeze": 0, "same_engine_share": 0.305}
    does(follow_platform, cut, {"other_squeeze": 31, "lines_cut_elsewhere": 1})
    does(follow_platform, {**cut, "same_engine_share": 0.3046}, {"other_squeeze": 30, "lines_cut_elsewhere": 1})
    does(follow_platform, {**cut, "limit": 0}, {"other_squeeze": 31, "lines_cut_elsewhere": 1})
    does(follow_platform, {**cut, "other_squeeze": 60}, {"lines_cut_elsewhere": 1})
    for squeeze, left in ((0, 0), (1, 0), (12, 11), (13, 11), (60, 55), (61, 55), (100, 91)):
        does(follow_platform, {**cut, "limit": 400, "other_squeeze": squeeze}, {"other_squeeze": left})
        does(follow_platform, {**cut, "limit": 401, "other_squeeze": squeeze}, {"other_squeeze": left})
    assert FADES == 12


# 8 000 are due, 1 300 of them interest.
OWES = {"other_debt": 100_000, "other_past_due": 0, "paid_other": 8_000, "income_permanent": 50_000,
        "appetite": 1.5, "employed": 1, "other_interest": 0.013, "other_due_share": 0.08, "other_squeeze": 0,
        "squeezed_due": 0.25, "other_limit": 6.0, "other_growth": 0.06, "other_charge_off_months": 6,
        "principal": 30_000, "bureau_share": 0.5, "loans_elsewhere": 2.0, "luck_other_credit": 0.06}  # fmt: skip
FADED = {"loans_elsewhere": 2.0 * 23.0 / 24.0}  # remembered for two years
PAID = {**FADED, "other_debt": 93_300, "others_repaid.received": 6_700, "others_interest.received": 1_300}
TOOK = {"loans_elsewhere": 1.0 + 2.0 * 23.0 / 24.0}


def carried(state, changed):
    """Check one month's carrying; what others would still lend is that before the month's payment."""
    limit = int(min(6.0 * state["income_permanent"] * state["appetite"], LARGEST))
    left = limit - state["other_debt"] - int(state["bureau_share"] * state["principal"])
    does(CARRYING, state, {"other_room": 0 if state["other_past_due"] else max(left, 0), **changed})


def test_a_payment_covers_interest_first_and_arrears_are_counted():
    carried(OWES, PAID)
    carried( {**OWES, "paid_other": 7_999}, {**PAID, "other_debt": 93_301, "other_past_due": 1,
                                                           "others_repaid.received": 6_699})  # fmt: skip
    carried({**OWES, "paid_other": 1_000}, {**FADED, "other_past_due": 1, "others_interest.received": 1_000})
    late = {**OWES, "other_past_due": 2}  # thrice 8 000
    carried( {**late, "paid_other": 24_000}, {**PAID, "other_debt": 77_300, "other_past_due": 0,
                                                            "others_repaid.received": 22_700})  # fmt: skip
    carried( {**late, "paid_other": 23_999}, {**PAID, "other_debt": 77_301, "other_past_due": 3,
                                                            "others_repaid.received": 22_699})  # fmt: skip


def test_old_arrears_are_written_off_there():
    late = {**OWES, "paid_other": 500, "luck_other_credit": 0.0}
    carried( {**late, "other_past_due": 5}, {**FADED, "other_debt": 0, "other_past_due": 0,
                                                           "others_interest.received": 500,
                                                           "others_written_off": 100_000})  # fmt: skip
    carried({**late, "other_past_due": 4}, {**FADED, "other_past_due": 5, "others_interest.received": 500})


def test_loans_there_are_remembered_after_they_are_repaid():
    state = {name: OWES[name] for name in carry_other_debt.arguments if name != "other_due"} | {"other_due": 8_000}
    repaid = {**state, "other_debt": 7_000, "paid_other": 7_091}  # 91 of it interest
    gone = {"other_debt": 0, "other_past_due": 1, "others_repaid.received": 7_000, "others_interest.received": 91}
    does(carry_other_debt, repaid, {**gone, **FADED})
    assert carry_other_debt.where == ("alive", "loans_elsewhere"), "the memory fades when nothing is owed, too"
    after = call(carry_other_debt, **{**state, "loans_elsewhere": 1.0})["loans_elsewhere"]
    assert after**24 == pytest.approx(0.36, abs=0.002), "e-fold in two years"


def test_those_at_work_and_in_order_borrow_more_from_appetite():
    """A quarter of six months of income times 1.5, less what is owed there and what a bureau shows of the loan here."""
    lucky = {**OWES, "luck_other_credit": 0.059}
    drawn = (450_000 - 93_300 - 15_000) // 4
    carried( lucky, {**PAID, **TOOK, "other_debt": 93_300 + drawn, "others_drawn": drawn,
                                   "purchases.paid": drawn})  # fmt: skip
    unseen = (450_000 - 93_300) // 4
    carried( {**lucky, "bureau_share": 0.0},
         {**PAID, **TOOK, "other_debt": 93_300 + unseen, "others_drawn": unseen, "purchases.paid": unseen})  # fmt: skip
    carried({**lucky, "employed": 0}, PAID)
    carried({**lucky, "income_permanent": 12_000}, PAID)  # 108 000 less 108 300
    carried( {**lucky, "paid_other": 7_999}, {**PAID, "other_debt": 93_301, "other_past_due": 1,
                                                            "others_repaid.received": 6_699})  # fmt: skip
    squeezed = {**lucky, "other_squeeze": 50, "paid_other": 20_500}
    cut = {**PAID, "other_debt": 80_800, "others_repaid.received": 19_200}
    carried({**squeezed, "luck_other_credit": 0.031}, cut)
    more = (450_000 - 80_800 - 15_000) // 4
    carried( {**squeezed, "luck_other_credit": 0.029},
         {**cut, **TOOK, "other_debt": 80_800 + more, "others_drawn": more, "purchases.paid": more})  # fmt: skip


def test_only_those_borrow_more_there_who_owed_and_paid_all_that_was_asked():
    """Whoever has just repaid everything may; whose debt was written off may not, nor who owed nothing."""
    state = {**OWES, "other_due": 8_000, "bureau_share": 0.0, "luck_other_credit": 0.0}
    state = {name: state[name] for name in borrow_elsewhere.arguments}
    drawn = {"other_debt": 112_500, "loans_elsewhere": 3.0, "others_drawn": 112_500, "purchases.paid": 112_500}
    does(borrow_elsewhere, {**state, "other_debt": 0}, drawn)
    for other in ({"paid_other": 7_999}, {"paid_other": 0, "other_due": 0}):
        does(borrow_elsewhere, {**state, "other_debt": 0, **other})
    owing = {name: OWES[name] for name in owe_elsewhere.arguments}
    does(owe_elsewhere, owing, {"other_due": 8_000, "other_room": 450_000 - 100_000 - 15_000})
    does(owe_elsewhere, {**owing, "bureau_share": 0.0}, {"other_due": 8_000, "other_room": 350_000})
    does(owe_elsewhere, {**owing, "other_past_due": 1}, {"other_due": 16_000, "other_room": 0})
    does(owe_elsewhere, {**owing, "income_permanent": 12_000}, {"other_due": 8_000, "other_room": 0})


STACKS = {"other_debt": 100_000, "other_due": 8_000, "other_room": 20_000, "cash": 5_000, "due": 9_000, "unwilling": 0,
          "loans_elsewhere": 2.0, "other_squeeze": 0, "other_appetite": 0.5, "stacking": 0.5,
          "luck_other_credit": 0.249}  # fmt: skip


def test_one_loan_pays_another_where_cash_does_not():
    """12 000 are missing of 17 000 due; other lenders lend it in one case of four, up to their limit."""
    took = {"other_debt": 112_000, "cash": 17_000, "loans_elsewhere": 3.0, "others_drawn": 12_000}
    does(stack_loan, STACKS, took)
    does(stack_loan, {**STACKS, "unwilling": 1},
         {"other_debt": 103_000, "cash": 8_000, "loans_elsewhere": 3.0, "others_drawn": 3_000})  # fmt: skip
    does(stack_loan, {**STACKS, "other_room": 7_000},
         {"other_debt": 107_000, "cash": 12_000, "loans_elsewhere": 3.0, "others_drawn": 7_000})  # fmt: skip
    for other in ({"luck_other_credit": 0.25}, {"cash": 17_000}, {"other_squeeze": 1}, {"stacking": 0.49}):
        does(stack_loan, {**STACKS, **other})
    does(stack_loan, {**STACKS, "other_squeeze": 50, "luck_other_credit": 0.124}, took)
    assert stack_loan.where == ("alive", "other_room"), "nothing is lent to whoever is late there, or owes nobody"


SHORT = {"other_debt": 100_000, "other_past_due": 0, "loans_elsewhere": 2.0, "shortfall": 60_000,
         "income_permanent": 50_000, "appetite": 0.5, "other_squeeze": 0,
         "other_limit": 12.0, "other_appetite": 0.3, "principal": 100_000,
         "bureau_share": 0.5, "luck_other_credit": 0.299}  # fmt: skip


def test_help_elsewhere_covers_what_is_missing_up_to_the_limit_there():
    helped = {
        "other_debt": 160_000,
        "shortfall": 0,
        "loans_elsewhere": 3.0,
        "others_drawn": 60_000,
        "essentials.paid": 60_000,
    }
    does(ask_other_lenders, SHORT, helped)
    does(ask_other_lenders, {**SHORT, "shortfall": 200_000},  # room for 300 000 - 100 000 - 50 000
         {"other_debt": 250_000, "shortfall": 50_000, "loans_elsewhere": 3.0, "others_drawn": 150_000,
          "essentials.paid": 150_000})  # fmt: skip
    for other in (
        {"luck_other_credit": 0.3}, {"other_past_due": 1}, {"other_debt": 250_000}, {"other_debt": 260_000},
        {"principal": 400_000}, {"other_squeeze": 1},
    ):  # fmt: skip
        does(ask_other_lenders, {**SHORT, **other})
    does(ask_other_lenders, {**SHORT, "other_squeeze": 50, "luck_other_credit": 0.149}, helped)
    does(ask_other_lenders, {**SHORT, "principal": 400_000, "bureau_share": 0.0}, helped)


def test_nobody_owes_others_more_than_a_column_holds():
    rich = {"income_permanent": LARGEST, "appetite": 300.0, "bureau_share": 0.0}
    does(ask_other_lenders, {**SHORT, **rich, "other_debt": LARGEST - 7},
         {"other_debt": LARGEST, "shortfall": 59_993, "loans_elsewhere": 3.0, "others_drawn": 7,
          "essentials.paid": 7})  # fmt: skip
    after = call(CARRYING, **{**OWES, **rich, "luck_other_credit": 0.0})
    assert after["others_drawn"] == (LARGEST - 93_300) // 4


def test_whom_other_lenders_are_asked_by():
    """Who is short of what is due, to the platform too if it is to be paid; and who is tempted."""
    assert [is_short(60, cash, 40, unwilling) for cash in (59, 60, 99, 100) for unwilling in (0, 1)] == [
        *(True, True), *(True, False), *(True, False), *(False, False)
    ]  # fmt: skip
    assert [is_tempted(0.03, luck) for luck in (0.029, 0.03)] == [True, False]
