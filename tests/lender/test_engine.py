"""The list of rules: order, actions, what each decision carries, and lists that are refused."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.config.errors import UsageError
from sim.lender.policies.engine import ACTIONS, SIGNALS, DecisionRule, RuleList, stage_of
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_OPEN
from tests.laws.calling import call

ACCOUNT = {
    "line": LINE_OPEN, "limit": 1_000_000, "closed_month": -30000, "months_in_state": 5, "payment": 50_000,
    "overdue": 40_000, "months_past_due": 1, "reliefs": 0, "offer_rate": 0.15, "rate": 0.15, "principal": 500_000,
    "interest": 5_000, "limit_cap": 30_000_000, "month": 7, "score": 600.0, "delinquency_memory": 1.0,
    "inflow_fast": 4e5, "inflow_slow": 5e5, "months_on_book": 9, "bureau_debt": 0, "alert": 0, "thin_file": 0,
    "term": 12,
    "unemployment": 0.05, "unemployment_gap": 0.0, "policy_rate": 0.04, "appetite_points": 0.0,
}  # fmt: skip


def decided(*rules: DecisionRule, **changed):
    return call(stage_of(rules), **{**ACCOUNT, **changed})


def test_the_first_rule_that_applies_acts_and_signs():
    first, second = DecisionRule("a", "score < 650", "cut", 0.5), DecisionRule("b", "score < 700", "close")
    after = decided(first, second)
    assert (after["limit"], after["line"], after["decided_by"]) == (500_000, LINE_OPEN, 1)
    after = decided(first, second, score=680.0)
    assert (after["limit"], after["line"], after["decided_by"], after["closures"]) == (0, LINE_CLOSED, 2, 1)
    assert decided(first, second, score=720.0)["decided_by"] == 0


@pytest.mark.parametrize("action", list(ACTIONS))
def test_every_action_does_what_it_says(action):
    size = {"raise": 0.2, "cut": 0.3, "recall": 3.0, "reprice": 0.02, "restructure": 24.0}.get(action, 0.0)
    line = LINE_FROZEN if action == "thaw" else LINE_OPEN
    after = decided(DecisionRule("x", "score > 0", action, size), line=line)
    assert after["decided_by"] == 1
    expected = {
        "keep": after["limit"] == 1_000_000,
        "raise": after["limit"] == 1_200_000,
        "cut": after["limit"] == 700_000,
        "freeze": after["line"] == LINE_FROZEN,
        "thaw": after["line"] == LINE_OPEN,
        "close": after["line"] == LINE_CLOSED and after["closed_month"] == 7,
        "recall": after["line"] == LINE_CLOSED and after["payment"] == (505_000 - 40_000) // 3 + 1,
        "reprice": after["offer_rate"] == pytest.approx(0.17),
        "restructure": (after["overdue"], after["months_past_due"], after["restructured"]) == (0, 0, 1)
        and after["payment"] < 50_000 and after["line"] == LINE_FROZEN,
        "refer": after["referrals"] == 1,
    }  # fmt: skip
    assert expected[action]


def test_an_action_that_cannot_act_leaves_the_account_to_the_next_rule():
    rules = DecisionRule("a", "score > 0", "thaw"), DecisionRule("b", "score > 0", "freeze")
    assert decided(*rules)["decided_by"] == 2
    assert decided(*rules, line=LINE_FROZEN)["decided_by"] == 1
    assert decided(*rules, line=LINE_CLOSED)["decided_by"] == 0


def test_every_signal_can_be_asked_for():
    for signal in SIGNALS:
        rule = DecisionRule("x", f"{signal} >= 0 or {signal} < 0", "freeze")
        assert decided(rule)["decided_by"] == 1, signal


REFUSED = {
    "policy.engine.rules=[{id: a, when: 'scor < 1', do: cut}]": "there is no signal scor",
    "policy.engine.rules=[{id: a, when: 'income < 1', do: cut}]": "there is no signal income",
    "policy.engine.rules=[{id: a, when: 'score <', do: cut}]": "is not allowed: a condition such as",
    "policy.engine.rules=[{id: a, when: 'print(1) > 0', do: cut}]": "signals, numbers, + - *",
    "policy.engine.rules=[{id: a, when: 'score ** 2 > 1', do: cut}]": "signals, numbers, + - *",
    "policy.engine.rules=[{id: a, when: 'score + 1', do: cut}]": "it must say yes or no",
    "policy.engine.rules=[{id: a, when: 'score < 1', do: kut}]": "did you mean cut?",
    "policy.engine.rules=[{id: a, when: 'score < 1', do: cut, by: 500}]": "from -1 to 120",
    "policy.engine.rules=[{id: a, when: 'score < 1'}, {id: a, when: 'score < 2'}]": "a name of its own",
    "policy.engine.rules=[]": "from 1 to 12",
}


@pytest.mark.parametrize("override", list(REFUSED))
def test_a_list_that_cannot_stand_is_one_line(override):
    with pytest.raises(UsageError) as refusal:
        sim.compose(["policy/engine=rules", override])
    assert REFUSED[override] in str(refusal.value) and "\n" not in str(refusal.value)


def told(*overrides: str, months: int = 30):
    given_ = [
        "seed=3",
        "population.borrowers=3000",
        "economy=severe_recession",
        "economy.shock_lag=0",
        "study.burn_in=6",
    ]
    model = sim.Model(sim.compose([*given_, "machine.threads=1", "firms=none", "policy/engine=rules", *overrides]))
    for _ in range(months):
        model.step()
    return model


def test_the_table_of_hits_counts_decisions():
    model = told()
    hits = np.array([[record[f"rule_hits_{k}"] for k in range(1, 7)] for record in model.records])
    assert (hits.sum(axis=0) > 0).all() and "rule_hits_7" not in model.record
    now = np.bincount(model.accounts["decided_by"][model.accounts["alive"] != 0], minlength=7)[1:7]
    assert (now >= hits[-1]).all(), "every decision of the month carries its rule"
    assert sum(r["closures_month"] for r in model.records) == hits[:, 0].sum()
    assert sum(r["restructured"] for r in model.records) == hits[:, 1].sum()
    assert sum(r["referrals"] for r in model.records) == hits[:, 5].sum()
    assert sum(r["review_cost"] for r in model.records) == 2000 * hits[:, 5].sum()


def test_the_same_inputs_give_the_same_decisions():
    one, other = told(months=14), told(months=14)
    assert one.accounts.checksum() == other.accounts.checksum()


def test_a_shorter_list_is_a_list_too():
    model = told("policy.engine.rules=[{id: only, when: 'score < 540', do: reprice, by: 0.05}]", months=10)
    assert model.record["rule_hits_1"] > 0
    weak = (model.accounts["decided_by"] == 1) & (model.accounts["line"] == 2) & (model.accounts["alive"] != 0)
    np.testing.assert_allclose(model.accounts["offer_rate"][weak], 0.146 + 0.05, atol=1e-6)
    assert RuleList().check() == []
