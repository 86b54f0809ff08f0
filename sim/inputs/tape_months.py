"""The monthly columns of a loan tape: what each account's status, balance and payment were, month by month."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.inputs.codes import DAYS, DAYS_A_MONTH, ENDED, MONTHS, THIRTIES
from sim.inputs.errors import InputError, nearest, shown
from sim.inputs.mapping import TapeMapping
from sim.inputs.numbers import WHOLE, is_whole
from sim.inputs.tape_table import TapeTable
from sim.loan.states import MONTHS_LAST
from sim.persons.tape import LeftOut

WHOLE_CELL = re.compile(rf"({WHOLE})(?:\.0*)?")  # a table with a gap is exported with 3.0 for 3
PADDED = re.compile(r"0([0-9])")  # 00 to 09, as servicers fill codes up to two places
COUNTED = {
    MONTHS: " (months past due; a tape that counts days says unit: days)",
    DAYS: " (days past due)",
    THIRTIES: " (periods of 30 days past due)",
}


@dataclass(frozen=True)
class Months:
    """What the tape shows up to the month that the book starts from; arrays have shape (months, accounts).

    Attributes
    ----------
    labels : tuple of str
        Months, oldest first; the last is the start.
    status : int64[months, accounts]
        Months past due, or one of the states of `sim.inputs.codes`, which are 0 and below.
    bill, paid : float64[months, accounts]
        Balances and payments in the tape's currency; ``paid`` has no month where the tape has none.
    coded : int64[accounts] or None
        Statuses of the last month as their codes say; None where no days past due stand beside them.
    """

    labels: tuple[str, ...]
    status: NDArray[np.int64]
    bill: NDArray[np.float64]
    paid: NDArray[np.float64]
    coded: NDArray[np.int64] | None = None

    @property
    def now(self) -> NDArray[np.int64]:
        """Statuses of the last month."""
        return self.status[-1]


def start_of(mapping: TapeMapping, start: str) -> tuple[str, ...]:
    """Labels of the months of a tape with a row an account, up to the one that the book starts from.

    Raises
    ------
    InputError
        No such month, or the tape shows one month and nobody said which.
    """
    if not mapping.months:
        if not start:
            raise InputError(
                "population.start: is missing: the mapping names no months, so say which one the tape shows, as 2018-12"
            )
        return (start,)
    if start and start not in mapping.months:
        raise InputError(
            f"population.start: {shown(start)}, must be one of {', '.join(mapping.months)}"
            f"{nearest(start, mapping.months)}"
        )
    return mapping.months[: mapping.months.index(start or mapping.months[-1]) + 1]


def months_of_wide(
    table: TapeTable, mapping: TapeMapping, labels: tuple[str, ...], most: int
) -> tuple[TapeTable, Months, tuple[LeftOut, ...]]:
    """Read a tape with a row for each account and a column for each month.

    Parameters
    ----------
    table : TapeTable
        Every row.
    mapping : TapeMapping
        Which column is what.
    labels : tuple of str
        Months up to the start, as `start_of` has them.
    most : int
        Accounts that the book may have, from the top.

    Returns
    -------
    tuple
        The rows that are in the book, what they show month by month, and what was left out and why.

    Raises
    ------
    InputError
        One line that names file, row, column, value and what is allowed.
    """
    every = np.array([read_status(table, mapping, column) for column in mapping.status], dtype=np.int64)
    status = every[: len(labels)] if len(every) else np.zeros((1, len(table.frame)), dtype=np.int64)
    kept, left = ended(table, mapping, status[-1], mapping.balance[len(labels) - 1], most)
    table, status = table.where(kept), status[:, kept]
    table.refuse_missing(column for column in mapping.named if column not in (*mapping.status, mapping.columns.ended))
    bill, paid = (np.stack(read) if read else np.empty((0, len(table.frame))) for read in amounts(table, mapping))
    count = len(labels)
    coded = status[-1] if mapping.status and mapping.columns.days_past_due else None
    return table, Months(labels, with_days(table, mapping, status), bill[:count], paid[:count], coded), left


def amounts(table: TapeTable, mapping: TapeMapping) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Read balances and payments, a list of columns each; a payment that is lacking was none."""
    top, unit = mapping.largest_amount, f" ({mapping.currency})"
    bill = [table.numeric(name, -top, top, unit) for name in mapping.balance]
    paid = [np.nan_to_num(table.numeric(name, 0, top, unit)) for name in mapping.payment]
    return bill, paid


def ended(
    table: TapeTable, mapping: TapeMapping, now: NDArray[np.int64], balance: str, most: int
) -> tuple[NDArray[np.bool_], tuple[LeftOut, ...]]:
    """Say which accounts are in the book: those that have not ended, and of these as many as it may have.

    Returns
    -------
    tuple
        ``bool[accounts]``, and what was left out for each reason that there is.
    """
    why = np.full(len(now), "", dtype=object)
    for state, words in ENDED.items():
        why[now == state] = words
    if mapping.columns.ended:
        told, given = table.texts(mapping.columns.ended), ~table.missing(mapping.columns.ended)
        why[given] = np.char.add("ended, code ", told[given].astype(str))
    standing = why == ""
    why[standing & (np.cumsum(standing) > most)] = "beyond population.borrowers"
    owed = np.nan_to_num(table.loose(balance))
    reasons = sorted({reason for reason in why if reason})
    left = tuple(LeftOut(reason, int((why == reason).sum()), float(owed[why == reason].sum())) for reason in reasons)
    if (why != "").all():
        raise InputError(f"{table.file}: no account is left: {', '.join(f'{one.accounts} {one.why}' for one in left)}")
    return why == "", left


