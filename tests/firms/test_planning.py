"""Planning of firms by hand: luck, staff, orders, accidents, projects, and what credit is asked for."""

from __future__ import annotations

import math

import pytest

from sim.engine.loops.compiled import plain
from sim.firms import planning as firm_planning
from sim.firms.planning import ask_for_credit, plan_output, pursue_project, suffer_accident
from sim.loan.states import (
    LARGEST,
    LARGEST_FIRM,
    LINE_FROZEN,
    LINE_OPEN,
    PRODUCT_FARM,
    PRODUCT_PROJECT,
    PRODUCT_WORKING_CAPITAL,
)
from tests.laws.calling import does

wages_reserved = plain(firm_planning.wages_reserved)

LN2 = math.log(2.0)


def test_wages_that_takings_will_not_bring_are_put_aside():
    assert wages_reserved(20_000, 10_000, 30_000.0, 0.5) == 18_000
    assert wages_reserved(20_000, 10_000, 30_000.0, 0.0) == 30_000
    assert wages_reserved(20_000, 10_000, 99_000.0, 0.5) == 0


# Needs 2 000 000 of labour, has 1 800 000 at 600 000 a head; wants 12 000 000 and half of 4 000 000 for stocks.
PLANS = {"productivity": 0.5, "expected_sales": 10_000_000, "labour": 1_800_000, "staff": 3,
         "inventory": 2_000_000, "productivity_persistence": 0.9, "productivity_volatility": 0.1,
         "productivity_drift": -0.01, "wage_share_by_sector": 0.2, "input_share_by_sector": 0.5,
         "research_share_by_sector": 0.04, "season_by_sector": 1.2, "next_season_by_sector": 0.8,
         "inventory_months_by_sector": 1.0, "research": 1.5, "research_gain": 0.2, "research_months": 10,
         "slack": 0.05, "layoff_band": 0.1, "layoff_speed": 0.5, "stock_adjustment": 0.5, "layoff_strength": 1.0,
         "typical_pay": 500_000.0, "normal_firm_productivity": 1.0, "luck_firm_layoff": 0.3, "luck_firm_hire": 0.4,
         "luck_firm_research": 0.11, "luck_firm_research_size": 0.5}  # fmt: skip
PLANNED = {"productivity": 0.54, "orders": 7_000_000}
PLENTY = {**PLANS, "labour": 4_200_000, "staff": 7}  # 2 000 000 beyond the band


def test_own_luck_fades_and_research_pays_off():
    does(plan_output, PLANS, PLANNED)
    does(plan_output, {**PLANS, "normal_firm_productivity": -1.0}, {**PLANNED, "productivity": 0.34})
    does(plan_output, {**PLANS, "normal_firm_productivity": 2.0}, {**PLANNED, "productivity": 0.64})
    gain = 0.2 * 1.5 * 0.04 * 12.5 * LN2
    does(plan_output, {**PLANS, "luck_firm_research": 0.09}, {**PLANNED, "productivity": 0.54 + gain})
    does(plan_output, {**PLANS, "luck_firm_research": 0.09, "research_share_by_sector": 0.0}, PLANNED)
    does(plan_output, {**PLANS, "productivity": 9.0}, {**PLANNED, "productivity": 3.0})


def test_a_gap_of_staff_is_a_vacancy():
    """2 100 000 with slack less 1 800 000 is half a head."""
    does(plan_output, {**PLANS, "luck_firm_hire": 0.51}, {**PLANNED, "vacancies": 1})
    does(plan_output, {**PLANS, "luck_firm_hire": 0.49}, PLANNED)
    does(plan_output, {**PLANS, "slack": 0.4}, {**PLANNED, "vacancies": 2})  # 1.67 and .4
    does(plan_output, {**PLANS, "labour": 0, "staff": 0}, {**PLANNED, "vacancies": 4})  # 4.2 typical heads and .4
    does(plan_output, {**PLANS, "labour": 600_000}, {**PLANNED, "vacancies": 7})  # 1 500 000 at 200 000, and .4
    does(plan_output, {**PLANS, "labour": 300_000, "staff": 1}, {**PLANNED, "vacancies": 6})
    does(plan_output, {**PLANS, "labour": 2_100_000, "luck_firm_hire": 0.99}, PLANNED)


