"""Limits: how much a line allows, from the book alone. Reviews are spread over the interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.engine.loops.stage import Stage, stage
from sim.engine.tables.declare import as_in, setting
from sim.lender.policies.behavioural_limit import Behavioural, UnitedStatesCards
from sim.lender.policies.kinds import Limits
from sim.lender.policies.reviewing import SMALLEST, SetLimit, call_for_review, moved, opening_limit, reviewed_limit
from sim.loan.annuity import annuity_factor
from sim.loan.states import LARGEST, LINE_OPEN

WITH_CYCLE = "policy.limit.cycle_slope!=0"


def has_no_limit(line: int, limit: int) -> bool:
    """Whether a line is open and has no limit yet."""
    return line == LINE_OPEN and limit == 0


@stage(where="alive line", when=has_no_limit)
def keep_limit(line: int, limit: int, inflow_slow: float, opening_multiple: float, limit_cap: int) -> SetLimit:
    """Set the limit once, when the line opens."""
    if line == LINE_OPEN and limit == 0:
        return SetLimit(limit=opening_limit(inflow_slow, opening_multiple, limit_cap), limits_raised=0, limits_cut=0)
    return SetLimit(limit=limit, limits_raised=0, limits_cut=0)


@stage(where="alive limit_review")
def tier_limit(
    limit: int,
    score: float,
    inflow_slow: float,
    opening_multiple: float,
    limit_cap: int,
    high_tier_score: float,
    low_tier_score: float,
    high_tier_factor: float,
    low_tier_factor: float,
) -> SetLimit:
    """Set the limit by tier of the score at every review: high, middle, low."""
    factor = high_tier_factor if score >= high_tier_score else low_tier_factor if score < low_tier_score else 1.0
    wanted = reviewed_limit(inflow_slow, opening_multiple * factor, limit_cap)
    return SetLimit(limit=wanted, limits_raised=1 if wanted > limit > 0 else 0, limits_cut=1 if wanted < limit else 0)


@stage(where="alive limit_review")
def follow_income(
    limit: int,
    inflow_slow: float,
    opening_multiple: float,
    limit_cap: int,
    largest_raise: float,
    largest_cut: float,
    cycle_slope: float,
    lowest_cycle: float,
    highest_cycle: float,
    unemployment_gap: float,
) -> SetLimit:
    """Set the limit to a multiple of inflow seen at every review, the multiple moving with the cycle.

    With a ``cycle_slope`` of 0 the limit follows income alone. Above 0 it leans against the cycle: limits
    widen while unemployment is above normal. Below 0 it swings with the cycle, as supply of card credit did
    in 2008-2009 (Agarwal, Chomsisengphet, Mahoney and Stroebel, 2018).
    """
    cycle = min(max(1.0 + cycle_slope * unemployment_gap, lowest_cycle), highest_cycle)
    wanted = reviewed_limit(inflow_slow, opening_multiple * cycle, limit_cap)
    new = moved(limit, wanted, largest_raise, largest_cut)
    return SetLimit(limit=new, limits_raised=1 if new > limit > 0 else 0, limits_cut=1 if new < limit else 0)


@stage(where="alive limit_review")
def cap_debt_service(
    limit: int,
    inflow_slow: float,
    bureau_debt: int,
    offer_rate: float,
    offer_term: int,
    opening_multiple: float,
    limit_cap: int,
    largest_raise: float,
    largest_cut: float,
    service_cap: float,
    service_elsewhere: float,
    minimum_payment_share: float,
) -> SetLimit:
    """Set the limit so that instalments, known ones elsewhere included, stay within a share of inflow.

    The limit is the present value of what is left of ``service_cap`` times inflow after the service of the
    debt that the bureau shows, and never above the income multiple.
    """
    affordable = max(service_cap * inflow_slow - service_elsewhere * bureau_debt, 0.0)
    if offer_term > 0:
        bearable = affordable * annuity_factor(offer_rate, offer_term)
    else:
        bearable = affordable / (minimum_payment_share + offer_rate / 12.0)
    most = reviewed_limit(inflow_slow, opening_multiple, limit_cap)
    wanted = min(max(int(min(bearable, LARGEST)) // 10_000 * 10_000, SMALLEST), most)
    new = moved(limit, wanted, largest_raise, largest_cut)
    return SetLimit(limit=new, limits_raised=1 if new > limit > 0 else 0, limits_cut=1 if new < limit else 0)


@dataclass(frozen=True)
class Fixed(Limits):
    """The limit of the opening day stays."""

    name: str = setting("fixed", meaning="limit set at opening and kept", choices=("fixed",))
    opening_multiple: float = setting(4.0, 0.0, 60.0, unit="months of inflow seen", meaning="opening limit")
    limit_cap: int = setting(
        30_000_000,
        0,
        LARGEST,
        unit="fen",
        meaning="largest limit (300 000 yuan: draft rule of 2020-11-02)",
    )
    stages: ClassVar[tuple[Stage, ...]] = (keep_limit,)


@dataclass(frozen=True)
class Tiered(Limits):
    """Limits by tier of the score."""

    name: str = setting("tiered", meaning="limit by score tier", choices=("tiered",))
    opening_multiple: float = setting(4.0, 0.0, 60.0, unit="months of inflow seen", meaning="limit of the middle tier")
    limit_cap: int = setting(30_000_000, 0, LARGEST, unit="fen", meaning="largest limit")
    review_interval: int = setting(6, 1, 120, unit="months", meaning="time between two reviews of a line")
    high_tier_score: float = setting(680.0, 350.0, 950.0, unit="points", meaning="high tier from here")
    low_tier_score: float = setting(600.0, 350.0, 950.0, unit="points", meaning="low tier below")
    high_tier_factor: float = setting(1.4, 0.0, 10.0, unit="factor", meaning="limit of the high tier")
    low_tier_factor: float = setting(0.5, 0.0, 10.0, unit="factor", meaning="limit of the low tier")
    stages: ClassVar[tuple[Stage, ...]] = (call_for_review, tier_limit)

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        if self.low_tier_score > self.high_tier_score:
            return [
                f"policy.limit.low_tier_score: {self.low_tier_score} is above high_tier_score {self.high_tier_score}"
            ]
        return []


@dataclass(frozen=True)
class IncomeMultiple(Limits):
    """Limits follow the inflow seen."""

    name: str = setting("income_multiple", meaning="limit follows the inflow seen", choices=("income_multiple",))
    opening_multiple: float = setting(4.0, 0.0, 60.0, unit="months of inflow seen", meaning="limit")
    limit_cap: int = setting(30_000_000, 0, LARGEST, unit="fen", meaning="largest limit")
    review_interval: int = setting(3, 1, 120, unit="months", meaning="time between two reviews of a line")
    largest_raise: float = setting(
        0.20, 0.0, 5.0, unit="share of the limit", meaning="largest raise at a review (assumption)"
    )
    largest_cut: float = setting(
        0.30, 0.0, 1.0, unit="share of the limit", meaning="largest cut at a review (assumption)"
    )
    cycle_slope: float = setting(
        0.0, -50.0, 50.0, unit="per unit of unemployment", meaning="how the multiple moves with unemployment"
    )
    lowest_cycle: float = setting(
        0.5, 0.0, 1.0, unit="factor", meaning="smallest factor of the cycle (assumption)", needs=WITH_CYCLE
    )
    highest_cycle: float = setting(
        1.5, 1.0, 5.0, unit="factor", meaning="largest factor of the cycle (assumption)", needs=WITH_CYCLE
    )
    stages: ClassVar[tuple[Stage, ...]] = (call_for_review, follow_income)


@dataclass(frozen=True)
class Countercyclical(IncomeMultiple):
    """Limits follow the inflow seen and widen in downturns."""

    name: str = setting("countercyclical", meaning="limit widens in downturns", choices=("countercyclical",))
    cycle_slope: float = setting(
        6.0, 0.0, 50.0, unit="per unit of unemployment", meaning="rise of the multiple with unemployment (assumption)"
    )


@dataclass(frozen=True)
class Procyclical(IncomeMultiple):
    """Limits follow the inflow seen and shrink in downturns."""

    name: str = setting("procyclical", meaning="limit shrinks in downturns", choices=("procyclical",))
    cycle_slope: float = setting(
        -6.0, -50.0, 0.0, unit="per unit of unemployment", meaning="fall of the multiple with unemployment (assumption)"
    )


@dataclass(frozen=True)
class DebtServiceCapped(Limits):
    """Limits keep instalments within a share of the inflow seen."""

    name: str = setting(
        "debt_service_capped",
        meaning="limit keeps instalments within a share of inflow",
        choices=("debt_service_capped",),
    )
    opening_multiple: float = setting(4.0, 0.0, 60.0, unit="months of inflow seen", meaning="never more than this")
    limit_cap: int = setting(30_000_000, 0, LARGEST, unit="fen", meaning="largest limit")
    review_interval: int = setting(3, 1, 120, unit="months", meaning="time between two reviews of a line")
    largest_raise: float = as_in(IncomeMultiple, "largest_raise", 0.20)
    largest_cut: float = as_in(IncomeMultiple, "largest_cut", 0.30)
    service_cap: float = setting(
        0.30, 0.0, 2.0, unit="share of inflow seen", meaning="instalments that the inflow may bear (assumption)"
    )
    service_elsewhere: float = setting(
        0.08,
        0.0,
        1.0,
        unit="a month of debt elsewhere",
        meaning="service of debt that the bureau shows (assumption)",
        needs="bureau!=none",
    )
    stages: ClassVar[tuple[Stage, ...]] = (call_for_review, cap_debt_service)


OPTIONS: dict[str, type] = {
    "fixed": Fixed,
    "tiered": Tiered,
    "behavioural": Behavioural,
    "us_cards": UnitedStatesCards,
    "income_multiple": IncomeMultiple,
    "countercyclical": Countercyclical,
    "procyclical": Procyclical,
    "debt_service_capped": DebtServiceCapped,
}
