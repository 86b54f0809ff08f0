"""A firm's month before it sells: luck, staff, orders, research, and the credit that this takes."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.engine.loops.transforms import exponential_draw
from sim.firms.firm import COUNTED_ON
from sim.loan.states import LARGEST, LARGEST_FIRM, LINE_OPEN, PRODUCT_FARM


class MoveProductivity(NamedTuple):
    """What `move_productivity` leaves."""

    productivity: float


@stage(where="alive trading")
def move_productivity(
    productivity: float,
    productivity_persistence: float,
    productivity_volatility: float,
    productivity_drift: float,
    research: float,
    research_share_by_sector: float,
    research_gain: float,
    research_months: int,
    normal_firm_productivity: float,
    luck_firm_research: float,
    luck_firm_research_size: float,
) -> MoveProductivity:
    """Move own luck: x' = rho x + sigma e + drift, plus what research gives once it pays off."""
    luck = productivity_persistence * productivity + productivity_volatility * normal_firm_productivity
    luck += productivity_drift
    if research_share_by_sector > 0.0 and luck_firm_research * research_months < 1.0:
        luck += research_gain * (research * research_share_by_sector) * 12.5 * exponential_draw(luck_firm_research_size)
    return MoveProductivity(productivity=min(luck, 3.0))


class PlanStaff(NamedTuple):
    """What `plan_staff` leaves."""

    layoffs: int
    vacancies: int
    layoffs_planned: Tally


@stage(where="alive trading")
def plan_staff(
    expected_sales: int,
    labour: int,
    staff: int,
    wage_share_by_sector: float,
    slack: float,
    layoff_band: float,
    layoff_speed: float,
    layoff_strength: float,
    typical_pay: float,
    luck_firm_layoff: float,
    luck_firm_hire: float,
) -> PlanStaff:
    """Let staff follow expected sales.

    A surplus beyond a band is laid off slowly (hiring and firing cost: Oi, 1962), a gap is a vacancy.
    """
    needed = wage_share_by_sector * expected_sales
    pay = labour / staff if staff > 0 else typical_pay
    surplus = labour - needed * (1.0 + layoff_band)
    layoffs = 0
    if surplus > 0.0 and staff > 1:
        layoffs = min(int(layoff_strength * layoff_speed * surplus / pay + luck_firm_layoff), staff - 1)
    missing = needed * (1.0 + slack) - labour
    vacancies = int(min(missing / pay + luck_firm_hire, 1e6)) if missing > 0.0 and layoffs == 0 else 0
    return PlanStaff(layoffs=layoffs, vacancies=vacancies, layoffs_planned=layoffs)


class PlanOrders(NamedTuple):
    """What `plan_orders` leaves."""

    orders: int


@stage(where="alive trading")
def plan_orders(
    expected_sales: int,
    inventory: int,
    input_share_by_sector: float,
    season_by_sector: float,
    next_season_by_sector: float,
    inventory_months_by_sector: float,
    stock_adjustment: float,
) -> PlanOrders:
    """Order what is expected to be sold, and bring stocks part of the way to their target (Metzler, 1941)."""
    target = inventory_months_by_sector * expected_sales * next_season_by_sector
    wanted = expected_sales * season_by_sector + stock_adjustment * (target - inventory / input_share_by_sector)
    return PlanOrders(orders=int(max(wanted, 0.0) * input_share_by_sector))


PLAN_OUTPUT = (move_productivity, plan_staff, plan_orders)
"""Own luck, staff and orders, in order."""


class SufferAccident(NamedTuple):
    """What `suffer_accident` leaves."""

    cash: int
    accidents__paid: Tally


@stage(where="alive trading")
def suffer_accident(
    cash: int, normal_sales: int, accident_hazard: float, accident_size: float, luck_firm_accident: float
) -> SufferAccident:
    """Lose money at a stroke: a fire, a lawsuit, a theft, a large customer outside who does not pay.

    One uniform serves for the event and, rescaled within it, for the size, which is exponential. Such firms fail
    with full order books and full debts, unlike those that waste away.
    """
    if luck_firm_accident >= accident_hazard:
        return SufferAccident(cash=cash, accidents__paid=0)
    lost = int(min(normal_sales * accident_size * exponential_draw(luck_firm_accident / accident_hazard), LARGEST_FIRM))
    return SufferAccident(cash=cash - lost, accidents__paid=lost)


class ReserveWages(NamedTuple):
    """What `reserve_wages` leaves."""

    reserve: int


