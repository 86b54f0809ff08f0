"""What crosses rows: arrivals, rationing, neighbours, risk sharing and the close of the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.economy.sectors import SECTORS
from sim.engine.loops.order import dot
from sim.engine.tables.finite import check_numbers
from sim.firms.steps import hazards
from sim.loan.ledger import BOOK_STOCKS
from sim.loan.states import MONTHS_90
from sim.month.measure import record_of, stocks_of
from sim.month.numbers import lending_numbers, monthly_numbers
from sim.persons.employment import WIDEST
from sim.persons.fraud import Groups
from sim.persons.watching import see_neighbours
from sim.sharing.cover_steps import bid_for_guarantees, collection_effort, sectors_covered
from sim.sharing.flows import PoolFlows

if TYPE_CHECKING:
    from sim.economy.environment import Environment
    from sim.engine.tables.numbers import Numbers
    from sim.month.model import Model


def open_month(model: Model) -> None:
    """Take the economy's month, let people arrive, and count what may be lent."""
    model.ledger.open_month()
    economy = model.economy.month(model.month, model.credit_growth)
    bid_for_guarantees(model, economy.policy_rate)
    model.effort = collection_effort(model)
    environment = numbers_of_month(model, economy, neighbours(model), *felt_gaps(model))
    if model.config.behaviour.job_risk_spread > 0:
        risk = mean_job_risk(model)
        environment.give("job risk", {"separation_by_sector": economy.separation_by_sector / risk})
    if model.config.fraud.stages:
        environment.give("fraud of the month", fraud_numbers(model, economy.fraud))
    if model.firms.exist:
        environment.give("firms' jobs", hazards(model))
    check_numbers(model.month, "month's", environment)
    model.environment = environment
    model.arrive(model.config.population.arrivals(model.months_run))


def numbers_of_month(
    model: Model, economy: Environment, default_share: np.ndarray, gap: float, feared_gap: float
) -> Numbers:
    """Numbers that the persons' and the lender's rules read, as far as they follow from the books of last month."""
    margins = model.lender.margins(economy.policy_rate, model.sharing)
    charge_off = model.config.lender.charge_off_months
    lending = lending_numbers(model.sharing, margins, model.lender, charge_off, sectors_covered(model))
    numbers = monthly_numbers(model.standing, model.config.behaviour, economy, default_share, gap, feared_gap)
    numbers.give("the lender", lending)
    numbers.give("cards", model.scores.numbers())
    return numbers.give("collections", collecting_numbers(model))


def check_names(model: Model) -> None:
    """Refuse a model in which two owners set one number, before it lives a month.

    Raises
    ------
    NameTakenError
        The line names the later owner and the numbers.
    """
    economy = model.economy.month(-1)
    model.firms.numbers(numbers_of_month(model, economy, np.zeros(1), 0.0, 0.0), economy)


def fraud_numbers(model: Model, factor: float) -> dict[str, Any]:
    """Attempts on accounts of each online neighbourhood this month, and how many rings and leaks are at work."""
    config, month = model.config, model.month
    control = config.policy.authentication.access_control
    groups = Groups(config.population.communities, float(config.population.community_size))
    found = config.fraud.month(month, config.seed, groups, control)
    model.ledger.flows["fraud_rings"], model.ledger.flows["data_leaks"] = found.rings, found.leaks
    return {"fraud_intensity_by_community": factor * found.intensity}


def collecting_numbers(model: Model) -> dict[str, Any]:
    """How hard staff can press this month, and what old debts would fetch."""
    collections, lender = model.config.policy.collections, model.lender
    supply = lender.charge_offs_late / lender.charge_offs_usual if lender.charge_offs_usual > 0 else 1.0
    return {
        "pressure_by_months_past_due": model.effort * np.asarray(collections.pressure(lender.served)),
        "sale_price": collections.price(model.config.lender.charge_off_months, supply),
    }


def felt_gaps(model: Model) -> tuple[float, float]:
    """Unemployment above normal: this month's, and the highest within the persons' memory.

    Where firms decide on jobs, persons go by the unemployment that they live in, else by the path's.
    """
    memory, jobs = model.config.behaviour.precaution_memory, model.firms.weight_of_jobs
    past = [model.economy.month(model.month - back) for back in range(memory + 1)]
    gaps = [max(0.0, month.unemployment - month.unemployment_calm) for month in past]
    if jobs > 0.0:
        lived = model.firms.gaps[::-1] + [0.0] * (memory + 1)
        gaps = [(1.0 - jobs) * gap + jobs * max(own, 0.0) for gap, own in zip(gaps, lived, strict=False)]
    return gaps[0], max(gaps)


