"""What a scheme asks of the month before anything is lent: bids, sectors, effort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.economy.sectors import SECTORS
from sim.sharing.contract import Contract
from sim.sharing.eligibility import JUDGE_COVER
from sim.sharing.fund import FundSettings

if TYPE_CHECKING:
    from sim.month.model import Model
    from sim.sharing.scheme import Scheme


def bid_for_guarantees(model: Model, policy_rate: float) -> None:
    """Where rights to guarantees are auctioned this month: bid what the marginal customer needs."""
    if not model.sharing.auction_due:
        return
    settings = model.lender.settings
    price = model.record.get("price", 0.0) or model.standing["flat_offer"]
    margin = price - policy_rate - settings.funding_spread - settings.operating_cost
    model.sharing.hold_auction(margin, settings.loss_given_default, model.config.seed)


def sectors_named(scheme: Scheme) -> np.ndarray:
    """1 for each sector whose customers the contract covers, else 0."""
    named = scheme.eligible.sectors
    return np.array([float(not named or name in named) for name in SECTORS])


def eligible_principal(model: Model) -> list[np.ndarray]:
    """Fen that stand on each account, persons' first, as far as the contract would cover such a loan if it were new.

    Where no room is left, what an auction gives and the fund's caps do not count: it is what may come under cover.
    """
    scheme, found = model.config.sharing, []
    numbers = {**Contract(scheme, FundSettings()).cover_terms(), "cover_part_won": 1.0}
    numbers["sector_covered_by_stated_sector"] = sectors_named(scheme)
    for population in (model.people, model.firms.population) if model.firms.exist else (model.people,):
        book = population.accounts
        amounts = book["principal"].astype(np.int64)
        if not scheme.eligible.everything:
            stages = tuple((stage, True) for stage in JUDGE_COVER)
            population.run_some(stages, numbers, model.month, slice(0, population.size), whole=True)
            amounts = (amounts * book["cover_part"].astype(np.float64)).astype(np.int64)
            book["cover_part"][:] = 0.0
        found.append(amounts)
    return found


def sectors_covered(model: Model) -> np.ndarray:
    """1 for each sector that the scheme covers and that is not above the fund's cap, else 0."""
    covered = sectors_named(model.sharing.scheme)
    cap = model.sharing.fund.settings.sector_cap
    if cap < 1 and model.sharing.cover.outstanding > 0:
        held = np.zeros(len(SECTORS))
        for book in books(model):
            held += np.bincount(book["stated_sector"], weights=book["covered"], minlength=len(SECTORS))
        covered[held > cap * model.sharing.cover.outstanding] = 0.0
    return covered


def books(model: Model) -> list:
    """Tables of accounts under the scheme: those of persons, and of firms where there are any."""
    return [model.accounts, *([model.firms.accounts] if model.firms.exist else [])]


def collection_effort(model: Model) -> float:
    """Effort that the lender puts into collections, by the part of its losses that it keeps."""
    if model.lender.settings.effort_follows_retention == 0.0 or not model.sharing.shares_anything:
        return 1.0
    sharing, principal = model.sharing, model.ledger.both_stocks()["principal"]
    return model.lender.effort(sharing.cover.outstanding, principal, sharing.covered_loss_share())
