"""Clearing of debts among many, and how distress spreads along them.

Firms owe each other for goods, and some have less than they owe. :func:`clear` finds what each pays: all that it
has, in proportion to what it owes, never more than that; whose payments are part of what others have.
:func:`debtrank` asks how much of their capital others lose when some lose theirs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.firms import clearing_loops as loops
from sim.firms import shortfalls

PATIENCE = 32
"""How often a node passes on what it lacks before the equations of those who fall short are solved instead."""
LONGEST = 1 << 14
"""How often at most, and sweeps in solving at most."""
LARGEST = 512
"""Nodes up to which they are solved by elimination, which costs the third power of their number."""


class Clearing(NamedTuple):
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
    """Clear debts: the greatest payments that everybody can make, in whole fen.

    Who cannot pay in full pays all that it has, its funds and what it is paid, and each creditor in proportion to
    what is owed: p[i] = min(L[i], e[i] + sum over j of p[j] * L[j, i] / L[j]), solved for the greatest p.

    Source: Eisenberg and Noe (2001), "Systemic risk in financial systems", Management Science 47.

    Money is conserved to the fen, nobody pays more than it has, and a node that pays less than it owes keeps
    nothing. Each link, what each node pays and what it is paid are the exact amounts rounded up or down, so they
    lie within one fen of them; docs/decisions/0021-clearing-in-whole-fen.md says why, and what is lost where.
    Which of them are rounded up depends on the order of the links.

    Parameters
    ----------
    first : ndarray of int64, shape (nodes + 1,)
        Node i owes along links ``first[i]`` to ``first[i + 1]``.
    creditor : ndarray of int, shape (links,)
        The node that is owed.
    owed : ndarray of int64, shape (links,)
        Fen, not below 0; up to 1e12 a node for what is said above.
    funds : ndarray of int64, shape (nodes,)
        Fen that each node brings, not below 0.

    Returns
    -------
    Clearing
    """
    creditor, nodes = np.asarray(creditor, np.int32), funds.size
    due, received = np.empty((2, nodes), np.int64)
    pays, spare, doubt = np.empty((3, nodes))
    paid = owed.astype(np.int64)
    if loops.reckon(first, creditor, owed, funds, due, received, pays, spare, doubt):
        return Clearing(paid, received, due, 0)
    rounds = _payments(first, creditor, owed, funds, due, received, pays, spare, doubt)
    shortfalls.round_off(first, creditor, owed, funds, due, received, pays, spare, paid)
    return Clearing(paid, received, due, rounds)


def compile_loops() -> None:
    """Compile what clearing runs, on a ring of three of whom one cannot pay."""
    first, creditor = np.arange(4), np.array([1, 2, 0], dtype=np.int32)
    clear(first, creditor, np.array([90, 100, 100]), np.array([0, 5, 0]))


def _payments(
    first: np.ndarray,
    creditor: np.ndarray,
    owed: np.ndarray,
    funds: np.ndarray,
    due: np.ndarray,
    income: np.ndarray,
    pays: np.ndarray,
    spare: np.ndarray,
    doubt: np.ndarray,
) -> int:
    """Set what each node pays and has left, float64 fen, from what `reckon` leaves; returns the rounds taken."""
    given = first, creditor, owed, funds, due, income, pays, spare, doubt
    rounds, patience, known = 0, PATIENCE, 0
    while True:
        more, settled, known = shortfalls.pass_on_all(*given, patience, known, patience == LONGEST)
        rounds += more
        if settled or patience == LONGEST:
            return rounds
        short = np.flatnonzero(pays < due)
        if short.size == known:
            patience = LONGEST
            continue
        if short.size <= LARGEST:
            loops.eliminate(first, creditor, owed, funds, due, short, pays)
        else:
            loops.relax(first, creditor, owed, funds, due, short, pays, LONGEST)
        loops.left_over(*given)
        known = short.size


def debtrank(
    first: np.ndarray,
    creditor: np.ndarray,
    owed: np.ndarray,
    capital: np.ndarray,
    shocked: np.ndarray,
    limit: int = 1000,
    *,
    once: bool = False,
) -> np.ndarray:
    """Share of its capital that each node loses once losses have spread from debtors to creditors.

    Whoever loses a share of its capital is worth that share less to those whom it owes, before anybody has failed:
    h[i](t+1) = min(1, h[i](t) + sum over j of W[i, j] * (h[j](t) - h[j](t-1))), where W[i, j] is what j owes i
    over the capital of i. Where no node loses all and the spectral radius of W is below 1 the end is
    (I - W)^-1 h(0).

    Source: Bardoscia, Battiston, Caccioli and Caldarelli (2015), "DebtRank: a microscopic foundation for shock
    propagation", PLOS ONE 10; with ``once``, where a node passes on its first loss alone, Battiston, Puliga,
    Kaushik, Tasca and Caldarelli (2012), Scientific Reports 2.

    Parameters
    ----------
    first, creditor, owed : ndarray
        Debts as in :func:`clear`.
    capital : ndarray of int64, shape (nodes,)
        Fen. A node whose capital is not above 0 loses all of it with the first loss that reaches it.
    shocked : ndarray of float64, shape (nodes,)
        Share of its capital that each node loses at the start, 0 to 1.
    limit : int
        Rounds after which to stop, if losses still spread by more than 1e-12 of somebody's capital.

    Returns
    -------
    ndarray of float64, shape (nodes,)
        Shares between `shocked` and 1.
    """
    loss = np.array(shocked, dtype=np.float64)
    loops.pass_on(first, np.asarray(creditor, np.int32), owed, capital, loss, limit, 1e-12, once)
    return loss
