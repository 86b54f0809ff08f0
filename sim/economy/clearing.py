"""Clearing of debts among many, and how distress spreads along them.

Firms owe each other for goods, and some have less than they owe. :func:`clear` finds what each pays: all that it
has, in proportion to what it owes, never more than that; whose payments are part of what others have.
:func:`debtrank` asks how much of their capital others lose when some lose theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.kernels import clearing as loops


@dataclass(frozen=True, eq=False)
class Clearing:
    """What was paid along each link, and what each node got and spent.

    Attributes
    ----------
    paid : ndarray of int64, shape (links,)
        Fen, between 0 and what the link owes.
    received, spent : ndarray of int64, shape (nodes,)
        Sums of `paid` by creditor and by debtor, fen.
    rounds : int
        How often shortfalls were passed on; 0 when everybody pays in full.
    """

    paid: np.ndarray
    received: np.ndarray
    spent: np.ndarray
    rounds: int


def clear(first: np.ndarray, creditor: np.ndarray, owed: np.ndarray, funds: np.ndarray) -> Clearing:
    """Clear debts: the greatest payments that everybody can make, in whole fen."""
    nodes = funds.size
    due, income = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    loops.add_up(first, creditor, owed, due, income)
    spare = (funds + income - due).astype(np.float64)
    paid = owed.astype(np.int64)
    if not (spare < 0.0).any():
        return Clearing(paid, income, due, 0)
    unpaid = np.zeros(nodes)
    rounds = loops.shortfalls(first, creditor, owed, funds, due, spare, unpaid)
    place = np.empty(nodes, np.int64)
    members = loops.touched(first, creditor, owed, spare, unpaid, place)
    part, got_part = np.zeros(owed.size, np.int64), np.zeros(nodes, np.int64)
    loops.start_from(first, creditor, owed, due, unpaid, members, paid, part, income, got_part)
    way = loops.ways_out(first, creditor, owed, unpaid, members, place)
    over = loops.balance(first, creditor, owed, funds, members, place, way, paid, part, income, got_part)
    loops.in_whole_fen(first, creditor, members, place, paid, part, got_part, over)
    spent, received = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    loops.add_up(first, creditor, paid, spent, received)
    loops.hold_back(first, creditor, funds, np.arange(nodes), paid, received, spent)
    return Clearing(paid, received, spent, rounds)
