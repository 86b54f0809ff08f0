"""A user's own loan tape: read, checked to the cell, and turned into evidence on each account."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from sim.inputs.errors import InputError, nearest, shown
from sim.inputs.files import LARGEST_TAPE, OwnFile, own_file
from sim.inputs.mapping import DAYS, PERIODS, TapeMapping
from sim.inputs.month_table import TABLE
from sim.inputs.tape_table import TapeTable, read_tape_table
from sim.loan.states import MONTHS_LAST
from sim.persons.conditional import Beliefs, Evidence
from sim.persons.tape import Contract, Tape, Unit

FEN = 100  # a yuan
LARGEST_FEN = 2_000_000_000
FADING = 0.93  # of the memory of arrears, a month: as the lender's book has it
YOUNG = 25  # years: a thin file up to here (assumption)
DAYS_A_MONTH = 30  # by contract date: 1 to 29 days are the first month past due


def read_tape(file: str | Path, mapping: TapeMapping, start: str = "", accounts: int = 50_000_000) -> Tape:
    """Read a loan tape from a CSV or Parquet file.

    Parameters
    ----------
    file : str or Path
        One row an account; Parquet is known by its first bytes, everything else is CSV in UTF-8.
    mapping : TapeMapping
        Which column is what.
    start : str
        Label of the month that the book starts from; empty for the last. Later months are not looked at.
    accounts : int
        At most so many accounts, from the top of the file.

    Returns
    -------
    Tape
        Evidence on each account and the sentences that say what had to be assumed.

    Raises
    ------
    InputError
        One line that names file, row, column, value and what is allowed.
    """
    if start and start not in mapping.months:
        raise InputError(
            f"population.start: {shown(start)}, must be one of {', '.join(mapping.months)}"
            f"{nearest(start, mapping.months)}"
        )
    own = own_file(file, TABLE, LARGEST_TAPE)
    return _read(own, mapping, start or mapping.months[-1], accounts)


@lru_cache(maxsize=2)  # every arm and scenario of a study asks for the same tape
def _read(file: OwnFile, mapping: TapeMapping, start: str, accounts: int) -> Tape:
    table = read_tape_table(file, mapping)
    months = Months.of(table, mapping)
    limit = _fen(table.numeric(mapping.limit, 0, _largest(mapping), f" ({mapping.currency})"), mapping)
    age = table.numeric(mapping.age, 16, 120, " (years)") if mapping.age else np.full(len(limit), YOUNG + 1.0)
    for attribute in (mapping.sex, mapping.education):
        if attribute:
            table.numeric(attribute, 0, 99, " (a code)", whole=True)
    digest = hashlib.sha256(f"{file.sha256}|{mapping}|{start}|{accounts}".encode())
    income = _fen(_incomes(table, mapping, len(limit)), mapping)
    evidence = _evidence(months, limit, age, income, mapping, start, min(accounts, len(limit)))
    contract = Contract(mapping.rate, mapping.term if mapping.product == "instalment" else 0)
    sentences = _assumptions(months, evidence, mapping, start)
    unit = Unit(mapping.currency, mapping.yuan * FEN, _median_income(evidence, mapping))
    name = PurePath(file.name).name
    return Tape(name, start, digest.hexdigest(), evidence, mapping.beliefs, contract, unit, sentences)


def _incomes(table: TapeTable, mapping: TapeMapping, count: int) -> NDArray[np.float64]:
    """Income of each account holder a month, in the tape's currency; 0 where the tape has no such column."""
    if not mapping.income:
        return np.zeros(count)
    period = PERIODS[mapping.income_per]
    what = f" ({mapping.currency} a {mapping.income_per})"
    return table.numeric(mapping.income, 0, period * _largest(mapping), what) / period


def _median_income(evidence: Evidence, mapping: TapeMapping) -> int:
    """Median income in fen a month: as the mapping says, else that of the column; 0 where neither is given."""
    if mapping.median_income:
        return round(mapping.median_income * mapping.yuan * FEN)
    return int(np.median(evidence.income))


