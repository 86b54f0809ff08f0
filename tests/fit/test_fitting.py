"""Two rounds, what is missed, worlds: on runs that are a formula, where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.fit.drawing import Journal
from sim.fit.fitting import (
    CORRECTIONS,
    HARDLY,
    SURE,
    TOLD,
    Looked,
    answer,
    box_of,
    columns_of,
    corrected,
    error_of_spread,
    fit,
    inside,
    rolls_of,
    seen_of,
    standing,
    worlds_of,
)
from sim.fit.moments import MOMENTS, ROLLS, levels
from sim.fit.posterior import Posterior
from sim.fit.prior import BELIEFS, UNCERTAIN, Prior


def test_what_the_tape_tells_is_found_and_the_rest_stays_as_it_was(found):
    assert found.found.quantile(0.05)[0] < 0.7 < found.found.quantile(0.95)[0]
    assert found.widths[0] < 0.4
    assert found.widths[1:] == pytest.approx(np.ones(len(UNCERTAIN) - 1), abs=0.35)
    assert (found.granted == [moment.seated for moment, _ in found.asked.observed]).all()
    assert [standing(width, 0.0) for width in (found.widths[0], TOLD, HARDLY)] == ["told", "hardly", "not"]


def test_a_number_is_told_only_where_other_draws_would_tell_it_too(found):
    assert standing(0.5, 0.099 / SURE) == "told" and standing(0.5, 0.101 / SURE) == "hardly"
    assert standing(HARDLY, 1.0) == "not"
    assert found.errors.shape == found.widths.shape
    assert standing(found.widths[0], found.errors[0]) == "told"


def test_the_error_of_a_spread_is_what_other_draws_make_of_it():
    target, granted = np.full(2, 0.5), np.array([0.05, 0.0])
    spreads, errors = [], []
    for seed in range(30):
        luck = np.random.default_rng(seed)
        places = Prior().draw(250, luck)
        seen = places[:, :2] + 0.1 * luck.standard_normal((250, 2))
        spreads.append(answer(places, seen, target, granted).spread())
        errors.append(error_of_spread(places, seen, target, granted))
    assert np.median(errors, axis=0)[:2] == pytest.approx(np.std(spreads, axis=0)[:2], rel=0.4)


def test_the_second_round_is_drawn_where_the_first_says(found):
    near = found.places[:, 0]
    assert len(near) > 200  # all of the second round, and those of the first that lie there, too
    assert 0.3 < near.min() < near.max() < 0.95


def test_worlds_hold_beliefs_at_their_middle_and_spread_the_rest(found):
    of_beliefs = np.array([one.key.startswith(BELIEFS) for one in UNCERTAIN])
    assert (found.worlds[:, of_beliefs] == found.middle[of_beliefs]).all()
    assert (found.worlds[:, ~of_beliefs].std(axis=0) > 0).all()
    assert found.lived.shape == (4, len(MOMENTS) + len(ROLLS))
    assert rolls_of(found).shape == (4, len(ROLLS))
    assert (worlds_of(found.found, 4) == found.worlds).all()


def test_the_same_seed_gives_the_same_fit(asked, found, formula, monkeypatch):
    middle = levels(MOMENTS, asked.history, 0, asked.fitted)
    middle[0] -= 0.3 * np.log(0.7 / 0.3)
    rolls = levels(ROLLS, asked.history, asked.fitted, asked.steps)
    monkeypatch.setattr("sim.fit.drawing.seen_at", formula(middle, rolls))
    done = []
    again = fit(asked, Journal(None, ""), 1, done.append)
    assert (again.found.places == found.found.places).all() and (again.worlds == found.worlds).all()
    assert sum(done) == asked.settings.draws + asked.settings.worlds * (1 + CORRECTIONS)


def looked(level, error=0.01, granted=0.0):
    level = np.array(level)
    return Looked(
        level,
        np.full(len(level), error),
        np.zeros(len(level)),
        np.ones(len(level)),
        level,
        np.full(len(level), granted),
    )


def test_a_moment_beyond_what_draws_give_is_looked_at_where_they_end(asked):
    count = len(asked.observed)
    level = np.array([one.level for _, one in asked.observed])
    error = np.array([one.error for _, one in asked.observed])
    seated = np.array([moment.seated for moment, _ in asked.observed])
    around = level + np.linspace(-1.0, 1.0, 101)[:, None] * np.ones(count)
    tape = seen_of(asked, around)
    assert (tape.target == level).all() and (tape.granted == seated).all() and (tape.error == error).all()
    tape = seen_of(asked, around - np.where(np.arange(count) == 1, 4.0, 0.0))
    assert tape.target[1] == pytest.approx(level[1] - 3.0 - 0.02)  # the last but one of a hundred draws
    assert tape.granted[1] == pytest.approx(3.02) and (tape.granted[[0, 2]] == seated[[0, 2]]).all()


def test_what_worlds_miss_is_asked_for_again_and_luck_is_left_alone():
    tape = looked([0.5, 0.5, 0.9])
    lived = np.array([[0.3, 0.5, 0.5], [0.32, 0.49, 0.52]])
    target = corrected(tape, lived)
    assert target[0] == pytest.approx(0.5 + 0.7 * 0.19)
    assert target[1] == 0.5
    assert target[2] == 1.0  # what draws give ends there
    assert corrected(looked([0.5, 0.5, 0.9], granted=0.3), lived).tolist() == [0.5, 0.5, 0.9]


def test_worlds_are_lived_again_until_they_give_what_the_tape_shows(asked, monkeypatch):
    middle = levels(MOMENTS, asked.history, 0, asked.fitted)
    rolls = levels(ROLLS, asked.history, asked.fitted, asked.steps)

    def seen_at(config, values, seed, fitted, steps):
        place = float(UNCERTAIN[0].place(values[UNCERTAIN[0].key]))
        luck = 0.02 * np.random.default_rng(seed).standard_normal(len(middle) + len(rolls))
        bent = 40.0 * max(place - 0.85, 0.0) - 4.0  # the tape lies on a steep end that few draws of the first round see
        return np.concatenate([middle + np.where(np.arange(len(middle)) == 0, bent, 0.0), rolls]) + luck

    monkeypatch.setattr("sim.fit.drawing.seen_at", seen_at)
    off = {}
    for count in (0, CORRECTIONS):
        monkeypatch.setattr("sim.fit.fitting.CORRECTIONS", count)
        done: list[int] = []
        made = fit(asked, Journal(None, ""), 1, done.append)
        off[count] = abs(float(made.lived[:, 0].mean()) - middle[0])
        assert sum(done) == asked.settings.draws + asked.settings.worlds * (1 + count)
    assert off[CORRECTIONS] < 0.5 * off[0]


def test_what_a_drawn_start_may_be_off_is_left_open():
    luck = np.random.default_rng(1)
    places = Prior().draw(500, luck)
    seen = places[:, :2] + 0.02 * luck.standard_normal((500, 2))
    found = answer(places, seen, np.array([0.5, 0.5]), np.array([0.2, 0.0]))
    assert found.spread()[0] > 4 * found.spread()[1]
    assert found.mean()[:2] == pytest.approx([0.5, 0.5], abs=0.06)


def test_a_box_is_wider_than_the_answer_and_open_at_the_ends():
    spots = np.column_stack([np.linspace(0.4, 0.6, 201), np.linspace(0.001, 0.999, 201)])
    low, high = box_of(Posterior(spots, np.full(201, 1 / 201)))
    assert 0.3 < low[0] < 0.4 and 0.6 < high[0] < 0.7
    assert (low[1], high[1]) == (0.0, 1.0)
    kept, seen = inside(np.array([[0.5, 0.5], [0.2, 0.5]]), np.array([[1.0], [2.0]]), (low, high))
    assert kept.tolist() == [[0.5, 0.5]] and seen.tolist() == [[1.0]]


def test_moments_are_those_that_the_tape_tells(asked):
    keys = [MOMENTS[place].key for place in columns_of(asked)]
    assert keys == [moment.key for moment, _ in asked.observed]
