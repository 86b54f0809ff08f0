"""Where the rounding of flows in a network begins."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept

GRAIN_BITS = 12


GRAINS = 1 << GRAIN_BITS


WITHIN_FEN = GRAINS - 1


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
    """Let whoever would still pay more than it has pay less, first to those who have most to spare.

    Rounding leaves nobody in that state, save where grains had no way to go.
    """
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
