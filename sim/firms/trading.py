"""A firm's month at the counter: selling, paying wages, failing or going on."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.loops.stage import Places, Tally, stage
from sim.engine.loops.transforms import exponential_function
from sim.loan.states import FAILURE_CUSTOMERS, FAILURE_ILLIQUID, FAILURE_INSOLVENT


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


class SellAndPay(NamedTuple):
    """What `sell_and_pay` leaves."""

    cash: int
    receivables: int
    inventory: int
    expected_sales: int
    normal_sales: int
    fixed_cost: int
    profit_average: int
    owner_share: float
    sales: int
    wage_bill: int
    household_sales__received: Tally
    outside_sales__received: Tally
    wages__paid: Tally
    fixed_cost__paid: Tally
    research__paid: Tally
    dividends__paid: Tally
    credit_sales: Tally
    cost_of_goods: Tally
    sold: Tally
    unsold: Tally


@stage(where="alive trading")
def sell_and_pay(
    wish: int,
    orders_in: int,
    cash: int,
    receivables: int,
    inventory: int,
    expected_sales: int,
    normal_sales: int,
    profit_average: int,
    labour: int,
    staff: int,
    wages_due: int,
    debts: int,
    claims: int,
    fixed_cost: int,
    months_short: int,
    overdue: int,
    principal: int,
    rate: float,
    research: float,
    household_share_by_sector: float,
    outside_share_by_sector: float,
    credit_sales: float,
    input_share_by_sector: float,
    wage_share_by_sector: float,
    margin_by_sector: float,
    research_share_by_sector: float,
    season_by_sector: float,
    season_buffer_by_sector: float,
    matured_by_sector: float,
    collected_by_sector: float,
    overtime: float,
    forecast_weight: float,
    scale_adjustment: float,
    fixed_share_by_sector: float,
    liquidity_months: float,
    dividend_pace: float,
    owner_absorbs: float,
    jobs: float,
) -> SellAndPay:
    """Sell what demand, staff and stocks allow; pay wages and fixed cost; set the owner's share.

    Persons pay at once, customers outside partly on credit, firms have ordered on trade credit already. The
    owner's drawings take part of a fall in profit (entrepreneurial income is the buffer of a small firm).
    Expected sales are a weighted mean of past sales, season taken out. Cash beyond the target (a
    buffer, what the season will take, and what suppliers will get) goes to owners outside, unless somebody waits.
    """
    wanted = int(wish * (household_share_by_sector + outside_share_by_sector))
    busy = max(season_by_sector, 1.0)
    most = int(min(overtime * busy * labour / wage_share_by_sector, inventory / input_share_by_sector)) - orders_in
    served = min(wanted, max(most, 0))
    households = int(served * (household_share_by_sector / (household_share_by_sector + outside_share_by_sector)))
    on_credit = int((served - households) * credit_sales)
    sold = served + orders_in
    goods = min(int(sold * input_share_by_sector), inventory)
    spent = int(sold * (research * research_share_by_sector))
    cash += served - on_credit - wages_due - fixed_cost - spent
    profit = sold - goods - wages_due - fixed_cost - spent - int(principal * rate / 12.0)
    profit_average += int(0.1 * (profit - profit_average))
    share = 1.0
    if jobs > 0.0 and staff > 0:
        gap = owner_absorbs * (profit_average - margin_by_sector * normal_sales)
        share = min(max(1.0 + jobs * gap * staff / max(labour, 1), 0.3), 2.0)
    if season_by_sector > 0.2:
        seen = wanted / season_by_sector + orders_in
        expected_sales += int(forecast_weight * (min(seen, 3.0 * normal_sales) - expected_sales))
    scale = scale_adjustment * (expected_sales - normal_sales)
    target = int(liquidity_months * (wages_due + fixed_cost) + season_buffer_by_sector * normal_sales)
    target += max(int(matured_by_sector * (debts - 0.8 * claims) - collected_by_sector * receivables), 0)
    dividend = 0
    if cash > target and months_short == 0 and overdue == 0:
        dividend = int(dividend_pace * (cash - target))
    return SellAndPay(
        cash=cash - dividend,
        receivables=receivables + on_credit,
        inventory=inventory - goods,
        expected_sales=max(expected_sales, 0),
        normal_sales=max(normal_sales + int(scale), 0),
        fixed_cost=max(fixed_cost + int(fixed_share_by_sector * scale), 0),
        profit_average=profit_average,
        owner_share=share,
        sales=sold,
        wage_bill=wages_due,
        household_sales__received=households,
        outside_sales__received=served - households - on_credit,
        wages__paid=wages_due,
        fixed_cost__paid=fixed_cost,
        research__paid=spent,
        dividends__paid=dividend,
        credit_sales=on_credit,
        cost_of_goods=goods,
        sold=sold,
        unsold=wanted - served,
    )


class FailOrGoOn(NamedTuple):
    """What `fail_or_go_on` leaves."""

    trading: int
    months_short: int
    failure: int
    failed_month: int
    vacancies: int
    layoffs: int
    niche: int
    hit: int
    failures: Tally
    failures_illiquid: Tally
    failures_insolvent: Tally
    failures_by_customers: Tally


@stage(where="alive trading")
def fail_or_go_on(
    cash: int,
    overdraft: int,
    receivables: int,
    inventory: int,
    pledge: int,
    claims: int,
    debts: int,
    debts_due: int,
    principal: int,
    interest: int,
    months_short: int,
    months_past_due: int,
    hit: int,
    vacancies: int,
    layoffs: int,
    staff: int,
    failed_month: int,
    normal_sales: int,
    month: int,
    unpaid_months: int,
    petition_months: int,
    insolvency_months: float,
) -> FailOrGoOn:
    """Fail when suppliers, wages or the lender wait too long (illiquid), or debts far exceed assets (insolvent).

    Black and Cox (1976) first passage, with liquidity beside it: most small firms die of lack of cash.
    """
    months = min(months_short + 1, 120) if debts_due > 0 or cash < -overdraft else 0
    worth = cash + receivables + inventory + pledge + claims - debts - principal - interest
    illiquid = months >= unpaid_months or months_past_due >= petition_months
    insolvent = worth < -insolvency_months * normal_sales
    if not illiquid and not insolvent:
        return FailOrGoOn(
            trading=1,
            months_short=months,
            failure=0,
            failed_month=failed_month,
            vacancies=vacancies,
            layoffs=layoffs,
            niche=0,
            hit=int(hit * 0.8),
            failures=0,
            failures_illiquid=0,
            failures_insolvent=0,
            failures_by_customers=0,
        )
    customers = illiquid and hit * 20 > normal_sales
    failure = FAILURE_CUSTOMERS if customers else FAILURE_ILLIQUID if illiquid else FAILURE_INSOLVENT
    return FailOrGoOn(
        trading=0,
        months_short=months,
        failure=failure,
        failed_month=month,
        vacancies=0,
        layoffs=staff,
        niche=1,
        hit=hit,
        failures=1,
        failures_illiquid=1 if failure == FAILURE_ILLIQUID else 0,
        failures_insolvent=1 if failure == FAILURE_INSOLVENT else 0,
        failures_by_customers=1 if failure == FAILURE_CUSTOMERS else 0,
    )


class ObserveFirm(NamedTuple):
    """What `observe_firm` leaves."""

    inflow_fast: float
    inflow_slow: float
    delinquency_memory: float
    months_on_book: int


@stage(where="alive trading")
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
) -> ObserveFirm:
    """See the part of the month's turnover that goes through the platform, with noise, as for persons."""
    spread = (signal_noise + thin_file * thin_file_noise) * 2.449489742783178
    seen = sales * observability * max(1.0 + spread * (luck_inflow_noise + luck_outflow_noise - 1.0), 0.0)
    memory = max(float(months_past_due), 0.93 * delinquency_memory)
    return ObserveFirm(
        inflow_fast=inflow_fast + (seen - inflow_fast) * (1.0 / 3.0),
        inflow_slow=inflow_slow + (seen - inflow_slow) * (1.0 / 12.0),
        delinquency_memory=memory,
        months_on_book=min(months_on_book + 1, 120),
    )
