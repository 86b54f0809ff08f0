"""The loan contract: bill, disburse, apply payments, age, charge off, recover. Exact in fen."""

from __future__ import annotations

import math

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import stage
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


@stage("interest due", "interest_accrued", where="alive principal")
def bill(
    principal: int,
    interest: int,
    rate: float,
    payment: int,
    overdue: int,
    months_past_due: int,
    holiday: int,
    accrual_stops: int,
) -> tuple[int, int, int]:
    """Accrue the month's interest and bill one instalment on top of what is overdue.

    Interest stops accruing ``accrual_stops`` months past due (90 days under the five-category
    rules). What was billed before is never billed twice. In a payment holiday nothing is asked for.
    """
    accrued = month_interest(principal, rate) if months_past_due < accrual_stops else 0
    # Partial payments may keep a debt alive for ever; what is owed stays within what a column holds.
    accrued = min(accrued, max(2 * LARGEST - principal - interest, 0))
    interest += accrued
    if holiday > 0:
        return interest, 0, accrued
    return interest, overdue + min(payment, principal + interest - overdue), accrued


@stage(
    "drawn principal payment rate",
    "loans_drawn.paid new_lending_rate draws_granted draws_cut draws_blocked",
    where="alive request",
    rare=True,
)
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
) -> tuple[int, int, int, float, int, int, int, int, int]:
    """Grant a draw within the month's funds and re-amortise the balance over the line's term.

    Authentication blocks some by mistake (``draw_blocked``). Bands of score below ``cut_band`` wait, the
    marginal band is cut by a keyed draw. A term of 0 is a card-like line with a minimum payment. With
    ``draw_extends_term`` the whole balance is spread anew, which eases the old instalment: part of what
    an open line is worth.
    """
    if luck_authenticate < draw_blocked:
        return 0, principal, payment, rate, 0, 0, 0, 0, 1
    band = int(score) // 10
    if band < cut_band or (band == cut_band and luck_ration >= marginal_share):
        return 0, principal, payment, rate, 0, 0, 0, 1, 0
    balance = principal + request
    rate = (principal * rate + request * offer_rate) / balance
    level = _instalment(balance, rate, offer_term, minimum_payment_share)
    payment = level if draw_extends_term else max(level, payment)
    return request, balance, payment, rate, request, int(request * offer_rate), 1, 0, 0


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


@stage(
    "principal interest overdue due months_past_due covered triggered payment drawn default_month",
    "interest_paid.received principal_repaid.received repaid_covered repaid_triggered interest_covered "
    "npl_new npl_cured npl_repaid",
    where="alive principal",
)
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
) -> tuple[int, ...]:
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
    return (
        principal,
        interest - to_interest,
        overdue,
        0,
        months,
        covered - from_covered,
        triggered - from_triggered,
        payment,
        0,
        default_month,
        to_interest,
        to_principal,
        from_covered,
        from_triggered,
        interest_covered,
        principal if is_bad and not was_bad else 0,
        principal if was_bad and not is_bad else 0,
        to_principal if was_bad else 0,
    )


@stage(
    "principal interest overdue months_past_due payment covered triggered claimed claim_month written_off line limit "
    "months_in_state",
    "newly_triggered charged_off interest_charged_off charged_off_covered npl_charged_off",
    where="alive months_past_due",
    rare=True,
)
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
) -> tuple[int, ...]:
    """Claim under the scheme at its trigger, charge off at its age and exclude the person."""
    claim = covered if months_past_due >= min(trigger_months, charge_off_months) else 0
    if claim > 0:
        claimed, claim_month = claim, month
    covered -= claim
    triggered += claim
    if months_past_due < charge_off_months:
        return (principal, interest, overdue, months_past_due, payment, covered, triggered, claimed, claim_month,
                written_off, line, limit, months_in_state, claim, 0, 0, 0, 0)  # fmt: skip
    return (0, 0, 0, 0, 0, 0, triggered, claimed, claim_month, written_off + principal, LINE_CHARGED_OFF, 0, 0,
            claim, principal, interest, triggered,
            principal if months_past_due >= MONTHS_90 else 0)  # fmt: skip


@stage("cash paid", "recoveries.paid", where="alive written_off", rare=True)
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
) -> tuple[int, int, int]:
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
        return cash, 0, 0
    paid = min(cash, written_off, int(recovery_share * written_off) + 1)
    return cash - paid, paid, paid


@stage(
    "written_off triggered months_in_state line paid court",
    "recoveries.received recovered_triggered abandoned_triggered abandoned",
    bins={"recovered_by_age": AGES},
    where="alive written_off",
    rare=True,
)
def book_recovery(
    written_off: int,
    triggered: int,
    paid: int,
    months_in_state: int,
    line: int,
    court: int,
    exclusion_months: int,
) -> tuple[int, ...]:
    """Book a recovery; after the exclusion the rest is abandoned and the person may return.

    Whoever repays it all before that is left with a closed line, which cools down like any other.
    """
    from_triggered = paid * triggered // written_off
    written_off -= paid
    triggered -= from_triggered
    if months_in_state + 1 >= exclusion_months:
        return 0, 0, 0, LINE_NONE, 0, 0, paid, from_triggered, triggered, written_off, months_in_state, paid
    if written_off == 0:
        return 0, 0, 0, LINE_CLOSED, 0, 0, paid, from_triggered, triggered, 0, months_in_state, paid
    return (written_off, triggered, min(months_in_state + 1, AGES - 1), line, 0, court,
            paid, from_triggered, 0, 0, months_in_state, paid)  # fmt: skip
