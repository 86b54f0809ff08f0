"""The loan contract: bill, disburse, book payments. Exact in fen."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.money import part, times_in
from sim.engine.loops.stage import Tally, stage
from sim.loan.annuity import annuity, month_interest
from sim.loan.states import LARGEST, MONTHS_90, MONTHS_LAST


class Bill(NamedTuple):
    """Interest owed and what is asked for this month."""

    interest: int
    due: int
    interest_accrued: Tally


@stage(where="alive principal")
def bill(
    principal: int,
    interest: int,
    rate: float,
    payment: int,
    overdue: int,
    months_past_due: int,
    holiday: int,
    accrual_stops: int,
) -> Bill:
    """Accrue the month's interest and bill one instalment on top of what is overdue.

    Interest stops accruing ``accrual_stops`` months past due (90 days under the five-category
    rules). What was billed before is never billed twice. In a payment holiday nothing is asked for.
    """
    accrued = month_interest(principal, rate) if months_past_due < accrual_stops else 0
    # Partial payments may keep a debt alive for ever; what is owed stays within what a column holds.
    accrued = min(accrued, max(2 * LARGEST - principal - interest, 0))
    interest += accrued
    due = 0 if holiday > 0 else overdue + min(payment, principal + interest - overdue)
    return Bill(interest=interest, due=due, interest_accrued=accrued)


class BlockDraw(NamedTuple):
    """Whether a draw is blocked."""

    refused: int
    draws_blocked: Tally


def draws_are_checked(draw_blocked: float) -> bool:
    """Whether authentication stands before a draw, and errs."""
    return draw_blocked > 0.0


@stage(where="alive request", rare=True, when=draws_are_checked)
def block_draw(draw_blocked: float, luck_authenticate: float) -> BlockDraw:
    """Block a share ``draw_blocked`` of honest draws by mistake."""
    blocked = int(luck_authenticate < draw_blocked)
    return BlockDraw(refused=blocked, draws_blocked=blocked)


class RationDraw(NamedTuple):
    """Whether a draw waits for funds."""

    refused: int
    draws_cut: Tally


def funds_bind(cut_band: int) -> bool:
    """Whether draws exceed what the lender can fund this month."""
    return cut_band >= 0


@stage(where="alive request", rare=True, when=funds_bind)
def ration_draw(refused: int, score: float, cut_band: int, marginal_share: float, luck_ration: float) -> RationDraw:
    """Let bands of score below ``cut_band`` wait; a keyed draw serves ``marginal_share`` of the band itself."""
    band = int(score) // 10
    cut = int(refused == 0 and (band < cut_band or (band == cut_band and luck_ration >= marginal_share)))
    return RationDraw(refused=max(refused, cut), draws_cut=cut)


class Disburse(NamedTuple):
    """A draw granted or refused, and the balance with its price and instalment."""

    drawn: int
    principal: int
    payment: int
    rate: float
    loans_drawn__paid: Tally
    new_lending_rate: Tally
    draws_granted: Tally


@stage(where="alive request", rare=True)
def disburse(
    request: int,
    refused: int,
    principal: int,
    payment: int,
    rate: float,
    offer_rate: float,
    offer_term: int,
    minimum_payment_share: float,
    draw_extends_term: int,
) -> Disburse:
    """Grant a draw that is not refused and re-amortise the balance over the line's term.

    A term of 0 is a card-like line with a minimum payment. With ``draw_extends_term`` the whole balance is
    spread anew, which eases the old instalment: part of what an open line is worth.
    """
    if refused > 0:
        return Disburse(
            drawn=0,
            principal=principal,
            payment=payment,
            rate=rate,
            loans_drawn__paid=0,
            new_lending_rate=0,
            draws_granted=0,
        )
    balance = principal + request
    rate = (principal * rate + request * offer_rate) / balance
    level = _instalment(balance, rate, offer_term, minimum_payment_share)
    payment = level if draw_extends_term else max(level, payment)
    return Disburse(
        drawn=request,
        principal=balance,
        payment=payment,
        rate=rate,
        loans_drawn__paid=request,
        new_lending_rate=int(request * offer_rate),
        draws_granted=1,
    )


DRAW_STAGES = (block_draw, ration_draw, disburse)


@scalar
def _instalment(balance: int, rate: float, term: int, minimum_payment_share: float) -> int:
    """Level instalment over the term, or the minimum payment of a card-like line."""
    if balance == 0:
        return 0
    if term > 0:
        return annuity(balance, rate, term)
    return int(balance * (minimum_payment_share + rate / 12.0)) + 1


@scalar
def _months_late(months_past_due: int, overdue: int, paid: int, payment: int) -> int:
    """Months past due after a payment: one more without any, the instalments still owed after a part."""
    if overdue == 0:
        return 0
    if paid == 0:
        return min(months_past_due + 1, MONTHS_LAST)
    return min(months_past_due + 1, max(1, times_in(overdue, max(payment, 1))))


class SharePaymentWithCover(NamedTuple):
    """What a payment leaves under the scheme, and whose principal and interest it repaid."""

    covered: int
    triggered: int
    repaid_covered: Tally
    repaid_triggered: Tally
    interest_covered: Tally


def loans_are_covered(under_cover: int) -> bool:
    """Whether any loan is or may come under cover, or was claimed."""
    return under_cover > 0


@stage(where="alive principal paid", when=loans_are_covered)
def share_payment_with_cover(
    principal: int, interest: int, paid: int, covered: int, triggered: int, covers_in_part: int, under_cover: int
) -> SharePaymentWithCover:
    """Repay principal made before the scheme first, then claimed, then covered principal.

    Under a scheme that covers loans in part, what is not covered is repaid in proportion. Interest is the
    scheme's by the covered share of the principal.
    """
    if under_cover == 0:
        return SharePaymentWithCover(
            covered=covered, triggered=triggered, repaid_covered=0, repaid_triggered=0, interest_covered=0
        )
    to_interest = min(paid, interest)
    to_principal = paid - to_interest
    old = principal - covered - triggered
    from_old = part(to_principal, old, principal) if covers_in_part else min(to_principal, old)
    from_triggered = min(to_principal - from_old, triggered)
    from_covered = to_principal - from_old - from_triggered
    return SharePaymentWithCover(
        covered=covered - from_covered,
        triggered=triggered - from_triggered,
        repaid_covered=from_covered,
        repaid_triggered=from_triggered,
        interest_covered=part(to_interest, covered, principal),
    )


class CountArrears(NamedTuple):
    """Arrears after the month's payment, and loans that turned bad or ceased to be."""

    overdue: int
    months_past_due: int
    default_month: int
    npl_new: Tally
    npl_cured: Tally
    npl_repaid: Tally


