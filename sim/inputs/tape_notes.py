"""What of a loan tape contradicts itself or looks odd and is taken as it stands: a count of accounts each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.inputs.account_terms import HIGHEST_RATE, months_left, told_rates
from sim.inputs.mapping import TapeMapping
from sim.inputs.tape_months import Months
from sim.inputs.tape_table import TapeTable
from sim.persons.conditional import Evidence

FEWEST_PARTED = 3  # different texts with three digits after the sign: fewer may be chance


def notes_of(
    table: TapeTable, mapping: TapeMapping, months: Months, evidence: Evidence, scores: NDArray[np.float64] | None
) -> tuple[str, ...]:
    """Say what was replaced, where two columns disagree, and which amounts look odd: clauses for the control totals.

    Parameters
    ----------
    table : TapeTable
        A row for each account of the book.
    mapping : TapeMapping
        Which column is what.
    months, evidence
        What was read of it.
    scores : float64[accounts] or None
        Scores, nan where there is none.
    """
    last = (mapping.limit, *mapping.balance[-1:])
    parted = [line for column in last if column for line in _thousands(table, column)]
    replaced = [f"the header ({table.replaced}) is replaced by layout.names"] if table.replaced else []
    odd = [f"{counted(count)} {what}" for count, what in _odd(table, mapping, months, evidence, scores) if count]
    return (*replaced, *_held(table, mapping), *_turned(mapping, months), *parted, *_disagreeing(mapping, months), *odd)


def _held(table: TapeTable, mapping: TapeMapping) -> Iterator[str]:
    """Rates that the book cannot hold and that are taken at its highest, as the mapping says."""
    rates = told_rates(table, mapping) if mapping.columns.rate else np.zeros(0)
    above = rates[np.isfinite(rates) & (rates > HIGHEST_RATE)]
    if len(above):
        most = f"at most {above.max():.2%}"
        yield f"rates of {counted(len(above))} are above {HIGHEST_RATE:.0%} a year, {most}, and held there"


def _turned(mapping: TapeMapping, months: Months) -> Iterator[str]:
    """Balances of which more are below 0 than above."""
    owed, column = months.bill[-1], mapping.balance[0 if mapping.long.id else len(months.labels) - 1]
    if (owed < 0).sum() > (owed > 0).sum():
        yield (
            "look at the balances: more are below 0 than above, as where a ledger puts a minus before what is owed;"
            f" times: {{{column}: -1}} turns them"
        )


def _thousands(table: TapeTable, column: str) -> Iterator[str]:
    """A column of texts whose sign of the fraction has three digits after it each time, as a sign of thousands has."""
    point, texts = table.source.layout.point, {str(cell) for cell in table.frame[column] if isinstance(cell, str)}
    signed = [text for text in texts if point in text]
    grouped = re.compile(rf"[^0-9]*[1-9][0-9]{{0,2}}{re.escape(point)}[0-9]{{3}}[^0-9]*")
    if len(signed) < FEWEST_PARTED or not all(map(grouped.fullmatch, signed)):
        return
    thousands, decimal = ("point", "comma") if point == "." else ("comma", "point")
    key = table.source.key(thousands=thousands, decimal=decimal)
    yield f"look at column {column}: each {point} has three digits after it, as between thousands; {key} reads it so"


def counted(accounts: int, verb: str = "") -> str:
    """Write a number of accounts with its noun and a verb in its plural: 12 000 accounts lack, 1 account lacks."""
    number = f"{accounts:,}".replace(",", " ")
    if accounts == 1:
        return f"{number} account" + (f" {'has' if verb == 'have' else f'{verb}s'}" if verb else "")
    return f"{number} accounts {verb}".rstrip()


def _disagreeing(mapping: TapeMapping, months: Months) -> Iterator[str]:
    """Accounts whose status code and days past due, both given, say different things; days hold."""
    if months.coded is None:
        return
    days = np.maximum(months.now, 0)
    first = 1 if months.labels[-1] in mapping.late_from_two else 0
    codes = np.maximum(months.coded, 0)
    codes = np.where(codes >= 2, codes - first, codes)
    for which, status, other in (
        ((codes > 0) & (days == 0), "late", "0"),
        ((codes == 0) & (days > 0), "not past due", "above 0"),
        ((codes > 0) & (days > 0) & (codes != days), "late", "of another month"),
    ):
        if which.any():
            yield f"{counted(int(which.sum()))}: status says {status}, days past due {other}; days past due hold"


def _odd(
    table: TapeTable, mapping: TapeMapping, months: Months, evidence: Evidence, scores: NDArray[np.float64] | None
) -> Iterator[tuple[int, str]]:
    """Counts of what looks odd and is read all the same, and what becomes of it."""
    if mapping.limit:
        yield int((evidence.principal > evidence.limit).sum()), "with a balance above the limit: both as they stand"
    yield int((months.bill[-1] < 0).sum()), "with a balance below 0: taken as 0, nothing owed"
    if scores is not None:
        yield int((scores == 0).sum()), "with score 0: in the mean of the scores, no rule uses it"
    if mapping.columns.term and mapping.term_is != "left":
        run_out = int((months_left(table, mapping, months.labels[-1]) < 1).sum())
        yield run_out, "with a term that has run out: one month is left"
    if mapping.income:
        yield int((table.loose(mapping.income) == 0).sum()), "with income 0: drawn by the limit, as where none is told"
