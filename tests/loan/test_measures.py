"""One account measured at a time."""

from __future__ import annotations

import pytest

from sim.loan.measures import add_up_book, count_buckets
from sim.loan.states import LINE_APPLIED, LINE_CLOSED, LINE_FROZEN, LINE_OPEN, LINE_REFUSED
from tests.laws.calling import call, does

ACCOUNT = {"interest": 13, "triggered": 17, "written_off": 19, "line": LINE_OPEN, "limit": 23, "principal": 29,
           "covered": 31, "months_past_due": 4}  # fmt: skip
BOOK = {name: ACCOUNT[name] for name in add_up_book.arguments}
BUCKET = {name: ACCOUNT[name] for name in count_buckets.arguments}
STOCKS = {"sum_interest": 13, "sum_triggered": 17, "sum_written_off": 19}


def test_an_account_is_added_up():
    does(add_up_book, BOOK, {**STOCKS, "open_lines": 1, "open_limits": 23, "open_principal": 29})


@pytest.mark.parametrize("line", [LINE_CLOSED, LINE_FROZEN, LINE_REFUSED, LINE_APPLIED])
def test_only_an_open_line_is_added(line):
    does(add_up_book, {**BOOK, "line": line}, STOCKS)


def test_an_account_falls_into_its_bucket():
    does(count_buckets, BUCKET, {
        "balance place": 4, "balance amount": 29, "accounts place": 4, "accounts amount": 1,
        "covered_balance place": 4, "covered_balance amount": 31,
        "claimed_balance place": 4, "claimed_balance amount": 17,
    })  # fmt: skip
    repaid = call(count_buckets, **{**BUCKET, "principal": 0})
    assert repaid["accounts amount"] == repaid["claimed_balance amount"] == 0 < repaid["covered_balance amount"]
