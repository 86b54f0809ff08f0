"""Closing lines: never, or by threshold on what the book shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.kernels.stage import Stage, stage
from sim.rules.states import LINE_CLOSED, LINE_OPEN, NEVER
from sim.tables.declare import setting


@stage("line limit closed_month months_in_state", "closures", where="alive line")
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
) -> tuple[int, int, int, int, int]:
    """Close the line when the score, the inflow or the arrears cross their thresholds.

    The balance runs off on its instalments; nothing more may be drawn. With ``closing_tightening`` the
    score asked for rises with unemployment: standards tighten in recessions (Lown and Morgan, 2006).
    """
    if line != LINE_OPEN:
        return line, limit, closed_month, months_in_state, 0
    dropped = inflow_fast < (1.0 - closing_inflow_drop) * inflow_slow
    lowest = closing_score + closing_tightening * unemployment_gap
    if score >= lowest and not dropped and months_past_due < closing_months_past_due:
        return line, limit, closed_month, months_in_state, 0
    return LINE_CLOSED, 0, month if closed_month == NEVER else closed_month, 0, 1


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


OPTIONS: dict[str, type] = {"never": Never, "threshold": Threshold}
