"""Admission and approval: hard rules first, then expected profit on the loss that the lender keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.kernels.stage import Stage, stage
from sim.policies.scoring import probability_of_default
from sim.rules.states import (
    LINE_APPLIED,
    LINE_CHARGED_OFF,
    LINE_CLOSED,
    LINE_FROZEN,
    LINE_NONE,
    LINE_OPEN,
    LINE_REFUSED,
)
from sim.tables.declare import setting


@stage(
    "line months_in_state",
    "approvals applications_decided approvals_thin applications_thin",
    where="alive line",
)
def decide_application(
    line: int,
    months_in_state: int,
    principal: int,
    score: float,
    score_intercept: float,
    offer_rate: float,
    thin_file: int,
    delinquency_memory: float,
    largest_memory: float,
    highest_default: float,
    margin_share: float,
    margin_cost: float,
    loss_share: float,
    whole_loss: float,
    whole_cost: float,
    weighs_retained_loss: int,
    lending_open: int,
    cooling_months: int,
    appetite_points: float,
) -> tuple[int, int, int, int, int, int]:
    """Approve an application, or let a refused or closed line cool down.

    Accept when the margin on the lender's own part exceeds PD x LGD x the share of the loss that
    it keeps: more coverage by others, laxer standards (moral hazard emerges). Also decides when a
    refused or repaid closed line may be applied for again. ``appetite_points`` are given to every score.
    """
    # The months since a charge-off are counted where recoveries are booked.
    if line in (LINE_OPEN, LINE_CHARGED_OFF):
        return line, months_in_state, 0, 0, 0, 0
    if line == LINE_APPLIED:
        default = probability_of_default(score + appetite_points, score_intercept)
        margin, loss = offer_rate - whole_cost, whole_loss
        if weighs_retained_loss:
            margin, loss = margin_share * offer_rate - margin_cost, loss_share
        clean = delinquency_memory <= largest_memory
        if lending_open and clean and default <= highest_default and default * loss <= margin:
            return LINE_OPEN, 0, 1, 1, thin_file, thin_file
        return LINE_REFUSED, 0, 0, 1, 0, thin_file
    if (line in (LINE_CLOSED, LINE_FROZEN, LINE_REFUSED)) and months_in_state >= cooling_months and principal == 0:
        return LINE_NONE, 0, 0, 0, 0, 0
    return line, min(months_in_state + 1, 120), 0, 0, 0, 0


@dataclass(frozen=True)
class Profit:
    """Approve what earns more than the loss that the lender itself keeps."""

    name: str = setting("profit", meaning="approve on expected profit", choices=("profit",))
    highest_default: float = setting(
        0.25, 0.0, 1.0, unit="within 12 months", meaning="no approval above this probability of default"
    )
    largest_memory: float = setting(
        1.5, 0.0, 13.0, unit="months past due, fading", meaning="admission: no serious recent arrears"
    )
    cooling_months: int = setting(12, 0, 120, unit="months", meaning="wait after a refusal or a repaid closed line")
    weighs_retained_loss: bool = setting(
        True, meaning="the cutoff weighs income and loss after sharing (true) or as if nothing were shared (false)"
    )
    stages: ClassVar[tuple[Stage, ...]] = (decide_application,)


OPTIONS: dict[str, type] = {"profit": Profit}
