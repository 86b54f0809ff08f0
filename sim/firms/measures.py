"""Measuring the firms' month: stocks recomputed from the tables, and figures for the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.loops.stage import Places, Tally, stage
from sim.firms.firms import Firms
from sim.loan.ledger import Ledger
from sim.loan.measures import BOOK_MEASURES
from sim.loan.states import MONTHS_30, PRODUCTS

Bins = Mapping[str, NDArray[np.int64]]
PRIVATE = len(PRIVATE_SECTORS)


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


class MeasureProduct(NamedTuple):
    """What `measure_product` leaves."""

    balance_by_product_place: Annotated[int, Places(len(PRODUCTS))]
    balance_by_product_amount: int
    overdue_by_product_place: Annotated[int, Places(len(PRODUCTS))]
    overdue_by_product_amount: int


@stage()
def measure_product(principal: int, months_past_due: int, product: int) -> MeasureProduct:
    """Add a firm's balance to that of its product."""
    return MeasureProduct(
        balance_by_product_place=product,
        balance_by_product_amount=principal,
        overdue_by_product_place=product,
        overdue_by_product_amount=principal if months_past_due >= MONTHS_30 else 0,
    )


MEASURE_FIRM = (measure_firm, *BOOK_MEASURES, measure_product)
"""Everything that is counted of a firm; its account as any account."""


def firm_stocks_of(firms: Firms, ledger: Ledger, bins: Bins) -> dict[str, int]:
    """Closing stocks of the firms in fen as the tables hold them."""
    totals = ledger.flows
    claims = int(firms.private["claims"].sum())
    balance, covered = (
        bins[name].tolist() if name in bins else [] for name in ("firm.balance", "firm.covered_balance")
    )
    return {
        "firm.cash": totals["firm.sum_cash"],
        "firm.principal": sum(balance),
        "firm.interest": totals["firm.sum_interest"],
        "firm.covered": sum(covered),
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
