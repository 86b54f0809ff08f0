"""A firm's month before it sells: luck, staff, orders, research, projects and the credit that this takes."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Tally, stage
from sim.engine.loops.transforms import exponential_draw
from sim.loan.states import (
    LARGEST,
    LARGEST_FIRM,
    LINE_OPEN,
    PRODUCT_FARM,
    PRODUCT_PROJECT,
    PRODUCT_WORKING_CAPITAL,
)


@scalar
def wages_reserved(wage_bill: int, fixed_cost: int, sales_expected: float, cash_part: float) -> int:
    """Cash put aside for wages and fixed cost that the month's own takings will not bring."""
    return max(int(wage_bill + fixed_cost - 0.8 * cash_part * sales_expected), 0)


class PlanOutput(NamedTuple):
    """What `plan_output` leaves."""

    productivity: float
    layoffs: int
    vacancies: int
    orders: int
    layoffs_planned: Tally


@stage(where="alive trading")
def plan_output(
    productivity: float,
    expected_sales: int,
    labour: int,
    staff: int,
    inventory: int,
    productivity_persistence: float,
    productivity_volatility: float,
    productivity_drift: float,
    wage_share_by_sector: float,
    input_share_by_sector: float,
    research_share_by_sector: float,
    season_by_sector: float,
    next_season_by_sector: float,
    inventory_months_by_sector: float,
    research: float,
    research_gain: float,
    research_months: int,
    slack: float,
    layoff_band: float,
    layoff_speed: float,
    stock_adjustment: float,
    layoff_strength: float,
    typical_pay: float,
    normal_firm_productivity: float,
    luck_firm_layoff: float,
    luck_firm_hire: float,
    luck_firm_research: float,
    luck_firm_research_size: float,
) -> PlanOutput:
    """Move own luck, decide on staff and order inputs.

    x' = rho x + sigma e + drift, plus what research gives once it pays off. Staff follows expected sales:
    a surplus beyond a band is laid off slowly (hiring and firing cost: Oi, 1962), a gap is a vacancy.
    Orders replace what is expected to be sold and bring stocks part of the way to their target (Metzler, 1941).
    """
    luck = productivity_persistence * productivity + productivity_volatility * normal_firm_productivity
    luck += productivity_drift
    if research_share_by_sector > 0.0 and luck_firm_research * research_months < 1.0:
        luck += research_gain * (research * research_share_by_sector) * 12.5 * exponential_draw(luck_firm_research_size)
    needed = wage_share_by_sector * expected_sales
    pay = labour / staff if staff > 0 else typical_pay
    surplus = labour - needed * (1.0 + layoff_band)
    layoffs = 0
    if surplus > 0.0 and staff > 1:
        layoffs = min(int(layoff_strength * layoff_speed * surplus / pay + luck_firm_layoff), staff - 1)
    missing = needed * (1.0 + slack) - labour
    vacancies = int(min(missing / pay + luck_firm_hire, 1e6)) if missing > 0.0 and layoffs == 0 else 0
    target = inventory_months_by_sector * expected_sales * next_season_by_sector
    wanted = expected_sales * season_by_sector + stock_adjustment * (target - inventory / input_share_by_sector)
    orders = int(max(wanted, 0.0) * input_share_by_sector)
    return PlanOutput(
        productivity=min(luck, 3.0), layoffs=layoffs, vacancies=vacancies, orders=orders, layoffs_planned=layoffs
    )


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


class PursueProject(NamedTuple):
    """What `pursue_project` leaves."""

    project_stage: int
    project_months: int
    project_cost: int
    diverted: int
    tranche: int
    product: int
    grace: int
    productivity: float
    misuse: int
    projects_begun: Tally
    projects_turned_away: Tally
    projects_turned_away_fen: Tally
    projects_misused: Tally
    projects_finished: Tally


