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
STEADY_SEASON = 25.0


class Correction(NamedTuple):
    """Log-odds become ``level`` plus ``slope`` times the card's, plus ``season`` times a wave of the year."""

    level: float
    slope: float
    season: tuple[float, ...] = ()


def correction(odds: Floats, bad: Chosen, season: Floats | None = None) -> Correction:
    """The most likely correction, given log-odds of the card, float64[n], and who defaulted, bool[n].

    ``season``, float64[k, n], is the wave of the year at each account's month; without one, seasons are left alone.
    """
    waves = np.empty((0, len(odds))) if season is None else season
    design = np.vstack([np.ones(len(odds)), odds, waves]).T
    none = np.array([0.0, 1.0, *np.zeros(len(waves))])
    steady = np.array([*STEADY, *np.full(len(waves), STEADY_SEASON)])

    def cost(found: Floats) -> tuple[float, Floats]:
        moved, off = design @ found, found - none
        value = -float(log_expit(moved)[bad].sum() + log_expit(-moved)[~bad].sum())
        return value + 0.5 * float((steady * off**2).sum()), design.T @ (expit(moved) - bad) + steady * off

    level, slope, *rest = minimize(cost, none, jac=True, method="BFGS").x.tolist()
    return Correction(level, slope, tuple(rest))


def corrected(card: Floats, found: Correction) -> Floats:
    """Cards, a row each: base, weights and floor, float64[n, k + 2]."""
    moved: Floats = card * found.slope
    moved[:, [0, -1]] += found.level
    return moved
