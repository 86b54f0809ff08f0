"""The stage: a pure scalar rule turned into a compiled loop over blocks of rows.

A rule's argument names are all the wiring there is. A name is looked up in this order:

1. ``month``: the calendar counter of the run;
2. a column of the tables that the stage may see (read, widened to ``int`` or ``float``);
3. ``luck_<purpose>``: a uniform draw that depends on (seed, purpose, who, month) alone, and
   ``normal_<purpose>``: the standard normal draw at the same uniform; ``lasting_<purpose>``: a uniform that
   a person keeps for good (rare stages only);
4. ``<table>_by_<column>``: entry number ``column`` of an array in the environment;
5. anything else: a number in the environment.

The rule returns, in order, the columns that it writes, the tallies that it adds to, and an
(index, amount) pair for each histogram. The same source runs compiled for millions of rows and as
plain Python for one row, and leaves the same bits.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sim.engine.loops.codegen import load, source_of
from sim.engine.loops.compiled import rule_of_loop
from sim.engine.loops.draws import purpose
from sim.engine.loops.filling import Luck, PlainLuck

TALLIED: set[str] = set()
"""Every total and histogram that a declared rule adds to: whoever reads one by another name has misspelt it."""


class Column(Protocol):
    """What a stage needs to know of a column: its storage type, and whether it lives within the month."""

    @property
    def dtype(self) -> str:
        """NumPy name of the storage type."""
        ...

    @property
    def passing(self) -> bool:
        """Whether it starts every month at 0."""
        ...


@dataclass(frozen=True)
class Stage:
    """A rule and what it writes; calling a stage calls the rule.

    Attributes
    ----------
    rule : callable
        Pure scalar function of Python ``int`` and ``float``.
    writes, tallies : tuple of str
        Columns stored and int64 totals added to, in the order of the rule's return values.
    bins : tuple of (str, int or str)
        Histograms (name, length); the rule returns an index and an amount for each. A length may be the name
        of a whole number of the environment, so that loops for few and for many need not be compiled apart.
    where : tuple of str
        Rows are skipped unless every one of these columns is non-zero.
    rare : bool
        Draw the luck row by row inside the guard instead of for whole blocks: cheaper when
        only a few rows pass it.
    """

    name: str
    rule: Callable[..., Any]
    writes: tuple[str, ...] = ()
    tallies: tuple[str, ...] = ()
    bins: tuple[tuple[str, int | str], ...] = ()
    where: tuple[str, ...] = ("alive",)
    rare: bool = False

    def __post_init__(self) -> None:
        """Make known what the rule tallies."""
        TALLIED.update(self.tallies, (name for name, _ in self.bins))

    def __call__(self, *arguments: Any) -> Any:
        """Call the rule itself on plain numbers."""
        return self.rule(*arguments)

    @functools.cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names of the rule's arguments, in order."""
        return tuple(inspect.signature(self.rule).parameters)

    @functools.cached_property
    def compiled(self) -> Callable[..., Any]:
        """The rule as a function that compiled loops may call."""
        return rule_of_loop(self.rule)


def stage(
    writes: str = "",
    tallies: str = "",
    *,
    bins: Mapping[str, int | str] | None = None,
    where: str = "alive",
    rare: bool = False,
) -> Callable[[Callable[..., Any]], Stage]:
    """Declare what a rule writes; names are separated by blanks."""

    def declare(rule: Callable[..., Any]) -> Stage:
        return Stage(
            rule.__name__,
            rule,
            tuple(writes.split()),
            tuple(tallies.split()),
            tuple((bins or {}).items()),
            tuple(where.split()),
            rare,
        )

    return declare


class StageError(TypeError):
    """A rule asks for something that its stage may not see."""


