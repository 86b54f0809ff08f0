"""Jobs that cross rows: whom a firm lays off, and which vacancy somebody fills."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.diskcache import kept
from sim.firms import labour_loops as loops

Rows = NDArray[np.int64]
EVERYBODY = 2.0e6  # a threshold beyond every luck over risk


@kept
def layoff_thresholds(employer: Any, luck: Any, risk: Any, layoffs: Any) -> Any:
    """Luck below which the staff of each firm loses the job, so that exactly the planned number does.

    Whoever has the least luck for the risk of the own job goes first, so the same persons are hit under every
    policy that lays off as many.

    Parameters
    ----------
    employer, luck, risk : ndarray, shape (staff,)
        Firm, uniform draw and relative risk of each person who may be laid off.
    layoffs : ndarray of int, shape (firms,)
        How many each firm lays off; 0 for none.

    Returns
    -------
    ndarray of float, shape (firms,)
        Threshold on luck over risk; 0 where nobody is laid off.
    """
    thresholds, first = np.zeros(layoffs.size), np.zeros(layoffs.size + 1, np.int64)
    for one in employer:
        first[one + 1] += 1
    for firm in range(layoffs.size):
        first[firm + 1] += first[firm]
    at, key, free = np.empty(employer.size, np.int64), np.empty(employer.size), first.copy()
    for k in range(employer.size):
        place = free[employer[k]]
        at[place], key[place] = employer[k], luck[k] / max(risk[k], 1e-9)
        free[employer[k]] += 1
    for firm in range(layoffs.size):
        if first[firm + 1] > first[firm] + 1:
            key[first[firm] : first[firm + 1]].sort()
    loops.lay_off(at, key, layoffs, EVERYBODY, thresholds)
    return thresholds


def fill_vacancies(seekers: int, vacancies: Rows, weight: NDArray[np.float64]) -> Rows:
    """Places for persons who found a job in a sector, in their order.

    Vacancies are filled evenly over the firms; were there more persons than vacancies, the rest is taken on in
    proportion to the firms' size.

    Parameters
    ----------
    seekers : int
        Persons.
    vacancies : ndarray of int, shape (firms,)
        Vacant places.
    weight : ndarray of float, shape (firms,)
        Size, at least one above 0.

    Returns
    -------
    ndarray of int, shape (seekers,)
        Position of a firm for each.
    """
    found = np.empty(seekers, dtype=np.int64)
    loops.fill_vacancies(vacancies, weight, found)
    return found
