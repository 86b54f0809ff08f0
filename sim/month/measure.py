"""Measuring the month: stocks recomputed from the tables, and figures for the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.economy.sectors import SECTORS
from sim.engine.loops.order import mean
from sim.engine.loops.stage import stage
from sim.figures.catalog import METRICS
from sim.firms.measures import firm_figures, firm_stocks_of
from sim.lender.measures import lender_figures
from sim.loan.ratios import BUCKETS, ratio
from sim.loan.states import CAUSES, LINE_OPEN, MONTHS_30, MONTHS_90, NEVER
from sim.persons.inclusion import inclusion_figures
from sim.sharing.institutions import systemic

if TYPE_CHECKING:
    from sim.month.model import Model

SHARED_LOSSES = tuple(name for name in METRICS if name.startswith("loss_") and name not in ("loss_rate", "loss_lender"))
SAMPLE = 4096  # persons looked at for the median: all of a small population, every k-th of a large one


@stage(
    "",
    "persons jobless sum_cash sum_interest sum_other_debt sum_triggered sum_written_off open_lines "
    "open_limits open_principal thin_persons thin_open low_persons low_open over_indebted several_lenders",
    bins={
        "balance": BUCKETS,
        "accounts": BUCKETS,
        "covered_balance": BUCKETS,
        "claimed_balance": BUCKETS,
        "jobless_by_sector": len(SECTORS),
        "staff_by_firm": "firm_rows",
        "labour_by_firm": "firm_rows",
    },
)
def measure(
    employed: int,
    employer: int,
    sector: int,
    cash: int,
    interest: int,
    other_debt: int,
    triggered: int,
    written_off: int,
    line: int,
    limit: int,
    principal: int,
    covered: int,
    months_past_due: int,
    thin_file: int,
    income_permanent: int,
    low_income: int,
    payment: int,
    other_due_share: float,
) -> tuple[int, ...]:
    """Add one person to the month's totals, recomputed from the tables alone."""
    is_open = 1 if line == LINE_OPEN else 0
    low = 1 if income_permanent < low_income else 0
    return (
        1,
        1 - employed,
        cash,
        interest,
        other_debt,
        triggered,
        written_off,
        is_open,
        limit * is_open,
        principal * is_open,
        thin_file,
        thin_file * is_open,
        low,
        low * is_open,
        1 if 2 * (payment + int(other_debt * other_due_share)) > income_permanent else 0,
        1 if other_debt > 0 and principal > 0 else 0,
        months_past_due,
        principal,
        months_past_due,
        1 if principal > 0 else 0,
        months_past_due,
        covered,
        months_past_due,
        triggered if principal > 0 else 0,
        sector,
        1 - employed,
        employer,
        employed,
        employer,
        income_permanent,
    )


def stocks_of(model: Model) -> dict[str, int]:
    """Closing stocks in fen as the tables hold them."""
    totals, bins = model.ledger.flows, model.bins
    return {
        **firm_stocks_of(model),
        "people": totals["persons"],
        "cash": totals["sum_cash"],
        "principal": int(bins["balance"].sum()),
        "interest": totals["sum_interest"],
        "other_debt": totals["sum_other_debt"],
        "covered": int(bins["covered_balance"].sum()),
        "triggered": totals["sum_triggered"],
        "written_off": totals["sum_written_off"],
    }


