"""Firms at the counter by hand: demand, sales, wages, the owner's part, dividends, and the end."""

from __future__ import annotations

import math

import pytest

from sim.firms.trading import (
    SELL_AND_PAY,
    count_backup,
    observe_firm,
    pay_costs,
    revise_expectations,
    serve_demand,
    set_cash_target,
    share_with_owners,
    wish_to_sell,
)
from sim.loan.states import LINE_FROZEN, LINE_OPEN
from tests.laws.calling import call, does


def test_demand_is_market_luck_season_and_harvest():
    wish = {"sector": 2, "market": 1_000, "productivity": 0.1, "season_by_sector": 1.2, "harvest_by_region": 0.5,
            "farm_sector": 4}  # fmt: skip
    does(wish_to_sell, wish, {"wish": 1_326, "wished place": 2, "wished amount": 1_326})  # 1 200 exp(.1)
    does(wish_to_sell, {**wish, "sector": 4}, {"wish": 663, "wished place": 4, "wished amount": 663})
    does(wish_to_sell, {**wish, "productivity": 0.0}, {"wish": 1_200, "wished place": 2, "wished amount": 1_200})


# 8 000 000 are wanted at the counter and 1 000 000 ordered; staff and stocks would allow 12 500 000.
SELLS = {"trading": 1, "wish": 10_000_000, "orders_in": 1_000_000, "cash": 500_000, "receivables": 2_000_000,
         "inventory": 8_000_000, "expected_sales": 10_000_000, "normal_sales": 9_000_000, "profit_average": 600_000,
         "labour": 2_000_000, "staff": 4, "wages_due": 1_900_000, "debts": 3_000_000,
         "claims": 1_000_000, "fixed_cost": 900_000, "months_short": 0, "overdue": 0, "principal": 1_200_000,
         "rate": 0.1, "research": 1.5, "household_share_by_sector": 0.25, "outside_share_by_sector": 0.55,
         "credit_sales": 0.4, "input_share_by_sector": 0.6, "wage_share_by_sector": 0.2, "margin_by_sector": 0.06,
         "research_share_by_sector": 0.02, "season_by_sector": 0.8, "season_buffer_by_sector": 0.1,
         "matured_by_sector": 0.6, "collected_by_sector": 0.6, "overtime": 1.25, "forecast_weight": 0.15,
         "scale_adjustment": 0.01, "fixed_share_by_sector": 0.1, "liquidity_months": 0.75, "dividend_pace": 0.25,
         "owner_absorbs": 0.4, "jobs": 1.0, "thrift": 1.0, "payout": 0.0, "line_cover": 0.5, "line": LINE_OPEN,
         "limit": 1_000_000, "months_past_due": 0, "overdraft": 0}  # fmt: skip
# Cash 3 230 000 after wages, cost and research; beyond 3 120 000 a quarter goes out. Profit of the month: 520 000.
SOLD = {"cash": 3_202_500, "receivables": 4_200_000, "inventory": 2_600_000, "expected_sales": 10_150_000,
        "normal_sales": 9_011_500, "fixed_cost": 901_150, "profit_average": 592_000, "owner_share": 1.0416,
        "sales": 9_000_000, "wage_bill": 1_900_000, "household_sales.received": 2_500_000,
        "outside_sales.received": 3_300_000, "wages.paid": 1_900_000, "fixed_cost.paid": 900_000,
        "research.paid": 270_000, "dividends.paid": 27_500, "credit_sales": 2_200_000, "cost_of_goods": 5_400_000,
        "sold": 9_000_000, "unsold": 0}  # fmt: skip


def sells(change, expected):
    does(SELL_AND_PAY, {**SELLS, **change}, {**SOLD, **expected})


def test_a_month_of_sales():
    sells({}, {})


def test_nobody_takes_money_out_while_somebody_waits():
    for other in ({"months_short": 1}, {"overdue": 1}):
        sells(other, {"cash": 3_230_000, "dividends.paid": 0})
    sells({"cash": 390_000}, {"cash": 3_120_000, "dividends.paid": 0})
    sells({"dividend_pace": 1.0}, {"cash": 3_120_000, "dividends.paid": 110_000})


@pytest.mark.parametrize(
    ("change", "target"),
    [({}, 3_120_000), ({"thrift": 0.5}, 1_560_000), ({"limit": 1_600_000}, 2_920_000),
     ({"limit": 1_600_000, "line_cover": 1.0}, 2_720_000), ({"overdraft": 300_000}, 2_970_000),
     ({"limit": 1_600_000, "thrift": 0.9}, 2_608_000),
     ({"liquidity_months": 0.5}, 2_420_000), ({"season_buffer_by_sector": 0.0}, 2_220_000),
     ({"debts": 0}, 3_000_000), ({"claims": 2_000_000}, 3_000_000), ({"claims": 1_100_000}, 3_072_000),
     ({"collected_by_sector": 0.5}, 3_320_000)],
)  # fmt: skip
def test_the_target_of_cash(change, target):
    after = call(SELL_AND_PAY, **{**SELLS, **change, "dividend_pace": 1.0})
    assert after["cash"] == min(target, 3_230_000)


def test_open_lines_stand_in_for_cash():
    """The lender's line as far as it is neither drawn nor late, and the line of a bank outside."""
    lines = {"line": LINE_OPEN, "limit": 900, "principal": 200, "months_past_due": 0, "overdraft": 50}
    does(count_backup, lines, {"backup": 750})
    for change, backup in (({"line": LINE_FROZEN}, 50), ({"months_past_due": 1}, 50), ({"principal": 901}, 50),
                           ({"overdraft": 0}, 700)):  # fmt: skip
        does(count_backup, {**lines, **change}, {"backup": backup})


