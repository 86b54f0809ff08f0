"""The luck that a whole replication shares: functions of the seed, so that every arm meets it."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from sim.economy.arithmetic import exp, log, normal_quantile
from sim.economy.luck_settings import FactorSettings, SystematicSettings
from sim.economy.sectors import SECTORS
from sim.engine.loops.draws import block, word
from sim.engine.loops.philox import uniforms

# Sector draws use the sector's place as "who"; the factor common to all sectors stands one beyond the last of
# them.
COMMON = len(SECTORS)
# Regions follow; the "month" of their draws is a calendar year.
FIRST_REGION = COMMON + 1


def uniform(seed: int, name: str, who: int = 0, month: int = 0) -> float:
    """Return the keyed uniform draw of a declared purpose, in (0, 1)."""
    return float(uniforms(seed, block(name), who, 0, month)[word(name)])


def normal(seed: int, name: str, who: int = 0, month: int = 0) -> float:
    """Return the keyed standard normal draw of a declared purpose."""
    return normal_quantile(uniform(seed, name, who, month))


# The cells of a sweep meet the same luck under other parameters: drawn once for all that a process runs.
@functools.lru_cache(maxsize=512)
def sector_luck(seed: int, sector: int, length: int) -> tuple[float, ...]:
    """Return the standard normal draws of a sector for the first months from the policy date on."""
    return tuple(normal(seed, "economy_sector", sector, month) for month in range(length))


@dataclass(frozen=True)
class Luck:
    """How one replication differs from the central path.

    Parameters
    ----------
    severity : float
        Factor on every deviation from calm; its mean over seeds is ``severity_mean``.
    delay : float
        Months by which the shock comes later (negative: earlier).
    """

    severity: float
    delay: float


def draw_luck(settings: SystematicSettings, seed: int, lead: int) -> Luck:
    """Draw severity and timing of a replication.

    Parameters
    ----------
    settings : SystematicSettings
        Spread of both; 0 leaves the central path.
    seed : int
        Seed of the replication.
    lead : int
        Months between the policy date and the central shock; no shock may come before the policy date.

    Returns
    -------
    Luck
        Severity is ``severity_mean`` times a lognormal factor with mean 1 and standard deviation
        ``severity_sd``; the delay is normal and cut
        at ``timing_limit``.
    """
    variance = log(1.0 + settings.severity_sd * settings.severity_sd)
    severity = settings.severity_mean * exp(math.sqrt(variance) * normal(seed, "economy_severity") - variance / 2)
    delay = settings.timing_sd * normal(seed, "economy_timing")
    delay = min(max(delay, -settings.timing_limit), settings.timing_limit)
    return Luck(severity, max(delay, -float(lead)))


def sector_factors(settings: SystematicSettings, seed: int, length: int) -> list[list[float]]:
    """Draw the log of each sector's own demand factor, an AR(1) that starts at calm on the policy date.

    Parameters
    ----------
    settings : SystematicSettings
        ``sector_sd`` is the standard deviation in the long run.
    seed : int
        Seed of the replication.
    length : int
        Months from the policy date.

    Returns
    -------
    list of list of float
        ``[sector][month]``; the factors themselves have mean 1 in every month.
    """
    if settings.sector_sd == 0.0:
        return [[0.0] * length for _ in SECTORS]
    left = settings.sector_persistence
    spread, fresh = settings.sector_sd, math.sqrt(1.0 - left * left)
    factors = []
    for sector in range(len(SECTORS)):
        state, variance, row = 0.0, 0.0, []
        for draw in sector_luck(seed, sector, length):
            state = left * state + fresh * draw
            variance = left * left * variance + fresh * fresh
            row.append(spread * state - spread * spread * variance / 2)
        factors.append(row)
    return factors


def harvest_factors(settings: SystematicSettings, seed: int, regions: int, years: int) -> list[list[float]]:
    """Draw each region's own harvest of each year, lognormal with mean 1 and independent between them.

    Parameters
    ----------
    settings : SystematicSettings
        ``harvest_sd`` is the standard deviation of the log; 0 leaves 1.
    seed : int
        Seed of the replication.
    regions, years : int
        Numbers of regions and of calendar years from that of the policy date.

    Returns
    -------
    list of list of float
        ``[year][region]``, factors.
    """
    spread = settings.harvest_sd
    if spread == 0.0:
        return [[1.0] * regions for _ in range(years)]
    return [
        [
            exp(spread * normal(seed, "economy_sector", FIRST_REGION + region, year) - spread * spread / 2)
            for region in range(regions)
        ]
        for year in range(years)
    ]


def common_factor(settings: FactorSettings, seed: int, length: int) -> list[float]:
    """Draw the income factor of the one-factor economy, independent from month to month.

    Returns ``exp(sqrt(rho) sigma M - rho sigma^2 / 2)`` for each month, with M standard normal (Vasicek
    2002): a person's log income with an own part of variance ``(1 - rho) sigma^2`` then has variance
    ``sigma^2`` and its mean factor is 1.
    """
    loading = math.sqrt(settings.correlation) * settings.volatility
    return [
        exp(loading * normal(seed, "economy_sector", COMMON, month) - loading * loading / 2) for month in range(length)
    ]
