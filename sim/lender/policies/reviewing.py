"""Reviews of limits: when a line has one, what it may want, and how far it may move a limit."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Tally, stage
from sim.engine.loops.transforms import is_multiple
from sim.loan.states import LARGEST, LINE_OPEN

SMALLEST = 10_000  # fen: no review leaves a limit below this, unless the cap lies there


@scalar
def opening_limit(inflow: float, multiple: float, limit_cap: int) -> int:
    """Opening limit: a multiple of monthly inflow seen, in whole hundreds of yuan, capped."""
    return min(int(inflow * multiple) // 10_000 * 10_000, limit_cap)


@scalar
def reviewed_limit(inflow: float, multiple: float, limit_cap: int) -> int:
    """Limit that a review wants: as at the opening, but not so small that it is none."""
    return min(max(opening_limit(inflow, multiple, limit_cap), SMALLEST), limit_cap)


@scalar
def moved(limit: int, wanted: int, largest_raise: float, largest_cut: float) -> int:
    """Limit after a review that wants ``wanted``: up and down by at most these shares of itself."""
    if limit == 0:
        return wanted
    highest = int(min(limit * (1.0 + largest_raise), LARGEST)) // 10_000 * 10_000 + 10_000
    lowest = int(limit * (1.0 - largest_cut)) // 10_000 * 10_000
    return max(min(wanted, highest), lowest)


class SetLimit(NamedTuple):
    """A limit, and whether a review raised or cut it."""

    limit: int
    limits_raised: Tally
    limits_cut: Tally


class CallForReview(NamedTuple):
    """What `call_for_review` leaves."""

    limit_review: int


@stage(where="alive line")
def call_for_review(line: int, limit: int, ordinal: int, month: int, review_interval: int) -> CallForReview:
    """Call for a limit when a line opens and every so many months, not of all lines in one."""
    due = line == LINE_OPEN and (limit == 0 or is_multiple(ordinal + month, review_interval))
    return CallForReview(limit_review=1 if due else 0)
