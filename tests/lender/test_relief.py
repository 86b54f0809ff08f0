"""Relief by hand: who is offered a plan or a holiday, what the plan asks, and how long a holiday lasts."""

from __future__ import annotations

import sim
from sim.lender.policies.relief import (
    Moratorium,
    NoRelief,
    Restructuring,
    count_down,
    grant_holiday,
    offer_holiday,
    offer_plan,
    restructure,
)
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_OPEN
from sim.month.agenda import relief
from tests.laws.calling import call, does

PLANS = (offer_plan, restructure)
LATE = {"principal": 1_150_000, "interest": 50_000, "months_past_due": 3, "reliefs": 0, "line": LINE_OPEN, "rate": 0.24,
        "relief_earliest": 1,
        "relief_latest": 3, "most_reliefs": 1, "relief_share": 0.3, "relief_term": 12, "relief_rate_cut": 0.5,
        "grace_months": 2, "luck_relief": 0.29}  # fmt: skip
# 1 200 000 over a year at 12 %: the annuity of 106 618.55 rounded up.
PLAN = {"payment": 106_619, "overdue": 0, "months_past_due": 0, "holiday": 2, "reliefs": 1, "line": LINE_FROZEN,
        "months_in_state": 0, "restructured": 1}  # fmt: skip


def test_a_plan_spreads_what_is_owed_at_the_lower_rate_and_freezes_the_line():
    does(PLANS, LATE, PLAN)
    does(PLANS, {**LATE, "line": LINE_CLOSED}, {**PLAN, "line": LINE_CLOSED})
    does(PLANS, {**LATE, "relief_rate_cut": 1.0}, {**PLAN, "payment": 100_000})
    does(PLANS, {**LATE, "relief_term": 1, "relief_rate_cut": 0.0}, {**PLAN, "payment": 1_200_000})
    does(PLANS, {**LATE, "reliefs": 1, "most_reliefs": 2}, {**PLAN, "reliefs": 2})


def test_a_plan_is_offered_in_early_arrears_alone_so_often_and_to_so_many():
    for other in (
        {"months_past_due": 4}, {"months_past_due": 1, "relief_earliest": 2}, {"reliefs": 1}, {"luck_relief": 0.3},
        {"principal": 0},
    ):  # fmt: skip
        does(PLANS, {**LATE, **other})
    does(PLANS, {**LATE, "months_past_due": 1}, PLAN)


def test_a_plan_is_agreed_on_before_it_is_in_force():
    assert call(offer_plan, **LATE) == {"plan_agreed": 1}
    assert call(offer_plan, **{**LATE, "reliefs": 1}) == {"plan_agreed": 0}


def test_bad_loans_leave_the_table_from_90_days_on():
    late = {**LATE, "relief_latest": 13}
    does(PLANS, {**late, "months_past_due": 4}, {**PLAN, "npl_restructured": 1_150_000})
    does(PLANS, late, PLAN)


def test_a_holiday_counts_down():
    for left in (1, 2, 60):
        does(count_down, {"holiday": left}, {"holiday": left - 1})


ASKS = {"holiday": 0, "reliefs": 0, "months_past_due": 3, "inflow_fast": 70.0, "inflow_slow": 100.0,
        "unemployment_gap": 0.015, "relief_gap": 0.015, "relief_inflow_drop": 0.3, "relief_latest": 3,
        "most_reliefs": 1, "relief_share": 0.5, "holiday_months": 6, "luck_relief": 0.49}  # fmt: skip
GRANTED = {"holiday": 6, "reliefs": 1, "holidays_begun": 1}


def test_a_holiday_is_for_those_who_ask_in_a_downturn_and_show_a_fall():
    does(grant_holiday, ASKS, GRANTED)
    for other in (
        {"unemployment_gap": 0.0149}, {"holiday": 1}, {"reliefs": 1}, {"months_past_due": 4}, {"luck_relief": 0.5},
        {"inflow_fast": 70.1},
    ):  # fmt: skip
        does(grant_holiday, {**ASKS, **other})
    does(grant_holiday, {**ASKS, "reliefs": 1, "most_reliefs": 2}, {**GRANTED, "reliefs": 2})
    does(grant_holiday, {**ASKS, "inflow_fast": 0.0, "inflow_slow": 0.0}, GRANTED)


