"""Exact sums of many real numbers: added up in whole numbers, rounded once.

A number is a whole one of 53 bits times a power of two. It is added to parts of 32 bits each that together reach from
the least to the largest power, so that nothing is lost, in whichever order.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.diskcache import kept

PARTS = 66  # of 32 bits: from 2**-1074 on beyond the largest number
MANY = 1024  # numbers from which on this is quicker than the standard library's


def exact_sum(values: NDArray[np.float64]) -> float:
    """Sum of fewer than 2**30 numbers, rounded once, as ``math.fsum`` gives it.

    Parameters
    ----------
    values : float64[n]

    Raises
    ------
    OverflowError
        If the sum is beyond the largest number.
    ValueError
        If infinities of both signs are among the numbers.
    """
    parts = np.zeros(PARTS, dtype=np.int64)
    if not add_exactly(np.array(values, dtype=np.float64).view(np.int64), parts):
        return math.fsum(values.tolist())
    return sum(int(parts[k]) << (32 * k) for k in np.flatnonzero(parts).tolist()) / (1 << 1074)


@kept
def add_exactly(words: Any, parts: Any) -> bool:
    """Add numbers, of which ``words`` are the bits, to parts of 32 bits; False where one is infinite or none at all."""
    low_half = 0xFFFFFFFF
    for k in range(words.size):
        word = words[k]
        exponent = (word >> 52) & 2047
        if exponent == 2047:
            return False
        # Numbers below 2**-1022 have no leading bit, and the same power as the next larger ones.
        leading = np.int64(exponent > 0)
        whole, power, sign = (word & 0xFFFFFFFFFFFFF) + (leading << 52), exponent - leading, 1 | (word >> 63)
        part, shift = power >> 5, power & 31
        low, high = (whole & low_half) << shift, (whole >> 32) << shift
        parts[part] += sign * (low & low_half)
        parts[part + 1] += sign * ((low >> 32) + (high & low_half))
        parts[part + 2] += sign * (high >> 32)
    return True
