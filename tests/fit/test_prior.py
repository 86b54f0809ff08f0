"""What is uncertain before a tape is looked at: places, values, worlds of a preset, boxes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config.compose import compose
from sim.config.options import option_names
from sim.config.worlds import read_table, table_of
from sim.fit.prior import (
    BELIEFS,
    EDGE,
    EVERYWHERE,
    UNCERTAIN,
    Prior,
    Uncertain,
    expit,
    logit,
    rounded,
    values_of,
)

COLUMN = {one.key: place for place, one in enumerate(UNCERTAIN)}


def test_every_shipped_preset_lies_between_the_ends():
    for preset in option_names("behaviour"):
        behaviour = compose([f"behaviour={preset}"]).behaviour
        for one in UNCERTAIN:
            if not one.key.startswith(BELIEFS):
                value = getattr(behaviour, one.key.split(".")[1])
                assert one.low <= value <= one.high, (preset, one.key, value)


def test_places_and_values_lead_to_each_other():
    straight, ratios = Uncertain("a", 1.0, 5.0), Uncertain("b", 0.01, 1.0, log=True)
    assert straight.value(0.25) == pytest.approx(2.0) and straight.place(2.0) == pytest.approx(0.25)
    assert ratios.value(0.5) == pytest.approx(0.1) and ratios.place(0.1) == pytest.approx(0.5)
    assert straight.place(9.0) == 1.0 - EDGE and ratios.place(0.0) == EDGE
    assert expit(logit(np.array([0.2, 0.9]))) == pytest.approx([0.2, 0.9])
    assert rounded(np.array([0.123456789])) == [0.12346]


def test_without_worlds_places_are_spread_evenly():
    places = Prior().draw(20_000, np.random.default_rng(1))
    assert places.mean(axis=0) == pytest.approx(np.full(len(UNCERTAIN), 0.5), abs=0.01)
    assert places.std(axis=0) == pytest.approx(np.full(len(UNCERTAIN), 12**-0.5), abs=0.01)


def test_worlds_of_a_preset_keep_their_mean_and_what_goes_together():
    keys, rows = read_table(table_of("china_platform"))
    prior = Prior(keys, rows)
    drawn = logit(prior.draw(20_000, np.random.default_rng(1)))
    known = [UNCERTAIN[column].key for column in prior.known]
    theirs = np.array([logit(UNCERTAIN[COLUMN[key]].place(np.array(rows)[:, keys.index(key)])) for key in known])
    ours = drawn[:, prior.known].T
    assert len(known) == len(set(keys) & set(COLUMN)) > 10
    assert ours.mean(axis=1) == pytest.approx(theirs.mean(axis=1), abs=0.2)
    assert np.corrcoef(ours) == pytest.approx(np.corrcoef(theirs), abs=0.06)
    free = COLUMN["beliefs.cash_late"]  # no world tells it
    assert expit(drawn[:, free]).std() == pytest.approx(12**-0.5, abs=0.01)


def test_draws_are_the_same_for_a_seed_and_lie_in_the_box():
    low, high = (end.copy() for end in EVERYWHERE)
    low[0], high[0], high[3] = 0.4, 0.6, 0.2
    found = Prior().within(500, (1, 2), (low, high))
    assert found.shape == (500, len(UNCERTAIN))
    assert ((found >= low) & (found <= high)).all()
    assert (found == Prior().within(500, (1, 2), (low, high))).all()
    assert (found != Prior().within(500, (1, 3), (low, high))).any()


def test_a_box_that_holds_next_to_nothing_is_widened(monkeypatch):
    monkeypatch.setattr("sim.fit.prior.MOST_TRIED", 2_000)
    low, high = (np.full(len(UNCERTAIN), end) for end in (0.4999, 0.5001))
    assert len(Prior().within(20, (1, 2), (low, high))) == 20


def test_values_have_the_digits_that_are_written():
    values = values_of(Prior().draw(3, np.random.default_rng(1)))
    assert list(values) == list(COLUMN)
    assert all(float(f"{value:g}") == pytest.approx(value, rel=1e-5) for of in values.values() for value in of)
    assert all(float(f"{value:.5g}") == value for of in values.values() for value in of)
