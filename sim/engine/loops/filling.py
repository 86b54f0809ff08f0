"""Draws for a block of rows at once, made once and shared by all stages that run on the block."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from sim.engine.loops.compiled import COMPILING, plain
from sim.engine.loops.diskcache import kept
from sim.engine.loops.normals import normal_draw
from sim.engine.loops.philox import UNIT, philox, philox_words

AT_ONCE = 256  # draws of scattered rows


@kept
def fill_words(
    ordinal: Any,
    arrival: Any,
    start: Any,
    count: Any,
    month: Any,
    block: Any,
    low: Any,
    high: Any,
    words: Any,
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
    # Rows of their own from 0 on: then the loop runs several rows at once.
    who, when = ordinal[start : start + count], arrival[start : start + count]
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    for k in range(count):
        first[k], second[k], third[k], fourth[k] = philox_words(
            np.uint32(who[k]), np.uint32(when[k]), month_word, block_word, low_word, high_word
        )


@kept
def fill_uniforms(
    ordinal: Any, arrival: Any, rows: Any, month: Any, block: Any, word: Any, low: Any, high: Any, uniforms: Any
) -> None:
    """Write the uniform draws of some rows, float64, from one of the four words (0 to 3) of `fill_words`."""
    month_word, block_word = np.uint32(month & 0xFFFFFFFF), np.uint32(block)
    low_word, high_word = np.uint32(low), np.uint32(high)
    who, when = np.empty(AT_ONCE, np.uint32), np.empty(AT_ONCE, np.uint32)
    words = np.empty((4, AT_ONCE), np.uint32)
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    for start in range(0, rows.size, AT_ONCE):
        some, count = rows[start:], min(AT_ONCE, rows.size - start)
        for k in range(count):
            who[k], when[k] = np.uint32(ordinal[some[k]]), np.uint32(arrival[some[k]])
        for k in range(count):  # in a row now, so that several are drawn at once
            first[k], second[k], third[k], fourth[k] = philox_words(
                who[k], when[k], month_word, block_word, low_word, high_word
            )
        drawn, found = words[word], uniforms[start:]
        for k in range(count):
            found[k] = (float(drawn[k]) + 0.5) * UNIT


@kept
def fill_by_purpose(
    ordinal: Any, arrival: Any, rows: Any, purposes: Any, month: Any, low: Any, high: Any, uniforms: Any
) -> None:
    """Write a uniform draw for each row, float64, of the purpose beside it, by the purpose's number."""
    month_word, low_word, high_word = np.uint32(month & 0xFFFFFFFF), np.uint32(low), np.uint32(high)
    for k in range(rows.size):
        who, when = np.uint32(ordinal[rows[k]]), np.uint32(arrival[rows[k]])
        block, word = np.uint32(purposes[k] // 4), purposes[k] % 4
        first, second, third, fourth = philox_words(who, when, month_word, block, low_word, high_word)
        words = (np.uint32(first), np.uint32(second), np.uint32(third), np.uint32(fourth))
        uniforms[k] = (float(words[word]) + 0.5) * UNIT


@kept
def fill_normals(words: Any, count: Any, normals: Any) -> None:
    """Turn words into standard normal draws, float64."""
    for k in range(count):
        normals[k] = normal_draw((float(words[k]) + 0.5) * UNIT)


class Luck:
    """The draws of a block of rows: made once, shared by every stage that runs on the block.

    Parameters
    ----------
    ordinal, arrival : ndarray
        Who: full-capacity columns that key every draw.
    block_rows : int
        Largest number of rows of a block.
    key : tuple of int
        Seed (low and high 32 bits) and month.
    """

    def __init__(self, ordinal: np.ndarray, arrival: np.ndarray, block_rows: int, key: tuple[int, int, int]) -> None:
        self._ordinal, self._arrival, self._rows, self._key = ordinal, arrival, block_rows, key
        self._words: dict[int, np.ndarray] = {}
        self._normals: dict[int, np.ndarray] = {}
        self._fresh: set[tuple[str, int]] = set()
        self._low = self._count = 0

    def move(self, low: int, high: int) -> Luck:
        """Go on to another block of rows."""
        self._low, self._count = low, high - low
        self._fresh.clear()
        return self

    def words(self, group: int) -> np.ndarray:
        """Words of one group of purposes, shape (4, rows), uint32."""
        if ("words", group) not in self._fresh:
            if group not in self._words:
                self._words[group] = np.empty((4, self._rows), dtype=np.uint32)
            low, high, month = self._key
            fill_words(
                self._ordinal,
                self._arrival,
                self._low,
                self._count,
                month,
                group,
                low,
                high,
                self._words[group],
            )
            self._fresh.add(("words", group))
        return self._words[group]

    def normals(self, number: int) -> np.ndarray:
        """Standard normal draws of one purpose, shape (rows,), float64."""
        if ("normal", number) not in self._fresh:
            if number not in self._normals:
                self._normals[number] = np.empty(self._rows)
            fill_normals(self.words(number // 4)[number % 4], self._count, self._normals[number])
            self._fresh.add(("normal", number))
        return self._normals[number]


_plain_normal = plain(normal_draw) if COMPILING else normal_draw


class PlainLuck:
    """The same draws for one row, in plain Python."""

    def __init__(self, ordinal: int, arrival: int, key: tuple[int, int, int]) -> None:
        self._who, self._key = (ordinal, arrival), key

    @functools.lru_cache  # noqa: B019 - lives for one row and one phase
    def words(self, group: int) -> np.ndarray:
        """Words of one group of purposes, shape (4, 1)."""
        low, high, month = self._key
        return np.array(philox.py_func(*self._who, month, group, low, high), dtype=np.uint32).reshape(4, 1)

    def normals(self, number: int) -> list[float]:
        """Standard normal draw of one purpose."""
        return [_plain_normal((float(self.words(number // 4)[number % 4, 0]) + 0.5) * UNIT)]
