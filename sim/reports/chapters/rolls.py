"""How loans fare by their age, and how arrears roll on: vintage curves and roll rates of persons' loans."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from sim.figures.beside import vintage_curves_of
from sim.reports.beside import sums_of
from sim.reports.columns import Column, Value, columns_table, share
from sim.reports.document import Page
from sim.reports.drawing import vintages
from sim.reports.folder import Study

Step = tuple[str, str]
Balances = Mapping[tuple[str, str], Mapping[Step, int]]
BORROWER = "persons"
FIRST_YEAR = range(4)
"""Quarters of the loans that the curves are of: those begun in the first year after the policy date."""
WORSE = (("M0", "M1"), ("M1", "M2"), ("M2", "M3"), ("M3", "M4"), ("M4", "M5"), ("M5", "M6"))
BETTER = (("M1", "M0"), ("M2", "M0"), ("M3", "M0"))
OLD = range(6, 14)
"""Months past due of what is charged off."""


def curve_of(study: Study, scenario: str, arm: str) -> pd.DataFrame:
    """Loans of the first year by age, as `sim.figures.beside.vintage_curves_of` has them, at ages that all reach."""
    table = sums_of(study, "vintages", ("vintage", "age"), _AMOUNTS)
    mine = table[_is(table, scenario, arm) & table["vintage"].isin(list(FIRST_YEAR))]
    ages = mine.groupby("age")["vintage"].nunique()
    whole = mine[mine["age"].isin(ages.index[ages == ages.max()])].assign(vintage=0) if len(mine) else mine
    return vintage_curves_of(whole)


def balances_of(study: Study) -> Balances:
    """Fen that went from state to state in all months and runs, by economy and package."""
    table = sums_of(study, "rolls", ("state_before", "state_after"), ("balance_before",))
    mine = table[table["borrower"] == BORROWER]
    found: dict[tuple[str, str], dict[Step, int]] = {}
    for row in mine.itertuples(index=False):
        found.setdefault((row.scenario, row.arm), {})[row.state_before, row.state_after] = row.balance_before
    return found


def rolled(balances: Balances, *steps: Step) -> Value:
    """Part of the balance in the first states of some steps that took one of them, a month, as in `roll_rates_of`."""
    begun = {before for before, _ in steps}

    def value(study: Study, scenario: str, arm: str) -> float:
        mine = balances.get((scenario, arm), {})
        whole = sum(balance for (before, _), balance in mine.items() if before in begun)
        return sum(mine.get(step, 0) for step in steps) / whole if whole else math.nan

    return value


def columns_of(balances: Balances) -> list[Column]:
    """Steps for the worse, back to order, and to the charge-off."""

    def step(a: str, b: str) -> Column:
        decimals = 2 if (a, b) in WORSE and a == "M0" else 0
        return Column("front_rolls.step", rolled(balances, (a, b)), share(decimals), {"before": a, "after": b})

    lost = [(f"M{months}", "charged off") for months in OLD]
    charged_off = Column("front_rolls.charged_off", rolled(balances, *lost), share(0))
    return [*(step(a, b) for a, b in (*WORSE, *BETTER)), charged_off]


_AMOUNTS = (
    *("accounts", "originated", "drawn", "ever_30", "ever_90", "charged_off_accounts", "charged_off", "recovered"),
)


def _is(table: pd.DataFrame, scenario: str, arm: str) -> pd.Series:
    return (table["scenario"] == scenario) & (table["arm"] == arm) & (table["borrower"] == BORROWER)


def append(page: Page, study: Study) -> None:
    """Write the chapter, where the study keeps the tables."""
    curves = {(name, arm.name): curve_of(study, name, arm.name) for name in study.scenarios for arm in study.arms}
    picture = vintages.vintage_figure(study, curves)
    say = study.say
    text = columns_table(study, columns_of(balances_of(study)), "front_rolls.caption")
    if picture is None and text is None:
        return
    page.chapter("rolls", say("front_rolls.chapter"))
    page.figure(picture)
    if text is not None:
        page.table(text)
