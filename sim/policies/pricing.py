"""Prices of new lending: flat, or by risk, under the 24 % cap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.kernels.stage import Stage, stage
from sim.policies.scoring import probability_of_default
from sim.tables.declare import setting


@stage("offer_rate")
def price_flat(flat_rate: float, rate_cap: float) -> float:
    """One price for everybody."""
    return min(flat_rate, rate_cap)


@stage("offer_rate")
def price_by_risk(
    score: float,
    score_intercept: float,
    funding_rate: float,
    loss_share: float,
    whole_loss: float,
    cover_part: float,
    price_margin: float,
    price_cost: float,
    rate_floor: float,
    rate_cap: float,
) -> float:
    """Funding + cost + PD x LGD kept + margin, between floor and cap."""
    default = probability_of_default(score, score_intercept)
    kept = (1.0 - cover_part) * whole_loss + cover_part * loss_share
    return min(max(funding_rate + price_cost + default * kept + price_margin, rate_floor), rate_cap)


@dataclass(frozen=True)
class Flat:
    """One price for everybody."""

    name: str = setting("flat", meaning="one price for everybody", choices=("flat",))
    flat_rate: float = setting(
        0.146, 0.0, 0.36, unit="a year", meaning="price of new lending (0.04 % a day: the most common)"
    )
    rate_cap: float = setting(0.24, 0.0, 0.36, unit="a year", meaning="legal cap (notice in force 2025-10-01)")
    stages: ClassVar[tuple[Stage, ...]] = (price_flat,)


@dataclass(frozen=True)
class RiskBased:
    """The price covers funding, cost, expected loss kept and a margin."""

    name: str = setting("risk_based", meaning="price by estimated risk", choices=("risk_based",))
    price_cost: float = setting(0.025, 0.0, 0.2, unit="a year", meaning="servicing cost in the price")
    price_margin: float = setting(0.04, -0.1, 0.2, unit="a year", meaning="margin in the price")
    rate_floor: float = setting(0.073, 0.0, 0.36, unit="a year", meaning="lowest price (0.02 % a day)")
    rate_cap: float = setting(0.24, 0.0, 0.36, unit="a year", meaning="legal cap (notice in force 2025-10-01)")
    stages: ClassVar[tuple[Stage, ...]] = (price_by_risk,)


OPTIONS: dict[str, type] = {"flat": Flat, "risk_based": RiskBased}
