"""Stages bound to arrays: one loop over any range of rows, compiled or plain."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from sim.engine.loops.codegen import load, source_of
from sim.engine.loops.filling import Luck, PlainLuck
from sim.engine.loops.stage import Stage
from sim.engine.loops.wiring import Column, union, wire

_text = functools.cache(source_of)  # every fork binds the same loops again


class Bound:
    """Stages wired to arrays: one loop over any range of rows.

    Parameters
    ----------
    parts : sequence of (Stage, mapping of str to Column)
        Stages in order, each with the columns that it may see.
    arrays : mapping of str to ndarray
        Full-capacity arrays of every column.
    environment : mapping
        Supplies the kinds of the numbers now, and their values each month.
    crossing : frozenset of str, optional
        Passing columns that other loops of the month touch, too; by default all. The others start at 0 in each row
        and are neither read nor stored.

    Raises
    ------
    StageError
        When a rule asks for something that it may not see.
    """

    def __init__(
        self,
        parts: Sequence[tuple[Stage, Mapping[str, Column]]],
        arrays: Mapping[str, np.ndarray],
        environment: Mapping[str, Any],
        crossing: frozenset[str] | None = None,
    ) -> None:
        self.stages = tuple(stage for stage, _ in parts)
        wirings = [wire(stage, visible, environment) for stage, visible in parts]
        self.layout = union(self.stages, wirings)
        seen = {
            name: column for visible in {id(one): one for _, one in parts}.values() for name, column in visible.items()
        }
        passing = frozenset(name for name in self.layout.columns if seen[name].passing)
        local = frozenset() if crossing is None else passing - crossing
        types = tuple(seen[name].dtype for name in self.layout.columns)
        text = _text(tuple(zip(self.stages, wirings, strict=True)), self.layout, types, local)
        self._compiled, self._plain = load(self.stages, text)
        self.passing = passing - local
        self._arrays = tuple(arrays[name] for name in self.layout.columns if name not in local)
        ints = [name for name, kind in self.layout.scalars if kind == "int"]
        self._floats_of = _getter([name for name, kind in self.layout.scalars if kind == "float"])
        self._ints_of = _getter(ints)
        self._tallies = tuple(name for stage in self.stages for name in stage.tallies)
        bins = [item for stage in self.stages for item in stage.bins]
        # Those of a named length stand last, so that the places of the others are known when compiling.
        self._bins = tuple(sorted(bins, key=lambda item: isinstance(item[1], str)))
        self._fixed = [size for _, size in self._bins if not isinstance(size, str)]
        self._named = [ints.index(size) for _, size in self._bins if isinstance(size, str)]

    def values(self, environment: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray, tuple]:
        """The month's numbers in the form that the loop takes."""
        floats = np.array(self._floats_of(environment), dtype=np.float64)
        ints = np.array(self._ints_of(environment), dtype=np.int64)
        tables = tuple(
            # A copy: arrays that cannot be written to would be compiled for anew.
            np.array(environment[name], dtype=np.float64 if kind == "float" else np.int64, order="C")
            for name, _, kind, _ in self.layout.lookups
        )
        return floats, ints, tables

    def totals(self, values: tuple[np.ndarray, np.ndarray, tuple]) -> np.ndarray:
        """A fresh int64 array for the tallies followed by the histograms."""
        return np.zeros(len(self._tallies) + sum(self._lengths(values)), dtype=np.int64)

    def named(
        self, totals: np.ndarray, values: tuple[np.ndarray, np.ndarray, tuple]
    ) -> tuple[list[tuple[str, int]], dict[str, np.ndarray]]:
        """Tallies as (name, amount), and histograms by name."""
        count = len(self._tallies)
        bins, start = {}, count
        for (name, _), length in zip(self._bins, self._lengths(values), strict=True):
            bins[name] = totals[start : start + length]
            start += length
        return list(zip(self._tallies, totals[:count].tolist(), strict=True)), bins

    def _lengths(self, values: tuple[np.ndarray, np.ndarray, tuple]) -> list[int]:
        """Lengths of the histograms, in the order in which the totals hold them."""
        return [*self._fixed, *(int(values[1][place]) for place in self._named)]

    def run(self, low: int, high: int, key: Sequence[int], values: tuple, totals: np.ndarray, luck: Luck) -> None:
        """Run compiled on rows ``low`` to ``high``; ``key`` is (seed low, seed high, month)."""
        floats, ints, tables = values
        self._compiled(low, high, *key, floats, ints, totals, *self._arrays, *tables, *self._draws(luck))

    def run_plain(self, row: int, key: Sequence[int], values: tuple, totals: np.ndarray, luck: PlainLuck) -> None:
        """Run the same source as plain Python on one row."""
        floats, ints, tables = values
        self._plain(row, row + 1, *key, floats, ints, totals, *self._arrays, *tables, *self._draws(luck))

    def _draws(self, luck: Luck | PlainLuck) -> list[Any]:
        words = [luck.words(block) for block in self.layout.blocks]
        return words + [luck.normals(number) for _, number in self.layout.normals]


def _getter(names: list[str]) -> Callable[[Mapping[str, Any]], Any]:
    """What takes the numbers of these names, in their order."""
    return itemgetter(*names) if len(names) > 1 else lambda numbers: [numbers[name] for name in names]
