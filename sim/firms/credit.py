"""The contracts of firms: grace, bullets and instalments; receiving a draw, paying suppliers and the lender."""

from __future__ import annotations

from sim.engine.loops.stage import stage
from sim.loan.servicing import annuity, month_interest
from sim.loan.states import (
    LARGEST,
    LINE_CLOSED,
    LINE_NONE,
    LINE_OPEN,
    PRODUCT_FARM,
    PRODUCT_WORKING_CAPITAL,
)


@stage("interest due payment grace", "interest_accrued", where="alive principal")
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
) -> tuple[int, int, int, int, int]:
    """Accrue the month's interest and bill what the contract says.

    In grace a farm loan bills nothing and falls due whole at its end; the others bill interest, then equal
    instalments. What was billed before is never billed twice. In a payment holiday nothing is asked for; a grace
    that runs out meanwhile ends with the first month after it.
    """
    accrued = month_interest(principal, rate) if months_past_due < accrual_stops else 0
    accrued = min(accrued, max(2 * LARGEST - principal - interest, 0))
    interest += accrued
    if holiday > 0:
        return interest, 0, payment, grace - 1 if grace > 1 else grace, accrued
    if grace == 0:
        return interest, overdue + min(payment, principal + interest - overdue), payment, 0, accrued
    if grace > 1:
        billed = overdue if product == PRODUCT_FARM else max(overdue, min(overdue + accrued, interest))
        return interest, billed, 0, grace - 1, accrued
    payment = principal + interest if product == PRODUCT_FARM else annuity(principal, rate, term)
    return interest, overdue + min(payment, principal + interest - overdue), payment, 0, accrued


@stage(
    "drawn principal payment rate grace",
    "loans_drawn.paid new_lending_rate draws_granted draws_cut",
    where="alive request",
    rare=True,
)
def disburse_to_firm(
    request: int,
    principal: int,
    payment: int,
    rate: float,
    offer_rate: float,
    offer_term: int,
    product: int,
    grace: int,
    score: float,
    cut_band: int,
    marginal_share: float,
    firm_grace_months: int,
    months_to_harvest: int,
    luck_ration: float,
) -> tuple[int, int, int, float, int, int, int, int, int]:
    """Grant a draw within the month's funds, on the terms of the product.

    Bands of score below ``cut_band`` wait, the marginal band is cut by a keyed draw. A balance in grace keeps
    it; instalments are spread anew.
    """
    band = int(score) // 10
    if band < cut_band or (band == cut_band and luck_ration >= marginal_share):
        return 0, principal, payment, rate, grace, 0, 0, 0, 1
    balance = principal + request
    rate = (principal * rate + request * offer_rate) / balance
    if product == PRODUCT_FARM:
        grace, payment = months_to_harvest + 1, 0
    elif product != PRODUCT_WORKING_CAPITAL and (grace > 0 or principal == 0):
        grace, payment = max(grace, 1) if principal > 0 else max(grace, firm_grace_months + 1), 0
    else:
        payment = annuity(balance, rate, max(offer_term, 1))
    return request, balance, payment, rate, grace, request, int(request * offer_rate), 1, 0


@stage(
    "cash receivables funds project_stage",
    "loans_drawn.received contribution.paid collections.received project_spending.paid",
    where="alive trading",
)
def receive_funds(
    cash: int,
    receivables: int,
    drawn: int,
    contribution: int,
    tranche: int,
    reserve: int,
    overdraft: int,
    project_stage: int,
    collected_by_sector: float,
) -> tuple[int, int, int, int, int, int, int, int]:
    """Take the draw less a premium, and what customers outside pay; spend a tranche at once or give the project up.

    ``funds`` is what suppliers may be paid from.
    """
    collected = int(collected_by_sector * receivables)
    spent = tranche if 0 < tranche <= drawn else 0
    if tranche > drawn:
        project_stage = 0
    cash += drawn - contribution + collected - spent
    funds = max(cash + overdraft - reserve, 0)
    return cash, receivables - collected, funds, project_stage, drawn, contribution, collected, spent


@stage("cash paid", "paid_platform recoveries.paid overdraft_interest.paid", where="alive")
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
) -> tuple[int, int, int, int, int]:
    """Pay the lender after the suppliers, wages put aside; a failed firm gives all it has, on written-off loans too."""
    cost = int(-cash * overdraft_rate) if cash < 0 and trading else 0
    cash -= cost
    if not trading:
        paid = min(max(cash, 0), principal + interest)
        late = min(max(cash - paid, 0), written_off) if principal == 0 else 0
        return cash - paid - late, paid + late, paid, late, 0
    paid = min(due, max(cash + overdraft - reserve, 0))
    return cash - paid, paid, paid, 0, cost


@stage("orders", "orders_forgone", where="alive trading")
def limit_orders(
    orders: int,
    cash: int,
    overdraft: int,
    line: int,
    limit: int,
    principal: int,
    payment: int,
    overdue: int,
    months_past_due: int,
    debts: int,
    claims: int,
    receivables: int,
    wage_bill: int,
    fixed_cost: int,
    expected_sales: int,
    season_by_sector: float,
    cash_part: float,
    collected_by_sector: float,
    matured_by_sector: float,
    credit: float,
) -> tuple[int, int]:
    """Order no more inputs than can be paid for when they fall due, from cash, takings and open lines.

    ``credit`` is the share of the excess that is given up; output follows as stocks run down. Inventories of firms
    without access to credit fall most (Gertler and Gilchrist, 1994; Kashyap, Lamont and Stein, 1994).
    """
    means = cash + overdraft - wage_bill - fixed_cost - payment - overdue
    if line == LINE_OPEN and months_past_due == 0:
        means += max(limit - principal, 0)
    means += int(cash_part * expected_sales * season_by_sector + collected_by_sector * receivables)
    means += int(0.8 * matured_by_sector * claims)
    excess = max(orders - max(int(means / matured_by_sector) - debts, 0), 0)
    forgone = min(int(credit * excess), orders)
    return orders - forgone, forgone


@stage("line limit misuse", "lines_closed_for_misuse", where="alive misuse", rare=True)
def close_misused(line: int, limit: int) -> tuple[int, int, int, int]:
    """Close the line of a firm whose loan was found to have gone elsewhere; the balance runs off."""
    if line != LINE_OPEN:
        return line, limit, 0, 0
    return LINE_CLOSED, 0, 0, 1


@stage("line", "applications", where="alive trading")
def apply_for_firm_line(
    line: int, principal: int, overdraft: int, months_short: int, apply_probability: float, luck_apply: float
) -> tuple[int, int]:
    """Apply again when without a line; sooner when suppliers wait. Customers of a bank outside do not."""
    if line != LINE_NONE or principal > 0 or overdraft > 0:
        return line, 0
    wish = 3.0 * apply_probability if months_short > 0 else apply_probability
    return (1, 1) if luck_apply < wish else (line, 0)
