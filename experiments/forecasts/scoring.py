"""Forecasts from an origin on, and how they are scored: what is fitted sees nothing after the origin."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[np.float64]

HORIZONS = (1, 2, 4, 8)
MOST_LAGS = 4
STEP = 4  # quarters over which slopes are fitted: a year has no seasons
WEIGHT = 8  # differences that the belief in a half counts as
HALF = 0.5


def random_walk(seen: Array, drive: Array, ahead: int) -> float:
    """Forecast what was seen last."""
    return float(seen[-1])


def autoregression(seen: Array, drive: Array, ahead: int) -> float:
    """AR(p) with a constant, p up to `MOST_LAGS` by the Bayesian criterion (Schwarz, 1978), iterated."""
    most = min(MOST_LAGS, len(seen) // 4)
    target = seen[most:]
    best: tuple[float, Array] = (math.inf, np.zeros(1))
    for lags in range(most + 1):
        columns = np.column_stack([np.ones(len(target)), *(seen[most - k : len(seen) - k] for k in range(1, lags + 1))])
        weights = np.linalg.lstsq(columns, target, rcond=None)[0]
        left = target - (columns * weights).sum(axis=1)
        criterion = len(target) * math.log((left**2).mean()) + (lags + 1) * math.log(len(target))
        best = min(best, (criterion, weights), key=lambda one: one[0])
    path = list(seen)
    for _ in range(ahead):
        path.append(best[1][0] + sum(weight * path[-1 - k] for k, weight in enumerate(best[1][1:])))
    return float(path[-1])


def moved(seen: Array, drive: Array, ahead: int, slope: float) -> float:
    """What was seen last, moved by ``slope`` times the change of what drives it."""
    last = len(seen) - 1
    return float(seen[-1] + slope * (drive[last + ahead] - drive[last]))


def model(seen: Array, drive: Array, ahead: int) -> float:
    """Move with the model, one for one."""
    return moved(seen, drive, ahead, 1.0)


def half(seen: Array, drive: Array, ahead: int) -> float:
    """Take the mean of model and random walk: equal weights, which are not fitted (Bates and Granger, 1969)."""
    return moved(seen, drive, ahead, HALF)


def changes(seen: Array, drive: Array) -> tuple[Array, Array]:
    """Changes over a year up to the origin, over a quarter where little is seen: of what is forecast, and its drive."""
    step = STEP if len(seen) > STEP + 1 else 1
    drive = drive[: len(seen)]
    return seen[step:] - seen[:-step], drive[step:] - drive[:-step]


def fitted(seen: Array, drive: Array, ahead: int) -> float:
    """Move with the model by a slope between 0 and 1, fitted up to the origin and drawn to a half."""
    ours, theirs = changes(seen, drive)
    squares = (theirs**2).sum()
    believed = WEIGHT * (theirs**2).mean()
    slope = ((ours * theirs).sum() + HALF * believed) / (squares + believed)
    return moved(seen, drive, ahead, float(np.clip(slope, 0.0, 1.0)))


def corrected(seen: Array, drive: Array, ahead: int) -> float:
    """Move by half of the model's change, and come back from what the model does not explain (Engle and Granger, 1987).

    The gap between the last figure and half of the model's path, less its mean up to the origin, closes by the share by
    which such gaps closed before, between 0 and 1 and drawn to 0 with the weight of `WEIGHT` of them.
    """
    gaps = seen - HALF * drive[: len(seen)]
    gaps = gaps - gaps.mean()
    before, after = gaps[: max(len(gaps) - ahead, 0)], gaps[ahead:]
    squares = (before**2).sum() + WEIGHT * (gaps**2).mean()
    closed = float(np.clip((before * (before - after)).sum() / squares, 0.0, 1.0)) if squares > 0.0 else 0.0
    return moved(seen, drive, ahead, HALF) - closed * float(gaps[-1])


def regression(seen: Array, drive: Array, ahead: int) -> float:
    """Move with what drives by a slope fitted up to the origin, free in size and sign: for unemployment itself."""
    ours, theirs = changes(seen, drive)
    return moved(seen, drive, ahead, float((ours * theirs).sum() / (theirs**2).sum()))


Rule = Callable[[Array, Array, int], float]  # logs up to the origin, the drive's whole path, quarters ahead


def errors(rule: Rule, published: Array, drive: Array, first: int, ahead: int) -> Array:
    """Forecast less outcome at every origin from ``first`` quarters seen on, in the unit of what is published.

    Rules see logs up to the origin; ``drive`` is known throughout, as unemployment is given.
    """
    ends = range(first, len(published) - ahead + 1)
    logs = np.log(published)
    return np.array([math.exp(rule(logs[:end], drive, ahead)) - published[end + ahead - 1] for end in ends])


def rmse(wrong: Array) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt((wrong**2).mean()))


def diebold_mariano(ours: Array, theirs: Array, ahead: int) -> tuple[float, float]:
    """Test equal squared errors (Diebold and Mariano, 1995), for few forecasts (Harvey, Leybourne and Newbold, 1997).

    Returns
    -------
    tuple
        Statistic, below zero where ours are smaller, and two-sided p value; not-a-number where the variance of the
        mean difference, with ``ahead - 1`` autocovariances, comes out at zero or below.
    """
    gaps = ours**2 - theirs**2
    count, centred = len(gaps), gaps - gaps.mean()
    covariances = [float((centred[k:] * centred[: count - k]).sum()) / count for k in range(min(ahead, count))]
    variance = (covariances[0] + 2.0 * sum(covariances[1:])) / count
    if variance <= 0.0:
        return math.nan, math.nan
    shrunk = math.sqrt(max(count + 1 - 2 * ahead + ahead * (ahead - 1) / count, 0.0) / count)
    statistic = float(gaps.mean()) / math.sqrt(variance) * shrunk
    return statistic, float(2.0 * scipy.special.stdtr(count - 1, -abs(statistic)))
