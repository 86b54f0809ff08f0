"""Links of trade gone through row by row, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.firms.trade_loops import (
    count_debts,
    fall_due,
    lead_to,
    open_links,
    pay_over_links,
    place_orders,
    sell_claims,
    supply,
)

SLOTS = 2  # a supplier and the outside world


def zeros(size: int = 3) -> np.ndarray:
    return np.zeros(size, np.int64)


def test_what_is_owed_and_due_by_buyer_and_by_supplier():
    """1 owes 2 70 fen, of which 20 are due, and 5 outside; 2 owes 1 9, all due."""
    supplier, later, due = np.array([0, 0, 2, 0, 1, 0]), np.array([0, 0, 50, 5, 0, 0]), np.array([0, 0, 20, 0, 9, 0])
    sums = [zeros() + 99 for _ in range(4)]  # of the month before
    count_debts(SLOTS, supplier, later, due, *sums)
    assert [amounts.tolist() for amounts in sums] == [[0, 75, 9], [0, 20, 9], [0, 9, 70], [0, 9, 20]]


def test_a_share_falls_due_to_the_nearest_fen():
    later, due = np.array([0, 0, 5, 101, 7, 0]), np.array([0, 0, 3, 0, 0, 0])
    supplier, sums, counted = np.array([0, 0, 2, 0, 1, 0]), np.full((4, 3), 9), np.full((4, 3), 9)
    fall_due(SLOTS, np.array([1.0, 0.5]), np.array([0, 1, 0]), supplier, later, due, *sums)
    count_debts(SLOTS, supplier, later, due, *counted)
    assert sums.tolist() == counted.tolist()
    assert later.tolist() == [0, 0, 2, 50, 0, 0] and due.tolist() == [0, 0, 6, 51, 7, 0]


@pytest.mark.parametrize(("order", "inside"), [(0, 0), (-5, 0), (1, 0), (10, 6), (11, 6)])
def test_orders_go_to_suppliers_by_share_and_the_rest_outside(order, inside):
    """Three fifths come from 2 and two fifths from outside; 2 orders nothing."""
    supplier, share = np.array([0, 0, 2, 0, 1, 0]), np.array([0.0, 1.0, 0.6, 0.4, 0.5, 0.5])
    later, goods, sold = zeros(6), np.array([7, 7, 7]), np.full(3, 9)
    orders = np.array([0, order, 0])
    told = place_orders(SLOTS, supplier, share, np.array([0, 1, 1]), orders, later, goods, sold)
    rest = max(order, 0) - inside
    assert later.tolist() == [0, 0, inside, rest, 0, 0] and sold.tolist() == [0, 0, inside]
    assert told == (inside + rest, rest) and goods.tolist() == [7, 7 + inside + rest, 7]
    assert place_orders(SLOTS, supplier, share, np.zeros(3, int), orders, later, goods, sold) == (0, 0), (
        "out of business"
    )


def test_no_more_is_ordered_than_was_asked_for():
    later, sold = zeros(3), zeros(2)
    given = np.array([0.7, 0.7, 0.0]), np.array([1]), np.array([10])
    assert place_orders(3, np.array([1, 1, 0]), *given, later, zeros(1), sold) == (10, 0)
    assert later.tolist() == [7, 3, 0] and sold.tolist() == [0, 10]


@pytest.mark.parametrize(
    ("trades", "size", "share", "rest"),
    [(1, 1_000, 0.5, 0.5), (1, 100, 0.25, 0.75), (0, 1_000, 0.0, 1.0)],
    ids=["as usual", "too large a customer", "out of business"],
)
def test_a_link_leads_to_a_supplier_who_sells_what_it_can(trades, size, share, rest):
    """1 needs 80 a month and usually orders half of it over its link; none sells more than a fifth of its sales."""
    supplier, shares = np.array([0, 0, 0, 0, 0, 0]), np.array([0.0, 0.0, 0.25, 0.75, 0.0, 0.0])
    terms = np.array([0.5]), 0.5, 0.2
    lead_to(SLOTS, np.array([2]), np.array([2]), *terms, zeros(), np.array([0, 160, size]), np.array([0, 1, trades]),
            supplier, shares)  # fmt: skip
    assert supplier.tolist() == [0, 0, 2, 0, 0, 0] and shares.tolist() == [0.0, 0.0, share, rest, 0.0, 0.0]


def test_claims_are_owed_to_the_outside_world_when_they_are_sold():
    supplier, later, due = np.array([0, 0, 2, 0, 2, 0]), np.array([0, 0, 50, 5, 7, 0]), np.array([0, 0, 20, 1, 9, 3])
    price, claims, claims_due = zeros(), np.array([0, 1, 90]), np.array([0, 1, 40])
    share = np.array([0, 1, 0.25, 0.75, 0.5, 0.75], dtype=np.float32)  # sums of float32 may go beyond 1
    assert sell_claims(SLOTS, np.array([2]), supplier, share, later, due, claims, claims_due, price) == 86
    assert share.tolist() == [0, 1, 0, 1, 0, 1]
    assert price.tolist() == [0, 0, 86] and (claims.tolist(), claims_due.tolist()) == ([0, 1, 4], [0, 1, 11])
    assert later.tolist() == [0, 0, 0, 55, 0, 7] and due.tolist() == [0, 0, 0, 21, 0, 12]


def test_new_firms_buy_from_outside_until_they_have_suppliers():
    share, links = np.full(8, 0.5), np.full(2, -1)
    open_links(SLOTS, np.array([3, 1]), share, links)
    assert links.tolist() == [6, 2] and share.tolist() == [0.5, 0.5, 0.5, 1, 0.5, 0.5, 0.5, 1]


def test_luck_chooses_suppliers_from_firms_in_business():
    """Of 2 and 3, with sales of 100 and 300, the draw of half chooses 3, unless it is closed."""
    links, buyers, luck = np.array([2]), np.array([1]), np.array([0.5])
    for trades, chosen in ((1, 3), (0, 2)):
        supplier, share = np.zeros(8, np.int64), np.array([0, 1, 0, 1, 0, 1, 0, 1.0])
        columns = np.zeros(4, np.int64), np.array([900, 80, 100, 300]), np.array([0, 0, 1, trades])
        supply(SLOTS, links, buyers, luck, 1.0, np.array([1.0]), 0.5, 0.4, *columns, supplier, share)
        assert supplier[2] == chosen and share[[2, 3]].tolist() == [0.5, 0.5]


def test_links_settle_with_what_is_paid_and_debts_and_claims_follow():
    """1 pays 2 30 of 70 and the outside world 6; 2 pays nobody: cash moves by what came and went."""
    supplier, due = np.array([0, 0, 2, 0, 1, 0]), np.array([0, 0, 70, 9, 4, 0])
    paid, received, spent = np.array([0, 0, 30, 6, 0, 0]), np.array([6, 0, 30]), np.array([0, 36, 0])
    cash, debts, debts_due, claims, claims_due = (np.array([0, 50, 5]) + k for k in range(5))
    sums = cash, debts, debts_due, claims, claims_due
    assert pay_over_links(supplier, paid, received, spent, due, *sums) == 30
    assert due.tolist() == [0, 0, 40, 3, 4, 0] and cash.tolist() == [0, 14, 35]
    assert [debts.tolist(), debts_due.tolist()] == [[1, 15, 6], [2, 16, 7]]
    assert [claims.tolist(), claims_due.tolist()] == [[3, 53, -22], [4, 54, -21]]
