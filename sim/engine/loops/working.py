"""What one thread needs to run bound loops: scratch for a chunk, totals of its own, and where every array lies."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.engine.loops.columns import addresses_of, words_of
from sim.engine.loops.native import drive

SPARE = 8  # rows beyond a chunk, for flags are read eight at a time


class Worker:
    """Runs the loops of a `Bound` on its own chunk of scratch.

    It does not keep the `Bound`: each would keep the other, and the columns with them, long after a model is gone.

    Parameters
    ----------
    chunk : int
        Rows at a time.
    """

    def __init__(self, chunk: int) -> None:
        self.chunk, self.version = chunk, -1
        self._arrays: dict[str, np.ndarray] = {}
        flags = np.zeros(chunk + SPARE & ~7, dtype=np.uint8)
        self._own: dict[str, Any] = {
            "_floats": np.zeros(1),
            "_ints": np.zeros(1, dtype=np.int64),
            "_index": np.zeros(chunk + chunk // 8 + 3 * SPARE, dtype=np.int64),
            "_flags": flags,
            "_eights": flags.view(np.uint64),
        }

    def run(self, low: int, high: int, key: tuple[int, int, int]) -> np.ndarray:
        """Run all loops on rows ``low`` to ``high``."""
        self.totals.fill(0)
        seed_low, seed_high, month = key
        drive(self._functions, self._addresses, low, high, self.chunk, month, seed_low, seed_high)
        return self._told

    def ready(self, bound: Any) -> None:
        """Follow the bound loops to where their tables and totals lie now."""
        if self.version != bound.version:
            self._wire(bound)

    def _wire(self, bound: Any) -> None:
        chain = bound.plan.chain
        self.totals = np.zeros(bound.size + 1, dtype=np.int64)
        self._told = self.totals[: bound.size]
        self._arrays = {name: self._array(bound, name) for name in chain.names if " " not in name}
        lie = {name: words_of(array) for name, array in self._arrays.items()}
        _assert_apart(self._arrays, lie)
        first = self.totals.ctypes.data
        own = {
            "_floats": _parts_at(bound.floats),
            "_ints": _parts_at(bound.ints),
            "_totals": [
                *((first + 8 * start, max(stop - start, 1)) for start, stop in bound.slices),
                *((first + 8 * place, 1) for place in range(bound.size - len(bound.counted), bound.size)),
            ],
        }
        lie |= {f"{name} {k}": words for name, parts in own.items() for k, words in enumerate(parts)}
        self._contexts = np.array([lie[name] for name in chain.names], dtype=np.int64)[chain.places]
        self._addresses = addresses_of(self._contexts, chain.starts)
        self._functions, self.version = chain.functions, bound.version

    def _array(self, bound: Any, name: str) -> np.ndarray:
        """The array of a name, see `Chain`."""
        kind, _, rest = name.partition("_")
        if name == "_totals":
            return self.totals
        if kind == "c" and rest not in bound.local:
            return bound.arrays[rest]
        if kind == "t":
            return bound.rooms[rest]  # a table may grow within its room
        if kind == "g":
            return np.array([int(rest)], dtype=np.int64)
        if name not in self._own:  # scratch of a chunk
            self._own[name] = np.zeros(self.chunk, dtype=bound.plan.chain.kind_of(name)[0])
        return self._own[name]


def _parts_at(parts: Sequence[np.ndarray]) -> list[tuple[int, int]]:
    """Address and length of parts of one array of 64-bit numbers, which follow each other in it."""
    ends, first = itertools.accumulate(map(len, parts)), parts[0].ctypes.data
    return [(first + 8 * (end - len(part)), len(part)) for end, part in zip(ends, parts, strict=True)]


def _assert_apart(arrays: Mapping[str, np.ndarray], lie: Mapping[str, tuple[int, int]]) -> None:
    """Assert that no two arrays share memory, which the code of the loops was promised."""
    spans = sorted(
        (lie[name][0], lie[name][0] + array.nbytes, name)
        for name, array in arrays.items()
        if array.nbytes and name != "_eights"  # the flags, read in other words by what writes none
    )
    for (_, end, one), (start, _, other) in itertools.pairwise(spans):
        assert end <= start, f"{one.removeprefix('c_')} and {other.removeprefix('c_')} share memory"
