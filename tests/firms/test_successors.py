"""Who takes over from whom, gone through row by row, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.firms.successors import customers, first_by_luck, founders, least_lucky, take_over, win, without_owner
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
    first_by_luck(staff, np.array([0.4, 0.3, 0.2, 0.2]), employer, np.array([2, 7, 8, 1]), found)
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
