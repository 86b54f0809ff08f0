"""Loops that round the flows of a network to whole fen, so that every node stays balanced.

They take over from ``sim.firms.clearing_loops``. A link's amount within a fen is counted in grains,
``2**GRAIN_BITS`` to the fen. *Members* are the nodes whose payments are rounded together; all others pay in full.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept

GRAIN_BITS = 12
GRAINS = 1 << GRAIN_BITS
WITHIN_FEN = GRAINS - 1


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
    pays: Any,
    members: Any,
    paid: Any,
    part: Any,
    got: Any,
    got_part: Any,
) -> None:
    """Set what members pay to the proportion that they can pay, to the grain."""
    for node in members:
        if pays[node] == due[node]:
            continue
        share = pays[node] / due[node]
        for link in range(first[node], first[node + 1]):
            amount = share * owed[link]
            fen = int(amount)
            grains = int((amount - fen) * GRAINS + 0.5)
            fen, grains = fen + (grains >> GRAIN_BITS), grains & WITHIN_FEN
            got[creditor[link]] += fen - paid[link]
            got_part[creditor[link]] += grains
            paid[link], part[link] = fen, grains


@kept
def hold_back(first: Any, creditor: Any, ready: Any, paid: Any, got: Any, out: Any) -> None:
    """Add up what each node gets and pays; who would pay more than it has pays less, first to who has most to spare.

    Rounding leaves nobody in that state, save where grains had no way to go.
    """
    for node in range(ready.size):
        got[node] = 0
    for node in range(ready.size):
        total = 0
        for link in range(first[node], first[node + 1]):
            total += paid[link]
            got[np.uint64(creditor[link])] += paid[link]
        out[node] = total
    stack = np.empty(2 * ready.size, np.int64)
    count = 0
    for node in range(ready.size):
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
