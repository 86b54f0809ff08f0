"""What crosses rows among persons, by hand: felt unemployment, neighbours, losses shared, the close of the books."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from sim.engine.tables.numbers import Numbers
from sim.loan.ledger import STOCKS, Ledger
from sim.month import settle
from sim.persons.watching import see_neighbours
from sim.sharing.flows import PoolFlows


def month_of(unemployment: float) -> SimpleNamespace:
    return SimpleNamespace(unemployment=unemployment, unemployment_calm=0.05)


def felt(path: list[float], memory: int, jobs: float = 0.0, lived: tuple[float, ...] = ()) -> tuple[float, float]:
    """Gaps felt in the last month of a path."""
    return settle.felt_gaps(
        SimpleNamespace(
            month=len(path) - 1,
            economy=SimpleNamespace(month=lambda month: month_of(path[max(month, 0)])),
            firms=SimpleNamespace(weight_of_jobs=jobs, gaps=list(lived)),
            config=SimpleNamespace(behaviour=SimpleNamespace(precaution_memory=memory)),
        )
    )


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


def test_mean_job_risk_by_sector_is_that_of_those_at_work():
    model = SimpleNamespace(
        config=SimpleNamespace(
            population=SimpleNamespace(median_patience=3.0), behaviour=SimpleNamespace(job_risk_spread=0.5)
        ),
        persons={
            "employed": np.array([1, 1, 1, 0, 1]),
            "patience": np.array([3.0, 1.0, 6.0, 1.0, 1.0]),
            "sector": np.array([0, 0, 2, 0, 0]),
        },
        accounts={"alive": np.array([1, 1, 1, 1, 0])},
    )
    # 1 + .5 (3 / 3 - 1) = 1 and 1 + .5 (3 - 1) = 2; the third 1 + .5 (.5 - 1); nobody elsewhere: 1.
    assert settle.mean_job_risk(model).tolist() == [1.5, 1.0, 0.75, 1.0, 1.0, 1.0]


def around(contagion: float, sights: tuple = ()) -> list[float]:
    persons = type("Persons", (dict,), {"size": 8})(community=np.array([0, 0, 1, 1, 2, 2, 3, 3]))
    model = SimpleNamespace(
        config=SimpleNamespace(
            population=SimpleNamespace(communities=4),
            behaviour=SimpleNamespace(contagion=contagion),
            policy=SimpleNamespace(scoring=SimpleNamespace(sights=sights)),
        ),
        persons=persons,
        accounts={"months_past_due": np.array([3, 4, 4, 13, 0, 0, 0, 5])},
    )
    return settle.neighbours(model).tolist()


def test_the_share_of_a_neighbourhood_that_is_90_days_late():
    assert around(0.1) == [0.5, 1.0, 0.0, 0.5] == around(0.0, (see_neighbours,))
    assert around(0.0) == [0.0] * 4, "where nobody looks nothing is counted"


def test_pressure_by_staff_and_the_price_of_old_debts():
    asked = []
    collections = SimpleNamespace(
        pressure=lambda served: [served, 2 * served],
        price=lambda months, supply: asked.append((months, supply)) or 0.04,
    )
    lender = SimpleNamespace(served=0.5, charge_offs_late=300.0, charge_offs_usual=200.0)
    config = SimpleNamespace(
        policy=SimpleNamespace(collections=collections), lender=SimpleNamespace(charge_off_months=7)
    )
    model = SimpleNamespace(config=config, lender=lender, effort=0.8)
    found = settle.collecting_numbers(model)
    assert found["pressure_by_months_past_due"].tolist() == pytest.approx([0.4, 0.8]) and found["sale_price"] == 0.04
    lender.charge_offs_usual = 0.0
    settle.collecting_numbers(model)
    assert asked == [(7, 1.5), (7, 1.0)]


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
    model = SimpleNamespace(config=config, month=5, ledger=SimpleNamespace(flows={}))
    found = settle.fraud_numbers(model, 1.5)
    assert found["fraud_intensity_by_community"].tolist() == pytest.approx([0.15, 0.45])
    assert model.ledger.flows == {"fraud_rings": 2, "data_leaks": 1} and seen[0][:2] == (5, 9) and seen[0][3] == 0.7


def test_losses_are_handed_to_the_scheme_under_their_own_names():
    ledger = Ledger(True)
    tallies = {
        "lent": "drawn_covered", "repaid": "repaid_covered", "interest": "interest_covered",
        "triggered": "newly_triggered", "recovered": "repaid_triggered", "written_off": "charged_off_covered",
        "recovered_written_off": "recovered_triggered", "abandoned": "abandoned_triggered",
        "contribution": "contribution.received", "risk": "covered_risk", "triggered_outstanding": "sum_triggered",
    }  # fmt: skip
    for place, tally in enumerate(tallies.values(), 1):
        ledger.flows[tally], ledger.flows[f"firm.{tally}"] = 1_000 * place, place
    given = []
    posting = SimpleNamespace(flow="premium", payer="lender", receiver="guarantee_fund", amount=40, instrument="cash")

    def close_month(pool: PoolFlows, ratio: float):
        given.append((pool, ratio))
        return [posting]

    model = SimpleNamespace(
        ledger=ledger,
        bins={"covered_balance": np.array([5, 6]), "firm.covered_balance": np.array([7, 8])},
        sharing=SimpleNamespace(close_month=close_month),
        lender=SimpleNamespace(capital_ratio=0.2),
    )
    settle.share_losses(model)
    pool, ratio = given[0]
    assert {name: getattr(pool, name) for name in tallies} == {name: 1_001 * k for k, name in enumerate(tallies, 1)}
    assert pool.covered_outstanding == 26 and ratio == 0.2
    assert ledger.matrix()["cash", "lender", "guarantee_fund"] == (40, 40) and ledger.flows["premium"] == 40
    del model.bins["firm.covered_balance"]
    settle.share_losses(model)
    assert given[1][0].covered_outstanding == 11


def test_what_collections_cost_and_how_far_staff_will_reach():
    collections = SimpleNamespace(
        cost=lambda: np.array([0.0, 10.0, 20.0]),
        contacts=lambda: np.array([0.0, 1.0, 3.0]),
        complaints=lambda accounts, served: float(accounts.sum()) * served / 100,
        served=lambda accounts: 1 / len(accounts),
        complaint_fine=50,
    )
    lender = SimpleNamespace(served=0.5, charge_offs_late=900.0, charge_offs_usual=3_600.0, complaints=0.0)
    ledger = Ledger(True)
    ledger.flows |= {"suits": 2, "firm.suits": 1, "draws_granted": 7, "firm.draws_granted": 3, "security_cost": 11,
                     "charged_off": 1_000, "firm.charged_off": 500}  # fmt: skip
    model = SimpleNamespace(
        config=SimpleNamespace(policy=SimpleNamespace(collections=collections)),
        lender=lender, ledger=ledger, effort=0.8, standing={"suit_cost": 100, "evidence_cost": 4},
    )  # fmt: skip
    settle.collect(model, np.array([100, 20, 10]))
    assert ledger.flows["contacts"] == int(0.5 * 50)
    # Half of 400 at an effort of .8; .65 complaints at 50; three suits; evidence of ten draws; security.
    assert model.collections_cost == 160 + int(0.65 * 50) + 300 + 40 + 11
    assert lender.complaints == pytest.approx(0.65) and lender.served == 1 / 3
    assert (lender.charge_offs_late, lender.charge_offs_usual) == pytest.approx((900 + 600 / 3, 3_600 - 2_100 / 36))


def closing(firms: bool = True, before: int = 0) -> tuple[SimpleNamespace, dict]:
    """A model at the close of a month, and what its parts were asked."""
    asked: dict = {}
    ledger = Ledger(True)
    ledger.stocks = {**dict.fromkeys(STOCKS, 0), "principal": before}
    ledger.open_month()
    ledger.check = False
    ledger.flows |= {"requested": 77, "grey": 5, "principal_repaid.received": 30, "firm.principal_repaid.received": 12}

    def note(name, answer=None):
        return lambda *given: (asked.setdefault(name, given), answer)[1]

    lender = SimpleNamespace(
        capital_ratio=0.19, parity_points=1.0, appetite=2.0,
        estimate=note("estimate"), provision=note("provision", 55), close=note("close", -9), remember=note("remember"),
        classify=lambda *given: (asked.setdefault("classify", given), tuple(10 * part for part in given))[1],
    )  # fmt: skip
    approval = SimpleNamespace(next_parity=note("parity", 3.5), next_review_share=note("review", 0.25))
    policy = SimpleNamespace(
        warning=SimpleNamespace(next_cut=note("cut", 0.8)), approval=approval,
        appetite=SimpleNamespace(next=note("appetite", 4.5)),
    )  # fmt: skip
    model = SimpleNamespace(
        ledger=ledger, lender=lender, month=6, environment={"unemployment_gap": 0.03},
        sharing=SimpleNamespace(
            covered_loss_share=lambda: 0.2, others_stake=700, others_share_of_claims=Fraction(1, 7), receivable=13
        ),
        bins={"balance": np.array([900, 90]), "covered_balance": np.array([300, 30]), "accounts": np.array([9, 1]),
              "claimed_balance": np.array([20, 2]), "firm.claimed_balance": np.array([3, 4]),
              "firm.balance": np.array([100, 10]), "firm.covered_balance": np.array([4, 5]),
              "firm.accounts": np.array([2, 0]), "danger": "bins of danger"},
        firms=SimpleNamespace(count_debts=note("count"), accounts="firms", remember=note("firms_remember")),
        accounts="persons", balance_history=[np.array([k]) for k in range(4)],
        scores=SimpleNamespace(close=note("score")), firm_scores=SimpleNamespace(close=note("firm_score")),
        config=SimpleNamespace(policy=policy, behaviour=SimpleNamespace(precaution_memory=8)),
        credit_growth=0.5,
    )  # fmt: skip
    return model, asked


@pytest.fixture
def closed(monkeypatch):
    def close(**given):
        model, asked = closing(**given)
        stocks = {
            **dict.fromkeys(STOCKS, 0),
            "principal": 990,
            "firm.principal": 110,
            "interest": 8,
            "firm.interest": 2,
        }
        monkeypatch.setattr(settle, "stocks_of", lambda model: stocks)
        monkeypatch.setattr(settle, "collect", lambda model, accounts: asked.setdefault("collect", accounts))
        record = {"unemployment": 0.07, "delinquent_30": 0.11}
        monkeypatch.setattr(settle, "record_of", lambda model: record)
        settle.close_books(model)
        return model, asked

    return close


def test_the_books_close_on_persons_and_firms_together(closed):
    model, asked = closed(before=1_000)
    assert asked["estimate"][0].tolist() == [1_000, 100]
    assert [part.tolist() for part in asked["classify"]] == [[1_000, 100], [304, 35], [23, 6]]
    classed, retained, others = asked["provision"]
    assert [part.tolist() for part in classed] == [[10_000, 1_000], [3_040, 350], [230, 60]]
    assert (retained, others) == (0.2, Fraction(1, 7))
    _, book, provision, others, due = asked["close"]
    assert (book["principal"], book["interest"]) == (1_100, 10)
    assert (provision, others, due, model.profit) == (55, 700, 13, -9)
    assert asked["collect"].tolist() == [11, 1]
    assert [part.tolist() for part in model.balance_history] == [[1], [2], [3], [900, 90]], "of persons, four months"
    assert asked["score"] == (6, "persons") and asked["firm_score"] == (6, "firms")


def test_what_the_next_month_finds(closed):
    model, asked = closed(before=1_000)
    lender = model.lender
    assert asked["cut"] == ("bins of danger",) and lender.alert_cut == 0.8
    assert asked["parity"][0] == 1.0 and lender.parity_points == 3.5
    assert asked["review"] == (5,) and lender.review_share == 0.25
    assert asked["appetite"] == (2.0, 0.03, 0.11, 0.19) and lender.appetite == 4.5
    assert (model.last_requested, model.last_repaid) == (77, 42)
    assert asked["firms_remember"] == (0.07, 6, 8)
    assert model.credit_growth == pytest.approx(0.1)
    assert closed(before=0)[0].credit_growth == 0.0


def test_the_month_opens_with_the_economys_numbers(monkeypatch):
    """Persons' and the lender's numbers, job risk over its mean, cards, collections, fraud, firms; then arrivals."""
    asked: dict = {}
    economy = SimpleNamespace(policy_rate=0.03, fraud=2.0, separation_by_sector=np.full(6, 0.02))
    for name, answer in (("neighbours", [0.1]), ("felt_gaps", (0.01, 0.05)), ("collection_effort", 0.9),
                         ("sectors_covered", [1.0]), ("mean_job_risk", np.full(6, 2.0)), ("hazards", {"hired": 1}),
                         ("collecting_numbers", {"pressure": 3})):  # fmt: skip
        monkeypatch.setattr(
            settle, name, lambda *given, name=name, answer=answer: (asked.setdefault(name, given), answer)[1]
        )
    monkeypatch.setattr(settle, "monthly_numbers", lambda *given: Numbers(persons=given[3:]))
    monkeypatch.setattr(settle, "lending_numbers", lambda *given: {"lending": given[1:]})
    monkeypatch.setattr(settle, "fraud_numbers", lambda model, factor: {"fraud": factor})
    monkeypatch.setattr(settle, "bid_for_guarantees", lambda model, rate: asked.setdefault("bid", rate))
    monkeypatch.setattr(settle, "check_numbers", lambda *given: asked.update(checked=given))
    config = SimpleNamespace(
        behaviour=SimpleNamespace(job_risk_spread=0.5), lender=SimpleNamespace(charge_off_months=13),
        fraud=SimpleNamespace(stages=("fraud",)), population=SimpleNamespace(arrivals=lambda months: 10 * months),
    )  # fmt: skip
    model = SimpleNamespace(
        month=4, months_run=7, credit_growth=-0.1, config=config, standing={}, sharing=None, ledger=Ledger(True),
        economy=SimpleNamespace(month=lambda month, growth: (asked.setdefault("economy", (month, growth)), economy)[1]),
        lender=SimpleNamespace(margins=lambda rate, sharing: asked.setdefault("margins", rate)),
        scores=SimpleNamespace(numbers=lambda: {"card": 5}), firms=SimpleNamespace(exist=True),
        arrive=lambda count: asked.setdefault("arrive", count),
    )  # fmt: skip
    settle.open_month(model)
    numbers = model.environment
    assert asked["checked"] == (4, "month's", numbers), "what is no number stops the month"
    assert asked["economy"] == (4, -0.1) and asked["bid"] == asked["margins"] == 0.03 and asked["arrive"] == 70
    assert numbers["persons"] == ([0.1], 0.01, 0.05), "neighbours, what is felt, what is feared"
    assert numbers["lending"] == (0.03, model.lender, 13, [1.0]) and model.effort == 0.9
    assert numbers["separation_by_sector"].tolist() == [0.01] * 6
    assert {name: numbers[name] for name in ("card", "pressure", "fraud", "hired")} == {
        "card": 5, "pressure": 3, "fraud": 2.0, "hired": 1,
    }  # fmt: skip
    config.behaviour.job_risk_spread, config.fraud.stages, model.firms.exist = 0.0, (), False
    settle.open_month(model)
    assert not {"separation_by_sector", "fraud", "hired"} & set(model.environment)
