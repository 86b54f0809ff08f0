"""Takeovers: who loses, what authentication stops and blocks, waves, and every fen of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.lender.policies.authentication import OPTIONS
from sim.loan.states import LINE_NONE, LINE_OPEN
from sim.persons.fraud import Groups, Organised, Wave, give_up_over_checks, suffer_takeover
from tests.laws.accounts import assert_month, stocks
from tests.laws.calling import call

luck = st.floats(2.0**-33, 1.0 - 2.0**-33)


@given(luck, luck, luck, st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 6), st.floats(0, 1))
def test_a_takeover_takes_at_most_what_is_left(try_, size, dispute, limit, principal, line, stopped):
    given_ = {"line": line, "limit": limit, "principal": principal, "interest": 0, "payment": 1000, "rate": 0.15}
    given_ |= {"offer_rate": 0.15, "offer_term": 12, "takeover_hazard": 0.5, "fraud_intensity_by_community": 1.0}
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
    return sum(record.get(name, 0) for record in model.records)


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
    wave = Wave(wave_start=3, wave_months=2, wave_factor=9)
    assert [wave.month(month, 1, Groups(3, 20), 0.0).intensity.tolist() for month in range(2, 6)] == [
        *([1] * 3, [9] * 3, [9] * 3, [1] * 3)
    ]
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


@given(st.integers(0, 6), st.integers(1, 10**8), st.integers(0, 100), st.floats(0, 1), luck)
def test_only_who_owes_nothing_gives_up_a_line(line, limit, principal, hazard, try_):
    given_ = {"line": line, "limit": limit, "principal": principal, "interest": 0}
    after = call(give_up_over_checks, **given_, abandonment=hazard, luck_contact=try_)
    gone = line == LINE_OPEN and principal == 0 and try_ < hazard
    assert after == {"line": LINE_NONE if gone else line, "limit": 0 if gone else limit, "lines_abandoned": int(gone)}


def test_rings_are_as_large_as_they_say_and_the_tail_is_pareto():
    ring = Organised(smallest_ring=5, largest_ring=500, ring_tail=1.5)
    grid = (np.arange(20_000) + 0.5) / 20_000
    sizes = np.array([sum(ring.spread(float(at), 20.0)) * 20 for at in grid])
    assert sizes.min() == pytest.approx(5, rel=1e-3) and sizes.max() == pytest.approx(500)
    for size in (10, 50, 200):
        assert np.mean(sizes > size) == pytest.approx((size / 5) ** -1.5, rel=0.02)
    assert max(max(ring.spread(float(at), 20.0)) for at in grid[:100]) == 1.0


def test_months_of_the_organised_depend_on_seed_and_month_alone():
    groups = Groups(500, 20.0)
    fraud = Organised(ring_hazard=0.01, leak_hazard=0.3)
    told_ = [fraud.month(month, 5, groups, 0.0) for month in range(200)]
    again = fraud.month(77, 5, groups, 0.0)
    assert (again.intensity == told_[77].intensity).all() and again.rings == told_[77].rings
    assert 0.2 < np.mean([month.leaks for month in told_]) < 0.4
    assert 3 < np.mean([month.rings for month in told_]) < 7
    controlled = [fraud.month(month, 5, groups, 0.5) for month in range(200)]
    assert all((some.intensity <= all_.intensity).all() for some, all_ in zip(controlled, told_, strict=True))
    assert sum(month.leaks for month in controlled) < 0.7 * sum(month.leaks for month in told_)
    assert not any(fraud.month(month, 5, groups, 1.0).leaks for month in range(50))


def test_rings_come_together_and_leaks_in_bursts():
    """Single takeovers are Poisson: variance over mean of a month's attempts is 1. Rings strike many at once."""
    single = told("fraud=takeovers")
    rings = told("fraud=organised", "fraud.leak_hazard=0", "fraud.ring_hazard=0.01")
    dispersion = {}
    for name, model in (("single", single), ("rings", rings)):
        attempts = np.array([record["fraud_attempts"] for record in model.records])
        dispersion[name] = attempts.var() / attempts.mean()
    assert total(rings, "fraud_rings") > 0 == total(single, "fraud_rings")
    assert total(rings, "fraud_cases") > 1.5 * total(single, "fraud_cases")
    assert dispersion["single"] < 2.0 < dispersion["rings"] / 2.0
    leaks = told("fraud=organised", "fraud.leak_hazard=0.2", "fraud.ring_hazard=0")
    closed = told("fraud=organised", "fraud.leak_hazard=0.2", "fraud.ring_hazard=0",
                  "policy.authentication.access_control=0.9")  # fmt: skip
    assert total(leaks, "data_leaks") > 3 >= total(closed, "data_leaks")
    assert total(leaks, "fraud_loss") > 1.3 * total(closed, "fraud_loss")
    assert total(closed, "check_cost") > 0 == total(leaks, "check_cost")


def test_a_wave_in_the_economy_brings_takeovers_where_nothing_else_does():
    config = sim.compose(["economy=fraud_wave"])
    assert config.fraud.name == config.chosen["fraud"] == "takeovers"
    assert sim.compose(["economy=calm"]).fraud.name == "none"
    assert sim.compose(["economy=calm", "economy.path.fraud=[1.0]"]).fraud.name == "none"
    wave = told("economy=fraud_wave", "economy.shock_lag=12", "economy.systematic.timing_sd=0")
    attempts = np.array([record["fraud_attempts"] for record in wave.records])
    assert attempts[14:17].mean() > 4 * np.delete(attempts, slice(11, 21)).mean()
    assert total(told("economy=fraud_wave", "fraud=wave"), "fraud_attempts") > total(wave, "fraud_attempts")


@pytest.mark.parametrize("option", [name for name in OPTIONS if name != "password"])
def test_each_method_against_a_password(option):
    """Paired: less is lost, more honest draws are blocked, more lines are given up, checking costs more."""
    base = ("fraud=organised", "behaviour.leave_hazard=0")
    password, method = told(*base), told(*base, f"policy/authentication={option}")
    assert total(method, "fraud_loss") < 0.6 * total(password, "fraud_loss")
    for name in ("draws_blocked", "lines_abandoned", "check_cost"):
        assert total(method, name) > 0 == total(password, name), name
    assert method.record["access_all"] < password.record["access_all"]
