"""Paying debts: who is willing, in which order, how much, and why not."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.loan.states import (
    CAUSE_EXPENSE,
    CAUSE_INCOME,
    CAUSE_JOB_LOSS,
    CAUSE_LINE_CLOSED,
    CAUSE_OVER_INDEBTED,
    CAUSE_OVERSIGHT,
    CAUSE_STRATEGIC,
    LINE_CLOSED,
    MONTHS_30,
)
from sim.persons.elsewhere import due_elsewhere


class ReceiveDraw(NamedTuple):
    """What `receive_draw` leaves."""

    cash: int
    shortfall: int
    loans_drawn__received: Tally
    contribution__paid: Tally
    essentials__paid: Tally
    purchases__paid: Tally
    drawn_to_repay: Tally


@stage(where="alive drawn", rare=True)
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


class ChooseWhetherToPay(NamedTuple):
    """What `choose_whether_to_pay` leaves."""

    unwilling: int


@stage(where="alive principal")
def choose_whether_to_pay(
    unwilling: int,
    due: int,
    line: int,
    income: int,
    honesty: float,
    strategic_hazard: float,
    closed_line_factor: float,
    contagion: float,
    default_share_by_community: float,
    burden_factor: float,
    pressure_by_months_past_due: float,
    months_past_due: int,
    sunk_hazard: float,
    resume_hazard: float,
    luck_pay: float,
    luck_resume: float,
) -> ChooseWhetherToPay:
    """Stop paying by choice, or resume.

    The wish to repay weakens when the open line is gone (it was worth keeping), when neighbours
    online default (a friend's default more than doubles the rate: Lu, Gu, Ye and Sheng, 2012),
    and when debt service is heavy; honesty and collections hold it up. Over 38 % of mortgage
    defaulters could pay (Gerardi, Herkenhoff, Ohanian and Willen, 2018). After 60 days the score is
    lost already, and the wish to come back fades (``sunk_hazard``).
    """
    # Most are far from the largest hazard that anybody can have: nothing more to work out for them.
    largest = strategic_hazard * closed_line_factor * (1.0 + contagion) * (1.0 + 2.0 * burden_factor)
    if not unwilling and months_past_due <= MONTHS_30 and luck_pay >= largest:
        return ChooseWhetherToPay(unwilling=0)
    if unwilling:
        return ChooseWhetherToPay(
            unwilling=0 if luck_resume < resume_hazard * (1.0 + pressure_by_months_past_due) else 1
        )
    hazard = strategic_hazard * (1.0 - honesty) * (1.0 - honesty)
    if line == LINE_CLOSED:
        hazard *= closed_line_factor
    hazard *= 1.0 + contagion * default_share_by_community
    if due * 10 > income * 3:
        hazard *= 1.0 + burden_factor * min(due / (income + 1.0), 2.0)
    if months_past_due > MONTHS_30:
        hazard += sunk_hazard * (1.0 - honesty)
    return ChooseWhetherToPay(unwilling=1 if luck_pay < hazard else 0)


class PayDebts(NamedTuple):
    """What `pay_debts` leaves."""

    cash: int
    paid: int
    paid_other: int
    cause: int
    can_pay: int
    unwilling: int
    paid_platform: Tally
    paid_others: Tally


@stage()
def pay_debts(
    cash: int,
    due: int,
    principal: int,
    interest: int,
    payment: int,
    other_debt: int,
    other_past_due: int,
    other_due_share: float,
    other_squeeze: int,
    squeezed_due: float,
    months_past_due: int,
    line: int,
    employed: int,
    shock: int,
    shortfall: int,
    income_permanent: int,
    patience: float,
    unwilling: int,
    cause: int,
    closed_line_last: int,
    oversight: float,
    prepay_probability: float,
    luck_pay: float,
    luck_prepay: float,
) -> PayDebts:
    """Pay the platform and other lenders from cash, in the person's own order.

    An open line is worth keeping, so it is served first; a closed one is served last. Double
    trigger: a payment is missed for lack of money or of will (or, early, of attention). Partial
    payments are made. What is left above twice the buffer may prepay.
    """
    if due + other_debt == 0:
        return PayDebts(
            cash=cash, paid=0, paid_other=0, cause=0, can_pay=1, unwilling=0, paid_platform=0, paid_others=0
        )
    due_other = due_elsewhere(other_debt, other_past_due, other_due_share, other_squeeze, squeezed_due)
    # Able: liquid wealth after essentials covers this month's instalment, whatever the cause recorded.
    able = 1 if cash >= min(payment, due) else 0
    forgot = luck_pay > 1.0 - oversight and months_past_due == 0
    willing_due = 0 if unwilling or forgot else due
    if line != LINE_CLOSED or closed_line_last == 0:
        paid = min(willing_due, cash)
        paid_other = min(due_other, cash - paid)
    else:
        paid_other = min(due_other, cash)
        paid = min(willing_due, cash - paid_other)
    left = cash - paid - paid_other
    if luck_prepay < prepay_probability and paid == due and principal > 0:
        spare = left - int(2.0 * patience * income_permanent)
        extra = min(spare, principal + interest - due)
        if extra > 0:
            paid += extra
            left -= extra
    if paid >= due:
        return PayDebts(
            cash=left,
            paid=paid,
            paid_other=paid_other,
            cause=0,
            can_pay=1,
            unwilling=unwilling if principal > 0 else 0,
            paid_platform=paid,
            paid_others=paid_other,
        )
    if months_past_due == 0:
        if unwilling:
            cause = CAUSE_STRATEGIC
        elif forgot and able:
            cause = CAUSE_OVERSIGHT
        elif not employed:
            cause = CAUSE_JOB_LOSS
        elif line == LINE_CLOSED and shortfall > 0:
            cause = CAUSE_LINE_CLOSED
        elif shock > 0:
            cause = CAUSE_EXPENSE
        elif (payment + due_other) * 2 > income_permanent:
            cause = CAUSE_OVER_INDEBTED
        else:
            cause = CAUSE_INCOME
    elif unwilling and able:
        cause = CAUSE_STRATEGIC
    return PayDebts(
        cash=left,
        paid=paid,
        paid_other=paid_other,
        cause=cause,
        can_pay=able,
        unwilling=unwilling,
        paid_platform=paid,
        paid_others=paid_other,
    )
