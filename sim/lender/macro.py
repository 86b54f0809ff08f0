"""The lender's own model of what unemployment does to its loans, and the paths of unemployment that it weighs.

The monthly log-odds of each roll, and of a bad loan's being lost, go with unemployment above normal and with its change
over a year: a satellite model as in stress tests (Drehmann, 2009), in log-odds as in Wilson's portfolio model (1997).
The slopes are fitted by ridge towards stated priors on the lender's own months: a calm history leaves them there.
Unemployment comes back to normal by itself; an adverse and a benign path leave the central one for a year
(IFRS 9, 5.5.17: an unbiased amount over a range of outcomes).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.engine.loops.order import solve

Floats = Any
SERIES = 5  # four rolls, and loss given default
YEAR = 12
MEMORY = 12  # months over which rolls, and the conditions they came about in, are averaged
EDGE = 0.002  # shares are kept this far from 0 and 1 in log-odds


def log_odds(share: float) -> float:
    """Log-odds of a share, kept off both ends."""
    inside = min(max(share, EDGE), 1.0 - EDGE)
    return math.log(inside / (1.0 - inside))


def moved(share: float, by: float) -> float:
    """A share whose log-odds are moved; none and all of it stay so."""
    return share if by == 0.0 or share in (0.0, 1.0) else 1.0 / (1.0 + (1.0 - share) / share * math.exp(-by))


class MacroModel:
    """Slopes of five shares on two conditions: points of unemployment above normal, and their change over a year.

    Parameters
    ----------
    prior : float64[5, 2]
        Slopes in log-odds a percentage point where nothing has been seen.
    strength : float
        Squared points that the prior is worth.

    Attributes
    ----------
    sums : float64[5, 9]
        Of each series: months; sums of both conditions, of the log-odds, of the conditions' squares and product, of
        their products with the log-odds.
    gaps : list of float
        Unemployment above normal, points, of the last year, the latest last.
    usual : float64[2]
        Conditions, averaged as the rolls are.
    """

    STATE = ("sums", "gaps", "usual")

    def __init__(self, prior: Floats, strength: float) -> None:
        self.prior, self.strength = prior, strength
        self.sums, self.gaps, self.usual = np.zeros((SERIES, 9)), [0.0], np.zeros(2)

    def see(self, gap: float, shares: Sequence[float]) -> None:
        """Take in a month: points of unemployment above normal, and each share, not-a-number where there was none."""
        self.gaps = [*self.gaps[-YEAR:], gap]
        level, change = gap, gap - self.gaps[0]
        self.usual = self.usual + (np.array([level, change]) - self.usual) / MEMORY
        for place, share in enumerate(shares):
            if not math.isnan(share):
                y = log_odds(share)
                row = (1.0, level, change, y, level * level, level * change, change * change, level * y, change * y)
                self.sums[place] += row

    def slopes(self) -> Floats:
        """Slopes in log-odds a point, float64[5, 2]: ridge towards the prior, with an intercept of their own."""
        return np.array([fitted(sums, prior, self.strength) for sums, prior in zip(self.sums, self.prior, strict=True)])

    def shifts(self, path: Floats) -> Floats:
        """Log-odds by which each share moves along a path of unemployment from usual conditions, float64[months, 5].

        ``path`` holds points above normal, from the next month on.
        """
        whole = np.array([*self.gaps, *path])
        now = np.arange(len(self.gaps), len(whole))
        level = whole[now]
        change = level - whole[np.maximum(now - YEAR, 0)]
        slopes = self.slopes()
        return slopes[:, 0] * (level - self.usual[0])[:, None] + slopes[:, 1] * (change - self.usual[1])[:, None]

    def save(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {"sums": self.sums.copy(), "gaps": list(self.gaps), "usual": self.usual.copy()}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take a checkpoint's numbers back."""
        self.sums, self.gaps, self.usual = np.array(saved["sums"]), list(saved["gaps"]), np.array(saved["usual"])


def fitted(sums: Floats, prior: Floats, strength: float) -> Floats:
    """Ridge slopes of one series from its sums: (S + strength)^-1 (s + strength prior), float64[2].

    S and s are sums of squares and products about the means.
    """
    months, *rest = (float(value) for value in sums)
    if months < 2.0:
        return np.array(prior, dtype=np.float64)
    x, z, y, xx, xz, zz, xy, zy = rest
    across = xz - x * z / months
    matrix = np.array([[xx - x * x / months + strength, across], [across, zz - z * z / months + strength]])
    right = np.array([xy - x * y / months + strength * prior[0], zy - z * y / months + strength * prior[1]])
    return solve(matrix, right)


def paths(gap: float, half_life: float, adverse: float, benign: float, months: int) -> Floats:
    """Central, adverse and benign paths of unemployment above normal in points, float64[3, months].

    The gap of today halves in ``half_life`` months. The others leave the central path in even steps over a year and
    come back as it does.
    """
    decay = 0.5 ** (1.0 / half_life)
    ahead = np.arange(1.0, months + 1.0)
    central = gap * _powers(decay, ahead)
    leaving = np.minimum(ahead / YEAR, 1.0) * _powers(decay, np.maximum(ahead - YEAR, 0.0))
    return np.array([central, central + adverse * leaving, central - benign * leaving])


def _powers(base: float, exponents: Floats) -> Floats:
    return np.array([math.pow(base, exponent) for exponent in exponents.tolist()])
