"""Configuration of the private sectors: when they sell, what a sale costs them, how long money is tied up."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.economy.sectors import PRIVATE_SECTORS, frozen_array
from sim.engine.tables.declare import setting

YEAR = 12
MEAN_TOLERANCE = 1e-6


@dataclass(frozen=True)
class SectorSettings:
    """One sector's firms in a usual year; how they swing with the cycle stands in :mod:`sim.economy.sectors`.

    A yuan of sales divides into inputs, wages, research, margin and, what is left of it, fixed cost.
    """

    season: tuple[float, ...] = setting(
        (1.0,) * YEAR, 0.0, 12.0, unit="factor", meaning="sales from January to December, mean 1"
    )
    margin: float = setting(
        0.08, 0.0, 0.9, unit="share of sales", meaning="profit of a usual year before interest and tax"
    )
    input_share: float = setting(
        0.5, 0.0, 0.95, unit="share of sales", meaning="goods and services bought from suppliers"
    )
    wage_share: float = setting(0.25, 0.0, 0.95, unit="share of sales", meaning="wage bill of a usual year")
    research_share: float = setting(0.0, 0.0, 0.5, unit="share of sales", meaning="research and development")
    receivable_days: float = setting(30.0, 0.0, 360.0, unit="days of sales", meaning="until customers pay")
    inventory_days: float = setting(30.0, 0.0, 360.0, unit="days of inputs", meaning="goods held in stock")
    payable_days: float = setting(30.0, 0.0, 360.0, unit="days of inputs", meaning="until suppliers are paid")
    observability: float = setting(
        0.5, 0.0, 1.0, unit="share of sales", meaning="turnover that passes the lender's platform, so that it is seen"
    )

    @property
    def fixed_share(self) -> float:
        """Rent, machines and the like: what inputs, wages, research and margin leave of sales."""
        return 1.0 - math.fsum((self.input_share, self.wage_share, self.research_share, self.margin))


@dataclass(frozen=True)
class PrivateSectors:
    """The five sectors in which firms are."""

    NEEDS: ClassVar[str] = "firms.per_person>0"

    manufacturing: SectorSettings = dataclasses.field(default_factory=SectorSettings)
    wholesale_retail: SectorSettings = dataclasses.field(default_factory=SectorSettings)
    internet_services: SectorSettings = dataclasses.field(default_factory=SectorSettings)
    technology: SectorSettings = dataclasses.field(default_factory=SectorSettings)
    agriculture: SectorSettings = dataclasses.field(default_factory=SectorSettings)

    def by_sector(self, field: str) -> NDArray[np.float64]:
        """Return one number of every sector, in the order of ``PRIVATE_SECTORS``.

        Parameters
        ----------
        field : str
            Name of a field or property of `SectorSettings`.

        Returns
        -------
        NDArray[np.float64]
            Shape (5,), read-only; (5, 12) for ``season``.
        """
        return frozen_array([getattr(getattr(self, name), field) for name in PRIVATE_SECTORS])

    def check(self) -> list[str]:
        """Return one line for each sector whose season or shares do not add up."""
        return [line for name in PRIVATE_SECTORS for line in _problems(f"sectors.{name}", getattr(self, name))]


def _problems(key: str, sector: SectorSettings) -> Iterator[str]:
    if len(sector.season) != YEAR:
        yield f"{key}.season: {len(sector.season)} numbers, must be {YEAR} (January to December)"
    elif not abs(math.fsum(sector.season) / YEAR - 1.0) <= MEAN_TOLERANCE:
        yield f"{key}.season: mean is {math.fsum(sector.season) / YEAR:.9g}, must be 1 within {MEAN_TOLERANCE:g}"
    if sector.fixed_share < -MEAN_TOLERANCE:
        yield (
            f"{key}: input_share, wage_share, research_share and margin sum to {1.0 - sector.fixed_share:.6g},"
            " must be at most 1"
        )


assert tuple(field.name for field in dataclasses.fields(PrivateSectors)) == PRIVATE_SECTORS
