"""Who owns firms, by hand: founders of a place, heirs, successors."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.firms import succession
from sim.firms.succession import appoint, firms_by_sector, found_all
from sim.loan.states import FAILURE_ILLIQUID
from tests.laws.calling import act
from tests.month.town import town


def test_owners_are_at_work_and_own():
    model = town()
    model.persons["months_jobless"][:] = 7
    appoint(model.people, model.firms, np.array([2, 3]), np.array([4, 1]))
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


def test_staff_takes_over_what_an_owner_leaves(monkeypatch):
    model = town()
    private, persons = model.firms.private, model.persons
    private["owner"][1:] = [0, 1, 5]
    persons["owns"][[1, 5]] = [2, 3]
    persons["employed"][:], persons["employer"][:] = 1, [0, 2, 1, 1, 0, 3]
    closed = []
    monkeypatch.setattr(succession, "wind_up", lambda month, people, firms, ledger, rows: closed.append(rows.tolist()))
    model.accounts["alive"][5], model.firms.settings.entry_hazard = 0, 0.0
    private["sector"][3] = 4  # where nobody else is
    act(succession.succeed, model)
    # The first firm's owner owns nothing any more: of persons 2 and 3 the first has less luck. Firm 3 has nobody.
    assert private["owner"][1] == 2 and persons["owns"].tolist() == [0, 2, 1, 0, 0, 3]
    assert closed == [[3]] and private["trading"].tolist() == [0, 1, 1, 0] and private["niche"].tolist() == [0, 0, 0, 1]
    assert (private["failed_month"][3], private["failure"][3]) == (8, FAILURE_ILLIQUID)
    assert model.ledger.flows["firm.failures"] == 1


def test_a_firm_without_owner_and_staff_is_sold_within_its_sector():
    model = town()
    private, persons = model.firms.private, model.persons
    private["owner"][1:] = [0, 1, 5]
    persons["owns"][[0, 1, 5]] = [1, 2, 3]
    persons["employed"][:], persons["employer"][:] = [1, 1, 1, 0, 0, 1], [1, 2, 1, 0, 0, 3]
    private["sector"][3], persons["sector"][:] = 1, [0, 0, 0, 0, 1, 1]
    model.accounts["alive"][5], model.firms.settings.entry_hazard = 0, 0.0
    act(succession.succeed, model)
    assert private["owner"][3] == 4 and persons["owns"][4] == persons["employer"][4] == 3
    assert private["trading"].tolist() == [0, 1, 1, 1] and model.ledger.flows["firm.failures"] == 0


def test_a_market_waits_for_its_draw(monkeypatch):
    model = town()
    entered = []
    monkeypatch.setattr(succession, "_enter", lambda *given: entered.append(given[-1].tolist()))
    model.firms.private["trading"][:] = 0
    model.firms.private["niche"][[1, 3]] = 1
    model.firms.settings.entry_hazard = 0.3
    act(succession.succeed, model)
    assert entered == [[1]], "draws of .1 and .3: the second is not below the chance"


def test_founders_are_jobless_first_where_firms_decide_on_jobs():
    model = town()
    persons = model.persons
    persons["employed"][:] = [1, 1, 0, 1, 0, 1]
    persons["sector"][:] = [0, 0, 0, 1, 1, 2]
    persons["owns"][0] = 3
    assert succession._founders(8, model.people, True, np.array([0, 1, 0, 2, 0])).tolist() == [2, 4, 1, 5, -1]
    assert succession._founders(8, model.people, False, np.array([0, 1])).tolist() == [1, 3]
    model.accounts["alive"][1] = 0
    assert succession._founders(8, model.people, False, np.array([0, 1])).tolist() == [-1, 3]


def test_a_successor_takes_the_market_over():
    model = town(firms=4)
    firms, private, persons = model.firms, model.firms.private, model.persons
    private["sector"][1:], private["niche"][[1, 2]] = [0, 1, 0, 0], 1
    private["trading"][1:], private["normal_sales"][4] = [0, 0, 1, 1], 4_000
    firms.links["supplier"][[4, 8]], firms.links["share"][[5, 9]] = 1, 1.0  # the second and the fourth bought from it
    for name, value in (("size_class", 1), ("market", 700), ("normal_sales", 900)):
        private[name][1] = value
    private["vacancies"][:] = 5
    persons["income_permanent"][:], persons["sector"][:] = 50, 0
    model.economy = SimpleNamespace(month=lambda month: SimpleNamespace(calendar_month=4))
    chosen, furnished = [], []
    firms.found = lambda sectors, month, environment, ordinal: {(0, 2**30 + 2**29): np.array([3])}[*sectors, ordinal]
    firms.choose_suppliers = lambda rows, month: chosen.append(rows.tolist())
    firms.furnish = lambda rows, month, stationary: (
        furnished.append((month, stationary)) or {"cash": 80, "inventory": 9}
    )
    act(succession._enter, model, niches=np.array([1, 2]))
    assert private["niche"].tolist() == [0, 0, 1, 0, 0], "nobody of the other sector founds"
    # The fourth firm would order 1 200 of its inputs of 2 000; of usual sales of 1 900 one customer may be 760,
    # which shares in 32 bits make a fen less.
    assert (private["size_class"][3], private["market"][3], private["normal_sales"][3]) == (1, 700, 1_459)
    assert firms.links["supplier"][[4, 8]].tolist() == [1, 3], "who has failed comes back to nobody"
    assert firms.links["share"][[8, 9]] == pytest.approx([0.38, 0.62])
    assert (private["vacancies"][3], private["staff"][3], private["labour"][3]) == (0, 1, 50)
    assert persons["owns"].tolist() == [3, 0, 0, 0, 0, 0] and furnished == [(4, False)] and chosen == [[3]]
    flows = model.ledger.flows
    assert (flows["equity_paid_in"], flows["inventory_founded"], flows["firms_entered"]) == (80, 9, 1)


def feeds_founder(model) -> bool:
    """Whether the market of firm 1 feeds person 2."""
    return bool(succession._waiting(model.people, model.firms, np.array([1]), np.array([2]))[-1][0])


def test_a_market_that_feeds_no_founder_goes_to_a_firm_of_its_sector():
    """Wages and profit are three tenths of sales: 166 feed nobody who earns 50, 167 do."""
    model = town(firms=4)
    firms, private = model.firms, model.firms.private
    model.persons["income_permanent"][:] = 50
    private["sector"][1:], private["trading"][1:] = [0, 0, 1, 0], [0, 1, 1, 1]
    for market, feeds in ((166, False), (167, True)):
        private["market"][1] = market
        assert feeds_founder(model) == feeds
    private["niche"][1] = 1
    for name, values in (("market", [70, 80, 90]), ("normal_sales", [7, 8, 9]), ("expected_sales", [1, 2, 3])):
        private[name][2:] = values
    before = private["market"].sum()
    succession._take_over(8, firms, np.array([1]))
    taker = 2 if private["market"][2] > 70 else 4
    gained = {name: int(private[name][taker]) for name in ("market", "normal_sales", "expected_sales")}
    assert gained in ({"market": 237, "normal_sales": 174, "expected_sales": 168},
                      {"market": 257, "normal_sales": 176, "expected_sales": 170})  # fmt: skip
    assert private["niche"][1] == 0 and private["market"][3] == 80 and private["market"].sum() == before + 167
    private["niche"][1], private["trading"][[2, 4]] = 1, 0
    succession._take_over(8, firms, np.array([1]))
    assert private["niche"][1] == 1, "nobody of the sector is left: the market waits"
    # Nobody founds on such a market, so that no table is asked for a row.
    private["market"][1], private["trading"][4] = 166, 1
    firms.found = lambda sectors, month, environment, ordinal: np.empty(0, dtype=np.int64)[9:] + 1 / len(sectors)
    act(succession._enter, model, niches=np.array([1]))
    assert private["niche"][1] == 0 and model.ledger.flows["firms_entered"] == 0


def test_a_firm_that_takes_a_market_over_gets_its_customers():
    """The fourth orders three tenths of its sales; who takes over buys from itself no more."""
    model = town(firms=4)
    firms, private = model.firms, model.firms.private
    private["trading"][1:], private["niche"][1], private["market"][1] = [0, 1, 0, 1], 1, 100
    private["normal_sales"][[2, 4]] = [600, 400]
    firms.links["supplier"][[4, 8]], firms.links["share"][[5, 9]] = 1, 1.0
    model.persons["income_permanent"][:] = 50
    # Wages and profit are three tenths: the market alone feeds nobody, with orders of 180 and 120 it does.
    assert feeds_founder(model)
    succession._take_over(8, firms, np.array([1]))
    assert firms.links["supplier"][[4, 8]].tolist() == [0, 2] and firms.links["share"][8] == pytest.approx(0.6)
    gained = {name: int(private[name][2]) for name in ("market", "normal_sales", "expected_sales")}
    assert gained == {"market": 100, "normal_sales": 820, "expected_sales": 220}


def test_founding_a_place(monkeypatch):
    """Ten at work in the first sector, owners first; staff by what firms want; who has no owner closes at once."""
    model = town(firms=3, persons=12)
    firms, persons = model.firms, model.persons
    persons["employed"][:] = [1] * 10 + [0, 1]
    persons["sector"][:] = [0] * 11 + [1]
    persons["income_permanent"][:] = 100
    monkeypatch.setattr("sim.firms.succession.firms_by_sector", lambda count: [2, 1, 0, 0, 0])
    firms.found = lambda sectors, month, environment: np.array([1, 2, 3])
    firms.choose_suppliers = lambda rows, month: None
    firms.furnish = lambda rows, month, stationary: firms.private["market"][rows].copy()
    firms.private["sector"][:] = [0, 0, 0, 1]
    firms.private["vacancies"][1:] = [7, 3, 5]
    model.accounts["alive"][11] = 0
    act(found_all, model)
    # Six and two wanted beside the owner: of eight others six and two.
    assert persons["owns"].tolist() == [1, 2, *[0] * 10]
    assert persons["employer"].tolist() == [1, 2, *[1] * 6, *[2] * 2, 0, 0]
    assert firms.private["trading"].tolist() == [0, 1, 1, 0] and firms.accounts["alive"].tolist() == [0, 1, 1, 0]
    assert firms.private["staff"].tolist() == [0, 7, 3, 0] and firms.private["vacancies"].tolist() == [0] * 4
    # Sales are labour over its share of a quarter.
    assert firms.private["normal_sales"].tolist() == [0, 2_800, 1_200, 0]
    assert firms.jobless_by_sector.tolist() == [1, 0, 0, 0, 0, 0]


def test_firms_by_sector_are_as_many_as_there_are_and_follow_employment():
    for count in (0, 1, 4, 37, 1_000):
        found = firms_by_sector(count)
        assert found.sum() == count and len(found) == 5
    assert (firms_by_sector(1_000) > 0).all() and firms_by_sector(2_000).argmax() == firms_by_sector(37).argmax()
