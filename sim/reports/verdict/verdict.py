"""The verdict as data: what each package changes against its parent, for whom, how surely, and what to beware of."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.reports.folder import Study
from sim.reports.verdict.fund import Fund, funds_of
from sim.reports.verdict.gauges import gauges
from sim.reports.verdict.jobs import Crew, crews_of
from sim.reports.verdict.landing import claimants
from sim.reports.verdict.measures import MEASURES, MONEY, OF_BOOK, PAYERS, RATE, Measure
from sim.reports.verdict.worth import Worth, worth_of

OTHER_PRICE = 0.0005
"""Difference in the mean rate of new lending from which on it is said that prices differ, a year (our choice)."""


@dataclass(frozen=True)
class Finding:
    """One figure of a package in one economy, and its difference to the parent, replication by replication.

    Money is in fen over ``months``, sums and counts over them too, rates are fractions. Intervals have the study's
    coverage, and are ``nan`` with one run. ``of_parent`` is the difference over the parent's mean loans for money of
    lenders and payers, over the parent's own figure for other money and counts, and ``nan`` for rates.
    """

    measure: Measure
    scenario: str
    arm: str
    parent: str
    months: int
    level: float
    level_low: float
    level_high: float
    parent_level: float
    difference: float
    low: float
    high: float
    of_loans: float
    of_parent: float
    identical: bool
    sign_holds: int = 0
    worlds: int = 0

    @property
    def direction(self) -> int:
        """Sign of the difference where its interval excludes zero; 0 where it does not or there is none."""
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0

    @property
    def is_there(self) -> bool:
        """Whether there is anything of the kind under the package or its parent."""
        return any(math.isfinite(value) and value != 0.0 for value in (self.level, self.parent_level))

    @property
    def hides(self) -> float:
        """The largest difference that the interval holds, without its sign; ``nan`` with one run."""
        return max(abs(self.low), abs(self.high))


@dataclass(frozen=True)
class Pair:
    """A package and its parent: the settings in which they differ, and a finding for each figure and economy."""

    arm: str
    parent: str
    changes: tuple[str, ...]
    findings: tuple[Finding, ...]

    def of(self, figure: str) -> list[Finding]:
        """Findings of one figure, in the order of the economies."""
        return [one for one in self.findings if one.measure.figure == figure]

    @property
    def payers(self) -> list[str]:
        """Figures of those who pay or gain anything under either package, beside lender and borrowers."""
        names = [one.measure.figure for one in self.findings if one.measure.party in PAYERS and one.is_there]
        return list(dict.fromkeys(names))

    @property
    def weight(self) -> float:
        """The largest difference in money of lender or payers, over the parent's loans."""
        found = [abs(one.of_loans) for one in self.findings if math.isfinite(one.of_loans)]
        return max(found, default=0.0)


@dataclass(frozen=True)
class Verdict:
    """The bottom line of a study, without words.

    ``pairs`` come by importance: the largest difference in money over the loans first. ``levels`` are the findings of
    the roots, which have no parent. ``funds`` holds what becomes of a package's guarantee fund, ``falls_on`` on whom
    its contract lets fall what that cannot pay; ``worth`` what public money buys in a pair, ``crews`` how more firms
    fail in it and more jobs stand. ``other_prices`` holds pairs whose rate of new lending differs, with the difference
    by economy; ``claimants`` the part of a package's claims that each segment has, by economy.
    """

    arms: tuple[str, ...]
    scenarios: tuple[str, ...]
    months: dict[str, int]
    runs: int
    confidence: float
    worlds: int
    partial: bool
    pairs: tuple[Pair, ...]
    levels: tuple[Finding, ...]
    gauges: pd.DataFrame
    funds: dict[str, tuple[Fund, ...]] = field(default_factory=dict)
    falls_on: dict[str, str] = field(default_factory=dict)
    worth: dict[tuple[str, str], tuple[Worth, ...]] = field(default_factory=dict)
    crews: dict[tuple[str, str], tuple[Crew, ...]] = field(default_factory=dict)
    other_prices: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    claimants: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)


