"""What credit does for firms, and what a recession does to them: firms followed from run to run under the same luck."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.loan.states import MONTHS_90
from validation.targets.pooling import Floats, Worlds, joined, ratio, summed
from validation.targets.runs import SHOCK, YEAR, World
from validation.targets.vasicek import implied_correlation


def sales_with_access(worlds: Worlds) -> float:
    """Sales of firms that were given a line by lot, over those of the same firms without, in the two years after.

    A firm that has failed sells nothing.
    """
    return ratio(
        *(
            sum(float((run.firms["sales"] * run.firms["trading"]).sum()) for run in runs)
            for runs in ([world.given for world in worlds], [world.withheld for world in worlds])
        )
    )


def dependent_staff(world: World, name: str) -> float:
    """Staff, over the two years from the shock, of firms that owed the lender something on the policy date."""
    firms = getattr(world, name).firms
    depends = np.flatnonzero(firms["principal"][0] > 0)
    return float((firms["staff"] * firms["trading"])[SHOCK : SHOCK + 2 * YEAR, depends].sum())


def jobs_lost_by_withdrawal(worlds: Worlds) -> float:
    """Part of the jobs that dependent firms lose in a recession with a funding freeze that they keep without one."""
    calm, severe, crunch = (
        sum(dependent_staff(world, name) for world in worlds) for name in ("calm", "severe", "crunch")
    )
    return ratio(severe - crunch, calm - crunch)


def open_lines(worlds: Worlds) -> tuple[float, float, float]:
    """Debt, limits and a year's sales of trading firms with a line, calm, added up over months and seeds."""
    sums = np.zeros(3)
    for world in worlds:
        firms = world.calm.firms
        able = (firms["limit"] > 0) & (firms["trading"] > 0)
        sums += [float(firms[name][able].sum()) for name in ("principal", "limit", "sales")]
    return float(sums[0]), float(sums[1]), float(YEAR * sums[2])


def credit_over_sales_of_customers(worlds: Worlds) -> float:
    """Loans of firms with an open line over a year's sales of these firms."""
    debt, _, sales = open_lines(worlds)
    return ratio(debt, sales)


def utilisation_of_firms(worlds: Worlds) -> float:
    """Owed over limits of firms with an open line."""
    return ratio(*open_lines(worlds)[:2])


def failures_a_year(worlds: Worlds) -> float:
    """Failures over firms in business, calm, a year."""
    failures, firms = summed(worlds, "calm", "firm_failures", "firms")
    return ratio(YEAR * failures, firms)


def approved_in_recession(worlds: Worlds) -> float:
    """Rate of approval of firms in the two years from the shock, severe less calm, percentage points."""
    rates = []
    for name in ("severe", "calm"):
        told = [getattr(world, name).told for world in worlds]
        decided = sum(months["firm_applications_decided"][SHOCK : SHOCK + 2 * YEAR].sum() for months in told)
        approved = sum(
            (months["firm_approval_rate"] * months["firm_applications_decided"])[SHOCK : SHOCK + 2 * YEAR].sum()
            for months in told
        )
        rates.append(ratio(approved, decided))
    return 100.0 * (rates[0] - rates[1])


def yearly_defaults(firms: dict[str, NDArray[np.float32]]) -> tuple[Floats, Floats]:
    """Rate of default in each year and number of firms that owed and were in order at its start, float64[years].

    A firm defaults that comes to be 90 days past due, or fails, within the year.
    """
    rates, sizes = [], []
    years = (len(firms["trading"]) - 1) // YEAR
    for start in range(0, years * YEAR, YEAR):
        due = (firms["trading"][start] > 0) & (firms["principal"][start] > 0)
        due &= firms["months_past_due"][start] < MONTHS_90
        later = slice(start + 1, start + 1 + YEAR)
        bad = (firms["months_past_due"][later] >= MONTHS_90).any(axis=0) | (firms["trading"][later] == 0).any(axis=0)
        sizes.append(float(due.sum()))
        rates.append(ratio(float((bad & due).sum()), float(due.sum())))
    return np.array(rates), np.array(sizes)


def asset_correlation_of_firms(worlds: Worlds) -> float:
    """Correlation of firms' assets that gives their annual default rates their variance, recessions by chance."""
    found = [yearly_defaults(world.stochastic.firms) for world in worlds]
    return implied_correlation(joined([rates for rates, _ in found]), joined([sizes for _, sizes in found]))
