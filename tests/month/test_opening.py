"""The month opens, by hand: felt unemployment, neighbours, the auction, the numbers that rules read, who arrives."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import sim
import sim.month.model  # loads all rules, whose flows a ledger knows
from sim.economy.environment import Support
from sim.economy.sectors import EMPLOYMENT_SHARES
from sim.engine.tables.numbers import Numbers
from sim.loan.account import LATER_ORDINAL
from sim.loan.ledger import Ledger
from sim.month import opening
from sim.month.numbers import lending_numbers, standing_numbers
from sim.persons.watching import see_neighbours
from tests.laws.calling import act
from tests.month.town import town


def month_of(unemployment: float) -> SimpleNamespace:
    return SimpleNamespace(unemployment=unemployment, unemployment_calm=0.05)


def felt(path: list[float], memory: int, jobs: float = 0.0, lived: tuple[float, ...] = ()) -> tuple[float, float]:
    """Gaps felt in the last month of a path."""
    economy = SimpleNamespace(month=lambda month: month_of(path[max(month, 0)]))
    return opening.felt_gaps(len(path) - 1, memory, economy, SimpleNamespace(weight_of_jobs=jobs, gaps=list(lived)))


def test_unemployment_is_felt_now_and_feared_as_long_as_it_is_remembered():
    path = [0.05, 0.11, 0.09, 0.07, 0.06]
    assert felt(path, 3) == pytest.approx((0.01, 0.06))
    assert felt(path, 2) == pytest.approx((0.01, 0.04))
    assert felt(path, 0) == pytest.approx((0.01, 0.01))
    assert felt([0.05, 0.03], 1) == (0.0, 0.0), "better than usual is not felt"


def test_where_firms_decide_on_jobs_lived_unemployment_counts():
    # Lived gaps, the last month's first: .04, .08; the one before that is not remembered, what lacks is 0.
    found = felt([0.05, 0.09, 0.07], 2, jobs=0.75, lived=(0.08, 0.04))
    assert found == pytest.approx((0.25 * 0.02 + 0.75 * 0.04, 0.25 * 0.04 + 0.75 * 0.08))
    assert felt([0.05], 0, jobs=1.0, lived=(-0.02,)) == (0.0, 0.0)


def around(contagion: float, sights: tuple = ()) -> list[float]:
    config = SimpleNamespace(
        population=SimpleNamespace(communities=4),
        behaviour=SimpleNamespace(contagion=contagion),
        policy=SimpleNamespace(scoring=SimpleNamespace(sights=sights)),
    )
    people = SimpleNamespace(
        private={"community": np.array([0, 0, 1, 1, 1, 2, 2, 3, 3])},
        accounts={
            "months_past_due": np.array([3, 4, 4, 13, 0, 0, 0, 0, 5]),
            "alive": np.array([1, 1, 1, 1, 0, 1, 1, 1, 1]),
        },
    )
    return opening.neighbours(config, people).tolist()


def test_the_share_of_a_neighbourhood_that_is_90_days_late():
    assert around(0.1) == [0.5, 1.0, 0.0, 0.5] == around(0.0, (see_neighbours,))
    assert around(0.0) == [0.0] * 4, "where nobody looks nothing is counted"


def test_pressure_by_staff_and_the_price_of_old_debts():
    asked = []
    collections = SimpleNamespace(
        pressure=lambda served: [served, 2 * served],
        price=lambda months, supply: asked.append((months, supply)) or 0.04,
    )
    lender = SimpleNamespace(served=0.5, charge_offs_late=300.0, charge_offs_usual=200.0, effort=0.8, collecting=1.0)
    config = SimpleNamespace(
        policy=SimpleNamespace(collections=collections), lender=SimpleNamespace(charge_off_months=7)
    )
    found = opening.collecting_numbers(config, lender)
    assert found["pressure_by_months_past_due"].tolist() == pytest.approx([0.4, 0.8]) and found["sale_price"] == 0.04
    lender.charge_offs_usual, lender.collecting = 0.0, 0.25
    resting = opening.collecting_numbers(config, lender)
    assert asked == [(7, 1.5), (7, 1.0)]
    assert resting["pressure_by_months_past_due"].tolist() == pytest.approx([0.1, 0.2])
    assert (found["collecting"], resting["collecting"]) == (1.0, 0.25)


def test_what_a_path_brings_in_fen_and_shares():
    config = SimpleNamespace(population=SimpleNamespace(median_income=500_001))
    support = Support(0.5, 0.2, holidays_offered=0.3, collections_stopped=0.4)
    found = opening.supported(config, SimpleNamespace(self_employed_income=0.25, support=support))
    assert found == {
        "self_employed_income": 0.25, "jobless_supplement": 250_000, "universal_transfer": 100_000,
        "holidays_offered": 0.3,
    }  # fmt: skip


def test_what_a_path_offers_whoever_asks_stays_for_the_run():
    words = ["economy.forbearance.months=4", "economy.forbearance.latest=2", "economy.forbearance.inflow_drop=0.3"]
    found = standing_numbers(sim.compose(words, idle=True), 0.05, EMPLOYMENT_SHARES)
    assert found["self_employed_share_by_sector"].tolist() == [0.08, 0.45, 0.25, 0.10, 0.80, 0.10]
    offered = {"forbearance_months": 4, "forbearance_latest": 2, "forbearance_drop": 0.3}
    assert found.items() >= offered.items()


def test_fraud_of_the_month():
    seen = []

    def month(number, seed, groups, control):
        seen.append((number, seed, groups.count if hasattr(groups, "count") else groups, control))
        return SimpleNamespace(rings=2, leaks=1, intensity=np.array([0.1, 0.3]))

    config = SimpleNamespace(
        seed=9,
        fraud=SimpleNamespace(month=month),
        population=SimpleNamespace(communities=2, community_size=40),
        policy=SimpleNamespace(authentication=SimpleNamespace(access_control=0.7)),
    )
    ledger = SimpleNamespace(flows={})
    found = opening.fraud_numbers(5, config, 1.5, ledger)
    assert found["fraud_intensity_by_community"].tolist() == pytest.approx([0.15, 0.45])
    assert ledger.flows == {"fraud_rings": 2, "data_leaks": 1} and seen[0][:2] == (5, 9) and seen[0][3] == 0.7


def test_the_books_open_with_what_the_economy_and_the_scheme_ask(monkeypatch):
    """The auction goes by last month's price, before anything was lent by the flat offer."""
    bids, asked = [], []
    now = SimpleNamespace(policy_rate=0.03, funding=0.6, support=Support(collections_stopped=0.3), unemployment=0.07)
    before = {-8: 0.05, -7: 0.08}
    monkeypatch.setattr(opening, "bid_for_guarantees", lambda *given: bids.append(given[1:]))
    monkeypatch.setattr(opening, "collection_effort", lambda lender, sharing, ledger: 0.9)
    lender = SimpleNamespace(settings="terms", credit_growth=-0.1)

    def month_now(month: int, *growth: float) -> SimpleNamespace:
        return now if growth else month_of(before[month])

    world = SimpleNamespace(
        month=4, config=SimpleNamespace(seed=7), standing={"flat_offer": 0.18}, lender=lender, sharing=None,
        economy=SimpleNamespace(month=lambda *given: asked.append(given) or month_now(*given)),
        ledger=Ledger(True), records=[],
    )  # fmt: skip
    world.ledger.flows["requested"] = 5
    act(opening.open_books, world)
    assert asked == [(4, -0.1), (-8,)] and world.ledger.flows["requested"] == 0
    assert (lender.effort, lender.rolled_over, lender.collecting) == (0.9, 0.6, 0.7)
    assert lender.unemployment_rise == pytest.approx(2.0)
    world.month = 5
    act(opening.open_books, world)
    assert lender.unemployment_rise == 0.0, "standards ease no further than usual while it falls"
    bids.pop(), setattr(world, "month", 4)
    for price in (0.0, 0.15):
        world.records.append({"price": price})
        act(opening.open_books, world)
    assert bids == [("terms", price, 0.03, 7) for price in (0.18, 0.18, 0.15)]


