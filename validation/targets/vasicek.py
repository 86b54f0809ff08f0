"""The correlation of assets behind yearly default rates: the one-factor model (Vasicek, 2002), by moments."""

from __future__ import annotations

import scipy  # its parts are loaded when first used

from validation.closed_forms import central_moments
from validation.targets.pooling import Floats

HIGHEST = 0.5


def implied_correlation(rates: Floats, sizes: Floats) -> float:
    """Correlation that gives default rates their variance beyond what chance alone gives pools of that size.

    Parameters
    ----------
    rates : float64[years]
        Defaults in a year over borrowers at its start; years in which there were none are left out.
    sizes : float64[years]
        Borrowers at the start; the pool is taken to be of their mean.

    Returns
    -------
    float
        0 where the rates vary no more than by chance, and at most one half.
    """
    there = sizes > 0
    mean, spread, size = float(rates[there].mean()), float(rates[there].var(ddof=1)), round(float(sizes[there].mean()))

    def excess(correlation: float) -> float:
        return central_moments(mean, correlation, size)[0] - spread

    if excess(1e-9) >= 0.0:
        return 0.0
    return HIGHEST if excess(HIGHEST) <= 0.0 else float(scipy.optimize.brentq(excess, 1e-9, HIGHEST))
