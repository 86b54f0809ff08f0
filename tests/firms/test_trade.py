"""What crosses rows when firms sell, by hand: markets, debts among them, orders, what persons spend."""

from __future__ import annotations

import numpy as np
import pytest

from sim.firms.trade import clear_trade, meet_demand, open_markets, order_inputs, settle_markets
from tests.laws.calling import act
from tests.month.town import town


def test_final_demand_is_what_firms_do_not_order():
    model = town()
    firms = model.firms
    firms.choose_suppliers = lambda rows, month: None
    firms.private["normal_sales"][1:] = [1_000, 400, 100]
    # The first buys a quarter of its inputs from the second, the second all from the third.
    firms.links["supplier"][[2, 4]], firms.links["share"][[2, 4]] = [2, 3], [0.25, 1.0]
    # The second sells twice what it would without its luck.
    firms.luck[2] = 2.0
    open_markets(8, firms, np.array([1, 2, 3]))
    # Orders of 125 and 200; never less than a tenth of present sales.
    assert firms.private["market"].tolist() == [0, 1_000, 137, 10]
    assert firms.private["normal_sales"].tolist() == [0, 1_000, 262, 100], "usual sales are those without luck"


def test_markets_follow_the_people_of_the_place():
    model = town()
    private = model.firms.private
    private["sector"][:] = [0, 0, 0, 1]
    private["staff"][:], private["labour"][:] = [0, 3, 1, 2], [0, 300, 100, 100]
    for name in ("market", "normal_sales", "expected_sales", "fixed_cost"):
        private[name][:] = [0, 1_000, 600, 4_000]
    model.firms.jobless_by_sector[:2] = [1, 0]
    act(settle_markets, model)
    # Sector 0: 400 x .9 x 5/4 = 450 against .25 x 1 600 = 400; sector 1: 90 against 1 000: at most a fifth less.
    up = 450 / 400
    assert private["market"].tolist() == [0, int(1_000 * up**0.5), int(600 * up**0.5), 3_200]
    assert private["fixed_cost"].tolist() == private["normal_sales"].tolist() == private["market"].tolist()
    private["trading"][:] = 0
    act(settle_markets, model)
    assert private["market"].tolist()[3] == 3_200, "nobody trades: nothing moves"


def test_suppliers_are_paid_as_far_as_customers_pay():
    model = town()
    firms = model.firms
    # 1 owes 2 a hundred and has sixty; 2 owes the outside world ninety and has ten.
    firms.links["supplier"][2], firms.links["due"][2] = 2, 100
    firms.links["due"][5] = 90
    firms.private["funds"][:] = [0, 60, 10, 500]
    firms.private["cash"][:] = [0, 60, 10, 500]
    firms.count_debts()
    act(clear_trade, model)
    assert firms.links["due"][[2, 5]].tolist() == [40, 20] and firms.private["cash"].tolist() == [0, 0, 0, 500]
    assert model.ledger.flows["inputs_paid_outside"] == 70 and model.ledger.flows["trade_paid"] == 60
    assert model.ledger.matrix()["cash", "firms", "firms"] == (60, 60)
    assert firms.private["debts"].tolist() == [0, 40, 20, 0] and firms.private["claims"].tolist() == [0, 0, 40, 0]


def test_orders_go_out_on_trade_credit_and_goods_come_at_once():
    model = town()
    firms = model.firms
    firms.links["supplier"][[2, 6]], firms.links["share"][[2, 6]] = [2, 1], [0.4, 0.5]
    firms.private["orders"][:] = [0, 100, 50, 60]
    firms.private["trading"][2] = 0
    firms.private["inventory"][:] = [0, 1, 2, 3]
    act(order_inputs, model)
    assert firms.private["orders_in"].tolist() == [0, 30, 40, 0]
    assert firms.private["inventory"].tolist() == [0, 101, 2, 63], "a failed firm orders nothing"
    flows = model.ledger.flows
    assert (flows["inputs_ordered"], flows["orders_from_outside"], flows["orders_from_firms"]) == (160, 90, 70)
    assert firms.links["later"].tolist() == [0, 0, 40, 60, 0, 0, 30, 30]


def spending(month: int, essentials: int, season: float = 1.0, wished: int = 10_000, **kept):
    model = town()
    model.month, model.environment["season"] = month, season
    model.ledger.flows |= {"essentials.paid": essentials, "expenses.paid": 20, "purchases.paid": 30,
                           "discretionary.paid": 50, "persons": 10, "benefits.received": 10**6}  # fmt: skip
    model.bins["firm.wished"] = np.array([wished - 4_000, 4_000])
    firms = model.firms
    for name, value in kept.items():
        setattr(firms, name, value)
    firms.feedback.demand = 0.5
    firms.environment["outside_share_by_sector"] = np.full(5, 0.9)
    act(meet_demand, model)
    return firms


def test_demand_follows_what_persons_spend():
    # 1 200 spent by ten persons against 100 each: an index of 1.2, of which half is felt, on four tenths of demand.
    firms = spending(3, 1_100, reference_spending=100.0, spending_months=12)
    assert firms.environment["household_share_by_sector"].tolist() == pytest.approx([1_200 / 10_000] * 5)
    firms = spending(3, 1_100, wished=2_000, reference_spending=100.0, spending_months=12)
    assert firms.environment["household_share_by_sector"].tolist() == pytest.approx([0.5 * 0.4 * 1.2] * 5)
    assert firms.environment["outside_share_by_sector"].tolist() == pytest.approx([0.9 * 0.8] * 5)
    assert (firms.reference_spending, firms.spending_months) == (100.0, 12)
    firms = spending(3, 1_100, season=1.2, wished=2_000, reference_spending=100.0, spending_months=12)
    assert firms.environment["household_share_by_sector"][0] == pytest.approx(0.2), "a season is no change of spending"


def test_usual_spending_is_learned_in_the_burn_in():
    firms = spending(-5, 1_100, reference_spending=100.0, spending_months=3)
    assert (firms.reference_spending, firms.spending_months) == (pytest.approx(105.0), 4)
    firms = spending(-5, 1_100, reference_spending=100.0, spending_months=12)
    assert (firms.reference_spending, firms.spending_months) == (pytest.approx(100 + 20 / 12), 12)
    firms = spending(0, 1_100)
    assert (firms.reference_spending, firms.spending_months) == (120.0, 1), "without a burn-in the first month is usual"
