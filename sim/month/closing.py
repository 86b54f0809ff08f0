"""The month closes: risk sharing, collections, the lender's books, and what is learned from the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.economy.economy import Economy
from sim.engine.loops.order import dot
from sim.engine.tables.numbers import Numbers
from sim.engine.tables.population import Population
from sim.engine.tables.table import Table
from sim.firms.firms import Firms
from sim.firms.winding_up import liable_owners
from sim.lender.lender import Lender
from sim.lender.scorekeeper import ScoreKeeper
from sim.loan.ledger import BOOK_STOCKS, Ledger
from sim.month.measure import of_both, stocks_of
from sim.sharing.flows import PoolFlows
from sim.sharing.state import RiskSharing

Bins = Mapping[str, np.ndarray]


def share_losses(lender: Lender, sharing: RiskSharing, ledger: Ledger, bins: Bins) -> None:
    """Run the month's covered loans through the scheme and book what moves."""
    both = ledger.both
    covered = of_both(bins, "covered_balance")
    pool = PoolFlows(
        lent=both("drawn_covered"),
        repaid=both("repaid_covered"),
        interest=both("interest_covered"),
        triggered=both("newly_triggered"),
        recovered=both("repaid_triggered"),
        written_off=both("charged_off_covered"),
        recovered_written_off=both("recovered_triggered"),
        abandoned=both("abandoned_triggered"),
        contribution=both("contribution.received"),
        risk=both("covered_risk"),
        covered_outstanding=covered,
        triggered_outstanding=both("sum_triggered"),
    )
    for posting in sharing.close_month(pool, lender.capital_ratio):
        ledger.transfer(posting.flow, posting.payer, posting.receiver, posting.amount, posting.instrument)


def pay_collections(config: Any, environment: Numbers, lender: Lender, ledger: Ledger, bins: Bins) -> None:
    """What the month's collections cost, how many complaints they drew, and how far staff will reach next month."""
    flows, both = ledger.flows, ledger.both
    collections, accounts = config.policy.collections, bins["accounts"] + bins.get("firm.accounts", 0)
    reached = lender.collecting * lender.served
    worked = int(lender.effort * reached * dot(accounts, collections.cost()))
    lender.complaints = collections.complaints(accounts, reached)
    flows["contacts"] = int(reached * dot(accounts, collections.contacts()))
    fines = int(lender.complaints * collections.complaint_fine)
    evidence = both("draws_granted") * int(environment["evidence_cost"])
    courts = both("suits") * int(environment["suit_cost"]) + evidence
    lender.collections_cost = worked + fines + courts + flows["security_cost"]
    lender.served = collections.served(accounts.tolist())
    lender.charge_offs_late += (both("charged_off") - lender.charge_offs_late) / 3.0
    lender.charge_offs_usual += (both("charged_off") - lender.charge_offs_usual) / 36.0


def close_books(
    month: int,
    months_run: int,
    economy: Economy,
    environment: Numbers,
    people: Population,
    firms: Firms,
    lender: Lender,
    sharing: RiskSharing,
    books: Sequence[Table],
    ledger: Ledger,
    bins: Bins,
) -> None:
    """Close the lender's month and check every fen."""
    ledger.clear_market()
    firms.count_debts()
    stocks = stocks_of(firms, ledger, bins)
    book = {name: stocks[name] + stocks[f"firm.{name}"] for name in BOOK_STOCKS}
    balance, covered, claimed = (
        bins[name] + bins.get(f"firm.{name}", 0) for name in ("balance", "covered_balance", "claimed_balance")
    )
    now = economy.month(month, lender.credit_growth)
    lender.experience.close(month, books, now.unemployment - now.unemployment_calm, ledger)
    lender.estimate(balance)
    classed = lender.classify(books, liable_owners(firms), balance, covered, claimed)
    provision = lender.provision(classed, sharing.covered_loss_share(), sharing.others_share_of_claims)
    others, due = sharing.others_stake, sharing.receivable
    guaranteed = int(sharing.guaranteed_share(standing=True) * book["covered"])
    borrowers = of_both(bins, "accounts")
    lender.close(ledger, environment, book, provision, others, due, borrowers, people.size, months_run, guaranteed)
    before = ledger.stocks["principal"] + ledger.stocks["firm.principal"]
    ledger.close_month(stocks)
    lender.credit_growth = book["principal"] / before - 1.0 if before > 0 else 0.0
    lender.balance_history = [*lender.balance_history[-3:], bins["balance"].copy()]


def judge_scores(month: int, accounts: Table, firms: Firms, scores: ScoreKeeper, firm_scores: ScoreKeeper) -> None:
    """Join outcomes to old scores, and take samples."""
    scores.close(month, accounts)
    firm_scores.close(month, firms.accounts)


def look_ahead(
    month: int,
    config: Any,
    environment: Numbers,
    firms: Firms,
    lender: Lender,
    ledger: Ledger,
    bins: Bins,
    records: Sequence[Mapping[str, Any]],
) -> None:
    """What the lender and the firms learn from the month, and how the policies answer it in the next."""
    policy, record, flows = config.policy, records[-1], ledger.flows
    lender.alert_cut = policy.warning.next_cut(bins.get("danger"))
    lender.parity_points = policy.approval.next_parity(lender.parity_points, flows)
    lender.review_share = policy.approval.next_review_share(flows["grey"])
    lender.appetite = policy.appetite.next(
        lender.appetite, environment["unemployment_gap"], record["delinquent_30"], lender.capital_ratio
    )
    lender.last_requested = flows["requested"]
    lender.last_repaid = ledger.both("principal_repaid.received")
    lender.remember(record)
    firms.remember(record["unemployment"], month, config.behaviour.precaution_memory)
