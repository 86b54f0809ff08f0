"""What becomes of arrears: a claim under the scheme, the charge-off, recoveries. Exact in fen."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.loops.stage import Places, Tally, stage
from sim.loan.states import COURT_WON, LINE_CHARGED_OFF, LINE_CLOSED, LINE_NONE, MONTHS_90

AGES = 121  # months since a charge-off that are told apart


class ClaimCover(NamedTuple):
    """Principal claimed under the scheme."""

    covered: int
    triggered: int
    claimed: int
    claim_month: int
    newly_triggered: Tally


@stage(where="alive months_past_due covered", rare=True)
def claim_cover(
    months_past_due: int,
    covered: int,
    triggered: int,
    claimed: int,
    claim_month: int,
    trigger_months: int,
    charge_off_months: int,
    month: int,
) -> ClaimCover:
    """Claim what is covered at the scheme's trigger, at the latest when the loan is charged off."""
    if months_past_due < min(trigger_months, charge_off_months):
        return ClaimCover(
            covered=covered, triggered=triggered, claimed=claimed, claim_month=claim_month, newly_triggered=0
        )
    return ClaimCover(
        covered=0, triggered=triggered + covered, claimed=covered, claim_month=month, newly_triggered=covered
    )


class Exclude(NamedTuple):
    """The line of an account, which a charge-off ends."""

    line: int
    limit: int
    months_in_state: int


def is_lost(months_past_due: int, charge_off_months: int) -> bool:
    """Whether a loan is so old that it is charged off."""
    return months_past_due >= charge_off_months


@stage(where="alive months_past_due", when=is_lost)
def exclude(line: int, limit: int, months_in_state: int, months_past_due: int, charge_off_months: int) -> Exclude:
    """Exclude whose loan is about to be charged off."""
    if months_past_due < charge_off_months:
        return Exclude(line=line, limit=limit, months_in_state=months_in_state)
    return Exclude(line=LINE_CHARGED_OFF, limit=0, months_in_state=0)


class ChargeOff(NamedTuple):
    """A loan in arrears, or the old debt that it becomes."""

    principal: int
    interest: int
    overdue: int
    months_past_due: int
    payment: int
    written_off: int
    charged_off: Tally
    interest_charged_off: Tally
    charged_off_covered: Tally
    npl_charged_off: Tally


@stage(where="alive months_past_due", when=is_lost)
def charge_off(
    principal: int,
    interest: int,
    overdue: int,
    months_past_due: int,
    payment: int,
    triggered: int,
    written_off: int,
    charge_off_months: int,
) -> ChargeOff:
    """Charge off a loan at its age: principal is pursued further, interest is not."""
    is_due = months_past_due >= charge_off_months
    lost = principal if is_due else 0
    return ChargeOff(
        principal=principal - lost,
        interest=0 if is_due else interest,
        overdue=0 if is_due else overdue,
        months_past_due=0 if is_due else months_past_due,
        payment=0 if is_due else payment,
        written_off=written_off + lost,
        charged_off=lost,
        interest_charged_off=interest if is_due else 0,
        charged_off_covered=triggered if is_due else 0,
        npl_charged_off=lost if months_past_due >= MONTHS_90 else 0,
    )


# Both of the others ask for the arrears, which the charge-off ends.
ARREARS_STAGES = (claim_cover, exclude, charge_off)


class RepayWrittenOff(NamedTuple):
    """What was paid on an old debt."""

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
    collecting: float,
    luck_recover: float,
) -> RepayWrittenOff:
    """Pay something on a debt that was written off; ever less likely as it ages.

    The recovery hazard falls geometrically with age (personal non-performing loans in China
    recover above 11 % under one year and about 2.5 % over five). A judgment adds ``enforcement``, which
    does not fade. Where collectors and bailiffs rest, nobody is made to pay (``collecting`` below 1).
    """
    hazard = recovery_hazard * (0.5 + honesty)
    for _ in range(min(months_in_state, 60)):
        hazard *= recovery_decay
    if court == COURT_WON:
        hazard += enforcement
    if luck_recover >= hazard * collecting:
        return RepayWrittenOff(cash=cash, paid=0, recoveries__paid=0)
    paid = min(cash, written_off, int(recovery_share * written_off) + 1)
    return RepayWrittenOff(cash=cash - paid, paid=paid, recoveries__paid=paid)


class BookRecovery(NamedTuple):
    """The old debt after a recovery, and what was recovered or given up."""

    written_off: int
    triggered: int
    months_in_state: int
    line: int
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
    excluded = months_in_state + 1 < exclusion_months
    pursued = excluded and written_off > 0
    return BookRecovery(
        written_off=written_off if pursued else 0,
        triggered=triggered if pursued else 0,
        months_in_state=min(months_in_state + 1, AGES - 1) if pursued else 0,
        line=line if pursued else LINE_CLOSED if excluded else LINE_NONE,
        court=court if pursued else 0,
        recoveries__received=paid,
        recovered_triggered=from_triggered,
        abandoned_triggered=0 if pursued else triggered,
        abandoned=0 if pursued else written_off,
        recovered_by_age_place=months_in_state,
        recovered_by_age_amount=paid,
    )