@stage(where="alive trading size_class", rare=True)
def pursue_project(
    project_stage: int,
    project_months: int,
    project_cost: int,
    diverted: int,
    product: int,
    grace: int,
    line: int,
    normal_sales: int,
    honesty: float,
    productivity: float,
    project_hazard: float,
    project_size: float,
    project_cap: int,
    project_gain: float,
    milestone_months: int,
    diversion: float,
    detection: float,
    luck_firm_project: float,
    luck_firm_project_size: float,
    luck_firm_divert: float,
) -> PursueProject:
    """Meet a project, draw it in three tranches at milestones, finish it, or be found out.

    Projects beyond ``project_cap`` are turned away: the platform does not do large projects. A diverted tranche
    is found out at the next milestone with probability ``detection``; then no further tranche is paid.
    """
    if project_stage == 0:
        # A project takes a line for working capital; farms and laboratories have loans of their own kind.
        if line != LINE_OPEN or product != PRODUCT_WORKING_CAPITAL or luck_firm_project >= project_hazard:
            return PursueProject(
                project_stage=0,
                project_months=0,
                project_cost=0,
                diverted=0,
                tranche=0,
                product=product,
                grace=grace,
                productivity=productivity,
                misuse=0,
                projects_begun=0,
                projects_turned_away=0,
                projects_turned_away_fen=0,
                projects_misused=0,
                projects_finished=0,
            )
        cost = int(min(project_size * normal_sales * exponential_draw(luck_firm_project_size), 1e13))
        if cost > project_cap:
            return PursueProject(
                project_stage=0,
                project_months=0,
                project_cost=0,
                diverted=0,
                tranche=0,
                product=product,
                grace=grace,
                productivity=productivity,
                misuse=0,
                projects_begun=0,
                projects_turned_away=1,
                projects_turned_away_fen=cost,
                projects_misused=0,
                projects_finished=0,
            )
        away = 1 if luck_firm_divert < diversion * (1.0 - honesty) else 0
        return PursueProject(
            project_stage=1,
            project_months=0,
            project_cost=cost,
            diverted=away,
            tranche=cost // 3,
            product=PRODUCT_PROJECT,
            grace=3 * milestone_months + 1,
            productivity=productivity,
            misuse=0,
            projects_begun=1,
            projects_turned_away=0,
            projects_turned_away_fen=0,
            projects_misused=0,
            projects_finished=0,
        )
    if project_months + 1 < milestone_months:
        return PursueProject(
            project_stage=project_stage,
            project_months=project_months + 1,
            project_cost=project_cost,
            diverted=diverted,
            tranche=0,
            product=product,
            grace=grace,
            productivity=productivity,
            misuse=0,
            projects_begun=0,
            projects_turned_away=0,
            projects_turned_away_fen=0,
            projects_misused=0,
            projects_finished=0,
        )
    if diverted and luck_firm_divert < detection:
        return PursueProject(
            project_stage=0,
            project_months=0,
            project_cost=0,
            diverted=0,
            tranche=0,
            product=product,
            grace=grace,
            productivity=productivity,
            misuse=1,
            projects_begun=0,
            projects_turned_away=0,
            projects_turned_away_fen=0,
            projects_misused=1,
            projects_finished=0,
        )
    if project_stage < 3:
        return PursueProject(
            project_stage=project_stage + 1,
            project_months=0,
            project_cost=project_cost,
            diverted=diverted,
            tranche=project_cost // 3,
            product=product,
            grace=grace,
            productivity=productivity,
            misuse=0,
            projects_begun=0,
            projects_turned_away=0,
            projects_turned_away_fen=0,
            projects_misused=0,
            projects_finished=0,
        )
    gain = 0.0 if diverted else project_gain
    return PursueProject(
        project_stage=0,
        project_months=0,
        project_cost=0,
        diverted=0,
        tranche=0,
        product=PRODUCT_WORKING_CAPITAL,
        grace=0,
        productivity=productivity + gain,
        misuse=0,
        projects_begun=0,
        projects_turned_away=0,
        projects_turned_away_fen=0,
        projects_misused=0,
        projects_finished=1 - diverted,
    )


class AskForCredit(NamedTuple):
    """What `ask_for_credit` leaves."""

    request: int
    reserve: int
    requested: Tally


@stage(where="alive trading")
def ask_for_credit(
    line: int,
    limit: int,
    principal: int,
    months_past_due: int,
    product: int,
    due: int,
    cash: int,
    receivables: int,
    debts_due: int,
    claims_due: int,
    wage_bill: int,
    fixed_cost: int,
    expected_sales: int,
    normal_sales: int,
    tranche: int,
    calendar_month: int,
    planting_month: int,
    planting_share: float,
    season_by_sector: float,
    cash_part: float,
    collected_by_sector: float,
    working_capital_months: float,
    smallest_draw: int,
) -> AskForCredit:
    """Put wages aside and ask for what suppliers, the lender and working capital take beyond what comes in.

    Farms draw at planting and repay at harvest; a project's tranche comes on top of the line.
    """
    reserve = wages_reserved(wage_bill, fixed_cost, expected_sales * season_by_sector, cash_part)
    buffer = int(working_capital_months * (wage_bill + fixed_cost))
    coming = cash + int(collected_by_sector * receivables) + claims_due
    request = max(debts_due + due + reserve + buffer - coming, 0)
    if product == PRODUCT_FARM and calendar_month == planting_month:
        request = max(request, int(planting_share * normal_sales))
    request = min(min(request, max(limit - principal, 0)) + tranche, LARGEST - principal)
    if line != LINE_OPEN or months_past_due > 0 or request < smallest_draw:
        request = 0
    return AskForCredit(request=request, reserve=reserve, requested=request)
