"""Values given figures: what is foretold of rows left out, and curved figures that a straight fit gets wrong."""

from __future__ import annotations

import numpy as np
import pytest

from sim.fit.posterior import (
    Posterior,
    chosen,
    curved,
    left_out,
    posterior,
    products,
    ranks,
    ridge,
    straight,
    tail_of,
)
from sim.fit.prior import expit, logit


def bent(count=500, seed=4):
    """Two numbers; the first shows in its square alone, the second in nothing."""
    luck = np.random.default_rng(seed)
    places = 0.1 + 0.8 * luck.random((count, 2))
    first = logit(places[:, 0])
    return places, np.column_stack([np.exp(first), first**2]) + 0.1 * luck.standard_normal((count, 2))


def test_rows_left_out_by_ridge_are_those_of_a_fit_without_them(monkeypatch):
    monkeypatch.setattr("sim.fit.posterior.PENALTIES", (3.0,))
    luck = np.random.default_rng(1)
    x, y = luck.standard_normal((40, 6)), luck.standard_normal((40, 1))
    alone = []
    for row in range(40):
        rest = np.arange(40) != row
        middle, mean = x[rest].mean(axis=0), y[rest].mean(axis=0)
        centred = x[rest] - middle
        slopes = np.linalg.solve(centred.T @ centred + 3.0 * np.eye(6), centred.T @ (y[rest] - mean))
        alone.append(y[row] - mean - (x[row] - middle) @ slopes)
    assert ridge(x, y, x[:1])[0] == pytest.approx(np.array(alone))


def test_ridge_foretells_at_other_points_and_chooses_a_penalty_for_each_column():
    luck = np.random.default_rng(1)
    x = luck.standard_normal((200, 30))
    y = np.column_stack([2.0 + x[:, 0] - 3.0 * x[:, 1], luck.standard_normal(200)])
    residuals, told = ridge(x, y, np.eye(30)[:2])
    assert told[:, 0] == pytest.approx([3.0, -1.0], abs=0.05)
    assert np.abs(residuals[:, 0]).max() < 0.05
    assert np.abs(told[:, 1] - y[:, 1].mean()).max() < 0.15  # noise is foretold by its mean


def test_curved_finds_what_a_straight_summary_misses():
    places, seen = bent()
    wide, narrow = (posterior(places[1:], seen[1:], seen[0], how).spread() for how in (straight, curved))
    assert narrow[0] < 0.6 * wide[0]
    assert narrow[1] == pytest.approx(places[:, 1].std(), rel=0.15)


def test_what_is_known_lies_in_its_interval_as_often_as_is_said():
    places, seen = bent(240)
    inside = []
    for truth in range(0, 240, 2):
        rest = np.arange(240) != truth
        found = posterior(places[rest], seen[rest], seen[truth], curved)
        inside.append((found.quantile(0.05) <= places[truth]) & (places[truth] <= found.quantile(0.95)))
    assert np.mean(inside, axis=0) == pytest.approx([0.9, 0.9], abs=0.07)


def test_moments_of_an_answer_are_weighted():
    found = Posterior(np.array([[0.2], [0.4], [0.9]]), np.array([0.5, 0.5, 0.0]))
    assert found.mean() == pytest.approx(expit(logit(np.array([0.2, 0.4])).mean()))
    assert found.spread() == pytest.approx([0.1])
    assert found.quantile(0.5) == pytest.approx([0.3])
    assert found.effective == pytest.approx(2.0)


def test_a_summary_is_measured_in_what_it_leaves_open():
    places, seen = bent()
    made = curved(seen, logit(places), seen[0])
    assert made.unit[0] < 0.5 * made.unit[1]
    assert made.unit[1] == pytest.approx(logit(places)[:, 1].std(), rel=0.1)
    assert straight(seen, logit(places), seen[0]).unit.shape == (2,)


def test_products_are_of_every_two_columns():
    assert products(np.array([[2.0, 3.0]])).tolist() == [[2.0, 3.0, 4.0, 6.0, 9.0]]


def test_left_out_is_a_fit_without_the_row():
    luck = np.random.default_rng(2)
    x, y = luck.standard_normal((30, 2)), luck.standard_normal((30, 1))
    told, at = left_out(x, y, np.ones(30), np.zeros(2))
    columns = np.column_stack([np.ones(29), x[1:]])
    assert told[0] == pytest.approx(np.array([1.0, *x[0]]) @ np.linalg.lstsq(columns, y[1:], rcond=None)[0])
    assert at.shape == (1,)


def test_worlds_are_chosen_from_the_answer():
    places, seen = bent()
    found = posterior(places, seen, seen[0], curved)
    assert np.isin(chosen(found, 8), found.places).all()


def test_a_truth_that_takes_its_turn_is_not_among_the_draws():
    places = np.array([[0.1], [0.2], [0.6], [0.9]])
    given = []

    def even(rest, seen, observed):
        given.append((rest[:, 0].tolist(), seen[:, 0].tolist(), observed.tolist()))
        return Posterior(rest, np.full(len(rest), 1.0 / len(rest)))

    assert ranks(places, 10.0 * places, 2, even).tolist() == [[0.0], pytest.approx([1.0 / 3.0])]
    assert given[1] == ([0.1, 0.6, 0.9], [1.0, 6.0, 9.0], [2.0])


def test_an_interval_reaches_until_nine_of_ten_truths_lie_in_it():
    even = (np.arange(100) + 0.5) / 100
    assert tail_of(even, 0.9) == pytest.approx(0.05, abs=0.005)
    sure = np.where(np.arange(100) < 80, even, np.where(np.arange(100) % 2, 0.98, 0.02))  # a fifth lies in the ends
    assert tail_of(sure, 0.9) == pytest.approx(0.02)
    assert tail_of(0.5 + 0.2 * (even - 0.5), 0.9) == pytest.approx(0.05)  # never narrower than the answer
    assert tail_of(np.full(9, 1.0), 0.9) == 0.0