def test_the_month_opens_with_the_economys_numbers(monkeypatch):
    """Persons' and the lender's numbers, job risk over its mean, cards, collections, fraud, firms."""
    asked: dict = {}
    now = SimpleNamespace(
        policy_rate=0.03,
        fraud=2.0,
        separation_by_sector=np.full(6, 0.02),
        finding_by_sector=np.full(6, 0.3),
        calendar_month=4,
    )
    lived: list = []
    for name, answer in (("neighbours", [0.1]), ("felt_gaps", (0.01, 0.05)), ("sectors_covered", [1.0]),
                         ("hazards", {"hired": 1}),
                         ("supported", {"supplement": 4}), ("collecting_numbers", {"pressure": 3})):  # fmt: skip
        monkeypatch.setattr(
            opening, name, lambda *given, name=name, answer=answer: (asked.setdefault(name, given), answer)[1]
        )
    monkeypatch.setattr(
        opening, "monthly_numbers",
        lambda *given: Numbers().give(
            "the month", {"persons": given[3:], "separation_by_sector": given[2].separation_by_sector}
        ),
    )  # fmt: skip
    monkeypatch.setattr(opening, "lending_numbers", lambda *given: {"lending": given[1:]})
    monkeypatch.setattr(opening, "fraud_numbers", lambda month, config, factor, ledger: {"fraud": factor})
    monkeypatch.setattr(opening, "check_numbers", lambda *given: asked.update(checked=given))
    config = SimpleNamespace(
        behaviour=SimpleNamespace(precaution_memory=3),
        fraud=SimpleNamespace(stages=("fraud",)),
        lender=SimpleNamespace(charge_off_months=13),
    )  # fmt: skip
    world = SimpleNamespace(
        month=4, config=config, standing={}, sharing=None, ledger=Ledger(True), people=None, books=[],
        economy=SimpleNamespace(month=lambda month, growth: (asked.setdefault("economy", (month, growth)), now)[1]),
        lender=SimpleNamespace(margins=lambda rate, sharing: asked.setdefault("margins", rate), credit_growth=-0.1),
        scores=SimpleNamespace(numbers=lambda calendar_month: {"card": calendar_month + 1}),
        firms=SimpleNamespace(exist=True),
        environment=Numbers(of_last_month=1),
        job_market=SimpleNamespace(mean_risk=lambda: np.full(6, 2.0), live=lambda *given: lived.append(given)),
    )  # fmt: skip
    act(opening.set_numbers, world)
    assert [part.tolist() for part in lived[0]] == [[0.01] * 6, [0.3] * 6], "the reference lives the path"
    numbers = world.environment
    assert asked["checked"] == (4, "month's", numbers), "what is no number stops the month"
    assert asked["economy"] == (4, -0.1) and asked["margins"] == 0.03 and "of_last_month" not in numbers
    assert asked["felt_gaps"][:2] == (4, 3)
    assert numbers["persons"] == ([0.1], 0.01, 0.05), "neighbours, what is felt, what is feared"
    assert numbers["lending"] == (0.03, world.lender, 13, [1.0])
    assert numbers["separation_by_sector"].tolist() == [0.01] * 6
    assert asked["supported"] == (config, now)
    assert {name: numbers[name] for name in ("card", "supplement", "pressure", "fraud", "hired")} == {
        "card": 5, "supplement": 4, "pressure": 3, "fraud": 2.0, "hired": 1,
    }  # fmt: skip
    config.fraud.stages, world.firms.exist = (), False
    act(opening.set_numbers, world)
    assert not {"fraud", "hired"} & set(world.environment)


