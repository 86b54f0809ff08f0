"""The end of a firm by hand: its estate, the order of creditors, owners who stand in."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.firms import winding_up
from sim.loan.servicing import count_arrears
from sim.loan.states import LINE_APPLIED, LINE_CHARGED_OFF, LINE_CLOSED, LINE_FROZEN, LINE_OPEN
from tests.laws.calling import act, call
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
    act(winding_up.wind_up_failed, model)
    firms, flows = model.firms, model.ledger.flows
    # 100 less a tenth: 90 over 150 + 50 + 200.
    assert flows["estate_paid_outside"] == 10
    paid = [int(flows["trade_paid"]), int(flows["inputs_paid_outside"]), int(firms.private["cash"][1])]
    assert sum(paid) == 90 and paid == pytest.approx([33.75, 11.25, 45], abs=1)
    assert firms.private["cash"][2] == paid[0] and firms.private["hit"].tolist() == [0, 0, 150 - paid[0], 0]
    assert flows["trade_credit_lost"] == 150 - paid[0] and flows["supplier_debt_lost"] == 50 - paid[1]
    assert firms.links["later"].sum() == firms.links["due"].sum() == 0
    assert not firms.links["share"][[0, 4, 5, 6, 7]].any(), "nobody bought from it"


def test_the_pledge_serves_the_lender_first():
    model = failing(pledge=240, inventory=40, receivables=60)
    act(winding_up.wind_up, model, failed=np.array([1]))
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
    act(winding_up.wind_up, model, failed=np.array([1]))
    assert model.firms.private["cash"].tolist() == [0, 200, 150, 0]
    assert model.ledger.flows["estate_paid_outside"] == 100 + 900 - 400
    model = failing(cash=-70)
    act(winding_up.wind_up, model, failed=np.array([1]))
    assert model.ledger.flows["overdraft_lost"] == 70 and model.firms.private["cash"].tolist() == [0, 0, 0, 0]
    assert model.firms.private["hit"][2] == 150


def test_the_loan_of_a_failed_firm_runs_off():
    model = failing()
    book = model.firms.accounts
    act(winding_up.wind_up, model, failed=np.array([1]))
    # No grace, no payment holiday, no limit; 150 and interest of 20 are due.
    assert book["holiday"][1] == 0
    assert (book["grace"][1], book["limit"][1], book["overdue"][1], book["line"][1]) == (0, 0, 170, LINE_CLOSED)
    for before, after in (
        (LINE_APPLIED, LINE_CLOSED),
        (LINE_CHARGED_OFF, LINE_CHARGED_OFF),
        (LINE_FROZEN, LINE_FROZEN),
    ):
        model = failing()
        model.firms.accounts["line"][1], model.firms.accounts["payment"][1] = before, 90
        act(winding_up.wind_up, model, failed=np.array([1]))
        assert (model.firms.accounts["line"][1], model.firms.accounts["payment"][1]) == (after, 1)
    model = failing()
    model.firms.accounts["principal"][1] = 0
    act(winding_up.wind_up, model, failed=np.array([1]))
    assert model.firms.accounts["payment"][1] == model.firms.accounts["overdue"][1] == 0


def test_what_an_owner_pays_by_and_by_does_not_make_the_loan_younger():
    """Its arrears age by a month each month until it is repaid, and it is charged off at the usual age."""
    model = failing()
    act(winding_up.wind_up, model, failed=np.array([1]))
    book = {name: int(model.firms.accounts[name][1]) for name in ("principal", "interest", "overdue", "payment")}
    state = {**book, "months_past_due": 2, "paid": 20, "default_month": 0, "holiday": 0, "clock_frozen": 1, "month": 9}
    for late in (3, 4, 5, 6, 7):
        state |= call(count_arrears, **state, due=state["overdue"] + state["payment"])
        assert state["months_past_due"] == late


def test_only_failures_of_the_month_are_wound_up():
    model = failing()
    model.firms.private["failed_month"][1] = 7
    act(winding_up.wind_up_failed, model)
    assert not model.ledger.flows
    model.firms.private["failed_month"][1], model.firms.private["trading"][1] = 8, 1
    act(winding_up.wind_up_failed, model)
    assert not model.ledger.flows


def test_insured_suppliers_are_made_whole():
    model = failing(cash=0)
    model.firms.feedback.trade_credit = 0.4
    act(winding_up.wind_up, model, failed=np.array([1]))
    assert model.ledger.flows["trade_credit_insured"] == 90
    assert model.firms.private["cash"][2] == 90 and model.firms.private["hit"][2] == 60


def test_claims_on_customers_are_sold_to_a_factor():
    model = failing(cash=0)
    firms = model.firms
    firms.links["supplier"][6], firms.links["share"][[6, 7]] = 1, [0.25, 0.75]
    firms.links["later"][6], firms.links["due"][6], firms.links["later"][7] = 60, 40, 5
    firms.private["normal_sales"][[1, 3]] = 1_000  # the failed firm could have served its customer
    act(winding_up.wind_up, model, failed=np.array([1]))
    # Firm 3 owed 100: it owes them to the outside world now; the factor paid half.
    assert (firms.links["later"][7], firms.links["due"][7]) == (65, 40) and firms.links["later"][6] == 0
    assert model.ledger.flows["trade_credit_sold"] == 100 and model.ledger.flows["estate_sold"] == 50
    # Its customer buys outside until somebody takes up the market.
    assert firms.links["share"][[6, 7]].tolist() == [0.0, 1.0] and firms.links["supplier"][6] == 1


@pytest.mark.parametrize(
    ("sellers", "elasticity", "price"),
    [(1, 1.0, 0.5), (2, 1.0, 0.25), (8, 0.5, 0.5 / 8**0.5), (9, 0.0, 0.5), (0, 1.0, 0.5)],
)
def test_many_sellers_press_the_price(sellers, elasticity, price):
    """Usual are 12 % of three firms a year: below one a month."""
    model = town()
    model.firms.feedback.fire_sale = elasticity
    assert winding_up.resale_price(model.firms, sellers) == pytest.approx(price)
    model.firms.count, model.firms.settings.normal_failures = 300, 0.24
    assert winding_up.resale_price(model.firms, 6) == 0.5 and winding_up.resale_price(model.firms, 12) == pytest.approx(
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


def taken(model, rows, short, share: float, base: str) -> None:
    winding_up.take_from_owners(model.people, model.firms, model.ledger, rows, short, share, base)


def test_an_owner_pays_up_to_a_share_and_only_once():
    model = liable()
    taken(model, np.array([1, 2, 3]), np.array([70, 70, 300]), 0.8, "cash")
    # 80 at most for each, 100 in all: 70, then 30; of 1 000 what is short.
    assert model.firms.private["cash"].tolist() == [0, 70, 30, 300]
    assert model.persons["cash"][[2, 4]].tolist() == [0, 700] and model.ledger.flows["owner_guarantee"] == 400
    model = liable()
    taken(model, np.array([1, 3]), np.array([500, 500]), 0.5, "income")
    assert model.firms.private["cash"].tolist() == [0, 30, 0, 200]
    model = liable()
    model.accounts["alive"][4], model.persons["income"][2] = 0, 10**6
    taken(model, np.array([1, 3]), np.array([500, 500]), 0.5, "income")
    assert model.firms.private["cash"].tolist() == [0, 100, 0, 0], "no more than is there, and nothing of the dead"
    taken(model, np.array([3]), np.array([-5]), 1.0, "cash")
    assert model.firms.private["cash"][3] == 0


def test_owners_of_failed_firms_pay_from_income_as_long_as_it_is_pursued():
    model = liable()
    private, book = model.firms.private, model.firms.accounts
    private["trading"][:] = [0, 0, 0, 1]
    private["failed_month"][1:] = [7, 8, 7]
    private["cash"][1] = 40
    book["principal"][1:], book["interest"][1], book["written_off"][1] = 30, 15, 7
    act(winding_up.owners_pay, model)
    # A quarter of 60, of the 52 owed less 40 that wait in the firm: 12. The second failed this month only.
    assert private["cash"].tolist() == [0, 52, 0, 0]
    private["cash"][1] = 0
    act(winding_up.owners_pay, model)
    assert private["cash"].tolist() == [0, 15, 0, 0]
    model.firms.settings.owner_guarantee = 0.0
    act(winding_up.owners_pay, model)
    assert private["cash"].tolist() == [0, 15, 0, 0]


def test_owners_stand_in_for_the_estate():
    model = failing(cash=0, owner=4)
    model.firms.settings.owner_guarantee = 0.5
    model.persons["cash"][4] = 300
    act(winding_up.wind_up, model, failed=np.array([1]))
    assert model.firms.private["cash"][1] == 150 and model.persons["cash"][4] == 150


@pytest.mark.parametrize(
    ("liable", "exist", "owners"), [(1.0, True, [0, 3]), (0.0, True, [-1, -1]), (1.0, False, [-1, -1])]
)
def test_owners_stand_in_where_they_are_liable(liable, exist, owners):
    firms = SimpleNamespace(
        exist=exist, rows=2, private={"owner": np.array([0, 3])}, settings=SimpleNamespace(owner_guarantee=liable)
    )
    assert winding_up.liable_owners(firms).tolist() == owners


def test_staff_moves_on_where_firms_do_not_decide_on_jobs():
    for jobs, employer in ((0.0, [0, 2]), (1.0, [1, 2])):
        model = failing()
        model.firms.weight_of_jobs = jobs
        model.persons["employed"][:2], model.persons["employer"][:2] = 1, [1, 2]
        act(winding_up.wind_up, model, failed=np.array([1]))
        assert model.persons["employer"][:2].tolist() == employer


def test_settled_firms_are_forgotten():
    model = town()
    private, book = model.firms.private, model.firms.accounts
    private["trading"][:] = [0, 0, 0, 1]
    private["cash"][2] = 1
    book["line"][:] = book["months_past_due"][:] = 3
    act(winding_up.forget, model)
    assert book["line"].tolist() == [3, 0, 3, 3] and book["alive"].tolist() == [0, 0, 1, 1]
    for column in ("principal", "interest", "written_off"):
        private["cash"][2], book[column][2] = 0, 1
        act(winding_up.forget, model)
        assert book["alive"][2] == 1, column
        book[column][2] = 0
    act(winding_up.forget, model)
    assert book["alive"][2] == book["months_past_due"][2] == 0


def test_means_are_shared_to_the_last_fen():
    paid = winding_up._in_proportion(np.array([[100, 100, 100], [7, 0, 3]]), np.array([100, 40]))
    assert paid.sum(axis=1).tolist() == [100, 10] and paid[1].tolist() == [7, 0, 3]
    assert paid[0].min() == 33 and paid[0].max() == 34
