"""Planning of firms by hand: luck, staff, orders, accidents, what is given up, and what credit is asked for."""

from __future__ import annotations

import math

import pytest

from sim.firms.planning import (
    ASK_FOR_CREDIT,
    PLAN_OUTPUT,
    PLAN_WITHIN_MEANS,
    ask_for_credit,
    count_means,
    count_need,
    foresee_takings,
    limit_orders,
    move_productivity,
    plan_orders,
    plan_staff,
    reserve_wages,
    suffer_accident,
)
from sim.loan.states import LARGEST, LARGEST_FIRM, LINE_FROZEN, LINE_OPEN, PRODUCT_FARM, PRODUCT_WORKING_CAPITAL
from tests.laws.calling import call, does

LN2 = math.log(2.0)


def test_wages_that_takings_will_not_bring_are_put_aside():
    wages = {"wage_bill": 20_000, "fixed_cost": 10_000, "expected_sales": 25_000, "season_by_sector": 1.2,
             "cash_part": 0.5}  # fmt: skip
    does(reserve_wages, wages, {"reserve": 18_000})
    does(reserve_wages, {**wages, "cash_part": 0.0}, {"reserve": 30_000})
    does(reserve_wages, {**wages, "expected_sales": 99_000}, {"reserve": 0})


# Needs 2 000 000 of labour, has 1 800 000 at 600 000 a head; wants 12 000 000 and half of 4 000 000 for stocks.
PLANS = {"trading": 1, "productivity": 0.5, "expected_sales": 10_000_000, "labour": 1_800_000, "staff": 3,
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
    does(PLAN_OUTPUT, PLANS, PLANNED)
    does(PLAN_OUTPUT, {**PLANS, "normal_firm_productivity": -1.0}, {**PLANNED, "productivity": 0.34})
    does(PLAN_OUTPUT, {**PLANS, "normal_firm_productivity": 2.0}, {**PLANNED, "productivity": 0.64})
    gain = 0.2 * 1.5 * 0.04 * 12.5 * LN2
    does(PLAN_OUTPUT, {**PLANS, "luck_firm_research": 0.09}, {**PLANNED, "productivity": 0.54 + gain})
    does(PLAN_OUTPUT, {**PLANS, "luck_firm_research": 0.09, "research_share_by_sector": 0.0}, PLANNED)
    does(PLAN_OUTPUT, {**PLANS, "productivity": 9.0}, {**PLANNED, "productivity": 3.0})


def test_a_gap_of_staff_is_a_vacancy():
    """2 100 000 with slack less 1 800 000 is half a head."""
    does(PLAN_OUTPUT, {**PLANS, "luck_firm_hire": 0.51}, {**PLANNED, "vacancies": 1})
    does(PLAN_OUTPUT, {**PLANS, "luck_firm_hire": 0.49}, PLANNED)
    does(PLAN_OUTPUT, {**PLANS, "slack": 0.4}, {**PLANNED, "vacancies": 2})  # 1.67 and .4
    does(PLAN_OUTPUT, {**PLANS, "labour": 0, "staff": 0}, {**PLANNED, "vacancies": 4})  # 4.2 typical heads and .4
    does(PLAN_OUTPUT, {**PLANS, "labour": 600_000}, {**PLANNED, "vacancies": 7})  # 1 500 000 at 200 000, and .4
    does(PLAN_OUTPUT, {**PLANS, "labour": 300_000, "staff": 1}, {**PLANNED, "vacancies": 6})
    does(PLAN_OUTPUT, {**PLANS, "labour": 2_100_000, "luck_firm_hire": 0.99}, PLANNED)


def test_a_surplus_beyond_the_band_is_laid_off_slowly():
    laid_off = {**PLANNED, "layoffs": 1, "layoffs_planned": 1}
    does(PLAN_OUTPUT, PLENTY, laid_off)  # 1.67 and .3
    does(PLAN_OUTPUT, {**PLENTY, "luck_firm_layoff": 0.34}, {**PLANNED, "layoffs": 2, "layoffs_planned": 2})
    does(PLAN_OUTPUT, {**PLENTY, "layoff_strength": 0.4}, PLANNED)  # .67 and .3
    does(PLAN_OUTPUT, {**PLENTY, "layoff_speed": 0.2}, PLANNED)
    does(PLAN_OUTPUT, {**PLENTY, "layoff_band": 1.1}, PLANNED)
    does(PLAN_OUTPUT, {**PLENTY, "expected_sales": 0}, {**PLANNED, "layoffs": 3, "layoffs_planned": 3, "orders": 0})
    does(PLAN_OUTPUT, {**PLENTY, "staff": 2, "layoff_speed": 9.0}, laid_off)
    does(PLAN_OUTPUT, {**PLENTY, "staff": 1, "layoff_speed": 9.0}, PLANNED)


@pytest.mark.parametrize(
    ("change", "orders"),
    [({"inventory": 4_000_000}, 6_000_000), ({"inventory": 90_000_000}, 0), ({"season_by_sector": 1.0}, 6_000_000),
     ({"next_season_by_sector": 1.0}, 7_500_000), ({"inventory_months_by_sector": 2.0}, 9_000_000),
     ({"stock_adjustment": 0.0}, 6_000_000), ({"input_share_by_sector": 0.25}, 3_000_000)],
)  # fmt: skip
def test_orders_replace_sales_and_bring_stocks_part_of_the_way(change, orders):
    does(PLAN_OUTPUT, {**PLANS, **change}, {**PLANNED, "orders": orders})


def test_an_accident():
    struck = {"cash": 100, "normal_sales": 1_000, "accident_hazard": 0.02, "accident_size": 2.0,
              "luck_firm_accident": 0.01}  # fmt: skip
    does(suffer_accident, struck, {"cash": 100 - 1_386, "accidents.paid": 1_386})  # 2 000 ln 2
    does(suffer_accident, {**struck, "luck_firm_accident": 0.02})
    does(suffer_accident, {**struck, "normal_sales": 10 * LARGEST_FIRM},
         {"cash": 100 - LARGEST_FIRM, "accidents.paid": LARGEST_FIRM})  # fmt: skip


# Suppliers 30 000, the lender 3 000, wages 18 000, a buffer of 15 000; 9 000 are there or come.
ASKS = {"trading": 1, "line": LINE_OPEN, "limit": 100_000, "principal": 20_000, "months_past_due": 0,
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
    does(ASK_FOR_CREDIT, {**ASKS, **change}, {"request": request_, "reserve": 18_000, "requested": request_})


def test_takings_of_the_season_spare_the_reserve():
    does(ASK_FOR_CREDIT, {**ASKS, "season_by_sector": 0.0}, {"request": 69_000, "reserve": 30_000, "requested": 69_000})
    does(ASK_FOR_CREDIT, {**ASKS, "cash_part": 1.0}, {"request": 45_000, "reserve": 6_000, "requested": 45_000})


# 33 500 of own means, 15 000 on the line, 2 560 from other firms. Of 8 000 sold to others 4 000 come at once, and half
# of what is owed then, 10 000: at 80 % due, 75 075 less 3 000.
ORDERS = {"trading": 1, "orders": 100_000, "cash": 50_000, "overdraft": 1_000, "line": LINE_OPEN, "limit": 20_000,
          "principal": 5_000, "payment": 2_000, "overdue": 500, "months_past_due": 0, "debts": 3_000, "claims": 4_000,
          "receivables": 6_000, "wage_bill": 10_000, "fixed_cost": 5_000, "expected_sales": 8_000, "orders_in": 2_000,
          "season_by_sector": 1.25, "cash_part": 0.5, "collected_by_sector": 0.5, "matured_by_sector": 0.8,
          "credit": 0.5}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "means"),
    [({}, 60_060), ({"line": LINE_FROZEN}, 45_060), ({"months_past_due": 1}, 45_060), ({"principal": 30_000}, 45_060),
     ({"cash": 60_000}, 70_060), ({"overdraft": 2_000}, 61_060), ({"payment": 3_000}, 59_060),
     ({"overdue": 1_500}, 59_060), ({"wage_bill": 9_000}, 61_060), ({"fixed_cost": 6_000}, 59_060),
     ({"claims": 0}, 57_500), ({"receivables": 8_000}, 61_060), ({"expected_sales": 16_000}, 67_560),
     ({"season_by_sector": 1.0}, 58_560), ({"cash_part": 1.0}, 62_060), ({"orders_in": 4_000}, 58_560),
     ({"orders_in": 99_000}, 54_060), ({"collected_by_sector": 1.0}, 65_060), ({"cash": -900_000}, 0)],
)  # fmt: skip
def test_orders_stay_within_means_when_they_fall_due(change, means):
    excess = 100_000 - max(int(means / 0.8) - (3_000 if means else 0), 0)
    does(PLAN_WITHIN_MEANS, {**ORDERS, **change}, {"orders": 100_000 - excess // 2, "orders_forgone": excess // 2})


def test_how_much_is_given_up():
    does(PLAN_WITHIN_MEANS, {**ORDERS, "credit": 0.0})
    does(PLAN_WITHIN_MEANS, {**ORDERS, "orders": 72_075})
    does(PLAN_WITHIN_MEANS, {**ORDERS, "orders": 72_077}, {"orders": 72_076, "orders_forgone": 1})
    does(PLAN_WITHIN_MEANS, {**ORDERS, "debts": 999_000}, {"orders": 50_000, "orders_forgone": 50_000})
    does(PLAN_WITHIN_MEANS, {**ORDERS, "debts": 13_000}, {"orders": 81_038, "orders_forgone": 18_962})
    does(PLAN_WITHIN_MEANS, {**ORDERS, "cash": -900_000, "credit": 2.0}, {"orders": 0, "orders_forgone": 100_000})


def test_the_rules_in_order():
    """The need is counted after wages are put aside; what limits orders knows the means."""
    assert (move_productivity, plan_staff, plan_orders) == PLAN_OUTPUT
    assert (reserve_wages, count_need, ask_for_credit) == ASK_FOR_CREDIT
    assert (foresee_takings, count_means, limit_orders) == PLAN_WITHIN_MEANS
    assert call(count_need, **ASKS, reserve=18_000)["funds_needed"] == 57_000
    assert call(foresee_takings, **ORDERS)["takings"] == 9_000
    assert call(count_means, **ORDERS, takings=9_000)["means"] == 57_500
