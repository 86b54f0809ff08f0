"""Manual reviews of applications: who is near the bar is looked at by hand, within a budget."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.lender.policies.scoring import POINTS, log_odds
from sim.loan.states import LINE_APPLIED


class LookAtApplication(NamedTuple):
    """What `look_at_application` leaves."""

    review: float
    reviews: Tally
    grey: Tally


def applied(line: int) -> bool:
    """Whether somebody has applied for a line."""
    return line == LINE_APPLIED


@stage(where="alive line", both_sides=True)
def look_at_application(
    line: int,
    default_expected: float,
    default_bearable: float,
    review_band: float,
    review_share: float,
    review_noise: float,
    employed: int,
    cash: int,
    income_permanent: int,
    luck_review: float,
    luck_contact: float,
) -> LookAtApplication:
    """Look at an application near the bar by hand: see work and savings, with an error.

    The bar is the one in force, with its margins of conservatism and the cost of a small loan. This is part of what
    crosses into the book, like the signals of the month: the finding is a number in standard deviations, better
    above 0. Who is looked at within the budget is drawn, not the first in line.
    """
    if line != LINE_APPLIED:
        return LookAtApplication(review=0.0, reviews=0, grey=0)
    if POINTS * abs(log_odds(default_bearable) - log_odds(default_expected)) > review_band:
        return LookAtApplication(review=0.0, reviews=0, grey=0)
    if luck_review >= review_share:
        return LookAtApplication(review=0.0, reviews=0, grey=1)
    months = cash / (income_permanent + 1.0)
    found = 1.6 * employed - 1.4 + min(months, 4.0) * 0.5 - 0.6
    return LookAtApplication(review=found + review_noise * 3.4641016151377544 * (luck_contact - 0.5), reviews=1, grey=1)
