"""How far one institution's failure would reach the others: DebtRank, and clearing of what is owed now.

A handful of institutions stand in the matrix: the lender, partner banks, and guarantors with limited means. It
is a diagnostic of the books as they stand; nothing in the month depends on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.sharing.terms import BILLION, GUARANTEE_FUND, LENDER, RE_GUARANTEE_FUND

if TYPE_CHECKING:
    from sim.sharing.contract import Contract

Floats = NDArray[np.float64]


def debt_rank(impact: Floats, weight: Floats, failed: int) -> float:
    """Share of the others' capital that one failure takes, directly and through others.

    Distress spreads from a node once, in proportion to its own (Battiston, Puliga, Kaushik, Tasca and
    Caldarelli, 2012).

    Parameters
    ----------
    impact : float64[n, n]
        ``impact[i, j]``: loss of j over its capital when i fails, 0 to 1.
    weight : float64[n]
        Capital of each.
    failed : int
        Who fails at first.
    """
    distress = np.zeros(len(weight))
    distress[failed] = 1.0
    fresh, done = {failed}, set()
    while fresh:
        felt = sum(distress[node] * impact[node] for node in fresh)
        done |= fresh
        after = np.minimum(distress + felt, 1.0)
        fresh = {int(node) for node in np.flatnonzero((distress == 0) & (after > 0))} - done
        distress = after
    others = np.arange(len(weight)) != failed
    whole = float(weight[others].sum())
    return float((distress * weight)[others].sum()) / whole if whole > 0 else 0.0


def clearing_payments(owed: Floats, means: Floats) -> Floats:
    """Largest payments that everybody can make when all debts fall due (Eisenberg and Noe, 2001).

    Parameters
    ----------
    owed : float64[n, n]
        ``owed[i, j]``: what i owes j.
    means : float64[n]
        What each has besides what others owe it.

    Returns
    -------
    float64[n]
        What each pays in all, in proportion to whom it owes; at most n rounds of fictitious default.
    """
    total = owed.sum(axis=1)
    shares = np.divide(owed, total[:, None], out=np.zeros_like(owed), where=total[:, None] > 0)
    paid = total.copy()
    for _ in range(len(total)):
        short = means + shares.T @ paid < total
        if not short.any():
            break
        # those who are short pay all they get; the others pay in full
        inside = np.eye(len(total)) - np.where(short[:, None], shares.T, 0.0) * short[None, :]
        gets = np.where(short, means + shares.T @ np.where(short, 0.0, total), total)
        found = np.clip(np.linalg.solve(inside, gets), 0.0, total)
        if np.allclose(found, paid, rtol=0.0, atol=1e-9):
            break
        paid = found
    return paid


def systemic(sharing: Contract, lender_equity: int) -> dict[str, float]:
    """Return the month's diagnostics: reach of the fund's and the lender's failure, and what would stay unpaid.

    The lender leans on a guarantor for claims that wait and for those that a year is expected to bring; the
    fund on its re-guarantor in the same way; a partner bank on the lender for the part of its stake that a year
    is expected to lose, which nobody else would collect.
    """
    waiting = {name: float(sum(due)) for name, due in sharing.queue.items()}
    limited = [name for name, purse in sharing.purses.items() if not purse.unlimited and sharing.leans_on(name)]
    banks = len(sharing.partners.partners)
    names = [LENDER, *limited, *(f"bank {place}" for place in range(banks))]
    count = len(names)
    capital = np.zeros(count)
    capital[0] = max(lender_equity, 0)
    leans = np.zeros((count, count))
    owed = np.zeros((count, count))
    expected = float(sharing.cover.risk)
    for place, name in enumerate(limited, 1):
        purse = sharing.purses[name]
        capital[place] = max(purse.net_assets, 0)
        leans[place, 0] = waiting[name] + expected * sharing.weight_of(name) / BILLION
        owed[place, 0] = waiting[name]
    if RE_GUARANTEE_FUND in limited and GUARANTEE_FUND in limited:
        place, fund = names.index(RE_GUARANTEE_FUND), names.index(GUARANTEE_FUND)
        if sharing.falls_on.get(RE_GUARANTEE_FUND) == GUARANTEE_FUND:
            leans[place, fund], leans[place, 0] = leans[place, 0], 0.0
    stakes = sum(sharing.partners.stake)
    for place in range(banks):
        row = 1 + len(limited) + place
        capital[row] = max(sharing.partners.tier_one[place], 0)
        leans[0, row] = expected * sharing.partners.stake[place] / stakes if stakes else 0.0
    impact = np.divide(leans, capital[None, :], out=np.zeros_like(leans), where=capital[None, :] > 0)
    impact = np.minimum(impact, 1.0)
    means = np.array([0.0, *(float(max(sharing.purses[name].cash, 0)) for name in limited), *[0.0] * banks])
    short = float(owed.sum() - clearing_payments(owed, means).sum())
    fund = names.index(GUARANTEE_FUND) if GUARANTEE_FUND in limited else -1
    return {
        "reach_of_fund": debt_rank(impact, capital, fund) if fund > 0 else 0.0,
        "reach_of_lender": debt_rank(impact, capital, 0) if count > 1 else 0.0,
        "clearing_shortfall": round(max(short, 0.0)),
    }
