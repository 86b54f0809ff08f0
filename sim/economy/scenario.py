"""Scenarios in numbers: tables of knots, figures for every month, chances of regimes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from sim.economy.environment import NO_SUPPORT, Support
from sim.economy.sectors import SECTORS
from sim.engine.tables.declare import as_in, setting

# Ranges that both a scenario of ours and a user's file must keep.
UNEMPLOYMENT_RANGE = (0.001, 0.6)
POLICY_RATE_RANGE = (-0.02, 0.5)
OUTPUT_GAP_RANGE = (-0.5, 0.3)
INDEX_RANGE = (0.01, 100_000.0)
HARVEST_RANGE = (0.05, 3.0)
FUNDING_RANGE = (0.0, 1.0)
FRAUD_RANGE = (0.0, 1000.0)
SELF_EMPLOYED_RANGE = (0.05, 3.0)
TRANSFER_RANGE = (0.0, 3.0)
SHARE_RANGE = (0.0, 1.0)
MONTH_FORM = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class CentralPath:
    """A scenario as a table of knots, joined by straight lines; before and after them the ends hold."""

    months: tuple[int, ...] = setting((0,), 0, 1200, unit="months since the shock", meaning="where the knots stand")
    unemployment_rise: tuple[float, ...] = setting(
        (0.0,), -0.3, 0.5, unit="fraction", meaning="unemployment above its calm level"
    )
    income: tuple[float, ...] = setting((1.0,), 0.1, 2.0, unit="factor", meaning="earnings of those at work, 1 is calm")
    demand: tuple[float, ...] = setting(
        (1.0,),
        0.05,
        3.0,
        unit="factor",
        meaning="demand in general, 1 is calm; sectors swing by their sensitivity",
    )
    policy_rate_change: tuple[float, ...] = setting(
        (0.0,), -0.2, 0.3, unit="fraction a year", meaning="policy rate above its calm level"
    )
    stress: tuple[float, ...] = setting(
        (0.0,), 0.0, 2.0, unit="share", meaning="income risk: 0 is the cycle's peak, 1 its trough"
    )
    harvest: tuple[float, ...] = setting(
        (), *HARVEST_RANGE, unit="factor", meaning="what a harvest brings in all regions, 1 is calm; empty: calm"
    )
    funding: tuple[float, ...] = setting(
        (), *FUNDING_RANGE, unit="share", meaning="funding that outside funders roll over, 1 is calm; empty: calm"
    )
    fraud: tuple[float, ...] = setting(
        (), *FRAUD_RANGE, unit="factor", meaning="attempts to take over accounts, 1 is usual; empty: usual"
    )
    sector_demand: tuple[float, ...] = setting(
        (), 0.05, 3.0, unit="factor", meaning="demand for economy.shocked_sector beside demand in general; empty: calm"
    )
    self_employed_income: tuple[float, ...] = setting(
        (),
        *SELF_EMPLOYED_RANGE,
        unit="factor",
        meaning="earnings of the self-employed beside those of all at work, 1 is calm; empty: calm",
    )
    jobless_supplement: tuple[float, ...] = setting(
        (),
        *TRANSFER_RANGE,
        unit="months of median income",
        meaning="paid by the government to each person without work beside the benefit; empty: none",
    )
    universal_transfer: tuple[float, ...] = setting(
        (),
        *TRANSFER_RANGE,
        unit="months of median income",
        meaning="paid by the government to every person; empty: none",
    )
    holidays_offered: tuple[float, ...] = setting(
        (), *SHARE_RANGE, unit="share of those who ask", meaning="given a payment holiday; empty: none"
    )
    collections_stopped: tuple[float, ...] = setting(
        (), *SHARE_RANGE, unit="share", meaning="work of collectors and courts that rests; empty: none"
    )


@dataclass(frozen=True)
class SectorSeries:
    """Demand for each sector by month, an index whose first month is calm; empty: as demand in general."""

    manufacturing: tuple[float, ...] = setting((), *INDEX_RANGE, unit="index", meaning="demand for manufacturing")
    wholesale_retail: tuple[float, ...] = setting((), *INDEX_RANGE, unit="index", meaning="demand for trade")
    internet_services: tuple[float, ...] = setting(
        (), *INDEX_RANGE, unit="index", meaning="demand for internet services"
    )
    technology: tuple[float, ...] = setting((), *INDEX_RANGE, unit="index", meaning="demand for technology")
    agriculture: tuple[float, ...] = setting((), *INDEX_RANGE, unit="index", meaning="demand for farm products")
    public_other: tuple[float, ...] = setting((), *INDEX_RANGE, unit="index", meaning="demand for other services")


@dataclass(frozen=True)
class PublishedPath:
    """A path with a value for every month, from statistics or a user's file; month 0 is the policy date."""

    source: str = setting("", meaning="where the figures were published", place=True)
    first_month: str = setting("", meaning="calendar month of the first figure, YYYY-MM; empty: calendar_start")
    unemployment: tuple[float, ...] = setting((), *UNEMPLOYMENT_RANGE, unit="fraction", meaning="unemployment by month")
    policy_rate: tuple[float, ...] = setting(
        (), *POLICY_RATE_RANGE, unit="fraction a year", meaning="policy rate by month; empty: the calm rate"
    )
    output_gap: tuple[float, ...] = setting(
        (),
        *OUTPUT_GAP_RANGE,
        unit="fraction",
        meaning="output gap by month; empty: from unemployment by Okun's law",
    )
    harvest: tuple[float, ...] = setting(
        (), *HARVEST_RANGE, unit="factor", meaning="what a harvest brings by month, 1 is usual; empty: 1"
    )
    funding: tuple[float, ...] = setting(
        (), *FUNDING_RANGE, unit="share", meaning="funding that outside funders roll over, by month; empty: 1"
    )
    self_employed_income: tuple[float, ...] = as_in(CentralPath, "self_employed_income", ())
    jobless_supplement: tuple[float, ...] = as_in(CentralPath, "jobless_supplement", ())
    universal_transfer: tuple[float, ...] = as_in(CentralPath, "universal_transfer", ())
    holidays_offered: tuple[float, ...] = as_in(CentralPath, "holidays_offered", ())
    collections_stopped: tuple[float, ...] = as_in(CentralPath, "collections_stopped", ())
    demand: SectorSeries = dataclasses.field(default_factory=SectorSeries)


