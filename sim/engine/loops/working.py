"""What one thread needs to run bound loops: scratch for a chunk, totals of its own, and where every array lies."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.engine.loops.columns import CLEAR
from sim.engine.loops.native import NORMALS, WORDS, drive, kind_of, native

SPARE = 8  # rows beyond a chunk, for flags are read eight at a time
USUAL = ("_floats", "_ints", "_totals", "_index", "_flags", "_eights")
Held = tuple[np.ndarray, int, int, tuple[str, int]]  # an array, its address, its length, its kind


class Worker:
    """Runs the loops of a `Bound` on its own chunk of scratch.

    Parameters
    ----------
    bound : Bound
    chunk : int
        Rows at a time.
    """

    def __init__(self, bound: Any, chunk: int) -> None:
        self.bound, self.chunk = bound, chunk
        self.version = -1
        flags = np.zeros(chunk + SPARE & ~7, dtype=np.uint8)
        self._own = {
            "_floats": _held(np.zeros(1)),
            "_ints": _held(np.zeros(1, dtype=np.int64)),
            "_index": _held(np.zeros(chunk + chunk // 8 + 3 * SPARE, dtype=np.int64)),
            "_flags": _held(flags),
            "_eights": _held(flags.view(np.uint64)),
        }

    def run(self, low: int, high: int, key: tuple[int, int, int]) -> np.ndarray:
        """Run all loops on rows ``low`` to ``high``."""
        self.totals.fill(0)
        seed_low, seed_high, month = key
        drive(self._functions, self._addresses, low, high, self.chunk, month, seed_low, seed_high)
        return self._told

    def ready(self) -> None:
        """Follow the bound loops to where their tables and totals lie now."""
        if self.version != self.bound.version:
            self._wire()

    def _wire(self) -> None:
        bound = self.bound
        self.totals = np.zeros(bound.size + 1, dtype=np.int64)
        self._told = self.totals[: bound.size]
        self._arrays: dict[str, Held] = {**self._own, "_totals": _held(self.totals)}
        self.loops: list[tuple[Any, Any, Any, Any, np.ndarray]] = []  # rule, text, kinds, code, context
        self._once: set[str] = set()
        for name in sorted(bound.local):
            self._add(None, CLEAR, {"c_0": self._array(f"c_{name}")})
        base = self.totals.ctypes.data
        for writer, floats, ints, (first, last) in zip(
            bound.writers, bound.floats, bound.ints, bound.slices, strict=True
        ):
            self._draw(writer)
            own = {"_totals": (self.totals, base + 8 * first, max(last - first, 1), ("int64", 0))}
            own |= {name: _held(array) for name, array in (("_floats", floats), ("_ints", ints)) if array.size}
            self._add(writer.stage, writer.compiled, own)
        _assert_apart(self._arrays)
        self._functions = np.array([code.address for *_, code, _ in self.loops], dtype=np.int64)
        self._addresses = np.array([context.ctypes.data for *_, context in self.loops], dtype=np.int64)
        self.version = bound.version

    def _draw(self, writer: Any) -> None:
        """Loops that make the draws that a rule reads, where no earlier one has."""
        if writer.stage.rare:
            return
        for group in sorted({place // 4 for _, place in (*writer.wiring.lucks, *writer.wiring.normals)}):
            if f"u{group}" not in self._once:
                self._once.add(f"u{group}")
                words = {f"u_{q}": self._array(f"u{group}_{q}") for q in range(4)}
                self._add(None, WORDS, {**words, "_ints": self._kept(f"g{group}", np.array([group], dtype=np.int64))})
        for name, place in writer.wiring.normals:
            if name not in self._once:
                self._once.add(name)
                word = self._array(f"u{place // 4}_{place % 4}")
                self._add(None, NORMALS, {"u_0": word, "n_0": self._array(f"n_{name}")})

    def _add(self, stage: Any, text: Any, own: Mapping[str, Held]) -> None:
        held = [own.get(name) or self._array(name) for name in (*USUAL, *text.arguments)]
        context = np.array([word for _, address, size, _ in held for word in (address, size)], dtype=np.int64)
        kinds = tuple(kind for *_, kind in held)
        self.loops.append((stage, text, kinds, native(stage, text, kinds), context))

    def _array(self, name: str) -> Held:
        """The array of a name, which is looked up once."""
        found = self._arrays.get(name)
        if found is not None:
            return found
        kind, _, rest = name.partition("_")
        if kind == "c" and rest not in self.bound.local:
            return self._kept(name, self.bound.arrays[rest])
        if kind == "t":
            return self._kept(name, self.bound.rooms[rest])  # a table may grow within its room
        if name not in self._own:  # scratch of a chunk
            dtype = {"c": self.bound.types.get(rest), "n": "float64", "s": "int64"}.get(kind, "uint32")
            self._own[name] = _held(np.zeros(self.chunk, dtype=dtype))
        self._arrays[name] = self._own[name]
        return self._own[name]

    def _kept(self, name: str, array: np.ndarray) -> Held:
        self._arrays[name] = _held(array)
        return self._arrays[name]


def _held(array: np.ndarray) -> Held:
    return array, array.ctypes.data, array.size, kind_of(array)


def _assert_apart(arrays: Mapping[str, Held]) -> None:
    """Assert that no two arrays share memory, which the code of the loops was promised."""
    spans = sorted(
        (address, address + array.nbytes, name)
        for name, (array, address, *_) in arrays.items()
        if array.nbytes and name != "_eights"  # the flags, read in other words by what writes none
    )
    for (_, end, one), (start, _, other) in itertools.pairwise(spans):
        assert end <= start, f"{one.removeprefix('c_')} and {other.removeprefix('c_')} share memory"
