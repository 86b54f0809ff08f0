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
        self._contexts, codes = [], []
        for place, column in enumerate(self._columns):
            own = {**self._unused, "_totals": self.found[place : place + 1], "c_0": column}
            arrays = [own[name] for name in ("_floats", "_ints", "_totals", *LISTS, *text.arguments)]
            words = [word for array in arrays for word in (array.ctypes.data, array.size)]
            self._contexts.append(np.array(words, dtype=np.int64))
            codes.append(native(None, text, tuple(map(kind_of, arrays))))
        self._drive = drive
        self._functions = np.array([code.address for code in codes], dtype=np.int64)
        self._addresses = np.array([context.ctypes.data for context in self._contexts], dtype=np.int64)

    def run(self, rows: int, first: int = 0) -> NDArray[np.int64]:
        """Run over so many rows of each column, from the ``first`` on; returns what the loop told, int64[columns]."""
        self.found.fill(0)  # of no rows nothing is written
        if COMPILING:
            self._drive(self._functions, self._addresses, first, rows, max(rows, 1), 0, 0, 0)
        else:
            self.found[:] = [self._plain(column[first:rows]) for column in self._columns]
        return self.found
