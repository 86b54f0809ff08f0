"""What a guarantee of 80 % moves: claims that its fund recovers, and who defaults under it.

The guarantee covers what is lent from the policy date on, so that runs tell of it from its first month.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.sharing.state import OPEN
from validation.targets.gradients import falls_within_a_year
from validation.targets.pairs import openings
from validation.targets.pooling import Floats, Worlds, ratio, remembered, summed
from validation.targets.runs import YEAR, Run

LAG = 3  # months from a claim to its payment


def recovered_by_fund(worlds: Worlds) -> float:
    """Cash that reached the fund from debtors over what it paid, from its first month to the end of the run."""
    recovered, paid = summed(worlds, "covered", "fund_recoveries", "compensation_fund")
    return ratio(recovered, paid)


def paid_on_claims(triggered: NDArray[np.float32]) -> tuple[float, float]:
    """Fen claimed, and of this what debtors paid in the twelve months after the payment of the claim; at most all.

    ``triggered`` is what of a claim is not recovered yet, float32[months, accounts]. Nothing is given up so early.
    """
    change = np.diff(triggered.astype(np.float64), axis=0)  # of month 1, 2, ...
    claims, falls = np.maximum(change, 0.0), np.cumsum(np.maximum(-change, 0.0), axis=0)
    counted = max(len(change) - LAG - YEAR, 0)
    claimed = claims[:counted]
    back = falls[LAG + YEAR : LAG + YEAR + counted] - falls[LAG : LAG + counted]
    return float(claimed.sum()), float(np.minimum(back, claimed).sum())


@remembered
def recovered_early(run: Run) -> tuple[float, float]:
    """The same of persons' and firms' accounts together."""
    books = [paid_on_claims(book["triggered"]) for book in (run.panel, run.firms) if book]
    return sum(claimed for claimed, _ in books), sum(back for _, back in books)


def recovered_in_first_year(worlds: Worlds) -> float:
    """Share of paid claims that debtors pay within twelve months of the payment, on the guarantor's part as on all."""
    claimed, back = np.sum([recovered_early(world.covered) for world in worlds], axis=0)
    return ratio(back, claimed)


@remembered
def defaults_of_new(run: Run) -> Floats:
    """Lines first opened in each month on which something was borrowed within a year, and of these those 90+ by then.

    float64[2, months]; of lines that are not seen for a year after nothing is counted.
    """
    months = len(run.panel["line"])
    counts = np.zeros((2, months))
    for month, rows in openings(run):
        if month + YEAR < months:
            borrowers = rows & (run.owed[month : month + 1 + YEAR] > 0).any(axis=0)
            counts[:, month] = borrowers.sum(), (borrowers & falls_within_a_year(run, month)).sum()
    return counts


def more_defaults(worlds: Worlds) -> float:
    """12-month 90+ of lines opened under the guarantee less that of lines opened without it, percentage points.

    Of the same months in both runs, those in which the guarantee is open to new loans.
    """
    rates = []
    for run in ("covered", "calm"):
        lines, defaults = np.sum(
            [
                defaults_of_new(getattr(world, run))[:, world.covered.told["fund_state"] == OPEN].sum(axis=1)
                for world in worlds
            ],
            axis=0,
        )
        rates.append(ratio(defaults, lines))
    return 100.0 * (rates[0] - rates[1])
