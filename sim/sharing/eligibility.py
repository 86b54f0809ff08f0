"""Which new loans come under the scheme: rules over the lender's book, run row by row."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.lender.policies.scoring import probability_of_default
from sim.loan.states import PRODUCT_PERSON


class JudgeEligibility(NamedTuple):
    """What `judge_eligibility` leaves."""

    eligible: int


@stage()
def judge_eligibility(
    limit: int,
    score: float,
    term: int,
    product: int,
    sector_covered_by_stated_sector: float,
    covered_by_product: float,
    covers_cards: int,
    cover_smallest: int,
    cover_largest: int,
    cover_lowest_score: float,
    cover_highest_score: float,
) -> JudgeEligibility:
    """Whether sector, score, size and product are those of the contract.

    A line whose limit is not yet set (an applicant's) passes the bounds of size.
    """
    known = sector_covered_by_stated_sector > 0.0 and cover_lowest_score <= score <= cover_highest_score
    sized = limit <= 0 or cover_smallest <= limit <= cover_largest
    is_card = product == PRODUCT_PERSON and term == 0
    sold = covers_cards > 0 if is_card else covered_by_product > 0.0
    return JudgeEligibility(eligible=1 if known and sized and sold else 0)


class JudgeCover(NamedTuple):
    """What `judge_cover` leaves."""

    cover_part: float


@stage()
def judge_cover(
    eligible: int,
    limit: int,
    score: float,
    cover_largest_part: int,
    cover_larger_from: int,
    cover_larger_part: float,
    cover_better_from: float,
    cover_better_part: float,
    cover_part_won: float,
) -> JudgeCover:
    """Part of the next draw that the contract would cover: 0 for an account that is not eligible.

    ``cover_largest_part`` is the most fen of one line that may be covered, by what the fund can bear of one customer.
    """
    if not eligible:
        return JudgeCover(cover_part=0.0)
    part = cover_part_won
    if limit > cover_larger_from:
        part *= cover_larger_part
    if score > cover_better_from:
        part *= cover_better_part
    return JudgeCover(cover_part=part if limit * part <= cover_largest_part else 0.0)


JUDGE_COVER = (judge_eligibility, judge_cover)
"""What of the next draw would be covered, in order."""


class RegisterCover(NamedTuple):
    """What `register_cover` leaves."""

    covered: int
    contribution: int
    drawn_covered: Tally
    contribution__received: Tally
    covered_risk: Tally


def cover_is_given(covering: int) -> bool:
    """Whether the scheme takes new loans under cover this month."""
    return covering > 0


@stage(where="alive drawn", rare=True, when=cover_is_given)
def register_cover(
    covered: int,
    drawn: int,
    cover_part: float,
    covering: int,
    contribution_rate: float,
    score: float,
    score_intercept: float,
) -> RegisterCover:
    """Put the eligible part of a draw under cover; a borrower who pays the premium pays it out of the draw."""
    cover = int(drawn * cover_part) if covering else 0
    contribution = min(int(cover * contribution_rate), drawn)
    risk = int(cover * probability_of_default(score, score_intercept)) if cover > 0 else 0
    return RegisterCover(
        covered=covered + cover,
        contribution=contribution,
        drawn_covered=cover,
        contribution__received=contribution,
        covered_risk=risk,
    )
