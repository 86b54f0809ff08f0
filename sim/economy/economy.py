"""The economy of one replication: ask it for a month."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.economy.arithmetic import exp, log
from sim.economy.environment import Environment
from sim.economy.hazards import Hazards, calm_flows, hazards_along
from sim.economy.months import calm_of
from sim.economy.paths import build_months, incomes_by_sector, separation_tilts
from sim.economy.scenario import HARVEST_RANGE
from sim.economy.sectors import SECTORS, frozen_array
from sim.economy.settings import EconomySettings, IncomeSettings
from sim.economy.systematic import harvest_factors
from sim.engine.loops.order import each
from sim.engine.loops.transforms import exponential_function

YEAR = 12
FIRST_LENGTH = 64


Stress = TypeVar("Stress", float, NDArray[np.float64])


def monthly_volatility(income: IncomeSettings, stress: Stress) -> Stress:
    """Turn annual income risk into the standard deviation of a monthly innovation.

    Parameters
    ----------
    income : IncomeSettings
        Annual standard deviations at peak and trough (Storesletten, Telmer and Yaron 2004: 0.12 and 0.21),
        annual persistence rho, and the share of the variance that is unemployment.
    stress : float or array of float
        0 is the peak, 1 the trough; straight line between and beyond.

    Returns
    -------
    float or array of float
        ``sd sqrt(1 - share) sqrt((1 - rho_m^2) / (1 - rho^2))`` with ``rho_m = rho^(1/12)``: the monthly
        process then has the annual one's long-run variance.
    """
    annual = income.volatility_peak + stress * (income.volatility_trough - income.volatility_peak)
    annual *= math.sqrt(1.0 - income.unemployment_share)
    if income.persistence == 0.0:
        return annual
    monthly = exp(log(income.persistence) / YEAR)
    return annual * math.sqrt((1.0 - monthly * monthly) / (1.0 - income.persistence * income.persistence))


class Economy:
    """Environment by month for one scenario and one seed.

    A month is a function of (settings, seed, month, credit growth) and of nothing else: no call changes what
    another returns. Months before the policy date (``month < 0``) are calm and the same for every seed.

    Parameters
    ----------
    settings : EconomySettings
        Scenario.
    seed : int
        Seed of the replication.

    Raises
    ------
    ValueError
        When the settings contradict themselves (the first problem of ``settings.check()``).
    """

    def __init__(self, settings: EconomySettings, seed: int) -> None:
        problems = settings.check()
        if problems:
            raise ValueError(problems[0])
        self.settings = settings
        self.seed = int(seed)
        self._calendar_start = _calendar_start(settings)
        self._highest_log = log(settings.credit_feedback.highest)
        self._burn_in = self._calm_year()
        self._extend(max(FIRST_LENGTH, self.horizon or 0))

    @property
    def horizon(self) -> int | None:
        """Months that the path has of its own, or None when it goes on for as long as it is asked."""
        return len(self.settings.published.unemployment) if self.settings.is_published else None

    @property
    def hazards(self) -> Hazards:
        """Chances by month from the policy date on, without the credit feedback; not to be written to."""
        return self._hazards

    def month(self, month: int, credit_growth: float = 0.0) -> Environment:
        """Return one month.

        Parameters
        ----------
        month : int
            Months from the policy date; negative months are the calm burn-in. After the end of a published
            path its last month goes on.
        credit_growth : float
            Growth of loans outstanding in the month before, fraction, relative to its trend in calm times.

        Returns
        -------
        Environment
            Read-only.
        """
        if month < 0:
            return self._burn_in[month % YEAR]
        if month >= len(self._ahead):
            self._extend(2 * month)
        ahead = self._ahead[month]
        feedback = self.settings.credit_feedback
        if feedback.strength == 0.0 or credit_growth >= -feedback.threshold:
            return ahead
        log_factor = min(feedback.strength * (-credit_growth - feedback.threshold), self._highest_log)
        raised = np.minimum(ahead.separation_by_sector * exp(log_factor), self.settings.labour.highest_separation)
        raised.setflags(write=False)
        return dataclasses.replace(ahead, separation_by_sector=raised)

    def calm_key(self) -> tuple[object, ...]:
        """Return all that the burn-in depends on: economies with equal keys may share one."""
        return calm_key(self.settings)

    def state(self) -> dict[str, float]:
        """Return what a checkpoint must keep: nothing, because every month is a function of its number."""
        return {}

    def restore(self, state: dict[str, float]) -> None:
        """Take a checkpoint's numbers back; there are none."""

    def _calm_year(self) -> list[Environment]:
        """Twelve calm months; entry k serves all negative months that leave k when divided by 12."""
        calm = calm_of(self.settings)
        flows = calm_flows(self.settings.labour, calm.unemployment)
        ones = frozen_array([1.0] * len(SECTORS))
        return [
            Environment(
                unemployment=calm.unemployment,
                unemployment_calm=calm.unemployment,
                separation_by_sector=frozen_array([flows.separation] * len(SECTORS)),
                finding_by_sector=frozen_array([flows.finding] * len(SECTORS)),
                income_by_sector=ones,
                income_volatility=monthly_volatility(self.settings.income, 0.0),
                policy_rate=calm.policy_rate,
                demand_by_sector=ones,
                harvest_by_region=frozen_array([1.0] * self.settings.regions),
                funding=1.0,
                season=float(self.settings.season[(self._calendar_start + place) % YEAR]),
                calendar_month=(self._calendar_start + place) % YEAR,
            )
            for place in range(YEAR)
        ]

    def _extend(self, length: int) -> None:
        """Lay out months up to ``length``; those laid out before come out the same."""
        self._ahead, self._hazards = _laid_out(self.settings, self.seed, length)