def mean_job_risk(model: Model) -> np.ndarray:
    """Mean personal risk of the employed by sector, so that a sector loses the jobs that its path says."""
    settings, persons = model.config, model.persons
    working = (persons["employed"] > 0) & (model.accounts["alive"] > 0)
    typical = settings.population.median_patience
    buffer = np.maximum(persons["patience"][working].astype(float), max(typical / WIDEST, 1e-9))
    risk = 1.0 + settings.behaviour.job_risk_spread * (typical / buffer - 1.0)
    sector = persons["sector"][working]
    people = np.bincount(sector, minlength=len(SECTORS))
    total = np.bincount(sector, weights=risk, minlength=len(SECTORS))
    return np.divide(total, people, out=np.ones(len(SECTORS)), where=(people > 0) & (total > 0.0))


def neighbours(model: Model) -> np.ndarray:
    """Share of each online neighbourhood that is 90 days past due (last month's close)."""
    communities = model.config.population.communities
    seen = see_neighbours in model.config.policy.scoring.sights
    if model.config.behaviour.contagion == 0 and not seen:
        return np.zeros(communities)
    bad = model.accounts["months_past_due"] >= MONTHS_90
    counts = np.bincount(model.persons["community"][bad], minlength=communities)
    return counts / max(model.persons.size / communities, 1.0)


def share_losses(model: Model) -> None:
    """Run the month's covered loans through the scheme and book what moves."""
    both, bins = model.ledger.both, model.bins
    covered = int(bins["covered_balance"].sum()) + int(np.sum(bins.get("firm.covered_balance", 0)))
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
    for posting in model.sharing.close_month(pool, model.lender.capital_ratio):
        model.ledger.transfer(posting.flow, posting.payer, posting.receiver, posting.amount, posting.instrument)


def collect(model: Model, accounts: np.ndarray) -> None:
    """What the month's collections cost, how many complaints they drew, and how far staff will reach next month."""
    flows, both = model.ledger.flows, model.ledger.both
    collections, lender, standing = model.config.policy.collections, model.lender, model.standing
    worked = int(model.effort * lender.served * dot(accounts, collections.cost()))
    lender.complaints = collections.complaints(accounts, lender.served)
    flows["contacts"] = int(lender.served * dot(accounts, collections.contacts()))
    fines = int(lender.complaints * collections.complaint_fine)
    courts = both("suits") * int(standing["suit_cost"]) + both("draws_granted") * int(standing["evidence_cost"])
    model.collections_cost = worked + fines + courts + flows["security_cost"]
    lender.served = collections.served(accounts.tolist())
    lender.charge_offs_late += (both("charged_off") - lender.charge_offs_late) / 3.0
    lender.charge_offs_usual += (both("charged_off") - lender.charge_offs_usual) / 36.0


def close_books(model: Model) -> None:
    """Close the lender's month, check every fen, and record the figures."""
    ledger, sharing, bins = model.ledger, model.sharing, model.bins
    ledger.clear_market()
    model.firms.count_debts()
    stocks = stocks_of(model)
    book = {name: stocks[name] + stocks[f"firm.{name}"] for name in BOOK_STOCKS}
    balance, covered, claimed, accounts = (
        bins[name] + bins.get(f"firm.{name}", 0)
        for name in ("balance", "covered_balance", "claimed_balance", "accounts")
    )
    model.lender.estimate(balance)
    classed = model.lender.classify(balance, covered, claimed)
    provision = model.lender.provision(classed, sharing.covered_loss_share(), sharing.others_share_of_claims)
    collect(model, accounts)
    model.profit = model.lender.close(ledger.flows, book, provision, sharing.others_stake, sharing.receivable)
    before = ledger.both_stocks()["principal"]
    ledger.close_month(stocks)
    model.balance_history = [*model.balance_history[-3:], bins["balance"].copy()]
    model.scores.close(model.month, model.accounts)
    model.firm_scores.close(model.month, model.firms.accounts)
    model.record = record_of(model)
    model.lender.alert_cut = model.config.policy.warning.next_cut(model.bins.get("danger"))
    decided = model.ledger.flows
    model.lender.parity_points = model.config.policy.approval.next_parity(model.lender.parity_points, decided)
    model.lender.review_share = model.config.policy.approval.next_review_share(decided["grey"])
    model.lender.appetite = model.config.policy.appetite.next(
        model.lender.appetite,
        model.environment["unemployment_gap"],
        model.record["delinquent_30"],
        model.lender.capital_ratio,
    )
    model.last_requested = ledger.flows["requested"]
    model.last_repaid = ledger.both("principal_repaid.received")
    model.lender.remember(model.record)
    model.firms.remember(model.record["unemployment"], model.month, model.config.behaviour.precaution_memory)
    model.credit_growth = book["principal"] / before - 1.0 if before > 0 else 0.0
