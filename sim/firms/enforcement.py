"""Security for firms' loans while the firm is in business: the pledge is sold, the owner stands in."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.tables.population import Population
from sim.firms.firms import Firms
from sim.firms.winding_up import resale_price, take_from_owners
from sim.loan.ledger import Ledger
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_OPEN


def enforce_security(config: Any, people: Population, firms: Firms, ledger: Ledger) -> None:
    """Sell pledges of firms in arrears and call their owners, from the stages that the collections policy names.

    A secured creditor comes before wages and suppliers: what is brought in is paid on the loan this month, the pledge's
    price up to all that is owed, the owner's money on what is due.
    """
    policy, book = config.policy.collections, firms.accounts
    private, late = firms.private, book["months_past_due"]
    behind = (private["trading"] > 0) & (book["overdue"] > 0) & (book["principal"] > 0)
    pledged = np.flatnonzero(behind & (late >= policy.pledge_from) & (private["pledge"] > 0))
    called = np.flatnonzero(behind & (late >= policy.owner_from))
    if firms.settings.owner_guarantee == 0.0:
        called = called[:0]
    brought = np.zeros(firms.rows, dtype=np.int64)
    brought[pledged] = (resale_price(firms, len(pledged)) * private["pledge"][pledged]).astype(np.int64)
    ledger.move("estate_sold", int(brought.sum()))
    private["cash"][:] += brought
    private["pledge"][pledged] = 0
    owed = book["principal"].astype(np.int64) + book["interest"]
    book["due"][:] = np.maximum(book["due"], np.minimum(brought, owed))
    before = private["cash"][called].copy()
    take_from_owners(people, firms, ledger, called, book["due"][called] - brought[called], policy.owner_share, "cash")
    brought[called] += private["cash"][called] - before
    # Whose security is called draws no more; the balance runs off.
    shut = np.union1d(pledged, called)
    shut = shut[np.isin(book["line"][shut], (LINE_OPEN, LINE_FROZEN))]
    book["line"][shut], book["limit"][shut], book["months_in_state"][shut] = LINE_CLOSED, 0, 0
    # Wages were put aside before; security is not there for them.
    free = private["cash"] + private["overdraft"] - np.minimum(brought, book["due"])
    private["reserve"][:] = np.where(brought > 0, np.minimum(private["reserve"], free), private["reserve"])
    flows = ledger.flows
    flows["pledges_enforced"], flows["owners_called"] = len(pledged), len(called)
    flows["security_brought"] = int(np.minimum(brought, book["due"]).sum())
    flows["security_cost"] = len(pledged) * policy.seizure_cost + len(called) * policy.call_owner_cost
