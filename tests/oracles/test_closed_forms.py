"""The formulas themselves, against worked numbers."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from validation import closed_forms as formula


def test_vasicek_quantile_density_and_variance():
    quantile = formula.vasicek_quantile(0.02, 0.15, 0.999)
    assert quantile == pytest.approx(0.1763289, abs=5e-8)
    # The density is the slope of the distribution function.
    step = 1e-6
    slope = step / (
        formula.vasicek_quantile(0.02, 0.15, 0.9 + step / 2) - formula.vasicek_quantile(0.02, 0.15, 0.9 - step / 2)
    )
    assert formula.vasicek_density(0.02, 0.15, formula.vasicek_quantile(0.02, 0.15, 0.9)) == pytest.approx(
        slope, rel=1e-5
    )
    # A pool without end keeps the variance that the pairs have in common.
    second, fourth = formula.central_moments(0.02, 0.15, 10**12)
    assert second == pytest.approx(formula.joint_default(0.02, 0.15) - 0.02**2, rel=1e-5)
    assert fourth > second**2


def test_finite_pool_tail_and_variance():
    tail = 1.0 - formula.mixture_cdf(0.02, 0.15, 100, np.array([9]))[0]
    assert tail == pytest.approx(0.0214106, abs=5e-8)
    second, _ = formula.central_moments(0.02, 0.15, 100)
    pairs = formula.joint_default(0.02, 0.15)
    assert 100**2 * second == pytest.approx(100 * 0.02 * 0.98 + 100 * 99 * (pairs - 0.02**2), rel=1e-5)


def test_fourth_moment_is_that_of_the_binomial_without_correlation():
    second, fourth = formula.central_moments(0.1, 1e-12, 50)
    law = stats.binom(50, 0.1)
    counts = np.arange(51)
    assert second == pytest.approx(law.var() / 50**2, rel=1e-6)
    assert fourth == pytest.approx(np.sum(law.pmf(counts) * (counts / 50 - 0.1) ** 4), rel=1e-6)


def test_capped_guarantee():
    loss = 0.7 * formula.conditional_default(0.02, 0.12)
    assert formula.capped_payout(loss, 0.8, 0.03) == pytest.approx(0.0100212, abs=5e-8)
    assert formula.capped_payout(loss, 0.8, 1.0) == pytest.approx(0.0112, abs=1e-10)
    assert formula.tail_probability(loss, 0.03) == pytest.approx(0.101, abs=5e-4)


def test_structural_loss_has_the_mean_of_a_put():
    # Without a need, the unpaid part is a put on income with strike at the debt (Black and Scholes, 1973).
    debt, income, sigma = 80.0, 100.0, 0.4
    d2 = np.log(income / debt) / sigma - 0.5 * sigma
    put = debt * stats.norm.cdf(-d2) - income * stats.norm.cdf(-d2 - sigma)
    by_factor = formula.shortfall_by_factor(debt, 0.0, income, sigma, 0.3)
    assert float(np.sum(formula.WEIGHT * by_factor)) == pytest.approx(put / debt, rel=1e-4)
    assert np.all(np.diff(by_factor) <= 0.0)


def test_annuity_and_payment_plan():
    assert formula.annuity(10_000.0, 0.146, 12) == pytest.approx(900.6967224, abs=5e-8)
    plan = formula.payment_plan(1_000_000, Fraction("0.146"), 12)
    assert len(plan) == 12
    assert set(plan[:-1]) == {90_070}
    assert plan[-1] < 90_070
    assert formula.payment_plan(1_000_000, Fraction(0), 3) == [333_334, 333_334, 333_332]


def test_chains():
    # Misses with chance q: the mean time to a run of n of them is (q^-n - 1) / (1 - q).
    chain = formula.rolling_matrix(0.4, 0.4, 0.0, 3, 3)
    assert np.allclose(chain.sum(axis=1), 1.0)
    assert formula.time_to_absorption(chain) == pytest.approx((0.4**-3 - 1.0) / 0.6)
    mean, spread = formula.restricted_time(chain, 2_000)
    assert mean == pytest.approx(formula.time_to_absorption(chain))
    assert 0.0 < spread < 2.0 * mean
    assert formula.restricted_time(chain, 3)[0] == pytest.approx(3.0)  # nobody can be absorbed before month 3
    assert formula.occupancy(chain, 3)[3] == pytest.approx(0.4**3)
    down_one = formula.rolling_matrix(0.4, 0.4, 0.0, 1, 7)
    assert down_one[3, 2] == pytest.approx(0.6)
    assert down_one[3, 0] == 0.0
