"""Takeovers by hand: at which luck one is tried, stopped, borne by whom; waves, rings and leaks."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.loops.compiled import plain
from sim.engine.loops.draws import purpose
from sim.engine.loops.philox import philox
from sim.loan import annuity as annuities
from sim.loan.states import LINE_FROZEN, LINE_NONE, LINE_OPEN
from sim.persons import fraud
from sim.persons.fraud import Groups, NoFraud, Organised, Takeovers, Wave, give_up_over_checks, suffer_takeover
from tests.laws.calling import does

annuity = plain(annuities.annuity)

# Tried at .02, stopped above .008; 600 000 are left, of which three fifths go.
TAKEN = {"line": LINE_OPEN, "limit": 1_000_000, "principal": 400_000, "payment": 50_000, "rate": 0.12,
         "offer_rate": 0.24, "offer_term": 12, "takeover_hazard": 0.01, "fraud_intensity_by_community": 2.0,
         "smallest_takeover": 50_000, "takeovers_stopped": 0.6, "lender_bears": 0.8, "luck_fraud": 0.0079,
         "luck_fraud_size": 0.5, "luck_dispute": 0.79}  # fmt: skip
CASE = {"fraud.paid": 360_000, "fraud_attempts": 1, "fraud_cases": 1}


def test_a_takeover_is_tried_stopped_or_not():
    does(suffer_takeover, TAKEN, CASE)
    for luck in (0.0081, 0.0199):
        does(suffer_takeover, {**TAKEN, "luck_fraud": luck}, {"fraud_attempts": 1, "fraud_stopped": 1})
    for other in (
        {"luck_fraud": 0.0201}, {"line": LINE_FROZEN}, {"limit": 449_999}, {"fraud_intensity_by_community": 0.0},
    ):  # fmt: skip
        does(suffer_takeover, {**TAKEN, **other})
    does(suffer_takeover, {**TAKEN, "limit": 450_000}, {**CASE, "fraud.paid": 30_000})
    does(suffer_takeover, {**TAKEN, "luck_fraud_size": 0.0}, {**CASE, "fraud.paid": 120_000})
    does(suffer_takeover, {**TAKEN, "luck_fraud_size": 1.0}, {**CASE, "fraud.paid": 600_000})


def test_what_the_person_bears_stays_on_the_book():
    borne = {**TAKEN, "luck_dispute": 0.8}
    on_book = {**CASE, "principal": 760_000, "stolen": 360_000, "fraud_on_book": 360_000}
    does(suffer_takeover, borne, {**on_book, "payment": annuity(760_000, 0.12, 12)})
    does(suffer_takeover, {**borne, "offer_term": 0}, {**on_book, "payment": annuity(760_000, 0.12, 12)})
    does(suffer_takeover, {**borne, "offer_term": 6}, {**on_book, "payment": annuity(760_000, 0.12, 6)})
    does(suffer_takeover, {**borne, "payment": 999_999}, on_book)
    does(suffer_takeover, {**borne, "principal": 0, "payment": 0},
         {**CASE, "fraud.paid": 600_000, "fraud_on_book": 600_000, "principal": 600_000, "stolen": 600_000,
          "payment": annuity(600_000, 0.24, 12)})  # fmt: skip


def test_a_line_not_in_use_is_given_up_over_its_checks():
    idle = {"line": LINE_OPEN, "limit": 500, "principal": 0, "interest": 0, "abandonment": 0.01, "luck_contact": 0.009}
    does(give_up_over_checks, idle, {"line": LINE_NONE, "limit": 0, "lines_abandoned": 1})
    for other in ({"luck_contact": 0.01}, {"principal": 1}, {"interest": 1}, {"line": LINE_FROZEN}):
        does(give_up_over_checks, {**idle, **other})


def test_the_luck_of_a_neighbourhood_is_its_own():
    luck = fraud.group_luck(5, 7, 300)
    assert luck.shape == (4, 300) and 0.0 < luck.min() < luck.max() < 1.0 and len(np.unique(luck)) == 1200
    assert (fraud.group_luck(5, 7, 10) == luck[:, :10]).all(), "however many there are"
    for other in (fraud.group_luck(6, 7, 300), fraud.group_luck(5, 8, 300), fraud.group_luck(5 + 2**32, 7, 300)):
        assert not (other == luck).any()


GROUPS = Groups(4, 20.0)


@pytest.fixture
def lucky(monkeypatch):
    """Set the luck of neighbourhoods by month: rows are ring, size, exposure, leak."""

    def given(by_month):
        def luck(seed, month, groups):
            return np.array(by_month.get(month, [[0.9] * 4] * 4), dtype=float)[:, :groups]

        monkeypatch.setattr(fraud, "group_luck", luck)

    return given


def test_calm_and_waves():
    for calm in (NoFraud(), Takeovers()):
        month = calm.month(5, 1, GROUPS, 0.0)
        assert month.intensity.tolist() == [1.0] * 4 and (month.rings, month.leaks) == (0, 0)
    wave = Wave(wave_start=3, wave_months=2, wave_factor=7.0)
    assert [wave.month(month, 1, GROUPS, 0.0).intensity[0] for month in (2, 3, 4, 5)] == [1.0, 7.0, 7.0, 1.0]


def test_a_leak_exposes_some_and_fades(lucky):
    """Eight times the attempts in its month, then seven over six months less each; others stay as they are."""
    lucky({10: [[0.9] * 4, [0.9] * 4, [0.1, 0.3, 0.19, 0.9], [0.019, 0.0, 0.0, 0.0]]})
    world = Organised(leak_hazard=0.02, leak_share=0.2, leak_factor=8.0, leak_months=6)
    seen = [world.month(month, 1, GROUPS, 0.0) for month in range(9, 18)]
    assert [month.leaks for month in seen] == [0, 1, *[0] * 7]
    exposed = [month.intensity[0] for month in seen]
    assert exposed == pytest.approx([1.0, *(1.0 + 7.0 * (6 - age) / 6.0 for age in range(6)), 1.0, 1.0])
    assert seen[1].intensity.tolist() == pytest.approx([8.0, 1.0, 8.0, 1.0])
    assert [world.month(10, 1, GROUPS, control).leaks for control in (0.04, 0.06, 1.0)] == [1, 0, 0]


def test_a_ring_strikes_its_neighbourhood_and_the_next(lucky):
    """The smallest ring of 30 fills its own 20 and half of the next; shares come on top, over the usual hazard."""
    lucky({10: [[0.9, 0.9, 0.9, 0.0019], [0.9, 0.9, 0.9, 1.0], [0.9] * 4, [0.9] * 4]})
    world = Organised(ring_hazard=0.002, smallest_ring=30, takeover_hazard=0.01)
    month = world.month(10, 1, GROUPS, 0.0)
    assert month.rings == 1
    assert month.intensity.tolist() == pytest.approx([51.0, 1.0, 1.0, 101.0])
    assert Organised(takeover_hazard=0.0).month(10, 1, GROUPS, 0.0).rings == 0


def test_the_size_of_a_ring():
    world = Organised(smallest_ring=5, largest_ring=50, ring_tail=1.5)
    assert world.spread(1.0, 20.0) == pytest.approx([0.25])
    assert world.spread(0.125, 20.0) == pytest.approx([1.0])  # 5 x 4
    assert world.spread(1e-9, 20.0) == pytest.approx([1.0, 1.0, 0.5])
    assert world.check() == Organised(smallest_ring=50, largest_ring=50).check() == []
    assert "smallest_ring: 60 is above largest_ring 50" in Organised(smallest_ring=60, largest_ring=50).check()[0]


def test_a_neighbourhoods_luck_is_a_function_of_seed_month_and_place():
    """Half way between the word over 2**32 and the next one."""
    seed, month = 7 + (9 << 32), 5
    words = [philox.py_func(group, -20_000, month, purpose("fraud") // 4, 7, 9) for group in range(3)]
    found = fraud.group_luck(seed, month, 3)
    assert (found * 2**33 == 2 * np.array(words, dtype=float).T + 1).all()
    assert (fraud.group_luck(seed, month, 2) == found[:, :2]).all()


def test_a_ring_takes_its_own_neighbourhood_and_the_next_ones():
    """Pareto: an eighth of all rings are 4 times as large as the smallest at a tail of 1.5."""
    ring = Organised(smallest_ring=5, largest_ring=45, ring_tail=1.5)
    for luck, size in ((1.0, 5), (1 / 8, 20), (1 / 27, 45), (1 / 64, 45)):
        assert sum(ring.spread(luck, 16.0)) == pytest.approx(size / 16)
    assert ring.spread(1 / 8, 16.0) == pytest.approx([1.0, 0.25])
    assert ring.check() == [] and Organised(smallest_ring=6, largest_ring=5).check() == [
        "fraud.smallest_ring: 6 is above largest_ring 5"
    ]
