"""The end of a firm by hand: its estate, the order of creditors, owners who stand in, heirs and successors."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.firms import winding_up
from sim.firms.enforcement import enforce_security
from sim.firms.steps import found_all
from sim.loan.states import FAILURE_ILLIQUID, LINE_APPLIED, LINE_CHARGED_OFF, LINE_CLOSED, LINE_FROZEN, LINE_OPEN
from tests.month.town import town


def failing(**private: int):
    """Firm 1 fails; it owes firm 2 and the outside world 150 and 50, the lender 200, and has 100 in cash."""
    model = town()
    firms, book = model.firms, model.firms.accounts
    firms.private["trading"][1], firms.private["failed_month"][1] = 0, 8
    firms.private["cash"][1] = 100
    firms.links["supplier"][2] = 2
    firms.links["later"][2], firms.links["due"][2], firms.links["due"][3] = 100, 50, 50
    book["principal"][1], book["interest"][1], book["written_off"][1] = 150, 20, 30
    book["grace"][1], book["limit"][1], book["line"][1], book["payment"][1] = 5, 900, LINE_OPEN, 2
    book["holiday"][1] = 6
    firms.feedback.trade_credit, firms.settings.owner_guarantee = 1.0, 0.0
    for name, value in private.items():
        firms.private[name][1] = value
    return model


def test_creditors_share_an_estate_in_proportion():
    model = failing()
    winding_up.wind_up_failed(model)
    firms, flows = model.firms, model.ledger.flows
    # 100 less a tenth: 90 over 150 + 50 + 200.
    assert flows["estate_paid_outside"] == 10
    paid = [int(flows["trade_paid"]), int(flows["inputs_paid_outside"]), int(firms.private["cash"][1])]
    assert sum(paid) == 90 and paid == pytest.approx([33.75, 11.25, 45], abs=1)
    assert firms.private["cash"][2] == paid[0] and firms.private["hit"].tolist() == [0, 0, 150 - paid[0], 0]
    assert flows["trade_credit_lost"] == 150 - paid[0] and flows["supplier_debt_lost"] == 50 - paid[1]
    assert firms.links["later"].sum() == firms.links["due"].sum() == 0
    assert firms.replaced == [], "nobody bought from it"


def test_the_pledge_serves_the_lender_first():
    model = failing(pledge=240, inventory=40, receivables=60)
    winding_up.wind_up(model, np.array([1]))
    flows, private = model.ledger.flows, model.firms.private
    # At half price: pledge 120, goods 20, receivables 30; 270 less a tenth is 243, of which 120 is the lender's.
    assert flows["estate_sold"] == 170 and flows["inventory_sold"] == 40 and flows["receivables_sold"] == 60
    assert flows["estate_paid_outside"] == 27
    # The other 123 are shared over 150, 50 and the 80 that remain.
    assert private["cash"][1] == pytest.approx(120 + 123 * 80 / 280, abs=1)
    assert private["cash"][1] + flows["trade_paid"] + flows["inputs_paid_outside"] == 243
    assert [private[name][1] for name in ("pledge", "inventory", "receivables", "overdraft", "orders")] == [0] * 5


def test_what_is_left_goes_to_the_outside_world_and_an_overdraft_is_lost():
    model = failing(cash=1_000)
    winding_up.wind_up(model, np.array([1]))
    assert model.firms.private["cash"].tolist() == [0, 200, 150, 0]
    assert model.ledger.flows["estate_paid_outside"] == 100 + 900 - 400
    model = failing(cash=-70)
    winding_up.wind_up(model, np.array([1]))
    assert model.ledger.flows["overdraft_lost"] == 70 and model.firms.private["cash"].tolist() == [0, 0, 0, 0]
    assert model.firms.private["hit"][2] == 150


def test_the_loan_of_a_failed_firm_runs_off():
    model = failing()
    book = model.firms.accounts
    winding_up.wind_up(model, np.array([1]))
    # No grace, no payment holiday, no limit; arrears count by a twelfth of 150 and one fen.
    assert book["holiday"][1] == 0
    assert (book["grace"][1], book["limit"][1], book["payment"][1], book["line"][1]) == (0, 0, 13, LINE_CLOSED)
    for before, after in (
        (LINE_APPLIED, LINE_CLOSED),
        (LINE_CHARGED_OFF, LINE_CHARGED_OFF),
        (LINE_FROZEN, LINE_FROZEN),
    ):
        model = failing()
        model.firms.accounts["line"][1], model.firms.accounts["payment"][1] = before, 90
        winding_up.wind_up(model, np.array([1]))
        assert (model.firms.accounts["line"][1], model.firms.accounts["payment"][1]) == (after, 90)
    model = failing()
    model.firms.accounts["principal"][1] = 0
    winding_up.wind_up(model, np.array([1]))
    assert model.firms.accounts["payment"][1] == 0


def test_only_failures_of_the_month_are_wound_up():
    model = failing()
    model.firms.private["failed_month"][1] = 7
    winding_up.wind_up_failed(model)
    assert not model.ledger.flows
    model.firms.private["failed_month"][1], model.firms.private["trading"][1] = 8, 1
    winding_up.wind_up_failed(model)
    assert not model.ledger.flows


def test_insured_suppliers_are_made_whole():
    model = failing(cash=0)
    model.firms.feedback.trade_credit = 0.4
    winding_up.wind_up(model, np.array([1]))
    assert model.ledger.flows["trade_credit_insured"] == 90
    assert model.firms.private["cash"][2] == 90 and model.firms.private["hit"][2] == 60


def test_claims_on_customers_are_sold_to_a_factor():
    model = failing(cash=0)
    firms = model.firms
    firms.links["supplier"][6] = 1
    firms.links["later"][6], firms.links["due"][6], firms.links["later"][7] = 60, 40, 5
    winding_up.wind_up(model, np.array([1]))
    # Firm 3 owed 100: it owes them to the outside world now; the factor paid half.
    assert (firms.links["later"][7], firms.links["due"][7]) == (65, 40) and firms.links["later"][6] == 0
    assert model.ledger.flows["trade_credit_sold"] == 100 and model.ledger.flows["estate_sold"] == 50
    assert firms.replaced == [[6]], "its customer looks for another supplier"


@pytest.mark.parametrize(
    ("sellers", "elasticity", "price"),
    [(1, 1.0, 0.5), (2, 1.0, 0.25), (8, 0.5, 0.5 / 8**0.5), (9, 0.0, 0.5), (0, 1.0, 0.5)],
)
def test_many_sellers_press_the_price(sellers, elasticity, price):
    """Usual are 12 % of three firms a year: below one a month."""
    model = town()
    model.firms.feedback.fire_sale = elasticity
    assert winding_up.resale_price(model, sellers) == pytest.approx(price)
    model.firms.count, model.firms.settings.normal_failures = 300, 0.24
    assert winding_up.resale_price(model, 6) == 0.5 and winding_up.resale_price(model, 12) == pytest.approx(
        0.5 * 0.5**elasticity
    )


# ---- owners -----------------------------------------------------------------------------------------


def liable():
    """Persons 2 and 4 stand for firms 1 to 3; person 2 for the first two."""
    model = town()
    model.firms.private["owner"][:] = [0, 2, 2, 4]
    model.persons["cash"][:] = [10**6, 10**6, 100, 10**6, 1_000, 10**6]
    model.persons["income"][:] = [9, 9, 60, 9, 400, 9]
    return model


def test_an_owner_pays_up_to_a_share_and_only_once():
    model = liable()
    winding_up.take_from_owners(model, np.array([1, 2, 3]), np.array([70, 70, 300]), 0.8, "cash")
    # 80 at most for each, 100 in all: 70, then 30; of 1 000 what is short.
    assert model.firms.private["cash"].tolist() == [0, 70, 30, 300]
    assert model.persons["cash"][[2, 4]].tolist() == [0, 700] and model.ledger.flows["owner_guarantee"] == 400
    model = liable()
    winding_up.take_from_owners(model, np.array([1, 3]), np.array([500, 500]), 0.5, "income")
    assert model.firms.private["cash"].tolist() == [0, 30, 0, 200]
    model = liable()
    model.accounts["alive"][4], model.persons["income"][2] = 0, 10**6
    winding_up.take_from_owners(model, np.array([1, 3]), np.array([500, 500]), 0.5, "income")
    assert model.firms.private["cash"].tolist() == [0, 100, 0, 0], "no more than is there, and nothing of the dead"
    winding_up.take_from_owners(model, np.array([3]), np.array([-5]), 1.0, "cash")
    assert model.firms.private["cash"][3] == 0


def test_owners_of_failed_firms_pay_from_income_as_long_as_it_is_pursued():
    model = liable()
    private, book = model.firms.private, model.firms.accounts
    private["trading"][:] = [0, 0, 0, 1]
    private["failed_month"][1:] = [7, 8, 7]
    private["cash"][1] = 40
    book["principal"][1:], book["interest"][1], book["written_off"][1] = 30, 15, 7
    winding_up.owners_pay(model)
    # A quarter of 60, of the 52 owed less 40 that wait in the firm: 12. The second failed this month only.
    assert private["cash"].tolist() == [0, 52, 0, 0]
    private["cash"][1] = 0
    winding_up.owners_pay(model)
    assert private["cash"].tolist() == [0, 15, 0, 0]
    model.firms.settings.owner_guarantee = 0.0
    winding_up.owners_pay(model)
    assert private["cash"].tolist() == [0, 15, 0, 0]


def test_owners_stand_in_for_the_estate():
    model = failing(cash=0, owner=4)
    model.firms.settings.owner_guarantee = 0.5
    model.persons["cash"][4] = 300
    winding_up.wind_up(model, np.array([1]))
    assert model.firms.private["cash"][1] == 150 and model.persons["cash"][4] == 150


def test_staff_moves_on_where_firms_do_not_decide_on_jobs():
    for jobs, employer in ((0.0, [0, 2]), (1.0, [1, 2])):
        model = failing()
        model.firms.weight_of_jobs = jobs
        model.persons["employed"][:2], model.persons["employer"][:2] = 1, [1, 2]
        winding_up.wind_up(model, np.array([1]))
        assert model.persons["employer"][:2].tolist() == employer


def test_settled_firms_are_forgotten():
    model = town()
    private, book = model.firms.private, model.firms.accounts
    private["trading"][:] = [0, 0, 0, 1]
    private["cash"][2] = 1
    book["line"][:] = book["months_past_due"][:] = 3
    winding_up.forget(model)
    assert book["line"].tolist() == [3, 0, 3, 3] and book["alive"].tolist() == [0, 0, 1, 1]
    for column in ("principal", "interest", "written_off"):
        private["cash"][2], book[column][2] = 0, 1
        winding_up.forget(model)
        assert book["alive"][2] == 1, column
        book[column][2] = 0
    winding_up.forget(model)
    assert book["alive"][2] == book["months_past_due"][2] == 0


# ---- heirs and successors ---------------------------------------------------------------------------


def test_staff_takes_over_what_an_owner_leaves(monkeypatch):
    model = town()
    private, persons = model.firms.private, model.persons
    private["owner"][1:] = [0, 1, 5]
    persons["owns"][[1, 5]] = [2, 3]
    persons["employed"][:], persons["employer"][:] = 1, [0, 2, 1, 1, 0, 3]
    closed = []
    monkeypatch.setattr(winding_up, "wind_up", lambda model, rows: closed.append(rows.tolist()))
    model.accounts["alive"][5], model.firms.settings.entry_hazard = 0, 0.0
    winding_up.succeed(model)
    # The first firm's owner owns nothing any more: of persons 2 and 3 the first has less luck. Firm 3 has nobody.
    assert private["owner"][1] == 2 and persons["owns"].tolist() == [0, 2, 1, 0, 0, 3]
    assert closed == [[3]] and private["trading"].tolist() == [0, 1, 1, 0] and private["niche"].tolist() == [0, 0, 0, 1]
    assert (private["failed_month"][3], private["failure"][3]) == (8, FAILURE_ILLIQUID)
    assert model.ledger.flows["firm.failures"] == 1


def test_a_market_waits_for_its_draw(monkeypatch):
    model = town()
    entered = []
    monkeypatch.setattr(winding_up, "_enter", lambda model, niches: entered.append(niches.tolist()))
    model.firms.private["trading"][:] = 0
    model.firms.private["niche"][[1, 3]] = 1
    model.firms.settings.entry_hazard = 0.3
    winding_up.succeed(model)
    assert entered == [[1]], "draws of .1 and .3: the second is not below the chance"


def test_founders_are_jobless_first_where_firms_decide_on_jobs():
    model = town()
    persons = model.persons
    persons["employed"][:] = [1, 1, 0, 1, 0, 1]
    persons["sector"][:] = [0, 0, 0, 1, 1, 2]
    persons["owns"][0] = 3
    assert winding_up._founders(model, np.array([0, 1, 0, 2, 0])).tolist() == [2, 4, 1, 5, -1]
    model.firms.weight_of_jobs = 0.0
    assert winding_up._founders(model, np.array([0, 1])).tolist() == [1, 3]
    model.accounts["alive"][1] = 0
    assert winding_up._founders(model, np.array([0, 1])).tolist() == [-1, 3]


def test_a_successor_takes_the_market_over():
    model = town(firms=4)
    firms, private, persons = model.firms, model.firms.private, model.persons
    private["sector"][1:], private["niche"][[1, 2]] = [0, 1, 0, 0], 1
    for name, value in (("size_class", 1), ("market", 700), ("normal_sales", 900)):
        private[name][1] = value
    private["vacancies"][:] = 5
    persons["income_permanent"][:], persons["sector"][:] = 50, 0
    model.economy = SimpleNamespace(month=lambda month: SimpleNamespace(calendar_month=4))
    chosen, furnished = [], []
    firms.found = lambda sectors, month, environment: np.array([3]) if sectors.tolist() == [0] else None
    firms.choose_suppliers = lambda rows, month: chosen.append(rows.tolist())
    firms.furnish = lambda rows, month, stationary: (
        furnished.append((month, stationary)) or {"cash": 80, "inventory": 9}
    )
    winding_up._enter(model, np.array([1, 2]))
    assert private["niche"].tolist() == [0, 0, 1, 0, 0], "nobody of the other sector founds"
    # Customers among the firms are lost: usual sales are final demand.
    assert (private["size_class"][3], private["market"][3], private["normal_sales"][3]) == (1, 700, 700)
    assert (private["vacancies"][3], private["staff"][3], private["labour"][3]) == (0, 1, 50)
    assert persons["owns"].tolist() == [3, 0, 0, 0, 0, 0] and furnished == [(4, False)] and chosen == [[3]]
    flows = model.ledger.flows
    assert (flows["equity_paid_in"], flows["inventory_founded"], flows["firms_entered"]) == (80, 9, 1)


def test_first_by_luck_in_each_group():
    model = town()
    people, group = np.array([5, 1, 3, 0]), np.array([7, 7, 2, 9])
    assert winding_up._first_by_luck(model, people, group, np.array([2, 7, 8, 9, 99])).tolist() == [3, 1, -1, 0, -1]


def test_means_are_shared_to_the_last_fen():
    paid = winding_up._in_proportion(np.array([[100, 100, 100], [7, 0, 3]]), np.array([100, 40]))
    assert paid.sum(axis=1).tolist() == [100, 10] and paid[1].tolist() == [7, 0, 3]
    assert paid[0].min() == 33 and paid[0].max() == 34


def test_founding_a_place(monkeypatch):
    """Ten at work in the first sector, owners first; staff by what firms want; who has no owner closes at once."""
    model = town(firms=3, persons=12)
    firms, persons = model.firms, model.persons
    persons["employed"][:] = [1] * 10 + [0, 1]
    persons["sector"][:] = [0] * 11 + [1]
    persons["income_permanent"][:] = 100
    monkeypatch.setattr("sim.firms.steps.firms_by_sector", lambda count: [2, 1, 0, 0, 0])
    firms.found = lambda sectors, month, environment: np.array([1, 2, 3])
    firms.choose_suppliers = lambda rows, month: None
    firms.furnish = lambda rows, month, stationary: firms.private["market"][rows].copy()
    firms.private["sector"][:] = [0, 0, 0, 1]
    firms.private["vacancies"][1:] = [7, 3, 5]
    model.accounts["alive"][11] = 0
    found_all(model)
    # Six and two wanted beside the owner: of eight others six and two.
    assert persons["owns"].tolist() == [1, 2, *[0] * 10]
    assert persons["employer"].tolist() == [1, 2, *[1] * 6, *[2] * 2, 0, 0]
    assert firms.private["trading"].tolist() == [0, 1, 1, 0] and firms.accounts["alive"].tolist() == [0, 1, 1, 0]
    assert firms.private["staff"].tolist() == [0, 7, 3, 0] and firms.private["vacancies"].tolist() == [0] * 4
    # Sales are labour over its share of a quarter.
    assert firms.private["normal_sales"].tolist() == [0, 2_800, 1_200, 0]
    assert firms.jobless_by_sector.tolist() == [1, 0, 0, 0, 0, 0]


# ---- security ---------------------------------------------------------------------------------------


def secured(**policy):
    """Firm 1 is three months late with a pledge of 400; the owner of firm 2, five months late, has 1 000."""
    model = town()
    names = {"pledge_from": 3, "owner_from": 5, "owner_share": 0.5, "seizure_cost": 100, "call_owner_cost": 7, **policy}
    model.config.policy = SimpleNamespace(collections=SimpleNamespace(**names))
    private, book = model.firms.private, model.firms.accounts
    book["months_past_due"][1:], book["overdue"][1:], book["principal"][1:] = [3, 5, 2], 60, 500
    book["interest"][1], book["due"][1:] = 20, [90, 80, 70]
    book["line"][1:], book["limit"][:] = [LINE_OPEN, LINE_FROZEN, LINE_OPEN], 900
    private["pledge"][:], private["owner"][:] = [0, 400, 0, 400], [0, 3, 4, 5]
    private["cash"][1:], private["reserve"][:] = [10, 30, 5], 25
    model.persons["cash"][4] = 1_000
    return model


def test_security_is_called_from_its_stage_on():
    model = secured()
    enforce_security(model)
    private, book, flows = model.firms.private, model.firms.accounts, model.ledger.flows
    # The pledge brings 200, all of it on the loan; the owner pays the 80 that are due.
    assert private["pledge"].tolist() == [0, 0, 0, 400] and private["cash"].tolist() == [0, 210, 110, 5]
    assert book["due"].tolist() == [0, 200, 80, 70] and model.persons["cash"][4] == 920
    assert book["line"].tolist() == [0, LINE_CLOSED, LINE_CLOSED, LINE_OPEN]
    assert book["limit"].tolist() == [900, 0, 0, 900]
    assert (flows["pledges_enforced"], flows["owners_called"], flows["estate_sold"]) == (1, 1, 200)
    assert flows["owner_guarantee"] == 80 and flows["security_brought"] == 280 and flows["security_cost"] == 107
    # Wages put aside yield: 10 and 30 are left beside what is due.
    assert private["reserve"].tolist() == [25, 10, 25, 25]


@pytest.mark.parametrize("change", [{"pledge_from": 4}, {"owner_from": 6}])
def test_not_before_its_stage(change):
    model = secured(**change)
    enforce_security(model)
    flows = model.ledger.flows
    assert (flows["pledges_enforced"], flows["owners_called"]) == ((0, 1) if "pledge_from" in change else (1, 0))


def test_who_is_not_behind_or_not_liable_is_left_alone():
    for name in ("overdue", "principal"):
        model = secured()
        model.firms.accounts[name][:] = 0
        enforce_security(model)
        assert model.ledger.flows["pledges_enforced"] == model.ledger.flows["owners_called"] == 0, name
    model = secured()
    model.firms.private["trading"][:] = 0
    enforce_security(model)
    assert model.ledger.flows["estate_sold"] == 0
    model = secured()
    model.firms.settings.owner_guarantee = 0.0
    enforce_security(model)
    assert model.ledger.flows["owners_called"] == 0 and model.ledger.flows["pledges_enforced"] == 1


def test_a_pledge_pays_no_more_than_is_owed():
    model = secured()
    model.firms.private["pledge"][1] = 4_000
    enforce_security(model)
    assert model.firms.accounts["due"][1] == 520 and model.ledger.flows["security_brought"] == 600


def test_an_owner_pays_what_the_pledge_leaves_due():
    model = secured(owner_from=3)
    model.firms.private["pledge"][1], model.persons["cash"][3] = 100, 1_000
    enforce_security(model)
    # 50 of the 90 due come from the pledge.
    assert model.persons["cash"][3] == 960 and model.ledger.flows["owner_guarantee"] == 40 + 80
    assert model.firms.private["cash"][1] == 10 + 90
