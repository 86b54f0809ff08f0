"""The page of targets: one table a section, what is out of band, and what is not measured yet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.study.compare.intervals import mean_interval
from validation.targets.bands import WAITING, targets_of
from validation.targets.pooling import Worlds
from validation.targets.runs import CHINA, TAIWAN
from validation.targets.target import SECTIONS, SURENESS, Target

HEAD = ("figure", "unit", "published", "band", "source", "sure", "ours", "95 % interval", "in band")


@dataclass(frozen=True)
class Found:
    """A target with what the engine gave, and its interval over seeds; not-a-number where there is none."""

    target: Target
    value: float
    low: float
    high: float

    @property
    def holds(self) -> bool | None:
        """Whether the figure lies in the band; None where one of them is absent."""
        return self.target.holds(self.value)

    @property
    def verdict(self) -> str:
        """In band or not, and whether an interval that reaches into the band leaves it open."""
        if self.holds is None or self.holds:
            return "-" if self.holds is None else "yes"
        return "no, open" if self.low <= self.target.high and self.high >= self.target.low else "**NO**"


def measured(target: Target, worlds: Worlds) -> Found:
    """Measure a target on all seeds together, with the jackknife's interval over seeds (Tukey, 1958).

    Each pseudo-value is what one seed adds: n times the figure of all less n - 1 times that of all but one.
    """
    value, count = target.measure(worlds), len(worlds)
    rest = np.array([target.measure([*worlds[:k], *worlds[k + 1 :]]) for k in range(count)]) if count > 1 else None
    if rest is None or not np.isfinite(rest).all() or math.isnan(value):
        return Found(target, value, math.nan, math.nan)
    mean, low, high = mean_interval(count * value - (count - 1) * rest)
    return Found(target, value, value - (mean - low), value + (high - mean))


def number(value: float) -> str:
    """Write a number with three significant digits."""
    return "n/a" if math.isnan(value) else f"{value:.3g}"


def row(found: Found) -> str:
    """Write one figure as a row of its table."""
    target = found.target
    cells = (
        target.definition,
        target.unit,
        target.published,
        "-" if math.isnan(target.low) else f"{number(target.low)} to {number(target.high)}",
        target.source or "-",
        target.sureness,
        number(found.value),
        "n/a" if math.isnan(found.low) else f"{number(found.low)} to {number(found.high)}",
        found.verdict,
    )
    return f"| {' | '.join(cells)} |"


def summary(all_found: Sequence[Found]) -> str:
    """Say how many figures lie in their bands, by section."""
    judged = [found for found in all_found if found.holds is not None]
    parts = []
    for section in SECTIONS:
        mine = [found.holds for found in judged if found.target.section == section]
        if mine:
            parts.append(f"{section.lower()} {sum(map(bool, mine))} of {len(mine)}")
    inside = sum(bool(found.holds) for found in judged)
    still_open = sum(found.verdict == "no, open" for found in judged)
    return (
        f"**{inside} of {len(judged)} figures lie in their bands**: {'; '.join(parts)}. Of those out of band"
        f" {still_open} have an interval that reaches into it (*no, open*)."
    )


def section_of(name: str, all_found: Sequence[Found], preset: str) -> list[str]:
    """Write a section: its table, then what waits; nothing where a preset has no figure of it."""
    lines = [f"### {name}", ""]
    mine = [found for found in all_found if found.target.section == name]
    if mine:
        lines += [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|", *map(row, mine), ""]
    elif preset == TAIWAN:
        return []
    waiting = [
        f"- {what} ({source}): {why}"
        for section, what, source, why in WAITING
        if section == name and preset != TAIWAN  # its figures are those of the tape
    ]
    return [*lines, "Not measured yet:", "", *waiting, ""] if waiting else lines


def size_of(worlds: Worlds, persons: int, months: int) -> str:
    """Say what was lived where persons are drawn."""
    return f"{len(worlds)} seeds of {persons:,} persons, {months} months after the burn-in"


def size_of_tape(worlds: Worlds) -> str:
    """Say what was lived where persons are those of the tape."""
    accounts = worlds[0].september.owed.shape[1]
    return f"{len(worlds)} seeds of {accounts:,} accounts of the tape, April to September and September to October 2005"


def text_of(worlds: Worlds, size: str, preset: str = CHINA) -> str:
    """Measure every target of a preset and write the page between its marks; `size` says what was lived."""
    all_found = [measured(target, worlds) for target in targets_of(preset)]
    sure = "; ".join(f"{mark}: {said}" for mark, said in SURENESS.items())
    said = (
        f"{size}. Figures are of all seeds together; intervals are the jackknife's over seeds, Monte Carlo error alone."
    )
    sections = [line for name in SECTIONS for line in section_of(name, all_found, preset)]
    return "\n".join([said, "", f"How sure: {sure}.", "", summary(all_found), "", *sections]).rstrip()


def put_between(page: Path, begin: str, end: str, text: str) -> None:
    """Put a text in the place of what stands between two marks of a page."""
    before = page.read_text(encoding="utf-8")
    head, tail = before[: before.index(begin) + len(begin)], before[before.index(end) :]
    page.write_text(f"{head}\n{text}\n\n{tail}", encoding="utf-8")
