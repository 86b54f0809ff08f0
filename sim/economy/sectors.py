"""The sectors in which persons and firms earn, and what tells them apart over the cycle.

The order is fixed: it is the order of every ``*_by_sector`` array and of the sector code stored with a
person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

SECTORS = (
    "manufacturing",
    "wholesale_retail",
    "internet_services",
    "technology",
    "agriculture",
    "public_other",
)
# Where firms are; their places are those in SECTORS.
PRIVATE_SECTORS = SECTORS[:-1]


@dataclass(frozen=True)
class Sector:
    """One sector's place in the cycle.

    Parameters
    ----------
    employment_share : float
        Share of the labour force; the shares of all sectors sum to 1.
    cycle_sensitivity : float
        Elasticity of the sector's demand to demand in general; its mean over employment shares is 1, so that
        demand in general is the (geometric) mean of the sectors.
    self_employed_share : float
        Share of those who work in the sector that live on turnover, not on a wage.
    """

    employment_share: float
    cycle_sensitivity: float
    self_employed_share: float


# Employment shares are an assumption about an online lender's clients. In the whole of China the primary,
# secondary and tertiary industries employed 25.1, 27.5 and 47.4 % at the end of 2019 (Ministry of Human
# Resources and Social Security); the clients of a platform live in towns more often, so agriculture stands
# lower here. Sensitivities and shares of the self-employed are assumptions: durable goods and trade swing
# most, public services and farms least.
TRAITS: dict[str, Sector] = {
    "manufacturing": Sector(0.24, 1.60, 0.08),
    "wholesale_retail": Sector(0.20, 1.40, 0.45),
    "internet_services": Sector(0.08, 1.00, 0.25),
    "technology": Sector(0.06, 0.90, 0.10),
    "agriculture": Sector(0.10, 0.42, 0.80),
    "public_other": Sector(0.32, 0.50, 0.10),
}

EMPLOYMENT_SHARES = tuple(TRAITS[name].employment_share for name in SECTORS)
CYCLE_SENSITIVITIES = tuple(TRAITS[name].cycle_sensitivity for name in SECTORS)
SELF_EMPLOYED_SHARES = tuple(TRAITS[name].self_employed_share for name in SECTORS)


def frozen_array(values: ArrayLike) -> NDArray[np.float64]:
    """Return ``values`` as a float64 array that nobody can write to, so that months may share it."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
