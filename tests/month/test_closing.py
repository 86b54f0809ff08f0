"""The month closes, by hand: losses shared, collections paid, the books, and what the next month finds."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from sim.loan.ledger import STOCKS, Ledger
from sim.month import closing
from sim.sharing.flows import PoolFlows
from tests.laws.calling import act


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
    act(closing.share_losses, model)
    pool, ratio = given[0]
    assert {name: getattr(pool, name) for name in tallies} == {name: 1_001 * k for k, name in enumerate(tallies, 1)}
    assert pool.covered_outstanding == 26 and ratio == 0.2
    assert ledger.matrix()["cash", "lender", "guarantee_fund"] == (40, 40) and ledger.flows["premium"] == 40
    del model.bins["firm.covered_balance"]
    act(closing.share_losses, model)
    assert given[1][0].covered_outstanding == 11


def test_what_collections_cost_and_how_far_staff_will_reach():
    collections = SimpleNamespace(
        cost=lambda: np.array([0.0, 10.0, 20.0]),
        contacts=lambda: np.array([0.0, 1.0, 3.0]),
        complaints=lambda accounts, served: float(accounts.sum()) * served / 100,
        served=lambda accounts: 1 / len(accounts),
        complaint_fine=50,
    )
    lender = SimpleNamespace(served=0.5, charge_offs_late=900.0, charge_offs_usual=3_600.0, effort=0.8, collecting=1.0)
    ledger = Ledger(True)
    ledger.flows |= {"suits": 2, "firm.suits": 1, "draws_granted": 7, "firm.draws_granted": 3, "security_cost": 11,
                     "charged_off": 1_000, "firm.charged_off": 500}  # fmt: skip
    model = SimpleNamespace(
        config=SimpleNamespace(policy=SimpleNamespace(collections=collections)),
        lender=lender, ledger=ledger, environment={"suit_cost": 100, "evidence_cost": 4},
        bins={"accounts": np.array([90, 15, 10]), "firm.accounts": np.array([10, 5, 0])},
    )  # fmt: skip
    act(closing.pay_collections, model)
    assert ledger.flows["contacts"] == int(0.5 * 50)
    # Half of 400 at an effort of .8; .65 complaints at 50; three suits; evidence of ten draws; security.
    assert lender.collections_cost == 160 + int(0.65 * 50) + 300 + 40 + 11
    assert lender.complaints == pytest.approx(0.65) and lender.served == 1 / 3
    assert (lender.charge_offs_late, lender.charge_offs_usual) == pytest.approx((900 + 600 / 3, 3_600 - 2_100 / 36))
    # Staff of whom half rest: half the contacts, work and complaints; what was sued for costs the same.
    lender.served, lender.collecting = 0.5, 0.5
    act(closing.pay_collections, model)
    assert ledger.flows["contacts"] == 12 and lender.complaints == pytest.approx(0.325)
    assert lender.collections_cost == 80 + int(0.325 * 50) + 300 + 40 + 11


def at_close(firms: bool = True, before: int = 0) -> tuple[SimpleNamespace, dict]:
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
        capital_ratio=0.19, parity_points=1.0, appetite=2.0, credit_growth=0.5,
        balance_history=[np.array([k]) for k in range(4)], experience=SimpleNamespace(close=note("experience")),
        estimate=note("estimate"), provision=note("provision", 55), close=note("close"), remember=note("remember"),
        classify=lambda *given: (asked.setdefault("classify", given), tuple(10 * part for part in given[2:]))[1],
    )  # fmt: skip
    approval = SimpleNamespace(next_parity=note("parity", 3.5), next_review_share=note("review", 0.25))
    policy = SimpleNamespace(
        warning=SimpleNamespace(next_cut=note("cut", 0.8)), approval=approval,
        appetite=SimpleNamespace(next=note("appetite", 4.5)),
    )  # fmt: skip
    model = SimpleNamespace(
        economy=SimpleNamespace(
            month=lambda month, growth: SimpleNamespace(unemployment=0.05 + month * growth, unemployment_calm=0.05)
        ),
        ledger=ledger, lender=lender, month=6, environment={"unemployment_gap": 0.03},
        sharing=SimpleNamespace(
            covered_loss_share=lambda: 0.2, others_stake=700, others_share_of_claims=Fraction(1, 7), receivable=13,
            guaranteed_share=lambda standing: 0.5 * standing,
        ),
        bins={"balance": np.array([900, 90]), "covered_balance": np.array([300, 30]), "accounts": np.array([9, 1]),
              "claimed_balance": np.array([20, 2]), "firm.claimed_balance": np.array([3, 4]),
              "firm.balance": np.array([100, 10]), "firm.covered_balance": np.array([4, 5]),
              "firm.accounts": np.array([2, 0]), "danger": "bins of danger"},
        firms=SimpleNamespace(count_debts=note("count"), accounts="firms", remember=note("firms_remember")),
        accounts="persons", people=SimpleNamespace(size=50), books="books", months_run=9,
        scores=SimpleNamespace(close=note("score")), firm_scores=SimpleNamespace(close=note("firm_score")),
        config=SimpleNamespace(policy=policy, behaviour=SimpleNamespace(precaution_memory=8)),
        records=[{"unemployment": 0.07, "delinquent_30": 0.11}],
    )  # fmt: skip
    return model, asked


@pytest.fixture
def closed(monkeypatch):
    def close(**given):
        model, asked = at_close(**given)
        stocks = {
            **dict.fromkeys(STOCKS, 0),
            "principal": 990,
            "firm.principal": 110,
            "covered": 300,
            "firm.covered": 9,
            "interest": 8,
            "firm.interest": 2,
        }
        monkeypatch.setattr(closing, "stocks_of", lambda firms, ledger, bins: stocks)
        monkeypatch.setattr(closing, "liable_owners", lambda firms: "owners")
        for step in (closing.close_books, closing.judge_scores, closing.look_ahead):
            act(step, model)
        return model, asked

    return close


def test_the_books_close_on_persons_and_firms_together(closed):
    model, asked = closed(before=1_000)
    assert asked["experience"] == (6, "books", pytest.approx(3.0), model.ledger), "growth before this month's"
    assert asked["estimate"][0].tolist() == [1_000, 100]
    books, owners, *parts = asked["classify"]
    assert (books, owners) == ("books", "owners")
    assert [part.tolist() for part in parts] == [[1_000, 100], [304, 35], [23, 6]]
    classed, retained, others = asked["provision"]
    assert [part.tolist() for part in classed] == [[10_000, 1_000], [3_040, 350], [230, 60]]
    assert (retained, others) == (0.2, Fraction(1, 7))
    ledger, numbers, book, provision, others, due, borrowers, persons, months, guaranteed = asked["close"]
    assert guaranteed == 154, "half of what stands covered"
    assert (ledger, numbers, borrowers, persons, months) == (model.ledger, model.environment, 12, 50, 9)
    assert (book["principal"], book["interest"]) == (1_100, 10)
    assert (provision, others, due) == (55, 700, 13)
    assert [part.tolist() for part in model.lender.balance_history] == [[1], [2], [3], [900, 90]], (
        "of persons, four months"
    )
    assert asked["score"] == (6, "persons") and asked["firm_score"] == (6, "firms")


def test_what_the_next_month_finds(closed):
    model, asked = closed(before=1_000)
    lender = model.lender
    assert asked["cut"] == ("bins of danger",) and lender.alert_cut == 0.8
    assert asked["parity"][0] == 1.0 and lender.parity_points == 3.5
    assert asked["review"] == (5,) and lender.review_share == 0.25
    assert asked["appetite"] == (2.0, 0.03, 0.11, 0.19) and lender.appetite == 4.5
    assert (lender.last_requested, lender.last_repaid) == (77, 42)
    assert asked["remember"] == (model.records[-1],)
    assert asked["firms_remember"] == (0.07, 6, 8)
    assert lender.credit_growth == pytest.approx(0.1)
    assert closed(before=0)[0].lender.credit_growth == 0.0
