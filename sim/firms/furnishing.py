"""What a firm begins with: cash, stocks, costs, and, where it has traded for long, open accounts on both sides."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.engine.loops.compiled import scalar
from sim.engine.loops.diskcache import kept
from sim.engine.loops.transforms import exponential_function
from sim.firms.firm import COUNTED_ON

TRAITS = ("fixed_share", "wage_share", "margin", "input_share", "inventory_months", "collected", "matured")
TERMS = ("pledge_share", "overdraft_months", "liquidity_months", "credit_sales", "demand_share")


class Furniture(NamedTuple):
    """What `furnish_firm` leaves: fen, or fen a month; ``owed`` to suppliers."""

    fixed_cost: int
    expected: float
    profit_average: int
    inventory: int
    pledge: int
    overdraft: int
    cash: int
    receivables: int
    owed: float


@scalar
def furnish_firm(
    sales: int,
    market: int,
    labour: int,
    size_class: int,
    outside_bank: int,
    thrift: float,
    luck: float,
    stationary: int,
    season_buffer: float,
    traits: tuple[float, float, float, float, float, float, float],
    terms: tuple[float, float, float, float, float],
) -> Furniture:
    """Work out what a firm of these usual sales has: `TRAITS` of its sector, `TERMS` of all firms.

    Customers of a firm that has traded for long still owe for last month's sales: what they pay this month is what is
    sold on credit in one. A founder must wait for the first of them to pay, and for hands to be found.
    """
    fixed_share, wage_share, margin, input_share, inventory_months, collected, matured = traits
    pledge_share, overdraft_months, liquidity_months, credit_sales, demand_share = terms
    final, from_firms = market * luck, sales - market
    expected, fixed_cost = final + from_firms, int(fixed_share * sales)
    buffer = liquidity_months * (max(float(labour), wage_share * sales) + fixed_cost)
    cash = int(thrift * (buffer + season_buffer * sales))
    on_credit = credit_sales * (1.0 - demand_share) * final
    inputs = input_share * expected
    if stationary:
        cash += int(max(inputs - COUNTED_ON * from_firms - on_credit, 0.0))  # as owners reckon, see `set_cash_target`
    else:
        waits = on_credit * (1.0 / collected - 1.0) + from_firms * (1.0 / matured - 1.0)
        cash += int(waits + 2.0 * fixed_cost)
    return Furniture(
        fixed_cost=fixed_cost,
        expected=expected,
        profit_average=int(margin * sales),
        inventory=int(inventory_months * input_share * expected),
        pledge=int(pledge_share * sales * size_class),
        overdraft=int(overdraft_months * sales * outside_bank),
        cash=cash,
        receivables=int(on_credit / collected) if stationary else 0,
        owed=inputs / matured if stationary else 0.0,
    )


@kept
def furnish(
    rows: Any,
    slots: Any,
    stationary: Any,
    traits: Any,
    terms: Any,
    season_buffers: Any,
    sector: Any,
    sales: Any,
    market: Any,
    labour: Any,
    size_class: Any,
    thrift: Any,
    productivity: Any,
    observability: Any,
    fixed_cost: Any,
    wage_bill: Any,
    expected_sales: Any,
    profit_average: Any,
    inventory: Any,
    pledge: Any,
    overdraft: Any,
    cash: Any,
    receivables: Any,
    line: Any,
    inflow_fast: Any,
    inflow_slow: Any,
    share: Any,
    later: Any,
) -> tuple[int, int]:
    """Furnish some firms; ``traits``, shape (sectors, 7), and ``season_buffers``, shape (sectors,), by sector.

    Returns the cash and the inventory that they have now, fen.
    """
    sums = np.zeros(2, np.int64)
    common = terms[0], terms[1], terms[2], terms[3], terms[4]
    for row in rows:
        of = traits[sector[row]]
        own = of[0], of[1], of[2], of[3], of[4], of[5], of[6]
        luck = exponential_function(float(productivity[row])) if stationary else 1.0
        known = sales[row], market[row], labour[row], size_class[row], int(line[row] == 0), float(thrift[row])
        one = furnish_firm(*known, luck, stationary, season_buffers[sector[row]], own, common)
        fixed_cost[row], wage_bill[row], expected_sales[row] = one.fixed_cost, labour[row], int(one.expected)
        profit_average[row], inventory[row], pledge[row] = one.profit_average, one.inventory, one.pledge
        overdraft[row], cash[row] = one.overdraft, one.cash
        inflow_fast[row] = inflow_slow[row] = one.expected * observability[row]
        if stationary:
            receivables[row] = one.receivables
            for link in range(row * slots, (row + 1) * slots):
                later[link] = int(one.owed * share[link])
        sums[0] += cash[row]
        sums[1] += inventory[row]
    return sums[0], sums[1]
