"""Measuring the firms' month: stocks recomputed from the tables, and figures for the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.loops.stage import Places, Tally, stage
from sim.firms.firms import Firms
from sim.loan.ledger import Ledger
from sim.loan.ratios import BUCKETS, ratio
from sim.loan.states import LINE_OPEN, MONTHS_30, MONTHS_90, PRODUCTS

Bins = Mapping[str, NDArray[np.int64]]
PRIVATE = len(PRIVATE_SECTORS)
BAD_LOANS = ("new", "cured", "repaid", "charged_off", "restructured")


class MeasureFirm(NamedTuple):
    """What `measure_firm` leaves."""

    firms: Tally
    sum_cash: Tally
    sum_receivables: Tally
    sum_inventory: Tally
    sum_staff: Tally
    sum_vacancies: Tally
    distressed: Tally
    firms_by_sector_place: Annotated[int, Places(PRIVATE)]
    firms_by_sector_amount: int
    sales_by_sector_place: Annotated[int, Places(PRIVATE)]
    sales_by_sector_amount: int


@stage()
def measure_firm(
    trading: int,
    sector: int,
    cash: int,
    receivables: int,
    inventory: int,
    staff: int,
    vacancies: int,
    months_short: int,
    sales: int,
) -> MeasureFirm:
    """Add one firm to the month's totals, recomputed from the tables alone."""
    short = trading if months_short > 0 else 0
    return MeasureFirm(
        firms=trading,
        sum_cash=cash,
        sum_receivables=receivables,
        sum_inventory=inventory,
        sum_staff=staff * trading,
        sum_vacancies=vacancies * trading,
        distressed=short,
        firms_by_sector_place=sector,
        firms_by_sector_amount=trading,
        sales_by_sector_place=sector,
        sales_by_sector_amount=sales * trading,
    )


class MeasureFirmLine(NamedTuple):
    """What `measure_firm_line` leaves."""

    sum_interest: Tally
    sum_triggered: Tally
    sum_written_off: Tally
    open_lines: Tally
    open_limits: Tally
    open_principal: Tally


@stage()
def measure_firm_line(
    interest: int, triggered: int, written_off: int, line: int, limit: int, principal: int
) -> MeasureFirmLine:
    """Add a firm's account to the month's totals."""
    is_open = 1 if line == LINE_OPEN else 0
    return MeasureFirmLine(
        sum_interest=interest,
        sum_triggered=triggered,
        sum_written_off=written_off,
        open_lines=is_open,
        open_limits=limit * is_open,
        open_principal=principal * is_open,
    )


class MeasureFirmBalance(NamedTuple):
    """What `measure_firm_balance` leaves."""

    balance_place: Annotated[int, Places(BUCKETS)]
    balance_amount: int
    accounts_place: Annotated[int, Places(BUCKETS)]
    accounts_amount: int
    covered_balance_place: Annotated[int, Places(BUCKETS)]
    covered_balance_amount: int
    claimed_balance_place: Annotated[int, Places(BUCKETS)]
    claimed_balance_amount: int
    balance_by_product_place: Annotated[int, Places(len(PRODUCTS))]
    balance_by_product_amount: int
    overdue_by_product_place: Annotated[int, Places(len(PRODUCTS))]
    overdue_by_product_amount: int


@stage()
def measure_firm_balance(
    principal: int, covered: int, triggered: int, months_past_due: int, product: int
) -> MeasureFirmBalance:
    """Add a firm's balance to those of its bucket of arrears and of its product."""
    owes = 1 if principal > 0 else 0
    claimed = triggered if principal > 0 else 0
    late = principal if months_past_due >= MONTHS_30 else 0
    return MeasureFirmBalance(
        balance_place=months_past_due,
        balance_amount=principal,
        accounts_place=months_past_due,
        accounts_amount=owes,
        covered_balance_place=months_past_due,
        covered_balance_amount=covered,
        claimed_balance_place=months_past_due,
        claimed_balance_amount=claimed,
        balance_by_product_place=product,
        balance_by_product_amount=principal,
        overdue_by_product_place=product,
        overdue_by_product_amount=late,
    )


MEASURE_FIRM = (measure_firm, measure_firm_line, measure_firm_balance)
"""Everything that is counted of a firm."""


