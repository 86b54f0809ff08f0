"""Control totals of a tape: what a reader holds against his own sums before he trusts what comes out."""

from __future__ import annotations

import numpy as np

from sim.loan.states import MONTHS_LAST
from sim.persons.tape import Tape


def control_totals(tape: Tape, charge_off_months: int, median_income: int) -> list[str]:
    """Sum up a tape as it was read, in its own currency.

    Parameters
    ----------
    tape : Tape
        As it is seated.
    charge_off_months : int
        Months past due at which a loan is charged off.
    median_income : int
        Fen a month, as the run takes it.

    Returns
    -------
    list of str
        Clauses: size, buckets, what the first month may charge off, income.
    """
    evidence, unit = tape.evidence, tape.unit
    balance = int(evidence.principal.sum())
    limit, owed, income = (_grouped(fen / unit.fen) for fen in (int(evidence.limit.sum()), balance, median_income))
    late = evidence.months_past_due
    buckets = [
        f"{_bucket(months)}: {_of(late == months, tape)}"
        for months in range(MONTHS_LAST + 1)
        if months == 0 or (late == months).any()
    ]
    return [
        f"{tape.source}, from {tape.start}: {_grouped(tape.accounts)} accounts, limits of {limit} {unit.currency},"
        f" balances of {owed} {unit.currency}",
        f"past due (accounts, share of the balance): {'; '.join(buckets)}",
        f"{charge_off_months - 1} months past due and more, charged off in the first month unless they pay:"
        f" {_of(late >= charge_off_months - 1, tape)}",
        f"median income {income} {unit.currency} a month",
    ]


def _bucket(months: int) -> str:
    return f"{months} month{'s' if months > 1 else ''}" if months else "not past due"


def _of(which: np.ndarray, tape: Tape) -> str:
    """Accounts of a group and their share of the balance."""
    principal = tape.evidence.principal
    share = principal[which].sum() / max(principal.sum(), 1)
    return f"{_grouped(int(which.sum()))}, {share:.1%}"


def _grouped(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ")
