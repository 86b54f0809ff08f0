"""Warnings: what sets them off, what they may cost, and that a budget is kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.lender.policies.warning import BINS, FOLLOW_UP, LOWEST, WIDTH, MultiSignal, warn_of_drift, warn_of_drop
from tests.laws.calling import call


def told(overrides: tuple[str, ...], months: int = 48, borrowers: int = 6000):
    model = sim.Model(
        sim.compose(["seed=31", f"population.borrowers={borrowers}", "machine.threads=1", "firms=none", *overrides])
    )
    for _ in range(months):
        model.step()
    return model


@given(st.integers(0, FOLLOW_UP), st.integers(0, 10**8), st.integers(0, 13), st.floats(0, 1e6), st.floats(1.0, 1e6))
def test_only_accounts_in_order_are_warned_and_only_once_a_year(alert, principal, late, fast, slow):
    given_ = {"alert": alert, "principal": principal, "months_past_due": late, "inflow_fast": fast}
    given_ |= {"inflow_slow": slow, "cusum": 0.0, "warning_drop": 0.3, "cusum_slack": 0.1, "cusum_bound": 0.3}
    for rule in (warn_of_drop, warn_of_drift):
        after = call(rule, **given_)
        if alert or principal == 0 or late:
            assert after["alerts"] == 0
            assert after["alert"] in (0, alert + 1)
        assert after["alert"] <= FOLLOW_UP


def test_a_slow_drift_sets_off_the_sum_and_not_the_drop():
    """Inflow lies a fifth below its average for half a year: no drop of 30 %, but it adds up."""
    account = {"alert": 0, "principal": 1, "months_past_due": 0, "inflow_fast": 8e5, "inflow_slow": 1e6, "cusum": 0.0}
    given_ = {"warning_drop": 0.3, "cusum_slack": 0.1, "cusum_bound": 0.45}
    first = None
    for month in range(8):
        after = call(warn_of_drift, **account, **given_)
        assert call(warn_of_drop, **account, **given_)["alerts"] == 0
        if after["alerts"]:
            first = month
            break
        account["cusum"] = after["cusum"]
    assert first == 4, "5 x (0.2 - 0.1) is more than 0.45"


def test_the_bar_fills_the_budget():
    dangers = np.zeros(BINS, dtype=np.int64)
    dangers[100], dangers[200], dangers[300] = 900, 90, 10
    assert MultiSignal(alert_budget=0.01).next_cut(dangers) == pytest.approx(LOWEST + WIDTH * 201)
    assert MultiSignal(alert_budget=0.1).next_cut(dangers) == pytest.approx(LOWEST + WIDTH * 101)
    assert MultiSignal(alert_budget=0.0).next_cut(dangers) >= LOWEST + WIDTH * 301


@pytest.mark.parametrize("budget", [0.003, 0.01])
def test_warnings_stay_near_their_budget_in_calm_times(budget):
    model = told(("economy=calm", "policy/warning=multi_signal", f"policy.warning.alert_budget={budget}"))
    given_, watched = (sum(record[name] for record in model.records[24:]) for name in ("alerts", "outstanding"))
    assert watched > 0
    accounts = sum(record["accounts_m0"] for record in model.records[24:])
    # Those warned within the year are not watched again, so a little less than the budget is used.
    assert 0.6 * budget < given_ / accounts < 1.15 * budget


def test_several_signals_are_right_more_often_than_chance():
    """Where few are warned, those most in danger: six times chance; 55 come true, an error of an eighth."""
    few = ("policy/warning=multi_signal", "policy.warning.alert_budget=0.001")
    model = told(("economy=severe_recession", *few), months=72, borrowers=12_000)
    after = model.records[24:]
    precision = sum(r["alerts_true"] for r in after) / sum(r["alerts"] for r in after)
    chance = 12 * sum(r["defaults"] for r in after) / sum(sum(r[f"accounts_m{k}"] for k in range(13)) for r in after)
    assert precision > 3 * chance
    hits = [r for r in after if r["alerts_true"]]
    assert 3 < np.average([r["warning_lead"] for r in hits], weights=[r["alerts_true"] for r in hits]) < 10
    cost = sum(r["warning_cost"] for r in model.records)
    assert cost == 500 * sum(r["alerts"] for r in model.records) > 0


def test_warnings_about_firms_are_counted_where_they_are_paid_for():
    model = told(("firms=standard", "feedback=all", "policy/warning=drop"), months=12, borrowers=1500)
    flows = model.ledger.flows
    assert sum(record["alerts"] for record in model.records) > 0
    assert model.record["alerts"] == flows["alerts"] + flows["firm.alerts"]
    for record in model.records:
        assert record["warning_cost"] == 500 * record["alerts"]
    assert (model.firms.accounts["alert"] > 0).any()


def test_the_bar_survives_a_checkpoint():
    overrides = ["seed=31", "population=tiny", "policy/warning=multi_signal", "machine.threads=1"]
    model = sim.Model(sim.compose(overrides))
    for _ in range(6):
        model.step()
    again = sim.Model.fork(model.config, model.save())
    model.step()
    again.step()
    assert again.record == model.record