# All arms of a comparison meet the same months: what is built for one serves the others.
@functools.lru_cache(maxsize=16)
def _laid_out(settings: EconomySettings, seed: int, length: int) -> tuple[tuple[Environment, ...], Hazards]:
    months, calm, start = build_months(settings, seed, length), calm_of(settings), _calendar_start(settings)
    tilts = separation_tilts(settings.elasticity, months)
    hazards = hazards_along(settings.labour, calm.unemployment, months.unemployment, tilts.tolist())
    harvests = harvest_factors(settings.systematic, seed, settings.regions, (start + length) // YEAR + 1)
    separations, incomes = (
        frozen_array(hazards.separation),
        frozen_array(incomes_by_sector(settings.elasticity, months)),
    )
    findings = frozen_array(np.repeat(np.array(hazards.finding)[:, None], len(SECTORS), axis=1))
    demands = frozen_array(each(exponential_function, months.log_demand))
    volatilities = monthly_volatility(settings.income, np.array(months.stress)).tolist()
    ahead = tuple(
        Environment(
            unemployment=hazards.unemployment[month],
            unemployment_calm=calm.unemployment,
            separation_by_sector=separations[month],
            finding_by_sector=findings[month],
            income_by_sector=incomes[month],
            income_volatility=volatilities[month],
            policy_rate=months.policy_rate[month],
            demand_by_sector=demands[month],
            harvest_by_region=_harvests(months.harvest[month], harvests[(start + month) // YEAR]),
            funding=months.funding[month],
            season=float(settings.season[(start + month) % YEAR]),
            calendar_month=(start + month) % YEAR,
            fraud=months.fraud[month],
            regime=months.regime[month],
            stress=months.stress[month],
            self_employed_income=months.self_employed_income[month],
            support=months.support[month],
        )
        for month in range(length)
    )
    return ahead, hazards


def _harvests(everywhere: float, own: list[float]) -> NDArray[np.float64]:
    low, high = HARVEST_RANGE
    return frozen_array([min(max(everywhere * factor, low), high) for factor in own])


def calm_key(settings: EconomySettings) -> tuple[object, ...]:
    """Return all that the burn-in takes from the settings, without laying out a month."""
    calm, volatility = calm_of(settings), monthly_volatility(settings.income, 0.0)
    finding, start = settings.labour.finding_calm, _calendar_start(settings)
    return (*dataclasses.astuple(calm), finding, volatility, start, tuple(settings.season), settings.regions)


def _calendar_start(settings: EconomySettings) -> int:
    """Return the calendar month of the policy date: that of a published path's first figure, if named."""
    first = settings.published.first_month
    if settings.is_published and first:
        return int(first.split("-")[1]) - 1
    return settings.calendar_start