@dataclass(frozen=True)
class ForbearanceSettings:
    """Payment holidays that a path offers: who asks for one, and how long it lasts.

    In the United States in 2020 relief went to those whose incomes fell and whose scores were low (Cherry, Jiang,
    Matvos, Piskorski and Seru, 2021); two in five left within three months (TransUnion, June 2021).
    """

    NEEDS: ClassVar[str] = "economy.path.holidays_offered>0 or economy.published.holidays_offered>0"

    months: int = setting(
        3,
        1,
        60,
        unit="months",
        meaning="length of a payment holiday (assumption)",
        read_as="forbearance_months",
    )
    latest: int = setting(
        3,
        0,
        13,
        unit="months past due",
        meaning="no holiday for those further behind (assumption)",
        read_as="forbearance_latest",
    )
    inflow_drop: float = setting(
        0.25,
        0.0,
        1.0,
        unit="share of inflow",
        meaning="fall of the inflow seen at which those in order ask, too (assumption)",
        read_as="forbearance_drop",
    )


@dataclass(frozen=True)
class RegimeSettings:
    """Two-state Markov chain of calm and recession, and what a lasting recession would bring."""

    stay_calm: float = setting(
        0.98276, 0.0, 1.0, unit="per month", meaning="chance that a calm month is followed by a calm one"
    )
    stay_recession: float = setting(
        0.90909, 0.0, 1.0, unit="per month", meaning="chance that a month of recession is followed by another"
    )
    start: str = setting("calm", meaning="regime at the policy date", choices=("calm", "recession", "stationary"))
    unemployment_rise: float = setting(0.07, 0.0, 0.4, unit="fraction", meaning="unemployment above calm, in the limit")
    income: float = setting(0.93, 0.1, 1.5, unit="factor", meaning="earnings of those at work, in the limit")
    demand: float = setting(0.87, 0.05, 1.5, unit="factor", meaning="demand in general, in the limit")
    policy_rate_change: float = setting(-0.01, -0.2, 0.3, unit="fraction a year", meaning="policy rate above calm")
    onset: float = setting(
        0.25,
        0.001,
        1.0,
        unit="per month",
        meaning="part of the way to the limit gone in a month of recession",
    )
    recovery: float = setting(
        0.07, 0.001, 1.0, unit="per month", meaning="part of the way back to calm gone in a calm month"
    )


