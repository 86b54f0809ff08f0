"""Paying debts: who is willing, in which order, how much, and why not."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.loan.states import (
    CAUSE_EXPENSE,
    CAUSE_INCOME,
    CAUSE_JOB_LOSS,
    CAUSE_LINE_CLOSED,
    CAUSE_NONE,
    CAUSE_OVER_INDEBTED,
    CAUSE_OVERSIGHT,
    CAUSE_STRATEGIC,
    LINE_CLOSED,
    MONTHS_30,
)


class ReceiveDraw(NamedTuple):
    """What a draw is spent on."""

    cash: int
    shortfall: int
    loans_drawn__received: Tally
    contribution__paid: Tally
    essentials__paid: Tally
    purchases__paid: Tally
    drawn_to_repay: Tally


@stage(where="alive drawn")
def receive_draw(cash: int, drawn: int, contribution: int, shortfall: int, due: int, evergreening: int) -> ReceiveDraw:
    """Take the draw less a premium: cover the shortfall, keep what is owed this month, buy with the rest."""
    covered = min(drawn - contribution, shortfall)
    rest = drawn - contribution - covered
    kept = min(rest, max(due - cash, 0)) if evergreening else 0
    bought = rest - kept
    return ReceiveDraw(
        cash=cash + kept,
        shortfall=shortfall - covered,
        loans_drawn__received=drawn,
        contribution__paid=contribution,
        essentials__paid=covered,
        purchases__paid=bought,
        drawn_to_repay=kept,
    )


class WeighStopping(NamedTuple):
    """How likely a person is to stop paying by choice."""

    stopping_hazard: float


@stage(where="alive principal")
def weigh_stopping(
    due: int,
    line: int,
    income: int,
    honesty: float,
    months_past_due: int,
    strategic_hazard: float,
    closed_line_factor: float,
    contagion: float,
    default_share_by_community: float,
    burden_factor: float,
    sunk_hazard: float,
) -> WeighStopping:
    """Weigh what holds the wish to repay up against what weakens it.

    The wish to repay weakens when the open line is gone (it was worth keeping), when neighbours
    online default (a friend's default more than doubles the rate: Lu, Gu, Ye and Sheng, 2012),
    and when debt service is heavy; honesty holds it up. From 30 days on the arrears stand in the records that others
    read, there is little left to lose, and the wish to come back fades (``sunk_hazard``).
    """
    hazard = strategic_hazard * (1.0 - honesty) * (1.0 - honesty)
    if line == LINE_CLOSED:
        hazard *= closed_line_factor
    hazard *= 1.0 + contagion * default_share_by_community
    if due * 10 > income * 3:
        hazard *= 1.0 + burden_factor * min(due / (income + 1.0), 2.0)
    if months_past_due >= MONTHS_30:
        hazard += sunk_hazard * (1.0 - honesty)
    return WeighStopping(stopping_hazard=hazard)


class ChooseWhetherToPay(NamedTuple):
    """Whether a person has stopped paying by choice."""

    unwilling: int


def reconsiders(unwilling: int, stopping_hazard: float, luck_pay: float) -> bool:
    """Whether somebody has stopped paying, or is about to."""
    return unwilling > 0 or luck_pay < stopping_hazard


@stage(where="alive principal", when=reconsiders)
def choose_whether_to_pay(
    unwilling: int,
    stopping_hazard: float,
    pressure_by_months_past_due: float,
    resume_hazard: float,
    luck_pay: float,
    luck_resume: float,
) -> ChooseWhetherToPay:
    """Stop paying by choice, or resume, the sooner the more collectors press.

    Over 38 % of mortgage defaulters could pay (Gerardi, Herkenhoff, Ohanian and Willen, 2018).
    """
    if unwilling:
        return ChooseWhetherToPay(
            unwilling=0 if luck_resume < resume_hazard * (1.0 + pressure_by_months_past_due) else 1
        )
    return ChooseWhetherToPay(unwilling=1 if luck_pay < stopping_hazard else 0)


class PayDebts(NamedTuple):
    """Who was paid out of cash, and what could have been."""

    cash: int
    paid: int
    paid_other: int
    forgot: int
    can_pay: int
    paid_platform: Tally
    paid_others: Tally


@stage()
def pay_debts(
    cash: int,
    due: int,
    payment: int,
    other_due: int,
    months_past_due: int,
    line: int,
    unwilling: int,
    closed_line_last: int,
    oversight: float,
    leaves_arrears: int,
    luck_pay: float,
) -> PayDebts:
    """Pay the platform and other lenders from cash, in the person's own order.

    An open line is worth keeping, so it is served first; a closed one is served last. A payment may be
    forgotten, until it is late. Partial payments are made. Some (``leaves_arrears``), once late, pay the
    instalment of the month and leave the arrears: two thirds of the accounts one payment behind on a card tape of 2005
    are so a month later, having paid about one minimum payment (Yeh and Lien, 2009).
    """
    # Able: liquid wealth after essentials covers this month's instalment, whatever the cause recorded.
    able = 1 if cash >= min(payment, due) else 0
    forgot = 1 if luck_pay > 1.0 - oversight and months_past_due == 0 else 0
    asked = min(payment, due) if leaves_arrears and months_past_due > 0 else due
    willing_due = 0 if unwilling or forgot else asked
    if line != LINE_CLOSED or closed_line_last == 0:
        paid = min(willing_due, cash)
        paid_other = min(other_due, cash - paid)
    else:
        paid_other = min(other_due, cash)
        paid = min(willing_due, cash - paid_other)
    return PayDebts(
        cash=cash - paid - paid_other,
        paid=paid,
        paid_other=paid_other,
        forgot=forgot,
        can_pay=able,
        paid_platform=paid,
        paid_others=paid_other,
    )


class Prepay(NamedTuple):
    """What was paid beyond what is due."""

    cash: int
    paid: int
    paid_platform: Tally


def may_prepay(paid: int, due: int, prepay_probability: float, luck_prepay: float) -> bool:
    """Whether somebody who has paid what is due thinks of paying more."""
    return luck_prepay < prepay_probability and paid == due


@stage(where="alive principal", when=may_prepay)
def prepay(
    cash: int,
    paid: int,
    due: int,
    principal: int,
    interest: int,
    other_debt: int,
    patience: float,
    income_permanent: int,
    prepay_probability: float,
    luck_prepay: float,
) -> Prepay:
    """Prepay out of what is left above twice the buffer, once all that is due is paid."""
    if luck_prepay >= prepay_probability or paid != due or due + other_debt == 0:
        return Prepay(cash=cash, paid=paid, paid_platform=0)
    spare = cash - int(2.0 * patience * income_permanent)
    extra = max(min(spare, principal + interest - due), 0)
    return Prepay(cash=cash - extra, paid=paid + extra, paid_platform=extra)


class JudgePayment(NamedTuple):
    """Whether the month's payment was met, missed for lack of will or attention, or for another cause."""

    cause: int
    can_pay: int
    unwilling: int


@stage()
def judge_payment(
    paid: int,
    due: int,
    other_debt: int,
    principal: int,
    months_past_due: int,
    unwilling: int,
    forgot: int,
    can_pay: int,
    cause: int,
) -> JudgePayment:
    """Record a cause when a payment is first missed; lack of will also later, where money is there.

    Double trigger: a payment is missed for lack of will (or, early, of attention), or of money (`trace_shortage`).
    """
    if paid >= due:
        owing = principal > 0 and due + other_debt > 0
        return JudgePayment(cause=CAUSE_NONE, can_pay=1, unwilling=unwilling if owing else 0)
    if unwilling and (can_pay or months_past_due == 0):
        cause = CAUSE_STRATEGIC
    elif months_past_due == 0:
        cause = CAUSE_OVERSIGHT if forgot and can_pay else CAUSE_NONE
    return JudgePayment(cause=cause, can_pay=can_pay, unwilling=unwilling)


class TraceShortage(NamedTuple):
    """Why a payment was first missed."""

    cause: int


def missed(paid: int, due: int) -> bool:
    """Whether less was paid than was due."""
    return paid < due


@stage(where="alive due", when=missed)
def trace_shortage(
    paid: int,
    due: int,
    months_past_due: int,
    cause: int,
    employed: int,
    line: int,
    shortfall: int,
    shock: int,
    payment: int,
    other_due: int,
    income_permanent: int,
) -> TraceShortage:
    """Name what the money for a first missed payment was short of, the gravest first."""
    if paid >= due or months_past_due > 0 or cause != CAUSE_NONE:
        return TraceShortage(cause=cause)
    if not employed:
        cause = CAUSE_JOB_LOSS
    elif line == LINE_CLOSED and shortfall > 0:
        cause = CAUSE_LINE_CLOSED
    elif shock > 0:
        cause = CAUSE_EXPENSE
    elif (payment + other_due) * 2 > income_permanent:
        cause = CAUSE_OVER_INDEBTED
    else:
        cause = CAUSE_INCOME
    return TraceShortage(cause=cause)
