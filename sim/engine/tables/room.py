"""Memory of columns: where they lie, and that pages of zeros to which nothing is written take none."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

PAGE, LINE = 4096, 64  # bytes
LARGE = 2**20  # bytes of a column from which on it is worth a look whether it holds anything


def staggered(rows: int, dtype: Any, place: int) -> NDArray[Any]:
    """Zeros whose first byte lies ``place`` cache lines into a page.

    Large arrays start on a page boundary, so that row i of every column would fall into the same set of
    the first-level cache, and a store would hold up loads of other columns: twice the time for a month.
    """
    size = rows * np.dtype(dtype).itemsize
    if size < PAGE:
        return np.zeros(rows, dtype=dtype)
    spare = np.zeros(size + 2 * PAGE, dtype=np.uint8)
    start = (-spare.ctypes.data + place * LINE * 5) % PAGE
    return spare[start : start + size].view(dtype)


def holds(values: NDArray[Any]) -> bool:
    """Whether a column may hold anything: a large one is looked through, for its bits."""
    return values.nbytes < LARGE or bool(np.ascontiguousarray(values).view(np.uint8).any())


def put(array: NDArray[Any], values: NDArray[Any]) -> None:
    """Copy rows to the front of a column, but nothing to where nothing is: pages of zeros take no memory until then."""
    if holds(values) or holds(array[: len(values)]):
        array[: len(values)] = values


def copied(values: NDArray[Any]) -> NDArray[Any]:
    """A copy of a column."""
    return values.copy() if holds(values) else np.zeros(values.shape, values.dtype)  # `zeros_like` writes them
