"""A native loop for each of several columns, all of them run by one call from Python.

To make a view of each of sixty columns and to call NumPy for each takes longer than to go through ten thousand rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.compiled import COMPILING
from sim.engine.loops.text import LISTS, Text

CLEAR = Text(
    (
        (
            "_clear",
            "def _clear(_size, c_0):\n    for _row in range(_size):\n        c_0[unsigned(_row)] = 0\n",
        ),
    ),
    "_clear(_size, {c_0})\n",
    ("c_0",),
)
"""Clears a column."""
COUNT_NOT_FINITE = Text(
    (
        (
            "_count",
            "def _count(_start, _size, _totals, c_0):\n"
            "    found = int64(0)\n"
            "    for _row in range(_size):\n"
            "        value = c_0[unsigned(_start + _row)]\n"
            "        found += int64(value - value != 0)\n"  # infinity less itself is no number, as is what was none
            "    _totals[unsigned(0)] += found\n",
        ),
    ),
    "_count(_start, _size, {_totals}, {c_0})\n",
    ("c_0",),
)
"""Counts the values that are no finite numbers, and adds them to what it found before."""


class OverColumns:
    """One loop over each of some columns, one column after the other.

    Parameters
    ----------
    text : Text
        The loop: takes a column as ``c_0``, and may write a number for it to ``_totals``.
    plain : callable
        What it does with the rows of one column in plain Python; returns that number.
    columns : sequence of ndarray
        Whole columns, as ``Table.array`` gives them. They are kept: native loops know where they lie.
    """

    def __init__(self, text: Text, plain: Callable[[Any], int], columns: Sequence[NDArray[Any]]) -> None:
        self._plain, self._columns = plain, tuple(columns)
        self.found = np.zeros(len(columns), dtype=np.int64)
        if COMPILING:
            self._wire(text)

    def _wire(self, text: Text) -> None:
        from sim.engine.loops.native import drive, kind_of, native  # loads the compiler

        # What every loop is handed and these do not use.
        unused = zip(("_floats", "_ints", *LISTS), ("f8", "i8", "i8", "u1", "u8"), strict=True)
        self._unused = {name: np.zeros(1, dtype=kind) for name, kind in unused}
        names = [*self._unused, "_totals", "c_0"]
        places = [names.index(name) for name in ("_floats", "_ints", "_totals", *LISTS, *text.arguments)]
        # Address and length of each array, once for each column; then in the order of the loop's arguments.
        words = np.empty((len(self._columns), len(names), 2), dtype=np.int64)
        words[:, :-2] = [words_of(array) for array in self._unused.values()]
        words[:, -2, 0] = addresses_of(self.found, np.arange(len(self._columns)))
        words[:, -2, 1] = 1
        words[:, -1] = [words_of(column) for column in self._columns] or np.zeros((0, 2))
        self._contexts = words.take(places, axis=1)  # one row after the other, where an index would leave it to NumPy
        usual = [kind_of(array) for array in (*self._unused.values(), self.found)]
        kinds = [kind_of(column) for column in self._columns]
        codes = {kind: native(None, text, tuple([*usual, kind][k] for k in places)) for kind in dict.fromkeys(kinds)}
        self._drive = drive
        self._functions = np.array([codes[kind].address for kind in kinds], dtype=np.int64)
        self._addresses = addresses_of(self._contexts, np.arange(len(kinds)))

    def run(self, rows: int, first: int = 0) -> NDArray[np.int64]:
        """Run over so many rows of each column, from the ``first`` on; returns what the loop told, int64[columns]."""
        self.found.fill(0)  # of no rows nothing is written
        if COMPILING:
            self._drive(self._functions, self._addresses, first, rows, max(rows, 1), 0, 0, 0)
        else:
            self.found[:] = [self._plain(column[first:rows]) for column in self._columns]
        return self.found


def words_of(array: NDArray[Any]) -> tuple[int, int]:
    """Where an array lies, and its length."""
    return array.ctypes.data, array.size


def addresses_of(words: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Addresses of rows of an array, int64[rows]."""
    return np.asarray(words.ctypes.data + words.strides[0] * rows, dtype=np.int64)
