"""Early warning: who may fall behind soon, judged later against what happened.

A warning stands for twelve months, or until the balance is repaid; within them no other is given. While it
is in force (``alert_hold``) limits, freezes and recalls may act on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, NamedTuple

import numpy as np

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Places, Stage, Tally, stage
from sim.engine.tables.declare import setting
from sim.lender.policies.bureau import DEBT_ELSEWHERE

FOLLOW_UP = 12  # months in which a warning can come true
# Shipped limits and closings that no warning moves; another, a user's own too, may listen.
HEARD = (
    "policy/limit!=fixed|tiered|income_multiple|countercyclical|procyclical|debt_service_capped"
    " or policy/closing!=never|threshold|hysteresis"
)
BINS, LOWEST, WIDTH = 400, -4.0, 0.05  # of danger, for the budget


@scalar
def in_force(alert: int, alert_hold: int) -> bool:
    """Whether a warning still moves the lender's decisions."""
    return 0 < alert <= alert_hold


@scalar
def aged(alert: int, principal: int) -> int:
    """Months since the warning, a month later; 0 once it has run its time or nothing is owed."""
    return 0 if alert == 0 or alert >= FOLLOW_UP or principal == 0 else alert + 1


@scalar
def fall(inflow_fast: float, inflow_slow: float) -> float:
    """Fall of the inflow seen: three-month average against twelve-month average, as a share."""
    return min(max(1.0 - inflow_fast / (inflow_slow + 1.0), -0.5), 1.0)


class WarnOfDrop(NamedTuple):
    """What `warn_of_drop` leaves."""

    alert: int
    alerts: Tally


@stage()
def warn_of_drop(
    alert: int, principal: int, months_past_due: int, inflow_fast: float, inflow_slow: float, warning_drop: float
) -> WarnOfDrop:
    """Warn when the inflow seen has fallen by a share."""
    if alert > 0 or principal == 0 or months_past_due > 0:
        return WarnOfDrop(alert=aged(alert, principal), alerts=0)
    if fall(inflow_fast, inflow_slow) > warning_drop:
        return WarnOfDrop(alert=1, alerts=1)
    return WarnOfDrop(alert=0, alerts=0)


class WarnOfDrift(NamedTuple):
    """What `warn_of_drift` leaves."""

    alert: int
    cusum: float
    alerts: Tally


@stage()
def warn_of_drift(
    alert: int,
    cusum: float,
    principal: int,
    months_past_due: int,
    inflow_fast: float,
    inflow_slow: float,
    cusum_slack: float,
    cusum_bound: float,
) -> WarnOfDrift:
    """Warn when falls of the inflow add up: S = max(0, S + fall - slack) beyond a bound (Page, 1954)."""
    cusum = max(cusum + fall(inflow_fast, inflow_slow) - cusum_slack, 0.0)
    if alert > 0 or principal == 0 or months_past_due > 0:
        return WarnOfDrift(alert=aged(alert, principal), cusum=cusum, alerts=0)
    if cusum > cusum_bound:
        return WarnOfDrift(alert=1, cusum=0.0, alerts=1)
    return WarnOfDrift(alert=0, cusum=cusum, alerts=0)


class WeighDanger(NamedTuple):
    """What `weigh_danger` leaves."""

    danger_seen: float


@stage(where="alive principal")
def weigh_danger(
    principal: int,
    limit: int,
    payment: int,
    delinquency_memory: float,
    signal: float,
    inflow_fast: float,
    inflow_slow: float,
    bureau_debt: int,
    bureau_weight: float,
    danger_of_drop: float,
    danger_of_burden: float,
    danger_of_use: float,
    danger_of_memory: float,
    danger_of_signal: float,
) -> WeighDanger:
    """Log-odds that several signals together give to somebody's falling behind."""
    per_inflow = 1.0 / (inflow_slow + 1.0)
    danger = danger_of_drop * fall(inflow_fast, inflow_slow) + danger_of_memory * delinquency_memory
    danger += danger_of_burden * min(payment * per_inflow, 1.5) + danger_of_use * min(principal / (limit + 1.0), 1.2)
    danger += bureau_weight * DEBT_ELSEWHERE * min(bureau_debt * per_inflow / 6.0, 2.0) - danger_of_signal * signal
    return WeighDanger(danger_seen=danger)


class WarnOfDanger(NamedTuple):
    """What `warn_of_danger` leaves."""

    alert: int
    alerts: Tally
    watched: Tally
    danger_place: Annotated[int, Places(BINS)]
    danger_amount: int


