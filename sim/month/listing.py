"""The month as it is composed, read from its declarations: every rule and step in order, and what it touches."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from sim.engine.loops.stage import Stage
from sim.engine.tables.declare import Column, declared_columns
from sim.firms.firm import FIRM_COLUMNS
from sim.loan.account import Account
from sim.month import opening
from sim.month.agenda import Phase, agenda
from sim.month.own import OwnRules
from sim.persons.arriving import ARRIVAL_STAGES
from sim.persons.borrower import PRIVATE_COLUMNS

ARRIVAL = Phase("people arrive", ARRIVAL_STAGES)
LETS_ARRIVE = opening.let_arrive  # the step in which the rules of arrival run, on the new rows alone
DRAWS = ("luck_", "normal_", "lasting_")


@dataclass(frozen=True)
class Line:
    """One rule of the month, or a step between rules.

    Attributes
    ----------
    phase : str
        Empty for a step.
    name, actor, meaning : str
        Of the rule; the room that it stands in, whose decision it is; the first line of its docstring.
    firms, book : bool
        Whether it runs on firms, and whether it sees the lender's book alone.
    guards, columns, numbers, draws : tuple of str
        What it reads: columns without which a row is skipped, other columns, the month's numbers, random draws.
    writes, tallies : tuple of str
        Columns that it stores; totals and histograms that it adds to.
    parts : tuple of str
        Of a step: what it is handed.
    named : frozenset of str
        Of a step, which declares nothing: every word that its functions name.
    """

    phase: str
    name: str
    actor: str
    meaning: str
    firms: bool = False
    book: bool = False
    guards: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    draws: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    tallies: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()

    def touches(self, name: str) -> list[str]:
        """Ways in which it touches a column, a number, a draw or a tally; a draw goes by its purpose, too."""
        draws = (*self.draws, *(draw.partition("_")[2] for draw in self.draws))
        ways = {
            "skips rows by": self.guards,
            "reads": (*self.columns, *self.numbers),
            "draws": draws,
            "writes": self.writes,
            "tallies": self.tallies,
            "names": self.named,
        }
        return [way for way, names in ways.items() if name in names]

    @property
    def declared(self) -> tuple[str, ...]:
        """Every name that a rule declares."""
        return (*self.guards, *self.columns, *self.numbers, *self.draws, *self.writes, *self.tallies)


def lines_of(config: Any) -> list[Line]:
    """Every rule and step of a month under a configuration, in the order in which they run.

    Parameters
    ----------
    config : Config
        Resolved configuration.
    """
    items = config.own.within(agenda(config, config.firms.count_among(config.population.borrowers) > 0))
    arrival = Phase(ARRIVAL.name, config.own.arrivals)
    shown = [entry for item in items for entry in ((item, arrival) if item is LETS_ARRIVE else (item,))]
    return [line for item in shown for line in _lines(item, config.own)]


def _lines(item: Any, own: OwnRules) -> Iterator[Line]:
    if not isinstance(item, Phase):
        parts = tuple(inspect.signature(item).parameters)
        yield Line("", item.__name__, room_of(item), first_line(item), parts=parts, named=_words(item, set()))
        return
    private = FIRM_COLUMNS if item.firms else PRIVATE_COLUMNS
    columns = {**own.table(private, firms=item.firms), **declared_columns(Account)}
    for stage in item.stages:
        yield _line(item, stage, columns)


def _line(phase: Phase, stage: Stage, columns: Mapping[str, Column]) -> Line:
    def read(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in names if _kind(name, columns) == kind))

    indices = [name.rpartition("_by_")[2] for name in stage.arguments if _kind(name, columns) == "number"]
    names = [*stage.arguments, *(name for name in indices if name in columns)]
    return Line(
        phase=phase.name,
        name=stage.name,
        actor=room_of(stage.rule),
        meaning=first_line(stage.rule),
        firms=phase.firms,
        book=phase.book,
        guards=stage.where,
        columns=read("column"),
        numbers=read("number"),
        draws=read("draw"),
        writes=stage.writes,
        tallies=(*stage.tallies, *(name for name, _ in stage.bins)),
    )


def _kind(name: str, columns: Mapping[str, Column]) -> str:
    return "column" if name in columns else "draw" if name.startswith(DRAWS) else "number"


def room_of(function: Callable[..., Any]) -> str:
    """Room that a rule or step stands in; the lender's for one that is written from its settings or by a user."""
    package, _, rest = function.__module__.partition(".")
    return rest.partition(".")[0] if package == "sim" else "lender"


def first_line(function: Callable[..., Any]) -> str:
    """First line of a docstring; of a rule that has none, where it comes from."""
    return (inspect.getdoc(function) or "Written from settings, or from a function of yours.").partition("\n")[0]


def _words(function: Callable[..., Any], seen: set[CodeType]) -> frozenset[str]:
    """Words that a step's code names, and that of the functions of the package that it calls by name."""
    found: set[str] = set()
    pending = [function.__code__]
    while pending:
        code = pending.pop()
        if code in seen:
            continue
        seen.add(code)
        for value in code.co_consts:
            if isinstance(value, CodeType):
                pending.append(value)
            several = value if isinstance(value, tuple | frozenset) else (value,)
            found |= {word for word in several if isinstance(word, str)}
        for name in code.co_names:
            called = function.__globals__.get(name)
            if inspect.isfunction(called) and called.__module__.startswith("sim."):
                found |= _words(called, seen)
    return frozenset(found)
