"""The order of real numbers, without comparing any two: sorted byte by byte, from the last to the first.

A processor guesses every other comparison of a sort wrong; here no branch depends on a number. Bytes that all numbers
share are passed over: half of them, where the numbers had been stored with half the digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engine.loops.diskcache import kept

BYTES = 8
SIGN = np.int64(np.iinfo(np.int64).min)


def order_of(values: ArrayLike) -> NDArray[np.int64]:
    """Places of numbers from the least to the largest, int64[n]; equal ones stay in their order.

    Parameters
    ----------
    values : float64[n]
        None of them undefined.
    """
    numbers = np.asarray(values, dtype=np.float64) + 0.0  # 0 and -0, which are equal, in one form
    words, rows = np.empty((2, 2, len(numbers)), dtype=np.int64)
    words[0] = numbers.view(np.int64)
    found: NDArray[np.int64] = rows[sort_by_bytes(words, rows, np.zeros((BYTES, 256), dtype=np.int64))]
    return found


@kept
def sort_by_bytes(words: Any, rows: Any, counts: Any) -> int:
    """Sort the bits of numbers, ``words[0]``, and their places with them; returns which half of ``rows`` has these.

    Bits of numbers rise with them once those of negative ones are turned round and the sign of the others is set.
    """
    size, here = words.shape[1], 0
    for k in range(size):
        word = words[0, k] ^ ((words[0, k] >> 63) | SIGN)
        words[0, k], rows[0, k] = word, k
        for byte in range(BYTES):
            counts[byte, (word >> (8 * byte)) & 255] += 1
    for byte in range(BYTES):
        if size == 0 or counts[byte, (words[here, 0] >> (8 * byte)) & 255] == size:
            continue
        place = 0
        for value in range(256):
            counts[byte, value], place = place, place + counts[byte, value]
        for k in range(size):
            word = words[here, k]
            value = (word >> (8 * byte)) & 255
            words[1 - here, counts[byte, value]], rows[1 - here, counts[byte, value]] = word, rows[here, k]
            counts[byte, value] += 1
        here = 1 - here
    return here
