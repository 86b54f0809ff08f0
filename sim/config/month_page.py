"""``creditcycle show month``: the month as it is composed, or who touches a name in it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sim.config.compose import compose
from sim.config.errors import UsageError, nearest, shown
from sim.engine.tables.declare import Column, declared_columns
from sim.firms.firm import FIRM_COLUMNS, LINK_COLUMNS
from sim.loan.account import Account
from sim.month.listing import Line, lines_of
from sim.persons.borrower import PRIVATE_COLUMNS

TABLES: Mapping[str, Mapping[str, Column]] = {
    "what a person knows": PRIVATE_COLUMNS,
    "what a firm knows": FIRM_COLUMNS,
    "a link of trade": LINK_COLUMNS,
    "the lender's book": declared_columns(Account),
}
HEAD = """\
Rules run on each living row; steps, which stand by themselves, cross rows and declare nothing.
The word after a name is the room whose decision it is."""
TIMED = """\
ns: nanoseconds a living row on {persons} persons and {firms} firms, draws included, each rule compiled
in a loop of its own on one thread; rules that share a loop take less."""
WIDTH = 100
Times = Mapping[tuple[bool, str], float]


def month_page(words: Sequence[str], timed: bool = False) -> str:
    """Text of ``creditcycle show month [NAME] [OVERRIDES]``.

    Parameters
    ----------
    words : sequence of str
        Overrides, and at most one name of a column, number, draw, tally, rule or step.
    timed : bool
        Add how long each rule takes on a small population.

    Raises
    ------
    UsageError
        A mistake in an override, or nothing of the month has that name.
    """
    names = [word for word in words if "=" not in word]
    if len(names) > 1:
        raise UsageError(f"show month: {shown(names)} is not allowed: one name at a time, and overrides key=value")
    config = compose([word for word in words if "=" in word])
    lines = lines_of(config)
    if names and not timed:
        return "\n".join(_who(names[0], lines)) + "\n"
    wanted = [line for line in lines if not names or line.name == names[0] or line.touches(names[0])]
    page = _timed(config, wanted) if timed else _all(wanted, {})
    return "\n".join(page) + "\n"


def _timed(config: Any, lines: Sequence[Line]) -> Iterator[str]:
    from sim.study.run.timing import nanoseconds, small

    config = small(config)
    times = nanoseconds(config)
    firms = config.firms.count_among(config.population.borrowers)
    yield TIMED.format(persons=config.population.borrowers, firms=firms)
    yield from _all(lines, times)


def _all(lines: Sequence[Line], times: Times) -> Iterator[str]:
    yield HEAD
    for phase, together in groupby(lines, key=lambda line: (line.phase, line.firms, line.book)):
        inside = list(together)
        yield ""
        if phase[0]:
            yield heading(inside[0])
        for line in inside:
            yield from _block(line, times, "  " if line.phase else "")


def heading(line: Line) -> str:
    """Heading of a phase: what happens, on whose rows, and whether the book alone is seen."""
    return f"{line.phase} ({'firms' if line.firms else 'persons'}{', the book alone' if line.book else ''})"


def _block(line: Line, times: Times, start: str) -> Iterator[str]:
    took = times.get((line.firms, line.name))
    clock = f"{took:6.1f} ns  " if took is not None else " " * 11 if times else ""
    yield from _filled(f"{start}{line.name:<{26 - len(start)}} {line.actor:<9}{clock}", line.meaning)
    for what, names in (
        ("skips by", tuple(name for name in line.guards if name != "alive")),
        ("works on", line.parts),
        ("reads", line.columns),
        ("numbers", line.numbers),
        ("draws", line.draws),
        ("writes", line.writes),
        ("tallies", line.tallies),
    ):
        if names:
            yield from _filled(f"      {what:<9}", " ".join(names))


def _filled(start: str, text: str) -> list[str]:
    """Lines no wider than `WIDTH`, later ones set in as far as the first."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _who(name: str, lines: Sequence[Line]) -> Iterator[str]:
    """Lines that say what a name is and who touches it, in order."""
    declared = {
        f"{table}: {column.meaning}" + (f" ({column.unit})" if column.unit else "")
        for table, columns in TABLES.items()
        for column in [columns.get(name)]
        if column is not None
    }
    own = [line for line in lines if line.name == name]
    touched = [(line, line.touches(name)) for line in lines]
    touched = [(line, ways) for line, ways in touched if ways]
    if not (declared or own or touched):
        known = {word for line in lines for word in (*line.declared, line.name)}
        near = nearest(name, sorted(known.union(*TABLES.values())))
        raise UsageError(
            f"show month: nothing of this month is called {shown(name)}" + (f"; did you mean {near}?" if near else "")
        )
    yield from (f"{name}, of {text}" for text in sorted(declared))
    for line in own:
        yield from (heading(line) if line.phase else "a step", *_block(line, {}, "  "))
    for line, ways in touched:
        where = heading(line) if line.phase else "a step"
        yield from _filled(f"  {' and '.join(ways):<17} {line.name:<23} {line.actor:<8} ", where)
    if not (own or touched):
        yield "  nothing in this composition touches it"
