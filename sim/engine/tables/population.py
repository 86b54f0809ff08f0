"""A population: its private table, its accounts, and the loops that run rules on its rows."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from sim.engine.loops.bound import Bound, Key
from sim.engine.loops.columns import CLEAR, OverColumns
from sim.engine.loops.draws import purpose
from sim.engine.loops.filling import PlainLuck, fill_by_purpose, fill_uniforms
from sim.engine.loops.stage import Stage
from sim.engine.loops.wiring import Column
from sim.engine.tables.table import Table

Stages = tuple[tuple[Stage, bool], ...]  # each with whether it sees the book alone
Crossing = frozenset[str] | None  # passing columns that other loops of the month touch, too; None is all
CHUNK = 2048  # rows of a run on some
Found = tuple[list[tuple[str, int]], dict[str, np.ndarray]]  # tallies by name, histograms


class Population:
    """Rows that live by rules; row ``i`` of both tables belongs to the same agent.

    Parameters
    ----------
    private, accounts : Table
        What only the agent knows, and the lender's book on it. Who is who (``ordinal``, ``arrival_month``)
        stands in the book.
    seed : int
        Keys every draw.
    """

    def __init__(self, private: Table, accounts: Table, seed: int) -> None:
        self.private, self.accounts = private, accounts
        self.key_words = (seed & 0xFFFFFFFF, seed >> 32)
        self.agents: Any = None  # a TableAgentSet, given by the owner
        self._bound: dict[tuple[Stages, Crossing], Bound] = {}
        self._bound_capacity = 0
        self._customers_see: dict[bool, Mapping[str, Column]] = {}  # by whether what the lender hides is told, too
        self._stored: set[str] = set()
        self._counted: dict[str, int] = {}
        self._rows_seen = 0
        self._pool: ThreadPoolExecutor | None = None
        self._row_pass: tuple[Bound, np.ndarray, Key] | None = None

    @property
    def tables(self) -> tuple[Table, Table]:
        """The private table and the book."""
        return self.private, self.accounts

    @property
    def size(self) -> int:
        """Rows in use."""
        return self.private.size

    def append(self, count: int) -> slice:
        """Add rows to both tables, and return which; loops let go of columns that move, or all would be there twice."""
        if self.size + count > self.private.capacity:
            self._bound.clear()
        rows = self.private.append(count)
        self.accounts.append(count)
        return rows

    def crossing(self, loops: Sequence[Stages]) -> frozenset[str]:
        """Passing columns that more than one of the month's loops touch."""
        touched = Counter(name for stages in loops for name in {name for stage, _ in stages for name in stage.touches})
        columns = [(name, column) for table in self.tables for name, column in table.columns.items()]
        return frozenset(name for name, column in columns if column.passing and touched[name] > 1)

    def run(
        self, stages: Stages, environment: Mapping[str, Any], month: int, machine: Any, crossing: Crossing = None
    ) -> Found:
        """Run rules on all rows in one loop, block by block, or row by row through Mesa.

        Passing columns that are not ``crossing``, if that is given, are neither read nor stored. Where it is given, no
        other steps write columns, and what loops leave in columns of real numbers is looked at on the way.
        """
        bound, key = self._bind(stages, environment, crossing), (*self.key_words, month)
        self._stored |= bound.passing
        if machine.driver == "mesa":
            totals = np.zeros(bound.size, dtype=np.int64)
            self._row_pass = (bound, totals, key)
            self.agents.do("step")
        else:
            totals = self._run_chunks(bound, key, machine)
            self._counted |= bound.not_finite(totals)
        return bound.named(totals)

    def run_some(
        self, stages: Stages, environment: Mapping[str, Any], month: int, rows: slice, crossing: Crossing = None
    ) -> Found:
        """Run rules on some rows only, such as those who have just arrived."""
        bound, key = self._bind(stages, environment, crossing), (*self.key_words, month)
        self._stored |= bound.passing
        return bound.named(bound.run(rows.start, rows.stop, key, self._chunk(CHUNK)))

    def uniforms(self, name: str, rows: np.ndarray, month: int) -> np.ndarray:
        """Uniform draws of one purpose for some rows, shape (rows,)."""
        number = purpose(name)
        return self.words_of(number // 4, number % 4, rows, month)

    def words_of(self, group: int, place: int, rows: np.ndarray, month: int) -> np.ndarray:
        """Uniform draws by a group of purposes and the place in it (0 to 3), for some rows, shape (rows,)."""
        found = np.empty(len(rows))
        who = self.accounts["ordinal"], self.accounts["arrival_month"]
        fill_uniforms(*who, rows, month, group, place, *self.key_words, found)
        return found

    def uniforms_of(self, purposes: np.ndarray, rows: np.ndarray, month: int) -> np.ndarray:
        """Uniform draws by purpose, each by its number, of the row beside it, shape (rows,)."""
        found = np.empty(len(rows))
        who = self.accounts["ordinal"], self.accounts["arrival_month"]
        fill_by_purpose(*who, rows, purposes, month, *self.key_words, found)
        return found

    def step_row(self, row: int) -> None:
        """Run the current rules on one row in plain Python: what an agent's step does."""
        if self._row_pass is None:
            raise RuntimeError("an agent steps inside the model's step, and with machine.driver=mesa")
        bound, totals, key = self._row_pass
        who = int(self.accounts["ordinal"][row]), int(self.accounts["arrival_month"][row])
        bound.run_plain(row, key, totals, PlainLuck(*who, key))

    def take_counted(self) -> tuple[dict[str, int], int]:
        """Hand over how many values of each column that loops wrote are no finite numbers, and begin anew.

        Returns
        -------
        counted : dict of str to int
            Empty where nothing was counted: in plain Python, and under others' steps.
        rows : int
            Rows that were there then; all are new where nothing was counted.
        """
        counted, self._counted = self._counted, {}
        rows, self._rows_seen = self._rows_seen, self.size
        return counted, rows if counted else 0

    def forget_passing(self) -> None:
        """Clear the columns that live within the month, where loops had to store them."""
        stored = frozenset(self._stored)
        self.private.once(("to clear", stored), functools.partial(self._clearing, stored)).run(self.size)
        self._stored.clear()

    def _clearing(self, names: frozenset[str]) -> OverColumns:
        """Clears those columns of both tables, which have as many rows and move together."""
        columns = [table.array(name) for table in self.tables for name in table.columns if name in names]
        return OverColumns(CLEAR, _clear, columns)

    def _chunk(self, rows: int) -> int:
        """Rows at a time: scratch is laid out for a whole chunk, so none is larger than the table."""
        return min(rows, max(self.private.capacity, 1))

    def _run_chunks(self, bound: Bound, key: Key, machine: Any) -> np.ndarray:
        chunk, threads = self._chunk(machine.block), machine.threads
        if threads > 1:
            chunks = -(-self.size // chunk)
            threads = min(threads, max(chunks, 1))
        if threads <= 1:
            return bound.run(0, self.size, key, chunk)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(machine.threads)
        edges = [min(chunk * (chunks * k // threads), self.size) for k in range(threads + 1)]
        bound.ready(threads, chunk)
        parts = self._pool.map(lambda k: bound.run(edges[k], edges[k + 1], key, chunk, k), range(threads))
        return np.sum(list(parts), axis=0)

    def _bind(self, stages: Stages, environment: Mapping[str, Any], crossing: Crossing) -> Bound:
        """Wire stages to the tables that they may see: all, or the book alone."""
        if self._bound_capacity != self.private.capacity:
            self._bound.clear()
            self._bound_capacity = self.private.capacity
        bound = self._bound.get((stages, crossing))
        if bound is not None:
            bound.set(environment)
            return bound
        arrays = {name: table.array(name) for table in self.tables for name in table.columns}
        parts = [(stage, self._visible(book, stage.both_sides)) for stage, book in stages]
        return self._bound.setdefault((stages, crossing), Bound(parts, arrays, environment, crossing))

    def _visible(self, book: bool, both_sides: bool) -> Mapping[str, Column]:
        """Columns that a rule may touch: the lender's its book, a customer's what customers know."""
        if book:
            return self.accounts.columns
        if both_sides not in self._customers_see:
            told = {name: one for name, one in self.accounts.columns.items() if both_sides or not one.hidden}
            self._customers_see[both_sides] = {**self.private.columns, **told}
        return self._customers_see[both_sides]

    def close(self) -> None:
        """Let the threads go, and what loops hold of the columns."""
        self._bound.clear()
        if self._pool is not None:
            self._pool.shutdown()


def _clear(values: np.ndarray) -> int:
    values.fill(0)
    return 0