def read_status(table: TapeTable, mapping: TapeMapping, column: str) -> NDArray[np.int64]:
    """Read a column of statuses as months past due, or states of 0 and below.

    Raises
    ------
    InputError
        For the first cell whose code has no meaning; it names the nearest code that has one.
    """
    import pandas as pd

    meaning = mapping.codes.meaning()
    places, codes = pd.factorize(table.texts(column))
    found = [_status(str(code), meaning, mapping) for code in codes]
    bad = np.array([one is None for one in found], dtype=bool)[places]
    if bad.any():
        place = int(bad.argmax())
        lacks = table.missing(column)[place]
        allowed = "given: no row may lack it" if lacks else _allowed(str(codes[places[place]]), meaning, mapping)
        text_too = "; codes gives a meaning to an empty text, too" if lacks else ""
        raise table.problem(place, column, allowed, text_too)
    return np.array([one or 0 for one in found], dtype=np.int64)[places]


def _status(code: str, meaning: dict[str, int], mapping: TapeMapping) -> int | None:
    """What one code means; None where it means nothing."""
    if code in meaning:
        return meaning[code]
    plain = WHOLE_CELL.fullmatch(code) or PADDED.fullmatch(code)
    if not plain:
        return None
    number = int(plain[1])
    if str(number) in meaning:
        return meaning[str(number)]
    if not 1 <= number <= mapping.largest:
        return None
    if mapping.unit == DAYS:
        return int(months_of_days(np.array(number)))
    return min(number + 1, MONTHS_LAST) if mapping.unit == THIRTIES else number


def _allowed(code: str, meaning: dict[str, int], mapping: TapeMapping) -> str:
    """Say what a status may be, with the nearest code of texts."""
    what, largest = COUNTED[mapping.unit], mapping.largest
    numbers = sorted(int(name) for name in meaning if is_whole(name))
    if len(numbers) < len(meaning):
        named = ", ".join(sorted(repr(name) if not is_whole(name) else name for name in meaning))
        return f"one of {named}, or 1 to {largest}{what}; codes gives a meaning to others{nearest(code, meaning)}"
    if is_whole(code) and numbers and numbers[0] <= int(code) <= 0:
        return f"one of {', '.join(str(number) for number in numbers)}, or 1 to {largest}{what}"
    words = "" if is_whole(code) else "; codes gives a meaning to texts"
    return f"a whole number between {min(0, *numbers)} and {largest}{what}{words}"


def months_of_days(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn days past due into months past due by contract date: 1 to 29 are 1, 30 to 59 are 2; codes stay.

    More than 13 months cannot be told apart: these are 360 days and more.
    """
    return np.where(days > 0, np.minimum(days // DAYS_A_MONTH + 1, MONTHS_LAST), days)


def with_days(table: TapeTable, mapping: TapeMapping, status: NDArray[np.int64]) -> NDArray[np.int64]:
    """Let a column of days past due say how late the last month is; states stay, and codes where days are lacking."""
    if not mapping.columns.days_past_due:
        return status
    table.refuse_other_unit(mapping.columns.days_past_due, "days")
    told = table.numeric(mapping.columns.days_past_due, 0, 3650, " (days past due)", whole=True)
    days = np.nan_to_num(told).astype(np.int64)
    coded = np.where(np.isnan(told), status[-1], np.minimum(status[-1], 0))
    return np.vstack([status[:-1], np.where(days > 0, months_of_days(days), coded)])


def months_past_due(months: Months, mapping: TapeMapping) -> NDArray[np.int64]:
    """Read months past due off the statuses, shape (months, accounts)."""
    # What days past due say of the last month is no code.
    coded = months.labels[:-1] if mapping.columns.days_past_due else months.labels
    first = np.array([1 if label in mapping.late_from_two and label in coded else 0 for label in months.labels])
    late = np.maximum(months.status, 0)
    return np.where(late >= 2, late - first[:, None], late)


def paid_share(months: Months) -> NDArray[np.float64]:
    """Share of the bills that was paid, 0 to 1: payments of a month against the bill of the month before.

    In the first month of a tape the payment stands against the same month's bill. Without payments, and
    without bills, one half.
    """
    if len(months.paid) == 0:
        return np.full(months.bill.shape[1], 0.5)
    pairs = [(months.paid[k], months.bill[max(k - 1, 0)]) for k in range(len(months.labels))]
    pairs = pairs[1:] or pairs
    paid = sum(np.minimum(paid, np.maximum(bill, 0.0)) for paid, bill in pairs)
    billed = sum(np.maximum(bill, 0.0) for _, bill in pairs)
    return np.where(billed > 0, paid / np.maximum(billed, 1e-9), 0.5)
