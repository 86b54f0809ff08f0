"""Values given figures: approximate Bayesian computation with regression adjustment.

Figures are reduced to one summary for each number, its best prediction (Fearnhead and Prangle, 2012); draws near in the
summaries are weighted by Epanechnikov's kernel and moved along a local linear fit (Beaumont, Zhang and Balding, 2002),
on the logit of the place between the ends of the prior, so that no value leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.fit.prior import Floats, expit, logit

NEAR = 0.8
"""Share of the draws that count: the others get no weight."""

FARTHEST = 8.0
"""Errors beyond which a figure counts as that far off: ratios of small numbers have long tails."""

CLIPPED = 4.0
"""Standard deviations among the draws beyond which a moment counts as that far off."""

PENALTIES = (0.1, 1.0, 10.0, 100.0, 1e3, 1e4)
"""Ridge penalties, of which each number takes the one that foretells draws left out best."""


class Posterior(NamedTuple):
    """Weighted values: ``places`` float64[draws, numbers] between 0 and 1 of the prior, ``weights`` float64[draws]."""

    places: Floats
    weights: Floats

    @property
    def effective(self) -> float:
        """Draws of equal weight that say as much (Kish, 1965)."""
        return float(1.0 / (self.weights**2).sum())

    def mean(self) -> Floats:
        """Mean of the log-odds of the places, as places; float64[numbers]."""
        return expit(self.weights @ logit(self.places))

    def spread(self) -> Floats:
        """Standard deviation of the places, float64[numbers]."""
        centre = self.weights @ self.places
        return np.sqrt(self.weights @ (self.places - centre) ** 2)

    def quantile(self, share: float) -> Floats:
        """Place below which such a share lies, float64[numbers]."""
        return np.array([_quantile(column, self.weights, share) for column in self.places.T])


class Summary(NamedTuple):
    """Summaries of the draws, of what was observed, and the unit in which their distance is measured."""

    here: Floats
    there: Floats
    unit: Floats


def straight(seen: Floats, logits: Floats, observed: Floats) -> Summary:
    """Predict each number linearly; figures are in errors, and one further off than `FARTHEST` counts as that far."""
    seen, observed = np.clip(seen, -FARTHEST, FARTHEST), np.clip(observed, -FARTHEST, FARTHEST)
    here, there = left_out(seen, logits, np.ones(len(seen)), observed)
    return Summary(here, there, here.std(axis=0))


def curved(seen: Floats, logits: Floats, observed: Floats) -> Summary:
    """Predict each number by the moments, their squares and products, by ridge regression.

    Distances are measured in what a prediction leaves open: a number that the moments do not tell parts no draws.
    """
    centre, scale = seen.mean(axis=0), np.maximum(seen.std(axis=0), 1e-12)
    columns, at = (products(np.clip((x - centre) / scale, -CLIPPED, CLIPPED)) for x in (seen, observed[None]))
    residuals, there = ridge(columns, logits, at)
    return Summary(logits - residuals, there[0], np.maximum(residuals.std(axis=0), 1e-12))


def posterior(
    places: Floats,
    seen: Floats,
    observed: Floats,
    summary: Callable[[Floats, Floats, Floats], Summary] = straight,
    near: float = NEAR,
) -> Posterior:
    """Values given figures.

    Parameters
    ----------
    places : float64[draws, numbers]
        Places of the draws between the ends of the prior.
    seen : float64[draws, figures]
        Their figures.
    observed : float64[figures]
        The published figures, or those of a tape, in the same unit.
    summary : callable
        Predicts the log-odds of the places from figures: `straight` or `curved`.
    near : float
        Share of the draws that count.
    """
    logits = logit(places)
    here, there, unit = summary(seen, logits, observed)
    away = (here - there) / unit
    distance = np.sqrt((away**2).sum(axis=1))
    weights = np.maximum(1.0 - (distance / np.quantile(distance, near)) ** 2, 0.0)
    fitted, centre = left_out(away, logits, weights, np.zeros(away.shape[1]))
    return Posterior(expit(centre + logits - fitted), weights / weights.sum())


def left_out(x: Floats, y: Floats, weights: Floats, at: Floats) -> tuple[Floats, Floats]:
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


def ridge(x: Floats, y: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Ridge regression with a constant: what the others leave open of each row, and predictions at other points.

    Each column of ``y`` has the penalty of `PENALTIES` under which rows left out are foretold best.
    """
    middle, mean = x.mean(axis=0), y.mean(axis=0)
    u, s, vt = np.linalg.svd(x - middle, full_matrices=False)
    turned = u.T @ (y - mean)
    tried = []
    for penalty in PENALTIES:
        kept = s**2 / (s**2 + penalty)
        own = (u**2 @ kept + 1.0 / len(x))[:, None]
        residuals = (y - mean - u @ (kept[:, None] * turned)) / (1.0 - own)
        told = mean + ((at - middle) @ vt.T * (s / (s**2 + penalty))) @ turned
        tried.append((residuals, told))
    best = np.argmin([(residuals**2).sum(axis=0) for residuals, _ in tried], axis=0)
    columns = np.arange(y.shape[1])
    residuals, told = (np.array(each)[best, :, columns].T for each in zip(*tried, strict=True))
    return residuals, told


def products(z: Floats) -> Floats:
    """Columns, and the product of every two of them."""
    first, second = np.triu_indices(z.shape[1])
    return np.hstack([z, z[:, first] * z[:, second]])


def ranks(
    places: Floats,
    seen: Floats,
    truths: int,
    find: Callable[[Floats, Floats, Floats], Posterior] = posterior,
) -> Floats:
    """Rank of each made-up truth in its own posterior, float64[truths, numbers] between 0 and 1.

    So many draws, the first of them, are truths in turn: their figures with error are taken for what was observed, and
    the other draws for the prior (Talts, Betancourt, Simpson, Vehtari and Gelman, 2018). ``find`` works values out.
    """
    found = []
    for truth in range(truths):
        rest = np.arange(len(places)) != truth
        one = find(places[rest], seen[rest], seen[truth])
        found.append(one.weights @ (one.places < places[truth]))
    return np.array(found)


def tail_of(ranks: Floats, inside: float) -> float:
    """Share that an interval leaves out at each end, so that it holds that share ``inside`` of made-up truths.

    Draws that were left out say how far an answer's quantiles may be trusted (conformal prediction: Vovk, Gammerman and
    Shafer, 2005): where more of them lie in the ends than should, the interval reaches further into these. It is
    never narrower than the answer says. All numbers are taken together, for the draws of one are few.
    """
    reach = float(np.quantile(np.abs(ranks - 0.5), inside, method="higher"))
    return float(np.clip(0.5 - reach, 0.0, (1.0 - inside) / 2.0))


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(share, reached, values[order]))


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
