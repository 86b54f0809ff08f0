"""How well a score tells bad from good: AUC, Kolmogorov-Smirnov, population stability."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata


def area_under_curve(danger: np.ndarray, bad: np.ndarray) -> float:
    """Chance that a bad account looks worse than a good one, ties half (Mann and Whitney, 1947).

    Parameters
    ----------
    danger : float64[n]
        Higher is riskier.
    bad : bool[n]
        Who turned bad.

    Returns
    -------
    float
        0.5 where one of the two groups is empty.
    """
    count = int(bad.sum())
    if count in (0, len(bad)):
        return 0.5
    ranks = float(rankdata(danger)[bad].sum())
    return (ranks - count * (count + 1) / 2.0) / (count * (len(bad) - count))


def kolmogorov_smirnov(danger: np.ndarray, bad: np.ndarray) -> float:
    """Largest distance between the two distributions of ``danger``; 0 where a group is empty."""
    if not 0 < bad.sum() < len(bad):
        return 0.0
    values, place = np.unique(danger, return_inverse=True)
    shares = [np.bincount(place[group], minlength=len(values)).cumsum() / group.sum() for group in (bad, ~bad)]
    return float(np.abs(shares[0] - shares[1]).max())


def population_stability(reference: np.ndarray, now: np.ndarray, groups: int = 10) -> float:
    """Population stability index over quantile groups of the reference: sum of (q - p) ln(q / p).

    An empty group counts as half an account, so that the index stays finite.
    """
    edges = np.unique(np.quantile(reference, np.linspace(0.0, 1.0, groups + 1)[1:-1]))
    before, after = (
        np.maximum(np.bincount(np.searchsorted(edges, part, side="right"), minlength=len(edges) + 1), 0.5)
        for part in (reference, now)
    )
    before, after = before / before.sum(), after / after.sum()
    return float(np.sum((after - before) * np.log(after / before)))


def fit_logistic(features: np.ndarray, bad: np.ndarray, ridge: float = 1.0) -> np.ndarray:
    """Weights of a logistic regression with a small ridge, by Newton's method.

    Parameters
    ----------
    features : float64[n, k]
        Without a constant.
    bad : bool[n]
        Outcomes.
    ridge : float
        Half the penalty on squared weights (not on the base), in accounts: it settles what the data do not.

    Returns
    -------
    float64[k + 1]
        Base first.
    """
    design = np.column_stack([np.ones(len(bad)), features])
    penalty = ridge * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(design.shape[1])
    share = min(max(float(bad.mean()), 1e-6), 1.0 - 1e-6)
    weights[0] = np.log(share / (1.0 - share))
    for _ in range(25):
        chance = 1.0 / (1.0 + np.exp(-np.clip(np.einsum("ni,i->n", design, weights), -30.0, 30.0)))
        spread = chance * (1.0 - chance)
        # Sums without the linear algebra library: their order, and so their bits, never depend on threads.
        curvature = np.einsum("ni,nj->ij", design * spread[:, None], design) + penalty
        slope = np.einsum("ni,n->i", design, bad - chance) - penalty.diagonal() * weights
        step = np.linalg.solve(curvature, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights
