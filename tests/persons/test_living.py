"""Living by hand: essentials, bills, family help, and what stays uncovered."""

from __future__ import annotations

from sim.engine.loops.compiled import plain
from sim.loan.states import LARGEST
from sim.persons.living import LIVING, is_billed, live, meet_bill, needed
from tests.laws.calling import does

# Three quarters of the usual income: three quarters of the essentials, 150 000.
LIVES = {"cash": 500_000, "essential": 200_000, "income": 300_000, "income_permanent": 400_000, "employed": 0,
         "essential_flexibility": 0.3, "expense_probability": 0.02, "expense_size": 2.0, "family_probability": 0.5,
         "luck_expense": 0.02, "luck_help": 0.49}  # fmt: skip
# Half way in the tail that brings a bill: 300 000 ln 2.
BILL = 207_944


def test_essentials_fall_with_income_as_far_as_they_can():
    for income, eaten in ((300_000, 150_000), (280_000, 140_000), (100_000, 140_000), (0, 140_000), (400_000, 200_000),
                          (900_000, 200_000)):  # fmt: skip
        does(LIVING, {**LIVES, "income": income}, {"cash": 500_000 - eaten, "essentials.paid": eaten})


def test_a_bill_is_paid_after_the_essentials():
    billed = {**LIVES, "luck_expense": 0.01}
    does(LIVING, billed, {"cash": 350_000 - BILL, "shock": BILL, "essentials.paid": 150_000, "expenses.paid": BILL})
    does(LIVING, {**billed, "cash": 150_000 + BILL},
           {"cash": 0, "shock": BILL, "essentials.paid": 150_000, "expenses.paid": BILL})  # fmt: skip
    does(LIVING, {**billed, "cash": 200_000}, {"cash": 0, "shock": BILL, "shortfall": BILL - 50_000,
                                             "essentials.paid": 150_000, "expenses.paid": 50_000})  # fmt: skip
    huge = {**billed, "essential": LARGEST, "expense_size": 60.0, "cash": 0, "employed": 1}
    does(LIVING, huge, {"shock": LARGEST, "shortfall": LARGEST + 750_000_000})


def test_family_covers_missing_essentials_of_the_jobless_alone():
    short = {**LIVES, "cash": 100_000}
    does(LIVING, short, {"cash": 0, "essentials.paid": 150_000, "family_help.received": 50_000})
    uncovered = {"cash": 0, "shortfall": 50_000, "essentials.paid": 100_000}
    does(LIVING, {**short, "luck_help": 0.5}, uncovered)
    does(LIVING, {**short, "employed": 1}, uncovered)
    billed = {"cash": 0, "shock": BILL, "shortfall": BILL, "essentials.paid": 150_000, "family_help.received": 50_000}
    does(LIVING, {**short, "luck_expense": 0.01}, billed)


def test_a_bill_comes_to_few_and_counts_in_months_of_what_is_needed():
    assert (meet_bill, live) == LIVING and [is_billed(0.02, luck) for luck in (0.019, 0.02)] == [True, False]
    assert plain(needed)(200_000, 300_000, 400_000, 0.3) == 150_000
    asked = {name: LIVES[name] for name in meet_bill.arguments}
    does(meet_bill, {**asked, "luck_expense": 0.01}, {"shock": BILL})
    does(meet_bill, {**asked, "luck_expense": 0.01, "income": 0}, {"shock": 194_081})
    does(meet_bill, asked)
