"""Manual reviews by hand: what they find, and which applications are looked at."""

from __future__ import annotations

import math

from sim.lender.policies.manual_review import look_at_application
from sim.loan.states import LINE_APPLIED, LINE_REFUSED
from tests.laws.calling import call, does

# Break-even odds are 1 at 650 points: (.45 - .05) / .8.
LOOKED = {"line": LINE_APPLIED, "score": 650.0, "score_intercept": 0.0, "offer_rate": 0.45, "whole_loss": 0.8,
          "whole_cost": 0.05, "appetite_points": 0.0, "review_band": 30.0, "review_share": 0.5, "review_noise": 0.7,
          "employed": 1, "cash": 2_000_002, "income_permanent": 1_000_000, "luck_review": 0.49,
          "luck_contact": 0.5}  # fmt: skip


def test_a_review_finds_work_and_savings_with_an_error():
    """At work: 1.6 - 1.4; two months of savings: 1.0 - 0.6. The error is uniform with a standard deviation of .7."""
    seen = {"reviews": 1, "grey": 1}
    does(look_at_application, LOOKED, {"review": 0.6, **seen})
    does(look_at_application, {**LOOKED, "employed": 0}, {"review": -1.0, **seen})
    does(look_at_application, {**LOOKED, "cash": 0}, {"review": -0.4, **seen})
    does(look_at_application, {**LOOKED, "cash": 90_000_000}, {"review": 1.6, **seen})
    error = 0.7 * math.sqrt(12.0) * 0.5
    does(look_at_application, {**LOOKED, "luck_contact": 1.0}, {"review": 0.6 + error, **seen})
    does(look_at_application, {**LOOKED, "luck_contact": 0.0}, {"review": 0.6 - error, **seen})


def test_the_grey_zone_lies_around_the_cutoff_and_the_budget_is_drawn():
    does(look_at_application, {**LOOKED, "luck_review": 0.5}, {"grey": 1})
    for other in ({"score": 680.5}, {"score": 619.5}, {"appetite_points": 30.5}, {"line": LINE_REFUSED}):
        does(look_at_application, {**LOOKED, **other})
    for other in ({"score": 679.5}, {"score": 620.5}, {"score": 600.0, "appetite_points": 49.0}):
        assert call(look_at_application, **{**LOOKED, **other})["grey"] == 1
    # Odds of 3 lie 60 ln 3 = 66 points lower, an intercept of 1 another 60.
    cheap = {**LOOKED, "offer_rate": 0.65, "score": 650.0 - 60.0 * math.log(3.0)}
    assert call(look_at_application, **{**cheap, "review_band": 0.1})["grey"] == 1
    assert call(look_at_application, **{**LOOKED, "review_band": 0.1, "score_intercept": 1.0, "score": 590.0})["grey"]
