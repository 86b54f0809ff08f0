"""Months of a scenario: the central path in numbers, with the luck of a replication laid over it."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from sim.economy.arithmetic import exp, log, sine_of_turns
from sim.economy.environment import Support
from sim.economy.months import Months, append, append_demand, calm_of, empty
from sim.economy.regimes import CALM, depth_of, draw_regimes
from sim.economy.scenario import CALM_COLUMNS, UNEMPLOYMENT_RANGE, CentralPath, PublishedPath
from sim.economy.sectors import CYCLE_SENSITIVITIES, EMPLOYMENT_SHARES, SECTORS, SELF_EMPLOYED_SHARES
from sim.economy.settings import NO_SECTOR, EconomySettings, ElasticitySettings
from sim.economy.systematic import Luck, common_factor, draw_luck, sector_factors
from sim.engine.loops.order import each
from sim.engine.loops.transforms import exponential_function

LOWEST_FACTOR, HIGHEST_FACTOR = 0.05, 3.0
LOWEST_LOG, HIGHEST_LOG = log(LOWEST_FACTOR), log(HIGHEST_FACTOR)
YEAR = 12
BESIDE_JOBS = ("harvest", "funding", "self_employed_income", *Support._fields)  # what a path by month may bring
# The cells of a sweep read the same paths: numbers of a path are looked up, those that a cell has of its own are not.
log_of = functools.lru_cache(maxsize=4096)(log)


def interpolate(knots: Sequence[float], values: Sequence[float], position: float) -> float:
    """Return the value at ``position`` on straight lines between knots, and the ends outside of them."""
    if position <= knots[0]:
        return float(values[0])
    for left in range(len(knots) - 1):
        if position < knots[left + 1]:
            share = (position - knots[left]) / (knots[left + 1] - knots[left])
            return float(values[left]) + share * (values[left + 1] - values[left])
    return float(values[-1])


def build_months(settings: EconomySettings, seed: int, length: int) -> Months:
    """Lay out a scenario's months for one replication.

    Parameters
    ----------
    settings : EconomySettings
        Scenario.
    seed : int
        Seed of the replication.
    length : int
        Months from the policy date on; a longer build starts with the shorter one, bit for bit.

    Returns
    -------
    Months
        Levels and factors by month.

    Raises
    ------
    ValueError
        When a published path has no figures.
    """
    if settings.is_published and not settings.published.unemployment:
        raise ValueError(f"economy.kind: {settings.kind} needs figures in economy.published.unemployment; none given")
    lead = 0 if settings.is_published else settings.shock_lag
    luck = draw_luck(settings.systematic, seed, lead)
    if settings.kind == "stochastic":
        months = _stochastic(settings, seed, luck, length)
    elif settings.is_published:
        months = _published(settings, luck, length)
    elif settings.kind == "sinusoidal":
        months = _sinusoidal(settings, luck, length)
    elif settings.kind == "factor":
        months = _factor(settings, seed, length)
    else:
        months = _central(settings, luck, length)
    own = np.transpose(sector_factors(settings.systematic, seed, length))
    months.log_demand[:] = np.clip(np.array(months.log_demand) + own, LOWEST_LOG, HIGHEST_LOG).tolist()
    return months


def _bounded_log(factor: float) -> float:
    return min(max(factor, LOWEST_LOG), HIGHEST_LOG)


def _worse(factor: float, severity: float) -> float:
    """Scale a factor's distance from 1, in logs so that it stays positive; 1 stays 1."""
    return exp(_bounded_log(severity * log_of(factor))) if factor != 1.0 else 1.0


def _withheld(funding: float, severity: float) -> float:
    """Scale the share of funding that is not rolled over, up to all of it."""
    return max(1.0 - severity * (1.0 - funding), 0.0)


@functools.lru_cache(maxsize=512)
def _along(
    knots: Sequence[float], values: Sequence[float], calm: float, lag: int, delay: float, length: int
) -> tuple[float, ...]:
    """A column month by month, the path begun so many months after the policy date; calm where it is left empty."""
    if not values:
        return (calm,) * length
    return tuple([interpolate(knots, values, month - lag - delay) for month in range(length)])


