"""Leaving for good: the debt-free move away or close their account."""

from __future__ import annotations

from sim.kernels.stage import stage


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
    luck_leave: float,
) -> tuple[int, int, int, int, int, int, int, int]:
    """Leave with cash and outside debts; nobody leaves owing the platform."""
    if principal + interest + written_off > 0 or luck_leave >= leave_hazard:
        return 1, cash, other_debt, line, limit, 0, 0, 0
    return 0, 0, 0, 0, 0, cash, other_debt, 1
