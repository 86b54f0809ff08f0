"""Limits that follow behaviour, by hand: what raises one, what cuts it, and when."""

from __future__ import annotations

from sim.lender.policies.behavioural_limit import Behavioural, UnitedStatesCards, behave_limit, find_weak_sign, is_moved
from sim.lender.policies.reviewing import call_for_review
from sim.loan.states import LINE_CLOSED
from tests.laws.calling import call, does
from tests.lender.limits import NEW, REVIEWED

BEHAVES = (call_for_review, find_weak_sign, behave_limit)
BEHAVED = {**REVIEWED, "principal": 350_001, "score": 660.0, "inflow_fast": 512_345.0, "months_past_due": 0,
           "delinquency_memory": 0.49, "months_on_book": 6, "raise_score": 660.0, "raise_share": 0.1,
           "cut_score": 560.0, "cut_share": 0.3, "cut_inflow_drop": 0.3, "cut_late": 1, "largest_multiple": 6.0,
           "cut_tightening": 0.0, "unemployment_gap": 0.0, "appetite_points": 0.0, "alert": 0,
           "alert_hold": 3}  # fmt: skip
CUT = {"limit": 730_000, "limits_cut": 1}


def test_a_line_well_used_and_paid_is_raised_and_no_other():
    does(BEHAVES, BEHAVED, {"limit": 1_160_000, "limits_raised": 1})  # the hundred after 1 155 000
    for other in (
        {"score": 659.9}, {"principal": 350_000}, {"delinquency_memory": 0.5}, {"months_on_book": 5}, {"month": 3},
        {"line": LINE_CLOSED}, {"largest_multiple": 1_055_000 / 512_345},
    ):  # fmt: skip
        does(BEHAVES, {**BEHAVED, **other})
    near = {**BEHAVED, "limit": 3_060_000, "principal": 2_000_000}
    does(BEHAVES, near, {"limit": 3_070_000, "limits_raised": 1})  # 6 x 512 345 = 3 074 070
    does(BEHAVES, {**near, "limit": 3_070_000})
    does(BEHAVES, {**near, "limit_cap": 3_060_000})
    does(BEHAVES, {**BEHAVED, **NEW}, {"limit": 2_040_000})


def test_weak_signs_cut_a_line_at_its_review():
    does(BEHAVES, {**BEHAVED, "score": 559.9}, CUT)
    does(BEHAVES, {**BEHAVED, "score": 559.9, "cut_share": 0.25, "limit": 800_000}, {"limit": 600_000, "limits_cut": 1})
    does(BEHAVES, {**BEHAVED, "score": 560.0})
    does(BEHAVES, {**BEHAVED, "months_past_due": 1}, CUT)
    for alert in (1, 3):
        does(BEHAVES, {**BEHAVED, "alert": alert}, CUT)
    does(BEHAVES, {**BEHAVED, "alert": 4, "score": 600.0})
    does(BEHAVES, {**BEHAVED, "inflow_fast": 358_641.0}, CUT)  # 70 % of 512 345 is 358 641.5
    does(BEHAVES, {**BEHAVED, "inflow_fast": 358_642.0, "score": 600.0})
    does(BEHAVES, {**BEHAVED, "score": 500.0, "month": 3})


def test_a_line_past_due_keeps_its_limit_where_only_its_draws_stop():
    late = {**BEHAVED, "months_past_due": 1, "delinquency_memory": 1.0, "cut_late": 0}
    for weak in ({}, {"score": 500.0}, {"inflow_fast": 300_000.0}, {"alert": 1}):
        does(BEHAVES, {**late, **weak})
    does(BEHAVES, {**BEHAVED, "score": 559.9, "cut_late": 0}, CUT)


def test_the_smallest_limit_is_not_cut_and_not_counted_as_cut():
    weak = {**BEHAVED, "score": 500.0}
    does(BEHAVES, {**weak, "limit": 20_000}, {"limit": 10_000, "limits_cut": 1})
    does(BEHAVES, {**weak, "limit": 10_000})
    does(BEHAVES, {**weak, "limit": 7_000, "limit_cap": 7_000})


def test_downturns_and_a_tight_lender_cut_more():
    """2000 points a unit and 1 % are 20 points: the bar stands at 580, in a boom at 540; 20 points of appetite."""
    tight = {**BEHAVED, "cut_tightening": 2000.0}
    for other, bar in (
        ({"unemployment_gap": 0.01}, 580.0), ({"unemployment_gap": -0.01}, 540.0), ({"appetite_points": 20.0}, 540.0),
        ({"appetite_points": -20.0}, 580.0),
    ):  # fmt: skip
        does(BEHAVES, {**tight, **other, "score": bar - 0.1}, CUT)
        does(BEHAVES, {**tight, **other, "score": bar + 0.1})


def test_a_weak_sign_is_looked_for_at_a_review():
    assert Behavioural.stages == BEHAVES
    seen = {name: value for name, value in BEHAVED.items() if name in find_weak_sign.arguments}
    assert call(find_weak_sign, **seen) == {"weak_sign": 0}
    assert call(find_weak_sign, **{**seen, "months_past_due": 1}) == {"weak_sign": 1}


def test_cards_of_the_united_states_keep_the_limits_of_accounts_past_due():
    assert Behavioural.cut_late and not UnitedStatesCards.cut_late


def test_bounds_that_cross_are_refused():
    assert "cut_score: 670.0 is above raise_score 660.0" in Behavioural(cut_score=670.0).check()[0]
    assert Behavioural(cut_score=660.0).check() == []


def test_a_limit_moves_where_there_is_none_a_weak_sign_or_good_use():
    assert is_moved(0, 0, 0, 0.0, 660.0) and is_moved(900, 1, 0, 0.0, 660.0) and is_moved(900, 0, 301, 660.0, 660.0)
    assert not is_moved(900, 0, 300, 660.0, 660.0) and not is_moved(900, 0, 301, 659.9, 660.0)
