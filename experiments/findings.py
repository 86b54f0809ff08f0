"""Findings are claims: a sentence with places for figures, each within bounds, measured again under other conditions.

``findings.toml`` of an experiment holds the sentences, ``findings.csv`` what was measured; the page's section is
written from the two, so that text and figures cannot part, and what does not hold is never printed as found.
"""

from __future__ import annotations

import math
import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.config.errors import UsageError, nearest, refusal
from sim.study.compare.intervals import mean_interval

WORLDS, MOST = 8, 7


@dataclass(frozen=True)
class Change:
    """Under what a claim is measured: borrowers and runs times the experiment's own, first seed, plausible worlds."""

    name: str
    size: float = 1.0
    runs: float = 1.0
    seed: int = 1
    worlds: int = 0

    def overrides(self, borrowers: int, runs: int) -> list[str]:
        """What it changes in a study of so many borrowers and runs; each world has two runs."""
        count = 2 if self.worlds else max(2, round(self.runs * runs))
        said = [f"population.borrowers={round(self.size * borrowers)}", f"study.replications={count}"]
        return [*said, f"seed={self.seed}", *([f"study.worlds={self.worlds}"] if self.worlds else [])]


CHECKS = (
    Change("own"),
    Change("half", size=0.5),
    Change("ten times", size=10.0, runs=0.2),
    Change("other seeds", runs=0.5, seed=1001),
    Change("more seeds", runs=0.5, seed=2001),
    Change("worlds", worlds=WORLDS),
)


@dataclass(frozen=True)
class Part:
    """A figure of a claim and the bounds that it must lie between; empty names are the experiment's first.

    ``against`` is what ``arm`` is compared with: empty for the base that the experiment names, ``level`` for none;
    ``than``: the same arm in another world instead.
    """

    figure: str
    arm: str
    against: str = ""
    scenario: str = ""
    world: str = ""
    than: str = ""
    above: float = -math.inf
    below: float = math.inf

    def key(self) -> tuple[str, ...]:
        """What is measured, without the bounds."""
        return self.figure, self.arm, self.against, self.scenario, self.world, self.than

    def inside(self, value: float) -> bool:
        """Whether a value lies between the bounds."""
        return self.above < value < self.below


@dataclass(frozen=True)
class Claim:
    """A sentence, with a place for each of its parts."""

    name: str
    says: str
    parts: Mapping[str, Part]


@dataclass(frozen=True)
class Estimate:
    """What was measured of a part: value, 95 % interval, unit, and the value in each world where there are worlds."""

    value: float
    low: float
    high: float
    unit: str = ""
    worlds: tuple[float, ...] = ()


Measured = Mapping[tuple[str, ...], Mapping[str, Estimate]]
"""What is measured -> check -> estimate."""


class Source(Protocol):
    """An experiment that can be measured again."""

    folder: Path

    def measure(
        self, parts: Sequence[Part], change: Change, to: Path, more: Sequence[str] = ()
    ) -> Sequence[Estimate | None]:
        """Run what the parts need under a change, study folders in ``to``; one estimate for each part, or None.

        ``more`` are overrides of the machine.
        """


def estimate(runs: NDArray[np.float64], unit: str, worlds: int = 0) -> Estimate:
    """Mean of independent runs; run ``r`` lives in world ``r % worlds``."""
    value, low, high = mean_interval(runs)
    return Estimate(value, low, high, unit, tuple(float(runs[world::worlds].mean()) for world in range(worlds)))


def read(file: Path) -> list[Claim]:
    """Claims of a file.

    Raises
    ------
    UsageError
        A key is unknown, a part has no bound, or the places of a sentence are not its parts.
    """
    return [_claim(file, name, said) for name, said in tomllib.loads(file.read_text(encoding="utf-8")).items()]


def _claim(file: Path, name: str, said: dict[str, Any]) -> Claim:
    known = {field.name for field in fields(Part)}
    parts = {}
    for place, given in said.items():
        if place == "says":
            continue
        for key in set(given) - known:
            allowed = " ".join(sorted(known))
            raise UsageError(refusal(f"{file}: {name}.{place}.{key}", given[key], allowed, nearest(key, known)))
        parts[place] = Part(**given)
        if math.isinf(parts[place].above) and math.isinf(parts[place].below):
            raise UsageError(f"{file}: {name}.{place}: has no bound; say above or below")
    places = {place for _, place, _, _ in string.Formatter().parse(said["says"]) if place is not None}
    if places != set(parts):
        raise UsageError(f"{file}: {name}: has places {sorted(places)} and parts {sorted(parts)}")
    return Claim(name, said["says"], parts)


def failures(part: Part, found: Mapping[str, Estimate]) -> list[str]:
    """Checks in which a part does not hold; none: it is robust.

    The experiment's own interval must lie between the bounds, under every other change the estimate, and in worlds
    that of all but one. A check that was not made is one that fails, unless nobody can make it.
    """
    failed = []
    for name, one in found.items():
        if name == "own":
            holds = part.above <= one.low and one.high <= part.below and not math.isnan(one.low + one.high)
        elif one.worlds:
            holds = sum(map(part.inside, one.worlds)) * WORLDS >= MOST * len(one.worlds)
        else:
            holds = part.inside(one.value)
        failed += [] if holds else [name]
    return failed or ([] if "own" in found else ["own"])


KEYS = [field.name for field in fields(Part)][:6]


def store(file: Path, measured: Measured) -> None:
    """Write what was measured, one row for each part and check, rounded to what other machines' last bits spare."""
    rows = [
        dict(zip(KEYS, key, strict=True))
        | {"check": name}
        | asdict(one)
        | {"worlds": " ".join(f"{value:.4g}" for value in one.worlds)}
        for key, checks in measured.items()
        for name, one in checks.items()
    ]
    pd.DataFrame(rows).to_csv(file, index=False, na_rep="n/a", float_format="%.4g", lineterminator="\n")


def stored(file: Path) -> Measured:
    """What was measured before; nothing where there is no file."""
    if not file.exists():
        return {}
    measured: dict[tuple[str, ...], dict[str, Estimate]] = {}
    texts = dict.fromkeys([*KEYS, "check", "unit", "worlds"], str)
    for row in pd.read_csv(file, dtype=texts, na_values={"value": "n/a", "low": "n/a", "high": "n/a"},
                           keep_default_na=False).to_dict("records"):  # fmt: skip
        numbers = (float(row[name]) for name in ("value", "low", "high"))
        worlds = tuple(map(float, row["worlds"].split()))
        measured.setdefault(tuple(row[key] for key in KEYS), {})[row["check"]] = Estimate(*numbers, row["unit"], worlds)
    return measured


def measure(
    source: Source, claims: Sequence[Claim], to: Path, more: Sequence[str] = (), checks: Sequence[Change] = CHECKS
) -> Measured:
    """Measure all parts of all claims under each change that the experiment can make (``checks`` where it has such)."""
    parts = list({part.key(): part for claim in claims for part in claim.parts.values()}.values())
    measured: dict[tuple[str, ...], dict[str, Estimate]] = {part.key(): {} for part in parts}
    for change in getattr(source, "checks", checks):
        for part, one in zip(
            parts, source.measure(parts, change, to / change.name.replace(" ", "_"), more), strict=True
        ):
            if one is not None:
                measured[part.key()][change.name] = one
    return measured
