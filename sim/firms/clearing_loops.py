"""Loops of the clearing of mutual debts: who falls short, and by how much.

``sim.firms.clearing`` says what they are for and in which order they run; ``sim.firms.whole_fen`` goes on
from here. A *node* owes along its links.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept

SETTLED = 1.0 / (1 << 24)
"""Fen: a shortfall below it is passed on no further."""

EXACT = 1.0 / (1 << 43)
"""Share of what a node owes that sums of float64 may miss: no reason to call it short."""

ALIKE = 1.0 / (1 << 46)
"""Share by which two sums of float64 over many nodes may differ and still be called equal."""


@kept
def reckon(
    first: Any,
    creditor: Any,
    owed: Any,
    ready: Any,
    due: Any,
    income: Any,
    pays: Any,
    spare: Any,
    doubt: Any,
) -> bool:
    """Add up what each node owes and is owed, and let everybody pay in full; returns whether all can.

    ``pays``, ``spare`` and ``doubt`` are what `spread` starts from.
    """
    for node in range(due.size):
        income[node] = 0
    for node in range(due.size):
        total = 0
        for link in range(first[node], first[node + 1]):
            total += owed[link]
            income[np.uint64(creditor[link])] += owed[link]
        due[node] = total
    enough = True
    for node in range(due.size):
        has = ready[node] + income[node]
        enough = enough & (has >= due[node])
        pays[node], spare[node] = due[node], has - due[node]
        doubt[node] = SETTLED + EXACT * (due[node] + has)
    return enough


@kept
def spread(
    first: Any, creditor: Any, owed: Any, due: Any, doubt: Any, spare: Any, pays: Any, patience: Any
) -> tuple[int, bool]:
    """Pass shortfalls on to creditors in proportion to what each is owed, until none is left.

    From above: everybody is taken to pay in full, so the first to fall short are those who would even then, and
    amounts only fall. All in float64 fen: ``spare`` starts as what each node would have left and ends as what it
    has left; ``pays`` starts as what it owes and ends as what it can pay; ``doubt`` is how little it must lack to
    be called short. Returns the rounds that it took, and whether it came to an end before those who fall short
    had passed on what they lack ``patience`` times on average.
    """
    nodes = due.size
    queue, waiting = np.empty(nodes, np.int64), np.zeros(nodes, np.bool_)
    head, count, rounds, passed, short = 0, 0, 0, 0, 0
    for node in range(nodes):
        short += pays[node] < due[node]
        if spare[node] < -(doubt[node] if pays[node] == due[node] else SETTLED) and pays[node] > 0.0:
            queue[count], waiting[node] = node, True
            count += 1
    while count and passed <= patience * (short + 1):
        rounds += 1
        passed += count
        for _ in range(count):
            node = queue[head]
            head = head + 1 if head + 1 < nodes else 0
            count -= 1
            waiting[node] = False
            short += pays[node] == due[node]
            loss = min(-spare[node], pays[node])
            spare[node] += loss
            pays[node] -= loss
            share = loss / due[node]
            for link in range(first[node], first[node + 1]):
                other = creditor[link]
                spare[other] -= share * owed[link]
                if spare[other] < -SETTLED and not waiting[other] and pays[other] > 0.0:
                    if pays[other] == due[other] and spare[other] >= -doubt[other]:
                        continue
                    tail = head + count
                    queue[tail if tail < nodes else tail - nodes], waiting[other] = other, True
                    count += 1
    return rounds, count == 0


@kept
def left_over(
    first: Any, creditor: Any, owed: Any, ready: Any, due: Any, income: Any, pays: Any, spare: Any, doubt: Any
) -> int:
    """Set ``spare`` to what each node has left, added up anew: taken away bit by bit, its last digits get lost.

    To those who fall short nothing is left; returns how many they are. ``doubt`` is what sums anew may miss.
    """
    full = ready + income - due
    paid = np.zeros(due.size)
    for node in range(due.size):
        if pays[node] < due[node]:
            for link in range(first[node], first[node + 1]):
                full[creditor[link]] -= owed[link]
                paid[creditor[link]] += pays[node] / due[node] * owed[link]
    short = 0
    for node in range(due.size):
        short += pays[node] < due[node]
        spare[node] = full[node] + paid[node] if pays[node] == due[node] else 0.0
        doubt[node] = SETTLED + EXACT * due[node]
    return short


@kept
def eliminate(first: Any, creditor: Any, owed: Any, ready: Any, due: Any, short: Any, pays: Any) -> None:
    """Find what those who fall short, the nodes ``short``, can pay when nobody else does.

    One node after another is taken out and its payments credited to those whom it pays; nothing is ever
    subtracted, so that each amount is right to nearly all its digits, however long money goes round. Source:
    Grassmann, Taksar and Heyman (1985), Operations Research 33.
    """
    count = short.size
    place = np.full(due.size, count)
    share, has, leaves = np.zeros((count, count + 1)), np.zeros(count), np.zeros(count)
    for k in range(count):
        place[short[k]] = k
        has[k] = ready[short[k]]
    for node in range(due.size):
        k = place[node]
        for link in range(first[node], first[node + 1]):
            other = place[creditor[link]]
            if k < count:
                share[k, other] += owed[link] / due[node]
            elif other < count:
                has[other] += owed[link]
    for k in range(count - 1, -1, -1):
        for other in range(k):
            leaves[k] += share[k, other]
        leaves[k] += share[k, count]
        if leaves[k] > 0.0:
            for other in range(k):
                has[other] += has[k] / leaves[k] * share[k, other]
                factor = share[other, k] / leaves[k]
                for last in range(k):
                    share[other, last] += factor * share[k, last]
                share[other, count] += factor * share[k, count]
    for k in range(count):
        for other in range(k):
            has[k] += has[other] * share[other, k]
        # Whoever owes nobody but others in this state, to the last digit, pays what it was found to pay so far.
        has[k] = has[k] / leaves[k] if leaves[k] > 0.0 else pays[short[k]]
    for k in range(count):
        pays[short[k]] = min(has[k], float(due[short[k]]))


@kept
def relax(first: Any, creditor: Any, owed: Any, ready: Any, due: Any, short: Any, pays: Any, sweeps: Any) -> None:
    """Find what :func:`eliminate` finds, for more nodes, by sweeps: each pays what the last sweep brought it.

    After a sweep all payments are scaled such that as much money leaves the nodes ``short`` as comes to them, which
    takes out the error that would go round for longest. Source: iterative aggregation with one group, Takahashi
    (1975), Tokyo Institute of Technology; Stewart (1994), "Introduction to the Numerical Solution of Markov Chains".
    """
    inside, enters = np.zeros(due.size, np.bool_), 0.0
    for node in short:
        inside[node] = True
    base = np.zeros(due.size)
    for node in range(due.size):
        if inside[node]:
            base[node] += ready[node]
        else:
            for link in range(first[node], first[node + 1]):
                base[creditor[link]] += owed[link]
    for node in short:
        enters += base[node]
    for _ in range(sweeps):
        coming, leaves, settled = base.copy(), 0.0, True
        for node in short:
            share = pays[node] / due[node]
            for link in range(first[node], first[node + 1]):
                coming[creditor[link]] += share * owed[link]
                if not inside[creditor[link]]:
                    leaves += share * owed[link]
        scale = enters / leaves if leaves > 0.0 and abs(enters - leaves) > ALIKE * enters else 1.0
        for node in short:
            amount = base[node] + scale * (coming[node] - base[node])
            settled = settled and abs(amount - pays[node]) <= SETTLED + ALIKE * due[node]
            pays[node] = amount
        if settled:
            break
    for node in short:
        pays[node] = min(pays[node], float(due[node]))


@kept
def pass_on(
    first: Any, creditor: Any, owed: Any, capital: Any, loss: Any, limit: Any, tolerance: Any, once: Any
) -> int:
    """Let losses of debtors' capital become losses of their creditors' in ``loss``; returns the rounds taken.

    A round passes on what was lost in the one before; with ``once`` a node passes on its first loss alone.
    """
    fresh, gone = loss.copy(), np.zeros(loss.size, np.bool_)
    for done in range(limit):
        coming = np.zeros(loss.size)
        for node in range(loss.size):
            if fresh[node] > 0.0 and not (once and gone[node]):
                gone[node] = True
                for link in range(first[node], first[node + 1]):
                    coming[creditor[link]] += fresh[node] * owed[link]
        most = 0.0
        for node in range(loss.size):
            more = 1.0 - loss[node]
            if coming[node] < more * capital[node]:
                more = coming[node] / capital[node]
            elif coming[node] <= 0.0:
                more = 0.0
            fresh[node] = more
            loss[node] += more
            most = max(most, more)
        if most <= tolerance:
            return done + 1
    return limit