@stage()
def warn_of_danger(
    alert: int,
    danger_seen: float,
    principal: int,
    months_past_due: int,
    danger_of_cycle: float,
    unemployment_gap: float,
    alert_cut: float,
) -> WarnOfDanger:
    """Warn of those whose signals together say the most, as many as the budget allows.

    The bar is where last month's dangers would have filled the budget.
    """
    if alert > 0 or principal == 0 or months_past_due > 0:
        return WarnOfDanger(alert=aged(alert, principal), alerts=0, watched=0, danger_place=0, danger_amount=0)
    place = min(max(int((danger_seen - LOWEST) / WIDTH), 0), BINS - 1)
    warned = 1 if danger_seen + danger_of_cycle * unemployment_gap > alert_cut else 0
    return WarnOfDanger(alert=warned, alerts=warned, watched=1, danger_place=place, danger_amount=1)


@dataclass(frozen=True)
class Silent:
    """No warnings."""

    name: str = setting("silent", meaning="no warnings", choices=("silent",))
    stages: ClassVar[tuple[Stage, ...]] = ()

    def next_cut(self, dangers: np.ndarray | None) -> float:
        """No budget, no bar."""
        return 0.0


@dataclass(frozen=True)
class Warned(Silent):
    """What every warning has."""

    alert_hold: int = setting(
        3, 0, FOLLOW_UP, unit="months", meaning="a warning moves decisions for so long", needs=HEARD
    )
    alert_cost: int = setting(500, 0, 1_000_000, unit="fen a warning", meaning="cost of looking at it (assumption)")


@dataclass(frozen=True)
class Drop(Warned):
    """Warn when the inflow seen drops."""

    name: str = setting("drop", meaning="warn when inflow drops", choices=("drop",))
    warning_drop: float = setting(0.30, 0.0, 1.0, unit="share of inflow", meaning="fall that warns (assumption)")
    stages: ClassVar[tuple[Stage, ...]] = (warn_of_drop,)


@dataclass(frozen=True)
class Cusum(Warned):
    """Warn when falls of the inflow add up."""

    name: str = setting("cusum", meaning="warn when falls of inflow add up", choices=("cusum",))
    cusum_slack: float = setting(
        0.10, 0.0, 1.0, unit="share of inflow", meaning="fall a month that does not count (assumption)"
    )
    cusum_bound: float = setting(0.45, 0.0, 20.0, unit="months of inflow", meaning="sum that warns (assumption)")
    stages: ClassVar[tuple[Stage, ...]] = (warn_of_drift,)


@dataclass(frozen=True)
class MultiSignal(Warned):
    """Warn of the most endangered by several signals, within a budget."""

    name: str = setting("multi_signal", meaning="several signals within a budget", choices=("multi_signal",))
    alert_budget: float = setting(
        0.005, 0.0, 1.0, unit="share of accounts watched a month", meaning="warnings that can be looked at (assumption)"
    )
    # Fitted once to 90+ within six months of accounts in order, in a calm run with another seed.
    danger_of_drop: float = setting(6.9, 0.0, 50.0, unit="log-odds per share", meaning="weight of a fall of inflow")
    danger_of_burden: float = setting(1.1, 0.0, 50.0, unit="log-odds", meaning="weight of instalment over inflow")
    danger_of_use: float = setting(0.7, 0.0, 50.0, unit="log-odds", meaning="weight of utilisation")
    danger_of_memory: float = setting(0.4, 0.0, 50.0, unit="log-odds a month", meaning="weight of past arrears")
    danger_of_signal: float = setting(0.4, 0.0, 50.0, unit="log-odds", meaning="weight of alternative data")
    danger_of_cycle: float = setting(
        10.0, 0.0, 500.0, unit="log-odds per unit of unemployment", meaning="more warnings in downturns (assumption)"
    )
    stages: ClassVar[tuple[Stage, ...]] = (weigh_danger, warn_of_danger)

    def next_cut(self, dangers: np.ndarray | None) -> float:
        """Bar that would have filled the budget in a month with these dangers, int64[BINS]."""
        if dangers is None or dangers.sum() == 0:
            return LOWEST + WIDTH * BINS
        above = np.cumsum(dangers[::-1])[::-1]
        allowed = np.flatnonzero(above <= self.alert_budget * above[0])
        return LOWEST + WIDTH * float(allowed[0] if len(allowed) else BINS)


OPTIONS: dict[str, type] = {"silent": Silent, "drop": Drop, "cusum": Cusum, "multi_signal": MultiSignal}
