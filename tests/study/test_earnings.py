"""What closures cost and save in yuan: followed person by person, to the fen, and judged by the twin."""

import numpy as np
import pytest

import sim
from sim.loan.states import LINE_CHARGED_OFF, LINE_NONE
from sim.study.compare.closures import judge
from sim.study.compare.earnings import Earnings
from tests.study.test_closures import first_lines, trace

WORLD = ("population.borrowers=700", "firms=none", "study.burn_in=2", "economy=severe_recession", "economy.shock_lag=0",
         "lender.charge_off_months=4", "policy.collections.recovery_hazard=0.6")  # fmt: skip


def test_what_is_followed_is_what_the_ledger_books():
    """Interest, charge-offs and recoveries of all persons are those of the ledger, every month and to the fen."""
    model = sim.Model(sim.compose([*WORLD]))
    followed, seen = Earnings(model.accounts), np.zeros(3, dtype=np.int64)
    for _ in range(16):
        principal = int(model.accounts["principal"].sum())
        funding = int(followed.funding.sum())
        model.step()
        followed.follow(model.accounts, model.environment)
        flows = model.ledger.flows
        seen += [flows[name] for name in ("interest_paid.received", "charged_off", "recoveries.received")]
        assert [int(followed.interest.sum()), int(followed.charged_off.sum()), int(followed.recovered.sum())] == [*seen]
        cost = int(followed.funding.sum()) - funding
        assert cost == pytest.approx(
            principal * model.environment["funding_rate"] / 12.0, abs=len(model.accounts["line"])
        )
    assert (seen > 0).all()


def test_a_debt_that_is_sold_brings_its_price():
    """What the lender books for the bulk sale is what each account brought."""
    model = sim.Model(sim.compose([*WORLD, "policy/collections=bulk_sale", "policy.collections.sale_months=2"]))
    followed, seen = Earnings(model.accounts), 0
    for _ in range(16):
        model.step()
        followed.follow(model.accounts, model.environment)
        seen += sum(model.ledger.flows[name] for name in ("recoveries.received", "debt_sold.received"))
    assert int(followed.recovered.sum()) == seen and followed.charged_off.sum() > 2 * seen > 0


def book(**columns):
    given = {
        "principal": 0,
        "interest": 0,
        "rate": 0.0,
        "months_past_due": 0,
        "written_off": 0,
        "paid": 0,
        "line": 2,
        "alive": 1,
        "months_in_state": 1,
    }
    return {name: np.array(columns.get(name, [value])) for name, value in given.items()}


def test_a_loan_by_hand():
    """1 000 yuan at 12 %: 10.00 of interest out of a payment of 50.00, funding at 6 % is 5.00; then 960.00 are lost.

    Of what was charged off 60.00 come back.
    """
    terms = {"funding_rate": 0.06, "accrual_stops": 4, "sale_price": 0.05}
    person = Earnings(book(principal=[100_000], rate=[0.12]))
    person.follow(book(principal=[96_000], rate=[0.12], paid=[5_000], months_past_due=[12]), terms)
    assert (person.interest.tolist(), person.funding.tolist()) == ([1_000], [500])
    person.follow(book(written_off=[96_000]), terms)
    person.follow(book(written_off=[90_000], paid=[6_000]), terms)
    assert person.loss.tolist() == [90_000]
    person.follow(book(line=[LINE_CHARGED_OFF]), terms)
    assert person.loss.tolist() == [90_000 - 4_500], "sold for a twentieth, not for all of it"
    assert person.margin.tolist() == [1_000 - 500 - 480]


@pytest.mark.parametrize(("age", "recovered"), [(6, 4_000), (0, 0)])
def test_who_leaves_takes_along_what_was_given_up_and_not_what_was_sold(age, recovered):
    terms = {"funding_rate": 0.06, "accrual_stops": 4, "sale_price": 0.05}
    person = Earnings(book(written_off=[80_000], line=[LINE_CHARGED_OFF], months_in_state=[6]))
    person.follow(book(line=[LINE_NONE], alive=[0], months_in_state=[age]), terms)
    assert person.recovered.tolist() == [recovered]


def test_closures_are_judged_in_yuan_by_the_twin():
    """Rows 3 and 4 are closed and judged, row 5 too late to be judged; row 6 is left alone."""
    closing, paired = trace(closed=((5, 3), (6, 4), (25, 5))), trace()
    closing.loss, paired.loss = np.arange(16), np.arange(16) * 100
    closing.margin, paired.margin = np.full(16, 7), np.arange(16) * 10
    found = judge(closing, paired, first_lines)
    assert found.loss_avoided == (300 - 3) + (400 - 4)
    assert found.margin_forgone == (30 - 7) + (40 - 7)


def test_nothing_is_said_of_money_that_was_not_followed():
    found = judge(trace(closed=((5, 3),)), trace(), first_lines)
    assert (found.closures, found.loss_avoided, found.margin_forgone) == (1, 0, 0)
