"""Values given figures: approximate Bayesian computation with regression adjustment, and how it is checked.

Simulated figures get an error of their own before they are compared, drawn from what the model and the bands may be
off, so that the answer is exact for a model with that error (Wilkinson, 2013). Figures are reduced to one summary for
each number, its best linear prediction (Fearnhead and Prangle, 2012); draws near in the summaries are weighted by
Epanechnikov's kernel and moved along a local linear fit (Beaumont, Zhang and Balding, 2002), on the logit of the place
between the ends of the prior, so that no value leaves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstest

Floats = NDArray[np.float64]

NEAR = 0.8
"""Share of the draws that count: the others get no weight."""

COMMON = 0.5
"""Share of an error's variance that figures of one source have in common: an assumption."""

FARTHEST = 8.0
"""Errors beyond which a figure counts as that far off: ratios of small numbers have long tails."""

EDGE = 1e-3


class Posterior(NamedTuple):
    """Weighted values: ``places`` float64[draws, numbers] between 0 and 1 of the prior, ``weights`` float64[draws]."""

    places: Floats
    weights: Floats

    @property
    def effective(self) -> float:
        """Draws of equal weight that say as much (Kish, 1965)."""
        return float(1.0 / (self.weights**2).sum())


def errors(count: int, sources: Sequence[str], seed: int = 1) -> Floats:
    """Standard normal errors, float64[count, figures]; those of one source share `COMMON` of their variance."""
    luck = np.random.default_rng(seed)
    names = list(dict.fromkeys(sources))
    shared = luck.standard_normal((count, len(names)))[:, [names.index(source) for source in sources]]
    return np.sqrt(COMMON) * shared + np.sqrt(1.0 - COMMON) * luck.standard_normal((count, len(sources)))


def posterior(places: Floats, seen: Floats, observed: Floats) -> Posterior:
    """Values given figures.

    Parameters
    ----------
    places : float64[draws, numbers]
        Places of the draws between the ends of the prior.
    seen : float64[draws, figures]
        Their figures with error, in errors from the middle of the band.
    observed : float64[figures]
        The published figures in the same unit.
    """
    logits = np.log(_inside(places) / (1.0 - _inside(places)))
    seen, observed = np.clip(seen, -FARTHEST, FARTHEST), np.clip(observed, -FARTHEST, FARTHEST)
    here, there = _left_out(seen, logits, np.ones(len(seen)), observed)
    away = (here - there) / here.std(axis=0)
    distance = np.sqrt((away**2).sum(axis=1))
    weights = np.maximum(1.0 - (distance / np.quantile(distance, NEAR)) ** 2, 0.0)
    fitted, centre = _left_out(away, logits, weights, np.zeros(away.shape[1]))
    return Posterior(1.0 / (1.0 + np.exp(-(centre + logits - fitted))), weights / weights.sum())


def _inside(places: Floats) -> Floats:
    return np.clip(places, EDGE, 1.0 - EDGE)


def _left_out(x: Floats, y: Floats, weights: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Weighted least squares with a constant: what is foretold of each row by all the others, and at one point.

    A row's own fit is too close to it, and more so the fewer rows there are; by the others alone (Allen, 1974) what is
    left over is as wide as it will be at a point that no row was fitted to.
    """
    columns = np.hstack([np.ones((len(x), 1)), x])
    root = np.sqrt(weights)[:, None]
    q, r = np.linalg.qr(columns * root)
    slopes = np.linalg.solve(r, q.T @ (y * root))
    own = (q**2).sum(axis=1)[:, None]
    fitted = columns @ slopes
    return (fitted - own * y) / (1.0 - own), slopes[0] + at @ slopes[1:]


def ranks(places: Floats, seen: Floats, truths: int) -> Floats:
    """Rank of each made-up truth in its own posterior, float64[truths, numbers] between 0 and 1.

    Each of the first draws is a truth in turn: its figures with error are taken for the published ones, and the other
    draws for the prior (Talts, Betancourt, Simpson, Vehtari and Gelman, 2018).
    """
    found = []
    for truth in range(truths):
        rest = np.arange(len(places)) != truth
        one = posterior(places[rest], seen[rest], seen[truth])
        found.append((one.weights[:, None] * (one.places < places[truth])).sum(axis=0))
    return np.array(found)


def uniform(rank: Floats) -> float:
    """P value of Kolmogorov and Smirnov's test that ranks are spread evenly."""
    return float(kstest(rank, "uniform").pvalue)


def chosen(found: Posterior, count: int, seed: int = 1) -> Floats:
    """Equally weighted places, float64[count, numbers], ``count`` a power of two; every beginning spans the posterior.

    Systematic resampling in the order of the first principal direction, told in the order of reversed bits.
    """
    centre = found.places - (found.weights[:, None] * found.places).sum(axis=0)
    direction = np.linalg.svd(centre * np.sqrt(found.weights)[:, None], full_matrices=False)[2][0]
    order = np.argsort((centre * direction).sum(axis=1), kind="stable")
    steps = (np.arange(count) + np.random.default_rng(seed).random()) / count
    rows = order[np.minimum(np.searchsorted(np.cumsum(found.weights[order]), steps), len(order) - 1)]
    bits = count.bit_length() - 1
    reversed_ = [int(f"{place:0{bits}b}"[::-1], 2) if bits else 0 for place in range(count)]
    return found.places[rows[reversed_]]
