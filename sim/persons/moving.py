"""Leaving for good, giving up a line that is not needed, walking out on a lender that offends."""

from __future__ import annotations

from sim.engine.loops.stage import stage
from sim.loan.states import LINE_CLOSED, LINE_NONE, LINE_OPEN


@stage("alive cash other_debt line limit", "leavers_cash.paid leavers_debt people_left lines_given_up")
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
    give_up_hazard: float,
    price_response: float,
    reference_rate: float,
    offer_rate: float,
    luck_leave: float,
) -> tuple[int, int, int, int, int, int, int, int, int]:
    """Leave with cash and outside debts; nobody leaves owing the platform.

    Who has no line has less reason to stay. Who owes nothing may also close the line and stay
    (``give_up_hazard``), the sooner the dearer it is: those who need it least go first (adverse retention).
    """
    hazard = leave_hazard if line == LINE_OPEN else leave_without_line
    if principal + interest + written_off > 0:
        return 1, cash, other_debt, line, limit, 0, 0, 0, 0
    if luck_leave < hazard:
        return 0, 0, 0, 0, 0, cash, other_debt, 1, 0
    dear = max(1.0 + price_response * (offer_rate - reference_rate), 0.0)
    if line == LINE_OPEN and luck_leave < hazard + give_up_hazard * dear:
        return 1, cash, other_debt, LINE_NONE, 0, 0, 0, 0, 1
    return 1, cash, other_debt, line, limit, 0, 0, 0, 0


@stage(
    "alive cash other_debt line limit offended",
    "leavers_cash.paid leavers_debt people_left lost_after_block lost_after_closing",
)
def walk_out(
    principal: int,
    interest: int,
    written_off: int,
    cash: int,
    other_debt: int,
    line: int,
    limit: int,
    months_past_due: int,
    request: int,
    offended: int,
    leave_without_line: float,
    block_churn: float,
    closing_churn: float,
    draw_blocked: float,
    luck_leave: float,
    luck_authenticate: float,
) -> tuple[int, int, int, int, int, int, int, int, int, int, int]:
    """Leave for another lender after an honest draw was blocked, or a line in order was closed.

    Friction costs customers beside draws. The draws that decided on the block and on leaving decide here, too,
    rescaled: a share ``block_churn`` of those blocked, and ``closing_churn`` a month on top of those who leave
    without a line anyway. Nobody leaves owing the platform, so whoever owes leaves once all is repaid.
    """
    if request > 0 and luck_authenticate < draw_blocked * block_churn:
        offended = 1
    closed = line == LINE_CLOSED and months_past_due == 0 and luck_leave < leave_without_line + closing_churn
    if principal + interest + written_off > 0 or not (offended or closed):
        return 1, cash, other_debt, line, limit, offended, 0, 0, 0, 0, 0
    return 0, 0, 0, 0, 0, 0, cash, other_debt, 1, offended, 1 - offended
