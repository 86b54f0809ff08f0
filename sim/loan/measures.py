"""The book measured: sums and counts of accounts, recomputed from the tables alone."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.loops.stage import Places, Tally, stage
from sim.loan.ratios import BUCKETS
from sim.loan.states import LINE_OPEN


class AddUpBook(NamedTuple):
    """Stocks of the book beside principal, and open lines."""

    sum_interest: Tally
    sum_triggered: Tally
    sum_written_off: Tally
    open_lines: Tally
    open_limits: Tally
    open_principal: Tally


@stage(both_sides=True)
def add_up_book(interest: int, triggered: int, written_off: int, line: int, limit: int, principal: int) -> AddUpBook:
    """Add one account to the month's totals."""
    is_open = 1 if line == LINE_OPEN else 0
    return AddUpBook(
        sum_interest=interest,
        sum_triggered=triggered,
        sum_written_off=written_off,
        open_lines=is_open,
        open_limits=limit * is_open,
        open_principal=principal * is_open,
    )


class CountBuckets(NamedTuple):
    """Principal and accounts by months past due, in all, covered and claimed."""

    balance_place: Annotated[int, Places(BUCKETS)]
    balance_amount: int
    accounts_place: Annotated[int, Places(BUCKETS)]
    accounts_amount: int
    covered_balance_place: Annotated[int, Places(BUCKETS)]
    covered_balance_amount: int
    claimed_balance_place: Annotated[int, Places(BUCKETS)]
    claimed_balance_amount: int


@stage(both_sides=True)
def count_buckets(principal: int, covered: int, triggered: int, months_past_due: int) -> CountBuckets:
    """Add one account to its bucket."""
    return CountBuckets(
        balance_place=months_past_due,
        balance_amount=principal,
        accounts_place=months_past_due,
        accounts_amount=1 if principal > 0 else 0,
        covered_balance_place=months_past_due,
        covered_balance_amount=covered,
        claimed_balance_place=months_past_due,
        claimed_balance_amount=triggered if principal > 0 else 0,
    )


BOOK_MEASURES = (add_up_book, count_buckets)
