"""Shortfalls in two steps: passed on until nobody falls short unseen, then rounded to whole fen."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.firms.clearing_loops import left_over, spread
from sim.firms.rounded_together import touched, ways_out
from sim.firms.whole_fen import balance, hold_back, in_whole_fen, start_from


@kept
def pass_on_all(
    first: Any,
    creditor: Any,
    owed: Any,
    ready: Any,
    due: Any,
    income: Any,
    pays: Any,
    spare: Any,
    doubt: Any,
    patience: Any,
    known: Any,
    last: Any,
) -> tuple[int, bool, int]:
    """Let nodes `spread` what they lack and add up anew what is `left_over`, until nobody lacks more.

    With ``last`` what is left is not added up. Returns the rounds taken, whether that came to an end before patience
    did, and how many fell short when it was last added up, ``known`` where it was not.
    """
    rounds = 0
    while True:
        more, settled = spread(first, creditor, owed, due, doubt, spare, pays, patience)
        rounds += more
        if more == 0 or last or not settled:
            return rounds, settled, known
        known = left_over(first, creditor, owed, ready, due, income, pays, spare, doubt)


@kept
def round_off(
    first: Any, creditor: Any, owed: Any, ready: Any, due: Any, income: Any, pays: Any, spare: Any, paid: Any
) -> None:
    """Set ``paid`` to whole fen of what nodes pay, and ``due`` and ``income`` to what each pays and gets of them."""
    nodes = due.size
    place, part, got_part = np.empty(nodes, np.int64), np.zeros(owed.size, np.int64), np.zeros(nodes, np.int64)
    members = touched(first, creditor, owed, due, spare, pays, place)
    start_from(first, creditor, owed, due, pays, members, paid, part, income, got_part)
    way = ways_out(first, creditor, owed, due, pays, members, place)
    over = balance(first, creditor, owed, ready, members, place, way, paid, part, income, got_part)
    in_whole_fen(first, creditor, members, place, paid, part, got_part, over)
    hold_back(first, creditor, ready, paid, income, due)
