"""Shortfalls passed on and rounded off, by hand."""

from __future__ import annotations

import numpy as np

from sim.firms.clearing_loops import reckon
from sim.firms.shortfalls import pass_on_all, round_off

# 0 owes 1 and 2 10 and 5 fen and has 10; 1 owes 2 20 and has 10.
FIRST, CREDITOR, OWED = np.array([0, 2, 3, 3]), np.array([1, 2, 2], dtype=np.int32), np.array([10, 5, 20])
READY = np.array([10, 10, 0])


def reckoned():
    due, income = np.empty((2, 3), np.int64)
    floats = np.empty((3, 3))
    reckon(FIRST, CREDITOR, OWED, READY, due, income, *floats)
    return FIRST, CREDITOR, OWED, READY, due, income, *floats


def test_shortfalls_are_passed_on_until_nobody_lacks_more():
    given = reckoned()
    assert pass_on_all(*given, 9, 0, False) == (2, True, 2), "0 lacks 5, then 1 a part of them: two fall short"
    *_, pays, spare, _ = given
    assert pays.tolist()[0] == 10.0 and abs(pays[1] - 10.0 - 20.0 / 3) < 1e-12 and spare.tolist()[:2] == [0.0, 0.0]
    assert abs(spare[2] - 10.0 / 3 - pays[1]) < 1e-12
    assert pass_on_all(*reckoned(), 0, 7, False) == (1, False, 7), "without patience others must solve what is left"
    assert pass_on_all(*reckoned(), 9, 7, True) == (2, True, 7)


def test_payments_are_rounded_to_whole_fen_and_added_up_anew():
    given = reckoned()
    pass_on_all(*given, 9, 0, False)
    paid = OWED.copy()
    due, income = given[4:6]
    round_off(*given[:8], paid)
    assert paid[:2].sum() == 10 and paid[0] in (6, 7) and paid[2] == 10 + paid[0], "all that they have"
    assert due.tolist() == [10, paid[2], 0] and income.tolist() == [0, paid[0], paid[1] + paid[2]]
