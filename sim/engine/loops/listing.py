"""Few rows out of many: flagged several at once, then listed."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept

CHUNK = 2048  # rows that are flagged before any of them is listed
SPARE = 8  # rows beyond the last that a list needs room for: flags are read eight at a time


@kept
def list_flagged(flags: Any, eights: Any, start: Any, size: Any, rows: Any, count: Any) -> int:
    """Add to ``rows``, from ``count`` on, the rows from ``start`` on whose flag is set; returns how many there are now.

    ``eights`` are the flags, ``size`` of them, read eight at a time, for most are 0.
    """
    for place in range(size, (size + 7) // 8 * 8):
        flags[place] = 0
    for word in range((size + 7) // 8):
        if eights[word] != 0:
            for place in range(8 * word, 8 * word + 8):
                rows[count] = start + place  # to stay, or to be written over
                count += np.int64(flags[place])
    return count


@kept
def list_equal(values: Any, wanted: Any, rows: Any) -> int:
    """Collect the rows that hold a value, with `SPARE` rows of room beyond the last; returns how many."""
    flags, count = np.zeros(CHUNK, np.uint8), 0
    eights = flags.view(np.uint64)
    for start in range(0, values.size, CHUNK):
        some = values[start : start + CHUNK]
        for k in range(some.size):
            flags[k] = some[k] == wanted
        count = list_flagged(flags, eights, start, some.size, rows, count)
    return count


def rows_with(values: np.ndarray, wanted: int) -> np.ndarray:
    """Rows that hold a value, int64, in order: of most columns few do."""
    rows = np.empty(len(values) + SPARE, dtype=np.int64)
    return rows[: list_equal(values, wanted, rows)].copy()  # not the room, which would stay as long as the list