class Months:
    """The monthly columns of a tape, each of shape (months, accounts)."""

    def __init__(self, status: NDArray[np.int64], bill: NDArray[np.float64], paid: NDArray[np.float64]) -> None:
        self.status, self.bill, self.paid = status, bill, paid

    @classmethod
    def of(cls, table: TapeTable, mapping: TapeMapping) -> Months:
        """Read and check the monthly columns."""
        top = _largest(mapping)
        status = np.stack([_status(table, mapping, column) for column in mapping.status])
        bill = np.stack([table.numeric(name, -top, top, f" ({mapping.currency})") for name in mapping.balance])
        paid = [table.numeric(name, 0, top, f" ({mapping.currency})") for name in mapping.payment]
        return cls(status, bill, np.stack(paid) if paid else np.empty((0, bill.shape[1])))


def _status(table: TapeTable, mapping: TapeMapping, column: str) -> NDArray[np.int64]:
    """Read a column of statuses; days past due come back as months past due."""
    named, largest = mapping.codes.named, mapping.largest
    days = mapping.unit == DAYS
    what = " (days past due)" if days else " (months past due; a tape that counts days says unit: days)"
    values = table.numeric(column, min(0, *named), largest, what, whole=True).astype(np.int64)
    bad = (values <= 0) & ~np.isin(values, named)
    if bad.any():
        words = f"one of {', '.join(str(code) for code in named)}, or 1 to {largest}{what}"
        raise table.problem(int(bad.argmax()), column, words)
    return months_of_days(values) if days else values


