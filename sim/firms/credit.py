"""The contracts of firms: grace, bullets and instalments; receiving a draw, paying suppliers and the lender."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.loan.annuity import annuity, month_interest
from sim.loan.servicing import ration_draw
from sim.loan.states import (
    LARGEST,
    LINE_CLOSED,
    LINE_NONE,
    LINE_OPEN,
    PRODUCT_FARM,
    PRODUCT_WORKING_CAPITAL,
)


class BillFirm(NamedTuple):
    """What `bill_firm` leaves."""

    interest: int
    due: int
    payment: int
    grace: int
    interest_accrued: Tally


@stage(where="alive principal")
def bill_firm(
    principal: int,
    interest: int,
    rate: float,
    payment: int,
    overdue: int,
    months_past_due: int,
    product: int,
    grace: int,
    term: int,
    holiday: int,
    accrual_stops: int,
) -> BillFirm:
    """Accrue the month's interest and bill what the contract says.

    In grace a farm loan bills nothing and falls due whole at its end; the others bill interest, then equal
    instalments. What was billed before is never billed twice. In a payment holiday nothing is asked for; a grace
    that runs out meanwhile ends with the first month after it.
    """
    accrued = month_interest(principal, rate) if months_past_due < accrual_stops else 0
    accrued = min(accrued, max(2 * LARGEST - principal - interest, 0))
    interest += accrued
    if holiday > 0:
        due, grace = 0, grace - 1 if grace > 1 else grace
    elif grace > 1:
        due = overdue if product == PRODUCT_FARM else max(overdue, min(overdue + accrued, interest))
        payment, grace = 0, grace - 1
    else:
        if grace == 1:
            payment = principal + interest if product == PRODUCT_FARM else annuity(principal, rate, term)
        due, grace = overdue + min(payment, principal + interest - overdue), 0
    return BillFirm(interest=interest, due=due, payment=payment, grace=grace, interest_accrued=accrued)


class DisburseToFirm(NamedTuple):
    """What `disburse_to_firm` leaves."""

    drawn: int
    principal: int
    payment: int
    rate: float
    grace: int
    loans_drawn__paid: Tally
    new_lending_rate: Tally
    draws_granted: Tally


@stage(where="alive request", rare=True)
def disburse_to_firm(
    request: int,
    refused: int,
    principal: int,
    payment: int,
    rate: float,
    offer_rate: float,
    offer_term: int,
    product: int,
    grace: int,
    firm_grace_months: int,
    months_to_harvest: int,
) -> DisburseToFirm:
    """Grant a draw that need not wait, on the terms of the product.

    A balance in grace keeps it; instalments are spread anew.
    """
    if refused > 0:
        return DisburseToFirm(
            drawn=0,
            principal=principal,
            payment=payment,
            rate=rate,
            grace=grace,
            loans_drawn__paid=0,
            new_lending_rate=0,
            draws_granted=0,
        )
    balance = principal + request
    rate = (principal * rate + request * offer_rate) / balance
    if product == PRODUCT_FARM:
        grace, payment = months_to_harvest + 1, 0
    elif product != PRODUCT_WORKING_CAPITAL and (grace > 0 or principal == 0):
        grace, payment = max(grace, 1) if principal > 0 else max(grace, firm_grace_months + 1), 0
    else:
        payment = annuity(balance, rate, max(offer_term, 1))
    return DisburseToFirm(
        drawn=request,
        principal=balance,
        payment=payment,
        rate=rate,
        grace=grace,
        loans_drawn__paid=request,
        new_lending_rate=int(request * offer_rate),
        draws_granted=1,
    )


FIRM_DRAW_STAGES = (ration_draw, disburse_to_firm)


class ReceiveFunds(NamedTuple):
    """What `receive_funds` leaves."""

    cash: int
    receivables: int
    funds: int
    project_stage: int
    loans_drawn__received: Tally
    contribution__paid: Tally
    collections__received: Tally
    project_spending__paid: Tally


@stage(where="alive trading")
def receive_funds(
    cash: int,
    receivables: int,
    drawn: int,
    contribution: int,
    tranche: int,
    reserve: int,
    overdraft: int,
    due: int,
    months_past_due: int,
    lender_first: float,
    project_stage: int,
    collected_by_sector: float,
) -> ReceiveFunds:
    """Take the draw less a premium, and what customers outside pay; spend a tranche at once or give the project up.

    ``funds`` is what suppliers may be paid from. Firms pay them before the lender, until they are late with it: then
    they keep back a part of what is due, for a supplier waits rather than lose a customer (Cuñat, 2007).
    """
    collected = int(collected_by_sector * receivables)
    spent = tranche if 0 < tranche <= drawn else 0
    if tranche > drawn:
        project_stage = 0
    cash += drawn - contribution + collected - spent
    kept = int(lender_first * due) if months_past_due > 0 else 0
    funds = max(cash + overdraft - reserve - kept, 0)
    return ReceiveFunds(
        cash=cash,
        receivables=receivables - collected,
        funds=funds,
        project_stage=project_stage,
        loans_drawn__received=drawn,
        contribution__paid=contribution,
        collections__received=collected,
        project_spending__paid=spent,
    )


class PayLender(NamedTuple):
    """What `pay_lender` leaves."""

    cash: int
    paid: int
    paid_platform: Tally
    recoveries__paid: Tally
    overdraft_interest__paid: Tally


@stage(where="alive")
def pay_lender(
    trading: int,
    cash: int,
    due: int,
    principal: int,
    interest: int,
    written_off: int,
    reserve: int,
    overdraft: int,
    overdraft_rate: float,
) -> PayLender:
    """Pay the lender after the suppliers, wages put aside; a failed firm gives all it has, on written-off loans too."""
    cost = int(-cash * overdraft_rate) if cash < 0 and trading else 0
    cash -= cost
    if not trading:
        paid = min(max(cash, 0), principal + interest)
        late = min(max(cash - paid, 0), written_off) if principal == 0 else 0
        return PayLender(
            cash=cash - paid - late,
            paid=paid + late,
            paid_platform=paid,
            recoveries__paid=late,
            overdraft_interest__paid=0,
        )
    paid = min(due, max(cash + overdraft - reserve, 0))
    return PayLender(cash=cash - paid, paid=paid, paid_platform=paid, recoveries__paid=0, overdraft_interest__paid=cost)


class CloseMisused(NamedTuple):
    """What `close_misused` leaves."""

    line: int
    limit: int
    misuse: int


@stage(where="alive misuse", rare=True)
def close_misused(line: int, limit: int) -> CloseMisused:
    """Close the line of a firm whose loan was found to have gone elsewhere; the balance runs off."""
    if line != LINE_OPEN:
        return CloseMisused(line=line, limit=limit, misuse=0)
    return CloseMisused(line=LINE_CLOSED, limit=0, misuse=0)


class ApplyForFirmLine(NamedTuple):
    """What `apply_for_firm_line` leaves."""

    line: int
    applications: Tally


@stage(where="alive trading")
def apply_for_firm_line(
    line: int, principal: int, overdraft: int, months_short: int, apply_probability: float, luck_apply: float
) -> ApplyForFirmLine:
    """Apply again when without a line; sooner when suppliers wait. Customers of a bank outside do not."""
    if line != LINE_NONE or principal > 0 or overdraft > 0:
        return ApplyForFirmLine(line=line, applications=0)
    wish = 3.0 * apply_probability if months_short > 0 else apply_probability
    if luck_apply < wish:
        return ApplyForFirmLine(line=1, applications=1)
    return ApplyForFirmLine(line=line, applications=0)
