"""Features by hand: each formula on a book of round numbers, at its bounds, and what flows are remembered."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.lender.policies.features import FEATURES, REGISTRY, remember_flows, values_of
from sim.lender.policies.scorecards import SectorCards, stage_of
from sim.persons.watching import see_balance, see_firm_balance, see_neighbours, see_statements
from tests.laws.calling import call, does

BOOK = {"signal": -0.7, "inflow_fast": 80_000.0, "inflow_slow": 99_999.0, "payment": 30_000, "principal": 60_000,
        "limit": 99_999, "delinquency_memory": 2.5, "months_on_book": 12, "bureau_debt": 300_000, "inflow_swing": 0.3,
        "inflow_long": 79_999.0, "outflow_memory": 1.5, "balance_seen": 250_000.0, "social_default": 0.2,
        "receivable_turnover": 18.0, "inventory_turnover": 30.0, "research_seen": 0.05}  # fmt: skip
VALUES = {
    "signal": -0.7, "trend": -0.2, "burden": 0.3, "used": 0.6, "owes": 1.0, "memory": 2.5, "tenure": 0.5,
    "level": math.log(100_000.0) - 12.8, "bureau": 0.5, "volatility": 0.3, "growth": 99_999 / 80_000 - 1.0,
    "scarcity": 1.0 / 3.5,
    "large_outflows": 1.5, "balance": 2.5, "social": 0.2, "receivables": 1.5, "inventory": 2.5, "research": 0.05,
}  # fmt: skip
BOUNDS = (
    ({"inflow_fast": 0.0}, "trend", -1.0), ({"inflow_fast": 1e9}, "trend", 0.5), ({"payment": 10**9}, "burden", 1.5),
    ({"principal": 10**9}, "used", 1.2),
    ({"principal": 0}, "owes", 0.0), ({"months_on_book": 90}, "tenure", 1.0), ({"bureau_debt": 10**9}, "bureau", 2),
    ({"inflow_swing": 1.7}, "volatility", 1.0), ({"inflow_long": 1.0}, "growth", 1.0),
    ({"inflow_long": 1e12}, "growth", -1.0), ({"outflow_memory": 9.0}, "large_outflows", 6.0),
    ({"balance_seen": 1e9}, "balance", 6.0), ({"balance_seen": -500.0}, "scarcity", 1.0),
    ({"social_default": 1.2}, "social", 1.0),
    ({"receivable_turnover": 60.0}, "receivables", 4.0), ({"inventory_turnover": 60.0}, "inventory", 4.0),
    ({"research_seen": 2.0}, "research", 1.0),
)  # fmt: skip


def worked_out(book):
    table = {name: np.array([value]) for name, value in book.items()}
    return dict(zip(REGISTRY, values_of(tuple(REGISTRY), table, np.array([0]))[0].tolist(), strict=True))


def test_every_formula_by_hand():
    assert worked_out(BOOK) == pytest.approx(VALUES, abs=1e-5)


@pytest.mark.parametrize(("change", "feature", "value"), BOUNDS, ids=[f"{name} {value}" for _, name, value in BOUNDS])
def test_every_bound_holds(change, feature, value):
    assert worked_out({**BOOK, **change})[feature] == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize("feature", REGISTRY)
def test_a_written_rule_scores_by_the_same_formula(feature):
    """Sixty points less for each unit at a weight of 1/4; thin files stand 12 lower."""
    made = stage_of((feature,), False)
    book = {name: value for name, value in BOOK.items() if name in made.arguments}
    card = {**book, "card_by_stated_sector": (-2.0, 0.2, 0.25), "score_intercept": 2.0, "thin_file": 0}
    score = call(made, **card)["score"]
    assert score == pytest.approx(650.0 - 15.0 * VALUES[feature], abs=1e-3)
    assert call(made, **{**card, "thin_file": 1})["score"] == pytest.approx(score - 12.0)
    assert call(made, **{**card, "card_by_stated_sector": (20.0, 0.2, 0.25)})["score"] == 350.0
    assert call(made, **{**card, "card_by_stated_sector": (-20.0, 0.2, 0.25)})["score"] == 950.0


def test_flows_are_remembered_over_one_and_two_years():
    state = {"inflow_fast": 80_000.0, "inflow_slow": 99_999.0, "inflow_swing": 0.8, "inflow_long": 51_999.0}
    does(remember_flows, state, {"inflow_swing": 0.8 - 0.6 / 12.0, "inflow_long": 51_999.0 + 48_000.0 / 24.0})
    does(remember_flows, {**state, "inflow_fast": 120_000.0},
         {"inflow_swing": 0.8 - 0.6 / 12.0, "inflow_long": 53_999.0})  # fmt: skip
    does(remember_flows, {**state, "inflow_fast": 1e9}, {"inflow_swing": 0.9, "inflow_long": 53_999.0})
    does(remember_flows, {**state, "inflow_long": 0.0}, {"inflow_swing": 0.75, "inflow_long": 99_999.0})


def test_what_a_feature_needs_is_brought_by_its_sight():
    needed = {name: (feature.person, feature.firm) for name, feature in REGISTRY.items()}
    persons = {"scarcity": see_balance, "large_outflows": see_balance, "balance": see_balance, "social": see_neighbours}
    firms = dict.fromkeys(("receivables", "inventory", "research"), see_statements)
    firms |= dict.fromkeys(("scarcity", "balance"), see_firm_balance)
    assert {name: person for name, (person, _) in needed.items() if person} == persons
    assert {name: firm for name, (_, firm) in needed.items() if firm} == firms
    every = SectorCards(features=tuple(REGISTRY))
    assert every.sights == (see_balance, see_neighbours) and every.firm_sights == (see_firm_balance, see_statements)
    assert SectorCards(features=("signal", "trend")).sights == ()
    assert every.stages[0] is remember_flows
    assert len(SectorCards(features=FEATURES).stages) == 1
