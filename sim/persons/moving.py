"""Leaving for good, giving up a line that is not needed, walking out on a lender that offends."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Tally, stage
from sim.loan.states import LINE_CLOSED, LINE_NONE, LINE_OPEN


class Leave(NamedTuple):
    """Who left, or closed a line."""

    alive: int
    cash: int
    other_debt: int
    line: int
    limit: int
    leavers_cash__paid: Tally
    leavers_debt: Tally
    people_left: Tally
    lines_given_up: Tally


@scalar
def _hazards(
    line: int,
    leave_hazard: float,
    leave_without_line: float,
    give_up_hazard: float,
    price_response: float,
    reference_rate: float,
    offer_rate: float,
) -> tuple[float, float]:
    """Chance to leave for good, and to leave or close an unused line."""
    if line != LINE_OPEN:
        return leave_without_line, leave_without_line
    dear = max(1.0 + price_response * (offer_rate - reference_rate), 0.0)
    return leave_hazard, leave_hazard + give_up_hazard * dear


def may_leave(
    principal: int,
    interest: int,
    written_off: int,
    line: int,
    leave_hazard: float,
    leave_without_line: float,
    give_up_hazard: float,
    price_response: float,
    reference_rate: float,
    offer_rate: float,
    luck_leave: float,
) -> bool:
    """Whether somebody who owes the platform nothing leaves or closes a line."""
    _, either = _hazards(
        line, leave_hazard, leave_without_line, give_up_hazard, price_response, reference_rate, offer_rate
    )
    return principal + interest + written_off <= 0 and luck_leave < either


@stage(when=may_leave)
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
) -> Leave:
    """Leave with cash and outside debts; nobody leaves owing the platform.

    Who has no line has less reason to stay. Who owes nothing may also close the line and stay
    (``give_up_hazard``), the sooner the dearer it is: those who need it least go first (adverse retention).
    """
    hazard, either = _hazards(
        line, leave_hazard, leave_without_line, give_up_hazard, price_response, reference_rate, offer_rate
    )
    free = principal + interest + written_off <= 0
    goes = free and luck_leave < hazard
    gives_up = free and hazard <= luck_leave < either
    return Leave(
        alive=0 if goes else 1,
        cash=0 if goes else cash,
        other_debt=0 if goes else other_debt,
        line=LINE_NONE if goes or gives_up else line,
        limit=0 if goes or gives_up else limit,
        leavers_cash__paid=cash if goes else 0,
        leavers_debt=other_debt if goes else 0,
        people_left=1 if goes else 0,
        lines_given_up=1 if gives_up else 0,
    )


class TakeOffence(NamedTuple):
    """Whether a person is offended."""

    offended: int


@stage(where="alive request")
def take_offence(offended: int, draw_blocked: float, block_churn: float, luck_authenticate: float) -> TakeOffence:
    """Be offended by a block: a share ``block_churn`` of those whose honest draw was blocked.

    The draw that decided on the block decides here, too, rescaled.
    """
    return TakeOffence(offended=1 if luck_authenticate < draw_blocked * block_churn else offended)


class WalkOut(NamedTuple):
    """Who walked out, and why."""

    alive: int
    cash: int
    other_debt: int
    line: int
    limit: int
    offended: int
    leavers_cash__paid: Tally
    leavers_debt: Tally
    people_left: Tally
    lost_after_block: Tally
    lost_after_closing: Tally


@stage()
def walk_out(
    principal: int,
    interest: int,
    written_off: int,
    cash: int,
    other_debt: int,
    line: int,
    limit: int,
    months_past_due: int,
    offended: int,
    leave_without_line: float,
    closing_churn: float,
    luck_leave: float,
) -> WalkOut:
    """Leave for another lender after an honest draw was blocked, or a line in order was closed.

    Friction costs customers beside draws. The draw that decided on leaving decides here, too, rescaled:
    ``closing_churn`` a month on top of those who leave without a line anyway. Nobody leaves owing the platform,
    so whoever owes leaves once all is repaid.
    """
    closed = line == LINE_CLOSED and months_past_due == 0 and luck_leave < leave_without_line + closing_churn
    goes = principal + interest + written_off <= 0 and (offended > 0 or closed)
    return WalkOut(
        alive=0 if goes else 1,
        cash=0 if goes else cash,
        other_debt=0 if goes else other_debt,
        line=LINE_NONE if goes else line,
        limit=0 if goes else limit,
        offended=0 if goes else offended,
        leavers_cash__paid=cash if goes else 0,
        leavers_debt=other_debt if goes else 0,
        people_left=1 if goes else 0,
        lost_after_block=offended if goes else 0,
        lost_after_closing=1 - offended if goes else 0,
    )
