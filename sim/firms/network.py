"""Who supplies whom: a sparse directed network, chosen by keyed draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.diskcache import kept


def choose_suppliers(
    luck: NDArray[np.float64], buyers: NDArray[np.int64], size: NDArray[np.float64], concentration: float
) -> NDArray[np.int64]:
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
    upto = np.empty(size.size)
    add_weights(size, float(concentration), upto)
    if upto[-1] <= 0.0:
        return np.zeros(len(luck), dtype=np.int64)
    chosen = np.searchsorted(upto, luck * upto[-1], side="right")
    return np.where(chosen == buyers, 0, np.minimum(chosen, len(size) - 1))


@kept
def add_weights(size: Any, concentration: Any, upto: Any) -> None:
    """Add up the weights of firms that can be chosen, in order; nobody has none."""
    total = 0.0
    for firm in range(size.size):
        if firm > 0 and size[firm] > 0:
            total += math.pow(max(size[firm], 1.0), concentration)
        upto[firm] = total
