"""Measuring the firms' month: stocks recomputed from the tables, and figures for the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.loops.stage import stage
from sim.loan.ratios import BUCKETS
from sim.loan.states import LINE_OPEN, MONTHS_30, PRODUCTS

if TYPE_CHECKING:
    from sim.month.model import Model

PRIVATE = len(PRIVATE_SECTORS)


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