def record_of(model: Model) -> dict[str, Any]:
    """The month's figures by the names of the catalogue; the lender's and the scheme's included."""
    flows, bins, both = model.ledger.flows, model.bins, model.ledger.both
    persons = bins["balance"]
    balance, accounts = (bins[name] + bins.get(f"firm.{name}", 0) for name in ("balance", "accounts"))
    outstanding, of_persons = int(balance.sum()), int(persons.sum())
    recovered = both("recoveries.received") + both("debt_sold.received")
    lender, sharing = model.lender, model.sharing.last
    record: dict[str, Any] = dict.fromkeys(METRICS, 0)
    record.update(
        unemployment=ratio(flows["jobless"], flows["persons"]),
        persons=flows["persons"],
        outstanding=outstanding,
        drawn=both("loans_drawn.paid"),
        repaid=both("principal_repaid.received"),
        interest_received=both("interest_paid.received"),
        charged_off=both("charged_off"),
        recovered=recovered,
        loss_rate=12.0 * ratio(both("charged_off") - recovered, outstanding),
        delinquent_30=ratio(int(balance[MONTHS_30:].sum()), outstanding),
        delinquent_90=ratio(int(balance[MONTHS_90:].sum()), outstanding),
        delinquent_30_accounts=ratio(int(accounts[MONTHS_30:].sum()), int(accounts.sum())),
        person_outstanding=of_persons,
        person_loss_rate=12.0
        * ratio(flows["charged_off"] - flows["recoveries.received"] - flows["debt_sold.received"], of_persons),
        person_delinquent_30=ratio(int(persons[MONTHS_30:].sum()), of_persons),
        person_delinquent_90=ratio(int(persons[MONTHS_90:].sum()), of_persons),
        flow_to_m3=_flow_to_m3(model.balance_history),
        approval_rate=ratio(flows["approvals"], flows["applications_decided"]),
        applications=flows["applications"],
        applications_decided=flows["applications_decided"],
        applications_thin=flows["applications_thin"],
        approvals=flows["approvals"],
        closures_month=flows["closures"],
        limits_raised=both("limits_raised"),
        limits_cut=both("limits_cut"),
        limits_capped=both("limits_capped"),
        draws_cut=both("draws_cut"),
        utilisation=ratio(both("open_principal"), both("open_limits")),
        open_lines=flows["open_lines"],
        limit_total=both("open_limits"),
        price=ratio(both("new_lending_rate"), both("loans_drawn.paid")),
        access_all=ratio(flows["open_lines"], flows["persons"]),
        access_thin_file=ratio(flows["thin_open"], flows["thin_persons"]),
        access_low_income=ratio(flows["low_open"], flows["low_persons"]),
        median_cash=median_cash(model),
        other_debt=flows["sum_other_debt"],
        evergreened=flows["drawn_to_repay"],
        lender_profit=model.profit,
        lender_equity=lender.equity,
        capital_ratio=lender.capital_ratio,
        provisions=lender.provisions,
        funding=lender.funding,
        collections_cost=flows["collections_cost"],
        lender_failed=lender.failed,
    )
    record.update(lender_figures(model))
    record.update(inclusion_figures(model))
    record.update({f"balance_m{k}": int(balance[k]) for k in range(BUCKETS)})
    record.update({f"accounts_m{k}": int(accounts[k]) for k in range(BUCKETS)})
    record.update({name: value for name, value in sharing.items() if name in METRICS})
    if model.sharing.shares_anything:
        record.update(systemic(model.sharing, lender.equity))
    if model.firms.exist:
        record.update(firm_figures(model))
    losses = both("charged_off") - recovered
    shared = sum(int(sharing.get(name, 0)) for name in SHARED_LOSSES)
    record["loss_lender"] = losses - shared
    _count_defaults(model, record)
    return record


def _flow_to_m3(history: list[np.ndarray]) -> float:
    """Product of the bucket flows M0 to M1, M1 to M2 and M2 to M3 over the last four months."""
    if len(history) < 4:
        return 0.0
    flow = 1.0
    for step in range(3):
        flow *= ratio(float(history[-3 + step][step + 1]), float(history[-4 + step][step]))
    return flow


def median_cash(model: Model) -> int:
    """Median liquid wealth in fen of at most some thousands of persons at even steps."""
    step = max(1, model.persons.size // SAMPLE)
    cash = model.persons["cash"][::step][model.accounts["alive"][::step] != 0]
    return int(np.median(cash)) if len(cash) else 0


def _count_defaults(model: Model, record: dict[str, Any]) -> None:
    """Defaults of the month by recorded cause, and how many could have paid."""
    rows = np.flatnonzero(model.accounts["default_month"] == model.month)
    model.events["default"].append(rows)
    model.events["closure"].append(
        np.flatnonzero(model.accounts["closed_month"] == model.month)
        if model.ledger.flows["closures"]
        else np.empty(0, dtype=np.int64)
    )
    record["defaults"] = len(rows)
    book = model.firms.accounts
    warned = np.concatenate([model.accounts["alert"][rows], book["alert"][book["default_month"] == model.month]])
    if len(warned):
        record["alerts_true"] = int(np.count_nonzero(warned))
        record["warning_recall"] = mean(warned > 0)
        record["warning_lead"] = mean(warned[warned > 0]) if record["alerts_true"] else 0.0
    if len(rows) == 0:
        return
    record["redefaults"] = int(np.count_nonzero(model.accounts["reliefs"][rows]))
    seen, closed = model.accounts["alert"][rows] > 0, model.accounts["closed_month"][rows]
    # A closing in the months in which the arrears grow to 90 days comes too late.
    late = (closed == NEVER) | (closed > model.month - MONTHS_90)
    record["defaults_missed"] = int(np.count_nonzero(~seen & late))
    shares = model.environment["default_share_by_community"]
    record["neighbours_of_defaulters"] = mean(shares[model.persons["community"][rows]])
    record["neighbours_of_all"] = mean(shares)
    record["defaults_taught"] = int(np.count_nonzero(model.persons["taught"][rows]))
    counts = np.bincount(model.persons["cause"][rows], minlength=len(CAUSES))
    record["can_pay_defaults"] = mean(model.persons["can_pay"][rows])
    record.update({f"default_{cause}": int(counts[k]) for k, cause in enumerate(CAUSES) if cause != "none"})
