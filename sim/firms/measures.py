"""Measuring the firms' month: stocks recomputed from the tables, and figures for the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.loops.stage import stage
from sim.loan.ratios import BUCKETS, ratio
from sim.loan.states import LINE_OPEN, MONTHS_30, MONTHS_90, PRODUCTS

if TYPE_CHECKING:
    from sim.month.model import Model

PRIVATE = len(PRIVATE_SECTORS)
BAD_LOANS = ("new", "cured", "repaid", "charged_off", "restructured")


@stage(
    "",
    "firms sum_cash sum_interest sum_triggered sum_written_off sum_receivables sum_inventory sum_staff sum_vacancies "
    "open_lines open_limits open_principal distressed",
    bins={
        "balance": BUCKETS,
        "accounts": BUCKETS,
        "covered_balance": BUCKETS,
        "claimed_balance": BUCKETS,
        "firms_by_sector": PRIVATE,
        "sales_by_sector": PRIVATE,
        "balance_by_product": len(PRODUCTS),
        "overdue_by_product": len(PRODUCTS),
    },
)
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
    interest: int,
    triggered: int,
    written_off: int,
    line: int,
    limit: int,
    principal: int,
    covered: int,
    months_past_due: int,
    product: int,
) -> tuple[int, ...]:
    """Add one firm to the month's totals, recomputed from the tables alone."""
    is_open = 1 if line == LINE_OPEN else 0
    late = principal if months_past_due >= MONTHS_30 else 0
    short = trading if months_short > 0 else 0
    return (trading, cash, interest, triggered, written_off, receivables, inventory, staff * trading,
            vacancies * trading, is_open, limit * is_open, principal * is_open, short,
            months_past_due, principal, months_past_due, 1 if principal > 0 else 0, months_past_due, covered,
            months_past_due, triggered if principal > 0 else 0,
            sector, trading, sector, sales * trading, product, principal, product, late)  # fmt: skip


def firm_stocks_of(model: Model) -> dict[str, int]:
    """Closing stocks of the firms in fen as the tables hold them."""
    totals, bins, firms = model.ledger.flows, model.bins, model.firms
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


def firm_stocks_at_start(firms: Any) -> dict[str, int]:
    """Stocks of the firms as they are founded, in fen."""
    claims = int(firms.private["claims"].sum())
    return {
        **{f"firm.{name}": int(firms.private[name].sum()) for name in ("cash", "receivables", "inventory")},
        "trade_credit": claims,
        "supplier_debt": int(firms.private["debts"].sum()) - claims,
    }


def firm_figures(model: Model) -> dict[str, Any]:
    """The month's figures of firms, by the names of the catalogue."""
    flows, bins = model.ledger.flows, model.bins
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
        "trade_credit": model.ledger.stocks["trade_credit"],
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
