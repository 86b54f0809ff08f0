"""Limits by hand: what opens, what is reviewed and when, how far a review may move a limit, and which way."""

from __future__ import annotations

import itertools

import pytest

from sim.engine.loops.compiled import plain
from sim.lender.policies import limit
from sim.lender.policies.limit import (
    OPTIONS,
    Behavioural,
    Countercyclical,
    IncomeMultiple,
    Procyclical,
    Tiered,
    behave_limit,
    cap_debt_service,
    follow_income,
    keep_limit,
    tier_limit,
)
from sim.loan.states import LARGEST, LINE_CLOSED, LINE_FROZEN, LINE_OPEN
from tests.laws.calling import call, does

moved, opening_limit, reviewed_limit = map(plain, (limit.moved, limit.opening_limit, limit.reviewed_limit))

CAP = 30_000_000
OPENED = {"line": LINE_OPEN, "limit": 1_050_000, "inflow_slow": 512_345.0, "opening_multiple": 4.0, "limit_cap": CAP}
REVIEWED = {**OPENED, "ordinal": 1, "month": 2, "review_interval": 3}  # under review: 1 + 2 is a multiple of 3
NEW = {"limit": 0, "ordinal": 0, "month": 1}  # opens, outside a review


def test_an_opening_limit_is_a_multiple_in_whole_hundreds_of_yuan_below_the_cap():
    assert opening_limit(512_345.0, 4.0, CAP) == 2_040_000  # of 2 049 380
    assert opening_limit(500_000.0, 4.0, CAP) == 2_000_000
    assert opening_limit(499_999.0, 4.0, CAP) == 1_990_000
    assert opening_limit(512_345.0, 4.0, 2_030_001) == 2_030_001
    assert opening_limit(512_345.0, 0.0, CAP) == opening_limit(2_499.0, 4.0, CAP) == 0


def test_a_review_wants_the_smallest_limit_at_least_where_the_cap_allows_it():
    assert reviewed_limit(512_345.0, 4.0, CAP) == 2_040_000 and reviewed_limit(512_345.0, 4.0, 55_000) == 55_000
    assert reviewed_limit(1.0, 4.0, CAP) == 10_000 and reviewed_limit(1.0, 4.0, 7_000) == 7_000


def test_a_review_moves_a_limit_by_its_shares_at_most():
    """A fifth up is 1 260 000, rounded to the next hundred yuan above; three tenths down are 735 000, rounded down."""
    assert moved(1_050_000, 9_000_000, 0.2, 0.3) == 1_270_000
    assert moved(1_050_000, 1_260_000, 0.2, 0.3) == 1_260_000
    assert moved(1_050_000, 10_000, 0.2, 0.3) == 730_000
    assert moved(1_050_000, 740_000, 0.2, 0.3) == 740_000
    assert moved(0, 9_000_000, 0.2, 0.3) == 9_000_000, "a new line has nothing to move from"
    assert moved(10_000, 10_000, 0.2, 0.3) == 10_000
    assert moved(10_000, 20_000, 0.2, 0.3) == 20_000, "the smallest limit can rise, too"
    assert moved(LARGEST, LARGEST, 5.0, 0.3) == LARGEST


def test_a_fixed_limit_is_set_once():
    does(keep_limit, {**OPENED, "limit": 0}, {"limit": 2_040_000})
    does(keep_limit, OPENED)
    for line in (LINE_CLOSED, LINE_FROZEN):
        does(keep_limit, {**OPENED, "limit": 0, "line": line})


TIERED = {**REVIEWED, "score": 640.0, "high_tier_score": 680.0, "low_tier_score": 600.0, "high_tier_factor": 1.4,
          "low_tier_factor": 0.5}  # fmt: skip


def test_tiers_begin_at_their_scores():
    """4 and 5.6 and 2 months of 512 345 fen."""
    for score, made in ((680.0, 2_860_000), (679.9, 2_040_000), (600.0, 2_040_000)):
        does(tier_limit, {**TIERED, "score": score}, {"limit": made, "limits_raised": 1})
    does(tier_limit, {**TIERED, "score": 599.9}, {"limit": 1_020_000, "limits_cut": 1})
    does(tier_limit, {**TIERED, "score": 599.9, "limit": 1_020_000})
    does(tier_limit, {**TIERED, "score": 599.9, **NEW}, {"limit": 1_020_000})
    does(tier_limit, {**TIERED, "line": LINE_FROZEN})
    does(tier_limit, {**TIERED, **NEW, "inflow_slow": 1.0}, {"limit": 10_000})
    does(tier_limit, {**TIERED, **NEW, "limit_cap": 7_000}, {"limit": 7_000})


