"""The months of a path in numbers, and the calm that they deviate from."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sim.economy.environment import NO_SUPPORT, Support
from sim.economy.settings import EconomySettings

HIGHEST_STRESS = 2.0
LOWEST_RATE = -0.02


@dataclass(frozen=True)
class Calm:
    """Levels of the burn-in, from which every deviation is counted."""

    unemployment: float
    policy_rate: float


@dataclass(frozen=True)
class Months:
    """A scenario from the policy date on: one entry a month, six numbers in each entry by sector.

    ``income`` and ``harvest`` are the factors everywhere. Demand stands in logs; ``log_demand`` carries the luck of
    sectors, ``log_demand_central`` does not, so that this luck moves incomes in general too.
    """

    unemployment: list[float]
    income: list[float]
    policy_rate: list[float]
    stress: list[float]
    regime: list[int]
    harvest: list[float]
    funding: list[float]
    fraud: list[float]
    self_employed_income: list[float]
    support: list[Support]
    log_demand_central: list[list[float]]
    log_demand: list[list[float]]


def calm_of(settings: EconomySettings) -> Calm:
    """Return the levels of calm times: those of the settings, or of what stood before a path by month.

    That is its first figures, unless ``calm_unemployment`` says where unemployment stood.
    """
    published = settings.published
    if not settings.is_published or not published.unemployment:
        return Calm(settings.unemployment, settings.policy_rate)
    rate = published.policy_rate[0] if published.policy_rate else settings.policy_rate
    return Calm(settings.calm_unemployment or published.unemployment[0], rate)


def empty() -> Months:
    """No month yet."""
    return Months(*([] for _ in fields(Months)))


def append(
    months: Months,
    unemployment: float,
    income: float,
    rate: float,
    stress: float,
    regime: int,
    harvest: float = 1.0,
    funding: float = 1.0,
    fraud: float = 1.0,
    self_employed_income: float = 1.0,
    support: Support = NO_SUPPORT,
) -> None:
    """Add a month, its rates kept at or above their floor and its stress at or below its ceiling."""
    months.unemployment.append(unemployment)
    months.income.append(income)
    months.policy_rate.append(max(rate, LOWEST_RATE))
    months.stress.append(min(stress, HIGHEST_STRESS))
    months.regime.append(regime)
    months.harvest.append(harvest)
    months.funding.append(funding)
    months.fraud.append(fraud)
    months.self_employed_income.append(self_employed_income)
    months.support.append(support)


def append_demand(months: Months, demand: list[float]) -> None:
    """Add the log demand of each sector."""
    months.log_demand_central.append(demand)
    months.log_demand.append(list(demand))
