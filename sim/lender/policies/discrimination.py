"""How well a score tells bad from good: AUC, Gini, Kolmogorov-Smirnov, calibration, population stability."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.engine.loops.order import column_sums, dot, each, mean, solve, total
from sim.engine.loops.ranking import order_of
from sim.engine.loops.transforms import logarithm, logistic


class Told(NamedTuple):
    """What a score tells of accounts, in each of several groups."""

    areas: list[float]
    """Area under the curve of each group; 0.5 where none or all turned bad."""
    distance: float
    """Largest distance between the two distributions of the first group; 0 where none or all turned bad."""
    bad: list[int]
    """Accounts that turned bad."""
    counts: list[int]
    """Accounts."""


def discriminate(order: np.ndarray, danger: np.ndarray, bad: np.ndarray, groups: np.ndarray, count: int) -> Told:
    """How well a score tells bad from good, in all groups by one walk from the safest account to the most dangerous.

    Parameters
    ----------
    order : int64[n]
        Accounts from the safest on, as `order_of` gives them for their danger.
    danger : float64[n]
        Higher is riskier.
    bad : bool[n]
        Who turned bad.
    groups : int64[ways, n]
        Group of each account, as accounts are parted in several ways; all of them are in group 0 by the first.
    count : int
        Groups.
    """
    pairs, seen = np.zeros(count, dtype=np.int64), np.zeros((2, count), dtype=np.int64)
    distance = walk_up(order, danger, bad, groups, int(np.count_nonzero(bad)), pairs, seen)
    good_and_bad = [(good, wrong) for good, wrong in zip(*seen.tolist(), strict=True)]
    areas = [
        doubled / 2.0 / (good * wrong) if good * wrong else 0.5
        for doubled, (good, wrong) in zip(pairs.tolist(), good_and_bad, strict=True)
    ]
    return Told(areas, distance, seen[1].tolist(), seen.sum(axis=0).tolist())


@kept
def walk_up(order: Any, danger: Any, bad: Any, groups: Any, all_bad: Any, pairs: Any, seen: Any) -> float:
    """Count pairs of a bad account and a good one that look as they are, ties half, twice over; and both kinds.

    Good ones are counted below each bad one and again with its equals, so that ties count once. Returns the largest
    distance of the two distributions in group 0.
    """
    size, all_good, farthest, first = order.size, order.size - all_bad, 0.0, 0
    while first < size:
        last = first + 1
        while last < size and danger[order[last]] == danger[order[first]]:
            last += 1
        for counted in range(2):
            for k in range(first, last):
                row = order[k]
                for way in range(groups.shape[0]):
                    if bad[row]:
                        pairs[groups[way, row]] += seen[0, groups[way, row]]
            for k in range(first, last * (1 - counted)):
                row = order[k]
                for way in range(groups.shape[0]):
                    seen[np.int64(bad[row]), groups[way, row]] += 1
        if all_bad > 0 and all_good > 0:
            farthest = max(farthest, abs(seen[1, 0] / all_bad - seen[0, 0] / all_good))
        first = last
    return farthest


def _alone(danger: np.ndarray, bad: np.ndarray) -> Told:
    return discriminate(order_of(danger), danger, bad, np.zeros((1, len(bad)), dtype=np.int64), 1)


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
    return _alone(danger, bad).areas[0]


def calibration(
    predicted: np.ndarray, bad: np.ndarray, groups: int = 10, order: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predicted and realised default rates by groups of equal size, safest first (Hosmer and Lemeshow, 1980).

    Parameters
    ----------
    predicted : float64[n]
        Default rates that the score stood for; accounts with the same one stay in their order.
    bad : bool[n]
        Who turned bad.
    groups : int
        Deciles by default.
    order : int64[n], optional
        Accounts in the order of another measure of risk, which spares sorting where it is that of the predictions.

    Returns
    -------
    predicted, realised : float64[groups]
        Means of each group; 0 where it is empty.
    counts : int64[groups]
        Accounts.
    """
    if order is None or not _in_order(predicted, order):
        order = order_of(predicted)
    cuts = np.arange(groups + 1) * len(order) // groups
    counts = np.diff(cuts)
    sums = [np.diff(np.concatenate([[0.0], np.cumsum(values[order])])[cuts]) for values in (predicted, bad)]
    means = [np.divide(part, counts, out=np.zeros(groups), where=counts > 0) for part in sums]
    return means[0], means[1], counts


def _in_order(values: np.ndarray, order: np.ndarray) -> bool:
    ranked = values[order]
    before, after = ranked[:-1], ranked[1:]
    return bool(((before < after) | ((before == after) & (order[:-1] < order[1:]))).all())


def hosmer_lemeshow(predicted: np.ndarray, realised: np.ndarray, counts: np.ndarray) -> float:
    """Statistic of Hosmer and Lemeshow (1980): sum over groups of n (realised - predicted)^2 / (p (1 - p)).

    Chi-squared with as many degrees of freedom as groups, where the predictions were made beforehand and hold.
    """
    spread = predicted * (1.0 - predicted)
    parts = np.divide(counts * (realised - predicted) ** 2, spread, out=np.zeros(len(counts)), where=spread > 0)
    return total(parts)


def kolmogorov_smirnov(danger: np.ndarray, bad: np.ndarray) -> float:
    """Largest distance between the two distributions of ``danger``; 0 where a group is empty."""
    return _alone(danger, bad).distance


class Yardstick(NamedTuple):
    """Quantile groups of the scores that later ones are held against."""

    edges: np.ndarray
    """Lowest score of each group but the first, float64[groups - 1]."""
    counts: np.ndarray
    """Scores in each group, float64[groups]; half a one in an empty group, so that an index stays finite."""

    @classmethod
    def of(cls, reference: np.ndarray, groups: int = 10) -> Yardstick:
        """Groups of equal size, fewer where many scores are the same."""
        edges = np.unique(np.quantile(reference, np.linspace(0.0, 1.0, groups + 1)[1:-1]))
        return cls(edges, _counted(reference, edges))


def _counted(scores: np.ndarray, edges: np.ndarray) -> np.ndarray:
    below = [int(np.count_nonzero(scores < edge)) for edge in edges.tolist()]
    return np.maximum(np.diff([0, *below, len(scores)]), 0.5)


def population_stability(reference: np.ndarray | Yardstick, now: np.ndarray, groups: int = 10) -> float:
    """Population stability index over quantile groups of the reference: sum of (q - p) ln(q / p).

    An empty group counts as half an account, so that the index stays finite.
    """
    edges, before = reference if isinstance(reference, Yardstick) else Yardstick.of(reference, groups)
    after = _counted(now, edges)
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