BEHAVED = {**REVIEWED, "principal": 350_001, "score": 660.0, "inflow_fast": 512_345.0, "months_past_due": 0,
           "delinquency_memory": 0.49, "months_on_book": 6, "raise_score": 660.0, "raise_share": 0.1,
           "cut_score": 560.0, "cut_share": 0.3, "cut_inflow_drop": 0.3, "largest_multiple": 6.0,
           "cut_tightening": 0.0, "unemployment_gap": 0.0, "appetite_points": 0.0, "alert": 0,
           "alert_hold": 3}  # fmt: skip
CUT = {"limit": 730_000, "limits_cut": 1}


def test_a_line_well_used_and_paid_is_raised_and_no_other():
    does(behave_limit, BEHAVED, {"limit": 1_160_000, "limits_raised": 1})  # the hundred after 1 155 000
    for other in (
        {"score": 659.9}, {"principal": 350_000}, {"delinquency_memory": 0.5}, {"months_on_book": 5}, {"month": 3},
        {"line": LINE_CLOSED}, {"largest_multiple": 1_055_000 / 512_345},
    ):  # fmt: skip
        does(behave_limit, {**BEHAVED, **other})
    near = {**BEHAVED, "limit": 3_060_000, "principal": 2_000_000}
    does(behave_limit, near, {"limit": 3_070_000, "limits_raised": 1})  # 6 x 512 345 = 3 074 070
    does(behave_limit, {**near, "limit": 3_070_000})
    does(behave_limit, {**near, "limit_cap": 3_060_000})
    does(behave_limit, {**BEHAVED, **NEW}, {"limit": 2_040_000})


def test_weak_signs_cut_a_line_at_its_review():
    does(behave_limit, {**BEHAVED, "score": 559.9}, CUT)
    does(behave_limit, {**BEHAVED, "score": 560.0})
    does(behave_limit, {**BEHAVED, "months_past_due": 1}, CUT)
    for alert in (1, 3):
        does(behave_limit, {**BEHAVED, "alert": alert}, CUT)
    does(behave_limit, {**BEHAVED, "alert": 4, "score": 600.0})
    does(behave_limit, {**BEHAVED, "inflow_fast": 358_641.0}, CUT)  # 70 % of 512 345 is 358 641.5
    does(behave_limit, {**BEHAVED, "inflow_fast": 358_642.0, "score": 600.0})
    does(behave_limit, {**BEHAVED, "score": 500.0, "month": 3})


def test_the_smallest_limit_is_not_cut_and_not_counted_as_cut():
    weak = {**BEHAVED, "score": 500.0}
    does(behave_limit, {**weak, "limit": 20_000}, {"limit": 10_000, "limits_cut": 1})
    does(behave_limit, {**weak, "limit": 10_000})
    does(behave_limit, {**weak, "limit": 7_000, "limit_cap": 7_000})


def test_downturns_and_a_tight_lender_cut_more():
    """2000 points a unit and 1 % are 20 points: the bar stands at 580, in a boom at 540; 20 points of appetite."""
    tight = {**BEHAVED, "cut_tightening": 2000.0}
    for other, bar in (
        ({"unemployment_gap": 0.01}, 580.0), ({"unemployment_gap": -0.01}, 540.0), ({"appetite_points": 20.0}, 540.0),
        ({"appetite_points": -20.0}, 580.0),
    ):  # fmt: skip
        does(behave_limit, {**tight, **other, "score": bar - 0.1}, CUT)
        does(behave_limit, {**tight, **other, "score": bar + 0.1})


INCOME = {**REVIEWED, "largest_raise": 0.2, "largest_cut": 0.3, "cycle_slope": 6.0, "lowest_cycle": 0.5,
          "highest_cycle": 1.5, "unemployment_gap": 0.0}  # fmt: skip


def test_a_limit_follows_income_within_its_steps():
    does(follow_income, INCOME, {"limit": 1_270_000, "limits_raised": 1})
    does(follow_income, {**INCOME, "limit": 3_000_000}, {"limit": 2_100_000, "limits_cut": 1})
    does(follow_income, {**INCOME, "limit": 2_040_000})
    does(follow_income, {**INCOME, "limit": 2_000_000}, {"limit": 2_040_000, "limits_raised": 1})
    does(follow_income, {**INCOME, "line": LINE_FROZEN})
    does(follow_income, {**INCOME, **NEW}, {"limit": 2_040_000})
    does(follow_income, {**INCOME, **NEW, "inflow_slow": 1.0}, {"limit": 10_000})
    does(follow_income, {**INCOME, **NEW, "limit_cap": 7_000}, {"limit": 7_000})