@stage(where="alive trading")
def reserve_wages(
    wage_bill: int, fixed_cost: int, expected_sales: int, season_by_sector: float, cash_part: float
) -> ReserveWages:
    """Put aside cash for wages and fixed cost that the month's own takings will not bring."""
    takings = 0.8 * cash_part * (expected_sales * season_by_sector)
    return ReserveWages(reserve=max(int(wage_bill + fixed_cost - takings), 0))


class CountNeed(NamedTuple):
    """What `count_need` leaves."""

    funds_needed: int


@stage(where="alive trading")
def count_need(
    product: int,
    due: int,
    cash: int,
    receivables: int,
    debts_due: int,
    claims_due: int,
    reserve: int,
    wage_bill: int,
    fixed_cost: int,
    normal_sales: int,
    calendar_month: int,
    planting_month: int,
    planting_share: float,
    collected_by_sector: float,
    working_capital_months: float,
) -> CountNeed:
    """What suppliers, the lender, wages and working capital take beyond what comes in; farms plant."""
    buffer = int(working_capital_months * (wage_bill + fixed_cost))
    coming = cash + int(collected_by_sector * receivables) + claims_due
    need = max(debts_due + due + reserve + buffer - coming, 0)
    if product == PRODUCT_FARM and calendar_month == planting_month:
        need = max(need, int(planting_share * normal_sales))
    return CountNeed(funds_needed=need)


class AskForCredit(NamedTuple):
    """What `ask_for_credit` leaves."""

    request: int
    requested: Tally


@stage(where="alive trading")
def ask_for_credit(
    funds_needed: int,
    tranche: int,
    line: int,
    limit: int,
    principal: int,
    months_past_due: int,
    smallest_draw: int,
) -> AskForCredit:
    """Ask for the need as far as the line goes; a project's tranche comes on top of it."""
    request = min(min(funds_needed, max(limit - principal, 0)) + tranche, LARGEST - principal)
    if line != LINE_OPEN or months_past_due > 0 or request < smallest_draw:
        request = 0
    return AskForCredit(request=request, requested=request)


ASK_FOR_CREDIT = (reserve_wages, count_need, ask_for_credit)
"""From wages put aside to what is asked of the lender, in order."""


class ForeseeTakings(NamedTuple):
    """What `foresee_takings` leaves."""

    takings: int


@stage(where="alive trading")
def foresee_takings(
    expected_sales: int,
    orders_in: int,
    receivables: int,
    season_by_sector: float,
    cash_part: float,
    collected_by_sector: float,
) -> ForeseeTakings:
    """What customers but firms will have paid when suppliers are paid next: cash sales, and part of what they owe."""
    final = max(expected_sales * season_by_sector - orders_in, 0.0)
    owed = receivables + (1.0 - cash_part) * final
    return ForeseeTakings(takings=int(cash_part * final + collected_by_sector * owed))


class CountMeans(NamedTuple):
    """What `count_means` leaves."""

    means: int


@stage(where="alive trading")
def count_means(
    cash: int,
    overdraft: int,
    line: int,
    limit: int,
    principal: int,
    payment: int,
    overdue: int,
    months_past_due: int,
    takings: int,
    wage_bill: int,
    fixed_cost: int,
) -> CountMeans:
    """Means of the coming month: cash and takings beyond wages, cost and the lender, and open lines."""
    means = cash + overdraft + takings - wage_bill - fixed_cost - payment - overdue
    if line == LINE_OPEN and months_past_due == 0:
        means += max(limit - principal, 0)
    return CountMeans(means=means)


class LimitOrders(NamedTuple):
    """What `limit_orders` leaves."""

    orders: int
    orders_forgone: Tally


@stage(where="alive trading")
def limit_orders(
    orders: int, means: int, debts: int, claims: int, matured_by_sector: float, credit: float
) -> LimitOrders:
    """Order no more inputs than can be paid for when they fall due, from means and what other firms owe.

    ``credit`` is the share of the excess that is given up; output follows as stocks run down. Inventories of firms
    without access to credit fall most (Gertler and Gilchrist, 1994; Kashyap, Lamont and Stein, 1994).
    """
    means += int(COUNTED_ON * matured_by_sector * claims)
    excess = max(orders - max(int(means / matured_by_sector) - debts, 0), 0)
    forgone = min(int(credit * excess), orders)
    return LimitOrders(orders=orders - forgone, orders_forgone=forgone)


PLAN_WITHIN_MEANS = (foresee_takings, count_means, limit_orders)
"""Orders that means allow, in order."""
