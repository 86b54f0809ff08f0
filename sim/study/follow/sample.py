"""Who is in the panel: by a draw of one's own, so that the same persons are in it under every package and economy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.loan.account import LATER_ORDINAL
from sim.study.plan.settings import EVERYBODY

Rows = NDArray[np.int64]
POLICY_DATE = 0


def chosen(population: Any, rows: Rows, asked: str, of: int) -> Rows:
    """Which of some rows are in a panel of about so many of ``of``.

    Parameters
    ----------
    population : Population
        Of persons or of firms; gives each row its draw, which hangs on the seed and on who it is.
    rows : int64[rows]
        Who is asked about.
    asked : str
        ``study.panel``: how many, or ``all``.
    of : int
        How many there are.
    """
    if asked == EVERYBODY:
        return rows
    return rows[population.uniforms("panel", rows, POLICY_DATE) < int(asked) / max(of, 1)]


def person_numbers(accounts: Any, settings: Any, burn_in: int) -> Rows:
    """Number of each row's person, int64[rows]: how many had arrived before, the same in every package and economy.

    Rows of persons who left before the policy date may be missing; numbers count them.

    Parameters
    ----------
    accounts : mapping
        Columns of the persons' book.
    settings : PopulationSettings
        How many there are from the start, and how many arrive later.
    burn_in : int
        Months before the policy date.
    """
    months, ordinals = accounts["arrival_month"].astype(np.int64) + burn_in, accounts["ordinal"].astype(np.int64)
    before = (settings.borrowers * settings.arrival_rate * months).astype(np.int64)
    return np.where(ordinals >= LATER_ORDINAL, settings.borrowers + before + ordinals - LATER_ORDINAL, ordinals)
