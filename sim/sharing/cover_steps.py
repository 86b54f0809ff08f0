"""What a scheme asks of the month before anything is lent: bids, sectors, effort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sim.economy.sectors import SECTORS
from sim.engine.tables.population import Population
from sim.engine.tables.table import Table
from sim.lender.lender import Lender
from sim.lender.settings import LenderSettings
from sim.loan.ledger import Ledger
from sim.sharing.contract import Contract
from sim.sharing.eligibility import JUDGE_COVER
from sim.sharing.fund import FundSettings
from sim.sharing.scheme import Scheme
from sim.sharing.state import RiskSharing


def bid_for_guarantees(
    sharing: RiskSharing, settings: LenderSettings, price: float, policy_rate: float, seed: int
) -> None:
    """Where rights to guarantees are auctioned this month: bid what the marginal customer needs."""
    if sharing.auction_due:
        margin = price - policy_rate - settings.funding_spread - settings.operating_cost
        sharing.hold_auction(margin, settings.loss_given_default, seed)


def sectors_named(scheme: Scheme) -> np.ndarray:
    """1 for each sector whose customers the contract covers, else 0."""
    named = scheme.eligible.sectors
    return np.array([float(not named or name in named) for name in SECTORS])


def eligible_principal(scheme: Scheme, populations: Iterable[Population], month: int) -> list[np.ndarray]:
    """Fen that stand on each account of each population, as far as the contract would cover such a loan if it were new.

    Where no room is left, what an auction gives and the fund's caps do not count: it is what may come under cover.
    """
    found = []
    numbers = {**Contract(scheme, FundSettings()).cover_terms(), "cover_part_won": 1.0}
    numbers["sector_covered_by_stated_sector"] = sectors_named(scheme)
    for population in populations:
        book = population.accounts
        amounts = book["principal"].astype(np.int64)
        if not scheme.eligible.everything:
            stages = tuple((stage, True) for stage in JUDGE_COVER)
            population.run_some(stages, numbers, month, slice(0, population.size), frozenset())
            amounts = (amounts * book["cover_part"].astype(np.float64)).astype(np.int64)
            book["cover_part"][:] = 0.0
        found.append(amounts)
    return found


def sectors_covered(sharing: RiskSharing, books: Sequence[Table]) -> np.ndarray:
    """1 for each sector that the scheme covers and that is not above the fund's cap, else 0."""
    covered = sectors_named(sharing.scheme)
    cap = sharing.fund.settings.sector_cap
    if cap < 1 and sharing.cover.outstanding > 0:
        held = np.zeros(len(SECTORS))
        for book in books:
            held += np.bincount(book["stated_sector"], weights=book["covered"], minlength=len(SECTORS))
        covered[held > cap * sharing.cover.outstanding] = 0.0
    return covered


def collection_effort(lender: Lender, sharing: RiskSharing, ledger: Ledger) -> float:
    """Effort that the lender puts into collections, by the part of its losses that it keeps."""
    if lender.settings.effort_follows_retention == 0.0 or not sharing.shares_anything:
        return 1.0
    principal = ledger.both_stocks()["principal"]
    return lender.best_effort(sharing.cover.outstanding, principal, sharing.covered_loss_share())