@dataclass(frozen=True)
class Wiring:
    """Where arguments come from, resolved once: for one rule, or for all rules of a pass."""

    columns: tuple[str, ...]  # every array passed, identity and guards included
    scalars: tuple[tuple[str, str], ...]  # (name, "int" | "float")
    lookups: tuple[tuple[str, str, str], ...]  # (name, indexing column, "int" | "float")
    lucks: tuple[tuple[str, int], ...]  # (argument, purpose number): uniforms
    normals: tuple[tuple[str, int], ...]  # (argument, purpose number): standard normals

    @property
    def blocks(self) -> tuple[int, ...]:
        """Groups of purposes whose words the loop reads."""
        return tuple(sorted({number // 4 for _, number in self.lucks}))


def wire(declared: Stage, visible: Mapping[str, Column], environment: Mapping[str, Any]) -> Wiring:
    """Resolve a rule's argument names against the columns and the environment.

    Parameters
    ----------
    visible : mapping of str to Column
        The columns that the rule may see.
    environment : mapping
        Numbers and one-dimensional arrays by name.

    Raises
    ------
    StageError
        When a name is neither visible, nor a draw, nor in the environment.
    """
    columns: list[str] = []
    scalars: list[tuple[str, str]] = []
    lookups: list[tuple[str, str, str]] = []
    lucks: list[tuple[str, int]] = []
    normals: list[tuple[str, int]] = []
    for name in declared.arguments:
        index = name.rpartition("_by_")[2]
        if name == "month":
            continue
        if name in visible:
            columns.append(name)
        elif name.startswith("luck_"):
            lucks.append((name, purpose(name.removeprefix("luck_"))))
        elif name.startswith("lasting_"):
            lucks.append((name, purpose(name.removeprefix("lasting_"))))
            if not declared.rare:
                raise StageError(f"rule {declared.name}: a lasting draw needs a rare stage, not {name}")
        elif name.startswith("normal_"):
            normals.append((name, purpose(name.removeprefix("normal_"))))
        elif name in environment and "_by_" in name and index in visible:
            kind = "float" if np.asarray(environment[name]).dtype.kind == "f" else "int"
            lookups.append((name, index, kind))
            columns.append(index)
        elif name in environment:
            kind = "int" if isinstance(environment[name], (bool, int, np.integer)) else "float"
            scalars.append((name, kind))
        else:
            raise StageError(
                f"rule {declared.name}: argument {name} is neither a column it may see, "
                f"a draw (luck_...), nor a number of the environment"
            )
    for name in (*declared.writes, *declared.where):
        if name not in visible:
            raise StageError(f"rule {declared.name}: column {name} is not one it may touch")
        columns.append(name)
    scalars += [(length, "int") for _, length in declared.bins if isinstance(length, str)]
    if declared.rare and normals:
        raise StageError(f"rule {declared.name}: a rare stage draws uniforms only, not {normals[0][0]}")
    if declared.rare and lucks:
        columns += ["ordinal", "arrival_month"]
    return Wiring(tuple(dict.fromkeys(columns)), tuple(scalars), tuple(lookups), tuple(lucks), tuple(normals))


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
    whole : bool
        Whether no other loop of the month touches the passing columns: then they start at 0 in each row
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
        whole: bool = False,
    ) -> None:
        self.stages = tuple(stage for stage, _ in parts)
        wirings = [wire(stage, visible, environment) for stage, visible in parts]
        self.layout = _union(self.stages, wirings)
        types = {name: column.dtype for _, visible in parts for name, column in visible.items()}
        passing = {name for _, visible in parts for name, column in visible.items() if column.passing}
        local = passing if whole else set()
        text = source_of(list(zip(self.stages, wirings, strict=True)), self.layout, types, local)
        self._compiled, self._plain = load(self.stages, text)
        self._arrays = tuple(arrays[name] for name in self.layout.columns if name not in local)
        self._floats = tuple(name for name, kind in self.layout.scalars if kind == "float")
        self._ints = tuple(name for name, kind in self.layout.scalars if kind == "int")
        self._tallies = tuple(name for stage in self.stages for name in stage.tallies)
        bins = [item for stage in self.stages for item in stage.bins]
        # Those of a named length stand last, so that the places of the others are known when compiling.
        self._bins = tuple(sorted(bins, key=lambda item: isinstance(item[1], str)))

    def values(self, environment: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray, tuple]:
        """The month's numbers in the form that the loop takes."""
        floats = np.array([environment[name] for name in self._floats], dtype=np.float64)
        ints = np.array([environment[name] for name in self._ints], dtype=np.int64)
        tables = tuple(
            # A copy: arrays that cannot be written to would be compiled for anew.
            np.array(environment[name], dtype=np.float64 if kind == "float" else np.int64, order="C")
            for name, _, kind in self.layout.lookups
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
        given = values[1]
        return [int(given[self._ints.index(size)]) if isinstance(size, str) else size for _, size in self._bins]

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


def _union(stages: Sequence[Stage], wirings: Sequence[Wiring]) -> Wiring:
    """What the loop of several stages is handed: everything that any of them reads."""
    common = [wiring.lucks for stage, wiring in zip(stages, wirings, strict=True) if not stage.rare]
    return Wiring(
        tuple(dict.fromkeys(["alive", *(name for wiring in wirings for name in wiring.columns)])),
        tuple(dict.fromkeys(item for wiring in wirings for item in wiring.scalars)),
        tuple(dict.fromkeys(item for wiring in wirings for item in wiring.lookups)),
        tuple(dict.fromkeys(item for lucks in common for item in lucks)),
        tuple(dict.fromkeys(item for wiring in wirings for item in wiring.normals)),
    )
