"""Rules, columns and figures of a user's own in a month: what stands for a shipped rule, and what is counted beside.

All of it comes with the configuration as text and plain values, was checked when it was handed in, and is made anew
where it is needed, so that a worker needs nothing but the configuration. The rooms of the month are imported where a
month is made: a configuration is composed without them.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.engine.loops.stage import Stage
from sim.engine.tables.declare import Column
from sim.engine.tables.narrow import limits
from sim.lender.policies.dialect import returned
from sim.lender.policies.undefined import TALLY, operations_of, watched
from sim.lender.policies.user import executed, marked
from sim.month.declared import OwnColumn, OwnFigure, figure_stage
from sim.month.undefined import with_watch
from sim.persons.arriving import ARRIVAL_STAGES

COUNTED = "figures of one's own are counted"
MEASURED = "persons are measured"


@dataclass(frozen=True)
class OwnRules:
    """What a user's file brings to a model: its text, which rules it replaces by which function, what it declares."""

    source: str = ""
    replaced: tuple[tuple[str, str], ...] = ()
    columns: tuple[OwnColumn, ...] = ()
    figures: tuple[OwnFigure, ...] = ()

    def table(self, shipped: Mapping[str, Column], *, firms: bool = False) -> dict[str, Column]:
        """Columns of a private table, the user's own last."""
        return {**shipped, **{one.name: one.column for one in self.columns if one.firms == firms}}

    @property
    def stages(self) -> Mapping[Stage, Stage]:
        """The user's stage for each shipped one that is replaced."""
        from sim.month.replaceable import replaceable

        return {replaceable()[key]: own_stage(key, function, self) for key, function in self.replaced}

    @property
    def arrivals(self) -> tuple[Stage, ...]:
        """Rules by which persons arrive."""
        own = self.stages if self.replaced else {}
        return tuple([own.get(stage, stage) for stage in ARRIVAL_STAGES])

    def within(self, items: Sequence[Any]) -> tuple[Any, ...]:
        """The month with the user's rules in their places, and with the user's figures counted.

        Raises
        ------
        OwnNameTaken
            A column of the user's own has the name of something that a shipped rule reads.
        """
        from sim.month.agenda import Phase

        if self == OwnRules():
            return with_watch(items, ())  # of the lender's rules
        self._refuse_taken(items)
        counted = tuple(figure_stage(figure, self.source) for figure in self.figures)
        found: list[Any] = []
        for item in items:
            found.append(self._exchanged(item) if isinstance(item, Phase) else item)
            if counted and isinstance(item, Phase) and item.name == MEASURED:
                found.append(Phase(COUNTED, counted, chosen=True))
        return with_watch(found, self.arrivals)

    def _exchanged(self, phase: Any) -> Any:
        if not any(stage in self.stages for stage in phase.stages):
            return phase
        return dataclasses.replace(phase, stages=tuple(self.stages.get(stage, stage) for stage in phase.stages))

    def _refuse_taken(self, items: Iterable[Any]) -> None:
        """Columns come before numbers where an argument is looked up: one of the user's would stand for the number."""
        names = {one.name for one in self.columns}
        for stage in _rules_of(items):
            for name in sorted(names.intersection(stage.arguments)):
                raise OwnNameTaken(f"{name}: is the name of something that {stage.name} reads; choose another")

    @property
    def of_money(self) -> list[str]:
        """The user's functions that may move money, each with the rule that it stands for: they write or tally some."""
        from sim.month.hooks import MONEY

        money = {column for columns in MONEY.values() for column in columns}
        stages = [own_stage(key, function, self) for key, function in self.replaced]
        return [
            f"{function} in the place of {key}"
            for (key, function), stage in zip(self.replaced, stages, strict=True)
            if {*stage.tallies} - {TALLY.format(function)} or money.intersection(stage.writes)
        ]

    def idle(self, items: Iterable[Any]) -> str:
        """Name of a replaced rule that a month does not have; empty where it has them all."""
        from sim.month.replaceable import canonical, replaceable

        there = _rules_of(items)
        return next((key for key, _ in self.replaced if replaceable()[canonical(key)] not in there), "")


def _rules_of(items: Iterable[Any]) -> list[Stage]:
    """Every rule of a month, those of arriving among them; steps have none."""
    return [*ARRIVAL_STAGES, *(stage for item in items for stage in getattr(item, "stages", ()))]


class OwnNameTaken(ValueError):
    """A name of the user's own is taken."""


@functools.cache
def own_stage(key: str, function: str, own: OwnRules) -> Stage:
    """The stage that calls a user's function in the place of a shipped rule; checked beforehand."""
    from sim.month.replaceable import is_flow, of_firms, replaceable, results_of_rule, tables_of

    shipped, order = replaceable()[key], returned(own.source)[function]
    columns = {**tables_of(key), **own.table({}, firms=of_firms(key))}
    further = tuple(name for name in order if name not in results_of_rule(key))
    asked = arguments_of(own.source, function)
    name = f"{shipped.name}_of_a_user"
    results = [f"_{one}" for one in order]
    kept = [held(one, columns[one]) for one in (*shipped.writes, *further)]
    kept += [held_flow(one) if is_flow(one) else f"_{one}" for one in results_of_rule(key)[len(shipped.writes) :]]
    text = (
        f"{marked(own.source)}\n\n"
        f"def {name}({', '.join(dict.fromkeys([*asked, *shipped.asked]))}):\n"
        f"    {', '.join(results)}, = {function}({', '.join(asked)})\n"
        f"    return {', '.join(kept)}\n"
    )
    operations = operations_of(own.source, function)
    if operations:
        text = watched(text, name, len(shipped.writes) + len(further) + len(shipped.tallies))
        shipped = dataclasses.replace(shipped, tallies=(*shipped.tallies, TALLY.format(function)))
    made: Any = executed(text)[name]
    made.watched = {TALLY.format(function): operations} if operations else {}
    # Whose decision it is, and what its author says of it.
    made.__module__, made.__doc__ = shipped.rule.__module__, _said_of(own.source, function)
    return dataclasses.replace(shipped, name=name, rule=made, writes=(*shipped.writes, *further))


def held(name: str, column: Column) -> str:
    """Source of a result within its column's range; what is no number stays so, and stops the month."""
    low, high = limits(column)
    value = f"_{name}"
    if column.is_float:
        value = f"({low!r} if _{name} < {low!r} else _{name})" if column.low is not None else value
        return f"({high!r} if _{name} > {high!r} else {value})" if column.high is not None else value
    return f"min(max({value}, {low}), {high})"


def held_flow(name: str) -> str:
    """Source of money that moves, from 0: what a rule makes by paying less than nothing, the books do not explain."""
    return f"(0 if _{name} < 0 else _{name})"


def arguments_of(source: str, function: str) -> tuple[str, ...]:
    """Names of the arguments of a function of a user's file."""
    return tuple(argument.arg for argument in _function(source, function).args.args)


def _said_of(source: str, function: str) -> str:
    return (ast.get_docstring(_function(source, function)) or f"The user's {function}.").partition("\n")[0]


def _function(source: str, name: str) -> ast.FunctionDef:
    return next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
