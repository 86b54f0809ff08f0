"""Limits by hand: what opens, what is reviewed and when, how far a review may move a limit, and which way."""

from __future__ import annotations

import itertools

import pytest

from sim.lender.policies.limit import (
    OPTIONS,
    Countercyclical,
    IncomeMultiple,
    Procyclical,
    Tiered,
    cap_debt_service,
    follow_income,
    has_no_limit,
    keep_limit,
    tier_limit,
)
from sim.lender.policies.reviewing import call_for_review
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_OPEN
from tests.laws.calling import call, does
from tests.lender.limits import NEW, OPENED, REVIEWED
from tests.lender.test_behavioural_limit import BEHAVED, BEHAVES

TIERS, FOLLOWS, SERVES = ((call_for_review, rule) for rule in (tier_limit, follow_income, cap_debt_service))


def test_a_fixed_limit_is_set_once():
    does(keep_limit, {**OPENED, "limit": 0}, {"limit": 2_040_000})
    does(keep_limit, OPENED)
    for line in (LINE_CLOSED, LINE_FROZEN):
        does(keep_limit, {**OPENED, "limit": 0, "line": line})
    assert [line for line in range(7) if has_no_limit(line, 0)] == [LINE_OPEN] and not has_no_limit(LINE_OPEN, 1)


TIERED = {**REVIEWED, "score": 640.0, "high_tier_score": 680.0, "low_tier_score": 600.0, "high_tier_factor": 1.4,
          "low_tier_factor": 0.5}  # fmt: skip


def test_tiers_begin_at_their_scores():
    """4 and 5.6 and 2 months of 512 345 fen."""
    for score, made in ((680.0, 2_860_000), (679.9, 2_040_000), (600.0, 2_040_000)):
        does(TIERS, {**TIERED, "score": score}, {"limit": made, "limits_raised": 1})
    does(TIERS, {**TIERED, "score": 599.9}, {"limit": 1_020_000, "limits_cut": 1})
    does(TIERS, {**TIERED, "score": 599.9, "limit": 1_020_000})
    does(TIERS, {**TIERED, "score": 599.9, **NEW}, {"limit": 1_020_000})
    does(TIERS, {**TIERED, "score": 599.9, "limit": 1}, {"limit": 1_020_000, "limits_raised": 1})
    does(TIERS, {**TIERED, "line": LINE_FROZEN})
    does(TIERS, {**TIERED, **NEW, "inflow_slow": 1.0}, {"limit": 10_000})
    does(TIERS, {**TIERED, **NEW, "limit_cap": 7_000}, {"limit": 7_000})


INCOME = {**REVIEWED, "largest_raise": 0.2, "largest_cut": 0.3, "cycle_slope": 6.0, "lowest_cycle": 0.5,
          "highest_cycle": 1.5, "unemployment_gap": 0.0}  # fmt: skip


def test_a_limit_follows_income_within_its_steps():
    does(FOLLOWS, INCOME, {"limit": 1_270_000, "limits_raised": 1})
    does(FOLLOWS, {**INCOME, "limit": 3_000_000}, {"limit": 2_100_000, "limits_cut": 1})
    does(FOLLOWS, {**INCOME, "limit": 2_040_000})
    does(FOLLOWS, {**INCOME, "limit": 2_000_000}, {"limit": 2_040_000, "limits_raised": 1})
    does(FOLLOWS, {**INCOME, "line": LINE_FROZEN})
    does(FOLLOWS, {**INCOME, **NEW}, {"limit": 2_040_000})
    does(FOLLOWS, {**INCOME, **NEW, "inflow_slow": 1.0}, {"limit": 10_000})
    does(FOLLOWS, {**INCOME, **NEW, "limit_cap": 7_000}, {"limit": 7_000})


@pytest.mark.parametrize(
    ("gap", "with_slope", "against"),
    [(0.05, 2_660_000, 1_430_000), (0.1, 3_070_000, 1_020_000), (-0.05, 1_430_000, 2_660_000),
     (-0.1, 1_020_000, 3_070_000)],
)  # fmt: skip
def test_the_multiple_moves_with_the_cycle_between_its_bounds(gap, with_slope, against):
    """Factors 1.3 and 0.7 at 5 %, held at 1.5 and 0.5 beyond, on 2 049 380."""
    does(FOLLOWS, {**INCOME, **NEW, "unemployment_gap": gap}, {"limit": with_slope})
    does(FOLLOWS, {**INCOME, **NEW, "unemployment_gap": gap, "cycle_slope": -6.0}, {"limit": against})


SERVED = {**REVIEWED, **NEW, "inflow_slow": 500_000.0, "bureau_debt": 0, "offer_rate": 0.12, "offer_term": 12,
          "largest_raise": 0.2, "largest_cut": 0.3, "service_cap": 0.3, "service_elsewhere": 0.08,
          "minimum_payment_share": 0.1}  # fmt: skip


def test_instalments_stay_within_a_share_of_inflow():
    """150 000 a month over a year at 1 % are worth 1 688 261 today; 40 000 served elsewhere leave 1 238 058."""
    does(SERVES, SERVED, {"limit": 1_680_000})
    does(SERVES, {**SERVED, "bureau_debt": 500_000}, {"limit": 1_230_000})
    does(SERVES, {**SERVED, "bureau_debt": 5_000_000}, {"limit": 10_000})
    does(SERVES, {**SERVED, "opening_multiple": 3.0}, {"limit": 1_500_000})
    does(SERVES, {**SERVED, "limit_cap": 1_234_567}, {"limit": 1_234_567})
    does(SERVES, {**SERVED, "offer_term": 0}, {"limit": 1_360_000})  # 150 000 / 11 % = 1 363 636
    under_review = {**SERVED, "limit": 1_000_000, "ordinal": 1, "month": 2}
    does(SERVES, under_review, {"limit": 1_210_000, "limits_raised": 1})
    does(SERVES, {**under_review, "limit": 3_000_000}, {"limit": 2_100_000, "limits_cut": 1})
    does(SERVES, {**under_review, "limit": 1_680_000})
    does(SERVES, {**under_review, "month": 3})
    does(SERVES, {**SERVED, "line": LINE_CLOSED})
    does(SERVES, {**SERVED, "limit_cap": 7_000}, {"limit": 7_000})


@pytest.mark.parametrize(
    ("rule", "account"),
    [(TIERS, TIERED), (BEHAVES, BEHAVED), (FOLLOWS, INCOME), (SERVES, {**SERVED, "limit": 1_000_000})],
    ids=["tiered", "behavioural", "income", "debt service"],
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
        "fixed": (keep_limit,), "tiered": TIERS, "behavioural": BEHAVES, "us_cards": BEHAVES,
        "income_multiple": FOLLOWS,
        "countercyclical": FOLLOWS, "procyclical": FOLLOWS, "debt_service_capped": SERVES,
    }  # fmt: skip


def test_bounds_that_cross_are_refused():
    assert "low_tier_score: 690.0 is above high_tier_score 680.0" in Tiered(low_tier_score=690.0).check()[0]
    assert Tiered(low_tier_score=680.0).check() == []
