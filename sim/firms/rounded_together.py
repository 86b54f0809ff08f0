"""Loops that find which nodes of a network are rounded together, and the ways along which grains leave them.

``sim.firms.whole_fen`` then rounds what these nodes pay.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept

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