@stage(where="alive principal")
def count_arrears(
    principal: int,
    interest: int,
    overdue: int,
    due: int,
    paid: int,
    payment: int,
    months_past_due: int,
    default_month: int,
    holiday: int,
    clock_frozen: int,
    month: int,
) -> CountArrears:
    """Count months past due: those of the instalments that a payment leaves owed.

    A month without any payment adds one; a partial payment brings the count down to the number of
    instalments still owed. This month's draw is not yet billed, so it cannot be overdue. In a payment
    holiday what was overdue before stays so; the count of months stands still with ``clock_frozen``.
    """
    if holiday > 0:
        overdue = min(overdue, principal + interest - paid)
        late = months_past_due if clock_frozen else min(months_past_due + 1, MONTHS_LAST)
        months = late if overdue > 0 else 0
    else:
        overdue = max(due - paid, 0)
        months = _months_late(months_past_due, overdue, paid, payment)
    to_principal = paid - min(paid, interest)
    left = principal - to_principal
    was_bad, is_bad = months_past_due >= MONTHS_90, months >= MONTHS_90
    return CountArrears(
        overdue=overdue,
        months_past_due=months,
        default_month=month if is_bad and not was_bad else default_month,
        npl_new=left if is_bad and not was_bad else 0,
        npl_cured=left if was_bad and not is_bad else 0,
        npl_repaid=to_principal if was_bad else 0,
    )


class ApplyPayment(NamedTuple):
    """The balance after the month's payment; what was billed and drawn is settled."""

    principal: int
    interest: int
    payment: int
    due: int
    drawn: int
    interest_paid__received: Tally
    principal_repaid__received: Tally


@stage(where="alive principal")
def apply_payment(principal: int, interest: int, paid: int, payment: int) -> ApplyPayment:
    """Book a payment: interest first, then principal; a loan repaid has no instalment any more."""
    to_interest = min(paid, interest)
    to_principal = paid - to_interest
    principal -= to_principal
    if principal == 0:
        payment = 0
    return ApplyPayment(
        principal=principal,
        interest=interest - to_interest,
        payment=payment,
        due=0,
        drawn=0,
        interest_paid__received=to_interest,
        principal_repaid__received=to_principal,
    )


# Cover and arrears go by the balance before the payment, so it is booked last.
PAYMENT_STAGES = (share_payment_with_cover, count_arrears, apply_payment)
