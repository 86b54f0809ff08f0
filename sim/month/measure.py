"""Measuring the month: stocks recomputed from the tables, and figures for the record."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.economy.sectors import SECTORS
from sim.engine.loops.order import mean
from sim.engine.loops.stage import stage
from sim.figures.catalog import METRICS
from sim.figures.formula import Absent, Month
from sim.firms.measures import firm_stocks_of
from sim.lender.measures import lender_figures
from sim.loan.ratios import BUCKETS, ratio
from sim.loan.states import CAUSES, LINE_OPEN, MONTHS_90, NEVER
from sim.persons.inclusion import inclusion_figures
from sim.sharing.figures import reported
from sim.sharing.institutions import systemic

if TYPE_CHECKING:
    from sim.month.model import Model

SAMPLE = 4096  # persons looked at for the median: all of a small population, every k-th of a large one


class UnknownFigureError(KeyError):
    """A number that nobody declares as a figure: a defect of the engine, never of the input."""


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
    """The month's figures by name, in the order of the catalogue; those that the options cannot produce are absent."""
    lender = model.lender
    told: dict[str, Any] = {
        "flow_to_m3": _flow_to_m3(model.balance_history),
        "median_cash": median_cash(model),
        "lender_profit": model.profit,
        "lender_equity": lender.equity,
        "capital_ratio": lender.capital_ratio,
        "provisions": lender.provisions,
        "funding": lender.funding,
        "lender_failed": lender.failed,
        **lender_figures(model),
        **inclusion_figures(model),
        **{name: value for name, value in reported(model.sharing).items() if name in METRICS},
        **(systemic(model.sharing, lender.equity) if model.sharing.shares_anything else {}),
        **({"trade_credit": model.ledger.stocks["trade_credit"]} if model.firms.exist else {}),
        **_defaults(model),
    }
    return taken(Month(model.ledger.flows, model.bins, told))


def taken(month: Month) -> dict[str, Any]:
    """Every figure that a month has.

    Raises
    ------
    UnknownFigureError
        What a part of the model tells is no figure.
    """
    strange = month.told.keys() - METRICS.keys()
    if strange:
        raise UnknownFigureError(f"{min(strange)}: is told at the month's close and is no figure")
    record = {}
    for name, figure in METRICS.items():
        with contextlib.suppress(Absent):
            record[name] = figure.value(month)
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


def _defaults(model: Model) -> dict[str, Any]:
    """Defaults of the month by recorded cause, how many could have paid, and what had been seen of them before."""
    rows = np.flatnonzero(model.accounts["default_month"] == model.month)
    model.events["default"].append(rows)
    model.events["closure"].append(
        np.flatnonzero(model.accounts["closed_month"] == model.month)
        if model.ledger.flows["closures"]
        else np.empty(0, dtype=np.int64)
    )
    persons, accounts, flows = model.persons, model.accounts, model.ledger.flows
    shares = model.environment["default_share_by_community"]
    counts = np.bincount(persons["cause"][rows], minlength=len(CAUSES))
    # A closing in the months in which the arrears grow to 90 days comes too late.
    closed = accounts["closed_month"][rows]
    late = (closed == NEVER) | (closed > model.month - MONTHS_90)
    found = {
        "defaults": len(rows),
        "defaults_missed": int(np.count_nonzero((accounts["alert"][rows] == 0) & late)),
        "neighbours_of_defaulters": mean(shares[persons["community"][rows]]) if len(rows) else 0.0,
        "neighbours_of_all": mean(shares) if len(rows) else 0.0,
        "can_pay_defaults": mean(persons["can_pay"][rows]) if len(rows) else 0.0,
        **{f"default_{cause}": int(counts[k]) for k, cause in enumerate(CAUSES) if cause != "none"},
    }
    if "restructured" in flows or "holidays_begun" in flows:
        found["redefaults"] = int(np.count_nonzero(accounts["reliefs"][rows]))
    if model.config.policy.education.courses:
        found["defaults_taught"] = int(np.count_nonzero(persons["taught"][rows]))
    if "alerts" in flows or "firm.alerts" in flows:
        book = model.firms.accounts
        found |= _warned(np.concatenate([accounts["alert"][rows], book["alert"][book["default_month"] == model.month]]))
    return found


def _warned(warned: np.ndarray) -> dict[str, float]:
    """How many of some defaults a warning preceded, and by how many months."""
    true = int(np.count_nonzero(warned))
    return {
        "alerts_true": true,
        "warning_recall": mean(warned > 0) if len(warned) else 0.0,
        "warning_lead": mean(warned[warned > 0]) if true else 0.0,
    }
