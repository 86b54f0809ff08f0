"""Intervals for what a finite number of replications says: means, quantiles, tails and chances.

Each holds Monte Carlo error alone. Where there are too few runs for what is asked, the answer is not-a-number,
which the tables print as n/a.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import scipy  # its parts are loaded when first used
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NOTHING = (math.nan, math.nan, math.nan)
ENOUGH_FOR_BOOTSTRAP = 8
RESAMPLES = 2000


def mean_interval(values: Floats, confidence: float = 0.95) -> tuple[float, float, float]:
    """Mean with its t interval (Student, 1908).

    Parameters
    ----------
    values : float64[runs]
        One number for each replication, finite.
    confidence : float
        Coverage.

    Returns
    -------
    tuple
        Estimate, lower and upper end.
    """
    count = len(values)
    if count < 2:
        return (float(values.mean()) if count else math.nan), math.nan, math.nan
    mean = float(values.mean())
    half = float(scipy.special.stdtrit(count - 1, 0.5 + confidence / 2)) * float(values.std(ddof=1)) / math.sqrt(count)
    return mean, mean - half, mean + half


def bootstrap_interval(
    values: Floats, confidence: float = 0.95, statistic: Callable[..., object] = np.mean
) -> tuple[float, float, float]:
    """Estimate with its bias-corrected and accelerated bootstrap interval (Efron, 1987), from a fixed seed.

    Fewer than `ENOUGH_FOR_BOOTSTRAP` runs have no interval; runs that are all equal have one of no width.
    """
    if not len(values):
        return NOTHING
    estimate = float(statistic(values))  # type: ignore[arg-type]
    if len(values) < ENOUGH_FOR_BOOTSTRAP:
        return estimate, math.nan, math.nan
    if np.ptp(values) == 0.0:
        return estimate, estimate, estimate
    found = scipy.stats.bootstrap(
        (values,),
        statistic,
        confidence_level=confidence,
        n_resamples=RESAMPLES,
        vectorized=False if statistic is not np.mean else None,
        method="BCa",
        rng=np.random.default_rng(1),
    ).confidence_interval
    return estimate, float(found.low), float(found.high)


def quantile_interval(values: Floats, level: float, confidence: float = 0.95) -> tuple[float, float, float]:
    """Quantile with an interval between two order statistics, valid for any distribution (David and Nagaraja, 2003).

    The number of values below the true quantile is binomial; the ends are the closest ranks of which each leaves
    at most half of ``1 - confidence`` outside.

    Parameters
    ----------
    values : float64[runs]
        One number for each replication.
    level : float
        0.99 for the value that one run in a hundred exceeds.

    Returns
    -------
    tuple
        Estimate, lower and upper end; not-a-number where no rank is far enough out.
    """
    count = len(values)
    outside = (1.0 - confidence) / 2
    low = int(scipy.stats.binom.ppf(outside, count, level)) if count else 0
    high = int(scipy.stats.binom.ppf(1.0 - outside, count, level)) + 1 if count else 1
    if low < 1 or high > count:
        return NOTHING
    ordered = np.sort(values)
    return float(np.quantile(values, level, method="inverted_cdf")), float(ordered[low - 1]), float(ordered[high - 1])


def shortfall(values: Floats, level: float) -> float:
    """Expected shortfall: mean of the worst ``1 - level`` of the runs, the last one counted in part."""
    ordered = np.sort(values)[::-1]
    mass = (1.0 - level) * len(ordered)
    whole = int(mass)
    tail = float(ordered[:whole].sum()) + (mass - whole) * float(ordered[min(whole, len(ordered) - 1)])
    return tail / mass


def shortfall_interval(values: Floats, level: float, confidence: float = 0.95) -> tuple[float, float, float]:
    """Expected shortfall with a bootstrap interval; n/a unless the quantile itself has an interval."""
    if math.isnan(quantile_interval(values, level, confidence)[0]):
        return NOTHING
    return bootstrap_interval(values, confidence, lambda part: shortfall(np.asarray(part), level))


def chance_interval(hits: int, count: int, confidence: float = 0.95) -> tuple[float, float, float]:
    """Chance of an event seen ``hits`` times in ``count`` runs, with the interval of Wilson (1927)."""
    if count == 0:
        return NOTHING
    found = scipy.stats.binomtest(hits, count).proportion_ci(confidence, method="wilson")
    return hits / count, float(found.low), float(found.high)


def runs_to_survive(chance: float = 0.01, confidence: float = 0.95) -> int:
    """Runs without a single ruin that put the upper end of Wilson's interval at or below ``chance``."""
    square = float(scipy.stats.norm.ppf(0.5 + confidence / 2)) ** 2
    return math.ceil(square * (1.0 - chance) / chance)


def p_value(differences: Floats) -> float:
    """Two-sided p value of the paired t test that the mean difference is zero."""
    if len(differences) < 2:
        return math.nan
    if np.ptp(differences) == 0.0:
        return 1.0 if differences[0] == 0.0 else 0.0
    error = float(differences.std(ddof=1)) / math.sqrt(len(differences))
    return float(2.0 * scipy.special.stdtr(len(differences) - 1, -abs(float(differences.mean())) / error))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust a family of p values so that the chance of any false finding stays at its level (Holm, 1979).

    Not-a-numbers belong to no family and stay what they are.
    """
    known = sorted((value, place) for place, value in enumerate(p_values) if not math.isnan(value))
    adjusted = [math.nan] * len(p_values)
    highest = 0.0
    for rank, (value, place) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * value))
        adjusted[place] = highest
    return adjusted
