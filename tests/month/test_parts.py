"""A step names its parts: what it may name, and that anything else is refused before a month is lived."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace

import pytest

import sim
from sim.month import agenda, parts
from sim.month.parts import PARTS, UnknownPartError, hand, parts_of, seed_of

SMALL = ("population.borrowers=60", "study.burn_in=1")


def test_every_part_is_one_of_a_model_and_is_asked_for():
    model = sim.Model(sim.compose([*SMALL, "policy/collections=secured"]))
    steps = [step for step in model.agenda if not isinstance(step, agenda.Phase)]
    assert len(steps) > 15 and all(hasattr(model, name) for name in PARTS)
    assert {name for step in steps for name in parts_of(step)} == set(PARTS)


def test_a_step_is_handed_what_it_names_as_it_stands():
    def step(month, ledger):
        return month, ledger

    model = SimpleNamespace(month=3, ledger="first", lender=None)
    assert parts_of(step) == ("month", "ledger") and hand(step, model) == (3, "first")
    model.month, model.ledger = 4, "second"
    assert hand(step, model) == (4, "second")


def test_what_is_no_part_is_refused_when_the_model_is_made(monkeypatch):
    def forget(ledgr):
        raise AssertionError("never called")

    monkeypatch.setattr(agenda.winding_up, "forget", forget)
    with pytest.raises(UnknownPartError, match=r"forget: ledgr is no part of a model; did it mean ledger\?$"):
        sim.Model(sim.compose([*SMALL]))

    def whole(model):
        return model

    with pytest.raises(UnknownPartError, match="model is no part of a model"):
        parts.hand(whole, SimpleNamespace(model=1))


def test_a_model_that_nobody_holds_leaves_no_columns():
    model = sim.Model(sim.compose(SMALL))
    model.step()
    gone = weakref.ref(model), weakref.ref(model.accounts), weakref.ref(model.lender)
    del model
    gc.collect()
    assert [one() for one in gone] == [None] * 3


def test_a_clock_that_stands_still_is_said():
    """Mesa drops the step of a month that failed: the next one must not pass for lived."""
    model = SimpleNamespace(months_run=4, month=2)
    model.step = lambda: setattr(model, "months_run", model.months_run + 1)
    live = parts.by_the_clock(model)
    live()
    assert model.months_run == 5
    model.step = lambda: None
    live = parts.by_the_clock(model)
    with pytest.raises(RuntimeError, match=r"^month 2 ended with an error before: go on from a checkpoint"):
        live()


def test_a_model_of_what_is_no_configuration_points_to_compose():
    assert seed_of(SimpleNamespace(seed=7)) == 7
    for given in (["economy=calm"], "economy=calm", {"seed": 1}, None):
        with pytest.raises(
            TypeError, match=r"^config: .* is not allowed: a configuration, as sim\.compose\(overrides\)"
        ):
            sim.Model(given)
