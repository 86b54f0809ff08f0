"""An emulator knows a smooth figure, tells honestly how well, and knows nothing of noise."""

import numpy as np
import pandas as pd
import pytest

from sim.explorer.emulator import FEWEST_POINTS, Emulator, allowed_by_runs, emulated, left_out, placed
from sim.explorer.packing import unpacked
from sim.explorer.points import runs_of
from tests.explorer.small import made_up

pytest.importorskip("sklearn", reason="needs creditcycle[analysis]: make extras")


@pytest.fixture(scope="module")
def smooth():
    return made_up(40, 3)


def test_a_smooth_figure_is_known_between_its_points(smooth):
    places, figure = smooth
    new, truth = made_up(30, 3, seed=9)
    assert Emulator(places, 5.0 + 100.0 * figure)(new) == pytest.approx(5.0 + 100.0 * truth, abs=5.0)


def test_answers_are_those_of_the_library(smooth):
    """At its own points and elsewhere, for the lengths, variance and noise that were fitted."""
    from sklearn.gaussian_process import GaussianProcessRegressor, kernels

    places, figure = smooth
    made = Emulator(places, figure)
    kernel = kernels.ConstantKernel(made.variance) * kernels.Matern(made.lengths, nu=2.5)
    new, _ = made_up(12, 3, seed=5)
    by_library = kernel(new, places) @ made.weights * made.scale + made.centre
    assert made(new) == pytest.approx(by_library, rel=1e-9)
    assert isinstance(GaussianProcessRegressor(), GaussianProcessRegressor)


def test_what_is_said_of_a_point_left_out_knows_nothing_of_it():
    places, figure = made_up(15, 2)
    said, _ = left_out(places, figure)
    moved = figure.copy()
    moved[7] += 5.0
    again, none = left_out(places, moved)
    assert none.shape == (15, 0)
    assert again[7] == pytest.approx(said[7], abs=1e-9) and abs(again - said).max() > 0.1


def test_noise_is_not_known_and_the_page_says_so():
    places, _ = made_up(40, 2)
    luck = np.random.default_rng(8).normal(size=40)
    about = emulated(places, luck)
    assert about["r2"] < 0.3 and about["within"] > 1.0


def test_the_error_holds_nineteen_of_twenty_points_left_out(smooth):
    places, figure = smooth
    figure = figure + 0.05 * np.random.default_rng(3).normal(size=len(figure))
    about = emulated(places, figure)
    errors = np.abs(left_out(places, figure)[0] - figure)
    assert (errors <= about["within"]).mean() >= 0.95 and (errors < about["within"]).mean() < 0.99
    assert about["r2"] == pytest.approx(1 - (errors**2).sum() / ((figure - figure.mean()) ** 2).sum())
    assert about["points"] == 40


def test_a_point_without_the_figure_has_no_weight(smooth):
    places, figure = smooth
    holed = figure.copy()
    holed[[3, 11]] = np.nan
    weights = unpacked(emulated(places, holed)["weights"])
    assert (weights == 0).nonzero()[0].tolist() == [3, 11]


def test_too_few_points_or_a_figure_that_is_the_same_have_no_emulator(smooth):
    places, figure = smooth
    assert emulated(places, np.ones(40)) is None
    few = np.where(np.arange(40) < FEWEST_POINTS - 1, figure, np.nan)
    assert emulated(places, few) is None


def test_many_points_are_fitted_on_some_and_all_of_them_answer(monkeypatch):
    from sim.explorer import emulator

    monkeypatch.setattr(emulator, "FITTED_AT", 25)
    places, figure = made_up(60, 2)
    made = Emulator(places, figure)
    assert len(made.weights) == 60 and made(places) == pytest.approx(figure, abs=0.02)


def test_values_lie_along_their_axis():
    line = {"options": [], "low": 2.0, "high": 4.0, "log": False}
    assert placed([2, 3, 4], line).ravel().tolist() == [0.0, 0.5, 1.0]
    assert placed([0.01, 0.1, 1.0], {**line, "low": 0.01, "high": 1.0, "log": True}).ravel() == pytest.approx(
        [0, 0.5, 1]
    )
    assert placed([1, 0], {**line, "options": ["a", "b"]}).tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert placed([3.0], {**line, "low": 3.0, "high": 3.0}).tolist() == [[0.0]]


def test_answers_for_runs_are_those_whose_mean_is_the_answer(smooth):
    places, figure = smooth
    runs = figure[:, None] + np.random.default_rng(2).normal(size=(40, 3))
    made, new = Emulator(places, runs.mean(axis=1)), made_up(6, 3, seed=4)[0]
    assert made.of_others(new, runs).mean(axis=1) == pytest.approx(made(new), rel=1e-9)
    said, of_runs = left_out(places, runs.mean(axis=1), runs)
    assert of_runs.mean(axis=1) == pytest.approx(said, rel=1e-9)


def test_what_the_luck_of_runs_allows():
    """Luck lowers it by its share of the spread; a bend that no emulator knows does not, and one run says nothing."""
    places, figure = made_up(80, 3)
    luck, share = np.random.default_rng(6).normal(size=(80, 4)), 0.2
    runs = figure[:, None] + np.sqrt(share * 4 * figure.var()) * luck
    about = emulated(places, runs.mean(axis=1), runs)
    spread = (1 + share) * figure.var()
    assert about["allowed"] == pytest.approx(1 - share * figure.var() / spread, abs=0.06)
    assert about["r2"] == pytest.approx(about["allowed"], abs=0.08)
    jumps = np.where(np.random.default_rng(7).random(80) < 0.5, 1.0, 0.0)
    same = emulated(places, jumps, jumps[:, None] + np.array([-0.5, 0.5]))
    assert same["r2"] < 0.3 and same["allowed"] == pytest.approx(1.0)
    assert emulated(places, figure)["allowed"] is None
    assert emulated(places, figure, figure[:, None])["allowed"] is None
    holed = runs.copy()
    holed[5, 1] = np.nan
    assert emulated(places, runs.mean(axis=1), holed)["allowed"] is None


def test_allowed_by_hand():
    errors = np.array([[1.0, 3.0], [-2.0, 2.0]])  # variances 2 and 8: a mean of 5, and 2.5 of the mean of both runs
    assert allowed_by_runs(errors, 10.0) == pytest.approx(0.75)
    assert allowed_by_runs(errors, 1.0) == 0.0
    assert allowed_by_runs(errors[:, :1], 10.0) is None and allowed_by_runs(errors * np.nan, 10.0) is None


def test_runs_of_a_figure_and_of_its_difference():
    rows = [(1, "b", 0, 5.0), (0, "b", 1, 4.0), (0, "b", 0, 3.0), (0, "a", 0, 1.0), (0, "a", 1, 1.5), (1, "a", 0, 2.0)]
    cells = pd.DataFrame(rows, columns=["point", "arm", "replication", "loss_rate"]).assign(scenario="bad")
    asked = dict(arm="b", parent="a", scenario="bad")
    points = np.array([0, 1])
    np.testing.assert_array_equal(runs_of(cells, points, "loss_rate", "level", **asked), [[3, 4], [5, np.nan]])
    np.testing.assert_array_equal(runs_of(cells, points, "loss_rate", "difference", **asked), [[2, 2.5], [3, np.nan]])
    assert runs_of(None, points, "loss_rate", "level", **asked) is None
    assert runs_of(cells, points, "other", "level", **asked) is None
    assert runs_of(cells, points, "loss_rate", "difference", **asked | {"parent": ""}) is None
