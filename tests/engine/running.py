"""Bound rules run compiled, in chunks, or in plain Python row by row; and pages that arrays take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.engine.loops.bound import Bound, Key
from sim.engine.loops.filling import PlainLuck


def found(bound: Bound, rows: int, key: Key, chunk: int, plain: bool) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Tallies and histograms of rows 0 to ``rows``."""
    totals = np.zeros(bound.size, dtype=np.int64)
    if not plain:
        totals = bound.run(0, rows, key, chunk)
    for row in range(rows) if plain else ():
        who = (int(bound.arrays[name][row]) for name in ("ordinal", "arrival_month"))
        bound.run_plain(row, key, totals, PlainLuck(*who, key))
    tallies, bins = bound.named(totals)
    return dict(tallies), {name: counts.tolist() for name, counts in bins.items()}


PAGEMAP = Path("/proc/self/pagemap")
told_by_linux = pytest.mark.skipif(not PAGEMAP.exists(), reason="Linux alone tells of each page")


def pages(array: np.ndarray) -> int:
    """Pages of its own that lie within an array, by what Linux says of each: there, and nobody else's."""
    first, last = -(-array.ctypes.data // 4096), (array.ctypes.data + array.nbytes) // 4096
    with PAGEMAP.open("rb") as file:
        file.seek(8 * first)
        told = np.frombuffer(file.read(8 * (last - first)), dtype=np.uint64)
    return int(((told >> np.uint64(63)) & (told >> np.uint64(56)) & np.uint64(1)).sum())
