"""What crosses rows: arrivals, rationing, neighbours, risk sharing and the close of the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.surroundings import lending_numbers, monthly_numbers
from sim.economy.sectors import SECTORS
from sim.metrics.measure import record_of, stocks_of
from sim.rules.employment import WIDEST
from sim.rules.states import MONTHS_90
from sim.sharing.flows import PoolFlows

if TYPE_CHECKING:
    from sim.model import Model

BANDS = 100  # score bands of ten points
WHOLE_LINES = 10  # drawn beyond what the last month lets expect


def open_month(model: Model) -> None:
    """Take the economy's month, let people arrive, and count what may be lent."""
    model.ledger.open_month()
    economy = model.economy.month(model.month, model.credit_growth)
    environment = monthly_numbers(model.standing, model.config.behaviour, economy, neighbours(model), feared_gap(model))
    margins = model.lender.margins(economy.policy_rate, model.sharing, model.config.fund.premium_rate)
    environment.update(lending_numbers(model.sharing, margins, model.lender, model.config.lender.charge_off_months))
    if model.config.behaviour.job_risk_spread > 0:
        environment["separation_by_sector"] = economy.separation_by_sector / mean_job_risk(model)
    environment.update(model.scores.numbers())
    environment.update(collecting_numbers(model))
    model.environment = environment
    model.arrive(model.config.population.arrivals(model.months_run))


def collecting_numbers(model: Model) -> dict[str, Any]:
    """How hard staff can press this month, and what old debts would fetch."""
    collections, lender = model.config.policy.collections, model.lender
    supply = lender.charge_offs_late / lender.charge_offs_usual if lender.charge_offs_usual > 0 else 1.0
    return {
        "pressure_by_months_past_due": collections.pressure(lender.served),
        "sale_price": collections.price(model.config.lender.charge_off_months, supply),
    }


def feared_gap(model: Model) -> float:
    """Highest unemployment above normal within the persons' memory, this month's included."""
    memory = model.config.behaviour.precaution_memory
    past = [model.economy.month(model.month - back) for back in range(memory + 1)]
    return max(0.0, *(month.unemployment - month.unemployment_calm for month in past))


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
    if model.config.behaviour.contagion == 0:
        return np.zeros(communities)
    bad = model.accounts["months_past_due"] >= MONTHS_90
    counts = np.bincount(model.persons["community"][bad], minlength=communities)
    return counts / max(model.persons.size / communities, 1.0)


def room_to_lend(model: Model) -> int:
    """Fen of whole loans that may be drawn this month: the lender's own room over its funding share.

    Repayments of the month make room too; nine tenths of the last month's are counted on.
    """
    own = model.sharing.funding_share()
    expected = 9 * model.last_repaid // 10
    return int(model.lender.capacity() / own) + expected if own > 0 else expected


def funds_are_ample(model: Model) -> bool:
    """Whether this month's draws cannot come near what may be lent or covered.

    Draws rarely grow by half from one month to the next, but for a few whole lines, which weigh among few
    persons; until there is a history, a fifth of the opening limits is allowed for, or what the wish to draw
    lets expect. Then nothing needs rationing and the month runs in one go.
    """
    population = model.config.population
    line = population.median_income * model.standing["opening_multiple"]
    likely = 3 * model.last_requested // 2 + int(WHOLE_LINES * line)
    if model.months_run < 3:
        eager = min(max(0.2, 1.25 * model.config.behaviour.want_probability), 1.0)
        likely = max(likely, int(eager * population.borrowers * line))
    covers = not model.environment["covering"] or model.sharing.capacity() >= likely
    return covers and not model.lender.failed and room_to_lend(model) >= likely


def ration(model: Model) -> None:
    """Cut requests that exceed funds: weakest scores first, the marginal band by a keyed draw.

    Also stops cover for the month when the scheme cannot take what would be lent.
    """
    requested, room = model.ledger.flows["requested"], room_to_lend(model)
    if model.lender.failed:
        room = 0
    if requested > room:
        asking = model.accounts["request"] > 0
        band = model.accounts["score"][asking].astype(np.int64) // 10
        by_band = np.bincount(band, weights=model.accounts["request"][asking], minlength=BANDS)
        from_best = np.cumsum(by_band[::-1])[::-1]
        served = np.flatnonzero(from_best <= room)
        cut = int(served[0]) - 1 if len(served) else len(by_band) - 1
        above = float(from_best[cut + 1]) if cut + 1 < len(from_best) else 0.0
        share = (room - above) / by_band[cut] if by_band[cut] > 0 else 0.0
        model.environment.update(cut_band=cut, marginal_share=float(share))
    if model.environment["covering"] and min(requested, room) > model.sharing.capacity():
        model.environment["covering"] = 0


def share_losses(model: Model) -> None:
    """Run the month's covered loans through the scheme and book what moves."""
    flows, bins = model.ledger.flows, model.bins
    pool = PoolFlows(
        lent=flows["drawn_covered"],
        repaid=flows["repaid_covered"],
        interest=flows["interest_covered"],
        triggered=flows["newly_triggered"],
        recovered=flows["repaid_triggered"],
        written_off=flows["charged_off_covered"],
        recovered_written_off=flows["recovered_triggered"],
        abandoned=flows["abandoned_triggered"],
        covered_outstanding=int(bins["covered_balance"].sum()),
        triggered_outstanding=flows["sum_triggered"],
    )
    for posting in model.sharing.close_month(pool):
        model.ledger.transfer(posting.flow, posting.payer, posting.receiver, posting.amount, posting.instrument)


def collect(model: Model) -> None:
    """What the month's collections cost, how many complaints they drew, and how far staff will reach next month."""
    flows, accounts = model.ledger.flows, model.bins["accounts"]
    collections, lender, standing = model.config.policy.collections, model.lender, model.standing
    worked = int(lender.served * float(np.dot(accounts, collections.cost())))
    lender.complaints = collections.complaints(accounts, lender.served)
    flows["contacts"] = int(lender.served * float(np.dot(accounts, collections.contacts())))
    fines = int(lender.complaints * collections.complaint_fine)
    courts = flows["suits"] * int(standing["suit_cost"]) + flows["draws_granted"] * int(standing["evidence_cost"])
    model.collections_cost = worked + fines + courts
    lender.served = collections.served(accounts.tolist())
    lender.charge_offs_late += (flows["charged_off"] - lender.charge_offs_late) / 3.0
    lender.charge_offs_usual += (flows["charged_off"] - lender.charge_offs_usual) / 36.0


def close_books(model: Model) -> None:
    """Close the lender's month, check every fen, and record the figures."""
    ledger, sharing, bins = model.ledger, model.sharing, model.bins
    stocks = stocks_of(ledger.flows, bins)
    retained = sharing.covered_loss_share()
    live = sharing.others_stake - sharing.joint.claim
    provision = model.lender.provision(bins["balance"], bins["covered_balance"], retained, live)
    collect(model)
    model.profit = model.lender.close(ledger.flows, stocks, provision, sharing.others_stake, sharing.receivable)
    before = ledger.stocks["principal"]
    ledger.close_month(stocks)
    model.balance_history = [*model.balance_history[-3:], bins["balance"].copy()]
    model.scores.close(model.month, model.accounts)
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
    model.last_repaid = ledger.flows["principal_repaid.received"]
    model.credit_growth = stocks["principal"] / before - 1.0 if before > 0 else 0.0