@pytest.mark.parametrize(
    ("gap", "with_slope", "against"),
    [(0.05, 2_660_000, 1_430_000), (0.1, 3_070_000, 1_020_000), (-0.05, 1_430_000, 2_660_000),
     (-0.1, 1_020_000, 3_070_000)],
)  # fmt: skip
def test_the_multiple_moves_with_the_cycle_between_its_bounds(gap, with_slope, against):
    """Factors 1.3 and 0.7 at 5 %, held at 1.5 and 0.5 beyond, on 2 049 380."""
    does(follow_income, {**INCOME, **NEW, "unemployment_gap": gap}, {"limit": with_slope})
    does(follow_income, {**INCOME, **NEW, "unemployment_gap": gap, "cycle_slope": -6.0}, {"limit": against})


SERVED = {**REVIEWED, **NEW, "inflow_slow": 500_000.0, "bureau_debt": 0, "offer_rate": 0.12, "offer_term": 12,
          "largest_raise": 0.2, "largest_cut": 0.3, "service_cap": 0.3, "service_elsewhere": 0.08,
          "minimum_payment_share": 0.1}  # fmt: skip


def test_instalments_stay_within_a_share_of_inflow():
    """150 000 a month over a year at 1 % are worth 1 688 261 today; 40 000 served elsewhere leave 1 238 058."""
    does(cap_debt_service, SERVED, {"limit": 1_680_000})
    does(cap_debt_service, {**SERVED, "bureau_debt": 500_000}, {"limit": 1_230_000})
    does(cap_debt_service, {**SERVED, "bureau_debt": 5_000_000}, {"limit": 10_000})
    does(cap_debt_service, {**SERVED, "opening_multiple": 3.0}, {"limit": 1_500_000})
    does(cap_debt_service, {**SERVED, "limit_cap": 1_234_567}, {"limit": 1_234_567})
    does(cap_debt_service, {**SERVED, "offer_term": 0}, {"limit": 1_360_000})  # 150 000 / 11 % = 1 363 636
    under_review = {**SERVED, "limit": 1_000_000, "ordinal": 1, "month": 2}
    does(cap_debt_service, under_review, {"limit": 1_210_000, "limits_raised": 1})
    does(cap_debt_service, {**under_review, "limit": 3_000_000}, {"limit": 2_100_000, "limits_cut": 1})
    does(cap_debt_service, {**under_review, "limit": 1_680_000})
    does(cap_debt_service, {**under_review, "month": 3})
    does(cap_debt_service, {**SERVED, "line": LINE_CLOSED})
    does(cap_debt_service, {**SERVED, "limit_cap": 7_000}, {"limit": 7_000})


@pytest.mark.parametrize(
    ("rule", "account"),
    [(tier_limit, TIERED), (behave_limit, BEHAVED), (follow_income, INCOME),
     (cap_debt_service, {**SERVED, "limit": 1_000_000})],
    ids=lambda value: getattr(value, "name", ""),
)  # fmt: skip
@pytest.mark.parametrize("interval", [1, 3, 6])
def test_every_line_is_reviewed_once_an_interval_and_as_many_each_month(rule, account, interval):
    reviewed = [
        [call(rule, **{**account, "review_interval": interval, "ordinal": who, "month": month})["limits_raised"]
         for who in range(12)]
        for month in range(-6, 6)
    ]  # fmt: skip
    assert [sum(month) for month in reviewed] == [12 // interval] * 12
    assert [sum(line) for line in zip(*reviewed, strict=True)] == [12 // interval] * 12
    for line in zip(*reviewed, strict=True):
        months = [month for month, seen in enumerate(line) if seen]
        assert {later - month for month, later in itertools.pairwise(months)} <= {interval}


def test_the_shipped_cycles_lean_the_ways_they_are_called():
    assert IncomeMultiple().cycle_slope == 0.0 < Countercyclical().cycle_slope == -Procyclical().cycle_slope
    rules = {name: option.stages for name, option in OPTIONS.items()}
    assert rules == {
        "fixed": (keep_limit,), "tiered": (tier_limit,), "behavioural": (behave_limit,),
        "income_multiple": (follow_income,), "countercyclical": (follow_income,), "procyclical": (follow_income,),
        "debt_service_capped": (cap_debt_service,),
    }  # fmt: skip


def test_bounds_that_cross_are_refused():
    assert "low_tier_score: 690.0 is above high_tier_score 680.0" in Tiered(low_tier_score=690.0).check()[0]
    assert "cut_score: 670.0 is above raise_score 660.0" in Behavioural(cut_score=670.0).check()[0]
    assert Tiered(low_tier_score=680.0).check() == Behavioural(cut_score=660.0).check() == []
