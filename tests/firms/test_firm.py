"""Rules of firms: money is handed on to the fen, contracts keep their word, decisions go the right way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.firms.credit import bill_firm, pay_lender
from sim.firms.failing import FAIL_OR_GO_ON
from sim.firms.planning import ASK_FOR_CREDIT, PLAN_OUTPUT, PLAN_WITHIN_MEANS, suffer_accident
from sim.firms.projects import PURSUE_PROJECT
from sim.firms.trading import SELL_AND_PAY
from sim.loan.states import LINE_OPEN, PRODUCT_FARM, PRODUCT_PROJECT, PRODUCT_TECHNOLOGY, PRODUCT_WORKING_CAPITAL
from tests.laws.calling import call

fen = st.integers(0, 10**9)
share = st.floats(0.0, 1.0)
SELLER = {
    "trading": 1,
    "sector": 0, "staff": 4, "labour": 2_000_000, "normal_sales": 10_000_000, "expected_sales": 10_000_000,
    "profit_average": 600_000, "months_short": 0, "overdue": 0, "rate": 0.1, "debts": 0, "claims": 0,
    "fixed_share_by_sector": 0.1, "wage_share_by_sector": 0.2, "margin_by_sector": 0.06, "season_by_sector": 1.0,
    "season_buffer_by_sector": 0.0, "matured_by_sector": 0.6, "collected_by_sector": 0.5, "overtime": 1.25,
    "forecast_weight": 0.15, "scale_adjustment": 0.01, "liquidity_months": 0.7, "dividend_pace": 0.25,
    "owner_absorbs": 0.4, "jobs": 1.0, "research": 1.0, "research_share_by_sector": 0.02, "input_share_by_sector": 0.6,
    "wage_bill": 0, "thrift": 0.8, "payout": 0.9, "line_cover": 0.5, "line": LINE_OPEN, "limit": 5_000_000,
    "months_past_due": 0, "overdraft": 0,
}  # fmt: skip


@given(
    wish=fen, orders_in=fen, cash=st.integers(-(10**9), 10**9), receivables=fen, inventory=fen, wages=fen, fixed=fen,
    households=share, outside=share, credit=share, principal=fen,
)  # fmt: skip
def test_what_a_firm_sells_reaches_its_cash_or_its_customers_books(
    wish, orders_in, cash, receivables, inventory, wages, fixed, households, outside, credit, principal
):
    state = {**SELLER, "wish": wish, "orders_in": orders_in, "cash": cash, "receivables": receivables}
    state |= {"inventory": inventory, "wages_due": wages, "fixed_cost": fixed, "principal": principal}
    state |= {"household_share_by_sector": households, "outside_share_by_sector": outside + 0.01}
    after = call(SELL_AND_PAY, **state, credit_sales=credit)
    came = after["household_sales.received"] + after["outside_sales.received"]
    went = sum(after[f"{name}.paid"] for name in ("wages", "fixed_cost", "research", "dividends"))
    assert after["cash"] == cash + came - went
    assert after["receivables"] == receivables + after["credit_sales"]
    assert after["inventory"] == inventory - after["cost_of_goods"] >= 0
    assert came + after["credit_sales"] + orders_in == after["sold"]
    assert after["wages.paid"] == wages and min(came, after["dividends.paid"]) >= 0


def test_a_fall_in_profit_is_borne_by_the_owner_as_far_as_set():
    state = {**SELLER, "wish": 10_000_000, "orders_in": 0, "cash": 0, "receivables": 0, "inventory": 10**8}
    state |= {"wages_due": 2_000_000, "fixed_cost": 1_000_000, "principal": 0, "credit_sales": 0.5}
    state |= {"household_share_by_sector": 0.25, "outside_share_by_sector": 0.75}
    good, bad = (call(SELL_AND_PAY, **{**state, "profit_average": profit}) for profit in (900_000, -900_000))
    none = call(SELL_AND_PAY, **{**state, "profit_average": -900_000, "owner_absorbs": 0.0})
    assert good["owner_share"] > 1.0 > bad["owner_share"] >= 0.3 and none["owner_share"] == 1.0


PLANNER = {
    "trading": 1, "sector": 0, "productivity": 0.0, "staff": 10, "inventory": 0, "productivity_persistence": 0.9,
    "productivity_volatility": 0.0, "productivity_drift": 0.0, "wage_share_by_sector": 0.2,
    "input_share_by_sector": 0.5, "research": 1.0, "research_share_by_sector": 0.0, "season_by_sector": 1.0,
    "next_season_by_sector": 1.0, "inventory_months_by_sector": 1.0, "research_gain": 0.0, "research_months": 12,
    "slack": 0.0, "layoff_band": 0.1, "layoff_speed": 0.5, "stock_adjustment": 0.5, "layoff_strength": 1.0,
    "typical_pay": 600_000.0, "normal_firm_productivity": 0.0, "luck_firm_layoff": 0.0, "luck_firm_hire": 0.0,
    "luck_firm_research": 0.9, "luck_firm_research_size": 0.5,
}  # fmt: skip


@given(expected=st.integers(1, 10**8), labour=st.integers(1, 10**8), luck=share)
def test_a_firm_lays_off_or_hires_and_keeps_its_owner(expected, labour, luck):
    state = {**PLANNER, "expected_sales": expected, "labour": labour, "luck_firm_layoff": luck, "luck_firm_hire": luck}
    after = call(PLAN_OUTPUT, **state)
    assert 0 <= after["layoffs"] <= 9 and after["vacancies"] >= 0 and after["layoffs"] * after["vacancies"] == 0
    assert after["orders"] >= 0
    milder = call(PLAN_OUTPUT, **{**state, "layoff_strength": 0.5})
    assert milder["layoffs"] <= after["layoffs"]


def test_orders_follow_expected_sales_and_stocks():
    base = {**PLANNER, "labour": 6_000_000}
    few, many = (call(PLAN_OUTPUT, **base, expected_sales=sales)["orders"] for sales in (10**6, 10**7))
    full = call(PLAN_OUTPUT, **{**base, "inventory": 10**8}, expected_sales=10**7)["orders"]
    assert full < few < many


def billed(**changes):
    loan = {"principal": 1_200_000, "interest": 0, "rate": 0.12, "payment": 100_000, "overdue": 0, "months_past_due": 0}
    loan |= {"product": PRODUCT_WORKING_CAPITAL, "grace": 0, "term": 12, "holiday": 0, "accrual_stops": 4}
    return call(bill_firm, **{**loan, **changes})


def test_each_product_bills_as_its_contract_says():
    """Interest of a month is 1 % of 1 200 000 fen."""
    assert billed()["due"] == 100_000
    farm = billed(product=PRODUCT_FARM, grace=5, payment=0)
    assert (farm["due"], farm["interest"], farm["grace"]) == (0, 12_000, 4)
    harvest = billed(product=PRODUCT_FARM, grace=1, payment=0, interest=48_000)
    assert (harvest["due"], harvest["grace"]) == (1_200_000 + 60_000, 0)
    early = billed(product=PRODUCT_TECHNOLOGY, grace=5, payment=0)
    assert (early["due"], early["payment"], early["grace"]) == (12_000, 0, 4)
    later = billed(product=PRODUCT_TECHNOLOGY, grace=1, payment=0)
    assert later["payment"] == later["due"] == 106_619  # annuity of 1 200 000 at 1 % over 12 months, rounded up


@given(
    product=st.sampled_from((PRODUCT_WORKING_CAPITAL, PRODUCT_FARM, PRODUCT_TECHNOLOGY, PRODUCT_PROJECT)),
    grace=st.integers(0, 20), overdue=st.integers(0, 10**6), holiday=st.integers(1, 12),
)  # fmt: skip
def test_nothing_is_asked_for_in_a_payment_holiday(product, grace, overdue, holiday):
    """Interest accrues; a grace goes on, and what falls due at its end does so in the first month after the holiday."""
    loan = {"product": product, "grace": grace, "overdue": overdue, "payment": 0 if grace else 100_000}
    after = billed(**loan, holiday=holiday)
    assert (after["due"], after["interest"], after["payment"]) == (0, 12_000, loan["payment"])
    assert after["grace"] == min(grace, max(grace - 1, 1))


@given(
    cash=st.integers(-(10**9), 10**9), due=fen, principal=fen, interest=fen, written_off=fen, reserve=fen,
    overdraft=fen, trading=st.integers(0, 1),
)  # fmt: skip
def test_a_payment_comes_from_the_firms_means(cash, due, principal, interest, written_off, reserve, overdraft, trading):
    firm = {"cash": cash, "due": due, "principal": principal, "interest": interest, "written_off": written_off}
    firm |= {"reserve": reserve, "overdraft": overdraft, "trading": trading, "overdraft_rate": 0.005}
    after = call(pay_lender, **firm)
    paid = after["paid_platform"] + after["recoveries.paid"]
    assert after["cash"] == cash - paid - after["overdraft_interest.paid"] and after["paid"] == paid >= 0
    if trading:
        assert paid <= max(cash + overdraft - reserve, 0) and after["recoveries.paid"] == 0
    else:
        assert after["paid_platform"] <= principal + interest and paid <= max(cash, 0)


@given(orders=fen, cash=st.integers(-(10**8), 10**9), room=fen, credit=share)
def test_orders_beyond_a_firms_means_are_given_up_in_part(orders, cash, room, credit):
    firm = {
        "trading": 1,
        "orders": orders,
        "cash": cash,
        "overdraft": 0,
        "line": LINE_OPEN,
        "limit": room,
        "principal": 0,
    }
    firm |= {"payment": 0, "overdue": 0, "months_past_due": 0, "debts": 0, "claims": 0, "receivables": 0}
    firm |= {"wage_bill": 10**6, "fixed_cost": 10**6, "expected_sales": 0, "season_by_sector": 1.0, "cash_part": 0.5}
    firm |= {"collected_by_sector": 0.5, "matured_by_sector": 1.0, "orders_in": 0}
    after = call(PLAN_WITHIN_MEANS, **firm, credit=credit)
    assert after["orders"] + after["orders_forgone"] == orders and after["orders"] >= 0
    if cash + room - 2 * 10**6 >= orders or credit == 0.0:
        assert after["orders_forgone"] == 0
    closed = call(PLAN_WITHIN_MEANS, **{**firm, "line": 3}, credit=credit)
    assert closed["orders"] <= after["orders"]


def project(**changes):
    firm = {
        "trading": 1,
        "size_class": 1,
        "project_stage": 0,
        "project_months": 0,
        "project_cost": 0,
        "diverted": 0,
        "grace": 0,
        "line": LINE_OPEN,
    }
    firm |= {"product": PRODUCT_WORKING_CAPITAL, "normal_sales": 10**7, "honesty": 0.0, "productivity": 0.0}
    firm |= {"project_hazard": 0.5, "project_size": 1.0, "project_cap": 10**8, "project_gain": 0.1}
    firm |= {"milestone_months": 4, "diversion": 1.0, "detection": 0.5, "luck_firm_project": 0.1}
    firm |= {"luck_firm_project_size": 0.5, "luck_firm_divert": 0.9}
    return call(PURSUE_PROJECT, **{**firm, **changes})


def test_a_project_is_drawn_in_three_tranches_and_pays_off_unless_diverted():
    begun = project(diversion=0.0)
    assert (begun["project_stage"], begun["product"], begun["diverted"]) == (1, PRODUCT_PROJECT, 0)
    assert begun["tranche"] == begun["project_cost"] // 3 > 0
    under = {"project_cost": 9_000_000, "product": PRODUCT_PROJECT, "project_months": 3}
    second = project(project_stage=1, **under)
    assert (second["project_stage"], second["tranche"]) == (2, 3_000_000)
    done = project(project_stage=3, **under)
    assert (done["project_stage"], done["productivity"]) == (0, 0.1)
    wasted = project(project_stage=3, diverted=1, **under)
    assert (wasted["productivity"], wasted["misuse"]) == (0.0, 0)
    found = project(project_stage=2, diverted=1, luck_firm_divert=0.2, **under)
    assert (found["misuse"], found["tranche"], found["project_stage"]) == (1, 0, 0)


def test_a_project_too_large_is_turned_away_and_counted():
    large = project(project_cap=100)
    assert (large["project_stage"], large["tranche"], large["projects_turned_away"]) == (0, 0, 1)
    assert large["projects_turned_away_fen"] > 100


def test_a_farm_draws_at_planting():
    firm = {
        "trading": 1,
        "line": LINE_OPEN,
        "limit": 10**8,
        "principal": 0,
        "months_past_due": 0,
        "product": PRODUCT_FARM,
    }
    firm |= {"due": 0, "cash": 10**9, "receivables": 0, "debts_due": 0, "claims_due": 0, "wage_bill": 0}
    firm |= {"fixed_cost": 0, "expected_sales": 0, "normal_sales": 10**6, "tranche": 0, "planting_month": 2}
    firm |= {"planting_share": 1.5, "season_by_sector": 1.0, "cash_part": 0.5, "collected_by_sector": 0.5}
    firm |= {"working_capital_months": 0.2, "smallest_draw": 10_000}
    asked = [call(ASK_FOR_CREDIT, **firm, calendar_month=month)["request"] for month in range(12)]
    assert asked[2] == 1_500_000 and sum(asked) == asked[2]


def test_accidents_strike_as_often_as_set_and_cost_what_they_say():
    lucks = [(k + 0.5) / 20_000 for k in range(20_000)]
    losses = [
        call(suffer_accident, cash=0, normal_sales=100, accident_hazard=0.01, accident_size=2.0, luck_firm_accident=u)
        for u in lucks
    ]
    hit = [-loss["cash"] for loss in losses if loss["accidents.paid"] > 0 or loss["cash"] < 0]
    assert 190 <= len(hit) <= 200  # an exponential loss may round to nothing
    assert all(loss["accidents.paid"] == -loss["cash"] for loss in losses)


SOUND = {
    "trading": 1, "cash": 10**6, "overdraft": 0, "receivables": 0, "inventory": 0, "pledge": 0, "claims": 0, "debts": 0,
    "debts_due": 0, "principal": 0, "interest": 0, "months_short": 0, "months_past_due": 0, "hit": 0, "vacancies": 1,
    "layoffs": 0, "staff": 5, "failed_month": -30000, "normal_sales": 10**6, "month": 7, "unpaid_months": 3,
    "petition_months": 4, "insolvency_months": 1.0,
}  # fmt: skip


def test_a_firm_fails_for_want_of_cash_of_patience_or_of_worth():
    assert call(FAIL_OR_GO_ON, **SOUND)["trading"] == 1
    waiting = {**SOUND, "debts_due": 5, "months_short": 1}
    assert call(FAIL_OR_GO_ON, **waiting)["months_short"] == 2
    illiquid = call(FAIL_OR_GO_ON, **{**waiting, "months_short": 2})
    assert (illiquid["trading"], illiquid["failure"], illiquid["layoffs"], illiquid["niche"]) == (0, 1, 5, 1)
    assert illiquid["failed_month"] == 7 and illiquid["vacancies"] == 0
    struck = call(FAIL_OR_GO_ON, **{**waiting, "months_short": 2, "hit": 10**5})
    assert (struck["failure"], struck["failures_by_customers"]) == (3, 1)
    assert call(FAIL_OR_GO_ON, **{**SOUND, "months_past_due": 4})["trading"] == 0
    buried = call(FAIL_OR_GO_ON, **{**SOUND, "principal": 3 * 10**6})
    assert (buried["trading"], buried["failure"]) == (0, 2)
