"""What crosses rows in a firm's month, by hand: trade, orders, layoffs, places, demand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.engine.tables.numbers import Numbers
from sim.firms import steps as firm_steps
from sim.loan.states import FAILED
from tests.month.town import town


def test_owners_are_at_work_and_own():
    model = town()
    model.persons["months_jobless"][:] = 7
    firm_steps.appoint(model, np.array([2, 3]), np.array([4, 1]))
    persons = model.persons
    assert persons["employed"].tolist() == [0, 1, 0, 0, 1, 0] and persons["months_jobless"].tolist() == [
        7,
        0,
        7,
        7,
        0,
        7,
    ]
    assert persons["employer"].tolist() == persons["owns"].tolist() == [0, 3, 0, 0, 2, 0]
    assert model.firms.private["owner"].tolist() == [0, 0, 4, 1]


def test_staff_is_counted_from_the_persons():
    model = town()
    persons = model.persons
    persons["employed"][:] = [1, 1, 1, 1, 0, 1]
    persons["employer"][:] = [1, 1, 3, 0, 3, 3]
    persons["income_permanent"][:] = [10, 20, 40, 80, 160, 320]
    model.accounts["alive"][5] = 0
    firm_steps.count_staff(model)
    assert model.firms.private["staff"].tolist() == [0, 2, 0, 1]
    assert model.firms.private["labour"].tolist() == [0, 30, 0, 40]


def test_final_demand_is_what_firms_do_not_order():
    model = town()
    firms = model.firms
    firms.choose_suppliers = lambda rows, month: None
    firms.private["normal_sales"][1:] = [1_000, 400, 100]
    # The first buys three tenths of its inputs from the second, the second all from the third.
    firms.links["supplier"][[2, 4]], firms.links["share"][[2, 4]] = [2, 3], [0.3, 1.0]
    firm_steps.open_markets(model, np.array([1, 2, 3]))
    # Orders of 150 and 200; never less than a tenth of usual sales.
    assert firms.private["market"].tolist() == [0, 1_000, 250, 10]


def test_markets_follow_the_people_of_the_place():
    model = town()
    private = model.firms.private
    private["sector"][:] = [0, 0, 0, 1]
    private["staff"][:], private["labour"][:] = [0, 3, 1, 2], [0, 300, 100, 100]
    for name in ("market", "normal_sales", "expected_sales", "fixed_cost"):
        private[name][:] = [0, 1_000, 600, 4_000]
    model.firms.jobless_by_sector[:2] = [1, 0]
    firm_steps.settle_markets(model)
    # Sector 0: 400 x .9 x 5/4 = 450 against .25 x 1 600 = 400; sector 1: 90 against 1 000: at most a fifth less.
    up = 450 / 400
    assert private["market"].tolist() == [0, int(1_000 * up**0.5), int(600 * up**0.5), 3_200]
    assert private["fixed_cost"].tolist() == private["normal_sales"].tolist() == private["market"].tolist()
    private["trading"][:] = 0
    firm_steps.settle_markets(model)
    assert private["market"].tolist()[3] == 3_200, "nobody trades: nothing moves"


def test_the_burn_in_alone_moves_markets(monkeypatch):
    moved = []
    monkeypatch.setattr(firm_steps, "settle_markets", lambda model: moved.append(model.month))
    model = town()
    model.firms.fall_due = lambda: None
    model.firms.numbers = lambda environment, economy: Numbers(a=1)
    model.firm_scores = SimpleNamespace(by_sector=False, numbers=lambda: {"b": 2})
    for month in (-1, 0):
        model.month = month
        firm_steps.open_firms(model)
    assert moved == [-1] and model.firms.environment == {"a": 1}
    model.firm_scores.by_sector = True
    firm_steps.open_firms(model)
    assert model.firms.environment == {"a": 1, "b": 2}


def test_suppliers_are_paid_as_far_as_customers_pay():
    model = town()
    firms = model.firms
    # 1 owes 2 a hundred and has sixty; 2 owes the outside world ninety and has ten.
    firms.links["supplier"][2], firms.links["due"][2] = 2, 100
    firms.links["due"][5] = 90
    firms.private["funds"][:] = [0, 60, 10, 500]
    firms.private["cash"][:] = [0, 60, 10, 500]
    firm_steps.clear_trade(model)
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
    firm_steps.order_inputs(model)
    assert firms.private["orders_in"].tolist() == [0, 30, 40, 0]
    assert firms.private["inventory"].tolist() == [0, 101, 2, 63], "a failed firm orders nothing"
    flows = model.ledger.flows
    assert (flows["inputs_ordered"], flows["orders_from_outside"], flows["orders_from_firms"]) == (160, 90, 70)
    assert firms.links["later"].tolist() == [0, 0, 40, 60, 0, 0, 30, 30]


def staffed(jobs: float = 1.0):
    """Person 0 owns firm 1, where 1, 2 and 3 work as well; 4 works at 2, 5 nowhere."""
    model = town()
    model.firms.weight_of_jobs = jobs
    model.persons["employer"][:] = [1, 1, 1, 1, 2, 0]
    model.persons["employed"][:] = [1, 1, 1, 1, 1, 0]
    model.persons["owns"][0] = 1
    model.firms.private["layoffs"][:] = [0, 2, 0, 1]
    return model


def test_layoffs_hit_the_least_lucky_but_never_the_owner():
    model = staffed()
    firm_steps.lay_off(model)
    luck = (np.arange(6) + 1) / 7
    thresholds = model.environment["layoff_by_employer"]
    assert (luck[1:4] < thresholds[1]).tolist() == [True, True, False] and thresholds[[0, 2, 3]].tolist() == [0, 0, 0]
    assert model.persons["employer"].tolist() == [1, 1, 1, 1, 2, 0]
    assert model.environment["owner_share_by_owns"].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert (model.environment["firm_rows"], model.environment["owners_stay"]) == (4, 1)


def test_all_of_a_failed_firm_lose_their_jobs():
    model = staffed()
    model.firms.private["trading"][[1, 2]] = 0
    model.firms.private["failed_month"][[1, 2]] = [8, 7]
    firm_steps.lay_off(model)
    assert model.environment["layoff_by_employer"].tolist() == [0, FAILED, 0, 0], "the other failed before"
    model.firms.private["failed_month"][3] = 8
    firm_steps.lay_off(model)
    assert model.environment["layoff_by_employer"][3] == 0, "founded anew in this month"


def test_where_firms_do_not_decide_on_jobs_those_laid_off_move_on():
    model = staffed(jobs=0.0)
    firm_steps.lay_off(model)
    assert model.persons["employer"].tolist() == [1, 0, 0, 1, 2, 0]
    assert model.environment["layoff_by_employer"].tolist() == [0] * 4 and model.environment["owners_stay"] == 0


def test_risk_of_the_job_counts_by_patience():
    model = town()
    assert firm_steps._job_risk(model, np.array([0, 1])).tolist() == [1.0, 1.0]
    model.config.behaviour.job_risk_spread = 0.5
    model.persons["patience"][1] = 1.5
    assert firm_steps._job_risk(model, np.array([0, 1])).tolist() == pytest.approx([1.0, 1.5])


def test_hazards_of_which_firms_decide_a_part():
    model = town()
    assert firm_steps.hazards(SimpleNamespace(**{**vars(model), "firms": SimpleNamespace(weight_of_jobs=0.0)})) == {}
    calm = SimpleNamespace(separation_by_sector=np.full(6, 0.02), finding_by_sector=np.full(6, 0.3))
    bad = SimpleNamespace(separation_by_sector=np.full(6, 0.05), finding_by_sector=np.full(6, 0.1))
    asked = []

    def month(number, growth=0.0):
        asked.append(number)
        return calm if number < 0 else bad

    model.economy = SimpleNamespace(month=month)
    model.firms.weight_of_jobs = 0.8
    model.firms.private["sector"][:], model.firms.private["vacancies"][:] = [0, 0, 1, 1], [0, 3, 1, 50]
    model.firms.private["trading"][3] = 0
    model.firms.jobless_by_sector[:] = [2, 10, 0, 0, 0, 9]
    found = firm_steps.hazards(model)
    # .2 x .05 + .8 x (1 - .5 x .8) x .02; the public sector follows the path alone.
    assert found["separation_by_sector"].tolist() == pytest.approx([*[0.0196] * 5, 0.05])
    # Vacancies over seekers: 3 of 2 is enough, 1 of 10 is not; none elsewhere.
    expected = [0.02 + 0.8 * 0.3, 0.02 + 0.8 * 0.1, 0.02, 0.02, 0.02, 0.1]
    assert found["finding_by_sector"].tolist() == pytest.approx(expected)
    assert asked == [8, -4] and bad.separation_by_sector[0] == 0.05


def seated():
    model = town()
    persons = model.persons
    persons["employed"][:] = 1
    persons["employer"][:] = [1, 2, 0, 0, 0, 0]
    persons["sector"][:] = [0, 1, 0, 0, 1, 5]
    persons["income_permanent"][:], persons["income"][:] = [10, 20, 30, 40, 50, 60], [1, 2, 3, 4, 5, 6]
    private = model.firms.private
    private["sector"][:], private["vacancies"][:] = [0, 0, 1, 0], [0, 1, 1, 1]
    private["normal_sales"][:] = 100
    model.bins |= {"staff_by_firm": np.array([9, 1, 1, 0]), "labour_by_firm": np.array([9, 10, 20, 0]),
                   "wages_by_firm": np.array([14, 1, 2, 0]), "jobless_by_sector": np.arange(6)}  # fmt: skip
    return model


def test_who_found_work_gets_a_place_and_first_wages():
    model = seated()
    firm_steps.seat(model)
    private = model.firms.private
    assert model.persons["employer"].tolist() == [1, 2, 1, 3, 2, 0], "public work is outside of the firms"
    assert private["staff"].tolist() == [0, 2, 2, 1] and private["labour"].tolist() == [0, 40, 70, 40]
    assert private["wages_due"].tolist() == [0, 4, 7, 4] and private["vacancies"].tolist() == [0, 0, 0, 0]
    assert model.firms.jobless_by_sector.tolist() == [0, 1, 2, 3, 4, 5]
    # Of 14 paid by nobody in particular 12 are first wages; the rest comes from outside.
    assert model.ledger.flows["wages_outside_firms"] == 2 == model.ledger.flows["firm.wages.paid"]


def test_where_no_firm_is_left_work_is_found_outside():
    model = seated()
    model.firms.private["trading"][2] = 0
    firm_steps.seat(model)
    assert model.persons["employer"].tolist() == [1, 2, 1, 3, 0, 0]
    assert model.ledger.flows["wages_outside_firms"] == 14 - 7


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
    firm_steps.meet_demand(model)
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
