"""Which nodes are rounded together, and along which links grains leave them, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.firms.rounded_together import NEAR, debtors_of, touched, ways_out

NOBODY = -1


def network(links, nodes):
    """Offsets, creditors and amounts of (debtor, creditor, fen), which stand in order of debtors."""
    debtors = np.array([debtor for debtor, *_ in links])
    first = np.searchsorted(debtors, np.arange(nodes + 1)).astype(np.int64)
    return first, np.array([to for _, to, _ in links], np.int32), np.array([fen for *_, fen in links], np.int64)


def due_of(first, owed):
    return np.array([owed[first[k] : first[k + 1]].sum() for k in range(first.size - 1)], np.int64)


def members_of(links, nodes, spare, short):
    """Members, and where each node stands among them, where the nodes ``short`` pay half."""
    first, creditor, owed = network(links, nodes)
    due = due_of(first, owed)
    pays = due.astype(float)
    pays[short] /= 2
    place = np.full(nodes, 99)
    found = touched(first, creditor, owed, due, np.array(spare, float), pays, place)
    return found.tolist(), place.tolist()


def test_who_is_short_and_whoever_it_pays_with_next_to_nothing_to_spare():
    """0 is short; 1 has a hair, 2 a hair too much; 3 is owed nothing; 4 is paid by 1, and 5 by nobody of them."""
    links = [(0, 1, 10), (0, 2, 10), (0, 3, 0), (1, 4, 10), (2, 5, 10)]
    spare = [0.0, NEAR * 0.99, NEAR, 0.0, 0.0, 0.0]
    assert members_of(links, 6, spare, [0]) == ([0, 1, 4], [0, 1, NOBODY, NOBODY, 2, NOBODY])
    assert members_of(links, 6, spare, [2]) == ([2, 5], [NOBODY, NOBODY, 0, NOBODY, NOBODY, 1])
    assert members_of(links, 6, spare, []) == ([], [NOBODY] * 6)


def test_what_members_are_owed_by_members():
    """Members 1, 3 and 4, in this order; node 0 is none of them, and nothing is owed along the third link."""
    links = [(0, 1, 5), (1, 3, 6), (1, 4, 0), (1, 0, 7), (3, 1, 8), (4, 1, 9), (4, 3, 10)]
    first, creditor, owed = network(links, 5)
    members, place = np.array([1, 3, 4]), np.array([-1, 0, -1, 1, 2])
    start, debtor, along = debtors_of(first, creditor, owed, members, place)
    assert start.tolist() == [0, 2, 4, 4]
    assert debtor.tolist() == [1, 2, 0, 2] and along.tolist() == [4, 5, 1, 6]


def ways(links, nodes, members, in_full=()):
    """The creditor along whose link grains leave each member."""
    first, creditor, owed = network(links, nodes)
    due = due_of(first, owed)
    pays = due / 2
    pays[list(in_full)] *= 2
    place = np.full(nodes, -1)
    place[members] = np.arange(len(members))
    found = ways_out(first, creditor, owed, due, pays, np.array(members), place)
    return [creditor[link].item() if link >= 0 else NOBODY for link in found]


def test_the_largest_link_to_somebody_outside_else_the_shortest_way_there():
    """2, 3, 4 and 5 are outside. 0 owes 3 most; 1 reaches 0, and 6 reaches 1, though it owes 7 more."""
    links = [(0, 1, 90), (0, 2, 20), (0, 3, 30), (0, 4, 25), (0, 5, 30), (1, 0, 5), (1, 6, 50),
             (6, 1, 5), (6, 7, 50), (7, 6, 10)]  # fmt: skip
    assert ways(links, 8, [0, 1, 6, 7]) == [3, 0, 1, 6]
    assert ways(links, 8, [7, 6, 1, 0]) == [6, 1, 0, 3]


@pytest.mark.parametrize(("in_full", "root"), [((), 0), ((1,), 1), ((2,), 2), ((1, 2), 1)])
def test_of_members_who_owe_each_other_alone_one_who_pays_in_full_keeps_the_grains(in_full, root):
    found = ways([(0, 1, 10), (1, 2, 10), (2, 0, 10)], 3, [0, 1, 2], in_full)
    assert found == [NOBODY if k == root else (k + 1) % 3 for k in range(3)]


def test_a_link_of_nothing_is_no_way_out():
    assert ways([(0, 1, 10), (0, 2, 0), (1, 0, 10)], 3, [0, 1]) == [NOBODY, 0]


def test_two_circles_keep_their_own_grains():
    links = [(0, 1, 10), (1, 0, 10), (2, 3, 10), (3, 2, 10)]
    assert ways(links, 4, [0, 1, 2, 3], in_full=(3,)) == [NOBODY, 0, 3, NOBODY]
