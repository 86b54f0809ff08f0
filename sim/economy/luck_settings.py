"""Configuration of what a whole replication shares: its luck, what lending feeds back, how it moves with one factor."""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.tables.declare import setting

SHOCK = "economy.has_shock=true"


@dataclass(frozen=True)
class SystematicSettings:
    """The luck that all borrowers of a replication share, drawn from the seed alone, for all arms."""

    severity_mean: float = setting(
        1.0,
        0.0,
        10.0,
        unit="factor",
        meaning="on every deviation from calm, before luck; 0: calm, 2: twice as bad",
        needs=SHOCK,
    )
    severity_sd: float = setting(
        0.30,
        0.0,
        2.0,
        unit="sd of a factor with mean 1",
        meaning="how much worse or milder than the central path",
        needs=SHOCK,
    )
    timing_sd: float = setting(
        2.0,
        0.0,
        24.0,
        unit="months",
        meaning="how much earlier or later the shock comes",
        needs=SHOCK + " and economy.kind!=stochastic",
    )
    timing_limit: float = setting(
        6.0,
        0.0,
        60.0,
        unit="months",
        meaning="earliest and latest it may come",
        needs=SHOCK + " and economy.kind!=stochastic and economy.systematic.timing_sd>0",
    )
    sector_sd: float = setting(0.03, 0.0, 0.5, unit="sd of log demand", meaning="each sector's own demand factor")
    sector_persistence: float = setting(
        0.90,
        0.0,
        0.999,
        unit="per month",
        meaning="what is left after a month of a sector's own demand",
        needs="economy.systematic.sector_sd>0",
    )
    harvest_sd: float = setting(
        0.0,
        0.0,
        1.0,
        unit="sd of log harvest",
        meaning="each region's own harvest of a year",
        needs="firms.per_person>0",
    )


@dataclass(frozen=True)
class CreditFeedbackSettings:
    """Jobs lost because credit shrinks; neutral at strength 0."""

    strength: float = setting(
        0.0,
        0.0,
        50.0,
        unit="elasticity",
        meaning="log rise of separations for each unit of monthly credit shrinkage",
    )
    threshold: float = setting(
        0.0,
        0.0,
        1.0,
        unit="fraction a month",
        meaning="shrinkage that leaves no mark on jobs",
        needs="economy.credit_feedback.strength>0",
    )
    highest: float = setting(
        3.0,
        1.0,
        20.0,
        unit="factor",
        meaning="separations rise by no more than this factor",
        needs="economy.credit_feedback.strength>0",
    )


@dataclass(frozen=True)
class FactorSettings:
    """One common factor in log income, drawn each month: the setting of the Vasicek formula."""

    correlation: float = setting(0.15, 0.0, 1.0, unit="share", meaning="share of the variance that is common")
    volatility: float = setting(1.0, 0.0, 5.0, unit="sd of log income", meaning="size of the factor and its remainder")
