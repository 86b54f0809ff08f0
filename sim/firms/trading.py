"""A firm's month at the counter: selling, paying wages, sharing what is earned, and what the lender sees of it."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.loops.stage import Places, Tally, stage
from sim.engine.loops.transforms import exponential_function, logarithm
from sim.firms.firm import COUNTED_ON
from sim.loan.states import LINE_OPEN
from sim.persons.observing import Observe, fading, seen_flow


class WishToSell(NamedTuple):
    """What `wish_to_sell` leaves."""

    wish: int
    wished_place: Annotated[int, Places(5)]
    wished_amount: int


@stage(where="alive trading")
def wish_to_sell(
    sector: int, market: int, productivity: float, season_by_sector: float, harvest_by_region: float, farm_sector: int
) -> WishToSell:
    """Final demand that a firm meets at calm prices: its market, its luck, the season and, on farms, the harvest."""
    wish = market * exponential_function(productivity) * season_by_sector
    if sector == farm_sector:
        wish *= harvest_by_region
    return WishToSell(wish=int(wish), wished_place=sector, wished_amount=int(wish))


class CountBackup(NamedTuple):
    """What `count_backup` leaves."""

    backup: int


@stage(where="alive trading")
def count_backup(line: int, limit: int, principal: int, months_past_due: int, overdraft: int) -> CountBackup:
    """Add up the lines that a firm may draw on: the lender's while it is in order, and that of a bank outside."""
    spare = max(limit - principal, 0) if line == LINE_OPEN and months_past_due == 0 else 0
    return CountBackup(backup=spare + overdraft)


class SetCashTarget(NamedTuple):
    """What `set_cash_target` leaves."""

    cash_target: int


@stage(where="alive trading")
def set_cash_target(
    wages_due: int,
    fixed_cost: int,
    normal_sales: int,
    debts: int,
    claims: int,
    receivables: int,
    thrift: float,
    backup: int,
    line_cover: float,
    liquidity_months: float,
    season_buffer_by_sector: float,
    matured_by_sector: float,
    collected_by_sector: float,
) -> SetCashTarget:
    """Cash to keep: a buffer, what the season will take, and what suppliers will get beyond what customers bring.

    Owners differ in thrift, and an open line stands in for cash (Holmstrom and Tirole, 1998; Sufi, 2009): whoever has
    one pays out what he would else hold, and works with borrowed money.
    """
    target = liquidity_months * (wages_due + fixed_cost) + season_buffer_by_sector * normal_sales
    target += max(matured_by_sector * (debts - COUNTED_ON * claims) - collected_by_sector * receivables, 0.0)
    return SetCashTarget(cash_target=int(thrift * target - line_cover * backup))


class ServeDemand(NamedTuple):
    """What `serve_demand` leaves."""

    cash: int
    receivables: int
    inventory: int
    sales: int
    demand: int
    goods_used: int
    household_sales__received: Tally
    outside_sales__received: Tally
    credit_sales: Tally
    cost_of_goods: Tally
    sold: Tally
    unsold: Tally


@stage(where="alive trading")
def serve_demand(
    wish: int,
    orders_in: int,
    cash: int,
    receivables: int,
    inventory: int,
    labour: int,
    household_share_by_sector: float,
    outside_share_by_sector: float,
    credit_sales: float,
    input_share_by_sector: float,
    wage_share_by_sector: float,
    season_by_sector: float,
    overtime: float,
) -> ServeDemand:
    """Sell what demand, staff and stocks allow.

    Persons pay at once, customers outside partly on credit, firms have ordered on trade credit already.
    """
    wanted = int(wish * (household_share_by_sector + outside_share_by_sector))
    busy = max(season_by_sector, 1.0)
    most = int(min(overtime * busy * labour / wage_share_by_sector, inventory / input_share_by_sector)) - orders_in
    served = min(wanted, max(most, 0))
    households = int(served * (household_share_by_sector / (household_share_by_sector + outside_share_by_sector)))
    on_credit = int((served - households) * credit_sales)
    sold = served + orders_in
    goods = min(int(sold * input_share_by_sector), inventory)
    return ServeDemand(
        cash=cash + served - on_credit,
        receivables=receivables + on_credit,
        inventory=inventory - goods,
        sales=sold,
        demand=wanted,
        goods_used=goods,
        household_sales__received=households,
        outside_sales__received=served - households - on_credit,
        credit_sales=on_credit,
        cost_of_goods=goods,
        sold=sold,
        unsold=wanted - served,
    )


class PayCosts(NamedTuple):
    """What `pay_costs` leaves."""

    cash: int
    profit_average: int
    wage_bill: int
    wages__paid: Tally
    fixed_cost__paid: Tally
    research__paid: Tally


