"""Draws for a chunk of rows at once: one compiled function that all loops share.

Kept out of the loops themselves, because ten written-out rounds in each of them would cost seconds of
compiling and gain nothing.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from sim.kernels.philox import philox, philox_words


@numba.njit(nogil=True)
def fill_words(
    ordinal: Any, arrival: Any, start: Any, count: Any, month: Any, block: Any, low: Any, high: Any, words: Any
) -> None:
    """Write the four words of rows ``start`` to ``start + count`` into ``words``, shape (4, chunk).

    Parameters
    ----------
    ordinal, arrival : ndarray of int32, int16
        Who: the columns that key every draw.
    month, block, low, high : int
        Month, group of purposes, and the two words of the seed.
    """
    month_word, block_word = np.uint32(month & 0xFFFFFFFF), np.uint32(block)
    low_word, high_word = np.uint32(low), np.uint32(high)
    for k in range(count):
        words[0, k], words[1, k], words[2, k], words[3, k] = philox_words(
            np.uint32(ordinal[start + k]),
            np.uint32(arrival[start + k]),
            month_word,
            block_word,
            low_word,
            high_word,
        )


@numba.njit(nogil=True)
def words_of(ordinal: Any, arrival: Any, month: Any, block: Any, low: Any, high: Any) -> Any:
    """Return the four words of one row; for loops that look at few rows."""
    return philox(ordinal, arrival, month, block, low, high)


def fill_words_plain(
    ordinal: Any, arrival: Any, start: int, count: int, month: int, block: int, low: int, high: int, words: Any
) -> None:
    """Do the same as `fill_words` in plain Python."""
    for k in range(count):
        drawn = philox.py_func(int(ordinal[start + k]), int(arrival[start + k]), month, block, low, high)
        for place in range(4):
            words[place, k] = drawn[place]
