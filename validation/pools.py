"""Pools under one common factor: Vasicek's law, the finite pool, and the limits of its correlation."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from validation import closed_forms as formula
from validation.checks import Case, Check
from validation.plain import ESSENTIAL_SHARE, INCOME, LOAN, ONE_PERIOD, forks, holders, lent
from validation.size import Size

SIGMA = 0.4
RATE = 0.146
NEED = int(ESSENTIAL_SHARE * INCOME)
# One month's interest and the whole loan.
DUE = LOAN + int(LOAN * RATE / 12.0 + 0.5)
P = formula.lognormal_default(NEED + DUE, INCOME, SIGMA)
RHO = 0.15
LEVELS = (0.90, 0.99, 0.999)
SOURCE = "Vasicek (2002)"


def overrides(rho: float) -> tuple[str, ...]:
    """Keys that give log income a common share ``rho`` of its variance ``SIGMA`` squared."""
    own = SIGMA * math.sqrt(1.0 - rho)
    return (
        *ONE_PERIOD,
        f"policy.pricing.flat_rate={RATE}",
        f"economy.factor.volatility={SIGMA}",
        f"economy.factor.correlation={rho}",
        f"economy.income.volatility_peak={own:.17g}",
        f"economy.income.volatility_trough={own:.17g}",
    )


def missed(rho: float, persons: int, size: int, seeds: range) -> tuple[np.ndarray, int]:
    """Borrowers who miss the payment, by seed, among the first ``size`` (0: all) who hold a loan."""
    quiet = (*ONE_PERIOD, f"policy.pricing.flat_rate={RATE}", "economy.factor.volatility=0")
    book = lent(quiet, persons, seeds.start)
    rows = holders(book, quiet, persons)
    rows = rows[:size] if size else rows
    counts = []
    for model in forks(overrides(rho), persons, book, seeds):
        model.step()
        counts.append(int(np.count_nonzero(model.accounts["months_past_due"][rows])))
    return np.array(counts), len(rows)


def large_pool(size: Size) -> list[Check]:
    """Quantiles, mean, variance and whole law of the share that misses, in a large homogeneous pool."""
    runs = size.pool_runs
    counts, n = missed(RHO, size.pool_persons, 0, range(10_000, 10_000 + runs))
    shares = counts / n
    case = Case("large pool", SOURCE, f"p={P:.4%}, ρ={RHO}, {n} loans, {runs} seeds")
    second, fourth = formula.central_moments(P, RHO, n)
    checks = [
        case.normal("mean share missed", P, float(shares.mean()), math.sqrt(second / runs)),
        case.normal(
            "variance of the share",
            second,
            float(np.mean((shares - P) ** 2)),
            math.sqrt((fourth - second**2) / runs),
        ),
    ]
    for level in LEVELS:
        if (1.0 - level) * runs < 1.0:
            continue  # no run is expected beyond it
        expected = formula.vasicek_quantile(P, RHO, level)
        # The pool is finite: its own law says how many runs may lie above the limit's quantile.
        tail = 1.0 - float(formula.mixture_cdf(P, RHO, n, np.array([int(n * expected)]))[0])
        above = int(np.count_nonzero(counts > int(n * expected)))
        density = formula.vasicek_density(P, RHO, expected)
        got = float(np.quantile(shares, level))
        checks.append(case.quantile(f"{level:.1%} quantile of the share", expected, got, density, above, runs, tail))
    checks.append(_distance(case, counts, n, runs))
    return checks


def _distance(case: Case, counts: np.ndarray, n: int, runs: int) -> Check:
    """Kolmogorov-Smirnov distance between the counts and their exact law, which jumps (so p is an upper bound)."""
    found, times = np.unique(counts, return_counts=True)
    law = formula.mixture_cdf(P, RHO, n, found)
    before = formula.mixture_cdf(P, RHO, n, found - 1)
    empirical = np.cumsum(times) / runs
    distance = max(float(np.max(np.abs(empirical - law))), float(np.max(np.abs(empirical - times / runs - before))))
    p = float(stats.kstwo.sf(distance, runs))
    typical = float(stats.kstwo.mean(runs))
    return Check(
        case.name, case.source, case.setting, "largest distance of the whole law (mean by chance)", typical,
        distance, float(stats.kstwo.std(runs)), p,
    )  # fmt: skip


def finite_pool(size: Size) -> list[Check]:
    """Number of missed payments in a pool of a hundred: moments and tail of the binomial mixture."""
    runs, n = size.pool_runs, 100
    counts, n = missed(RHO, 120, n, range(50_000, 50_000 + runs))
    case = Case("finite pool", f"binomial mixture, {SOURCE}", f"p={P:.4%}, ρ={RHO}, {n} loans, {runs} seeds")
    second, fourth = formula.central_moments(P, RHO, n)
    pairs = formula.joint_default(P, RHO)
    variance = n * P * (1.0 - P) + n * (n - 1) * (pairs - P * P)
    checks = [
        case.normal("mean number K missed", n * P, float(counts.mean()), math.sqrt(variance / runs)),
        case.normal(
            "variance of K: np(1-p) + n(n-1)(Φ₂-p²)",
            variance,
            float(np.mean((counts - n * P) ** 2)),
            n * n * math.sqrt((fourth - second**2) / runs),
        ),
    ]
    for least in (1, 5, 10, 15):
        tail = 1.0 - float(formula.mixture_cdf(P, RHO, n, np.array([least - 1]))[0])
        if tail * runs >= 2.0:
            checks.append(case.count(f"P(K >= {least})", tail, int(np.count_nonzero(counts >= least)), runs))
    return checks


def limits_of_correlation(size: Size) -> list[Check]:
    """No common factor gives the binomial; nothing but the common factor gives all or none."""
    runs, n = size.limit_runs, 100
    counts, n = missed(0.0, 120, n, range(80_000, 80_000 + runs))
    case = Case("ρ = 0", "binomial law", f"p={P:.4%}, {n} loans, {runs} seeds")
    law = stats.binom.pmf(np.arange(n + 1), n, P)
    checks = [
        case.count("share missed over all runs", P, int(counts.sum()), n * runs),
        case.shares("law of K, χ² (mean by chance)", law, np.bincount(counts, minlength=n + 1)),
    ]
    counts, n = missed(1.0, 120, n, range(90_000, 90_000 + runs))
    case = Case("ρ = 1", "all or none", f"p={P:.4%}, {n} loans, {runs} seeds")
    some = int(np.count_nonzero((counts > 0) & (counts < n)))
    checks.append(case.identity("runs in which some but not all miss", 0, some))
    checks.append(case.count("runs in which all miss", P, int(np.count_nonzero(counts == n)), runs))
    return checks
