"""Loops of the clearing of mutual debts: who falls short, by how much, and the same in whole fen.

``sim.economy.clearing`` says what they are for and in which order they run. A *node* owes along its links; a
link's amount within a fen is counted in grains, ``2**GRAIN_BITS`` to the fen.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kernels.diskcache import kept

GRAIN_BITS = 16
GRAINS = 1 << GRAIN_BITS
WITHIN_FEN = GRAINS - 1
SETTLED = 1.0 / (1 << 24)
"""Fen: a shortfall below it is passed on no further."""
EXACT = 1.0 / (1 << 46)
"""Share of what a node owes that sums of float64 may miss: no reason to call it short."""
PATIENCE = 256
"""How often a node passes on what it lacks before elimination is tried instead."""
LARGEST = 512
"""Nodes that elimination takes at most; it costs the third power of their number."""
NEAR = 1.0 / 16
"""Fen: a node that has no more than this to spare is rounded together with those that fall short."""


@kept
def add_up(first: Any, creditor: Any, amount: Any, out: Any, into: Any) -> None:
    """Add to ``out`` what each node pays or owes along its links and to ``into`` what each is paid or owed."""
    for node in range(out.size):
        total = 0
        for link in range(first[node], first[node + 1]):
            total += amount[link]
            into[creditor[link]] += amount[link]
        out[node] += total


@kept
def spread(
    first: Any, creditor: Any, owed: Any, due: Any, spare: Any, unpaid: Any, patience: Any
) -> tuple[int, bool]:
    """Pass shortfalls on to creditors in proportion to what each is owed, until none is left.

    From above: everybody is taken to pay in full, so the first to fall short are those who would even then,
    and amounts only fall. ``spare``, float64 fen, holds what each node would have left and ends as what it has
    left; ``unpaid``, float64 fen, what it cannot pay. Returns the rounds that it took, and whether it came to an
    end before each node that falls short had passed on ``patience`` times what it lacks, on average.
    """
    nodes = due.size
    queue, waiting = np.empty(nodes, np.int64), np.zeros(nodes, np.bool_)
    head, count, rounds, passed, short = 0, 0, 0, 0, 0
    for node in range(nodes):
        short += unpaid[node] > 0.0
        if spare[node] < -SETTLED - EXACT * due[node] and unpaid[node] < due[node]:
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
            short += unpaid[node] == 0.0
            loss = min(-spare[node], due[node] - unpaid[node])
            spare[node] += loss
            unpaid[node] += loss
            share = loss / due[node]
            for link in range(first[node], first[node + 1]):
                other = creditor[link]
                spare[other] -= share * owed[link]
                if spare[other] < -SETTLED and not waiting[other] and unpaid[other] < due[other]:
                    if unpaid[other] > 0.0 or spare[other] < -SETTLED - EXACT * due[other]:
                        tail = head + count
                        queue[tail if tail < nodes else tail - nodes], waiting[other] = other, True
                        count += 1
    return rounds, count == 0


@kept
def eliminate(first: Any, creditor: Any, owed: Any, ready: Any, due: Any, spare: Any, unpaid: Any) -> None:
    """Find what those who fall short can pay when nobody else does, and what is then left to each.

    Arguments as in :func:`spread`. One node after another is taken out and its payments credited to those whom it
    pays; nothing is ever subtracted, so that each amount is right to nearly all its digits, however long money
    goes round. Source: Grassmann, Taksar and Heyman (1985), Operations Research 33.
    """
    short = np.nonzero(unpaid > 0.0)[0]
    count = short.size
    place = np.full(due.size, count, np.int64)
    place[short] = np.arange(count)
    share, has = np.zeros((count, count + 1)), np.zeros(count)
    for node in range(due.size):
        k = place[node]
        if k < count:
            has[k] += ready[node]
        for link in range(first[node], first[node + 1]):
            other = place[creditor[link]]
            if k < count:
                share[k, other] += owed[link] / due[node]
            elif other < count:
                has[other] += owed[link]
    leaves = np.zeros(count)
    for k in range(count - 1, -1, -1):
        leaves[k] = share[k, :k].sum() + share[k, count]
        if leaves[k] > 0.0:
            has[:k] += has[k] / leaves[k] * share[k, :k]
            for i in range(k):
                share[i, :k] += share[i, k] / leaves[k] * share[k, :k]
                share[i, count] += share[i, k] / leaves[k] * share[k, count]
    for k in range(count):
        for i in range(k):
            has[k] += has[i] * share[i, k]
        # Whoever owes nobody but others in this state, to the last digit, pays what it was found to pay so far.
        has[k] = has[k] / leaves[k] if leaves[k] > 0.0 else due[short[k]] - unpaid[short[k]]
        unpaid[short[k]] = max(0.0, due[short[k]] - has[k])
    for node in range(due.size):
        spare[node] = ready[node] - (0.0 if unpaid[node] > 0.0 else due[node])
    for node in range(due.size):
        part = (due[node] - unpaid[node]) / due[node] if due[node] > 0 else 0.0
        for link in range(first[node], first[node + 1]):
            spare[creditor[link]] += part * owed[link]
    spare[unpaid > 0.0] = 0.0


@kept
def shortfalls(first: Any, creditor: Any, owed: Any, ready: Any, due: Any, spare: Any, unpaid: Any) -> int:
    """Fill ``unpaid`` and ``spare`` as :func:`spread` does, by elimination where money goes round for long."""
    rounds, settled = spread(first, creditor, owed, due, spare, unpaid, PATIENCE)
    while not settled:
        few = (unpaid > 0.0).sum() <= LARGEST
        if few:
            eliminate(first, creditor, owed, ready, due, spare, unpaid)
        more, settled = spread(first, creditor, owed, due, spare, unpaid, PATIENCE)
        rounds += more
    return rounds


@kept
def touched(first: Any, creditor: Any, owed: Any, spare: Any, unpaid: Any, place: Any) -> Any:
    """Return the nodes to round together, and write where each stands in that list to ``place`` (else -1).

    Those that fall short, and whoever is paid by one of the list and has next to nothing to spare: a grain
    less, and it would fall short, too.
    """
    members, count = np.empty(place.size, np.int64), 0
    for node in range(place.size):
        place[node] = -1
        if unpaid[node] > 0.0:
            members[count], place[node] = node, count
            count += 1
    looked = 0
    while looked < count:
        node = members[looked]
        looked += 1
        for link in range(first[node], first[node + 1]):
            other = creditor[link]
            if owed[link] > 0 and place[other] < 0 and spare[other] < NEAR:
                members[count], place[other] = other, count
                count += 1
    return members[:count]


@kept
def debtors_of(first: Any, creditor: Any, owed: Any, members: Any, place: Any) -> Any:
    """Return offsets, debtors and links of what each member is owed by members (two arrays by creditor)."""
    start = np.zeros(members.size + 1, np.int64)
    for node in members:
        for link in range(first[node], first[node + 1]):
            if owed[link] > 0 and place[creditor[link]] >= 0:
                start[place[creditor[link]] + 1] += 1
    for k in range(members.size):
        start[k + 1] += start[k]
    free = start[:-1].copy()
    debtor, along = np.empty(start[-1], np.int64), np.empty(start[-1], np.int64)
    for k in range(members.size):
        for link in range(first[members[k]], first[members[k] + 1]):
            other = place[creditor[link]]
            if owed[link] > 0 and other >= 0:
                debtor[free[other]], along[free[other]] = k, link
                free[other] += 1
    return start, debtor, along


@kept
def ways_out(first: Any, creditor: Any, owed: Any, unpaid: Any, members: Any, place: Any) -> Any:
    """Return for each member the link along which grains leave the members by the shortest way.

    It is the largest link to somebody with something to spare, else a link to a member nearer to one. Members
    who owe each other alone have no way out: one of them, who pays in full if possible, gets -1 and keeps the
    grains, and the others' ways lead there.
    """
    start, debtor, along = debtors_of(first, creditor, owed, members, place)
    count, done, found = members.size, 0, 0
    way, reached, queue = np.full(count, -1, np.int64), np.zeros(count, np.bool_), np.empty(2 * count, np.int64)
    for k in range(count):
        for link in range(first[members[k]], first[members[k] + 1]):
            if place[creditor[link]] < 0 and owed[link] > 0 and (way[k] < 0 or owed[link] > owed[way[k]]):
                way[k] = link
        if way[k] >= 0:
            queue[found], reached[k] = k, True
            found += 1
    for root in range(-1, 2 * count):  # first nobody new, then those who pay in full, then anybody
        if root >= 0:
            k = root % count
            if reached[k] or (root < count and unpaid[members[k]] > 0.0):
                continue
            queue[found], reached[k] = k, True
            found += 1
        while done < found:
            near = queue[done]
            done += 1
            for entry in range(start[near], start[near + 1]):
                k = debtor[entry]
                if way[k] < 0 and k != (root % count if root >= 0 else -1):
                    way[k] = along[entry]
                    if not reached[k]:
                        queue[found], reached[k] = k, True
                        found += 1
    return way


@kept
def shift(link: Any, grains: Any, other: Any, owed: Any, paid: Any, part: Any, got: Any, got_part: Any) -> int:
    """Let a link carry so many grains more, or fewer, as far as it can; return those that it could not."""
    total = part[link] + grains
    fen, rest, left = total >> GRAIN_BITS, total & WITHIN_FEN, 0
    if paid[link] + fen < 0:
        left = ((paid[link] + fen) << GRAIN_BITS) + rest
        fen, rest = -paid[link], 0
    elif paid[link] + fen >= owed[link]:
        left = ((paid[link] + fen - owed[link]) << GRAIN_BITS) + rest
        fen, rest = owed[link] - paid[link], 0
    paid[link] += fen
    got[other] += fen
    got_part[other] += rest - part[link]
    part[link] = rest
    return left


@kept
def balance(
    first: Any,
    creditor: Any,
    owed: Any,
    ready: Any,
    members: Any,
    place: Any,
    way: Any,
    paid: Any,
    part: Any,
    got: Any,
    got_part: Any,
) -> Any:
    """Let each member pay to the grain what it has: what is over or missing goes along its way out.

    ``paid`` and ``part`` are fen and grains along each link, ``got`` and ``got_part`` the sums of what each node
    is paid, ``ready`` the node's own funds. Returns the grains that a member could not pass on.
    """
    count, done, found = members.size, 0, 0
    children, queue, over = np.zeros(count, np.int64), np.empty(count, np.int64), np.zeros(count, np.int64)
    settled = np.zeros(count, np.bool_)
    for k in range(count):
        if way[k] >= 0 and place[creditor[way[k]]] >= 0:
            children[place[creditor[way[k]]]] += 1
    for k in range(count):
        if children[k] == 0:
            queue[found] = k
            found += 1
    while done < found:
        k = queue[done]
        node = members[k]
        done += 1
        fen, grains = ready[node] + got[node], got_part[node]
        for link in range(first[node], first[node + 1]):
            fen, grains = fen - paid[link], grains - part[link]
        left = (fen << GRAIN_BITS) + grains
        settled[k] = True
        if way[k] >= 0:
            left = shift(way[k], left, creditor[way[k]], owed, paid, part, got, got_part)
            parent = place[creditor[way[k]]]
            if parent >= 0:
                children[parent] -= 1
                if children[parent] == 0:
                    queue[found] = parent
                    found += 1
        for link in range(first[node], first[node + 1]):
            other = place[creditor[link]]
            if left != 0 and owed[link] > 0 and (other < 0 or not settled[other]):
                left = shift(link, left, creditor[link], owed, paid, part, got, got_part)
        over[k] = left
    return over


@kept
def round_trips(ends: Any, value: Any, corners: Any) -> None:
    """Round the value of each arc, in grains below a fen, to 0 or to a fen, so that every corner stays balanced.

    Bit by bit: the arcs whose last bit is set meet every corner an even number of times, so they can be paired
    there and fall into round trips; along each trip arcs that point forward get one more and the others one less,
    which clears that bit of all. An arc never leaves the fen that it lies in. Source: Cohen (1995), "Approximate
    max-flow on small depth networks", SIAM Journal on Computing 24, section 5.

    ``ends`` holds the corners that each arc leads from and to, one after the other, shape (2 * arcs,).
    """
    waiting, next_end = np.full(corners, -1, np.int32), np.empty(ends.size, np.int32)
    for bit in range(GRAIN_BITS):
        step = 1 << bit
        for arc in range(value.size):
            if value[arc] & step != 0:
                for end in range(2 * arc, 2 * arc + 2):
                    other = waiting[ends[end]]
                    if other < 0:
                        waiting[ends[end]] = end
                    else:
                        waiting[ends[end]] = -1
                        next_end[end], next_end[other] = other, end
        for arc in range(value.size):
            end = 2 * arc
            while value[end >> 1] & step != 0:
                value[end >> 1] += -step if end & 1 else step
                end = next_end[end ^ 1]


@kept
def in_whole_fen(
    first: Any, creditor: Any, members: Any, place: Any, paid: Any, part: Any, got_part: Any, over: Any
) -> None:
    """Round what members pay to whole fen: each link, what each node pays and what it gets, up or down.

    Corners: what a node gets, what a member pays, and one where all ends that is kept. Arcs: links, and from
    what a node gets to what it pays or keeps; where a node keeps what comes along one link, it needs no corner.
    """
    count, links = members.size, 0
    coming = np.zeros(place.size, np.int64)
    for node in members:
        for link in range(first[node], first[node + 1]):
            links += part[link] != 0
            coming[creditor[link]] += part[link] != 0
    ends, value = np.empty(4 * (links + count), np.int32), np.empty(2 * (links + count), np.int32)
    corners, arcs = 2 * count + 1, links
    corner_of = np.full(place.size, 2 * count, np.int64)
    for node in range(place.size):
        within = got_part[node] & WITHIN_FEN
        if place[node] >= 0:
            corner_of[node] = place[node]
        elif coming[node] > 1:
            corner_of[node] = corners
            corners += 1
        if within != 0 and corner_of[node] != 2 * count:
            ends[2 * arcs], ends[2 * arcs + 1] = corner_of[node], 2 * count
            if place[node] >= 0:
                ends[2 * arcs + 1] = count + place[node]
            value[arcs] = within
            arcs += 1
    arc = 0
    for k in range(count):
        for link in range(first[members[k]], first[members[k] + 1]):
            if part[link] != 0:
                ends[2 * arc], ends[2 * arc + 1] = count + k, corner_of[creditor[link]]
                value[arc] = part[link]
                arc += 1
        within = over[k] & WITHIN_FEN
        if within != 0:
            ends[2 * arcs], ends[2 * arcs + 1], value[arcs] = count + k, 2 * count, within
            arcs += 1
    round_trips(ends[: 2 * arcs], value[:arcs], corners)
    arc = 0
    for node in members:
        for link in range(first[node], first[node + 1]):
            if part[link] != 0:
                paid[link] += value[arc] >> GRAIN_BITS
                arc += 1


@kept
def start_from(
    first: Any,
    creditor: Any,
    owed: Any,
    due: Any,
    unpaid: Any,
    members: Any,
    paid: Any,
    part: Any,
    got: Any,
    got_part: Any,
) -> None:
    """Set what members pay to the proportion that they can pay, to the grain."""
    for node in members:
        if unpaid[node] <= 0.0:
            continue
        share = max(0.0, (due[node] - unpaid[node]) / due[node])
        for link in range(first[node], first[node + 1]):
            amount = share * owed[link]
            fen = int(amount)
            grains = int((amount - fen) * GRAINS + 0.5)
            fen, grains = fen + (grains >> GRAIN_BITS), grains & WITHIN_FEN
            got[creditor[link]] += fen - paid[link]
            got_part[creditor[link]] += grains
            paid[link], part[link] = fen, grains


@kept
def hold_back(first: Any, creditor: Any, ready: Any, members: Any, paid: Any, got: Any, out: Any) -> None:
    """Let whoever would still pay more than it has pay less, first to those who have most to spare.

    Rounding leaves nobody in that state, save where grains had no way to go.
    """
    stack = np.empty(2 * ready.size, np.int64)
    count = 0
    for node in members:
        if ready[node] + got[node] < out[node]:
            stack[count] = node
            count += 1
    while count:
        count -= 1
        node = stack[count]
        while ready[node] + got[node] < out[node]:
            best, most = -1, 0
            for link in range(first[node], first[node + 1]):
                other = creditor[link]
                spare = ready[other] + got[other] - out[other]
                if paid[link] > 0 and (best < 0 or spare > most):
                    best, most = link, spare
            other = creditor[best]
            cut = min(paid[best], out[node] - ready[node] - got[node])
            paid[best] -= cut
            out[node] -= cut
            short = ready[other] + got[other] < out[other]
            got[other] -= cut
            if not short and ready[other] + got[other] < out[other] and other != node:
                stack[count] = other
                count += 1
