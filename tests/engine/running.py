"""Bound rules run compiled, in chunks, or in plain Python row by row."""

from __future__ import annotations

import numpy as np

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
