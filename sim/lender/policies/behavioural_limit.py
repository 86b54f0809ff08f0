"""Limits that follow behaviour: slowly up on good use, quickly down on weak signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from sim.engine.loops.stage import Stage, stage
from sim.engine.tables.declare import as_in, setting
from sim.lender.policies.kinds import Limits
from sim.lender.policies.reviewing import SMALLEST, SetLimit, call_for_review, opening_limit
from sim.lender.policies.warning import in_force
from sim.loan.states import LARGEST

COMMITTED = 12  # months for which a firm's line is granted: a credit card has no such term


class FindWeakSign(NamedTuple):
    """What `find_weak_sign` leaves."""

    weak_sign: int


@stage(where="alive limit_review")
def find_weak_sign(
    score: float,
    inflow_fast: float,
    inflow_slow: float,
    months_past_due: int,
    alert: int,
    alert_hold: int,
    cut_score: float,
    cut_tightening: float,
    cut_inflow_drop: float,
    cut_late: int,
    unemployment_gap: float,
    appetite_points: float,
) -> FindWeakSign:
    """Whether the score, arrears, a warning or the inflow speak for a cut.

    With ``cut_tightening`` the score under which limits are cut rises with unemployment. Without ``cut_late`` the
    limit of an account past due stays: it cannot draw in any case.
    """
    if months_past_due > 0:
        return FindWeakSign(weak_sign=cut_late)
    weak = (
        score < cut_score + cut_tightening * unemployment_gap - appetite_points
        or in_force(alert, alert_hold)
        or inflow_fast < (1.0 - cut_inflow_drop) * inflow_slow
    )
    return FindWeakSign(weak_sign=1 if weak else 0)


def is_moved(limit: int, weak_sign: int, principal: int, score: float, raise_score: float) -> bool:
    """Whether a limit may be set, cut or raised."""
    return limit == 0 or weak_sign != 0 or (score >= raise_score and 3 * principal > limit)


@stage(where="alive limit_review", when=is_moved)
def behave_limit(
    limit: int,
    weak_sign: int,
    principal: int,
    score: float,
    inflow_slow: float,
    delinquency_memory: float,
    months_on_book: int,
    opening_multiple: float,
    limit_cap: int,
    raise_score: float,
    raise_share: float,
    cut_share: float,
    largest_multiple: float,
) -> SetLimit:
    """Raise slowly on good use, cut quickly on weak signs (asymmetric), within a largest multiple."""
    if limit == 0:
        return SetLimit(limit=opening_limit(inflow_slow, opening_multiple, limit_cap), limits_raised=0, limits_cut=0)
    if weak_sign:
        lower = min(max(int(limit * (1.0 - cut_share)) // 10_000 * 10_000, SMALLEST), limit)
        return SetLimit(limit=lower, limits_raised=0, limits_cut=1 if lower < limit else 0)
    ceiling = opening_limit(inflow_slow, largest_multiple, limit_cap)
    used = 3 * principal > limit
    if score >= raise_score and used and delinquency_memory < 0.5 and months_on_book >= 6 and limit < ceiling:
        higher = min(int(limit * (1.0 + raise_share)) // 10_000 * 10_000 + 10_000, ceiling)
        return SetLimit(limit=higher, limits_raised=1, limits_cut=0)
    return SetLimit(limit=limit, limits_raised=0, limits_cut=0)


@dataclass(frozen=True)
class Behavioural(Limits):
    """Limits follow behaviour: slowly up, quickly down."""

    name: str = setting("behavioural", meaning="limit follows behaviour", choices=("behavioural",))
    opening_multiple: float = setting(4.0, 0.0, 60.0, unit="months of inflow seen", meaning="opening limit")
    limit_cap: int = setting(30_000_000, 0, LARGEST, unit="fen", meaning="largest limit")
    review_interval: int = setting(3, 1, 120, unit="months", meaning="time between two reviews of a line")
    raise_score: float = setting(660.0, 350.0, 950.0, unit="points", meaning="raise from here")
    raise_share: float = setting(0.10, 0.0, 5.0, unit="share of the limit", meaning="size of a raise")
    cut_score: float = setting(560.0, 350.0, 950.0, unit="points", meaning="cut below")
    cut_share: float = setting(0.30, 0.0, 1.0, unit="share of the limit", meaning="size of a cut")
    cut_tightening: float = setting(
        0.0,
        0.0,
        20_000.0,
        unit="points per unit of unemployment",
        meaning="rise of that score while unemployment is above normal",
    )
    cut_inflow_drop: float = setting(0.30, 0.0, 1.0, unit="share", meaning="cut when inflow falls by this")
    cut_late: bool = setting(
        True, meaning="limits of accounts past due are cut (true), or their draws stop alone (false)"
    )
    largest_multiple: float = setting(6.0, 0.0, 60.0, unit="months of inflow seen", meaning="no raise beyond")
    stages: ClassVar[tuple[Stage, ...]] = (call_for_review, find_weak_sign, behave_limit)

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        if self.cut_score > self.raise_score:
            return [f"policy.limit.cut_score: {self.cut_score} is above raise_score {self.raise_score}"]
        return []

    def for_firms(self, opening_multiple: float) -> dict[str, float]:
        """The largest multiple in proportion to the opening one, and no review before the year is over."""
        scale = opening_multiple / self.opening_multiple if self.opening_multiple > 0 else 1.0
        return {
            "largest_multiple": min(scale * self.largest_multiple, 60.0),
            "review_interval": max(self.review_interval, COMMITTED),
        }


@dataclass(frozen=True)
class UnitedStatesCards(Behavioural):
    """Limits follow behaviour, and more of them are cut while unemployment is above normal.

    In 2008 one holder in six of a card in the United States had a limit cut (LendingTree, 2020).
    """

    name: str = setting("us_cards", meaning="follows behaviour, tightens in downturns", choices=("us_cards",))
    cut_score: float = as_in(Behavioural, "cut_score", 485.0)
    cut_tightening: float = as_in(Behavioural, "cut_tightening", 2100.0)
    cut_late: bool = as_in(Behavioural, "cut_late", False)
