"""Neighbourhoods online: who is there, and who of them is late, as neighbours see it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept


@kept
def share_late(community: Any, alive: Any, months_past_due: Any, late_from: Any, shares: Any) -> None:
    """Write by neighbourhood which share of those on the platform is ``late_from`` months past due and more."""
    there, late = np.zeros(shares.size, np.int64), np.zeros(shares.size, np.int64)
    for row in range(alive.size):  # without a condition, which a quarter of the rows would break
        there[np.uint64(community[row])] += np.int64(alive[row])
    for row in range(alive.size):
        if months_past_due[row] >= late_from:
            late[np.uint64(community[row])] += np.int64(alive[row])
    for place in range(shares.size):
        shares[place] = late[place] / max(there[place], 1)
