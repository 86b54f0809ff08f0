"""Stages bound to arrays: their loops, one after the other on chunks of rows, compiled or plain."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from sim.engine.loops.chained import Writer
from sim.engine.loops.compiled import COMPILING
from sim.engine.loops.filling import Luck, PlainLuck
from sim.engine.loops.philox import philox
from sim.engine.loops.planned import plan_of
from sim.engine.loops.stage import Stage
from sim.engine.loops.text import Text
from sim.engine.loops.wiring import Column

Key = tuple[int, int, int]  # seed (low and high 32 bits), month


class Bound:
    """Stages wired to arrays: the loop of each, run on any range of rows.

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
        and are kept for a chunk alone, and values of columns that rules write are counted that are no finite numbers.

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
        self.plan = plan_of(parts, environment, crossing)
        self.stages, self.layout, self.writers = self.plan.stages, self.plan.layout, self.plan.writers
        self.local, self.passing, self.types = self.plan.local, self.plan.passing, self.plan.types
        self.counted = self.plan.counted
        self.arrays = {name: arrays[name] for name in self.types if name not in self.local}
        # One array each for all rules, so that a month's numbers are written at once; a rule's own are a part of it.
        self._all = [
            (np.zeros(sum(len(names) for names in each), dtype), _getter([name for names in each for name in names]))
            for each, dtype in (
                ([writer.floats for writer in self.writers], np.float64),
                ([writer.ints for writer in self.writers], np.int64),
            )
        ]
        self._given: list[Any] = [(), ()]  # what stands in them
        self.floats = _parts(self._all[0][0], [len(writer.floats) for writer in self.writers])
        self.ints = _parts(self._all[1][0], [len(writer.ints) for writer in self.writers])
        kinds = {"float": np.float64, "int": np.int64}
        self.tables = {name: np.zeros((0, 0, 0), dtype=kinds[kind]) for name, _, kind, _ in self.layout.lookups}
        self.rooms: dict[str, np.ndarray] = {}
        bins = [length for stage in self.stages for _, length in stage.bins]
        self._lengths = dict.fromkeys((length for length in bins if isinstance(length, str)), -1)
        self.version, self.size = 0, -1  # of where tables and totals lie; length of the totals, none yet
        self._workers: list[Any] = []
        self.set(environment)

    # ---- the month's numbers ----------------------------------------------------------------------

    def set(self, environment: Mapping[str, Any]) -> None:
        """Take over the month's numbers."""
        for place, (array, numbers) in enumerate(self._all):
            given = numbers(environment)
            if given != self._given[place]:  # most loops read no number that moves
                self._given[place] = given
                array[:] = given
        for name, table in self.tables.items():
            entries = np.asarray(environment[name])
            if table.shape != entries.shape:
                table = self._laid_out(name, entries.shape)
            table[...] = entries
        lengths = {name: int(environment[name]) for name in self._lengths} if self._lengths else self._lengths
        if lengths != self._lengths or self.size < 0:
            self._place(lengths)

    def _laid_out(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """Room for a table, with some to spare: a few firms more do not move it."""
        room = self.rooms.get(name)
        if room is None or len(shape) == 2 or shape[0] > len(room):
            dtype = self.tables[name].dtype
            room = self.rooms[name] = np.zeros(shape if len(shape) == 2 else _roomy(shape[0]), dtype)
            self.version += 1
        self.tables[name] = room[: shape[0]]
        return self.tables[name]

    def _place(self, lengths: dict[str, int]) -> None:
        """Lay out the totals: of each stage the tallies, then the histograms of fixed and of named lengths.

        A stage has room to spare behind them, so that it moves only where a named length outgrows it.
        """
        grown = [name for name, length in lengths.items() if _roomy(length) != _roomy(self._lengths[name])]
        self._lengths = lengths
        if grown or self.size < 0:
            self._lay_out_stages()
        self._bins = []
        for start, histograms in self._with_bins:
            for name, length in histograms:
                size = lengths[length] if isinstance(length, str) else length
                self._bins.append((name, start, start + size))
                start += size

    def _lay_out_stages(self) -> None:
        """Where the totals of each stage begin and end, and each tally stands."""
        self.slices, first = [], 0
        for stage in self.stages:
            rooms = [_roomy(self._lengths[one]) if isinstance(one, str) else one for _, one in stage.bins]
            self.slices.append((first, first + len(stage.tallies) + sum(rooms)))
            first = self.slices[-1][1]
        placed = list(zip(self.stages, self.slices, strict=True))
        self._with_bins = [
            (first + len(stage.tallies), sorted(stage.bins, key=_is_named))
            for stage, (first, _) in placed
            if stage.bins
        ]
        self._tallied = [tally for stage in self.stages for tally in stage.tallies]
        places = [first + k for stage, (first, _) in placed for k in range(len(stage.tallies))]
        self._places = np.array(places, dtype=np.int64)
        self.version, self.size = self.version + 1, first + len(self.counted)

    # ---- running ------------------------------------------------------------------------------------

    def run(self, low: int, high: int, key: Key, chunk: int, worker: int = 0) -> np.ndarray:
        """Run on rows ``low`` to ``high``, so many at a time; each of several threads is another ``worker``.

        Returns
        -------
        ndarray of int64
            Tallies and histograms; the worker's own, until it runs again.
        """
        if not COMPILING:
            return self._run_uncompiled(low, high, key, chunk)
        own = self._workers[worker] if worker < len(self._workers) else None
        if own is None or own.version != self.version or own.chunk != chunk:
            self.ready(worker + 1, chunk)
            own = self._workers[worker]
        totals: np.ndarray = own.run(low, high, key)
        return totals

    def ready(self, workers: int, chunk: int) -> None:
        """Compile what is not yet, and lay out scratch for so many threads."""
        if not COMPILING:
            return
        if self._workers and self._workers[0].chunk != chunk:
            self._workers = []
        if len(self._workers) < workers:
            from sim.engine.loops.working import Worker  # loads the compiler

            self._workers += [Worker(chunk) for _ in range(len(self._workers), workers)]
        for worker in self._workers:
            worker.ready(self)

    def run_plain(self, row: int, key: Key, totals: np.ndarray, luck: PlainLuck) -> None:
        """Run plain Python on one row."""
        self._plain(row, 1, key, totals, luck)

    def _run_uncompiled(self, low: int, high: int, key: Key, chunk: int) -> np.ndarray:
        totals = np.zeros(self.size, dtype=np.int64)
        luck = Luck(self.arrays["ordinal"], self.arrays["arrival_month"], chunk, key)
        for start in range(low, high, chunk):
            stop = min(start + chunk, high)
            self._plain(start, stop - start, key, totals, luck.move(start, stop))
        return totals

    def _plain(self, start: int, size: int, key: Key, totals: np.ndarray, luck: Luck | PlainLuck) -> None:
        low, high, month = key
        chunk = {name: np.zeros(size, dtype=self.types[name]) for name in self.local}
        for writer, loop, floats, ints, (first, last) in zip(
            self.writers, self._plain_loops, self.floats, self.ints, self.slices, strict=True
        ):
            given = [self._plain_array(name, chunk, luck, writer) for name in loop[0]]
            loop[1](start, size, month, low, high, floats, ints, totals[first:last], *given)

    def _plain_array(self, name: str, chunk: Mapping[str, np.ndarray], luck: Luck | PlainLuck, writer: Writer) -> Any:
        kind, _, rest = name.partition("_")
        if kind == "c":
            return chunk[rest] if rest in chunk else self.arrays[rest]
        if kind == "t":
            return self.tables[rest]
        if kind == "n":
            return luck.normals(dict(writer.wiring.normals)[rest])
        if kind.startswith("u"):
            return luck.words(int(kind[1:]))[int(rest)]
        return None  # words of a list: plain loops draw row by row

    @functools.cached_property
    def _plain_loops(self) -> list[tuple[tuple[str, ...], Any]]:
        texts = [writer.plain for writer in self.writers]
        return [(text.arguments, _plain(stage, text)) for stage, text in zip(self.stages, texts, strict=True)]

    def not_finite(self, totals: np.ndarray) -> dict[str, int]:
        """How many values of each column of real numbers that rules write are no finite numbers in the end."""
        return dict(zip(self.counted, totals[self.size - len(self.counted) : self.size].tolist(), strict=True))

    def named(self, totals: np.ndarray) -> tuple[list[tuple[str, int]], dict[str, np.ndarray]]:
        """Tallies as (name, amount), and histograms by name."""
        bins: dict[str, np.ndarray] = {}
        if self._bins:
            kept = totals.copy()
            bins = {name: kept[start:stop] for name, start, stop in self._bins}
        return list(zip(self._tallied, totals.take(self._places).tolist(), strict=True)), bins


def _getter(names: list[str]) -> Callable[[Mapping[str, Any]], Any]:
    """What takes the numbers of these names, in their order, as a tuple."""
    return itemgetter(*names) if len(names) > 1 else lambda numbers: tuple([numbers[name] for name in names])


def _is_named(histogram: tuple[str, int | str]) -> bool:
    return isinstance(histogram[1], str)


def _roomy(length: int) -> int:
    """The next power of two."""
    return 1 << max(length - 1, 0).bit_length()


def _parts(array: np.ndarray, lengths: Sequence[int]) -> list[np.ndarray]:
    return [array[end - length : end] for end, length in zip(itertools.accumulate(lengths), lengths, strict=True)]


@functools.cache
def _plain(stage: Stage, text: Text) -> Any:
    space: dict[str, Any] = {"rule": stage.rule, "when": stage.when, "int64": int, "float64": float, "unsigned": int}
    space["words_of"] = philox.py_func
    exec(compile(text.parts[0][1], "<plain>", "exec"), space)
    return space["_plain"]