def firm_stocks_of(firms: Firms, ledger: Ledger, bins: Bins) -> dict[str, int]:
    """Closing stocks of the firms in fen as the tables hold them."""
    totals = ledger.flows
    claims = int(firms.private["claims"].sum())
    zeros = np.zeros(BUCKETS, dtype=np.int64)
    return {
        "firm.cash": totals["firm.sum_cash"],
        "firm.principal": int(bins.get("firm.balance", zeros).sum()),
        "firm.interest": totals["firm.sum_interest"],
        "firm.covered": int(bins.get("firm.covered_balance", zeros).sum()),
        "firm.triggered": totals["firm.sum_triggered"],
        "firm.written_off": totals["firm.sum_written_off"],
        "firm.receivables": totals["firm.sum_receivables"],
        "firm.inventory": totals["firm.sum_inventory"],
        "trade_credit": claims,
        "supplier_debt": int(firms.private["debts"].sum()) - claims,
    }


def firm_stocks_at_start(firms: Firms) -> dict[str, int]:
    """Stocks of the firms as they are founded, in fen."""
    claims = int(firms.private["claims"].sum())
    return {
        **{f"firm.{name}": int(firms.private[name].sum()) for name in ("cash", "receivables", "inventory")},
        "trade_credit": claims,
        "supplier_debt": int(firms.private["debts"].sum()) - claims,
    }


def firm_figures(ledger: Ledger, bins: Bins) -> dict[str, Any]:
    """The month's figures of firms, by the names of the catalogue."""
    flows = ledger.flows
    balance = bins["firm.balance"]
    outstanding = int(balance.sum())
    firms = flows["firm.firms"]
    recovered = flows["firm.recoveries.received"] + flows["firm.debt_sold.received"]
    lent, late = bins["firm.balance_by_product"], bins["firm.overdue_by_product"]
    return {
        "firms": firms,
        "firm_failures": flows["firm.failures"],
        "firm_failure_rate": 12.0 * ratio(flows["firm.failures"], firms),
        "firm_failures_by_customers": flows["firm.failures_by_customers"],
        "firms_entered": flows["firms_entered"],
        "firms_distressed": ratio(flows["firm.distressed"], firms),
        "output": flows["firm.sold"],
        "unsold_for_capacity": flows["firm.unsold"],
        "orders_forgone": flows["firm.orders_forgone"],
        **{f"output_{name}": int(bins["firm.sales_by_sector"][k]) for k, name in enumerate(PRIVATE_SECTORS)},
        "staff": flows["firm.sum_staff"],
        "vacancies": flows["firm.sum_vacancies"],
        "layoffs": flows["firm.layoffs_planned"],
        "firm_wages": flows["firm.wages.paid"],
        "trade_credit": ledger.stocks["trade_credit"],
        "trade_credit_lost": flows["trade_credit_lost"],
        "owner_guarantee_paid": flows["owner_guarantee"],
        "firm_cash": flows["firm.sum_cash"],
        "firm_inventory": flows["firm.sum_inventory"],
        "firm_outstanding": outstanding,
        "firm_drawn": flows["firm.loans_drawn.paid"],
        "firm_charged_off": flows["firm.charged_off"],
        "firm_recovered": recovered,
        "firm_loss_rate": 12.0 * ratio(flows["firm.charged_off"] - recovered, outstanding),
        "firm_delinquent_30": ratio(int(balance[MONTHS_30:].sum()), outstanding),
        "firm_delinquent_90": ratio(int(balance[MONTHS_90:].sum()), outstanding),
        "firm_npl_stock": int(balance[MONTHS_90:].sum()),
        **{f"firm_npl_{name}": flows[f"firm.npl_{name}"] for name in BAD_LOANS},
        "firm_recovered_year_1": int(bins["firm.recovered_by_age"][:12].sum()),
        "firm_recovered_later": int(bins["firm.recovered_by_age"][12:].sum()),
        **{f"firm_delinquent_30_{name}": ratio(int(late[k]), int(lent[k])) for k, name in enumerate(PRODUCTS) if k},
        "projects_turned_away": flows["firm.projects_turned_away"],
        "projects_turned_away_fen": flows["firm.projects_turned_away_fen"],
        "projects_misused": flows["firm.projects_misused"],
        "firm_approval_rate": ratio(flows["firm.approvals"], flows["firm.applications_decided"]),
        "firm_applications_decided": flows["firm.applications_decided"],
        "firm_draws_cut": flows["firm.draws_cut"],
    }
