"""Leaving for good: the debt-free move away or close their account."""

from __future__ import annotations

from sim.kernels.stage import stage
from sim.rules.states import LINE_OPEN


@stage("alive cash other_debt line limit", "leavers_cash.paid leavers_debt people_left")
def leave(
    principal: int,
    interest: int,
    written_off: int,
    cash: int,
    other_debt: int,
    line: int,
    limit: int,
    leave_hazard: float,
    leave_without_line: float,
    luck_leave: float,
) -> tuple[int, int, int, int, int, int, int, int]:
    """Leave with cash and outside debts; nobody leaves owing the platform.

    Who has no line has less reason to stay.
    """
    hazard = leave_hazard if line == LINE_OPEN else leave_without_line
    if luck_leave >= hazard or principal + interest + written_off > 0:
        return 1, cash, other_debt, line, limit, 0, 0, 0
    return 0, 0, 0, 0, 0, cash, other_debt, 1
