"""Estates by hand: what they fetch, and who is paid; `test_winding_up` goes through a whole failure."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.tables.declare import declared_columns
from sim.firms.estates import (
    call_in,
    forget_settled,
    owing,
    pay_creditors,
    pursue,
    sell_estates,
    sell_out,
    take,
)
from sim.loan.account import Account
from sim.loan.states import LINE_APPLIED, LINE_CLOSED, LINE_FROZEN, LINE_OPEN
from tests.firms.test_labour_loops import firm, person

BOOK = declared_columns(Account)
OWED = ("principal", "interest", "written_off")


def book(name: str, *values: int) -> np.ndarray:
    return np.array(values, dtype=BOOK[name].dtype)


@pytest.mark.parametrize(
    ("cash", "loan", "estate"),
    [
        (100, 1_000, (170, 0, 27, 120, 123)),  # 270 less a tenth: the pledge fetches 120 for the lender
        (100, 50, (170, 0, 27, 50, 193)),  # which is owed less
        (-100, 1_000, (170, 0, 7, 63, 0)),  # the overdraft takes most of it
        (-200, 1_000, (170, 30, 0, 0, 0)),
    ],
)
def test_an_estate_is_sold_for_a_part_and_the_pledge_serves_the_lender(cash, loan, estate):
    assert sell_out.py_func(cash, 240, 40, 60, 0, loan, 0.5, 0.5, 0.1) == estate
    assert sell_out.py_func(cash, 240, 40, 0, 30, loan, 0.5, 0.5, 0.1) == estate, "a factor pays for claims"


def test_estates_leave_nothing_but_what_serves_the_lender():
    """Firm 1 fails; it owes 3 and 4 over its links and 200 of a loan."""
    columns = {name: firm(name, 5, 100, 7) for name in
               ("cash", "pledge", "inventory", "receivables", "overdraft", "vacancies", "orders")}  # fmt: skip
    owed = book("principal", 9, 150, 9), book("interest", 9, 20, 9), book("written_off", 9, 30, 9)
    later, due = np.array([0, 0, 2, 4, 0, 0]), np.array([0, 0, 1, 0, 0, 0])
    debts, rest, sums = np.zeros((1, 3), np.int64), np.zeros(1, np.int64), np.zeros(5, np.int64)
    terms = 0.5, 0.4, 0.1, np.array([0, 50, 0])
    sell_estates(np.array([1]), 2, *terms, *columns.values(), *owed, later, due, debts, rest, sums)
    # 100 in cash, 50 pledged, 50 of goods, 40 of receivables and 20 of claims: 260 less 26.
    assert sums.tolist() == [160, 100, 100, 0, 26] and rest.tolist() == [184]
    assert columns["cash"].tolist() == [5, 50, 7] and debts.tolist() == [[3, 4, 150]]
    assert all(columns[name].tolist() == [5, 0, 7] for name in columns if name != "cash")


def test_a_loan_is_called_in_and_its_line_closed():
    lines = LINE_OPEN, LINE_APPLIED, LINE_FROZEN, LINE_OPEN
    left = {name: book(name, 7, 7, 7, 7) for name in ("grace", "holiday", "limit", "overdue", "payment")}
    line, principal = book("line", *lines), book("principal", 150, 0, 50, 1)
    owed = principal, book("interest", 20, 5, 0, 0), book("written_off", 1, 0, 0, 0)
    short, cash = zeros(3), firm("cash", 1, 9, 2, 0)
    call_in(np.array([0, 1, 2]), *owed, *left.values(), line, cash, short)
    assert short.tolist() == [170, -4, 48]
    assert line.tolist() == [LINE_CLOSED, LINE_CLOSED, LINE_FROZEN, LINE_OPEN]
    assert all(left[name].tolist() == [0, 0, 0, 7] for name in ("grace", "holiday", "limit"))
    assert left["overdue"].tolist() == [170, 0, 50, 7] and left["payment"].tolist() == [1, 0, 1, 7]


def test_creditors_are_paid_and_bear_the_rest():
    """1 owed 2 90, of which 20 were due, and 10 outside; a half is paid, and of what is lost a quarter is insured."""
    supplier, later, due = np.array([0, 0, 2, 0, 1, 0], np.int32), np.array([0, 0, 70, 10, 3, 0]), zeros(6)
    due[2] = 20
    cash, hit = firm("cash", 0, 4, 6), firm("hit", 0, 1, 1)
    owed, owed_due, claims, claims_due = (firm("debts", *values) for values in
                                          ([0, 100, 3], [0, 20, 0], [0, 3, 95], [0, 0, 25]))  # fmt: skip
    sums, debts = zeros(6), np.array([[90, 10, 200]])
    kept = cash, hit, owed, owed_due, claims, claims_due
    pay_creditors(np.array([1]), 2, debts, np.array([[45, 5, 100]]), 0.25, supplier, later, due, *kept, sums)
    assert sums.tolist() == [50, 45, 5, 45, 5, 11]
    assert cash.tolist() == [0, 104, 6 + 45 + 11] and hit.tolist() == [0, 1, 1 + 34]
    assert later.tolist() == [0, 0, 0, 0, 3, 0] and not due.any()
    assert (owed.tolist(), owed_due.tolist()) == ([0, 0, 3], [0, 0, 0])
    assert (claims.tolist(), claims_due.tolist()) == ([0, 3, 5], [0, 0, 5])


def zeros(size: int) -> np.ndarray:
    return np.zeros(size, np.int64)


def test_who_failed_before_and_owes():
    """Of five only the second: the others trade, failed this month, owe nothing."""
    trading, failed = firm("trading", 1, 0, 0, 0, 1), firm("failed_month", 7, 7, 8, 7, 7)
    owed = book("principal", 5, 5, 5, 0, 5), book("interest", 2, 2, 2, 0, 2), book("written_off", 1, 1, 1, 0, 1)
    rows, short = zeros(5), zeros(5)
    count = owing(8, trading, failed, *owed, firm("cash", 3, 3, 3, 3, 3), rows, short)
    assert rows[:count].tolist() == [1] and short[:count].tolist() == [5]
    for k in range(3):
        alone = [one * (j == k) for j, one in enumerate(owed)]
        assert owing(8, trading, failed, *alone, firm("cash", 0, 0, 0, 0, 0), rows, short) == 1


def test_owners_pay_up_to_a_share_as_it_was_and_no_more_than_is_there():
    """Person 1 stands for two firms: four fifths of 100 for each, 100 in all."""
    purse, cash = person("cash", 0, 100, 50), firm("cash", 0, 0, 0, 0)
    owner, alive = firm("owner", 0, 1, 1, 2), person("alive", 1, 1, 1)
    assert take(np.array([1, 2, 3]), np.array([70, 70, -5]), 0.8, purse, owner, alive, purse, cash) == 100
    assert purse.tolist() == [0, 0, 50] and cash.tolist() == [0, 70, 30, 0]
    dead = person("alive", 1, 1, 0)
    assert take(np.array([3]), np.array([9]), 0.5, person("cash", 0, 0, 40), owner, dead, purse, cash) == 0


def test_owners_are_pursued_for_what_firms_lack():
    """1 failed before and owes 8, of which 3 are there; person 2 pays half of 6; 2 failed only now."""
    given = firm("trading", 1, 0, 0), firm("failed_month", 0, 7, 8)
    owed, cash = [book(name, 9, *[fen] * 2) for name, fen in zip(OWED, (5, 2, 1), strict=True)], firm("cash", 0, 3, 3)
    purse = person("cash", 0, 0, 90)
    owners = person("income", 0, 0, 6), firm("owner", 0, 2, 2), person("alive", 1, 1, 1), purse
    assert pursue(8, 0.5, *given, *owed, cash, *owners) == 3
    assert cash.tolist() == [0, 6, 3] and purse.tolist() == [0, 0, 87]


def test_settled_firms_alone_are_forgotten():
    for k in range(4):
        columns = {name: book(name, 3) for name in
                   ("alive", "line", "limit", "overdue", "months_past_due", "payment", "covered")}  # fmt: skip
        owed = [book(name, int(k == j)) for j, name in enumerate(("principal", "interest", "written_off"))]
        forget_settled(firm("trading", 0), firm("cash", 0), *owed, *columns.values())
        assert all(one.tolist() == [3 if k < 3 else 0] for one in columns.values())
        for trading, cash in ((1, 0), (0, 1)):
            columns["alive"][:] = columns["line"][:] = 3
            forget_settled(firm("trading", trading), firm("cash", cash), *owed, *columns.values())
            assert columns["line"].tolist() == [3]
