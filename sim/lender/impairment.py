"""Provisions: a matrix by arrears, expected losses in three stages (IFRS 9), and the five-category classes.

Every method comes down to a rate by months past due, because that is what a lender's book shows of a
homogeneous retail portfolio.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

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


def expected_credit_loss(hazard: Floats, losses: Floats, rate: float) -> float:
    """Discounted expected loss: sum over months of S(t-1) h(t) LGD(t) / (1 + rate)^t, a share of the exposure.

    Parameters
    ----------
    hazard : float64[months]
        Default hazard of each month.
    losses : float64[months]
        Loss given default in each month, a share of the exposure at default.
    rate : float
        Effective interest rate a month.
    """
    survival = np.concatenate([[1.0], np.cumprod(1.0 - hazard)[:-1]])
    discount = np.array([math.pow(1.0 + rate, -month) for month in range(1, len(hazard) + 1)])
    return total(survival * hazard * losses * discount)


def moves_of(rolls: Floats) -> Floats:
    """Where balances are a month later if all that does not roll on is in order again, float64[4, 5].

    Parameters
    ----------
    rolls : float64[4]
        Share of the balance k months past due that is k + 1 months past due a month later.
    """
    moves = np.zeros((DEFAULT, DEFAULT + 1))
    moves[:, 0] = 1.0 - rolls
    for start in range(DEFAULT):
        moves[start, start + 1] = rolls[start]
    return moves


def worsened(moves: Floats, rolls: Floats, to: Sequence[int] = range(1, DEFAULT + 1)) -> Floats:
    """The same moves with other shares that roll on; what stays or recovers does so in the old proportions.

    Parameters
    ----------
    moves : float64[states, states + 1]
    rolls : float64[months, states]
    to : sequence of int
        Where each state rolls on to.

    Returns
    -------
    float64[months, states, states + 1]
    """
    starts, ends = np.arange(len(moves)), np.array(to)
    before = moves[starts, ends]
    uncertain = before < 1.0  # what is certain has no odds
    factors = np.divide(1.0 - rolls, 1.0 - before, out=np.ones_like(rolls), where=uncertain)
    found = moves * factors[:, :, None]
    found[:, starts, ends] = np.where(uncertain, rolls, before)
    return found


def default_hazards(months: Sequence[Floats]) -> Floats:
    """Monthly hazards of default by state today, float64[months, states].

    Parameters
    ----------
    months : sequence of float64[states, states + 1]
        Moves of each month: share of the balance in a state that is in another a month later; the last column is
        default. States are months past due, 0 to 3, and others that a lender tells apart.
    """
    count = len(months[0])
    state = np.eye(count)  # a row for each of today's states
    found = np.zeros((len(months), count))
    for month, moves in enumerate(months):
        alive, after = state[:, 0], state[:, 0, None] * moves[0]
        for k in range(1, count):  # a product of matrices, in a fixed order
            alive, after = alive + state[:, k], after + state[:, k, None] * moves[k]
        found[month] = np.divide(after[:, -1], alive, out=np.zeros(count), where=alive > 0.0)
        state = after[:, :-1]
    return found


def default_probabilities(rolls: Floats) -> Floats:
    """Probability of default within a year by months past due, float64[4]."""
    # Backwards from the year's end: the chance from each month past due, given that from those a month later.
    first, second, third, fourth = rolls.tolist()
    back_1, back_2, back_3, back_4 = 1.0 - first, 1.0 - second, 1.0 - third, 1.0 - fourth
    in_order = late_1 = late_2 = late_3 = 0.0
    for _ in range(YEAR):
        in_order, late_1, late_2, late_3 = (
            first * late_1 + back_1 * in_order,
            second * late_2 + back_2 * in_order,
            third * late_3 + back_3 * in_order,
            fourth + back_4 * in_order,
        )
    return np.array([in_order, late_1, late_2, late_3])


class Scenario(NamedTuple):
    """One way that the economy may go, as the lender's losses see it."""

    weight: float
    months: Sequence[Floats]
    """Moves of each month ahead, see `default_hazards`."""
    losses: Floats
    """Loss given default in each month ahead, a share of exposure; the first is today's."""


def three_stage_rates(scenarios: Sequence[Scenario], rate: float, term: int) -> Floats:
    """Expected-loss rate by state: those before default, see `default_hazards`, then 4 to 13 months past due (IFRS 9).

    Stage 1 (not more than 30 days past due) looks twelve months ahead, stage 2 to the end of the term, stage
    3 is in default. Balances do not amortise: what a line is drawn down or repaid before default is in its
    conversion factor.

    Parameters
    ----------
    scenarios : sequence of Scenario
        Weights sum to 1; each looks at least ``term`` months and a year ahead.
    rate : float
        Effective interest rate a month.
    term : int
        Months that a line is expected to live.
    """
    states = len(scenarios[0].months[0])
    rates = np.zeros(states + BUCKETS - DEFAULT)
    for one in scenarios:
        hazards = default_hazards(one.months)
        for start in range(states):
            horizon = YEAR if start < STAGE_2 else term
            losses = expected_credit_loss(hazards[:horizon, start], one.losses[:horizon], rate)
            rates[start] += one.weight * losses
        rates[states:] += one.weight * one.losses[0]
    return rates
