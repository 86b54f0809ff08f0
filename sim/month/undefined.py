"""What has no value in a rule of a user's own stops the month: compiled, it would go on with some number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.engine.loops.stage import Stage
from sim.engine.tables.finite import check_columns
from sim.lender.policies.undefined import TALLY
from sim.loan.ledger import Ledger
from sim.loan.postings import FIRM

NAMED = 3
"""Operations that the line names."""


class UndefinedError(ArithmeticError):
    """A rule of a user's own went on from what has no value; the line names the rule, where, and how often."""


def with_watch(items: Iterable[Any], arrivals: Iterable[Stage]) -> tuple[Any, ...]:
    """A month that looks at such rules before it closes; the same month where no rule can go on from no value."""
    found = list(items)
    if check_columns in found and any(True for _ in _watching(found, arrivals)):
        found.insert(found.index(check_columns), refuse_undefined)
    return tuple(found)


def refuse_undefined(month: int, config: Any, agenda: Iterable[Any], ledger: Ledger) -> None:
    """Stop a month in which a rule of a user's own went on from what has no value.

    Raises
    ------
    UndefinedError
        The line names the month, the rule, how many rows it was, and the operations that may have been it.
    """
    for tally, stage in _watching(agenda, config.own.arrivals):
        rows = ledger.flows[tally]
        if rows:
            raise UndefinedError(_said(month, rows, tally.startswith(FIRM), stage))


def of_stage(stage: Stage) -> Mapping[str, tuple[str, ...]]:
    """The tally of a watched rule, with the operations of it that may have no value; empty of any other."""
    watched: Mapping[str, tuple[str, ...]] = getattr(stage.rule, "watched", {})
    return watched


def _watching(items: Iterable[Any], arrivals: Iterable[Stage]) -> Iterator[tuple[str, Stage]]:
    for stage in arrivals:
        yield from ((tally, stage) for tally in of_stage(stage))
    for item in items:
        for stage in getattr(item, "stages", ()):
            yield from ((FIRM * item.firms + tally, stage) for tally in of_stage(stage))


def _said(month: int, rows: int, firms: bool, stage: Stage) -> str:
    ((tally, operations),) = of_stage(stage).items()
    function = tally.removeprefix(TALLY.partition("{}")[0]).removesuffix(TALLY.partition("{}")[2])
    more = f" and {len(operations) - NAMED} more" if len(operations) > NAMED else ""
    whom = f"{rows} {'firm' if firms else 'person'}{'s' * (rows != 1)}"
    return (
        f"month {month}: {function} ({stage.name}) comes to what has no value for {whom}: a division by 0, a whole "
        "number of what is none, a root or logarithm of what has none, or more months than a loan can have; it is in "
        f"{'; '.join(operations[:NAMED])}{more}: guard it, as in income // max(months, 1)"
    )
