"""Guarantees, closing and downturns: one run against another of the same persons and luck."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy  # its parts are loaded when first used
from numpy.typing import NDArray

from sim.lender.policies.scoring import ANCHOR, POINTS
from sim.loan.states import LINE_APPLIED, LINE_NONE, LINE_OPEN, LINE_REFUSED, MONTHS_90
from validation.targets.exposure import OVER
from validation.targets.pooling import (
    Floats,
    Measure,
    Worlds,
    by_month,
    joined,
    ratio,
    remembered,
    share_by_month,
    summed,
)
from validation.targets.runs import SHOCK, YEAR, Run
from validation.targets.vasicek import implied_correlation

QUARTER = 3
CLOSED = 3  # years from the closing of weak lines to the end of the second year of the recession
ARMS = ("closing", "severe")
# Months from January 2019.
DECEMBER_2019, MAY_2020, JUNE_2020, MARCH_2021 = 11, 16, 17, 26


def openings(run: Run) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Months and the accounts whose line is first opened in them, after the policy date."""
    panel = run.panel
    seen = panel["line"][0] != LINE_APPLIED
    seen &= ~np.isin(panel["line"][0], (LINE_NONE, LINE_REFUSED))
    for month in range(1, len(panel["line"])):
        before = np.isin(panel["line"][month - 1], (LINE_NONE, LINE_APPLIED, LINE_REFUSED))
        rows = (panel["line"][month] == LINE_OPEN) & before & ~seen & (panel["alive"][month] > 0)
        seen |= rows
        yield month, rows


@remembered
def newly_opened(run: Run) -> Floats:
    """Probability of default on opening and limit of each line first opened after the policy date; float64[2, n]."""
    panel, found = run.panel, [np.empty((2, 0))]
    for month, rows in openings(run):
        score = panel["score"][month, rows].astype(np.float64)
        default = scipy.special.expit(-(run.intercept + (score - ANCHOR) / POINTS))
        found.append(np.stack([default, panel["limit"][month, rows]]))
    return joined(found)


def additional(low: float, high: float) -> Measure:
    """Share of the limits of lines opened under the guarantee that would not be open without it, by class of risk.

    ``low`` and ``high`` bound the probability of default on opening, within 12 months.
    """

    def measure(worlds: Worlds) -> float:
        sums = []
        for run in ("calm", "covered"):
            default, limit = joined([newly_opened(getattr(world, run)) for world in worlds])
            sums.append(limit[(default >= low) & (default < high)].sum())
        return 1.0 - ratio(sums[0], sums[1])

    return measure


def more_approved(worlds: Worlds) -> float:
    """Rate of approval with the guarantee less that without it, percentage points."""
    after, before = (ratio(*summed(worlds, run, "approvals", "applications_decided")) for run in ("covered", "calm"))
    return 100.0 * (after - before)


def dearer(worlds: Worlds) -> float:
    """Price offered with the guarantee less that without it to those who have a line in both, percentage points."""
    gaps = []
    for world in worlds:
        after, before = world.guaranteed.panel, world.priced.panel
        rows = min(after["line"].shape[1], before["line"].shape[1])
        both = (after["line"][YEAR:, :rows] == LINE_OPEN) & (before["line"][YEAR:, :rows] == LINE_OPEN)
        gaps.append((after["offer_rate"][YEAR:, :rows] - before["offer_rate"][YEAR:, :rows])[both])
    found = joined(gaps)
    return 100.0 * float(found.mean()) if len(found) else np.nan


def saved_by_closing(first: int) -> Measure:
    """Persons' net charge-offs saved by closing weak lines, share of those without closing.

    Lines are closed from the policy date on, the recession begins a year later; losses count from the year ``first``
    to the end of the second year of the recession.
    """

    def measure(worlds: Worlds) -> float:
        closing, never = (_net_charge_offs(worlds, run, slice(first * YEAR, CLOSED * YEAR)) for run in ARMS)
        return 1.0 - ratio(closing, never)

    return measure


def _net_charge_offs(worlds: Worlds, run: str, months: slice) -> float:
    charged, *recovered = (
        by_month(worlds, run, name)[months].sum()
        for name in ("npl_charged_off", "recovered_year_1", "recovered_year_2", "recovered_later")
    )
    return float(charged - sum(recovered))


def charge_off_path(worlds: Worlds) -> Floats:
    """Persons' charge-offs over their loans in each quarter of the severe recession, float64[quarters]."""
    lost, loans = (by_month(worlds, "severe", name) for name in ("npl_charged_off", "person_outstanding"))
    whole = len(lost) // QUARTER * QUARTER
    return lost[:whole].reshape(-1, QUARTER).sum(axis=1) / loans[:whole].reshape(-1, QUARTER).mean(axis=1)


