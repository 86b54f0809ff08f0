"""AUC, Gini, KS, calibration and PSI against others and by hand; the logistic fit against an optimiser."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from sim.engine.loops.ranking import order_of
from sim.lender.policies.discrimination import (
    Yardstick,
    area_under_curve,
    calibration,
    discriminate,
    fit_logistic,
    hosmer_lemeshow,
    kolmogorov_smirnov,
    population_stability,
    walk_up,
)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_against_scipy_on_the_same_data(seed, ties):
    luck = np.random.default_rng(seed)
    danger = luck.normal(size=400)
    bad = luck.random(400) < 1.0 / (1.0 + np.exp(2.0 - danger))
    if ties:
        danger = np.round(danger, 1)
    statistic = stats.mannwhitneyu(danger[bad], danger[~bad]).statistic
    assert area_under_curve(danger, bad) == pytest.approx(statistic / (bad.sum() * (~bad).sum()), abs=1e-12)
    assert kolmogorov_smirnov(danger, bad) == pytest.approx(stats.ks_2samp(danger[bad], danger[~bad]).statistic)


def test_binormal_with_distance_one():
    """AUC = Phi(1 / sqrt 2) = .7602499, KS = 2 Phi(1/2) - 1 = .3829249."""
    grid = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    danger, bad = np.concatenate([grid, grid + 1.0]), np.repeat([False, True], 20_000)
    assert area_under_curve(danger, bad) == pytest.approx(0.7602499, abs=2e-6)
    assert kolmogorov_smirnov(danger, bad) == pytest.approx(0.3829249, abs=3e-5)


def test_groups_that_are_empty_have_no_verdict():
    assert area_under_curve(np.arange(3.0), np.zeros(3, dtype=bool)) == 0.5
    assert kolmogorov_smirnov(np.arange(3.0), np.ones(3, dtype=bool)) == 0.0
    for place, distance in enumerate((1.0, 0.5, 1.0)):
        assert kolmogorov_smirnov(np.arange(3.0), np.arange(3) == place) == distance


def test_groups_are_told_at_once_as_each_alone():
    luck = np.random.default_rng(4)
    danger, bad = np.round(luck.normal(size=500), 1), luck.random(500) < 0.2
    groups = np.stack([np.zeros(500, dtype=np.int64), 1 + luck.integers(0, 2, 500), 3 + luck.integers(0, 4, 500)])
    told = discriminate(order_of(danger), danger, bad, groups, 8)
    for group in range(8):
        inside = (groups == group).any(axis=0)
        assert told.areas[group] == area_under_curve(danger[inside], bad[inside])
        assert (told.bad[group], told.counts[group]) == (bad[inside].sum(), inside.sum())
    assert told.counts[7] == 0 and told.areas[7] == 0.5 and told.distance == kolmogorov_smirnov(danger, bad)


def test_pairs_by_hand_compiled_and_as_written():
    """Good at 1 and 2, bad at 2 and 3: below the bad ones are 1 and 2 good ones, beside the first of them one."""
    danger, bad = np.array([2.0, 3.0, 1.0, 2.0]), np.array([True, True, False, False])
    for walk in (walk_up, getattr(walk_up, "py_func", walk_up)):
        pairs, seen = np.zeros(1, dtype=np.int64), np.zeros((2, 1), dtype=np.int64)
        distance = walk(order_of(danger), danger, bad, np.zeros((1, 4), dtype=np.int64), 2, pairs, seen)
        assert (distance, pairs.tolist(), seen.tolist()) == (0.5, [3 + 4], [[2], [2]])


def test_an_order_that_is_handed_on_is_taken_where_it_is_the_predictions_own():
    luck = np.random.default_rng(9)
    predicted, bad = np.round(luck.random(300), 2), luck.random(300) < 0.3
    own = calibration(predicted, bad)
    backwards = np.lexsort((-np.arange(300), predicted))  # rises, but those alike come the other way round
    for order in (order_of(predicted), np.arange(300), backwards):
        for found, expected in zip(calibration(predicted, bad, order=order), own, strict=True):
            assert found.tolist() == expected.tolist()


def test_stability_index_by_hand():
    """Two groups, half and half before, 30 and 70 percent now: .2 ln(.7/.5) - .2 ln(.3/.5) = .1694596."""
    reference = np.repeat([0.0, 1.0], 50)
    now = np.repeat([0.0, 1.0], [30, 70])
    assert population_stability(reference, now, groups=2) == pytest.approx(0.1694596, abs=1e-7)
    assert population_stability(reference, reference) == 0.0
    usual, shifted = np.arange(100.0), np.arange(100.0) ** 1.1
    assert population_stability(usual, shifted) == population_stability(usual, shifted, groups=10)
    groups = Yardstick.of(reference, groups=2)
    assert (groups.edges.tolist(), groups.counts.tolist()) == ([0.5], [50, 50])
    assert population_stability(groups, now) == population_stability(reference, now, groups=2)
    assert Yardstick.of(np.ones(9)).counts.tolist() == [0.5, 9], "all alike: nobody is below"


def test_the_fit_is_finite_where_all_are_bad_or_none_is():
    features = np.arange(5.0)[:, None]
    for bad in (np.ones(5, dtype=bool), np.zeros(5, dtype=bool)):
        assert np.isfinite(fit_logistic(features, bad)).all()


def test_the_fit_is_the_maximum():
    luck = np.random.default_rng(3)
    features = luck.normal(size=(3000, 3))
    bad = luck.random(3000) < 1.0 / (1.0 + np.exp(3.0 - features @ np.array([1.0, -0.5, 0.0])))

    def loss(weights: np.ndarray) -> float:
        index = weights[0] + features @ weights[1:]
        return float(np.sum(np.logaddexp(0.0, index) - bad * index) + 0.5 * np.sum(weights[1:] ** 2))

    best = optimize.minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-6}).x
    np.testing.assert_allclose(fit_logistic(features, bad), best, atol=1e-4)


@pytest.mark.parametrize("ties", [False, True])
def test_against_scikit_learn_on_the_same_data(ties):
    calibrating, measuring = (pytest.importorskip(f"sklearn.{name}") for name in ("calibration", "metrics"))
    luck = np.random.default_rng(11)
    predicted = 1.0 / (1.0 + np.exp(2.0 - luck.normal(size=5000)))
    bad = luck.random(5000) < predicted**1.2
    if ties:
        predicted = np.round(predicted, 2)
    auc = measuring.roc_auc_score(bad, predicted)
    assert area_under_curve(predicted, bad) == pytest.approx(auc, abs=1e-12)
    false_alarms, hits, _ = measuring.roc_curve(bad, predicted, drop_intermediate=False)
    assert kolmogorov_smirnov(predicted, bad) == pytest.approx(np.max(hits - false_alarms), abs=1e-12)
    if not ties:
        realised, mean = calibrating.calibration_curve(bad, predicted, n_bins=10, strategy="quantile")
        ours = calibration(predicted, bad)
        np.testing.assert_allclose(ours[0], mean, atol=1e-12)
        np.testing.assert_allclose(ours[1], realised, atol=1e-12)


def test_calibration_by_hand():
    """Four accounts in two groups: .1 and .2 of which one, .5 and .7 of which both turn bad."""
    predicted, realised, counts = calibration(
        np.array([0.5, 0.1, 0.7, 0.2]), np.array([True, False, True, True]), groups=2
    )
    np.testing.assert_allclose(predicted, [0.15, 0.6])
    np.testing.assert_allclose(realised, [0.5, 1.0])
    assert counts.tolist() == [2, 2]
    expected = 2 * 0.35**2 / (0.15 * 0.85) + 2 * 0.4**2 / (0.6 * 0.4)
    assert hosmer_lemeshow(predicted, realised, counts) == pytest.approx(expected)


def test_the_statistic_is_chi_squared_where_the_predictions_hold():
    luck = np.random.default_rng(2)
    predicted = luck.beta(1.0, 20.0, size=3000)
    order = order_of(predicted)
    found = [hosmer_lemeshow(*calibration(predicted, luck.random(3000) < predicted, order=order)) for _ in range(300)]
    assert np.mean(found) == pytest.approx(10.0, abs=4.0 * np.sqrt(20.0 / 300))


def test_fewer_accounts_than_groups_leave_groups_empty():
    predicted, realised, counts = calibration(np.array([0.2, 0.4, 0.3]), np.array([True, False, False]))
    assert counts.sum() == 3
    assert np.isfinite([*predicted, *realised, hosmer_lemeshow(predicted, realised, counts)]).all()
