"""The score: a linear scorecard over what the book shows, in points, and the default rate it stands for."""

from __future__ import annotations

from sim.kernels.compiled import scalar
from sim.kernels.stage import stage
from sim.kernels.transforms import logistic

ANCHOR = 650.0  # points at which log-odds equal the intercept
POINTS = 60.0  # points per unit of log-odds


@scalar
def probability_of_default(score: float, score_intercept: float) -> float:
    """Probability of reaching 90+ days past due within 12 months that a score stands for.

    PD = 1 / (1 + exp(intercept + (score - 650) / 60)).
    """
    return logistic(-(score_intercept + (score - ANCHOR) / POINTS))


@stage("score")
def update_score(
    signal: float,
    inflow_fast: float,
    inflow_slow: float,
    delinquency_memory: float,
    months_on_book: int,
    payment: int,
    principal: int,
    limit: int,
    thin_file: int,
    bureau_debt: int,
    bureau_weight: float,
) -> float:
    """Points from alternative data, inflow trend, burden, utilisation, arrears and tenure.

    What the bureau shows of debts elsewhere counts with ``bureau_weight``.
    """
    per_inflow = 1.0 / (inflow_slow + 1.0)
    trend = min(max(inflow_fast * per_inflow - 1.0, -1.0), 0.5)
    burden = min(payment * per_inflow, 1.5)
    used = min(principal / (limit + 1.0), 1.2)
    tenure = min(months_on_book, 24) * (1.0 / 24.0)
    index = 0.9 * signal + 1.5 * trend - 0.9 * burden - 0.5 * used - 0.55 * delinquency_memory + 0.5 * tenure
    index -= 0.3 * thin_file + bureau_weight * min(bureau_debt * per_inflow * (1.0 / 6.0), 2.0)
    return min(max(ANCHOR + POINTS * index, 350.0), 950.0)
