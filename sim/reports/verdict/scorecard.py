"""The scorecard: parties by packages, in money and in per cent, as a table of numbers."""

from __future__ import annotations

import math

import pandas as pd

from sim.language.words import ENGLISH, YUAN, Money, Words
from sim.reports.folder import Study
from sim.reports.verdict.measures import MONEY, OF_BOOK, RATE, Measure
from sim.reports.verdict.verdict import Finding, findings, mean_loans

FILE = "scorecard.csv"
COLUMNS = (
    "scenario", "party", "figure", "unit", "months", "arm", "parent", "value", "low", "high", "percent_of_loans",
    "difference", "difference_low", "difference_high", "difference_percent_of_loans", "difference_percent_of_parent",
    "sign_holds", "worlds",
)  # fmt: skip


def scorecard(study: Study) -> pd.DataFrame:
    """Put every party's figures side by side, by economy and package.

    Parameters
    ----------
    study : Study
        As `sim.reports.folder.read_study` gives it.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, a row for each economy, figure and package. ``value`` with its interval, and the paired
        ``difference`` to ``parent`` with its own, are in ``unit``: money over ``months`` months, per cent (differences:
        points), or cases. A result below zero is a cost. ``percent_of_loans`` is money of lender and payers over the
        package's mean loans, ``difference_percent_of_loans`` its difference over those of the parent;
        ``difference_percent_of_parent`` is the difference over the parent's own figure. Figures that are 0 under every
        package are left out: nobody of the kind is there.
    """
    found = shown(study)
    order = {name: place for place, name in enumerate(study.scenarios)}
    rows = [_row(study, one) for one in sorted(found, key=lambda one: order[one.scenario])]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def shown(study: Study) -> list[Finding]:
    """Return the findings of all packages, figure by figure, without figures that are 0 under every package."""
    found = [one for arm in study.arms for one in findings(study, arm.name)]
    there = dict.fromkeys(one.measure for one in found if one.is_there)
    return [one for measure in there for one in found if one.measure == measure]


def unit_of(measure: Measure, money: Money = YUAN) -> str:
    """Name the unit of a figure of the scorecard, with what span it speaks for."""
    if measure.kind == RATE:
        return "per cent"
    if measure.kind == MONEY:
        return f"{Words(ENGLISH, money).currency} over the months"
    return "cases over the months" if measure.is_summed else "persons at the end of the months"


def _row(study: Study, one: Finding) -> tuple[object, ...]:
    money = study.say.money
    factor = {MONEY: 1.0 / money.fen, RATE: 100.0}.get(one.measure.kind, 1.0)
    in_book = one.measure.kind == MONEY and one.measure.party in OF_BOOK
    loans = mean_loans(study, one.scenario, one.arm) if in_book else math.nan
    return (
        one.scenario, one.measure.party, one.measure.figure, unit_of(one.measure, money), one.months,
        one.arm, one.parent,
        factor * one.level, factor * one.level_low, factor * one.level_high,
        100.0 * one.level / loans if loans > 0 else math.nan,
        factor * one.difference, factor * one.low, factor * one.high,
        100.0 * one.of_loans, 100.0 * one.of_parent,
        one.sign_holds if one.worlds else math.nan, one.worlds or math.nan,
    )  # fmt: skip


def as_csv(study: Study) -> str:
    """Return the scorecard as the text of ``scorecard.csv``; ``n/a`` stands for what is not known."""
    return str(scorecard(study).to_csv(index=False, na_rep="n/a", float_format="%.10g", lineterminator="\n"))
