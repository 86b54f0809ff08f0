"""Guarantees, closing and downturns: one run against another of the same persons and luck."""

from __future__ import annotations

import numpy as np

from validation.targets.pooling import Floats, Measure, Worlds, by_month, joined, ratio, summed
from validation.targets.runs import SHOCK, YEAR
from validation.targets.vasicek import implied_correlation

QUARTER = 3


def additional(worlds: Worlds) -> float:
    """New lending with the guarantee less that without it, over what was guaranteed."""
    lent, guaranteed = summed(worlds, "guaranteed", "drawn", "guaranteed_lending")
    return ratio(lent - summed(worlds, "priced", "drawn")[0], guaranteed)


def more_approved(worlds: Worlds) -> float:
    """Rate of approval with the guarantee less that without it, percentage points."""
    after, before = (
        ratio(*summed(worlds, run, "approvals", "applications_decided")) for run in ("guaranteed", "priced")
    )
    return 100.0 * (after - before)


def dearer(worlds: Worlds) -> float:
    """Mean price of new lending with the guarantee less that without it, percentage points."""
    rates = []
    for run in ("guaranteed", "priced"):
        price, drawn = (np.array([getattr(world, run).told[name] for world in worlds]) for name in ("price", "drawn"))
        rates.append(ratio((price * drawn).sum(), drawn.sum()))
    return 100.0 * (rates[0] - rates[1])


def saved_by_closing(worlds: Worlds) -> float:
    """Net charge-offs of the severe recession saved by closing weak lines, share of those without closing."""
    closing, never = (
        float(np.subtract(*summed(worlds, run, "charged_off", "recovered"))) for run in ("closing", "severe")
    )
    return 1.0 - ratio(closing, never)


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
