"""Reviews of limits by hand: when, what they want, and how far they move a limit."""

from __future__ import annotations

from sim.engine.loops.compiled import plain
from sim.lender.policies import reviewing
from sim.lender.policies.reviewing import call_for_review
from sim.loan.states import LARGEST, LINE_CLOSED, LINE_FROZEN, LINE_OPEN
from tests.laws.calling import call

moved, opening_limit, reviewed_limit = map(plain, (reviewing.moved, reviewing.opening_limit, reviewing.reviewed_limit))

CAP = 30_000_000


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


def test_a_line_has_a_review_when_it_opens_and_when_its_turn_comes():
    line = {"line": LINE_OPEN, "limit": 1_050_000, "ordinal": 1, "month": 2, "review_interval": 3}
    due = {"limit_review": 1}
    assert call(call_for_review, **line) == due == call(call_for_review, **{**line, "limit": 0, "month": 3})
    for other in ({"month": 3}, {"ordinal": 2}, {"line": LINE_CLOSED}, {"limit": 0, "line": LINE_FROZEN}):
        assert call(call_for_review, **{**line, **other}) == {"limit_review": 0}