@dataclass(frozen=True)
class CycleSettings:
    """A cycle without end: unemployment as a sine, and from it output, earnings and demand by Okun's law."""

    period: float = setting(69.0, 6.0, 1200.0, unit="months", meaning="from peak to peak")
    amplitude: float = setting(
        0.02, 0.0, 0.2, unit="fraction", meaning="unemployment above its calm level at the trough, below it at the peak"
    )
    phase: float = setting(0.0, 0.0, 1200.0, unit="months", meaning="how far into a downturn the policy date is")
    policy_rate_amplitude: float = setting(
        0.01, 0.0, 0.1, unit="fraction a year", meaning="policy rate below its calm level at the trough"
    )


# A table starts from calm; an optional column may be left empty, and is calm then.
CALM_COLUMNS = {
    "unemployment_rise": 0.0,
    "income": 1.0,
    "demand": 1.0,
    "policy_rate_change": 0.0,
    "stress": 0.0,
    "harvest": 1.0,
    "funding": 1.0,
    "fraud": 1.0,
    "sector_demand": 1.0,
    "self_employed_income": 1.0,
    **NO_SUPPORT._asdict(),
}
OPTIONAL_COLUMNS = ("harvest", "funding", "fraud", "sector_demand", "self_employed_income", *Support._fields)
# What a path by month may have beside unemployment and the demand for sectors.
BY_MONTH_COLUMNS = ("policy_rate", "output_gap", "harvest", "funding", "self_employed_income", *Support._fields)


def table_problems(table: CentralPath) -> Iterator[str]:
    """Yield a line for each thing that makes a table of knots unusable."""
    months = table.months
    if not months or months[0] != 0 or any(later <= month for month, later in pairwise(months)):
        yield f"economy.path.months: {list(months)}, must start at 0 and ascend"
    for field in dataclasses.fields(table):
        values = getattr(table, field.name)
        if len(values) != len(months) and (values or field.name not in OPTIONAL_COLUMNS):
            yield (f"economy.path.{field.name}: {len(values)} numbers, must be {len(months)} as in economy.path.months")
    for column, value in CALM_COLUMNS.items():
        first = tuple(getattr(table, column))[:1]
        if first and first[0] != value:
            yield f"economy.path.{column}: starts with {first[0]:g}, must start from calm with {value:g}"


def published_problems(published: PublishedPath) -> Iterator[str]:
    """Yield a line for each series whose length or calendar does not fit."""
    length = len(published.unemployment)
    series = {name: getattr(published, name) for name in BY_MONTH_COLUMNS}
    series |= {f"demand.{name}": getattr(published.demand, name) for name in SECTORS}
    for name, values in series.items():
        if values and len(values) != length:
            yield (
                f"economy.published.{name}: {len(values)} numbers, must be {length}"
                " as in economy.published.unemployment"
            )
    if published.first_month and not MONTH_FORM.fullmatch(published.first_month):
        yield f"economy.published.first_month: {published.first_month!r}, must be a month such as 2007-01"


assert tuple(field.name for field in dataclasses.fields(SectorSeries)) == SECTORS
