"""How far one institution's failure would reach the others, and what would stay unpaid if all claims fell due now.

A handful of institutions stand in the network: the lender, partner banks, and guarantors with limited means. It
is a diagnostic of the books as they stand; nothing in the month depends on it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.order import dot
from sim.firms.clearing import clear, debtrank
from sim.sharing.contract import Contract
from sim.sharing.terms import BILLION, GUARANTEE_FUND, LENDER, RE_GUARANTEE_FUND

Fen = NDArray[np.int64]


def systemic(sharing: Contract, lender_equity: int) -> dict[str, float]:
    """Return the month's diagnostics: reach of the lender's failure and of a fund's, and what would stay unpaid.

    The lender leans on a guarantor for claims that wait and for those that a year is expected to bring; the
    fund on its re-guarantor in the same way; a partner bank on the lender for the part of its stake that a year
    is expected to lose, which nobody else would collect.
    """
    waiting = {name: sum(due) for name, due in sharing.queue.items()}
    limited = [name for name, purse in sharing.purses.items() if not purse.unlimited and sharing.leans_on(name)]
    banks = len(sharing.partners.partners)
    names = [LENDER, *limited, *(f"bank {place}" for place in range(banks))]
    count = len(names)
    capital, means = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    capital[0] = max(lender_equity, 0)
    leans, owed = np.zeros((count, count), dtype=np.int64), np.zeros((count, count), dtype=np.int64)
    expected = sharing.cover.risk
    for place, name in enumerate(limited, 1):
        purse = sharing.purses[name]
        capital[place], means[place] = max(purse.net_assets, 0), max(purse.cash, 0)
        leans[place, 0] = waiting[name] + expected * sharing.weight_of(name) // BILLION
        owed[place, 0] = waiting[name]
    if sharing.falls_on.get(RE_GUARANTEE_FUND) == GUARANTEE_FUND and {RE_GUARANTEE_FUND, GUARANTEE_FUND} <= set(names):
        place, fund = names.index(RE_GUARANTEE_FUND), names.index(GUARANTEE_FUND)
        leans[place, fund], leans[place, 0] = leans[place, 0], 0
    stakes = sum(sharing.partners.stake)
    for place in range(banks):
        row = 1 + len(limited) + place
        capital[row] = max(sharing.partners.tier_one[place], 0)
        leans[0, row] = expected * sharing.partners.stake[place] // stakes if stakes else 0
    of_fund = {"reach_of_fund": reach(leans, capital, names.index(GUARANTEE_FUND))} if GUARANTEE_FUND in names else {}
    return {
        **of_fund,
        "reach_of_lender": reach(leans, capital, 0),
        "clearing_shortfall": int(owed.sum() - clear(*links(owed), means).paid.sum()),
    }


def reach(leans: Fen, capital: Fen, failed: int) -> float:
    """Share of the others' capital that one failure takes, directly and through others (DebtRank, once a node).

    Parameters
    ----------
    leans : int64[n, n]
        ``leans[i, j]``: what j loses when i fails, fen.
    capital : int64[n]
        Fen.
    failed : int
        Who fails at first.
    """
    others = np.arange(len(capital)) != failed
    whole = int(capital[others].sum())
    if whole == 0 or not leans.any():
        return 0.0
    lost = debtrank(*links(leans), capital, (~others).astype(float), once=True)
    return dot(lost[others], capital[others]) / whole


def links(amounts: Fen) -> tuple[Fen, NDArray[np.int32], Fen]:
    """Links of a matrix of debts, row by row: where each row begins, who is owed, how much."""
    debtor, creditor = np.nonzero(amounts)
    first = np.concatenate([[0], np.cumsum(np.bincount(debtor, minlength=len(amounts)))])
    return first.astype(np.int64), creditor.astype(np.int32), amounts[debtor, creditor]
