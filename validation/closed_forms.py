"""The formulas that a run must reproduce, written from their sources and not from the engine."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

# Standard normal factor for the integrals: the trapezoid rule on a smooth, fast-falling function is exact to
# about 1e-12 at this step.
FACTOR = np.linspace(-9.0, 9.0, 1801)
WEIGHT = stats.norm.pdf(FACTOR) * (FACTOR[1] - FACTOR[0])


def conditional_default(p: float, rho: float) -> Floats:
    """Default probability at each common factor in ``FACTOR`` (low factor, many defaults).

    Phi((Phi^-1(p) - sqrt(rho) m) / sqrt(1 - rho)) (Vasicek, 2002).
    """
    return stats.norm.cdf((stats.norm.ppf(p) - np.sqrt(rho) * FACTOR) / np.sqrt(1.0 - rho))


def vasicek_quantile(p: float, rho: float, level: float) -> float:
    """Quantile of the share of defaults in a large homogeneous pool (Vasicek, 2002)."""
    shifted = stats.norm.ppf(p) + np.sqrt(rho) * stats.norm.ppf(level)
    return float(stats.norm.cdf(shifted / np.sqrt(1.0 - rho)))


def vasicek_density(p: float, rho: float, share: float) -> float:
    """Density of that share (Vasicek, 2002)."""
    x = stats.norm.ppf(share)
    inner = (np.sqrt(1.0 - rho) * x - stats.norm.ppf(p)) / np.sqrt(rho)
    return float(np.sqrt((1.0 - rho) / rho) * np.exp(0.5 * x * x - 0.5 * inner * inner))


def joint_default(p: float, rho: float) -> float:
    """Probability that two given borrowers both default: Phi_2(G(p), G(p); rho)."""
    g = float(stats.norm.ppf(p))
    return float(stats.multivariate_normal([0.0, 0.0], [[1.0, rho], [rho, 1.0]]).cdf([g, g]))


def central_moments(p: float, rho: float, size: int) -> tuple[float, float]:
    """Second and fourth central moment of the share of defaults among ``size`` borrowers.

    The mixture of binomials, integrated over the factor.
    """
    at = conditional_default(p, rho)
    shift, spread = at - p, at * (1.0 - at) / size
    third = at * (1.0 - at) * (1.0 - 2.0 * at) / size**2
    fourth = spread * ((1.0 - 6.0 * at * (1.0 - at)) / size**2 + 3.0 * spread)
    second = float(np.sum(WEIGHT * (spread + shift**2)))
    return second, float(np.sum(WEIGHT * (fourth + 4.0 * third * shift + 6.0 * spread * shift**2 + shift**4)))


def mixture_cdf(p: float, rho: float, size: int, counts: NDArray[np.int64]) -> Floats:
    """P(K <= k) for the number K of defaults among ``size`` borrowers, at each of ``counts``."""
    if rho == 0.0:
        return stats.binom.cdf(counts, size, p)
    at = conditional_default(p, rho)
    return np.array([float(np.sum(WEIGHT * stats.binom.cdf(k, size, at))) for k in counts])


def capped_payout(loss_by_factor: Floats, share: float, cap: float) -> float:
    """E[min(share x loss, share x cap)] for a loss that the factor fixes, as a share of the portfolio."""
    return share * float(np.sum(WEIGHT * np.minimum(loss_by_factor, cap)))


def tail_probability(loss_by_factor: Floats, bound: float) -> float:
    """P(loss > bound) for a loss that falls as the factor rises."""
    ordered = loss_by_factor[::-1]
    return float(stats.norm.cdf(np.interp(bound, ordered, FACTOR[::-1])))


def shortfall_by_factor(debt: float, need: float, income: float, sigma: float, rho: float) -> Floats:
    """Unpaid share of a loan of ``debt`` at each common factor, when what income leaves is paid.

    Mean over the own shock of (1 - (y - need)+ / debt)+ with y log-normal of mean ``income``, log sd
    ``sigma`` and a common share ``rho`` of the variance: the structural loss of Merton (1974) in a large
    pool.
    """
    common = np.exp(np.sqrt(rho) * sigma * FACTOR - 0.5 * rho * sigma * sigma)
    spread = np.sqrt(1.0 - rho) * sigma
    own = np.exp(spread * FACTOR - 0.5 * spread * spread)
    left = np.maximum(income * common[:, None] * own[None, :] - need, 0.0)
    return np.sum(WEIGHT * np.maximum(1.0 - left / debt, 0.0), axis=1)


def lognormal_default(bound: float, income: float, sigma: float) -> float:
    """P(y < bound) for a log-normal income of mean ``income`` and log sd ``sigma``."""
    return float(stats.norm.cdf(np.log(bound / income) / sigma + 0.5 * sigma))


def annuity(principal: float, rate: float, months: int) -> float:
    """Level payment P i / (1 - (1 + i)^-n); principal over n at a rate of zero."""
    monthly = rate / 12.0
    return principal / months if monthly == 0.0 else principal * monthly / (1.0 - (1.0 + monthly) ** -months)


def payment_plan(principal: int, rate: Fraction, months: int) -> list[int]:
    """Every payment of a loan in fen, by exact fractions.

    The level payment is the annuity rounded up to the fen, and a fen more where that would leave a further payment,
    because a month's interest is rounded half up; the last payment is what is left.
    """
    monthly = rate / 12
    level = Fraction(principal, months)
    if monthly:
        level = principal * monthly / (1 - (1 + monthly) ** -months)
    instalment = math.ceil(level)
    while len(paid := _paid(principal, monthly, instalment)) > months:
        instalment += 1
    return paid


def _paid(principal: int, monthly: Fraction, instalment: int) -> list[int]:
    """Payments until nothing is left."""
    paid = []
    while principal > 0:
        owed = principal + math.floor(principal * monthly + Fraction(1, 2))
        paid.append(min(instalment, owed))
        principal = owed - paid[-1]
    return paid


def rolling_matrix(up_first: float, up: float, stays: float, steps_back: int, last: int) -> Floats:
    """Monthly transitions of months past due 0..last-1, with charge-off at ``last`` as the absorbing state.

    Parameters
    ----------
    up_first, up : float
        Chance to miss when current, and when past due.
    stays : float
        Chance to stay where one is when past due.
    steps_back : int
        Months by which a payment brings one back; ``last`` and more is a full cure.
    last : int
        Charge-off age in months past due.
    """
    chain = np.zeros((last + 1, last + 1))
    chain[0, 0], chain[0, 1] = 1.0 - up_first, up_first
    for k in range(1, last):
        chain[k, k + 1] = up
        chain[k, k] += stays
        chain[k, max(k - steps_back, 0)] += 1.0 - up - stays
    chain[last, last] = 1.0
    return chain


def occupancy(chain: Floats, months: int) -> Floats:
    """Shares of the states after a number of months, from state 0."""
    return np.linalg.matrix_power(chain, months)[0]


def time_to_absorption(chain: Floats) -> float:
    """Mean months from state 0 to the last state: row sum of (I - Q)^-1 (Kemeny and Snell, 1960)."""
    transient = chain[:-1, :-1]
    return float(np.linalg.solve(np.eye(len(transient)) - transient, np.ones(len(transient)))[0])


def restricted_time(chain: Floats, months: int) -> tuple[float, float]:
    """Mean and standard deviation of min(time to absorption, months), from state 0.

    The mean is the row sum of (I - Q)^-1 (I - Q^months).
    """
    transient = chain[:-1, :-1]
    alive = np.zeros(len(transient))
    alive[0] = 1.0
    mean = square = 0.0
    for month in range(months):
        surviving = float(alive.sum())
        mean += surviving
        square += (2 * month + 1) * surviving
        alive = alive @ transient
    return mean, float(np.sqrt(square - mean * mean))
