"""Prices of new lending: flat, or by risk, under a cap, with relief in downturns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from sim.engine.loops.stage import Stage, stage
from sim.engine.tables.declare import as_in, setting
from sim.lender.policies.scoring import probability_of_default

BEYOND_ANY_CAP = 1e9  # a year: no price pays for a loan on which nothing is earned
USUAL_RATE = 0.146  # a year, 0.04 % a day: the most common


class PriceFlat(NamedTuple):
    """What `price_flat` leaves."""

    offer_rate: float


@stage()
def price_flat(flat_rate: float, rate_cap: float) -> PriceFlat:
    """One price for everybody."""
    return PriceFlat(offer_rate=min(flat_rate, rate_cap))


class FindBreakEven(NamedTuple):
    """What `find_break_even` leaves."""

    break_even: float


@stage()
def find_break_even(
    score: float,
    score_intercept: float,
    cover_part: float,
    own_share: float,
    margin_share: float,
    funding_rate: float,
    target_capital_ratio: float,
    price_capital: float,
    price_cost: float,
    premium_cost: float,
    capital_relief: float,
    whole_loss: float,
    loss_share: float,
) -> FindBreakEven:
    """Price at which a loan breaks even.

    Of a yuan lent the lender pays for funding and capital of its own part, servicing, premium, and PD x LGD of the
    loss that it keeps. It earns on its own part, and a fee on its partners', from those who do not default within
    the year: income x price x (1 - PD) = funding + capital + cost + premium + PD x LGD kept. What a guarantor stands
    for takes its risk weight, and so less capital (Basel III, CRE22).
    """
    default = probability_of_default(score, score_intercept)
    outside = 1.0 - cover_part
    funded = outside + cover_part * own_share
    kept = outside * whole_loss + cover_part * loss_share
    capital = target_capital_ratio * (price_capital - funding_rate)
    needed = funded * (funding_rate + capital) + price_cost + cover_part * premium_cost + default * kept
    needed -= cover_part * capital_relief * capital
    earned = (outside + cover_part * margin_share) * (1.0 - default)
    return FindBreakEven(break_even=needed / earned if earned > 0.0 else BEYOND_ANY_CAP)


class PriceByRisk(NamedTuple):
    """What `price_by_risk` leaves."""

    offer_rate: float


@stage()
def price_by_risk(
    break_even: float,
    price_margin: float,
    price_relief: float,
    unemployment_gap: float,
    rate_floor: float,
    rate_cap: float,
    cap_multiple: float,
    policy_rate: float,
) -> PriceByRisk:
    """Price at which a loan breaks even, and a margin, between floor and caps.

    ``price_relief`` lowers the price while unemployment is above normal. ``cap_multiple`` caps it at a multiple of
    the policy rate.
    """
    cap = min(rate_cap, cap_multiple * policy_rate)
    price = break_even + price_margin - price_relief * unemployment_gap
    return PriceByRisk(offer_rate=min(max(price, rate_floor), cap))


class Prices:
    """What every way to set prices answers."""

    stages: ClassVar[tuple[Stage, ...]]

    @property
    def flat_offer(self) -> float:
        """Annual rate on the file of those whom no price has been worked out for."""
        return USUAL_RATE


@dataclass(frozen=True)
class Flat(Prices):
    """One price for everybody."""

    name: str = setting("flat", meaning="one price for everybody", choices=("flat",))
    flat_rate: float = setting(
        USUAL_RATE, 0.0, 0.36, unit="a year", meaning="price of new lending (0.04 % a day: the most common)"
    )
    rate_cap: float = setting(0.24, 0.0, 0.36, unit="a year", meaning="legal cap (notice in force 2025-10-01)")
    stages: ClassVar[tuple[Stage, ...]] = (price_flat,)

    @property
    def flat_offer(self) -> float:
        """The one price."""
        return self.flat_rate


@dataclass(frozen=True)
class RiskBased(Prices):
    """The price covers funding, cost, expected loss kept, capital and a margin, out of what those who pay bring."""

    name: str = setting("risk_based", meaning="price by estimated risk", choices=("risk_based",))
    price_cost: float = setting(0.025, 0.0, 0.2, unit="a year", meaning="servicing cost in the price")
    price_capital: float = setting(
        0.12, 0.0, 1.0, unit="a year of the capital held", meaning="return asked on capital (assumption)"
    )
    price_margin: float = setting(0.03, -0.1, 0.2, unit="a year", meaning="margin in the price")
    price_relief: float = setting(
        0.0, 0.0, 5.0, unit="a year per unit of unemployment", meaning="fall of the price in downturns"
    )
    rate_floor: float = setting(0.073, 0.0, 0.36, unit="a year", meaning="lowest price (0.02 % a day)")
    rate_cap: float = as_in(Flat, "rate_cap", 0.24)
    cap_multiple: float = setting(100.0, 1.0, 100.0, unit="times the policy rate", meaning="cap that moves with it")
    stages: ClassVar[tuple[Stage, ...]] = (find_break_even, price_by_risk)


@dataclass(frozen=True)
class Capped(RiskBased):
    """By risk under the courts' cap, four times the loan prime rate: 15.4 % in August 2020."""

    name: str = setting("capped", meaning="by risk under four times the prime rate", choices=("capped",))
    cap_multiple: float = as_in(RiskBased, "cap_multiple", 4.0)


@dataclass(frozen=True)
class DownturnRelief(RiskBased):
    """By risk, and cheaper while unemployment is above normal."""

    name: str = setting("downturn_relief", meaning="by risk, cheaper in downturns", choices=("downturn_relief",))
    price_relief: float = setting(
        0.6, 0.0, 5.0, unit="a year per unit of unemployment", meaning="fall of the price in downturns (assumption)"
    )


OPTIONS: dict[str, type] = {"flat": Flat, "risk_based": RiskBased, "capped": Capped, "downturn_relief": DownturnRelief}
