"""The month's numbers that rules read: settings, the economy, the lender and the scheme, by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.economy.arithmetic import normal_quantile
from sim.economy.environment import Environment
from sim.economy.sectors import SELF_EMPLOYED_SHARES
from sim.engine.tables.numbers import Numbers, numbers_of
from sim.lender.lender import Lender
from sim.loan.states import MONTHS_LAST
from sim.persons.behaviour import BehaviourSettings
from sim.persons.population import PopulationSettings
from sim.sharing.state import RiskSharing

YEAR = 12.0


# Neutral elements of what some options leave out.
NEUTRAL: Mapping[str, float | int] = {
    "clock_frozen": 1,
    "large_outflow": 1.0,
    "alert_hold": 0,
    "alert_cost": 0,
    "review_cost": 0,
    "education_cost": 0,
    "review_weight": 0.0,
    "referral_cost": 0,
}


def standing_numbers(config: Any, calm_volatility: float, sector_shares: tuple[float, ...]) -> Numbers:
    """Numbers that stay for the whole run.

    Parameters
    ----------
    config : Config
        Resolved configuration.
    calm_volatility : float
        Monthly sd of income innovations in calm times.
    sector_shares : tuple of float
        Employment shares by sector; they sum to 1.

    Raises
    ------
    NameTakenError
        When two groups of the configuration set one name.
    """
    behaviour, population, lender = config.behaviour, config.population, config.lender
    persistence = math.pow(behaviour.income_persistence_annual, 1.0 / YEAR)
    spread = calm_volatility / math.sqrt(1.0 - persistence * persistence) if persistence < 1.0 else 0.0
    policy = config.policy
    cuts = np.cumsum(sector_shares)
    numbers = Numbers()
    for owner, given in (
        ("behaviour", numbers_of(behaviour)),
        ("population", population.environment()),
        ("lender", numbers_of(lender)),
        ("what some options leave out", NEUTRAL),
        ("bureau", {**numbers_of(config.bureau), **config.bureau.numbers()}),
        ("fraud", numbers_of(config.fraud)),
        ("regulation", config.regulation.numbers()),
        ("scoring", policy.scoring.numbers()),
        ("policy.collections", {**numbers_of(policy.collections), **policy.collections.numbers()}),
        *((f"policy.{name}", numbers_of(chosen)) for name, chosen in vars(policy).items() if name != "collections"),
        ("forbearance", numbers_of(config.economy.forbearance)),
        ("sectors", {f"sector_cut_{k + 1}": float(cuts[k]) for k in range(5)}),
        ("the self-employed", {"self_employed_share_by_sector": np.array(SELF_EMPLOYED_SHARES)}),
        ("income", {f"income_cut_{k}": income_quantile(population, k / 10.0) for k in range(1, 10)}),
    ):
        numbers.give(owner, given)
    return numbers.give(
        "what follows from settings",
        {
            "income_persistence": persistence,
            "transitory_spread": spread,
            "low_income": low_income_of(population),
            "pressure_by_months_past_due": policy.collections.pressure(),
            "sale_price": 0.0,
            "flat_offer": float(policy.pricing.flat_offer),
        },
    )


def first_numbers(standing: Numbers, population: PopulationSettings, calm: Environment) -> Numbers:
    """Numbers that the rules of arriving read for the first persons, in calm times."""
    numbers = {
        "unemployment": calm.unemployment,
        "finding_mean": float(calm.finding_by_sector.mean()),
        "initial_line_share": population.initial_line_share,
        "initial_tenure": population.initial_tenure,
    }
    return Numbers(standing).give("the first persons", numbers)


def low_income_of(population: PopulationSettings) -> int:
    """Permanent income in fen a month under which a person counts as low income."""
    return income_quantile(population, min(max(population.low_income_share, 1e-9), 1.0 - 1e-9))


def income_quantile(population: PopulationSettings, share: float) -> int:
    """Permanent income in fen a month under which that share of arrivals lies."""
    return int(population.median_income * math.exp(population.income_spread * normal_quantile(share)))


def income_drift(persistence: float, volatility: float, spread: float) -> float:
    """Drift of the transitory component that keeps E[exp z] = 1.

    With z ~ N(-s^2/2, s^2) the next z has mean -(rho^2 s^2 + sigma^2)/2 when the drift is
    -sigma^2/2 + rho (1 - rho) s^2/2 (DESIGN: riskier times do not raise mean income).
    """
    return -0.5 * volatility * volatility + 0.5 * persistence * (1.0 - persistence) * spread * spread


def monthly_numbers(
    standing: Mapping[str, Any],
    behaviour: BehaviourSettings,
    economy: Environment,
    default_share: np.ndarray,
    gap: float,
    feared_gap: float,
) -> Numbers:
    """Numbers of the month: what the economy does, and what it does to caution and other lenders.

    ``gap`` is unemployment above normal as persons feel it, ``feared_gap`` the highest that they remember.
    """
    rolled_over = float(behaviour.other_due_share * (1.0 + behaviour.other_rollover_slope * gap))
    retained = max(1.0 - behaviour.other_appetite_slope * gap, 0.0)
    findings = economy.finding_by_sector
    numbers = {
        "separation_by_sector": economy.separation_by_sector,
        "finding_by_sector": findings,
        "finding_mean": float(np.add.reduce(findings) / len(findings)),
        "income_by_sector": economy.income_by_sector,
        "income_volatility": float(economy.income_volatility),
        "income_drift": income_drift(
            standing["income_persistence"], economy.income_volatility, standing["transitory_spread"]
        ),
        "unemployment": float(economy.unemployment),
        "unemployment_gap": float(gap),
        "policy_rate": float(economy.policy_rate),
        "season": float(economy.season),
        "caution": max(1.0 - behaviour.caution_slope * gap, 0.05),
        "precaution": 1.0 + behaviour.precaution_slope * feared_gap,
        "other_due_share": rolled_over,
        "squeezed_due": max(behaviour.other_run_off_share - rolled_over, 0.0),
        "other_appetite": float(behaviour.other_appetite * retained),
        "other_growth": float(behaviour.other_growth * retained),
        "default_share_by_community": default_share,
        "cut_band": -1,
        "marginal_share": 1.0,
        "covering": 0,
        # Nobody is laid off and no owner draws more or less than usual, unless firms say so.
        "firm_rows": 1,
        "firm_sectors": 0,
        "owners_stay": 0,
        "layoff_by_employer": np.zeros(1),
        "owner_share_by_owns": np.ones(1),
    }
    return Numbers(standing).give("the month", numbers)


def lending_numbers(
    sharing: RiskSharing, margins: Mapping[str, float], lender: Lender, charge_off: int, sectors_covered: np.ndarray
) -> dict[str, Any]:
    """Numbers of the month that the lender's decisions and the contract read.

    ``sectors_covered`` holds 1 for each sector whose customers are eligible, else 0.
    """
    return {
        **margins,
        "lending_open": int(not lender.failed),
        **sharing.cover_terms(),
        "premium_cost": float(sharing.premium_cost()),
        "appetite_points": float(lender.appetite),
        "unemployment_rise": float(lender.unemployment_rise),
        "parity_points": float(lender.parity_points),
        "review_share": float(lender.review_share),
        "alert_cut": float(lender.alert_cut),
        "covering": int(sharing.accepting),
        "under_cover": int(sharing.accepting or sharing.cover.outstanding + sharing.claims.outstanding > 0),
        "sector_covered_by_stated_sector": sectors_covered,
        "trigger_months": sharing.scheme.trigger_month(charge_off) if sharing.shares_anything else MONTHS_LAST + 1,
    }
