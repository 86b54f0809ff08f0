"""The firms' tables: what firms are furnished with, whom they buy from, how much room there is."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import mesa
import numpy as np
import pytest

import sim
from sim.economy.economy import Economy
from sim.firms.firm import NO_FIRM
from sim.firms.firms import Firms
from sim.firms.settings import FirmSettings
from sim.loan.states import LINE_APPLIED, LINE_NONE

WORLD = ("population.borrowers=400", "firms.per_person=0.15")
RETAIL, SERVICES = 1, 2
SALES = 1_000_000
FURNISHED = ("inventory", "fixed_cost", "wage_bill", "expected_sales", "profit_average", "pledge", "overdraft", "cash",
             "receivables")  # fmt: skip


def firms_of(*overrides: str, persons: int = 400, months: int = 24) -> Firms:
    return Firms(mesa.Model(rng=1), sim.compose([*WORLD, *overrides]), persons, months)


def two(*overrides: str) -> tuple[Firms, np.ndarray]:
    """A shop without and a firm of services with an account at the lender; sales of 10 000 and 20 000 yuan."""
    firms = firms_of(*overrides)
    made = firms._append(2)
    rows = np.arange(made.start, made.stop)
    columns = {"sector": [RETAIL, SERVICES], "normal_sales": [SALES, 2 * SALES], "labour": [50_000, 900_000],
               "size_class": [0, 1], "market": [400_000, 500_000], "observability": [0.5, 0.75],
               "trading": [1, 1]}  # fmt: skip
    for name, values in columns.items():
        firms.private[name][rows] = values
    firms.accounts["line"][rows] = [LINE_NONE, LINE_APPLIED]
    firms.private["thrift"][rows] = [0.5, 2.0]
    firms._buffers = np.zeros_like(firms._buffers)
    return firms, rows


def test_row_0_is_nobody_and_there_is_room_for_all_who_come():
    firms = firms_of(months=0)
    assert firms.exist and firms.count == 60 and firms.rows == 1
    assert NO_FIRM == 0 and firms.trading().size == 0
    firms._append(68)
    assert firms.rows == 69
    none = firms_of("firms=none", "firms.per_person=0")
    assert not none.exist and none.count == 0 and none.weight_of_jobs == 0.0


def test_shares_that_are_divided_by_are_above_0():
    firms = firms_of("sectors.internet_services.input_share=0", "sectors.internet_services.wage_share=0")
    assert firms.standing["input_share_by_sector"][SERVICES] == firms.standing["wage_share_by_sector"][SERVICES] == 0.01
    assert firms.standing["input_share_by_sector"][RETAIL] == 0.74
    # A quarter of sales is to persons, at once; of the rest two fifths are.
    assert firms.standing["cash_part"] == pytest.approx(0.25 + 0.75 * 0.4)


def test_a_network_needs_a_supplier_where_there_are_firms():
    alone = FirmSettings(degree=0, network_share=0.6, per_person=0.15)
    assert [line.split(":")[0] for line in alone.check()] == ["firms.degree"]
    for fine in ({"degree": 1}, {"network_share": 0.0}, {"per_person": 0.0}):
        assert list(replace(alone, **fine).check()) == []
    assert len(list(replace(alone, degree=1, planting_month=9, harvest_month=9).check())) == 1


def test_a_firm_that_has_traded_for_long_has_usual_stocks():
    """The shop holds 1.5 months of its inputs (74 % of sales); sells 45 % of its market on credit, at the end of a
    month 1.4 of what is sold in one outstanding; owes its suppliers a month; and holds half of the usual 0.7 months of
    wages and fixed cost (10 % each), beside what its suppliers get beyond what customers bring.
    """
    firms, rows = two()
    firms.choose_suppliers(rows, 5)
    brought = firms.furnish(rows, 5, stationary=True)
    shop = {name: int(firms.private[name][rows[0]]) for name in FURNISHED}
    assert shop["inventory"] == pytest.approx(1_110_000, abs=1)
    assert shop["fixed_cost"] == pytest.approx(100_000, abs=1)
    assert shop["wage_bill"] == 50_000 and shop["expected_sales"] == SALES and shop["profit_average"] == 60_000
    assert (shop["pledge"], shop["overdraft"]) == (0, 600_000)
    assert shop["receivables"] == pytest.approx(400_000 * 0.45 * 1.4, abs=1)
    owed = 0.74 * SALES
    short = owed - 0.8 * 600_000 - 0.45 * 400_000
    assert shop["cash"] == pytest.approx(0.35 * (0.1 * SALES + 100_000) + short, abs=5)
    later = firms.links["later"][firms.links_of(rows)]
    assert later[0].sum() == pytest.approx(owed, abs=firms.slots)
    assert firms.accounts["inflow_slow"][rows].tolist() == [0.5 * SALES, 1.5 * SALES]
    assert brought == {name: int(firms.private[name][rows].sum()) for name in ("cash", "inventory")}
    # Who banks with the lender has no overdraft elsewhere; small firms have something to pledge; wages as they are.
    services = {name: firms.private[name][rows[1]] for name in ("overdraft", "pledge", "wage_bill")}
    assert services == {"overdraft": 0, "pledge": 600_000, "wage_bill": 900_000}


def test_a_firm_that_has_traded_for_long_has_grown_to_its_luck():
    """With luck of a fifth more the shop sells 480 000 of its market: stocks, debts, claims follow, cost does not."""
    firms, rows = two()
    firms.private["productivity"][rows[0]] = np.log(1.2)
    firms.choose_suppliers(rows, 5)
    firms.furnish(rows, 5, stationary=True)
    shop = {name: int(firms.private[name][rows[0]]) for name in FURNISHED}
    assert [shop[name] for name in ("expected_sales", "fixed_cost")] == pytest.approx([1_080_000, 100_000], abs=1)
    assert shop["inventory"] == pytest.approx(1.08 * 1_110_000, abs=2)
    assert shop["receivables"] == pytest.approx(480_000 * 0.45 * 1.4, abs=1)
    later = firms.links["later"][firms.links_of(rows)]
    assert later[0].sum() == pytest.approx(0.74 * 1_080_000, abs=firms.slots)
    assert firms.accounts["inflow_slow"][rows[0]] == pytest.approx(540_000)
    # A founder's market waits for him as it usually is.
    firms.furnish(rows, 5, stationary=False)
    assert firms.private["expected_sales"][rows[0]] == SALES


@pytest.mark.parametrize("sector", range(5))
def test_who_has_traded_for_long_goes_on_as_before(sector):
    """In the first month customers pay what is sold on credit in one, and suppliers get what is ordered in one."""
    firms, rows = two()
    firms.private["sector"][rows] = sector
    firms.choose_suppliers(rows, 5)
    firms.furnish(rows, 5, stationary=True)
    standing, private = firms.standing, firms.private
    paid = standing["collected_by_sector"][sector] * private["receivables"][rows]
    assert paid == pytest.approx(0.45 * private["market"][rows], abs=1)
    due = standing["matured_by_sector"][sector] * firms.links["later"][firms.links_of(rows)].sum(axis=1)
    inputs = standing["input_share_by_sector"][sector] * private["normal_sales"][rows]
    assert due == pytest.approx(inputs, abs=firms.slots)
    assert (paid + 0.8 * (private["normal_sales"] - private["market"])[rows] + private["cash"][rows] >= due - 5).all()


def test_a_founder_has_cash_until_customers_pay():
    firms, rows = two()
    firms.furnish(rows, 5, stationary=False)
    assert not firms.private["receivables"][rows].any()
    buffer, waits = 0.35 * (0.1 * SALES + 100_000), 0.45 * 400_000 * 0.4
    assert firms.private["cash"][rows[0]] == pytest.approx(buffer + waits + 2 * 100_000, abs=5)
    # Firms pay suppliers of the industry after 50 days; customers outside pay it after 51.
    firms.private["sector"][rows[0]] = 0
    firms.furnish(rows, 5, stationary=False)
    wages, fixed, later = (firms.standing[f"{name}_by_sector"][0] for name in ("wage_share", "fixed_share", "matured"))
    waits = 0.45 * 400_000 * 51 / 30 + 600_000 * (50 / 30 - 1)
    buffer = 0.35 * (wages + fixed) * SALES
    assert later == 0.6 and firms.private["cash"][rows[0]] == pytest.approx(buffer + waits + 2 * fixed * SALES, abs=5)


@pytest.mark.parametrize(("degree", "share"), [(4, 0.6), (1, 0.6), (0, 0.0)])
def test_what_no_supplier_takes_on_is_bought_outside(degree, share):
    """Nobody sells more than 40 % of its sales to one customer; the shop buys for 740 000, the other for 600 000."""
    firms, rows = two(f"firms.degree={degree}", f"firms.network_share={share}")
    firms.choose_suppliers(rows, 5)
    links = firms.links_of(rows)
    shares, suppliers = firms.links["share"][links], firms.links["supplier"][links]
    assert shares.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert (suppliers[:, -1] == NO_FIRM).all()
    chosen = suppliers[:, :-1] != NO_FIRM
    assert (suppliers[:, :-1] == rows[::-1, None])[chosen].all(), "each can but choose the other, or nobody"
    part = np.minimum(share / max(degree, 1), [0.4 * 2_000_000 / 740_000, 0.4 * 1_000_000 / 600_000])
    assert shares[:, :-1] == pytest.approx(np.where(chosen, part[:, None], 0.0)) and chosen.any() == (degree > 0)
    # Replaced once more in another month: what is taken from one goes outside or to the next.
    if degree:
        firms.private["trading"][rows[1]] = 0
        firms.replace_suppliers(links[:1, :-1].ravel(), 6)
        assert firms.links["share"][links[0]].tolist() == [0.0] * degree + [1.0]


@pytest.mark.parametrize("degree", [1, 3, 6, 7])
def test_shares_of_purchases_stay_between_nothing_and_all(degree):
    firms, rows = two(f"firms.degree={degree}", "firms.network_share=1", "firms.largest_customer=1")
    firms.choose_suppliers(rows, 0)
    links = firms.links_of(rows)
    for month in range(1, 24):
        firms.replace_suppliers(links[:, :-1].ravel(), month)
        shares = firms.links["share"][links]
        assert shares.min() >= 0.0 and shares.max() <= 1.0 and shares.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_founders_are_new_and_numbered():
    firms = firms_of()
    config = sim.compose([*WORLD])
    environment = {**config.population.environment(), "flat_offer": 0.146}
    rows = firms.found(np.array([RETAIL, SERVICES, RETAIL]), 7, environment)
    assert rows.tolist() == [1, 2, 3] and firms.trading().tolist() == [1, 2, 3]
    assert firms.private["sector"][rows].tolist() == [RETAIL, SERVICES, RETAIL]
    assert set(firms.accounts["arrival_month"][rows]) == {7} and set(firms.accounts["months_on_book"][rows]) == {0}
    assert np.diff(firms.accounts["ordinal"][rows]).tolist() == [1, 1]
    old = firms.found(np.array([RETAIL]), 7, {**environment, "initial_tenure": 24})
    assert firms.accounts["months_on_book"][old].tolist() == [24]


def test_unemployment_is_remembered_against_what_was_usual():
    firms = firms_of()
    usual = firms.calm_unemployment
    firms.remember(usual + 0.12, month=-1, memory=2)
    assert firms.calm_unemployment == pytest.approx(usual + 0.01) and firms.gaps == pytest.approx([0.11])
    for unemployment in (0.05, 0.06, 0.07):
        firms.remember(unemployment, month=0, memory=2)
    assert firms.gaps == pytest.approx([unemployment - usual - 0.01 for unemployment in (0.05, 0.06, 0.07)])


def test_luck_differs_more_between_firms_in_a_recession():
    """At the trough the variance of a month's luck is 2.5 times that of calm, half way 1.75 times; the mean stays."""
    firms = firms_of()
    calm = {"calendar_month": 0, "harvest_by_region": [1.0], "demand_by_sector": [1.0] * 6}
    sd = firms.settings.productivity_sd * (1.0 - 0.94**2) ** 0.5
    for stress, times in ((0.0, 1.0), (0.5, 1.75), (1.0, 2.5), (-0.2, 1.0)):
        numbers = firms.numbers({}, SimpleNamespace(**calm, stress=stress))
        assert numbers["productivity_volatility"] ** 2 == pytest.approx(times * sd**2)
        assert numbers["productivity_drift"] == pytest.approx(-0.5 * times * sd**2 / 1.94)
    severe = sim.compose(["economy=severe_recession", "economy.systematic.severity_sd=0"])
    assert max(Economy(severe.economy, 1).month(month).stress for month in range(40)) == pytest.approx(1.0, abs=0.05)


def test_customers_outside_pay_later_in_a_recession():
    """Days are two fifths longer at the trough, a fifth at half its stress: 12 days of retail are 16.8 and 14.4."""
    firms = firms_of()
    calm = {"calendar_month": 0, "harvest_by_region": [1.0], "demand_by_sector": [1.0] * 6}
    for stress, days in ((0.0, 12.0), (0.5, 14.4), (1.0, 16.8), (-0.2, 12.0)):
        collected = firms.numbers({}, SimpleNamespace(**calm, stress=stress))["collected_by_sector"]
        assert collected[RETAIL] == pytest.approx(1.0 / (1.0 + days / 30.0))
    assert (firms.standing["collected_by_sector"] == firms.numbers({}, SimpleNamespace(**calm, stress=0.0))
            ["collected_by_sector"]).all(), "calm months are to the bit what furnishes firms"  # fmt: skip


def test_lenders_look_ahead_on_firms_and_through_the_cycle_on_persons():
    firms = firms_of("policy.approval.firm_outlook=0.3")
    assert firms.standing["outlook"] == 0.3 and firms.settings.name == "standard"
    assert sim.compose([*WORLD]).policy.approval.outlook == 0.0