def test_owners_live_on_profit_and_the_thrifty_on_less():
    """Of 592 000 of mean profit; a quarter of what lies beyond the target is more where that is low."""
    for change, paid in (
        ({"payout": 0.5}, 296_000), ({"payout": 0.5, "thrift": 2.0}, 148_000),
        ({"payout": 1.0, "thrift": 2.0}, 592_000),
        ({"payout": 0.5, "thrift": 0.2}, 651_500), ({"payout": 0.5, "profit_average": -9_000_000}, 27_500),
        ({"payout": 0.5, "cash": -2_500_000}, 230_000), ({"payout": 0.5, "cash": -3_500_000}, 0),
        ({"payout": 0.5, "months_short": 1}, 0), ({"payout": 0.5, "overdue": 1}, 0),
    ):  # fmt: skip
        assert call(SELL_AND_PAY, **{**SELLS, **change})["dividends.paid"] == paid, change


def test_staff_and_stocks_limit_what_is_sold():
    """Half the labour makes 6 250 000, of which 1 000 000 was ordered; with a busy season half as much again."""
    for change, served in (
        ({"labour": 1_000_000}, 5_250_000), ({"labour": 1_000_000, "season_by_sector": 1.2}, 6_500_000),
        ({"labour": 1_000_000, "overtime": 1.0}, 4_000_000), ({"inventory": 3_000_000}, 4_000_000),
        ({"inventory": 300_000}, 0), ({"wish": 1_000_000}, 800_000),
    ):  # fmt: skip
        after = call(SELL_AND_PAY, **{**SELLS, **change})
        wanted = int(change.get("wish", 10_000_000) * 0.8)
        assert (after["sold"], after["sales"], after["unsold"]) == (served + 1_000_000, served + 1_000_000,
                                                                    wanted - served)  # fmt: skip
    assert call(SELL_AND_PAY, **{**SELLS, "inventory": 300_000})["inventory"] == 0


def test_the_owner_takes_part_in_gains_and_losses_within_bounds():
    for change, share in (
        ({"jobs": 0.0}, 1.0), ({"staff": 0}, 1.0), ({"owner_absorbs": 0.8}, 1.0832),
        ({"margin_by_sector": 0.07}, 0.9696), ({"jobs": 0.5}, 1.0208), ({"staff": 8}, 1.0832), ({"staff": 1}, 1.0104),
        ({"profit_average": 99_000_000}, 2.0),        ({"profit_average": -99_000_000}, 0.3),
    ):  # fmt: skip
        assert call(SELL_AND_PAY, **{**SELLS, **change})["owner_share"] == pytest.approx(share), change


def test_expectations_take_the_season_out_and_nothing_from_a_dead_one():
    for change, expected in (
        ({"season_by_sector": 1.0}, 9_850_000), ({"season_by_sector": 0.2}, 10_000_000),
        ({"season_by_sector": 0.25}, 12_550_000),  # 33 000 000 seen, held at 27 000 000
        ({"forecast_weight": 1.0}, 11_000_000),
    ):  # fmt: skip
        assert call(SELL_AND_PAY, **{**SELLS, **change})["expected_sales"] == expected, change
    assert call(SELL_AND_PAY, **{**SELLS, "scale_adjustment": 0.1})["normal_sales"] == 9_115_000
    assert call(SELL_AND_PAY, **{**SELLS, "fixed_share_by_sector": 0.2})["fixed_cost"] == 902_300


def test_the_rules_of_the_counter_in_order():
    """What a rule writes is read by those after it: the target is set on old books, expectations come last."""
    assert (
        count_backup,
        set_cash_target,
        serve_demand,
        pay_costs,
        share_with_owners,
        revise_expectations,
    ) == SELL_AND_PAY
    target = {name: SELLS.get(name, 0) for name in set_cash_target.arguments}
    does(set_cash_target, target, {"cash_target": 3_120_000})
    after = call(serve_demand, **SELLS)
    assert (after["demand"], after["goods_used"], after["cash"]) == (8_000_000, 5_400_000, 6_300_000)


def test_turnover_is_seen_as_inflow():
    firm = {"sales": 100_000, "observability": 0.5, "thin_file": 0, "inflow_fast": 50_000.0, "inflow_slow": 38_000.0,
            "delinquency_memory": 1.0, "months_past_due": 3, "months_on_book": 7, "signal_noise": 0.1,
            "thin_file_noise": 0.15, "luck_inflow_noise": 0.5, "luck_outflow_noise": 0.5}  # fmt: skip
    does(observe_firm, firm, {"inflow_fast": 50_000.0, "inflow_slow": 39_000.0, "delinquency_memory": 3.0,
                              "months_on_book": 8})  # fmt: skip
    noisy = {**firm, "thin_file": 1, "luck_inflow_noise": 1.0, "months_past_due": 0, "months_on_book": 120}
    up = 50_000.0 * 0.125 * math.sqrt(6.0)  # half the width of a triangular noise of 25 %
    does(observe_firm, noisy, {"inflow_fast": 50_000.0 + up / 3.0, "inflow_slow": 38_000.0 + (12_000.0 + up) / 12.0,
                               "delinquency_memory": 0.93})  # fmt: skip
    nothing = {"inflow_fast": 100_000.0 / 3.0, "inflow_slow": 38_000.0 * 11.0 / 12.0, "delinquency_memory": 0.93}
    unlucky = {"signal_noise": 2.0, "luck_inflow_noise": 0.0, "luck_outflow_noise": 0.0}
    does(observe_firm, {**noisy, **unlucky}, nothing)
