"""Paying debts: who is willing, in which order, how much, and why not."""

from __future__ import annotations

from sim.kernels.stage import stage
from sim.rules.states import (
    CAUSE_EXPENSE,
    CAUSE_INCOME,
    CAUSE_JOB_LOSS,
    CAUSE_LINE_CLOSED,
    CAUSE_OVER_INDEBTED,
    CAUSE_OVERSIGHT,
    CAUSE_STRATEGIC,
    LINE_CLOSED,
    LINE_OPEN,
    MONTHS_90,
)


@stage(
    "cash shortfall",
    "loans_drawn.received essentials.paid purchases.paid drawn_to_repay",
    where="alive drawn",
    rare=True,
)
def receive_draw(cash: int, drawn: int, shortfall: int, due: int, evergreening: int) -> tuple[int, int, int, int, int, int]:
    """Take the draw: cover the shortfall, keep what is owed this month, buy with the rest."""
    covered = min(drawn, shortfall)
    rest = drawn - covered
    kept = min(rest, max(due - cash, 0)) if evergreening else 0
    bought = rest - kept
    return cash + kept, shortfall - covered, drawn, covered, bought, kept


@stage("unwilling")
def choose_whether_to_pay(
    unwilling: int,
    principal: int,
    due: int,
    line: int,
    limit: int,
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
) -> int:
    """Stop paying by choice, or resume.

    The wish to repay weakens when the open line is gone (it was worth keeping), when neighbours
    online default (a friend's default more than doubles the rate: Lu, Gu, Ye and Sheng, 2012),
    and when debt service is heavy; honesty and collections hold it up. Over 38 % of mortgage
    defaulters could pay (Gerardi, Herkenhoff, Ohanian and Willen, 2018). After 90 days the score is
    lost already, and the wish to come back fades (``sunk_hazard``).
    """
    if principal == 0:
        return 0
    if unwilling:
        return 0 if luck_resume < resume_hazard * (1.0 + pressure_by_months_past_due) else 1
    hazard = strategic_hazard * (1.0 - honesty) * (1.0 - honesty)
    if line == LINE_CLOSED:
        hazard *= closed_line_factor
    hazard *= 1.0 + contagion * default_share_by_community
    if due * 10 > income * 3:
        hazard *= 1.0 + burden_factor * min(due / (income + 1.0), 2.0)
    if months_past_due >= MONTHS_90:
        hazard += sunk_hazard * (1.0 - honesty)
    return 1 if luck_pay < hazard else 0


@stage("cash paid paid_other cause can_pay", "paid_platform paid_others")
def pay_debts(
    cash: int,
    due: int,
    principal: int,
    interest: int,
    payment: int,
    other_debt: int,
    other_past_due: int,
    other_due_share: float,
    months_past_due: int,
    line: int,
    employed: int,
    shock: int,
    shortfall: int,
    income_permanent: int,
    patience: float,
    unwilling: int,
    cause: int,
    oversight: float,
    prepay_probability: float,
    luck_pay: float,
    luck_prepay: float,
) -> tuple[int, int, int, int, int, int, int]:
    """Pay the platform and other lenders from cash, in the person's own order.

    An open line is worth keeping, so it is served first; a closed one is served last. Double
    trigger: a payment is missed for lack of money or of will (or, early, of attention). Partial
    payments are made. What is left above twice the buffer may prepay.
    """
    due_other = int(other_debt * other_due_share) * (1 + min(other_past_due, 3))
    due_other = min(due_other, other_debt)
    # Able: liquid wealth after essentials covers this month's instalment, whatever the cause recorded.
    able = 1 if cash >= min(payment, due) else 0
    forgot = luck_pay > 1.0 - oversight and months_past_due == 0
    willing_due = 0 if unwilling or forgot else due
    if line == LINE_OPEN:
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
        return left, paid, paid_other, 0, 1, paid, paid_other
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
    return left, paid, paid_other, cause, able, paid, paid_other


@stage("other_debt other_past_due shortfall cash", "others_repaid.received others_interest.received "
       "others_drawn others_written_off essentials.paid")  # fmt: skip
def other_lenders(
    other_debt: int,
    other_past_due: int,
    paid_other: int,
    shortfall: int,
    cash: int,
    income_permanent: int,
    appetite: float,
    employed: int,
    line: int,
    other_interest: float,
    other_due_share: float,
    other_limit: float,
    other_appetite: float,
    other_growth: float,
    other_charge_off_months: int,
    luck_other_credit: float,
) -> tuple[int, int, int, int, int, int, int, int, int]:
    """Carry the debt to other lenders through the month.

    Payments cover interest first. Somebody short of money tries other lenders, who lend up to
    ``other_limit`` months of income with probability ``other_appetite``; debt that they do not
    roll over has to be repaid. Written off by them after ``other_charge_off_months``.
    """
    due = min(int(other_debt * other_due_share) * (1 + min(other_past_due, 3)), other_debt)
    interest = int(other_debt * other_interest)
    to_interest = min(paid_other, interest)
    repaid = paid_other - to_interest
    other_debt -= repaid
    if paid_other >= due:
        other_past_due = 0
    else:
        other_past_due += 1
    written_off = 0
    if other_past_due >= other_charge_off_months:
        written_off = other_debt
        other_debt = 0
        other_past_due = 0
    drawn = 0
    room = int(other_limit * income_permanent * appetite) - other_debt
    if room > 0 and other_past_due == 0:
        if shortfall > 0:
            if luck_other_credit < other_appetite:
                drawn = min(shortfall, room)
        elif employed and other_debt > 0 and luck_other_credit < other_growth:
            drawn = room // 4
    covered = min(drawn, shortfall)
    return (
        other_debt + drawn,
        other_past_due,
        shortfall - covered,
        cash + drawn - covered,
        repaid,
        to_interest,
        drawn,
        written_off,
        covered,
    )
