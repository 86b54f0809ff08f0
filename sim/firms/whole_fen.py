"""Loops that round the flows of a network to whole fen, so that every node stays balanced.

They take over from ``sim.firms.clearing_loops``. A link's amount within a fen is counted in grains,
``2**GRAIN_BITS`` to the fen. *Members* are the nodes whose payments are rounded together; all others pay in full.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.firms.first_round import GRAIN_BITS, WITHIN_FEN

NEAR = 1.0 / 16
"""Fen: a node that has no more than this to spare is rounded together with those that fall short."""


@kept
def touched(first: Any, creditor: Any, owed: Any, due: Any, spare: Any, pays: Any, place: Any) -> Any:
    """Return the nodes to round together, and write where each stands in that list to ``place`` (else -1).

    Those that fall short, and whoever is paid by one of the list and has next to nothing to spare: a grain
    less, and it would fall short, too.
    """
    members, count = np.empty(place.size, np.int64), 0
    for node in range(place.size):
        place[node] = -1
        if pays[node] < due[node]:
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
def ways_out(first: Any, creditor: Any, owed: Any, due: Any, pays: Any, members: Any, place: Any) -> Any:
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
            if reached[k] or (root < count and pays[members[k]] < due[members[k]]):
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