def _read(
    given: CentralPath | PublishedPath, names: Iterable[str], knots: Sequence[float], lag: int, luck: Luck, length: int
) -> dict[str, tuple[float, ...]]:
    """Columns of a path month by month, as they stand there."""
    return {name: _along(knots, getattr(given, name), CALM_COLUMNS[name], lag, luck.delay, length) for name in names}


def _supports(columns: Mapping[str, Sequence[float]], severity: float) -> Iterator[Support]:
    """Yield what the government does, which goes with the severity like every deviation; shares end at all."""
    for row in zip(*(columns[name] for name in Support._fields), strict=True):
        supplement, transfer, holidays, stopped = (severity * value for value in row)
        yield Support(supplement, transfer, min(holidays, 1.0), min(stopped, 1.0))


def _level(calm: float, rise: float) -> float:
    """Add a rise to calm unemployment within the range of a path; without a rise the level stays."""
    return min(max(calm + rise, UNEMPLOYMENT_RANGE[0]), UNEMPLOYMENT_RANGE[1]) if rise else calm


def _by_sensitivity(log_demand: float) -> list[float]:
    return [_bounded_log(sensitivity * log_demand) for sensitivity in CYCLE_SENSITIVITIES]


def _central(settings: EconomySettings, luck: Luck, length: int) -> Months:
    table, severity, months, calm = settings.path, luck.severity, empty(), calm_of(settings)
    read = _read(table, CALM_COLUMNS, table.months, settings.shock_lag, luck, length)
    for month, support in enumerate(_supports(read, severity)):
        own = _bounded_log(severity * log_of(read["sector_demand"][month]))
        rise = severity * read["unemployment_rise"][month] + _jobs_lost(settings, own)
        income = _worse(read["income"][month], severity)
        rate = calm.policy_rate + severity * read["policy_rate_change"][month]
        stress = severity * read["stress"][month]
        harvest = _worse(read["harvest"][month], severity)
        funding = _withheld(read["funding"][month], severity)
        fraud = max(1.0 + severity * (read["fraud"][month] - 1.0), 0.0)
        own_account = _worse(read["self_employed_income"][month], severity)
        level = _level(calm.unemployment, rise)
        append(months, level, income, rate, stress, CALM, harvest, funding, fraud, own_account, support)
        append_demand(months, _by_sensitivity(severity * log_of(read["demand"][month])))
        if settings.shocked_sector != NO_SECTOR:
            # Like a sector's luck: it moves who works there and leaves the earnings of all others alone.
            months.log_demand[month][SECTORS.index(settings.shocked_sector)] += own
    return months


def _jobs_lost(settings: EconomySettings, log_demand: float) -> float:
    """Return the unemployment that goes with demand for the shocked sector alone: its output by Okun's law.

    A sector's share of work stands for its share of output. Assumption.
    """
    points = settings.elasticity.output_to_unemployment
    if settings.shocked_sector == NO_SECTOR or points == 0.0:
        return 0.0
    return EMPLOYMENT_SHARES[SECTORS.index(settings.shocked_sector)] * (1.0 - exp(log_demand)) / points


def _stochastic(settings: EconomySettings, seed: int, luck: Luck, length: int) -> Months:
    limit, months, calm = settings.regimes, empty(), calm_of(settings)
    regimes = draw_regimes(limit, seed, length)
    for regime, depth in zip(regimes, depth_of(limit, regimes), strict=True):
        depth *= luck.severity
        rate = calm.policy_rate + depth * limit.policy_rate_change
        income = _worse(limit.income, depth)
        append(months, _level(calm.unemployment, depth * limit.unemployment_rise), income, rate, depth, regime)
        append_demand(months, _by_sensitivity(depth * log(limit.demand)))
    return months


def _factor(settings: EconomySettings, seed: int, length: int) -> Months:
    months, calm = empty(), calm_of(settings)
    for income in common_factor(settings.factor, seed, length):
        append(months, calm.unemployment, income, calm.policy_rate, 0.0, CALM)
        append_demand(months, [0.0] * len(SECTORS))
    return months


