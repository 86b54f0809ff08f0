"""Links of trade and persons gone through row by row, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.firms.trade_loops import (
    at_leisure,
    count_debts,
    fall_due,
    fill_vacancies,
    lay_off,
    lead_to,
    links_to,
    place_orders,
    sell_claims,
    settle_links,
    staff_of,
    usual_orders,
    without_place,
)

SLOTS = 2  # a supplier and the outside world


def zeros(size: int = 3) -> np.ndarray:
    return np.zeros(size, np.int64)


def test_what_is_owed_and_due_by_buyer_and_by_supplier():
    """1 owes 2 70 fen, of which 20 are due, and 5 outside; 2 owes 1 9, all due."""
    supplier, later, due = np.array([0, 0, 2, 0, 1, 0]), np.array([0, 0, 50, 5, 0, 0]), np.array([0, 0, 20, 0, 9, 0])
    sums = [zeros() for _ in range(4)]
    count_debts(SLOTS, supplier, later, due, *sums)
    assert [amounts.tolist() for amounts in sums] == [[0, 75, 9], [0, 20, 9], [5, 9, 70], [0, 9, 20]]


def test_a_share_falls_due_to_the_nearest_fen():
    later, due = np.array([0, 0, 5, 101, 7, 0]), np.array([0, 0, 3, 0, 0, 0])
    fall_due(SLOTS, np.array([1.0, 0.5, 1.0]), later, due)
    assert later.tolist() == [0, 0, 2, 50, 0, 0] and due.tolist() == [0, 0, 6, 51, 7, 0]


@pytest.mark.parametrize(("order", "inside"), [(0, 0), (-5, 0), (1, 0), (10, 6), (11, 6)])
def test_orders_go_to_suppliers_by_share_and_the_rest_outside(order, inside):
    """Three fifths come from 2 and two fifths from outside; 2 orders nothing."""
    supplier, share = np.array([0, 0, 2, 0, 1, 0]), np.array([0.0, 1.0, 0.6, 0.4, 0.5, 0.5])
    later, sold = zeros(6), zeros()
    place_orders(SLOTS, supplier, share, np.array([0, order, 0]), later, sold)
    rest = max(order, 0) - inside
    assert later.tolist() == [0, 0, inside, rest, 0, 0] and sold.tolist() == [rest, 0, inside]


def test_no_more_is_ordered_than_was_asked_for():
    later, sold = zeros(3), zeros(2)
    place_orders(3, np.array([1, 1, 0]), np.array([0.7, 0.7, 0.0]), np.array([10]), later, sold)
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


def test_what_firms_in_business_usually_order():
    """1 needs 80 and 2 needs 40 a month, half of it over each link; 3 has closed."""
    orders = np.zeros(4)
    given = np.array([0.5]), 0.5, zeros(4), np.array([0, 160, 80, 99]), np.array([0, 1, 1, 0])
    usual_orders(SLOTS, *given, np.array([0, 0, 3, 0, 3, 0, 2, 0]), orders)
    assert orders.tolist() == [60.0, 0.0, 0.0, 60.0]


def test_claims_are_owed_to_the_outside_world_when_they_are_sold():
    supplier, later, due = np.array([0, 0, 2, 0, 2, 0]), np.array([0, 0, 50, 5, 7, 0]), np.array([0, 0, 20, 1, 9, 3])
    price = zeros()
    sell_claims(SLOTS, np.array([2, 4]), supplier, later, due, price)
    assert price.tolist() == [0, 0, 86]
    assert later.tolist() == [0, 0, 0, 55, 0, 7] and due.tolist() == [0, 0, 0, 21, 0, 12]


def test_links_are_settled_with_what_was_paid():
    later, due, got, lost = np.array([0, 0, 50, 5, 7, 8]), np.array([0, 0, 20, 1, 9, 3]), zeros(), zeros()
    settle_links(np.array([2, 3]), np.array([70, 6]), np.array([30, 2]), np.array([0, 0, 2, 0, 1, 0]), later, due, got,
                 lost)  # fmt: skip
    assert got.tolist() == [2, 0, 30] and lost.tolist() == [4, 0, 40]
    assert later.tolist() == [0, 0, 0, 0, 7, 8] and due.tolist() == [0, 0, 0, 0, 9, 3]


# Persons: at firm 1, at none, jobless, dead, in the last sector, owner of a firm.
EMPLOYER = np.array([1, 0, 0, 0, 0, 2])
EMPLOYED = np.array([1, 1, 0, 1, 1, 1])
SECTOR = np.array([0, 1, 1, 0, 2, 1])
ALIVE = np.array([1, 1, 1, 0, 1, 1])
OWNS = np.array([0, 0, 0, 0, 0, 2])


def collected(loop, *given):
    rows = np.full(6, -1)
    return rows[: loop(*given, rows)].tolist()


def test_links_that_lead_to_marked_suppliers():
    supplier = np.array([2, 0, 1, 2, 0, 1])
    for marked, links in (([0, 0, 1], [0, 3]), ([0, 1, 1], [0, 2, 3, 5]), ([0, 0, 0], [])):
        assert collected(links_to, supplier, np.array(marked)) == links


def test_who_works_in_a_sector_of_firms_and_has_none():
    assert collected(without_place, EMPLOYER, EMPLOYED, SECTOR, ALIVE, 6, 2) == [1]
    assert collected(without_place, EMPLOYER, EMPLOYED, SECTOR, ALIVE, 6, 3) == [1, 4]
    assert collected(without_place, EMPLOYER, EMPLOYED, SECTOR, ALIVE, 4, 3) == [1]


def test_who_works_at_marked_firms():
    for marked, staff in (([0, 1, 0], [0]), ([0, 0, 1], [5]), ([1, 0, 0], [1, 4]), ([0, 0, 0], [])):
        assert collected(staff_of, EMPLOYER, EMPLOYED, ALIVE, np.array(marked), 6) == staff


def test_who_owns_nothing_and_has_a_job_or_none():
    for marked, want, found in (([0, 1, 0], 1, [1]), ([0, 1, 0], 0, [2]), ([1, 1, 1], 1, [0, 1, 4])):
        assert collected(at_leisure, EMPLOYED, OWNS, SECTOR, ALIVE, 6, np.array(marked), want) == found


def test_a_threshold_lies_between_the_last_who_goes_and_the_first_who_stays():
    """1 lets one of three go, 2 both, 3 more than it has, 4 nobody."""
    employer, key = np.array([1, 1, 1, 2, 2, 3, 4]), np.array([0.25, 0.5, 0.75, 0.1, 0.2, 0.3, 0.4])
    thresholds = np.zeros(6)
    lay_off(employer, key, np.array([9, 1, 2, 5, 0, 7]), 1e6, thresholds)
    assert thresholds.tolist() == [0.0, 0.375, 1e6, 1e6, 0.0, 0.0]


def test_places_by_vacancies_then_by_size():
    """Two vacancies at the second and one at the last; sizes 3, 0 and 1."""
    for seekers, places in ((0, []), (1, [1]), (2, [1, 2]), (3, [1, 1, 2]), (7, [1, 1, 2, 0, 0, 0, 2])):
        found = np.full(seekers, -1)
        fill_vacancies(np.array([0, 2, 1]), np.array([3.0, 0.0, 1.0]), found)
        assert found.tolist() == places
