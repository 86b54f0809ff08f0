"""Level and slope of the shipped cards: set to what defaults in the books of a lender that decides by them.

Cards are fitted where everybody is approved, which tells whom a lender would refuse from whom it would not. Whom it
then approves, and whose lines it raises, is chosen by the card itself, so that what the card misses is found among
them. As banks do, order and level are settled one after the other: log-odds become a level plus a slope times those of
the card (Cox, 1958, Two further applications of a model for binary regression, Biometrika 45, 562-565).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit

Floats = NDArray[np.float64]
Chosen = NDArray[np.bool_]
STEADY = np.array([25.0, 100.0])  # on squared distances from no change, which holds where few default


class Correction(NamedTuple):
    """Log-odds become ``level`` plus ``slope`` times the card's."""

    level: float
    slope: float


NONE = Correction(0.0, 1.0)


def correction(odds: Floats, bad: Chosen) -> Correction:
    """The most likely level and slope, given log-odds of the card, float64[n], and who defaulted, bool[n]."""
    design = np.column_stack([np.ones(len(odds)), odds])

    def cost(found: Floats) -> tuple[float, Floats]:
        moved, off = design @ found, found - NONE
        value = -float(log_expit(moved)[bad].sum() + log_expit(-moved)[~bad].sum())
        return value + 0.5 * float((STEADY * off**2).sum()), design.T @ (expit(moved) - bad) + STEADY * off

    return Correction(*minimize(cost, np.array(NONE), jac=True, method="BFGS").x.tolist())


def corrected(card: Floats, found: Correction) -> Floats:
    """Cards, a row each: base, weights and floor, float64[n, k + 2]."""
    moved: Floats = card * found.slope
    moved[:, [0, -1]] += found.level
    return moved
