"""Discrimination and gradients: who of those in order, or newly approved, falls behind within a year."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy  # its parts are loaded when first used
from numpy.typing import NDArray

from sim.lender.policies.scoring import ANCHOR, POINTS
from sim.loan.states import LINE_APPLIED, LINE_NONE, LINE_OPEN, LINE_REFUSED, MONTHS_90
from validation.targets.pooling import Floats, Measure, Worlds, joined, ratio, remembered
from validation.targets.runs import YEAR, Run

Chosen = NDArray[np.bool_]


def falls_within_a_year(run: Run, month: int) -> NDArray[np.bool_]:
    """Whether each row is 90 days past due in one of the twelve months after."""
    return np.any(run.panel["months_past_due"][month + 1 : month + 1 + YEAR] >= MONTHS_90, axis=0)


@remembered
def opened(run: Run, known: str = "score") -> Floats:
    """What is known on opening a line, and whether 90 days past due within 12 months; float64[2, n] of who borrowed."""
    line, owed = run.panel["line"], run.owed
    found = [np.empty((2, 0))]
    for month in range(len(line) - YEAR):
        before = np.isin(line[month - 1], (LINE_NONE, LINE_APPLIED, LINE_REFUSED)) if month else True
        borrowed = (owed[month : month + 1 + YEAR] > 0).any(axis=0)
        rows = (line[month] == LINE_OPEN) & before & borrowed
        found.append(np.stack([run.panel[known][month, rows], falls_within_a_year(run, month)[rows]]))
    return joined(found)


@remembered
def in_order(run: Run) -> dict[str, Floats]:
    """Accounts in order that owe, once a year: what is known then, and whether 90 days past due within 12 months."""
    panel, found = run.panel, []
    for month in range(0, len(panel["line"]) - YEAR, YEAR):
        rows = (panel["line"][month] == LINE_OPEN) & (panel["months_past_due"][month] == 0) & (run.owed[month] > 0)
        owed, income = run.owed[month, rows], panel["income_permanent"][month, rows]
        score = panel["score"][month, rows].astype(np.float64)
        predicted = scipy.special.expit(-(run.intercept + (score - ANCHOR) / POINTS))
        bad = falls_within_a_year(run, month)[rows]
        at_work, worked = panel["employed"][month, rows] > 0, panel["employed"][max(month - 1, 0), rows] > 0
        settled = np.where(at_work, panel["months_in_job"][month, rows], -1.0)
        loans, lost = panel["loans_elsewhere"][month, rows], worked & ~at_work
        used = owed / panel["limit"][month, rows]
        found.append((score, income, used, owed / income, settled, loans, lost, at_work, predicted, bad))
    names = ("score", "income", "utilisation", "burden", "settled", "loans", "lost", "at_work", "predicted", "bad")
    parts = zip(*found, strict=True) if found else ([np.empty(0)] for _ in names)
    return {name: joined(part).astype(np.float64) for name, part in zip(names, parts, strict=True)}


def area(score: Floats, bad: Floats) -> float:
    """Chance that a bad account scored worse than a good one, ties by half (Mann and Whitney, 1947)."""
    lost, kept = score[bad > 0], score[bad == 0]
    if not len(lost) or not len(kept):
        return np.nan
    return 1.0 - float(scipy.stats.mannwhitneyu(lost, kept).statistic) / (len(lost) * len(kept))


def distance(score: Floats, bad: Floats) -> float:
    """Kolmogorov-Smirnov distance of the scores of good and bad accounts."""
    lost, kept = score[bad > 0], score[bad == 0]
    return float(scipy.stats.ks_2samp(lost, kept).statistic) if len(lost) and len(kept) else np.nan


def on_opening(run: str, statistic: Callable[[Floats, Floats], float], known: str = "score") -> Measure:
    """Statistic of scores, or of something else known on opening a line, and defaults of the year after."""
    return lambda worlds: statistic(*joined([opened(getattr(world, run), known) for world in worlds]))


def pooled(worlds: Worlds) -> dict[str, Floats]:
    """Accounts in order of all seeds."""
    parts = [in_order(world.calm) for world in worlds]
    return {name: joined([part[name] for part in parts]) for name in parts[0]}


def by_part(values: Floats, of: Floats, parts: int) -> Floats:
    """Mean of values in equal parts of the sample by another figure, lowest first; float64[parts]."""
    if len(values) < parts:
        return np.full(parts, np.nan)
    place = (scipy.stats.rankdata(of, method="ordinal") - 1) * parts // len(of)
    return np.bincount(place.astype(np.int64), weights=values, minlength=parts) / np.bincount(place.astype(np.int64))


def area_of_book(worlds: Worlds) -> float:
    """Area under the curve of the score of accounts in order."""
    book = pooled(worlds)
    return area(book["score"], book["bad"])


def lowest_over_highest_tenth(of: Floats, bad: Floats) -> float:
    """Default of the tenth that has least of a figure over that of the tenth that has most."""
    rates = by_part(bad, of, 10)
    return ratio(rates[0], rates[-1])


def lowest_tenth_over_upper_half(of: Floats, bad: Floats) -> float:
    """Default of the tenth that has least of a figure over that of the half that has most."""
    rates = by_part(bad, of, 10)
    return ratio(rates[0], rates[5:].mean())


def worst_over_best_score(worlds: Worlds) -> float:
    """Default of the tenth that scores worst over that of the tenth that scores best."""
    book = pooled(worlds)
    return lowest_over_highest_tenth(book["score"], book["bad"])


def lowest_income_over_upper_half(worlds: Worlds) -> float:
    """Default of the tenth with the lowest income over that of the upper half."""
    book = pooled(worlds)
    return lowest_tenth_over_upper_half(book["income"], book["bad"])


def highest_burden_over_lowest(worlds: Worlds) -> float:
    """Default of the fifth that owes most months of income over that of the fifth that owes least."""
    book = pooled(worlds)
    rates = by_part(book["bad"], book["burden"], 5)
    return ratio(rates[-1], rates[0])


def high_utilisation_over_low(worlds: Worlds) -> float:
    """Default of accounts above .6 of the limit over that of accounts between .1 and .2."""
    book = pooled(worlds)
    used, bad = book["utilisation"], book["bad"]
    high, low = bad[used > 0.6], bad[(used > 0.1) & (used <= 0.2)]
    return ratio(high.mean(), low.mean()) if len(high) and len(low) else np.nan


def of_two(name: str, riskier: Callable[[Floats], Chosen], safer: Callable[[Floats], Chosen]) -> Measure:
    """Default of one group over that of another, each chosen by a figure of the account."""

    def measure(worlds: Worlds) -> float:
        book = pooled(worlds)
        first, second = book["bad"][riskier(book[name])], book["bad"][safer(book[name])]
        return ratio(first.mean(), second.mean()) if len(first) and len(second) else np.nan

    return measure


new_in_job_over_settled = of_two("settled", lambda months: months < YEAR, lambda months: months >= 10 * YEAR)
"""Default of those without work or less than a year in the job over that of those ten years in it."""

many_loans_over_none = of_two("loans", lambda loans: loans >= 2.5, lambda loans: loans < 0.5)
"""Default of those who took three loans elsewhere within two years over that of those who took none."""


def after_job_loss(worlds: Worlds) -> float:
    """Default within a year of those who lost their job this month over that of those who kept it."""
    book = pooled(worlds)
    lost, kept = book["bad"][book["lost"] > 0], book["bad"][book["at_work"] > 0]
    return ratio(lost.mean(), kept.mean()) if len(lost) and len(kept) else np.nan


def predicted_over_realised(part: int | None = None) -> Measure:
    """Default that the score stands for over default that came: of all, or of one tenth by score, 0 the worst."""

    def measure(worlds: Worlds) -> float:
        book = pooled(worlds)
        if part is None:
            return ratio(book["predicted"].sum(), book["bad"].sum())
        rates = [by_part(book[name], book["score"], 10)[part] for name in ("predicted", "bad")]
        return ratio(rates[0], rates[1])

    return measure
