"""What a tape says about persons, by hand: income by limit, cash by payment, job and will by arrears."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sim.loan.states import CAUSE_INCOME, CAUSE_JOB_LOSS, CAUSE_NONE, CAUSE_STRATEGIC
from sim.persons.conditional import HIGHEST_APPETITE, LARGEST, Beliefs, Evidence, private_state

POPULATION = SimpleNamespace(essential_floor=1_000, stationary_cash=2.0)
BELIEFS = Beliefs()


def of_three(**values):
    """An account of half the median limit, the median account, and one of twice as much; all paid in full."""
    shown = {"limit": [2_500, 10_000, 40_000], "principal": [0, 4_000, 60_000], "months_past_due": [0, 0, 0],
             "memory": [0.0] * 3, "paid_share": [1.0, 0.75, 0.0], "full": [True, False, False],
             "unused": [False] * 3, "clean": [True, True, False], "young": [0, 0, 1], "income": [0, 0, 0]}  # fmt: skip
    return Evidence(**{name: np.array(given) for name, given in {**shown, **values}.items()})


PRIOR = {"income_permanent": 8_000, "essential": 3_000, "patience": 2.0, "honesty": 0.75, "appetite": 1.0,
         "other_debt": 6_000, "employed": 1, "months_jobless": 0, "leaves_arrears": 0}  # fmt: skip
LUCK = np.full((4, 3), 0.5)


def seen(evidence=None, luck=LUCK, beliefs=BELIEFS, **prior):
    columns = {name: np.full(3, value) for name, value in {**PRIOR, **prior}.items()}
    state = private_state(evidence or of_three(), beliefs, columns, luck, POPULATION)
    return {name: values.tolist() for name, values in state.items()}


def test_income_and_essentials_rise_with_the_root_of_the_limit():
    found = seen()
    assert found["income_permanent"] == [4_000, 8_000, 16_000] and found["essential"] == [1_500, 3_000, 6_000]
    wide = seen(of_three(limit=[100, 10_000, 10**6]))
    assert wide["income_permanent"] == [8_000 // 3, 8_000, 24_000] and wide["essential"] == [1_000, 3_000, 9_000]
    told = seen(of_three(income=[0, 6_000, 1]))
    assert told["income_permanent"] == [4_000, 6_000, 1_251] and told["essential"] == [1_500, 2_250, 1_000]


def test_income_stays_within_what_a_column_holds():
    rich = seen(of_three(income=[0, 0, 2**40], paid_share=[1.0] * 3), essential=8_000)
    assert rich["income_permanent"][2] == LARGEST == rich["essential"][2]
    assert rich["cash"][2] > LARGEST, "fen of cash are kept in 64 bits"


def test_cash_and_patience_follow_how_bills_were_paid():
    """Twice the income at usual patience and luck; half the level at a minimum payment, a tenth when late."""
    found = seen()
    assert found["patience"] == [3.0, 2.5, 1.0]
    assert found["cash"] == [2 * 3 * 4_000, 2 * 0.5 * 2.5 * 8_000, 2 * 0.5 * 1 * 16_000]
    late = seen(of_three(months_past_due=[1, 1, 0], unused=[False, False, True]))
    assert late["cash"] == [2_400, 4_000, 32_000]
    lucky = seen(luck=np.array([[0.0, 1.0, 0.5], *[[0.5] * 3] * 3]))
    assert lucky["cash"] == pytest.approx([24_000 * 0.2, 20_000 * 1.8, 16_000])


def test_who_was_never_late_is_thought_more_honest_and_who_will_not_pay_less():
    assert seen()["honesty"] == pytest.approx([0.8, 0.8, 0.75])
    unwilling = replace(BELIEFS, unwilling_late=1.0, unwilling_most=1.0)
    assert seen(of_three(months_past_due=[1, 0, 2]), beliefs=unwilling)["honesty"] == pytest.approx([0.4, 0.8, 0.375])


def test_appetite_and_debt_elsewhere_by_what_is_used():
    found = seen()
    assert found["appetite"] == pytest.approx([0.5, 0.75, 0.5 + 0.5 * 3.75])
    assert found["other_debt"] == [1_500, int(6_000 * 0.7), int(6_000 * 2 * 1.25)]
    eager = seen(of_three(principal=[10**6, 0, 0]), appetite=20.0)
    assert eager["appetite"] == [HIGHEST_APPETITE, 10.0, 10.0]
    assert seen(beliefs=replace(BELIEFS, other_debt=10.0), other_debt=2 * 10**9)["other_debt"] == [LARGEST] * 3


def test_the_late_are_jobless_unwilling_or_short_of_income():
    """A fifth are without a job; a tenth for each month past due, and at most 0.6, will not pay."""
    job, will = [0.19, 0.2, 0.2], [0.9, 0.29, 0.31]
    found = seen(of_three(months_past_due=[3, 3, 3]), np.array([[0.5] * 3, job, [0.5] * 3, will]), months_jobless=9)
    assert found["cause"] == [CAUSE_JOB_LOSS, CAUSE_STRATEGIC, CAUSE_INCOME]
    assert found["employed"] == [0, 1, 1] and found["months_jobless"] == [3, 0, 0] and found["unwilling"] == [0, 1, 0]
    long = seen(of_three(months_past_due=[0, 9, 9]), np.array([*[[0.5] * 3] * 3, [0.1, 0.59, 0.61]]), months_jobless=9)
    assert long["unwilling"] == [0, 1, 0] and long["cause"][0] == CAUSE_NONE
    assert long["employed"][0] == 1 and long["months_jobless"] == [9, 0, 0], "who is not late keeps its job, or none"


def test_who_has_been_late_for_longer_leaves_arrears_more_often():
    """Three tenths for each month after the first, of those who are willing; who does so anyway goes on."""
    will, habit = np.array([*[[0.5] * 3] * 3, [0.9, 0.71, 0.69]]), replace(BELIEFS, habit_late=0.3)
    assert seen(of_three(months_past_due=[1, 2, 2]), will, habit)["leaves_arrears"] == [0, 1, 0]
    assert seen(of_three(months_past_due=[0, 3, 3]), will, habit)["leaves_arrears"] == [0, 1, 1]
    assert seen(of_three(months_past_due=[1, 9, 9]), will)["leaves_arrears"] == [0, 0, 0]
    assert seen(of_three(months_past_due=[0, 1, 9]), will, habit, leaves_arrears=1)["leaves_arrears"] == [1, 1, 1]