def months_of_days(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn days past due into months past due by contract date: 1 to 29 are 1, 30 to 59 are 2; codes stay.

    More than 13 months cannot be told apart: these are 360 days and more.
    """
    return np.where(days > 0, np.minimum(days // DAYS_A_MONTH + 1, MONTHS_LAST), days)


def _largest(mapping: TapeMapping) -> float:
    """Largest amount that fits the book, in whole units of the tape's currency."""
    return float(int(LARGEST_FEN / FEN / mapping.yuan))


def _fen(amount: NDArray[np.float64], mapping: TapeMapping) -> NDArray[np.int64]:
    return np.rint(amount * mapping.yuan * FEN).astype(np.int64)


def _evidence(
    months: Months,
    limit: NDArray[np.int64],
    age: NDArray[np.float64],
    income: NDArray[np.int64],
    mapping: TapeMapping,
    start: str,
    count: int,
) -> Evidence:
    """Turn the months up to the start into one value an account."""
    last = mapping.months.index(start)
    codes = mapping.codes
    status, bill = months.status[: last + 1, :count], months.bill[: last + 1, :count]
    now = status[-1]
    late = months_past_due(status, mapping, last + 1)
    memory = np.zeros(count)
    for month in late:
        memory = np.maximum(month, FADING * memory)
    principal = _fen(np.maximum(bill[-1], 0.0), mapping)
    return Evidence(
        limit=limit[:count],
        principal=principal,
        months_past_due=np.where(principal > 0, late[-1], 0),
        memory=memory,
        paid_share=_paid_share(months, last, count),
        full=np.isin(now, codes.full),
        unused=np.isin(now, codes.unused) | (principal == 0),
        clean=(late == 0).all(axis=0) & (len(status) > 1),
        young=(age[:count] <= YOUNG).astype(np.int8),
        income=income[:count],
    )


def months_past_due(status: NDArray[np.int64], mapping: TapeMapping, count: int) -> NDArray[np.int64]:
    """Read months past due off the statuses of the first ``count`` months, shape (count, accounts)."""
    first = np.array([1 if label in mapping.late_from_two else 0 for label in mapping.months[:count]])
    late = np.maximum(status[:count], 0)
    return np.where(late >= 2, late - first[:, None], late)


def _paid_share(months: Months, last: int, count: int) -> NDArray[np.float64]:
    """Share of the bills that was paid, 0 to 1: payments of a month against the bill of the month before.

    In the first month of a tape the payment stands against the same month's bill. Without payments, and
    without bills, one half.
    """
    if len(months.paid) == 0:
        return np.full(count, 0.5)
    pairs = [(months.paid[k, :count], months.bill[max(k - 1, 0), :count]) for k in range(last + 1)]
    pairs = pairs[1:] or pairs
    paid = sum(np.minimum(paid, np.maximum(bill, 0.0)) for paid, bill in pairs)
    billed = sum(np.maximum(bill, 0.0) for _, bill in pairs)
    return np.where(billed > 0, paid / np.maximum(billed, 1e-9), 0.5)


def _assumptions(months: Months, evidence: Evidence, mapping: TapeMapping, start: str) -> tuple[str, ...]:
    """Say what the tape did not show and how it was filled in."""
    last = mapping.months.index(start)
    count = len(evidence.limit)
    status, bill = months.status[: last + 1, :count], months.bill[: last + 1, :count]
    jumps = int((np.diff(np.maximum(status, 0), axis=0) > 1).sum()) if last else 0
    credit = int((bill[-1] < 0).sum())
    idle = int(((status[-1] > 0) & (bill[-1] <= 0)).sum())
    noted = [
        f"The book starts from month {start} of the tape: {count} accounts; earlier months inform, later ones are"
        " not looked at.",
        f"Amounts in {mapping.currency} at {mapping.yuan:g} yuan.",
        "All of a balance is principal: the tape does not part it from interest.",
        f"Balances cost {mapping.rate:.1%} a year"
        + (" and have a minimum payment." if mapping.product == "card" else f" and run {mapping.term} more months."),
        "Arrears are as many instalments as months past due, at most the balance.",
        _income_in_words(mapping),
        *_beliefs_in_words(mapping.beliefs),
        "The lender opens with equity at its target ratio, funded by debt for the rest.",
    ]
    if mapping.unit == DAYS:
        noted.append("Days past due are read by contract date: 1 to 29 as the first month, 30 to 59 as the second.")
    if not mapping.payment:
        noted.append("No payments on the tape: everybody is taken to have paid half of the bills.")
    if credit:
        noted.append(f"{credit} accounts with a balance below 0 (overpaid) start at 0.")
    if idle:
        noted.append(f"{idle} accounts shown as past due with nothing owed start as current.")
    shifted = [label for label in mapping.months[: last + 1] if label in mapping.late_from_two]
    if shifted:
        noted.append(
            f"In {', '.join(shifted)} status 2 is read as the first month past due, 3 as the second, and so on."
        )
    if jumps:
        noted.append(f"{jumps} times a status jumps by 2 or more within a month; taken as it stands.")
    if mapping.age:
        noted.append(f"{int(evidence.young.sum())} persons of at most {YOUNG} years have a thin file.")
    if mapping.sex or mapping.education:
        noted.append("Sex and education were read; no rule uses them.")
    return tuple(noted)


def _income_in_words(mapping: TapeMapping) -> str:
    if mapping.income:
        return f"Income is column {mapping.income}; those who arrive later have population.median_income in the middle."
    return "Income rises with the square root of the limit; the median account has population.median_income."


def _beliefs_in_words(beliefs: Beliefs) -> list[str]:
    habit = f"Of those past due {beliefs.habit_late:.0%} more for each month after the first leave their arrears."
    return [
        *([habit] if beliefs.habit_late else []),
        f"Cash is {beliefs.cash_full:g} of the type distribution's for those who pay in full or owe nothing,"
        f" {beliefs.cash_minimum:g} for those who pay the minimum, {beliefs.cash_late:g} for the late; the buffer"
        " aimed at rises with the share of the bills that was paid.",
        f"Of those past due {beliefs.jobless_late:.0%} are without a job and {beliefs.unwilling_late:.0%} for each"
        f" month, at most {beliefs.unwilling_most:.0%}, have stopped by choice; these are less honest, those never"
        " late on the tape more.",
        "Appetite for credit is drawn half from the type distribution, half from the balance in months of income;"
        f" debt elsewhere is the type distribution's, between {0.5 * beliefs.other_debt:g} and"
        f" {beliefs.other_debt:g} of it as the limit is used.",
    ]