def test_persons_arrive_by_the_number_of_months_lived(monkeypatch):
    own = SimpleNamespace(arrivals=("mine",))
    config = SimpleNamespace(population=SimpleNamespace(arrivals=lambda months: 10 * months), own=own)
    arrived = []
    answer = [("applications", 3)], {"b": 1}
    monkeypatch.setattr(opening, "arrive", lambda *given: (arrived.append((*given[:2], *given[4:])), answer)[1])
    world = SimpleNamespace(
        month=4, months_run=7, config=config, environment=None, people=None, ledger=Ledger(True), bins={}
    )
    act(opening.let_arrive, world)
    assert (
        arrived == [(70, 4, ("mine",), LATER_ORDINAL)]
        and world.ledger.flows["applications"] == 3
        and world.bins == {"b": 1}
    )
    opening.add_tallies(([("applications", 2)], {"b": 2}), world.ledger, world.bins, "firm.")
    assert world.ledger.flows["firm.applications"] == 2 and world.bins == {"b": 1, "firm.b": 2}


def test_the_burn_in_alone_moves_markets(monkeypatch):
    moved = []
    monkeypatch.setattr(opening, "settle_markets", lambda month, economy, firms: moved.append(month))
    world = town()
    world.firms.fall_due = lambda: None
    world.firms.numbers = lambda environment, economy: Numbers(a=1)
    world.firm_scores = SimpleNamespace(numbers=lambda calendar_month: {"b": 2})
    for month in (-1, 0):
        world.month = month
        act(opening.open_firms, world)
    assert moved == [-1] and world.firms.environment == {"a": 1, "b": 2}, "firms have cards of their own"


@pytest.mark.parametrize("accepting", [False, True])
@pytest.mark.parametrize(("covered", "claimed"), [(0, 0), (5, 0), (0, 7)])
def test_rules_of_the_cover_run_as_long_as_anything_is_covered_or_claimed(accepting, covered, claimed):
    sharing = SimpleNamespace(
        accepting=accepting, cover=SimpleNamespace(outstanding=covered), claims=SimpleNamespace(outstanding=claimed),
        cover_terms=dict, premium_cost=lambda: 0.0, shares_anything=False,
    )  # fmt: skip
    names = ("failed", "appetite", "unemployment_rise", "parity_points", "review_share", "alert_cut")
    lender = SimpleNamespace(**dict.fromkeys(names, 0))
    numbers = lending_numbers(sharing, {}, lender, 13, np.ones(3))
    assert numbers["covering"] == accepting and numbers["under_cover"] == (accepting or covered + claimed > 0)