def _published(settings: EconomySettings, luck: Luck, length: int) -> Months:
    """Read a path by month; what it lacks follows from the output gap, and that from unemployment.

    Where unemployment has left its calm level before the first month, so have output and demand, by Okun's law.
    """
    given, elasticity, calm, months = settings.published, settings.elasticity, calm_of(settings), empty()
    begun = -elasticity.output_to_unemployment * (given.unemployment[0] - calm.unemployment)
    places = range(len(given.unemployment))
    read = _read(given, BESIDE_JOBS, places, 0, luck, length)
    before = _of_output(elasticity, luck.severity * begun)[1]
    known = {field.name: getattr(given.demand, field.name) for field in fields(given.demand)}
    for month, support in enumerate(_supports(read, luck.severity)):
        at = month - luck.delay
        rise = luck.severity * (interpolate(places, given.unemployment, at) - calm.unemployment)
        gap = -elasticity.output_to_unemployment * rise
        if given.output_gap:
            gap = luck.severity * (interpolate(places, given.output_gap, at) - given.output_gap[0] + begun)
        rate = calm.policy_rate
        if given.policy_rate:
            rate += luck.severity * (interpolate(places, given.policy_rate, at) - calm.policy_rate)
        unemployment = _level(calm.unemployment, rise)
        a_year_before = months.unemployment[month - YEAR] if month >= YEAR else calm.unemployment
        stress = min(max((unemployment - a_year_before) / elasticity.stress_rise, 0.0), 1.0)
        income, demand = _of_output(elasticity, gap)
        harvest = _worse(read["harvest"][month], luck.severity)
        funding = _withheld(read["funding"][month], luck.severity)
        own_account = _worse(read["self_employed_income"][month], luck.severity)
        append(months, unemployment, income, rate, stress, CALM, harvest, funding, 1.0, own_account, support)
        for sector, name in enumerate(SECTORS):
            if known[name]:
                index = interpolate(places, known[name], at) / known[name][0]
                demand[sector] = _bounded_log(luck.severity * log(index) + before[sector])
        append_demand(months, demand)
    return months


def _of_output(elasticity: ElasticitySettings, gap: float) -> tuple[float, list[float]]:
    """Return the factor on earnings and the log demand by sector that go with an output gap."""
    output = log(max(1.0 + gap, LOWEST_FACTOR))
    income = exp(_bounded_log(elasticity.income_to_output * output))
    return income, _by_sensitivity(elasticity.demand_to_output * output)


def _sinusoidal(settings: EconomySettings, luck: Luck, length: int) -> Months:
    cycle, elasticity, calm, months = settings.cycle, settings.elasticity, calm_of(settings), empty()
    for month in range(length):
        swing = luck.severity * sine_of_turns((month - luck.delay + cycle.phase) / cycle.period)
        rise, rate = cycle.amplitude * swing, calm.policy_rate - cycle.policy_rate_amplitude * swing
        income, demand = _of_output(elasticity, -elasticity.output_to_unemployment * rise)
        append(months, _level(calm.unemployment, rise), income, rate, max(swing, 0.0), CALM)
        append_demand(months, demand)
    return months


def incomes_by_sector(elasticity: ElasticitySettings, months: Months) -> NDArray[np.float64]:
    """Divide the income factor over sectors by how much those who work there live on its demand.

    The elasticity of a sector mixes wages and turnover by its share of self-employed. Without luck of sectors
    the mean over employment shares is the scenario's own income factor; a sector's luck then adds to it.

    Parameters
    ----------
    elasticity : ElasticitySettings
        ``wage_to_demand`` and ``turnover_to_demand``.
    months : Months
        Income in general, demand by sector.

    Returns
    -------
    float64[months, sectors]
        Factors.
    """
    powers = np.array(
        [elasticity.wage_to_demand * (1.0 - own) + elasticity.turnover_to_demand * own for own in SELF_EMPLOYED_SHARES]
    )
    usual = each(exponential_function, powers * np.array(months.log_demand_central))
    mean = [[math.fsum(row)] for row in (np.array(EMPLOYMENT_SHARES) * usual).tolist()]
    moved = each(exponential_function, powers * np.array(months.log_demand))
    return np.clip(np.array(months.income)[:, None] * moved / mean, LOWEST_FACTOR, HIGHEST_FACTOR)


def separation_tilts(elasticity: ElasticitySettings, months: Months) -> NDArray[np.float64]:
    """Return relative chances of job loss, float64[months, sectors]: demand to the power of -elasticity."""
    power = -elasticity.separation_to_demand
    return each(exponential_function, power * np.array(months.log_demand))
