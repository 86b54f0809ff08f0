"""Who supplies whom: a sparse directed network, chosen by keyed draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept


@kept
def choose_suppliers(luck: Any, buyers: Any, size: Any, concentration: Any) -> Any:
    """Choose a supplier for each draw, in proportion to a power of size.

    Parameters
    ----------
    luck : ndarray of float, shape (choices,)
        Uniform draws.
    buyers : ndarray of int, shape (choices,)
        Row of the firm that chooses.
    size : ndarray of float, shape (firms,)
        Normal sales; 0 for firms that cannot be chosen. Row 0 is nobody.
    concentration : float
        Exponent: 0 chooses evenly, 1 in proportion to size (preferential attachment: Barabasi and Albert, 1999).

    Returns
    -------
    ndarray of int, shape (choices,)
        Row of the supplier; 0 (outside) where the firm would choose itself or nobody is there.
    """
    upto, chosen = np.empty(size.size), np.empty(luck.size, np.int64)
    add_weights(size, concentration, upto)
    for k in range(luck.size):
        share, low, high = luck[k] * upto[-1], 0, size.size
        while low < high:  # the first firm up to which weights add up to more
            middle = (low + high) // 2
            if upto[middle] <= share:
                low = middle + 1
            else:
                high = middle
        chosen[k] = 0 if low == buyers[k] or upto[-1] <= 0.0 else min(low, size.size - 1)
    return chosen


@kept
def add_weights(size: Any, concentration: Any, upto: Any) -> None:
    """Add up the weights of firms that can be chosen, in order; nobody has none."""
    total = 0.0
    for firm in range(size.size):
        if firm > 0 and size[firm] > 0:
            total += math.pow(max(size[firm], 1.0), concentration)
        upto[firm] = total