def test_a_surplus_beyond_the_band_is_laid_off_slowly():
    laid_off = {**PLANNED, "layoffs": 1, "layoffs_planned": 1}
    does(plan_output, PLENTY, laid_off)  # 1.67 and .3
    does(plan_output, {**PLENTY, "luck_firm_layoff": 0.34}, {**PLANNED, "layoffs": 2, "layoffs_planned": 2})
    does(plan_output, {**PLENTY, "layoff_strength": 0.4}, PLANNED)  # .67 and .3
    does(plan_output, {**PLENTY, "layoff_speed": 0.2}, PLANNED)
    does(plan_output, {**PLENTY, "layoff_band": 1.1}, PLANNED)
    does(plan_output, {**PLENTY, "expected_sales": 0}, {**PLANNED, "layoffs": 3, "layoffs_planned": 3, "orders": 0})
    does(plan_output, {**PLENTY, "staff": 2, "layoff_speed": 9.0}, laid_off)
    does(plan_output, {**PLENTY, "staff": 1, "layoff_speed": 9.0}, PLANNED)


@pytest.mark.parametrize(
    ("change", "orders"),
    [({"inventory": 4_000_000}, 6_000_000), ({"inventory": 90_000_000}, 0), ({"season_by_sector": 1.0}, 6_000_000),
     ({"next_season_by_sector": 1.0}, 7_500_000), ({"inventory_months_by_sector": 2.0}, 9_000_000),
     ({"stock_adjustment": 0.0}, 6_000_000), ({"input_share_by_sector": 0.25}, 3_000_000)],
)  # fmt: skip
def test_orders_replace_sales_and_bring_stocks_part_of_the_way(change, orders):
    does(plan_output, {**PLANS, **change}, {**PLANNED, "orders": orders})


def test_an_accident():
    struck = {"cash": 100, "normal_sales": 1_000, "accident_hazard": 0.02, "accident_size": 2.0,
              "luck_firm_accident": 0.01}  # fmt: skip
    does(suffer_accident, struck, {"cash": 100 - 1_386, "accidents.paid": 1_386})  # 2 000 ln 2
    does(suffer_accident, {**struck, "luck_firm_accident": 0.02})
    does(suffer_accident, {**struck, "normal_sales": 10 * LARGEST_FIRM},
         {"cash": 100 - LARGEST_FIRM, "accidents.paid": LARGEST_FIRM})  # fmt: skip


FREE = {"project_stage": 0, "project_months": 3, "project_cost": 9, "diverted": 0, "product": PRODUCT_WORKING_CAPITAL,
        "grace": 0, "line": LINE_OPEN, "normal_sales": 10_000_000, "honesty": 0.6, "productivity": 0.5,
        "project_hazard": 0.02, "project_size": 1.0, "project_cap": 6_931_471, "project_gain": 0.1,
        "milestone_months": 4, "diversion": 0.5, "detection": 0.3, "luck_firm_project": 0.019,
        "luck_firm_project_size": 0.5, "luck_firm_divert": 0.2}  # fmt: skip
NONE = {"project_months": 0, "project_cost": 0}
BEGUN = {"project_stage": 1, "project_months": 0, "project_cost": 6_931_471, "tranche": 2_310_490,
         "product": PRODUCT_PROJECT, "grace": 13, "projects_begun": 1}  # fmt: skip


def test_a_project_is_met_begun_diverted_or_turned_away():
    does(pursue_project, FREE, BEGUN)
    does(pursue_project, {**FREE, "luck_firm_divert": 0.199}, {**BEGUN, "diverted": 1})
    away = {**NONE, "projects_turned_away": 1, "projects_turned_away_fen": 6_931_471}
    does(pursue_project, {**FREE, "project_cap": 6_931_470}, away)
    for other in ({"luck_firm_project": 0.02}, {"line": LINE_FROZEN}, {"product": PRODUCT_FARM}):
        does(pursue_project, {**FREE, **other}, NONE)


