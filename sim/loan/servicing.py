"""The loan contract: bill, disburse, apply payments, age, charge off, recover. Exact in fen."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Places, Tally, stage
from sim.loan.states import COURT_WON, LARGEST, LINE_CHARGED_OFF, LINE_CLOSED, LINE_NONE, MONTHS_90, MONTHS_LAST

AGES = 121  # months since a charge-off that are told apart


@scalar
def month_interest(principal: int, rate: float) -> int:
    """Interest of a month in fen at a rate a year, rounded half up."""
    return int(principal * rate * (1.0 / 12.0) + 0.5)


@scalar
def annuity_factor(rate: float, months: int) -> float:
    """Present value of 1 a month for ``months`` months at ``rate`` a year: (1 - (1+i)^-n) / i."""
    discount, value = 1.0, 0.0
    for _ in range(months):
        discount /= 1.0 + rate / 12.0
        value += discount
    return value


@scalar
def left_after(principal: int, rate: float, payment: int, months: int) -> int:
    """Fen still owed after that many payments, interest rounded to the fen each month; 0 once all is repaid."""
    for _ in range(months):
        principal = max(principal + month_interest(principal, rate) - payment, 0)
    return principal


@scalar
def annuity(principal: int, rate: float, months: int) -> int:
    """Level payment P i / (1 - (1+i)^-n), rounded up to the fen so that n payments suffice.

    Interest is rounded to the fen every month, in total by up to half a fen a month against the debtor: where the
    plain rounding up would leave a few fen for one more month, the payment is a fen higher.

    Parameters
    ----------
    principal : int
        Fen.
    rate : float
        A year, as a fraction; the month's rate i is a twelfth of it.
    months : int
        Number of payments n, at least 1.
    """
    payment = math.ceil(principal / annuity_factor(rate, months))
    # A column keeps 24 bits of the rate: the payment suffices for whatever it becomes there.
    while left_after(principal, rate * (1.0 + 6e-8), payment, months) > 0:
        payment += 1
    return payment


class Bill(NamedTuple):
    """What `bill` leaves."""

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
    if holiday > 0:
        return Bill(interest=interest, due=0, interest_accrued=accrued)
    return Bill(interest=interest, due=overdue + min(payment, principal + interest - overdue), interest_accrued=accrued)


class Disburse(NamedTuple):
    """What `disburse` leaves."""

    drawn: int
    principal: int
    payment: int
    rate: float
    loans_drawn__paid: Tally
    new_lending_rate: Tally
    draws_granted: Tally
    draws_cut: Tally
    draws_blocked: Tally


@stage(where="alive request", rare=True)
def disburse(
    request: int,
    principal: int,
    payment: int,
    rate: float,
    offer_rate: float,
    offer_term: int,
    score: float,
    cut_band: int,
    marginal_share: float,
    minimum_payment_share: float,
    draw_extends_term: int,
    draw_blocked: float,
    luck_ration: float,
    luck_authenticate: float,
) -> Disburse:
    """Grant a draw within the month's funds and re-amortise the balance over the line's term.

    Authentication blocks some by mistake (``draw_blocked``). Bands of score below ``cut_band`` wait, the
    marginal band is cut by a keyed draw. A term of 0 is a card-like line with a minimum payment. With
    ``draw_extends_term`` the whole balance is spread anew, which eases the old instalment: part of what
    an open line is worth.
    """
    if luck_authenticate < draw_blocked:
        return Disburse(
            drawn=0,
            principal=principal,
            payment=payment,
            rate=rate,
            loans_drawn__paid=0,
            new_lending_rate=0,
            draws_granted=0,
            draws_cut=0,
            draws_blocked=1,
        )
    band = int(score) // 10
    if band < cut_band or (band == cut_band and luck_ration >= marginal_share):
        return Disburse(
            drawn=0,
            principal=principal,
            payment=payment,
            rate=rate,
            loans_drawn__paid=0,
            new_lending_rate=0,
            draws_granted=0,
            draws_cut=1,
            draws_blocked=0,
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
        draws_cut=0,
        draws_blocked=0,
    )


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
    return min(months_past_due + 1, max(1, -(-overdue // max(payment, 1))))


class ApplyPayment(NamedTuple):
    """What `apply_payment` leaves."""

    principal: int
    interest: int
    overdue: int
    due: int
    months_past_due: int
    covered: int
    triggered: int
    payment: int
    drawn: int
    default_month: int
    interest_paid__received: Tally
    principal_repaid__received: Tally
    repaid_covered: Tally
    repaid_triggered: Tally
    interest_covered: Tally
    npl_new: Tally
    npl_cured: Tally
    npl_repaid: Tally


@stage(where="alive principal")
def apply_payment(
    principal: int,
    interest: int,
    overdue: int,
    due: int,
    paid: int,
    payment: int,
    months_past_due: int,
    covered: int,
    triggered: int,
    default_month: int,
    covers_in_part: int,
    holiday: int,
    clock_frozen: int,
    month: int,
) -> ApplyPayment:
    """Book a payment: interest first, the oldest arrears first; count months past due.

    A month without any payment adds one; a partial payment brings the count down to the number of
    instalments still owed. Principal made before the scheme is repaid first, then claimed, then
    covered principal; under a scheme that covers loans in part, what is not covered is repaid in
    proportion. This month's draw is not yet billed, so it cannot be overdue. In a payment holiday what
    was overdue before stays so; the count of months stands still with ``clock_frozen``.
    """
    to_interest = min(paid, interest)
    to_principal = paid - to_interest
    interest_covered = to_interest * covered // principal if covered > 0 else 0
    if holiday > 0:
        overdue = min(overdue, principal + interest - paid)
        late = months_past_due if clock_frozen else min(months_past_due + 1, MONTHS_LAST)
        months = late if overdue > 0 else 0
    else:
        overdue = max(due - paid, 0)
        months = _months_late(months_past_due, overdue, paid, payment)
    old = principal - covered - triggered
    from_old = to_principal * old // principal if covers_in_part and principal > 0 else min(to_principal, old)
    from_triggered = min(to_principal - from_old, triggered)
    from_covered = to_principal - from_old - from_triggered
    principal -= to_principal
    if principal == 0:
        payment = 0
    was_bad, is_bad = months_past_due >= MONTHS_90, months >= MONTHS_90
    if is_bad and not was_bad:
        default_month = month
    npl_new_now = principal if is_bad and not was_bad else 0
    npl_cured_now = principal if was_bad and not is_bad else 0
    npl_repaid_now = to_principal if was_bad else 0
    return ApplyPayment(
        principal=principal,
        interest=interest - to_interest,
        overdue=overdue,
        due=0,
        months_past_due=months,
        covered=covered - from_covered,
        triggered=triggered - from_triggered,
        payment=payment,
        drawn=0,
        default_month=default_month,
        interest_paid__received=to_interest,
        principal_repaid__received=to_principal,
        repaid_covered=from_covered,
        repaid_triggered=from_triggered,
        interest_covered=interest_covered,
        npl_new=npl_new_now,
        npl_cured=npl_cured_now,
        npl_repaid=npl_repaid_now,
    )


class AgeArrears(NamedTuple):
    """What `age_arrears` leaves."""

    principal: int
    interest: int
    overdue: int
    months_past_due: int
    payment: int
    covered: int
    triggered: int
    claimed: int
    claim_month: int
    written_off: int
    line: int
    limit: int
    months_in_state: int
    newly_triggered: Tally
    charged_off: Tally
    interest_charged_off: Tally
    charged_off_covered: Tally
    npl_charged_off: Tally


@stage(where="alive months_past_due", rare=True)
def age_arrears(
    principal: int,
    interest: int,
    overdue: int,
    months_past_due: int,
    payment: int,
    covered: int,
    triggered: int,
    claimed: int,
    claim_month: int,
    written_off: int,
    line: int,
    limit: int,
    months_in_state: int,
    trigger_months: int,
    charge_off_months: int,
    month: int,
) -> AgeArrears:
    """Claim under the scheme at its trigger, charge off at its age and exclude the person."""
    claim = covered if months_past_due >= min(trigger_months, charge_off_months) else 0
    if claim > 0:
        claimed, claim_month = claim, month
    covered -= claim
    triggered += claim
    if months_past_due < charge_off_months:
        return AgeArrears(
            principal=principal,
            interest=interest,
            overdue=overdue,
            months_past_due=months_past_due,
            payment=payment,
            covered=covered,
            triggered=triggered,
            claimed=claimed,
            claim_month=claim_month,
            written_off=written_off,
            line=line,
            limit=limit,
            months_in_state=months_in_state,
            newly_triggered=claim,
            charged_off=0,
            interest_charged_off=0,
            charged_off_covered=0,
            npl_charged_off=0,
        )
    npl_charged_off_now = principal if months_past_due >= MONTHS_90 else 0
    return AgeArrears(
        principal=0,
        interest=0,
        overdue=0,
        months_past_due=0,
        payment=0,
        covered=0,
        triggered=triggered,
        claimed=claimed,
        claim_month=claim_month,
        written_off=written_off + principal,
        line=LINE_CHARGED_OFF,
        limit=0,
        months_in_state=0,
        newly_triggered=claim,
        charged_off=principal,
        interest_charged_off=interest,
        charged_off_covered=triggered,
        npl_charged_off=npl_charged_off_now,
    )


class RepayWrittenOff(NamedTuple):
    """What `repay_written_off` leaves."""

    cash: int
    paid: int
    recoveries__paid: Tally


@stage(where="alive written_off", rare=True)
def repay_written_off(
    written_off: int,
    cash: int,
    honesty: float,
    months_in_state: int,
    recovery_hazard: float,
    recovery_decay: float,
    recovery_share: float,
    court: int,
    enforcement: float,
    luck_recover: float,
) -> RepayWrittenOff:
    """Pay something on a debt that was written off; ever less likely as it ages.

    The recovery hazard falls geometrically with age (personal non-performing loans in China
    recover above 11 % under one year and about 2.5 % over five). A judgment adds ``enforcement``, which
    does not fade.
    """
    hazard = recovery_hazard * (0.5 + honesty)
    for _ in range(min(months_in_state, 60)):
        hazard *= recovery_decay
    if court == COURT_WON:
        hazard += enforcement
    if luck_recover >= hazard:
        return RepayWrittenOff(cash=cash, paid=0, recoveries__paid=0)
    paid = min(cash, written_off, int(recovery_share * written_off) + 1)
    return RepayWrittenOff(cash=cash - paid, paid=paid, recoveries__paid=paid)


class BookRecovery(NamedTuple):
    """What `book_recovery` leaves."""

    written_off: int
    triggered: int
    months_in_state: int
    line: int
    paid: int
    court: int
    recoveries__received: Tally
    recovered_triggered: Tally
    abandoned_triggered: Tally
    abandoned: Tally
    recovered_by_age_place: Annotated[int, Places(AGES)]
    recovered_by_age_amount: int


@stage(where="alive written_off", rare=True)
def book_recovery(
    written_off: int,
    triggered: int,
    paid: int,
    months_in_state: int,
    line: int,
    court: int,
    exclusion_months: int,
) -> BookRecovery:
    """Book a recovery; after the exclusion the rest is abandoned and the person may return.

    Whoever repays it all before that is left with a closed line, which cools down like any other.
    """
    from_triggered = paid * triggered // written_off
    written_off -= paid
    triggered -= from_triggered
    if months_in_state + 1 >= exclusion_months:
        return BookRecovery(
            written_off=0,
            triggered=0,
            months_in_state=0,
            line=LINE_NONE,
            paid=0,
            court=0,
            recoveries__received=paid,
            recovered_triggered=from_triggered,
            abandoned_triggered=triggered,
            abandoned=written_off,
            recovered_by_age_place=months_in_state,
            recovered_by_age_amount=paid,
        )
    if written_off == 0:
        return BookRecovery(
            written_off=0,
            triggered=0,
            months_in_state=0,
            line=LINE_CLOSED,
            paid=0,
            court=0,
            recoveries__received=paid,
            recovered_triggered=from_triggered,
            abandoned_triggered=triggered,
            abandoned=0,
            recovered_by_age_place=months_in_state,
            recovered_by_age_amount=paid,
        )
    return BookRecovery(
        written_off=written_off,
        triggered=triggered,
        months_in_state=min(months_in_state + 1, AGES - 1),
        line=line,
        paid=0,
        court=court,
        recoveries__received=paid,
        recovered_triggered=from_triggered,
        abandoned_triggered=0,
        abandoned=0,
        recovered_by_age_place=months_in_state,
        recovered_by_age_amount=paid,
    )
