"""Closing lines: never, at a threshold, with a way back, frozen first, or with the balance called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Stage, Tally, stage
from sim.engine.tables.declare import setting
from sim.lender.policies.warning import in_force
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_OPEN, NEVER


@scalar
def fails(
    score: float,
    lowest: float,
    inflow_fast: float,
    inflow_slow: float,
    closing_inflow_drop: float,
    months_past_due: int,
    closing_months_past_due: int,
) -> bool:
    """Whether the score, the inflow or the arrears cross their thresholds."""
    dropped = inflow_fast < (1.0 - closing_inflow_drop) * inflow_slow
    return score < lowest or dropped or months_past_due >= closing_months_past_due


@scalar
def first_time(closed_month: int, month: int) -> int:
    """Month of the first closure, once there is one."""
    return month if closed_month == NEVER else closed_month


class CloseBelowThreshold(NamedTuple):
    """What `close_below_threshold` leaves."""

    line: int
    limit: int
    closed_month: int
    months_in_state: int
    closures: Tally


@stage(where="alive line")
def close_below_threshold(
    line: int,
    limit: int,
    closed_month: int,
    months_in_state: int,
    score: float,
    inflow_fast: float,
    inflow_slow: float,
    months_past_due: int,
    month: int,
    closing_score: float,
    closing_inflow_drop: float,
    closing_months_past_due: int,
    closing_tightening: float,
    unemployment_gap: float,
    appetite_points: float,
) -> CloseBelowThreshold:
    """Close the line when the score, the inflow or the arrears cross their thresholds.

    The balance runs off on its instalments; nothing more may be drawn. With ``closing_tightening`` the
    score asked for rises with unemployment: standards tighten in recessions (Lown and Morgan, 2006).
    """
    if line != LINE_OPEN:
        return CloseBelowThreshold(
            line=line, limit=limit, closed_month=closed_month, months_in_state=months_in_state, closures=0
        )
    lowest = closing_score + closing_tightening * unemployment_gap - appetite_points
    if not fails(
        score, lowest, inflow_fast, inflow_slow, closing_inflow_drop, months_past_due, closing_months_past_due
    ):
        return CloseBelowThreshold(
            line=line, limit=limit, closed_month=closed_month, months_in_state=months_in_state, closures=0
        )
    return CloseBelowThreshold(
        line=LINE_CLOSED, limit=0, closed_month=first_time(closed_month, month), months_in_state=0, closures=1
    )


class ReopenRecovered(NamedTuple):
    """What `reopen_recovered` leaves."""

    line: int
    limit: int
    months_in_state: int
    reopenings: Tally


@stage(where="alive line")
def reopen_recovered(
    line: int,
    limit: int,
    months_in_state: int,
    score: float,
    months_past_due: int,
    delinquency_memory: float,
    closing_score: float,
    reopening_points: float,
    reopening_wait: int,
    reopening_memory: float,
    closing_tightening: float,
    unemployment_gap: float,
    appetite_points: float,
) -> ReopenRecovered:
    """Open a closed line again when the score stands clearly above the closing threshold (hysteresis)."""
    lowest = closing_score + reopening_points + closing_tightening * unemployment_gap - appetite_points
    clean = months_past_due == 0 and delinquency_memory <= reopening_memory
    if line == LINE_CLOSED and months_in_state >= reopening_wait and clean and score >= lowest:
        return ReopenRecovered(
            line=LINE_OPEN, limit=0, months_in_state=0, reopenings=1
        )  # the limit is set anew, as for a new line
    return ReopenRecovered(line=line, limit=limit, months_in_state=months_in_state, reopenings=0)


class JudgeLine(NamedTuple):
    """What `judge_line` leaves."""

    line_standing: int


@stage(where="alive line")
def judge_line(
    score: float,
    inflow_fast: float,
    inflow_slow: float,
    months_past_due: int,
    alert: int,
    alert_hold: int,
    closing_score: float,
    closing_inflow_drop: float,
    closing_months_past_due: int,
    closing_tightening: float,
    unemployment_gap: float,
    appetite_points: float,
    thaw_points: float,
) -> JudgeLine:
    """Tell a weak or warned line (-1), one that stands clearly above the threshold (1), and those between (0)."""
    lowest = closing_score + closing_tightening * unemployment_gap - appetite_points
    bad = fails(score, lowest, inflow_fast, inflow_slow, closing_inflow_drop, months_past_due, closing_months_past_due)
    if bad or in_force(alert, alert_hold):
        return JudgeLine(line_standing=-1)
    return JudgeLine(line_standing=1 if months_past_due == 0 and score >= lowest + thaw_points else 0)


class FreezeThenClose(NamedTuple):
    """What `freeze_then_close` leaves."""

    line: int
    limit: int
    closed_month: int
    months_in_state: int
    closures: Tally
    freezes: Tally
    thaws: Tally


@stage(where="alive line")
def freeze_then_close(
    line: int,
    line_standing: int,
    limit: int,
    closed_month: int,
    months_in_state: int,
    months_past_due: int,
    month: int,
    closing_months_past_due: int,
    freeze_months: int,
) -> FreezeThenClose:
    """Freeze a weak or warned line, give it back when it recovers, close it when it does not.

    A frozen line keeps its limit and its place among a person's debts; nothing can be drawn on it.
    """
    freezes = line == LINE_OPEN and line_standing < 0
    thaws = line == LINE_FROZEN and line_standing > 0
    waited = months_in_state >= freeze_months or months_past_due >= closing_months_past_due
    closes = line == LINE_FROZEN and not thaws and waited
    moved = LINE_FROZEN if freezes else LINE_OPEN if thaws else LINE_CLOSED if closes else line
    return FreezeThenClose(
        line=moved,
        limit=0 if closes else limit,
        closed_month=first_time(closed_month, month) if closes else closed_month,
        months_in_state=0 if freezes or thaws or closes else months_in_state,
        closures=1 if closes else 0,
        freezes=1 if freezes else 0,
        thaws=1 if thaws else 0,
    )


class CallBalance(NamedTuple):
    """What `call_balance` leaves."""

    payment: int
    recalls: Tally
    recalled_balance: Tally


@stage(where="alive principal")
def call_balance(
    line: int,
    months_in_state: int,
    principal: int,
    interest: int,
    overdue: int,
    payment: int,
    score: float,
    alert: int,
    alert_hold: int,
    recall_score: float,
    recall_months: int,
) -> CallBalance:
    """Call the balance of a line just closed: what is not overdue yet falls due within some months."""
    if line != LINE_CLOSED or months_in_state > 0 or (score >= recall_score and not in_force(alert, alert_hold)):
        return CallBalance(payment=payment, recalls=0, recalled_balance=0)
    called = principal + interest - overdue
    return CallBalance(payment=max(payment, -(-called // recall_months)), recalls=1, recalled_balance=called)


@dataclass(frozen=True)
class Never:
    """Lines stay open; somebody past due cannot draw, but the line is not taken away."""

    name: str = setting("never", meaning="never close a line", choices=("never",))
    stages: ClassVar[tuple[Stage, ...]] = ()


@dataclass(frozen=True)
class Threshold:
    """Close automatically when a threshold is crossed."""

    name: str = setting("threshold", meaning="close when a threshold is crossed", choices=("threshold",))
    closing_score: float = setting(510.0, 350.0, 950.0, unit="points", meaning="close below")
    closing_inflow_drop: float = setting(
        0.60,
        0.0,
        1.0,
        unit="share",
        meaning="close when the fast inflow average is this far below the slow one",
    )
    closing_months_past_due: int = setting(3, 1, 13, unit="months past due", meaning="close from here")
    closing_tightening: float = setting(
        0.0,
        0.0,
        20_000.0,
        unit="points per unit of unemployment",
        meaning="rise of the closing score while unemployment is above normal",
    )
    stages: ClassVar[tuple[Stage, ...]] = (close_below_threshold,)


@dataclass(frozen=True)
class Hysteresis(Threshold):
    """Close at a threshold, open again clearly above it."""

    name: str = setting("hysteresis", meaning="close at a threshold, open again above it", choices=("hysteresis",))
    reopening_points: float = setting(
        40.0, 0.0, 600.0, unit="points", meaning="open again this far above the closing score (assumption)"
    )
    reopening_wait: int = setting(3, 1, 120, unit="months", meaning="shortest closure (assumption)")
    reopening_memory: float = setting(
        1.5, 0.0, 13.0, unit="months past due, fading", meaning="no serious recent arrears (assumption)"
    )
    stages: ClassVar[tuple[Stage, ...]] = (close_below_threshold, reopen_recovered)


@dataclass(frozen=True)
class FreezeFirst(Threshold):
    """Freeze first; close what does not recover."""

    name: str = setting("freeze_first", meaning="freeze first, close what does not recover", choices=("freeze_first",))
    thaw_points: float = setting(
        20.0, 0.0, 600.0, unit="points", meaning="give back this far above the closing score (assumption)"
    )
    freeze_months: int = setting(6, 1, 120, unit="months", meaning="longest freeze (assumption)")
    stages: ClassVar[tuple[Stage, ...]] = (judge_line, freeze_then_close)


@dataclass(frozen=True)
class EarlyRecall(Threshold):
    """Close at a threshold and call the balance of the weakest."""

    name: str = setting("early_recall", meaning="close and call the balance", choices=("early_recall",))
    recall_score: float = setting(
        510.0, 350.0, 950.0, unit="points", meaning="call the balance below, or after a warning (assumption)"
    )
    recall_months: int = setting(3, 1, 60, unit="months", meaning="the called balance falls due within (assumption)")
    stages: ClassVar[tuple[Stage, ...]] = (close_below_threshold, call_balance)


OPTIONS: dict[str, type] = {
    "never": Never,
    "threshold": Threshold,
    "hysteresis": Hysteresis,
    "freeze_first": FreezeFirst,
    "early_recall": EarlyRecall,
}