def test_without_proof_asked_for_a_rising_inflow_is_no_bar():
    """A drop of 0 asks for none."""
    does(grant_holiday, {**ASKS, "relief_inflow_drop": 0.0, "inflow_fast": 100.0}, GRANTED)
    does(grant_holiday, {**ASKS, "relief_inflow_drop": 0.0, "inflow_fast": 130.0}, GRANTED)


def test_the_proof_asked_for_may_be_that_nothing_comes_in():
    whole = {**ASKS, "relief_inflow_drop": 1.0}
    does(grant_holiday, {**whole, "inflow_fast": 0.0}, GRANTED)
    does(grant_holiday, {**whole, "inflow_fast": 1.0})


def test_a_higher_proof_never_grants_more():
    for fast in (0.0, 1.0, 50.0, 100.0, 130.0):
        asked = [{**ASKS, "inflow_fast": fast, "relief_inflow_drop": drop} for drop in (0.0, 0.01, 0.5, 0.99, 1.0)]
        granted = [call(grant_holiday, **case)["holidays_begun"] for case in asked]
        assert granted == sorted(granted, reverse=True)


def test_a_deeper_downturn_never_grants_fewer():
    granted = [call(grant_holiday, **{**ASKS, "unemployment_gap": gap})["holidays_begun"] for gap in (0.0, 0.01, 0.02)]
    assert granted == [0, 0, 1]


def test_options():
    assert NoRelief.stages == ()
    assert Restructuring.stages == (count_down, *PLANS) and Moratorium.stages == (count_down, grant_holiday)
    assert Restructuring().check() == Restructuring(relief_earliest=3).check() == []
    assert "relief_earliest: 4 is above relief_latest 3" in Restructuring(relief_earliest=4).check()[0]


BEHIND = {"holiday": 0, "reliefs": 2, "months_past_due": 3, "inflow_fast": 100.0, "inflow_slow": 100.0,
          "forbearance_months": 4, "forbearance_latest": 3, "forbearance_drop": 0.25, "holidays_offered": 0.5,
          "luck_relief": 0.49}  # fmt: skip
BEGUN = {"holiday": 4, "reliefs": 3, "holidays_begun": 1, "in_holiday": 1}


def test_a_path_offers_holidays_to_some_of_those_who_are_behind_or_have_lost_inflow():
    does(offer_holiday, BEHIND, BEGUN)
    does(offer_holiday, {**BEHIND, "months_past_due": 1}, BEGUN)
    fallen = {**BEHIND, "months_past_due": 0, "inflow_fast": 74.9}
    does(offer_holiday, fallen, BEGUN)
    for other in ({"luck_relief": 0.5}, {"months_past_due": 4}, {"months_past_due": 4, "inflow_fast": 0.0}):
        does(offer_holiday, {**BEHIND, **other})
    does(offer_holiday, {**fallen, "inflow_fast": 75.0})
    does(offer_holiday, {**fallen, "inflow_fast": 0.0, "inflow_slow": 0.0})


def test_a_holiday_that_runs_is_counted_and_not_begun_again():
    does(offer_holiday, {**BEHIND, "holiday": 1}, {"in_holiday": 1})


def test_holidays_of_the_path_stand_beside_the_lenders_own_relief():
    """One count-down each month, whatever else there is; none where neither offers any."""

    assert relief(sim.compose(["economy=us_2020"])) == (count_down, offer_holiday)
    assert relief(sim.compose(["economy=us_2020", "policy/relief=moratorium"])) == (
        count_down, grant_holiday, offer_holiday,
    )  # fmt: skip
    assert relief(sim.compose(["policy/relief=moratorium"])) == (count_down, grant_holiday)
    assert relief(sim.compose()) == ()
