"""Manual reviews by hand: what they find, with which error, and whom they look at."""

from __future__ import annotations

import math

from sim.lender.policies.approval import estimate_default, reckon_small_loan, set_bar
from sim.lender.policies.looking import applied, look_at_application
from sim.loan.states import LINE_APPLIED, LINE_REFUSED
from tests.laws.calling import call, does
from tests.lender.test_approval import APPLIES

# Bearable at 650 points: (.45 - .05) / .8 = .5.
REVIEWS = (estimate_default, reckon_small_loan, set_bar, look_at_application)
LOOKED = {**{name: APPLIES[name] for rule in REVIEWS[:3] for name in rule.arguments if name in APPLIES},
          "review_band": 30.0, "review_share": 0.5, "review_noise": 0.7,
          "employed": 1, "cash": 2_000_002, "income_permanent": 1_000_000, "luck_review": 0.49,
          "luck_contact": 0.5}  # fmt: skip


def test_a_review_finds_work_and_savings_with_an_error():
    """At work: 1.6 - 1.4; two months of savings: 1.0 - 0.6. The error is uniform with a standard deviation of .7."""
    seen = {"reviews": 1, "grey": 1}
    does(REVIEWS, LOOKED, {"review": 0.6, **seen})
    does(REVIEWS, {**LOOKED, "employed": 0}, {"review": -1.0, **seen})
    does(REVIEWS, {**LOOKED, "cash": 0}, {"review": -0.4, **seen})
    does(REVIEWS, {**LOOKED, "cash": 90_000_000}, {"review": 1.6, **seen})
    error = 0.7 * math.sqrt(12.0) * 0.5
    does(REVIEWS, {**LOOKED, "luck_contact": 1.0}, {"review": 0.6 + error, **seen})
    does(REVIEWS, {**LOOKED, "luck_contact": 0.0}, {"review": 0.6 - error, **seen})


def test_the_grey_zone_lies_around_the_bar_and_the_budget_is_drawn():
    does(REVIEWS, {**LOOKED, "luck_review": 0.5}, {"review": 0.0, "grey": 1})
    for other in ({"score": 680.5}, {"score": 619.5}, {"appetite_points": 30.5}, {"line": LINE_REFUSED}):
        does(REVIEWS, {**LOOKED, **other})
    for other in ({"score": 679.5}, {"score": 620.5}, {"score": 600.0, "appetite_points": 49.0}):
        assert call(REVIEWS, **{**LOOKED, **other})["grey"] == 1
    # Odds of 3 lie 60 ln 3 = 66 points lower, an intercept of 1 another 60.
    cheap = {**LOOKED, "offer_rate": 0.65, "score": 650.0 - 60.0 * math.log(3.0)}
    assert call(REVIEWS, **{**cheap, "review_band": 0.1})["grey"] == 1
    assert call(REVIEWS, **{**LOOKED, "review_band": 0.1, "score_intercept": 1.0, "score": 590.0})["grey"]


def test_the_bar_of_reviews_is_the_one_in_force():
    """.2 of log-odds are 12 points, .6 another 36; half of the margin is half the odds and a little more."""
    near = {**LOOKED, "review_band": 0.1}
    for other in (
        {"score": 662.0, "conservatism": 0.2}, {"score": 686.0, "thin_conservatism": 0.6, "thin_file": 1},
        {"score": 640.0, "parity_points": 10.0, "thin_file": 1},
        {"score": 650.0 + 60.0 * math.log(3.0), "account_cost": 18_000},
        {"score": 650.0 + 60.0 * math.log(3.0), "highest_default": 0.25},
    ):  # fmt: skip
        assert call(REVIEWS, **{**near, **other})["grey"] == 1
        assert call(REVIEWS, **{**near, **other, "score": other["score"] + 0.2})["grey"] == 0


def test_applicants_alone_have_applied():
    assert [line for line in range(7) if applied(line)] == [LINE_APPLIED]
