"""How well a score tells bad from good: AUC, Gini, Kolmogorov-Smirnov, calibration, population stability."""

from __future__ import annotations

import numpy as np

from sim.engine.loops.order import column_sums, dot, each, mean, solve, total
from sim.engine.loops.transforms import logarithm, logistic


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
    of_bad, of_good = danger[bad], np.sort(danger[~bad])
    pairs = len(of_bad) * len(of_good)
    if pairs == 0:
        return 0.5
    # Good ones below each bad one, and ties from both ends, so that each counts half.
    below = sum(int(np.searchsorted(of_good, of_bad, side).sum()) for side in ("left", "right"))
    return below / 2.0 / pairs


def gini(danger: np.ndarray, bad: np.ndarray) -> float:
    """Gini coefficient (accuracy ratio) of a score, 2 AUC - 1; 0 where one of the two groups is empty."""
    return 2.0 * area_under_curve(danger, bad) - 1.0


def calibration(predicted: np.ndarray, bad: np.ndarray, groups: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predicted and realised default rates by groups of equal size, safest first (Hosmer and Lemeshow, 1980).

    Parameters
    ----------
    predicted : float64[n]
        Default rates that the score stood for; accounts with the same one stay in their order.
    bad : bool[n]
        Who turned bad.
    groups : int
        Deciles by default.

    Returns
    -------
    predicted, realised : float64[groups]
        Means of each group; 0 where it is empty.
    counts : int64[groups]
        Accounts.
    """
    order = np.argsort(predicted, kind="stable")
    cuts = np.arange(groups + 1) * len(order) // groups
    counts = np.diff(cuts)
    sums = [np.diff(np.concatenate([[0.0], np.cumsum(values[order])])[cuts]) for values in (predicted, bad)]
    means = [np.divide(part, counts, out=np.zeros(groups), where=counts > 0) for part in sums]
    return means[0], means[1], counts


def hosmer_lemeshow(predicted: np.ndarray, realised: np.ndarray, counts: np.ndarray) -> float:
    """Statistic of Hosmer and Lemeshow (1980): sum over groups of n (realised - predicted)^2 / (p (1 - p)).

    Chi-squared with as many degrees of freedom as groups, where the predictions were made beforehand and hold.
    """
    spread = predicted * (1.0 - predicted)
    parts = np.divide(counts * (realised - predicted) ** 2, spread, out=np.zeros(len(counts)), where=spread > 0)
    return total(parts)


def kolmogorov_smirnov(danger: np.ndarray, bad: np.ndarray) -> float:
    """Largest distance between the two distributions of ``danger``; 0 where a group is empty."""
    if not 0 < bad.sum() < len(bad):
        return 0.0
    order = np.argsort(danger)
    ranked = danger[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # of those alike
    of_bad = np.cumsum(bad[order])[last]
    return float(np.abs(of_bad / bad.sum() - (last + 1 - of_bad) / (~bad).sum()).max())


def population_stability(reference: np.ndarray, now: np.ndarray, groups: int = 10) -> float:
    """Population stability index over quantile groups of the reference: sum of (q - p) ln(q / p).

    An empty group counts as half an account, so that the index stays finite.
    """
    edges = np.unique(np.quantile(reference, np.linspace(0.0, 1.0, groups + 1)[1:-1]))
    before, after = (
        np.maximum(np.diff(np.concatenate([[0], np.searchsorted(np.sort(part), edges), [len(part)]])), 0.5)
        for part in (reference, now)
    )
    before, after = before / before.sum(), after / after.sum()
    return dot(after - before, each(logarithm, after / before))


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
    share = min(max(mean(bad), 1e-6), 1.0 - 1e-6)
    weights[0] = logarithm(share / (1.0 - share))
    for _ in range(25):
        odds = np.add.accumulate(design * weights, axis=1)[:, -1]
        chance = each(logistic, np.clip(odds, -30.0, 30.0))
        spread = chance * (1.0 - chance)
        # Sums without the linear algebra library: their order, and so their bits, are the same on every machine.
        curvature = np.array([column_sums((spread * column)[:, None] * design) for column in design.T]) + penalty
        slope = column_sums(design * (bad - chance)[:, None]) - penalty.diagonal() * weights
        step = solve(curvature, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights
