"""Values given figures: approximate Bayesian computation with regression adjustment, and how it is checked.

Simulated figures get an error of their own before they are compared, drawn from what the model and the bands may be
off, so that the answer is exact for a model with that error (Wilkinson, 2013). `sim.fit.posterior` says the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstest

from sim.fit.posterior import Posterior, posterior

Floats = NDArray[np.float64]
Find = Callable[[Floats, Floats, Floats], Posterior]

COMMON = 0.5
"""Share of an error's variance that figures of one source have in common: an assumption."""


def errors(count: int, sources: Sequence[str], seed: int = 1) -> Floats:
    """Standard normal errors, float64[count, figures]; those of one source share `COMMON` of their variance."""
    luck = np.random.default_rng(seed)
    names = list(dict.fromkeys(sources))
    shared = luck.standard_normal((count, len(names)))[:, [names.index(source) for source in sources]]
    return np.sqrt(COMMON) * shared + np.sqrt(1.0 - COMMON) * luck.standard_normal((count, len(sources)))


def ranks(places: Floats, seen: Floats, truths: int, find: Find = posterior) -> Floats:
    """Rank of each made-up truth in its own posterior, float64[truths, numbers] between 0 and 1.

    Each of the first draws is a truth in turn: its figures with error are taken for the published ones, and the other
    draws for the prior (Talts, Betancourt, Simpson, Vehtari and Gelman, 2018). ``find`` works values out.
    """
    found = []
    for truth in range(truths):
        rest = np.arange(len(places)) != truth
        one = find(places[rest], seen[rest], seen[truth])
        found.append((one.weights[:, None] * (one.places < places[truth])).sum(axis=0))
    return np.array(found)


def uniform(rank: Floats) -> float:
    """P value of Kolmogorov and Smirnov's test that ranks are spread evenly."""
    return float(kstest(rank, "uniform").pvalue)
