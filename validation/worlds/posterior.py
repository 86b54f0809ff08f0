"""Values given figures: approximate Bayesian computation with regression adjustment, and how it is checked.

Simulated figures get an error of their own before they are compared, drawn from what the model and the bands may be
off, so that the answer is exact for a model with that error (Wilkinson, 2013). `sim.fit.posterior` says the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstest

Floats = NDArray[np.float64]

COMMON = 0.5
"""Share of an error's variance that figures of one source have in common: an assumption."""


def errors(count: int, sources: Sequence[str], seed: int = 1) -> Floats:
    """Standard normal errors, float64[count, figures]; those of one source share `COMMON` of their variance."""
    luck = np.random.default_rng(seed)
    names = list(dict.fromkeys(sources))
    shared = luck.standard_normal((count, len(names)))[:, [names.index(source) for source in sources]]
    return np.sqrt(COMMON) * shared + np.sqrt(1.0 - COMMON) * luck.standard_normal((count, len(sources)))


def uniform(rank: Floats) -> float:
    """P value of Kolmogorov and Smirnov's test that ranks are spread evenly."""
    return float(kstest(rank, "uniform").pvalue)
