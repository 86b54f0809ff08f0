"""Which new loans come under the scheme: rules over the lender's book, run row by row."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.lender.policies.scoring import probability_of_default
from sim.loan.states import PRODUCT_PERSON


class JudgeCover(NamedTuple):
    """What `judge_cover` leaves."""

    cover_part: float


@stage()
def judge_cover(
    limit: int,
    score: float,
    term: int,
    sector_covered_by_stated_sector: float,
    cover_smallest: int,
    cover_largest: int,
    cover_largest_part: int,
    cover_lowest_score: float,
    cover_highest_score: float,
    product: int,
    covers_cards: int,
    covered_by_product: float,
    cover_larger_from: int,
    cover_larger_part: float,
    cover_better_from: float,
    cover_better_part: float,
    cover_part_won: float,
) -> JudgeCover:
    """Part of the next draw that the contract would cover: 0 for an account that is not eligible.

    A line whose limit is not yet set (an applicant's) passes the bounds of size. ``cover_largest_part`` is the most
    fen of one line that may be covered, by what the fund can bear of one customer.
    """
    if sector_covered_by_stated_sector <= 0.0 or score < cover_lowest_score or score > cover_highest_score:
        return JudgeCover(cover_part=0.0)
    if limit > 0 and (limit < cover_smallest or limit > cover_largest):
        return JudgeCover(cover_part=0.0)
    is_card = product == PRODUCT_PERSON and term == 0
    if (is_card and not covers_cards) or (not is_card and covered_by_product <= 0.0):
        return JudgeCover(cover_part=0.0)
    part = cover_part_won
    if limit > cover_larger_from:
        part *= cover_larger_part
    if score > cover_better_from:
        part *= cover_better_part
    return JudgeCover(cover_part=part if limit * part <= cover_largest_part else 0.0)


class RegisterCover(NamedTuple):
    """What `register_cover` leaves."""

    covered: int
    contribution: int
    drawn_covered: Tally
    contribution__received: Tally
    covered_risk: Tally


@stage(where="alive drawn", rare=True)
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
