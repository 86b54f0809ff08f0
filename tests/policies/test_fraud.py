"""Takeovers: who loses, what authentication stops and blocks, waves, and every fen of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.policies.authentication import OPTIONS
from sim.rules.fraud import Wave, suffer_takeover
from sim.rules.states import LINE_OPEN
from tests.laws.accounts import assert_month, stocks
from tests.rules.calling import call

luck = st.floats(2.0**-33, 1.0 - 2.0**-33)


@given(luck, luck, luck, st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 6), st.floats(0, 1))
def test_a_takeover_takes_at_most_what_is_left(try_, size, dispute, limit, principal, line, stopped):
    given_ = {"line": line, "limit": limit, "principal": principal, "interest": 0, "payment": 1000, "rate": 0.15}
    given_ |= {"offer_rate": 0.15, "offer_term": 12, "takeover_hazard": 0.5, "fraud_intensity": 1.0}
    given_ |= {"smallest_takeover": 50_000, "takeovers_stopped": stopped, "lender_bears": 0.5}
    after = call(suffer_takeover, **given_, luck_fraud=try_, luck_fraud_size=size, luck_dispute=dispute)
    assert after["fraud_attempts"] == after["fraud_stopped"] + after["fraud_cases"]
    assert after["principal"] - principal == after["fraud_on_book"] <= after["fraud.paid"]
    assert after["fraud.paid"] <= max(limit - principal, 0)
    if line != LINE_OPEN or try_ >= 0.5:
        assert after["fraud_attempts"] == 0
    if dispute < 0.5:
        assert after["fraud_on_book"] == 0, "the lender bears it"


def told(*overrides: str, months: int = 36, borrowers: int = 8000):
    given_ = ["seed=8", f"population.borrowers={borrowers}", "machine.threads=1", "firms=none", "study.burn_in=0"]
    model = sim.Model(sim.compose([*given_, *overrides]))
    for _ in range(months):
        model.step()
    return model


def total(model, name: str) -> float:
    return sum(record[name] for record in model.records)


def test_stronger_authentication_stops_more_of_the_same_attempts_and_blocks_more():
    models = {name: told("fraud=takeovers", f"policy/authentication={name}") for name in OPTIONS}
    attempts = [total(model, "fraud_attempts") for model in models.values()]
    assert min(attempts) > 60 and max(attempts) < 1.3 * min(attempts), "the same luck meets lines that differ a little"
    for name, model in models.items():
        share = total(model, "fraud_stopped") / total(model, "fraud_attempts")
        expected = OPTIONS[name]().takeovers_stopped
        # Binomial, four standard errors.
        assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / min(attempts))
    blocked = {name: total(model, "draws_blocked") for name, model in models.items()}
    assert blocked["password"] == 0 < blocked["behavioural"] < blocked["face"] < blocked["multi_factor"]
    losses = {name: total(model, "fraud_loss") for name, model in models.items()}
    assert losses["password"] > 2 * losses["face"] > 0
    assert total(models["face"], "check_cost") > 0 == total(models["password"], "check_cost")


def test_who_bears_it():
    everybody = told("fraud=takeovers", "policy.authentication.lender_bears=0")
    lender = told("fraud=takeovers", "policy.authentication.lender_bears=1")
    assert total(everybody, "fraud_on_persons") == total(everybody, "fraud_loss") > 0
    assert total(lender, "fraud_on_persons") == 0 < total(lender, "fraud_loss")
    assert total(lender, "lender_profit") < total(everybody, "lender_profit")


def test_a_wave_comes_and_goes():
    assert [Wave(wave_start=3, wave_months=2, wave_factor=9).intensity(month) for month in range(2, 6)] == [1, 9, 9, 1]
    model = told("fraud=wave")
    attempts = np.array([record["fraud_attempts"] for record in model.records])
    assert attempts[12:16].mean() > 5 * np.delete(attempts, slice(12, 16)).mean()


@pytest.mark.parametrize("scheme", ["none", "guarantee_80_20"])
def test_every_fen_of_a_wave(scheme):
    overrides = ("fraud=wave", "fraud.wave_start=2", "fraud.takeover_hazard=0.01", f"sharing={scheme}")
    model = told(*overrides, months=0, borrowers=500)
    before = stocks(model)
    for _ in range(12):
        model.step()
        before = assert_month(model, before)
    assert total(model, "fraud_loss") > total(model, "fraud_on_persons") > 0
