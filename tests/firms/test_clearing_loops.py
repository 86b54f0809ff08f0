"""Two ways to solve for those who fall short agree, whoever else pays them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.firms.clearing_loops import EXACT, SETTLED, eliminate, left_over, reckon, relax, spread


def test_what_each_owes_and_is_owed_and_whether_all_can_pay():
    """0 owes 1 and 2 10 and 5 fen, 1 owes 2 20: with 15 and 10 of their own all pay in full."""
    first, creditor, owed = np.array([0, 2, 3, 3]), np.array([1, 2, 2], dtype=np.int32), np.array([10, 5, 20])
    due, income = np.full((2, 3), 99)
    pays, spare, doubt = np.empty((3, 3))
    for ready, enough in (([15, 10, 0], True), ([14, 10, 0], False), ([15, 9, 0], False)):
        assert reckon(first, creditor, owed, np.array(ready), due, income, pays, spare, doubt) == enough
        assert due.tolist() == pays.tolist() == [15, 20, 0] and income.tolist() == [0, 10, 25]
        assert spare.tolist() == [ready[0] - 15, ready[1] - 10, 25]
        assert doubt.tolist() == [SETTLED + EXACT * sums for sums in (15 + ready[0], 30 + ready[1], 25)]


def test_what_is_left_is_added_up_anew_once_shortfalls_were_passed_on():
    """0 lacks 3 of 15 fen, of which 1 gets 2 less, and lacks them; the last gets 1 and 2 less, with 22 of 25 left."""
    first, creditor, owed = np.array([0, 2, 3, 3]), np.array([1, 2, 2], dtype=np.int32), np.array([10, 5, 20])
    due, income = np.empty((2, 3), np.int64)
    pays, spare, doubt = np.empty((3, 3))
    ready = np.array([12, 10, 0])
    reckon(first, creditor, owed, ready, due, income, pays, spare, doubt)
    assert spread(first, creditor, owed, due, doubt, spare, pays, 9) == (2, True) and pays.tolist() == [12, 18, 0]
    spare[:] = 99
    assert left_over(first, creditor, owed, ready, due, income, pays, spare, doubt) == 2
    assert spare.tolist() == [0, 0, 22] and doubt.tolist() == [SETTLED + EXACT * owes for owes in (15, 20, 0)]


def test_a_chain_behind_somebody_who_pays_in_full():
    """0 pays 1 its 10 fen in full; 1 owes 2 twice as much and has 3; 2 owes 0 half of what it is paid."""
    first, creditor, owed = np.array([0, 1, 2, 3]), np.array([1, 2, 0]), np.array([10, 20, 30])
    due, ready, short = owed.copy(), np.array([0, 3, 1]), np.array([1, 2])
    for solve in (eliminate, relax):
        pays = due.astype(float)
        solve(first, creditor, owed, ready, due, short, pays, *[10_000] * (solve is relax))
        assert pays.tolist() == pytest.approx([10.0, 13.0, 14.0])


def test_those_who_owe_each_other_alone_stay_at_what_they_were_found_to_pay():
    """0 hands on what it has to 3, outside; 1 and 2 owe each other."""
    first, creditor, owed = np.array([0, 1, 2, 3, 3]), np.array([3, 2, 1]), np.array([10, 20, 20])
    pays = np.array([8.0, 6.0, 7.0, 0.0])
    eliminate(first, creditor, owed, np.array([4, 0, 0, 0]), np.array([10, 20, 20, 0]), np.array([0, 1, 2]), pays)
    assert pays.tolist() == [4.0, 6.0, 6.0, 0.0]


@pytest.mark.parametrize("seed", range(5))
def test_elimination_and_sweeps_find_the_same(seed):
    """Of 40 nodes that owe five others each 30 fall short, whose own funds are small."""
    generator = np.random.default_rng(seed)
    first = np.arange(41) * 5
    creditor, owed = generator.integers(0, 40, 200), generator.integers(1, 10_000, 200)
    due = np.add.reduceat(owed, first[:-1])
    short, ready = np.arange(30), generator.integers(0, 100, 40)
    found = []
    for solve in (eliminate, relax):
        pays = due.astype(float)
        solve(first, creditor, owed, ready, due, short, pays, *[10_000] * (solve is relax))
        found.append(pays)
    assert found[0] == pytest.approx(found[1], rel=1e-6) and (found[0][30:] == due[30:]).all()
    assert (found[0][:30] < due[:30]).any()
