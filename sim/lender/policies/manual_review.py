"""Manual review: people look at applications near the cutoff."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.lender.policies.scoring import ANCHOR, POINTS, log_odds
from sim.loan.states import LINE_APPLIED


class LookAtApplication(NamedTuple):
    """What `look_at_application` leaves."""

    review: float
    reviews: Tally
    grey: Tally


@stage(where="alive line", both_sides=True)
def look_at_application(
    line: int,
    score: float,
    score_intercept: float,
    offer_rate: float,
    whole_loss: float,
    whole_cost: float,
    appetite_points: float,
    review_band: float,
    review_share: float,
    review_noise: float,
    employed: int,
    cash: int,
    income_permanent: int,
    luck_review: float,
    luck_contact: float,
) -> LookAtApplication:
    """Look at an application near the cutoff by hand: see work and savings, with an error.

    This is part of what crosses into the book, like the signals of the month: the finding is a number in
    standard deviations, better above 0. Who is looked at within the budget is drawn, not the first in line.
    """
    if line != LINE_APPLIED:
        return LookAtApplication(review=0.0, reviews=0, grey=0)
    cutoff = ANCHOR + POINTS * (-log_odds((offer_rate - whole_cost) / whole_loss) - score_intercept)
    if abs(score + appetite_points - cutoff) > review_band:
        return LookAtApplication(review=0.0, reviews=0, grey=0)
    if luck_review >= review_share:
        return LookAtApplication(review=0.0, reviews=0, grey=1)
    months = cash / (income_permanent + 1.0)
    found = 1.6 * employed - 1.4 + min(months, 4.0) * 0.5 - 0.6
    return LookAtApplication(review=found + review_noise * 3.4641016151377544 * (luck_contact - 0.5), reviews=1, grey=1)