def charge_offs_at_peak(worlds: Worlds) -> float:
    """Charge-off rate in the highest quarter of the severe recession over the year before the shock."""
    path = charge_off_path(worlds)
    return ratio(path[SHOCK // QUARTER :].max(), path[: SHOCK // QUARTER].mean())


def quarters_to_peak(worlds: Worlds) -> float:
    """Quarters from the shock to that quarter."""
    return float(np.argmax(charge_off_path(worlds)[SHOCK // QUARTER :]) + 1)


def by_year(months: Floats) -> Floats:
    """Months in rows of whole years, float64[years, 12]."""
    years = len(months) // YEAR
    return months[: years * YEAR].reshape(years, YEAR)


def yearly_return(worlds: Worlds, run: str) -> Floats:
    """Lender's profit over loans outstanding of each whole year, mean over the seeds, float64[years]."""
    profit, loans = (by_year(by_month(worlds, run, name)) for name in ("lender_profit", "outstanding"))
    return profit.sum(axis=1) / loans.mean(axis=1)


def calm_return(worlds: Worlds) -> float:
    """Lender's profit over loans a year, calm."""
    return float(yearly_return(worlds, "calm").mean())


def worst_return(worlds: Worlds) -> float:
    """Lender's return in the worst year of the severe recession over its calm return."""
    return ratio(yearly_return(worlds, "severe").min(), calm_return(worlds))


def fails_on_thin_capital(worlds: Worlds) -> float:
    """Share of runs in which a lender with a third of the capital fails within the months of a severe recession."""
    return float(np.mean([world.thin.told["lender_failed"].max() for world in worlds]))


def arrears(run: str, later: slice, before: slice) -> Measure:
    """Persons' 30+ by balance in some months over that in months before, of the loans of all seeds."""

    def measure(worlds: Worlds) -> float:
        path = share_by_month(worlds, run, "person_delinquent_30", "person_outstanding")
        return ratio(path[later].mean(), path[before].mean())

    return measure


def ninety_after_a_year(worlds: Worlds) -> float:
    """Balance 90-179 days late over balance up to 179, March 2021 over June 2020, China's path, mean of the seeds."""
    march, june = (np.mean([_ninety(world.china_2020, at) for world in worlds]) for at in (MARCH_2021, JUNE_2020))
    return ratio(float(march), float(june))


def _ninety(run: Run, month: int) -> float:
    late, owed = run.panel["months_past_due"][month], run.panel["principal"][month]
    return ratio(float(owed[(late >= MONTHS_90) & (late < OVER)].sum()), float(owed[late < OVER].sum()))


def profit_of_2020(worlds: Worlds) -> float:
    """Lender's profit of 2020 over that of 2019, China's path."""
    profit = by_month(worlds, "china_2020", "lender_profit")
    return ratio(profit[YEAR : 2 * YEAR].sum(), profit[:YEAR].sum())


def firms_in_worst_year(figure: str) -> Measure:
    """Largest ratio over the years after the shock of a firms' figure, severe over calm."""

    def measure(worlds: Worlds) -> float:
        severe, calm = (by_year(by_month(worlds, run, figure)[SHOCK:]).mean(axis=1) for run in ("severe", "calm"))
        return float(np.max(severe / calm)) if len(calm) and calm.all() else np.nan

    return measure


def firm_charge_offs(worlds: Worlds) -> float:
    """Firms' charge-offs from the shock to the end, severe over calm, by amount."""
    severe, calm = (by_month(worlds, run, "firm_charged_off")[SHOCK:].sum() for run in ("severe", "calm"))
    return ratio(severe, calm)


def credit_over_sales(worlds: Worlds) -> float:
    """Firms' loans over a year's sales of all firms."""
    loans, sales = summed(worlds, "calm", "firm_outstanding", "output")
    return ratio(loans, YEAR * sales)


def asset_correlation(worlds: Worlds) -> float:
    """Correlation of assets that gives the annual default rates their variance (Vasicek, 2002).

    Persons who come to be 90 days past due in a year over open lines at its start, where recessions come by
    themselves; the variance of a pool of that size by chance alone is taken out.
    """
    sizes = joined([by_year(world.stochastic.told["open_lines"])[:, 0] for world in worlds])
    defaults = joined([by_year(world.stochastic.told["defaults"]).sum(axis=1) for world in worlds])
    return implied_correlation(defaults / sizes, sizes)
