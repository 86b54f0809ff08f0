"""Provisions: a matrix by arrears, expected losses in three stages (IFRS 9), and the five-category classes.

Every method comes down to a rate by months past due, because that is what a lender's book shows of a
homogeneous retail portfolio.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.order import total

Floats = NDArray[np.float64]

BUCKETS = 14  # months past due 0 to 13
DEFAULT = 4  # 90 days past due
STAGE_2 = 2  # more than 30 days past due: risk has risen significantly (rebuttable)
YEAR = 12

# Measures of the Chinese regulators in force from 2023-07-01: anything overdue is special-mention at least, over 90
# days substandard, over 270 doubtful, over 360 loss. M4 is 90-119 days, M10 270-299, M13 360 and more.
CLASSES = ("pass", "special_mention", "substandard", "doubtful", "loss")
CLASS_STARTS = (0, 1, 4, 10, 13)
CLASS_RATES = (0.01, 0.02, 0.25, 0.50, 1.00)  # general, then specific provisions (guideline of 2002)


def class_of(months_past_due: int) -> int:
    """Place in ``CLASSES`` by months past due."""
    return sum(months_past_due >= start for start in CLASS_STARTS) - 1


def five_category_rates() -> Floats:
    """Provision by months past due, 0 to 13, under the five categories."""
    return np.array([CLASS_RATES[class_of(months)] for months in range(BUCKETS)])


def expected_credit_loss(hazard: Floats, loss_given_default: float, exposure: Floats, rate: float) -> float:
    """Discounted expected loss: sum over months of S(t-1) h(t) LGD EAD(t) / (1 + rate)^t.

    Parameters
    ----------
    hazard : float64[months]
        Default hazard of each month.
    loss_given_default : float
        Share of exposure.
    exposure : float64[months]
        Exposure at default, as a share of today's balance.
    rate : float
        Effective interest rate a month.
    """
    survival = np.concatenate([[1.0], np.cumprod(1.0 - hazard)[:-1]])
    discount = np.array([math.pow(1.0 + rate, -month) for month in range(1, len(hazard) + 1)])
    return total(survival * hazard * loss_given_default * exposure * discount)


def default_hazards(rolls: Floats, start: int, months: int) -> Floats:
    """Monthly hazards of reaching 90 days past due for a balance ``start`` months past due.

    Parameters
    ----------
    rolls : float64[4]
        Share of the balance k months past due that is k + 1 months past due a month later; the rest is in
        order again.
    start : int
        0 to 3.
    months : int
        How far to look.
    """
    state = np.zeros(DEFAULT)
    state[start] = 1.0
    found = np.zeros(months)
    for month in range(months):
        alive = state.sum()
        moved = state * rolls
        found[month] = moved[-1] / alive if alive > 0 else 0.0
        state = np.concatenate([[state.sum() - moved.sum()], moved[:-1]])
    return found


def default_probabilities(rolls: Floats) -> Floats:
    """Probability of default within a year by months past due, float64[4]."""
    # Backwards from the year's end: the chance from each month past due, given that from those a month later.
    chance = np.append(np.zeros(DEFAULT), 1.0)
    for _ in range(YEAR):
        chance = np.append(rolls * chance[1:] + (1.0 - rolls) * chance[0], 1.0)
    return chance[:DEFAULT]


def three_stage_rates(
    rolls: Floats, loss_given_default: float, rate: float, term: int, scenarios: tuple[tuple[float, float], ...]
) -> Floats:
    """Expected-loss rate by months past due, 0 to 13 (IFRS 9).

    Stage 1 (not more than 30 days past due) looks twelve months ahead, stage 2 to the end of the term, stage
    3 is in default. Balances amortise evenly over the term.

    Parameters
    ----------
    rolls : float64[4]
        The lender's own estimate, see `default_hazards`.
    rate : float
        Effective interest rate a month.
    term : int
        Months to maturity of a typical balance.
    scenarios : tuple of (weight, factor)
        Weights sum to 1; the factor scales the rolls.
    """
    rates = np.full(BUCKETS, loss_given_default)
    exposure = np.maximum(1.0 - np.arange(term) / term, 0.0)
    for start in range(DEFAULT):
        horizon = min(YEAR, term) if start < STAGE_2 else term
        losses = []
        for weight, factor in scenarios:
            hazard = default_hazards(np.minimum(rolls * factor, 1.0), start, horizon)
            losses.append(weight * expected_credit_loss(hazard, loss_given_default, exposure[:horizon], rate))
        rates[start] = sum(losses)
    return rates
