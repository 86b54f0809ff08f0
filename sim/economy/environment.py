"""What the economy hands to everyone in a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Support(NamedTuple):
    """What a government does in a month for those who earn and owe.

    Parameters
    ----------
    jobless_supplement : float
        Paid to each person without work beside the benefit, months of median income.
    universal_transfer : float
        Paid to every person, months of median income.
    holidays_offered : float
        Share of those who ask this month that are given a payment holiday.
    collections_stopped : float
        Part of collectors' and courts' work that rests, 0 to 1.
    """

    jobless_supplement: float = 0.0
    universal_transfer: float = 0.0
    holidays_offered: float = 0.0
    collections_stopped: float = 0.0


NO_SUPPORT = Support()


@dataclass(frozen=True)
class Environment:
    """One month of the economy. Arrays have one entry for each of ``SECTORS`` (or region) and are read-only.

    Parameters
    ----------
    unemployment : float
        Expected unemployment at the end of the month, fraction of the labour force.
    unemployment_calm : float
        Unemployment of calm times, fraction.
    separation_by_sector : NDArray[np.float64]
        Probability that an employed person loses the job this month.
    finding_by_sector : NDArray[np.float64]
        Probability that a jobless person finds one this month.
    income_by_sector : NDArray[np.float64]
        Factor on earnings of those at work; 1 in calm times.
    income_volatility : float
        Standard deviation of this month's innovation to the persistent part of log income, unemployment
        excluded.
    policy_rate : float
        Annual rate, fraction.
    demand_by_sector : NDArray[np.float64]
        Factor on the sector's sales; 1 in calm times.
    harvest_by_region : NDArray[np.float64]
        Factor on what a usual harvest brings in each region; 1 in calm times.
    funding : float
        Share of the usual funding that outside funders roll over to the lender, 0 to 1; 1 in calm times.
    season : float
        Factor on consumption; its mean over a calendar year is 1.
    calendar_month : int
        0 is January, 11 is December.
    fraud : float
        Attempts to take over accounts over their usual number; 1 in calm times.
    stress : float
        How uncertain the times are: 0 at the cycle's peak, 1 at its trough.
    regime : int
        0 calm, 1 recession, under ``economy=stochastic``; 0 everywhere else.
    self_employed_income : float
        Factor on earnings of the self-employed beside that of all at work; 1 in calm times.
    support : Support
        What the government does; nothing in calm times.
    """

    unemployment: float
    unemployment_calm: float
    separation_by_sector: NDArray[np.float64]
    finding_by_sector: NDArray[np.float64]
    income_by_sector: NDArray[np.float64]
    income_volatility: float
    policy_rate: float
    demand_by_sector: NDArray[np.float64]
    harvest_by_region: NDArray[np.float64]
    funding: float
    season: float
    calendar_month: int
    fraud: float = 1.0
    regime: int = 0
    stress: float = 0.0
    self_employed_income: float = 1.0
    support: Support = NO_SUPPORT
