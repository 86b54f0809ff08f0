"""What firms sell: their markets, debts among them, orders for inputs, and what persons spend."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.economy.economy import Economy
from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.tables.numbers import Numbers
from sim.firms import trade_loops as loops
from sim.firms.clearing import clear
from sim.firms.firm import NO_FIRM
from sim.firms.firms import OWED, Firms
from sim.loan.ledger import Ledger
from sim.loan.postings import SPENDING

Rows = NDArray[np.int64]
PRIVATE = len(PRIVATE_SECTORS)


def open_markets(month: int, firms: Firms, rows: Rows) -> None:
    """Choose suppliers, and let final demand be what the orders of other firms leave of present sales.

    Firms have grown to what they sell at present: usual sales (``normal_sales``) are these without the luck in them.
    """
    firms.choose_suppliers(rows, month)
    inputs = firms.standing["input_share_by_sector"][firms.private["sector"]] * firms.private["normal_sales"]
    orders = firms.links["share"] * inputs[firms.links["buyer"]]
    from_firms = np.bincount(firms.links["supplier"], orders, firms.rows)[rows]
    sales = firms.private["normal_sales"][rows]
    final = np.maximum(sales - from_firms, 0.1 * sales)
    market = (final / firms.luck_of(rows)).astype(np.int64)
    firms.private["market"][rows] = market
    firms.private["normal_sales"][rows] += market - final.astype(np.int64)


def settle_markets(month: int, economy: Economy, firms: Firms) -> None:
    """Let markets grow or shrink with the people of the place, as long as the burn-in lasts.

    Labour that usual sales ask for then meets the labour there is; after the policy date markets are given.
    """
    private = firms.private
    trading = private["trading"] > 0
    sector = private["sector"]
    staff, labour = (np.bincount(sector, private[name] * trading, PRIVATE) for name in ("staff", "labour"))
    need = np.bincount(sector, private["normal_sales"] * trading, PRIVATE) * firms.standing["wage_share_by_sector"]
    at_work = 1.0 - economy.month(month).unemployment_calm
    people = labour * at_work * (staff + firms.jobless_by_sector[:PRIVATE]) / np.maximum(staff, 1)
    pace = np.clip(np.sqrt(people / np.maximum(need, 1.0)), 0.8, 1.25)
    factor = np.where(need > 0.0, pace, 1.0)[sector]
    for name in ("market", "normal_sales", "expected_sales", "fixed_cost"):
        private[name][:] = (private[name] * factor).astype(np.int64)


def clear_trade(firms: Firms, ledger: Ledger) -> None:
    """Let firms pay what is due to suppliers: all they have, in proportion, and what they receive with it."""
    private = firms.private
    supplier, due = firms.links["supplier"], firms.links["due"]
    result = clear(firms.first_links(), supplier, due, private["funds"])
    sums = result.paid, result.received, result.spent
    among = int(loops.pay_over_links(supplier, *sums, due, private["cash"], *OWED(private)))
    outside = int(result.received[NO_FIRM])
    ledger.move("inputs_paid_outside", outside)
    ledger.trade(among, int(result.received.sum()) - outside)


def order_inputs(firms: Firms, ledger: Ledger) -> None:
    """Send the firms' orders to their suppliers, on trade credit; the goods come at once."""
    flows = ledger.flows
    total, outside = firms.place_orders()
    flows["inputs_ordered"] += total
    flows["orders_from_outside"] += outside
    flows["orders_from_firms"] += total - outside


def meet_demand(
    month: int, environment: Numbers, firms: Firms, ledger: Ledger, bins: Mapping[str, NDArray[np.int64]]
) -> None:
    """Share out among the firms what persons spent: their part of final demand follows their spending."""
    flows, season = ledger.flows, float(environment["season"])
    spent = sum(flows[name] for name in SPENDING)
    people = max(flows["persons"], 1)
    level = spent / season / people
    if month < 0 or firms.spending_months == 0:
        firms.spending_months = min(firms.spending_months + 1, 12)
        firms.reference_spending += (level - firms.reference_spending) / firms.spending_months
    strength, share = firms.feedback.demand, firms.settings.demand_share
    index = level / firms.reference_spending if firms.reference_spending > 0 else 1.0
    # Persons buy no more from firms than they spend.
    wished = bins["firm.wished"]
    households = strength * share * index
    most = spent / max(int(wished.sum()), 1)
    households = min(households, most)
    path = firms.environment["outside_share_by_sector"]
    firms.environment["household_share_by_sector"] = np.full(PRIVATE, households)
    firms.environment["outside_share_by_sector"] = path * (1.0 - strength * share)