def verdict_of(study: Study) -> Verdict:
    """Work out the verdict of a study from its stored files.

    Parameters
    ----------
    study : Study
        As `sim.reports.folder.read_study` gives it.

    Returns
    -------
    Verdict
        Every difference is that of ``summary.csv``; flows of a month are taken over all months that count.
    """
    pairs = [Pair(arm.name, arm.parent, _changes(arm.changes), tuple(findings(study, arm.name)))
             for arm in study.arms if arm.parent]  # fmt: skip
    roots = [one for arm in study.arms if not arm.parent for one in findings(study, arm.name)]
    pairs.sort(key=lambda pair: -pair.weight)
    names = [(pair.arm, pair.parent) for pair in pairs]
    return Verdict(
        arms=tuple(arm.name for arm in study.arms),
        scenarios=tuple(study.scenarios),
        months={name: months_counted(study, name) for name in study.scenarios},
        runs=study.replications,
        confidence=study.confidence,
        worlds=study.world_count,
        partial=study.manifest.get("status") == "partial",
        pairs=tuple(pairs),
        levels=tuple(roots),
        gauges=gauges(study),
        funds=funds_of(study),
        falls_on={arm.name: str(arm.caps.get("falls_on", "")) for arm in study.arms},
        worth={key: bought for key in names if (bought := worth_of(study, *key))},
        crews={key: crews for key in names if (crews := crews_of(study, *key))},
        other_prices={(pair.arm, pair.parent): found for pair in pairs if (found := _other_prices(study, pair.arm))},
        warnings=tuple(study.manifest.get("warnings") or ()),
        claimants={arm.name: parts for arm in study.arms if (parts := claimants(study, arm.name))},
    )


def findings(study: Study, arm: str) -> Iterable[Finding]:
    """Yield a finding of a package for each figure that was recorded, by figure and economy."""
    worlds = _signs(study)
    months = {name: months_counted(study, name) for name in study.scenarios}
    parent = study.arm(arm).parent
    loans = {name: mean_loans(study, name, parent) if parent else math.nan for name in study.scenarios}
    for measure in MEASURES:
        for scenario in study.scenarios:
            if math.isfinite(study.estimate(scenario, arm, measure.figure).mean):
                signs = worlds.get((scenario, arm, measure.figure), (0, 0))
                yield _finding(study, measure, scenario, arm, parent, months[scenario], loans[scenario], signs)


def months_counted(study: Study, scenario: str) -> int:
    """Return how many months of an economy the figures of ``summary.csv`` are taken over."""
    window = study.manifest.get("window") or {}
    left = max(study.months(scenario) - int(window.get("from", 0)), 0)
    return min(left, int(window.get("months", 0)) or left)


def mean_loans(study: Study, scenario: str, arm: str) -> float:
    """Return the loans outstanding of a package, fen, mean over the months that count and all runs."""
    paths = study.paths(scenario, arm, "outstanding")
    start = int((study.manifest.get("window") or {}).get("from", 0))
    part = paths[:, start : start + months_counted(study, scenario)]
    return float(np.nanmean(part)) if part.size else math.nan


def _finding(
    study: Study,
    measure: Measure,
    scenario: str,
    arm: str,
    parent: str,
    months: int,
    loans: float,
    worlds: tuple[int, int],
) -> Finding:
    own = study.estimate(scenario, arm, measure.figure)
    factor = float(measure.sign * (months if measure.is_flow else 1))
    low, high = _ordered(factor * own.low, factor * own.high)
    gap = factor * own.difference
    gap_low, gap_high = _ordered(factor * own.difference_low, factor * own.difference_high)
    other = factor * study.estimate(scenario, parent, measure.figure).mean
    of_book = measure.kind == MONEY and measure.party in OF_BOOK
    return Finding(
        measure, scenario, arm, parent, months, factor * own.mean, low, high, other, gap, gap_low, gap_high,
        of_loans=gap / loans if of_book and loans > 0 else math.nan,
        of_parent=gap / abs(other) if measure.kind != RATE and other else math.nan,
        identical=own.identical and bool(parent), sign_holds=worlds[0], worlds=worlds[1],
    )  # fmt: skip


def _ordered(low: float, high: float) -> tuple[float, float]:
    """Ends of an interval after a change of sign; both unknown where one is."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return math.nan, math.nan
    return min(low, high), max(low, high)


def _signs(study: Study) -> dict[tuple[str, str, str], tuple[int, int]]:
    """In how many worlds a difference's sign holds, and of how many, by economy, package and figure."""
    rows = study.worlds.to_dict("records")
    return {
        (str(row["scenario"]), str(row["arm"]), str(row["metric"])): (int(row["sign_holds"]), int(row["worlds"]))
        for row in rows
    }


def _changes(listed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(listed))


def _other_prices(study: Study, arm: str) -> dict[str, float]:
    """Differences in the price of new lending that are no rounding, by economy; empty where there are none."""
    gaps = {name: study.estimate(name, arm, "price").difference for name in study.scenarios}
    return {name: gap for name, gap in gaps.items() if math.isfinite(gap) and abs(gap) >= OTHER_PRICE}
