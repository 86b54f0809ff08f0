"""Lives that tell something: a default saved or caused by a package, a line closed on a good customer, a quiet one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim.figures.scales import IN_ENGLISH

if TYPE_CHECKING:
    import pandas as pd

    from sim.language.words import Words

FOLLOW_UP = 12
"""Months after a closing within which a default counts, as where closures are judged."""
LATE_90, LATE_30 = 4, 2
KINDS = ("default saved", "default caused", "closed wrongly", "always fine")
"""What a life under a package is beside that under its parent; a text says how each is recognised."""
EACH = 3
"""Lives of a kind that are named."""


class Telling(NamedTuple):
    """A life that tells something, and where it is found."""

    kind: str
    number: int
    scenario: str
    packages: tuple[str, str]
    replication: int


class Course(NamedTuple):
    """What a person's months under one package come to: when the first default and the first closing were."""

    defaulted: int | None
    closed: int | None
    worst: int
    owed: bool
    late: frozenset[int]
    last: int


def course_of(
    months: Sequence[int], late: Sequence[int], line: Sequence[str], owed: Sequence[int], event: Sequence[str]
) -> Course:
    """Sum a life up; one that is charged off is in default from then on."""
    bad = [
        month
        for month, past, state in zip(months, late, line, strict=True)
        if past >= LATE_90 or state == "charged off"
    ]
    closed = [month for month, words in zip(months, event, strict=True) if "line closed" in words]
    begun = [
        month
        for month, words in zip(months, event, strict=True)
        if "90 days past due" in words or "charged off" in words
    ]
    first = min(begun, default=None)
    return Course(first, min(closed, default=None), max(late), any(owed), frozenset(bad), max(months))


def kind_of(first: Course, second: Course) -> str:
    """Which of `KINDS` two lives of one person are; empty for none."""
    if first.defaulted is not None and second.defaulted is None and second.last == first.last:
        return "default saved"
    if second.defaulted is not None and first.defaulted is None and second.last == first.last:
        return "default caused"
    if second.closed is not None and first.closed is None and second.closed + FOLLOW_UP <= first.last:
        watched = range(second.closed, second.closed + FOLLOW_UP + 1)
        if not first.late.intersection(watched):
            return "closed wrongly"
    if first.owed and second.owed and first.worst == second.worst == 0 and first.closed is second.closed is None:
        return "always fine"
    return ""


def telling(panel: pd.DataFrame, who: str, arms: Sequence[tuple[str, str]]) -> Iterator[Telling]:
    """A few lives of each kind, of packages beside the parent that they are compared with.

    Parameters
    ----------
    panel : DataFrame
        The table ``panel``, or ``panel_firms``.
    who : str
        ``person`` or ``firm``.
    arms : sequence of (str, str)
        Packages, each with its parent or an empty text.
    """
    columns = ["month", "months_past_due", "line", "principal", "event"]
    names = [name for name, parent in arms if parent] + [parent for _, parent in arms if parent]
    mine = panel[panel["arm"].isin(names)].astype({"arm": str, "scenario": str, "line": str, "event": str})
    courses: dict[tuple[str, int, str, int], Course] = {}
    for (arm, scenario, run, number), rows in mine.groupby(["arm", "scenario", "replication", who], sort=False):
        if who == "person" or rows["month"].min() < 0:  # a firm founded later is another one in another run
            courses[scenario, run, arm, number] = course_of(*(rows[name].tolist() for name in columns))
    named = dict.fromkeys(KINDS, 0)
    for kind in KINDS:
        seen: set[int] = set()
        for (scenario, run, arm, number), second in courses.items():
            parent = dict(arms)[arm]
            first = courses.get((scenario, run, parent, number))
            fresh = number not in seen and named[kind] < EACH
            if first is not None and fresh and kind_of(first, second) == kind:
                seen.add(number)
                named[kind] += 1
                yield Telling(kind, number, scenario, (parent, arm), run)


def listed(
    panels: Mapping[str, pd.DataFrame], arms: Sequence[tuple[str, str]], folder: str, say: Words = IN_ENGLISH
) -> list[str]:
    """Lines that name telling lives of the panels and how to look at one."""
    lines = []
    for who, panel in panels.items():
        found = list(telling(panel, who, arms))
        counts = panel.groupby("replication")[who].nunique()
        lines.append(say(f"life.listed.{who}s", low=counts.min(), high=counts.max(), runs=len(counts)))
        for kind in KINDS:
            mine = [one for one in found if one.kind == kind]
            key = f"life.listed.{kind.replace(' ', '_')}"
            lines.append(f"  {say(key if mine else f'{key}_none')}")
            lines += [f"    creditcycle life {folder} {options(who, one)}" for one in mine]
    return lines


def options(who: str, one: Telling) -> str:
    """Flags that lead to a life."""
    packages = ",".join(one.packages)
    return f"--{who} {one.number} --economy {one.scenario} --packages {packages} --replication {one.replication}"
