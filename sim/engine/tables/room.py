"""Memory of columns: where they lie, and that pages of zeros to which nothing is written take none."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

PAGE, LINE = 4096, 64  # bytes
LARGE = 2**20  # bytes of a column from which on it is worth a look whether it holds anything
HUGE = 2**22  # bytes from which on large pages pay: each has 2 MB


def room(count: int, dtype: Any, filled: bool = False) -> NDArray[Any]:
    """So many zeros; many lie on pages of their own, which take no memory until something is written to them.

    What will be ``filled`` lies on large pages, which take less time to get.

    An allocator serves what is smaller than some tens of megabytes from room that was given back before. It then writes
    the zeros, and when the array goes its pages stay with the process, as holes that nothing longer fills.
    """
    size = int(count) * np.dtype(dtype).itemsize
    if size < LARGE:
        return np.zeros(count, dtype)
    own = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_ANONYMOUS") else {}
    pages = mmap.mmap(-1, size, **own)
    if filled and size >= HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
        pages.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(pages, dtype)


def staggered(rows: int, dtype: Any, place: int) -> NDArray[Any]:
    """Zeros whose first byte lies ``place`` cache lines into a page.

    Large arrays start on a page boundary, so that row i of every column would fall into the same set of
    the first-level cache, and a store would hold up loads of other columns: twice the time for a month.
    """
    size = rows * np.dtype(dtype).itemsize
    if size < PAGE:
        return np.zeros(rows, dtype=dtype)
    spare = room(size + 2 * PAGE, np.uint8)
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
    there = holds(values)
    copy = room(len(values), values.dtype, filled=there)
    if there:
        copy[:] = values
    return copy


def taken(values: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """A copy of some rows of a column."""
    there = holds(values)
    copy = room(len(rows), values.dtype, filled=there)
    if there:
        np.take(values, rows, out=copy, mode="clip")  # other modes write down a second copy first
    return copy
