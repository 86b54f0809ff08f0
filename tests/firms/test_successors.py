"""Who takes over from whom, gone through row by row, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.firms.successors import (
    appoint,
    customers,
    feeds,
    first_by_luck,
    founders,
    least_lucky,
    take_over,
    take_up,
    usual_sales,
    waiting,
    wanted,
    win,
    without_owner,
)
from tests.firms.test_labour_loops import firm, person

SLOTS = 2  # a supplier and the outside world
SUPPLIER = np.array([0, 0, 3, 0, 0, 0, 1, 0, 1, 0], dtype=np.int32)  # 1 buys from 3; 3 and 4 buy from 1
BUYER = np.repeat(np.arange(5, dtype=np.int32), SLOTS)
TRADING = firm("trading", 0, 0, 1, 1, 1)


def test_firms_without_an_owner():
    """The owner of 1 has left, that of 2 owns another, that of 3 is there, 4 is out of business."""
    owner, owns = firm("owner", 0, 0, 1, 2, 0), person("owns", 1, 3, 3)
    rows = np.empty(5, np.int64)
    count = without_owner(firm("trading", 0, 1, 1, 1, 0), owner, person("alive", 0, 1, 1), owns, rows)
    assert rows[:count].tolist() == [1, 2]


def test_first_by_luck_in_each_firm():
    staff, employer = np.array([0, 1, 3, 4]), person("employer", 7, 7, 0, 2, 2)
    found = np.full(4, 99)
    assert first_by_luck(staff, np.array([0.4, 0.3, 0.2, 0.2]), employer, np.array([2, 7, 8, 1]), found) == 2
    assert found.tolist() == [3, 1, -1, -1], "the first of two with the same luck; nobody works at 8 and 1"


@pytest.mark.parametrize("count", [1, 3, 4, 5, 6, 9])
def test_the_least_lucky_come_first_and_those_alike_in_their_order(count):
    luck, inside = np.array([0.5, 0.2, 0.1, 0.9, 0.2, 0.2, 0.1]), np.array([1, 1, 2, 1, 1, 1, 1], dtype=np.int8)
    chosen = np.full(count, -1)
    assert least_lucky(luck, inside, 1, chosen) == min(count, 6)
    assert chosen[: min(count, 6)].tolist() == [6, 1, 4, 5, 0, 3][:count]


def test_founders_are_of_the_sector_and_a_market_that_has_one_keeps_him():
    rows, sector = np.array([1, 2, 4]), person("sector", 0, 0, 1, 0, 0)
    found = np.array([-1, -1, 9, -1, -1])
    assert founders(rows, np.array([0.5, 0.4, 0.3]), sector, np.array([0, 1, 0, 0, 0]), found) == 1
    assert found.tolist() == [4, 2, 9, 1, -1]
    assert founders(rows, np.array([0.5, 0.4, 0.3]), sector, np.array([3]), np.array([-1])) == 1


def test_customers_of_failed_firms_who_are_in_business():
    links, place = np.empty(10, np.int64), np.empty(10, np.int64)
    count = customers(SUPPLIER, BUYER, TRADING, np.array([3, 1]), links, place)
    assert (links[:count].tolist(), place[:count].tolist()) == ([6, 8], [1, 1]), "1, which bought from 3, is closed"


def shares() -> np.ndarray:
    """Each buys all from outside."""
    return np.array([0, 1] * 5, dtype=np.float32)


TERMS = np.array([0.5, 0.5]), 0.5, 0.4


def test_owners_are_appointed():
    held = [person(name, 0, 7, 7) for name in ("employed", "months_jobless", "employer", "owns")]
    owner = firm("owner", 9, 9, 9)
    appoint(np.array([2, 1]), np.array([0, 2]), *held, owner)
    assert [one.tolist() for one in held] == [[1, 7, 1], [0, 7, 0], [2, 7, 1], [2, 7, 1]] and owner.tolist() == [
        9,
        2,
        0,
    ]


def test_sectors_in_which_a_market_has_no_founder():
    assert wanted(np.array([1, 3, 0, 3]), np.array([-1, 5, 7, -1])) == 0b1010
    assert wanted(np.array([2]), np.array([0])) == 0


def test_what_waits_for_a_successor_and_whom_it_feeds():
    """3 and 4 order half of 100 and 30 a month of 1, which had 7 of final demand; of 3 nobody orders."""
    links, place, sales = np.array([6, 8]), np.array([1, 1]), np.full(2, 99.0)
    columns = firm("sector", 0, 1, 0, 0, 0), firm("normal_sales", 0, 0, 0, 200, 60), firm("market", 0, 7, 0, 11, 0)
    usual_sales(SLOTS, np.array([3, 1]), links, place, np.array([0.5, 0.9]), 0.5, *columns, sales)
    assert sales.tolist() == [11.0, 7.0 + 50.0 + 15.0]
    given = np.array([0.5, 0.5]), np.array([0.25, 0.4]), columns[0], person("income_permanent", 8, 64, 65)
    for founded, enough in (([0, 1], [True, True]), ([0, 2], [True, False]), ([1, 0], [False, True])):
        found = np.empty(2, dtype=bool)
        feeds(np.array([3, 1]), np.array(founded), sales, *given, found)
        assert found.tolist() == enough
    shares, told = given[:2], (SUPPLIER, BUYER, TRADING, *columns, given[-1])
    links, place = np.empty((2, 10), np.int64)
    markets, founded = np.array([3, 1]), np.array([1, 0])
    count = waiting(SLOTS, markets, founded, np.array([0.5, 0.9]), 0.5, *shares, *told, links, place, sales, found)
    assert count == 2 and links[:2].tolist() == [6, 8] and sales.tolist() == [11.0, 72.0]
    assert found.tolist() == [False, True]


def test_a_new_firm_takes_up_a_market():
    niche, size_class, market = firm("niche", 0, 1, 1, 0), firm("size_class", 0, 1, 0, 0), firm("market", 0, 70, 9, 0)
    left = [firm(name, 5, 5, 5, 5) for name in ("normal_sales", "vacancies", "staff", "labour")]
    earned = person("income_permanent", 40, 50)
    take_up(np.array([3]), np.array([1]), np.array([1]), np.array([99.9]), earned, niche, size_class, market, *left)
    assert niche.tolist() == [0, 0, 1, 0] and size_class.tolist() == [0, 1, 0, 1] and market.tolist() == [0, 70, 9, 70]
    assert [one.tolist() for one in left] == [[5, 5, 5, 99], [5, 5, 5, 0], [5, 5, 5, 1], [5, 5, 5, 50]]


def test_customers_are_won_but_not_by_who_buys_from_itself():
    """4 needs 100 a month and orders half of it; 3 takes over and buys elsewhere what it bought."""
    supplier, share, orders = SUPPLIER.copy(), shares(), np.zeros(1)
    columns = firm("sector", 0, 0, 0, 0, 0), firm("normal_sales", 0, 0, 900, 1_000, 200), TRADING
    win(SLOTS, np.array([6, 8]), np.array([0, 0]), np.array([3]), *TERMS, *columns, supplier, share, orders)
    assert supplier[[6, 8]].tolist() == [0, 3] and share[[6, 7, 8, 9]].tolist() == [0.0, 1.0, 0.5, 0.5]
    assert orders.tolist() == [50.0]


def test_a_market_goes_to_a_firm_of_its_sector_in_business():
    """2 and 4 are of the sector: the draw takes the second. 3 follows, which orders half of its 500."""
    for luck, taker in ((0.49, 2), (0.5, 4)):
        supplier, share = SUPPLIER.copy(), shares()
        sales, market = firm("normal_sales", 0, 7, 900, 1_000, 900), firm("market", 0, 60, 5, 5, 5)
        expected, niche, sector = firm("expected_sales", 0, 0, 1, 1, 1), firm("niche", 0, 1, 0, 0, 0), [0, 0, 0, 1, 0]
        columns = firm("sector", *sector), sales, TRADING, supplier, share, market, expected, niche
        take_over(SLOTS, np.array([1]), np.array([luck]), np.array([6]), np.array([0]), *TERMS, *columns)
        assert supplier[6] == taker and niche[1] == 0 and market[taker] == 65
        assert (sales[taker], expected[taker]) == (900 + 60 + 250, 1 + 60 + 250)
    columns = firm("sector", 0, 1, 0, 0, 0), *columns[1:-1], firm("niche", 0, 1, 0, 0, 0)
    take_over(SLOTS, np.array([1]), np.array([0.5]), np.array([6]), np.array([0]), *TERMS, *columns)
    assert columns[-1][1] == 1, "nobody of the sector is left"
