"""Configuration of the economy: its scenario, how that becomes hazards, and the luck of each replication."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sim.economy.luck_settings import SHOCK, CreditFeedbackSettings, FactorSettings, SystematicSettings
from sim.economy.reading import FileSettings
from sim.economy.scenario import (
    CALM_COLUMNS,
    POLICY_RATE_RANGE,
    UNEMPLOYMENT_RANGE,
    CentralPath,
    CycleSettings,
    ForbearanceSettings,
    PublishedPath,
    RegimeSettings,
    published_problems,
    table_problems,
)
from sim.economy.sectors import SECTORS
from sim.engine.tables.declare import setting, when

# What keys need to act.
BY_MONTH = "economy.kind=published|path"
BY_OUTPUT = "economy.kind=published|path|sinusoidal"
JOBS_MOVE = "economy.kind!=central or economy.path.unemployment_rise!=0 or economy.shocked_sector!=none"

KINDS = ("central", "published", "path", "stochastic", "sinusoidal", "factor")
NO_SECTOR = "none"

SEASON_TOLERANCE = 1e-9


@dataclass(frozen=True)
class LabourSettings:
    """How a path of unemployment divides into losing and finding jobs."""

    finding_calm: float = setting(
        0.25, 0.01, 1.0, unit="per month", meaning="chance that a jobless person finds work in a calm month"
    )
    finding_share_of_level: float = setting(
        0.75,
        0.0,
        1.0,
        unit="share",
        meaning="part of the log flow ratio that lasting unemployment asks for and that finding carries",
        needs=JOBS_MOVE,
    )
    finding_share_of_change: float = setting(
        0.40,
        0.0,
        1.0,
        unit="share",
        meaning="part of the further log flow ratio, while unemployment moves, that finding carries",
        needs=JOBS_MOVE,
    )
    highest_separation: float = setting(
        0.5, 0.01, 1.0, unit="per month", meaning="no sector loses jobs faster than this"
    )
    highest_finding: float = setting(
        0.95, 0.01, 1.0, unit="per month", meaning="nobody finds work with a greater chance than this", needs=JOBS_MOVE
    )


@dataclass(frozen=True)
class IncomeSettings:
    """Risk of persistent income, for persons who keep their work."""

    volatility_peak: float = setting(
        0.12, 0.0, 1.0, unit="annual sd of log income", meaning="income risk at the peak of the cycle"
    )
    volatility_trough: float = setting(
        0.15,
        0.0,
        1.0,
        unit="annual sd of log income",
        meaning="income risk at the trough of the cycle",
        needs="economy.kind!=central|factor or economy.path.stress>0",
    )
    persistence: float = setting(
        0.95, 0.0, 0.9999, unit="per year", meaning="what is left after a year of a shock to income"
    )
    unemployment_share: float = setting(
        0.20,
        0.0,
        1.0,
        unit="share of variance",
        meaning="part of the annual variance that is job loss, modelled apart",
    )


@dataclass(frozen=True)
class ElasticitySettings:
    """What demand for a sector does to those who work in it, and what output does to demand and income."""

    separation_to_demand: float = setting(
        1.5,
        0.0,
        10.0,
        unit="elasticity",
        meaning="fall of demand in a sector raises its separations, others equal",
    )
    wage_to_demand: float = setting(
        0.10, 0.0, 2.0, unit="elasticity", meaning="wages of a sector follow its demand, beside the others'"
    )
    turnover_to_demand: float = setting(
        0.70, 0.0, 2.0, unit="elasticity", meaning="income of the self-employed follows their sector's demand"
    )
    output_to_unemployment: float = setting(
        2.0,
        0.0,
        10.0,
        unit="percent per point",
        meaning="output lost with a point of unemployment (Okun's law)",
        needs=BY_OUTPUT + " or economy.shocked_sector!=none",
    )
    demand_to_output: float = setting(
        1.0,
        0.0,
        5.0,
        unit="elasticity",
        meaning="demand in general follows the output gap where no demand is given",
        needs=BY_OUTPUT,
    )
    income_to_output: float = setting(
        0.25,
        0.0,
        5.0,
        unit="elasticity",
        meaning="earnings per worker follow the output gap where no income is given",
        needs=BY_OUTPUT,
    )
    stress_rise: float = setting(
        0.02,
        0.001,
        0.5,
        unit="fraction",
        meaning="rise of unemployment in a year that brings the trough's income risk",
        needs=BY_MONTH,
    )


# Holidays raise spending: Spring Festival falls in January or February, online sales peak in November.
# Assumption.
SEASON = (1.08, 1.10, 0.94, 0.95, 0.98, 1.00, 0.96, 0.96, 1.00, 1.01, 1.06, 0.96)


@dataclass(frozen=True)
class EconomySettings(FileSettings):
    """One scenario of the economy; what it moves has to be there, so that it chooses what nobody else chose."""

    CHOOSES: ClassVar[dict[str, str]] = {"fraud=takeovers": "fraud=none and economy.path.fraud!=1|"}

    name: str = setting("calm", meaning="name of the scenario")
    kind: str = setting("central", meaning="where the path comes from", choices=KINDS)
    preset: str = setting("", meaning="options of this name are composed with the scenario; empty: none", place=True)
    shock_lag: int = setting(
        12,
        0,
        240,
        unit="months",
        meaning="from the policy date to the first month of the shock",
        needs="economy.kind=central and " + SHOCK + " or economy.kind=sinusoidal and economy.systematic.timing_sd>0",
    )
    calendar_start: int = setting(
        0,
        0,
        11,
        unit="0 is January",
        meaning="calendar month of the policy date",
        needs="economy.kind!=published|path or economy.published.first_month=",
    )
    unemployment: float = setting(
        0.05, 0.0, 0.4, unit="fraction", meaning="unemployment of calm times", needs="economy.kind!=published|path"
    )
    calm_unemployment: float = setting(
        0.0,
        0.0,
        0.6,
        unit="fraction",
        meaning="unemployment of calm times before a path by month; 0: its first figure",
        needs=BY_MONTH,
    )
    policy_rate: float = setting(0.0385, *POLICY_RATE_RANGE, unit="fraction a year", meaning="policy rate, calm times")
    season: tuple[float, ...] = setting(
        SEASON, 0.1, 3.0, unit="factor", meaning="consumption from January to December, mean exactly 1"
    )
    shocked_sector: str = setting(
        NO_SECTOR, meaning="sector whose demand follows path.sector_demand", choices=(NO_SECTOR, *SECTORS)
    )
    regions: int = setting(
        8,
        1,
        1000,
        unit="regions",
        meaning="regions that each have a harvest of their own",
        needs="economy.systematic.harvest_sd>0 and firms.per_person>0",
    )
    labour: LabourSettings = dataclasses.field(default_factory=LabourSettings)
    income: IncomeSettings = dataclasses.field(default_factory=IncomeSettings)
    elasticity: ElasticitySettings = dataclasses.field(default_factory=ElasticitySettings)
    path: CentralPath = dataclasses.field(default_factory=CentralPath, metadata=when("economy.kind=central"))
    published: PublishedPath = dataclasses.field(default_factory=PublishedPath, metadata=when(BY_MONTH))
    forbearance: ForbearanceSettings = dataclasses.field(default_factory=ForbearanceSettings)
    systematic: SystematicSettings = dataclasses.field(default_factory=SystematicSettings)
    regimes: RegimeSettings = dataclasses.field(
        default_factory=RegimeSettings, metadata=when("economy.kind=stochastic")
    )
    cycle: CycleSettings = dataclasses.field(default_factory=CycleSettings, metadata=when("economy.kind=sinusoidal"))
    credit_feedback: CreditFeedbackSettings = dataclasses.field(default_factory=CreditFeedbackSettings)
    factor: FactorSettings = dataclasses.field(default_factory=FactorSettings, metadata=when("economy.kind=factor"))

    @property
    def is_published(self) -> bool:
        """Whether the path has a value for every month and starts at the policy date."""
        return self.kind in ("published", "path")

    @property
    def has_shock(self) -> bool:
        """Whether anything but the luck of sectors and harvests departs from calm."""
        calm = CALM_COLUMNS.items()
        moved = any(value != level for column, level in calm for value in getattr(self.path, column))
        return moved if self.kind == "central" else self.kind != "factor"

    def brings(self, *columns: str) -> bool:
        """Whether the path has any of these columns, each of which is empty in calm times."""
        path = self.published if self.is_published else self.path
        return (self.is_published or self.kind == "central") and any(getattr(path, name) for name in columns)

    def check(self) -> list[str]:
        """Return one line for each problem that concerns more than a single number."""
        return [
            *_check_season(self),
            *table_problems(self.path),
            *published_problems(self.published),
            *_check_levels(self),
            *self.layout.problems("economy.layout."),
        ]


def _check_season(settings: EconomySettings) -> Iterator[str]:
    if len(settings.season) != 12:
        yield f"economy.season: {len(settings.season)} numbers, must be 12 (January to December)"
        return
    mean = math.fsum(settings.season) / 12
    if not abs(mean - 1.0) <= SEASON_TOLERANCE:
        yield f"economy.season: mean is {mean:.9g}, must be exactly 1"


def _check_levels(settings: EconomySettings) -> Iterator[str]:
    length = len(settings.published.unemployment)
    if settings.kind == "published" and not length:
        yield "economy.published.unemployment: empty, must hold a number for every month of a published path"
    if settings.file and settings.kind != "path":
        yield f"economy.file: {settings.file!r}, is read by economy=path only"
    if 0.0 < settings.calm_unemployment < UNEMPLOYMENT_RANGE[0]:
        yield (
            f"economy.calm_unemployment: {settings.calm_unemployment:g}, must be 0 (the first figure of the path) or at"
            f" least {UNEMPLOYMENT_RANGE[0]:g}"
        )
    if settings.kind == "path" and not length and not settings.file:
        yield "economy.file: empty, must name a CSV, xlsx or Parquet file when economy=path"
    fall = settings.cycle.amplitude if settings.kind == "sinusoidal" else 0.0
    lowest = settings.unemployment + min((-fall, *settings.path.unemployment_rise))
    shocked = settings.shocked_sector != NO_SECTOR
    moves = settings.kind in ("stochastic", "sinusoidal") or shocked or any(settings.path.unemployment_rise)
    if not settings.is_published and moves and lowest < UNEMPLOYMENT_RANGE[0]:
        yield f"economy.unemployment: {lowest:g} at its lowest, must be at least {UNEMPLOYMENT_RANGE[0]:g}"
    if shocked and (settings.kind != "central" or not settings.path.sector_demand):
        yield f"economy.shocked_sector: {settings.shocked_sector!r}, needs economy.path.sector_demand"
    if settings.path.sector_demand and not shocked:
        yield "economy.path.sector_demand: needs economy.shocked_sector, a sector whose demand it is"
    if settings.income.volatility_trough < settings.income.volatility_peak:
        yield (
            f"economy.income.volatility_trough: {settings.income.volatility_trough:g}, must be at least"
            f" economy.income.volatility_peak ({settings.income.volatility_peak:g})"
        )
    if settings.labour.finding_calm > settings.labour.highest_finding:
        yield (
            f"economy.labour.finding_calm: {settings.labour.finding_calm:g}, must be at most"
            f" economy.labour.highest_finding ({settings.labour.highest_finding:g})"
        )