@stage(where="alive trading")
def pay_costs(
    cash: int,
    sales: int,
    goods_used: int,
    wages_due: int,
    fixed_cost: int,
    profit_average: int,
    principal: int,
    rate: float,
    research: float,
    research_share_by_sector: float,
) -> PayCosts:
    """Pay wages, fixed cost and research; remember the month's profit."""
    spent = int(sales * (research * research_share_by_sector))
    profit = sales - goods_used - wages_due - fixed_cost - spent - int(principal * rate / 12.0)
    return PayCosts(
        cash=cash - wages_due - fixed_cost - spent,
        profit_average=profit_average + int(0.1 * (profit - profit_average)),
        wage_bill=wages_due,
        wages__paid=wages_due,
        fixed_cost__paid=fixed_cost,
        research__paid=spent,
    )


class ShareWithOwners(NamedTuple):
    """What `share_with_owners` leaves."""

    cash: int
    owner_share: float
    dividends__paid: Tally


@stage(where="alive trading")
def share_with_owners(
    cash: int,
    cash_target: int,
    profit_average: int,
    normal_sales: int,
    labour: int,
    staff: int,
    months_short: int,
    overdue: int,
    thrift: float,
    margin_by_sector: float,
    owner_absorbs: float,
    jobs: float,
    payout: float,
    dividend_pace: float,
) -> ShareWithOwners:
    """Set the drawings of the owner who works here; pay out profit and spare cash, unless somebody waits.

    The owner's drawings take part of a fall in profit (entrepreneurial income is the buffer of a small firm). Owners
    live on most of the profit, however well it would pay to keep it: returns to capital stay high in micro firms
    (de Mel, McKenzie and Woodruff, 2008), and money that comes in goes to the household (Fafchamps et al., 2014).
    The thriftier keep more.
    """
    share = 1.0
    if jobs > 0.0 and staff > 0:
        gap = owner_absorbs * (profit_average - margin_by_sector * normal_sales)
        share = min(max(1.0 + jobs * gap * staff / max(labour, 1), 0.3), 2.0)
    dividend = 0
    if months_short == 0 and overdue == 0:
        living = max(profit_average, 0) * exponential_function(thrift * logarithm(payout)) if payout > 0.0 else 0.0
        dividend = int(max(living, dividend_pace * (cash - cash_target)))
        dividend = min(dividend, max(cash, 0))
    return ShareWithOwners(cash=cash - dividend, owner_share=share, dividends__paid=dividend)


class ReviseExpectations(NamedTuple):
    """What `revise_expectations` leaves."""

    expected_sales: int
    normal_sales: int
    fixed_cost: int


@stage(where="alive trading")
def revise_expectations(
    demand: int,
    orders_in: int,
    expected_sales: int,
    normal_sales: int,
    fixed_cost: int,
    season_by_sector: float,
    forecast_weight: float,
    scale_adjustment: float,
    fixed_share_by_sector: float,
) -> ReviseExpectations:
    """Expect a weighted mean of past sales, season taken out; the scale of the firm follows slowly."""
    if season_by_sector > 0.2:
        seen = demand / season_by_sector + orders_in
        expected_sales += int(forecast_weight * (min(seen, 3.0 * normal_sales) - expected_sales))
    scale = scale_adjustment * (expected_sales - normal_sales)
    return ReviseExpectations(
        expected_sales=max(expected_sales, 0),
        normal_sales=max(normal_sales + int(scale), 0),
        fixed_cost=max(fixed_cost + int(fixed_share_by_sector * scale), 0),
    )


SELL_AND_PAY = (count_backup, set_cash_target, serve_demand, pay_costs, share_with_owners, revise_expectations)
"""A firm's month at the counter, in order."""


@stage(where="alive trading", both_sides=True)
def observe_firm(
    sales: int,
    observability: float,
    thin_file: int,
    inflow_fast: float,
    inflow_slow: float,
    delinquency_memory: float,
    months_past_due: int,
    months_on_book: int,
    signal_noise: float,
    thin_file_noise: float,
    luck_inflow_noise: float,
    luck_outflow_noise: float,
) -> Observe:
    """See the part of the month's turnover that goes through the platform, with noise, as for persons."""
    noise = signal_noise + thin_file * thin_file_noise
    seen = seen_flow(sales * observability, noise, luck_inflow_noise + luck_outflow_noise)
    return Observe(
        inflow_fast=inflow_fast + (seen - inflow_fast) * (1.0 / 3.0),
        inflow_slow=inflow_slow + (seen - inflow_slow) * (1.0 / 12.0),
        delinquency_memory=fading(delinquency_memory, months_past_due),
        months_on_book=min(months_on_book + 1, 120),
    )
