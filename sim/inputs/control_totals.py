"""Control totals of a tape: what a reader holds against his own sums before he trusts what comes out."""

from __future__ import annotations

from collections import Counter

import numpy as np

from sim.inputs.tape_notes import counted
from sim.inputs.term_totals import terms_told, warnings
from sim.loan.states import MONTHS_LAST
from sim.persons.tape import Tape

MOST_LABELS = 12


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
        Clauses: size, buckets, what the first month may charge off, income; the sum of the balances as on the tape and
        as in the book; then, where the tape has them, currencies, products, segments, scores, what contradicts itself,
        and what was left out.
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
        f"{tape.source}, from {tape.start}: {counted(tape.accounts)}, limits of {limit} {unit.currency},"
        f" balances of {owed} {unit.currency}",
        f"past due (accounts, share of the balance): {'; '.join(buckets)}",
        f"{charge_off_months - 1} months past due and more, charged off in the first month unless they pay:"
        f" {_of(late >= charge_off_months - 1, tape)}",
        f"median income {income} {unit.currency} a month",
        *_balances(tape),
        *(_by(name, labels, tape) for name, labels in tape.totals.groups.items()),
        *_scores(tape),
        *terms_told(tape),
        *tape.totals.notes,
        *warnings(tape),
        *(_left_out(tape)),
    ]


def _balances(tape: Tape) -> list[str]:
    """Sums of the balances as they stand on the tape, by currency, beside those of the book."""
    totals, told = tape.totals, []
    for currency in sorted(set(totals.currency)):
        mine = totals.currency == currency
        fen = _grouped(int(tape.evidence.principal[mine].sum()))
        owed = f"{totals.balance[mine].sum():,.2f}".replace(",", " ")
        told.append(f"balances in {currency}: {owed} on the tape ({counted(int(mine.sum()))}), {fen} fen in the book")
    return told


def _by(name: str, labels: np.ndarray, tape: Tape) -> str:
    """Accounts and share of the balance by label, the most frequent first."""
    counts = Counter(labels)
    shown = [label for label, _ in counts.most_common(MOST_LABELS)]
    told = [f"{label or 'not told'}: {_of(labels == label, tape)}" for label in shown]
    if len(counts) > len(shown):
        told.append(f"{len(counts) - len(shown)} others: {_of(~np.isin(labels, shown), tape)}")
    return f"by {name} (accounts, share of the balance): {'; '.join(told)}"


def _scores(tape: Tape) -> list[str]:
    scores = tape.totals.scores
    if scores is None or not np.isfinite(scores).any():
        return []
    known = scores[np.isfinite(scores)]
    return [f"score of {counted(len(known))}: mean {known.mean():,.1f}, {known.min():g} to {known.max():g}"]


def _left_out(tape: Tape) -> list[str]:
    """What of the tape is not in the book, for each reason."""
    currencies = set(tape.totals.currency)
    unit = f" {currencies.pop()}" if len(currencies) == 1 else ""
    told = [
        f"{_grouped(one.accounts)} {one.why} (balances of {_grouped(one.balance)}{unit})"
        for one in tape.totals.left_out
    ]
    return [f"left out of the book, accounts: {'; '.join(told)}"] if told else []


def _bucket(months: int) -> str:
    return f"{months} month{'s' if months > 1 else ''}" if months else "not past due"


def _of(which: np.ndarray, tape: Tape) -> str:
    """Accounts of a group and their share of the balance."""
    principal = tape.evidence.principal
    share = principal[which].sum() / max(principal.sum(), 1)
    return f"{_grouped(int(which.sum()))}, {share:.1%}"


def _grouped(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ")