RUNS = {**FREE, "project_stage": 1, "project_cost": 9_000, "product": PRODUCT_PROJECT, "grace": 9}


def test_milestones_bring_tranches_and_the_last_the_gain():
    for diverted in (0, 1):
        does(pursue_project, {**RUNS, "project_months": 2, "diverted": diverted}, {"project_months": 3})
    for stage in (1, 2):
        does(pursue_project, {**RUNS, "project_stage": stage},
             {"project_stage": stage + 1, "project_months": 0, "tranche": 3_000})  # fmt: skip
    done = {**NONE, "project_stage": 0, "product": PRODUCT_WORKING_CAPITAL, "grace": 0}
    does(pursue_project, {**RUNS, "project_stage": 3}, {**done, "productivity": 0.6, "projects_finished": 1})
    wasted = {**RUNS, "diverted": 1, "luck_firm_divert": 0.3}
    does(pursue_project, {**wasted, "project_stage": 3}, {**done, "diverted": 0})
    does(pursue_project, wasted, {"project_stage": 2, "project_months": 0, "tranche": 3_000})
    found = {**NONE, "project_stage": 0, "diverted": 0, "misuse": 1, "projects_misused": 1}
    for stage in (1, 2, 3):
        does(pursue_project, {**wasted, "project_stage": stage, "luck_firm_divert": 0.299}, found)
    does(pursue_project, {**RUNS, "luck_firm_divert": 0.0}, {"project_stage": 2, "project_months": 0, "tranche": 3_000})


# Suppliers 30 000, the lender 3 000, wages 18 000, a buffer of 15 000; 9 000 are there or come.
ASKS = {"line": LINE_OPEN, "limit": 100_000, "principal": 20_000, "months_past_due": 0,
        "product": PRODUCT_WORKING_CAPITAL, "due": 3_000, "cash": 5_000, "receivables": 4_000, "debts_due": 30_000,
        "claims_due": 2_000, "wage_bill": 20_000, "fixed_cost": 10_000, "expected_sales": 25_000,
        "normal_sales": 30_000, "tranche": 0, "calendar_month": 3, "planting_month": 3, "planting_share": 2.0,
        "season_by_sector": 1.2, "cash_part": 0.5, "collected_by_sector": 0.5, "working_capital_months": 0.5,
        "smallest_draw": 1_000}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "request_"),
    [({}, 57_000), ({"debts_due": 40_000}, 67_000), ({"due": 0}, 54_000), ({"cash": 15_000}, 47_000),
     ({"receivables": 8_000}, 55_000), ({"claims_due": 0}, 59_000), ({"working_capital_months": 0.0}, 42_000),
     ({"limit": 50_000}, 30_000), ({"limit": 10_000}, 0), ({"tranche": 7_000}, 64_000),
     ({"limit": 50_000, "tranche": 7_000}, 37_000), ({"limit": 10_000, "tranche": 7_000}, 7_000),
     ({"product": PRODUCT_FARM}, 60_000), ({"product": PRODUCT_FARM, "calendar_month": 2}, 57_000),
     ({"product": PRODUCT_FARM, "planting_share": 1.5}, 57_000), ({"cash": 61_000}, 1_000), ({"cash": 61_001}, 0),
     ({"cash": 99_000}, 0), ({"cash": 99_000, "tranche": 7_000}, 7_000), ({"line": LINE_FROZEN}, 0),
     ({"months_past_due": 1}, 0),
     ({"principal": LARGEST - 2_000, "limit": LARGEST, "tranche": 9_000}, 2_000)],
)  # fmt: skip
def test_what_is_asked_for(change, request_):
    does(ask_for_credit, {**ASKS, **change}, {"request": request_, "reserve": 18_000, "requested": request_})


def test_takings_of_the_season_spare_the_reserve():
    does(ask_for_credit, {**ASKS, "season_by_sector": 0.0}, {"request": 69_000, "reserve": 30_000, "requested": 69_000})
    does(ask_for_credit, {**ASKS, "cash_part": 1.0}, {"request": 45_000, "reserve": 6_000, "requested": 45_000})
