"""The lender's own model of unemployment: paths, ridge towards a prior, and what moves with a path."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.lender.macro import SERIES, MacroModel, log_odds, moved, paths

PRIOR = np.array([*[(0.02, 0.06)] * 4, (0.03, 0.0)])


def seen(gaps, slopes, strength=50.0, prior=PRIOR):
    """A lender whose shares move by such slopes on level and change, without noise."""
    model, past = MacroModel(prior, strength), [0.0] * 12
    for gap in gaps:
        at = -3.0 + slopes[0] * gap + slopes[1] * (gap - past[-12])
        past.append(gap)
        model.see(gap, [1.0 / (1.0 + math.exp(-at))] * SERIES)
    return model


def test_log_odds_move_and_none_and_all_stay():
    assert moved(0.5, math.log(3.0)) == pytest.approx(0.75) and moved(0.2, 0.0) == 0.2
    assert log_odds(moved(0.1, 0.7)) == pytest.approx(log_odds(0.1) + 0.7)
    assert (moved(0.0, 2.0), moved(1.0, -2.0)) == (0.0, 1.0)
    assert [log_odds(0.0), -log_odds(1.0)] == pytest.approx([math.log(0.002 / 0.998)] * 2)


def test_the_paths_leave_in_a_year_and_come_back_by_halves():
    central, adverse, benign = paths(4.0, 18.0, 3.0, 1.0, 30)
    assert central[17] == pytest.approx(2.0) and central[0] == pytest.approx(4.0 * 0.5 ** (1 / 18))
    apart = adverse - central
    assert apart[[0, 5, 11]].tolist() == pytest.approx([0.25, 1.5, 3.0]) and apart[29] == pytest.approx(1.5)
    assert (central - benign).tolist() == pytest.approx((apart / 3.0).tolist())


def test_calm_months_leave_the_prior_and_a_recession_teaches():
    rng = np.random.default_rng(5)
    assert seen([0.0] * 60, (0.1, 0.2)).slopes().tolist() == pytest.approx(PRIOR)
    gaps = np.cumsum(rng.normal(0.0, 0.8, 240))
    taught = seen(gaps, (0.1, 0.2), strength=1e-3).slopes()
    assert taught[0].tolist() == pytest.approx([0.1, 0.2], abs=2e-3) == taught[4].tolist()
    stubborn, between = (seen(gaps, (0.1, 0.2), strength=s).slopes()[0] for s in (1e9, 2_000.0))
    assert stubborn.tolist() == pytest.approx(PRIOR[0], abs=1e-4)
    assert (PRIOR[0] < between).all() and (between < (0.1, 0.2)).all()


def test_months_without_a_share_say_nothing():
    model = MacroModel(PRIOR, 1.0)
    for _ in range(5):
        model.see(1.0, [0.1, math.nan, 0.1, 0.1, math.nan])
    assert model.sums[:, 0].tolist() == [5, 0, 5, 5, 0]


def test_a_shift_is_against_the_conditions_in_which_the_rolls_came_about():
    """Two points above normal for long, and the change over: the rolls know the level. Back to normal, they fall."""
    model = seen([2.0] * 80, (0.0, 0.0))
    assert model.usual.tolist() == pytest.approx([2.0, 0.0], abs=0.01)
    level, change = model.slopes()[0]
    stays, falls = model.shifts(np.full(14, 2.0)), model.shifts(np.zeros(14))
    assert stays.tolist() == pytest.approx(np.zeros((14, SERIES)), abs=1e-3)
    assert falls[0, 0] == pytest.approx(-2.0 * level - 2.0 * change, abs=1e-3)
    assert falls[12, 0] == pytest.approx(-2.0 * level, abs=1e-3), "the change is over after a year"
    assert falls[0, 4] == pytest.approx(-2.0 * model.slopes()[4, 0], abs=1e-3)


def test_the_change_is_over_a_year():
    model = seen([0.0] * 20 + [1.0] * 6, (0.0, 0.0))
    model.usual = np.zeros(2)
    level, change = model.slopes()[0]
    shift = model.shifts(np.full(13, 1.0))[:, 0]
    assert shift[[0, 5]].tolist() == pytest.approx([level + change] * 2)
    assert shift[6] == pytest.approx(level), "in six months the rise is a year old"


def test_it_survives_a_checkpoint():
    model, again = seen([0.0, 1.0, 3.0], (0.1, 0.1)), MacroModel(PRIOR, 50.0)
    again.restore(model.save())
    model.see(2.0, [0.1] * SERIES)
    again.see(2.0, [0.1] * SERIES)
    assert model.shifts(np.ones(3)).tolist() == again.shifts(np.ones(3)).tolist()
