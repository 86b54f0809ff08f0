"""The middle of many whole numbers, without sorting them.

Numbers are counted by how far they lie above the least, in `PARTS` parts of the range; what lies in the part that holds
the middle is counted anew, until a part is one number wide. No branch depends on a number: a processor would guess it
wrong every other time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.diskcache import kept

PARTS = 1024


def middle(values: NDArray[np.int64], told: NDArray[np.int8], step: int) -> int:
    """Median of every so many-th number whose row is told, halves cut off; 0 where there is none.

    Parameters
    ----------
    values : int64[rows]
    told : int8[rows]
        Above 0 for rows that count.
    step : int
        1 takes every row.
    """
    room, both = np.empty((2, len(values) // step + 2), dtype=np.int64), np.zeros(2, dtype=np.int64)
    find_middle(values, told, step, room[0], room[1], both)
    low, high = both.tolist()
    return int((low + high) / 2)


@kept
def find_middle(values: Any, told: Any, step: Any, taken: Any, left: Any, both: Any) -> None:
    """Write the two numbers in the middle, which are one where their count is odd; ``taken`` and ``left`` are room."""
    count = np.int64(0)
    for row in range(0, values.size, step):
        taken[count] = values[row]
        count += np.int64(told[row] > 0)
    if count == 0:
        return
    counts, source, size, place = np.empty(PARTS, np.int64), taken, count, (count - 1) // 2
    least, most = source[0], source[0]
    for k in range(size):
        least, most = min(least, source[k]), max(most, source[k])
    while most > least:
        shift = 0
        while (most - least) >> shift >= PARTS:
            shift += 1
        counts[:] = 0
        for k in range(size):
            counts[(source[k] - least) >> shift] += 1
        part = 0
        while place >= counts[part]:
            place -= counts[part]
            part += 1
        found = np.int64(0)
        for k in range(size):
            number = source[k]
            left[found] = number
            found += np.int64((number - least) >> shift == part)
        least += part << shift
        source, size, most = left, found, least + (1 << shift) - 1
    upto, above = np.int64(0), np.int64(np.iinfo(np.int64).max)
    for k in range(count):
        upto += np.int64(taken[k] <= least)
        above = min(above, taken[k] if taken[k] > least else above)
    both[0], both[1] = least, least if count % 2 == 1 or upto > count // 2 else above
