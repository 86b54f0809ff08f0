"""What the loops of some rules follow from, apart from where arrays lie and what the numbers are.

Models of one process wire the same rules to other arrays again and again: names are resolved once, and each wiring puts
addresses where the plan says.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.engine.loops.chained import FEW, Writer, writer_of
from sim.engine.loops.columns import CLEAR, COUNT_NOT_FINITE
from sim.engine.loops.compiled import COMPILING
from sim.engine.loops.stage import Stage
from sim.engine.loops.text import LISTS, Text
from sim.engine.loops.wiring import Column, union, wire

Parts = Sequence[tuple[Stage, Mapping[str, Column]]]
IDENTITY = ("ordinal", "arrival_month")  # who a row is: keys its draws
HANDED = ("_floats", "_ints", "_totals", *LISTS)  # to every loop
OF_ALL = {"_floats": "float64", "_flags": "uint8", "_eights": "uint64"}  # storage types where these are no int64


class Plan:
    """Rules in order, and what their loops are handed.

    Parameters
    ----------
    parts, environment, crossing
        As of `Bound`.

    Attributes
    ----------
    layout : Wiring
        Everything that any of the rules reads.
    local, passing : frozenset of str
        Columns that live within the month: kept for a chunk alone, and stored.
    types : dict of str to str
        Storage type of each column, and of those that say who a row is.
    counted : dict of str to Stage
        Columns of real numbers whose values are counted that are no finite numbers, each behind its last rule.
    writers : list of Writer
        One for each rule.
    """

    def __init__(self, parts: Parts, environment: Mapping[str, Any], crossing: frozenset[str] | None) -> None:
        self.stages, self._visible = tuple(stage for stage, _ in parts), _told_apart(parts)
        wirings = [wire(stage, visible, environment) for stage, visible in parts]
        self.layout = union(self.stages, wirings)
        seen = {name: column for visible in self._visible[0] for name, column in visible.items()}
        passing = frozenset(name for name in self.layout.columns if seen[name].passing)
        self.local = frozenset() if crossing is None else passing - crossing
        self.passing = passing - self.local
        written = {name: stage for stage in self.stages for name in stage.writes if not seen[name].passing}
        looked_at = COMPILING and crossing is not None  # under others' steps all columns are looked at, later
        self.counted = {name: one for name, one in written.items() if looked_at and _is_real(seen[name])}
        spare = frozenset(name for name in self.layout.columns if seen[name].spare)
        self.types = {name: seen[name].dtype for name in dict.fromkeys([*self.layout.columns, *IDENTITY])}
        self.writers = [
            writer_of(
                stage,
                wiring,
                tuple((name, self.types[name]) for name in wiring.columns),
                self.local.intersection(wiring.columns),
                _short(wiring.lookups, seen, environment),
                spare.intersection(wiring.columns),
            )
            for stage, wiring in zip(self.stages, wirings, strict=True)
        ]
        self._read = {name for name, *_ in (*self.layout.scalars, *self.layout.lookups)}
        self._kinds = self._kinds_of(environment)

    def serves(self, parts: Parts, environment: Mapping[str, Any]) -> bool:
        """Whether the same rules over these columns and numbers have the same plan."""
        known = environment.keys() >= self._read and self._kinds == self._kinds_of(environment)
        return known and self._visible == _told_apart(parts)

    def _kinds_of(self, environment: Mapping[str, Any]) -> list[Any]:
        """What of numbers enters loops: which are whole; of tables that, the width, and the length of short ones."""
        numbers = [isinstance(environment[name], (bool, int, np.integer)) for name, _ in self.layout.scalars]
        tables = [np.asarray(environment[name]) for name, *_ in self.layout.lookups]
        return [*numbers, *((one.dtype.kind == "f", one.shape[1:], min(len(one), FEW)) for one in tables)]

    @functools.cached_property
    def chain(self) -> Chain:
        """The loops, compiled."""
        return Chain(self)


class Chain:
    """Native loops of a plan in order: the rules', and before each the draws that it is the first to read.

    Attributes
    ----------
    loops : list of (Stage or None, Text, kinds, Native)
        What `native` was asked for and gave.
    names : dict of str to int
        Arrays that are handed over, each with its place; a blank and a number follow where each rule has its own.
    places : int64[words]
        Which of them the loops are handed, one loop after the other.
    starts : int64[loops]
        Where those of each loop begin.
    functions : int64[loops]
        Addresses of the code.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._tables = {name: (f"{kind}64", width) for name, _, kind, width in plan.layout.lookups}
        self.names: dict[str, int] = {}
        self.loops: list[tuple[Stage | None, Text, tuple[tuple[str, int], ...], Any]] = []
        self._places: list[list[int]] = []
        for name in sorted(plan.local):
            self._hand(None, CLEAR, {"c_0": f"c_{name}"})
        drawn: set[str] = set()
        for place, writer in enumerate(plan.writers):
            self._draw(writer, drawn)
            own = {"_floats": bool(writer.floats), "_ints": bool(writer.ints), "_totals": True}
            self._hand(writer.stage, writer.compiled, {name: f"{name} {place}" for name in own if own[name]})
            self._count(writer.stage)
        self.places = np.concatenate(self._places)
        self.starts = np.cumsum([0, *map(len, self._places[:-1])])
        self.functions = np.array([code.address for *_, code in self.loops], dtype=np.int64)

    def _count(self, stage: Stage) -> None:
        """Loops that look at the columns that a rule is the last to write, while the processor has them at hand."""
        for place, (name, last) in enumerate(self._plan.counted.items(), len(self._plan.writers)):
            if last is stage:
                self._hand(None, COUNT_NOT_FINITE, {"_totals": f"_totals {place}", "c_0": f"c_{name}"})

    def _draw(self, writer: Writer, drawn: set[str]) -> None:
        """Loops that make the draws that a rule reads, where no earlier one has."""
        from sim.engine.loops.native import NORMALS, WORDS  # loads the compiler

        if writer.stage.rare:
            return
        for group in sorted({place // 4 for _, place in (*writer.wiring.lucks, *writer.wiring.normals)}):
            if f"u{group}" not in drawn:
                self._hand(None, WORDS, {**{f"u_{q}": f"u{group}_{q}" for q in range(4)}, "_ints": f"g_{group}"})
            drawn.add(f"u{group}")
        for name, place in writer.wiring.normals:
            if name not in drawn:
                self._hand(None, NORMALS, {"u_0": f"u{place // 4}_{place % 4}", "n_0": f"n_{name}"})
            drawn.add(name)

    def _hand(self, stage: Stage | None, text: Text, own: Mapping[str, str]) -> None:
        """Add a loop; ``own`` are arrays that it calls by other names."""
        from sim.engine.loops.native import native

        names = [own.get(name, name) for name in (*HANDED, *text.arguments)]
        kinds = tuple(self.kind_of(name) for name in names)
        self.loops.append((stage, text, kinds, native(stage, text, kinds)))
        self._places.append([self.names.setdefault(name, len(self.names)) for name in names])

    def kind_of(self, name: str) -> tuple[str, int]:
        """Storage type of an array, and the width of its rows or 0."""
        kind, _, rest = name.partition("_")
        if not kind:
            return OF_ALL.get(name.partition(" ")[0], "int64"), 0
        if kind == "t":
            return self._tables[rest]
        stored = self._plan.types.get(rest, "")
        types = {"c": stored, "k": stored, "g": "int64", "n": "float64", "s": "int64"}
        return types.get(kind, "uint32"), 0


_plans: dict[tuple[tuple[Stage, ...], frozenset[str] | None], Plan] = {}


def plan_of(parts: Parts, environment: Mapping[str, Any], crossing: frozenset[str] | None) -> Plan:
    """Plan of rules; the one that the same rules had last, where it would come out the same."""
    key = tuple(stage for stage, _ in parts), crossing
    plan = _plans.get(key)
    if plan is None or not plan.serves(parts, environment):
        plan = _plans[key] = Plan(parts, environment, crossing)
    return plan


def _is_real(column: Column) -> bool:
    return np.dtype(column.dtype).kind == "f"


def _told_apart(parts: Parts) -> tuple[list[Mapping[str, Column]], list[int]]:
    """Columns that rules may touch, each mapping once, and which of them each rule has."""
    places: dict[int, int] = {}
    which = [places.setdefault(id(visible), len(places)) for _, visible in parts]
    return list({id(visible): visible for _, visible in parts}.values()), which


def _short(
    lookups: Sequence[tuple[str, str, str, int]], seen: Mapping[str, Any], environment: Mapping[str, Any]
) -> tuple[tuple[str, int], ...]:
    """Tables of few entries, one at least for each value that their column can hold, and how many can be asked for."""
    return tuple(
        (name, int(seen[index].high) + 1)
        for name, index, _, _ in lookups
        if seen[index].high is not None and seen[index].high < min(len(environment[name]), FEW)
    )
