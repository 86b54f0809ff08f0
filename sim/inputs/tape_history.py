"""A loan tape as months to compare with: every account of the first month, and what became of it later."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.inputs.account_terms import fen_of, yuan_of
from sim.inputs.codes import ENDED
from sim.inputs.errors import InputError, nearest, read_as_table, shown
from sim.inputs.files import LARGEST_TAPE, own_file
from sim.inputs.mapping import TapeMapping
from sim.inputs.month_table import TABLE
from sim.inputs.source import Source
from sim.inputs.tape_long import first_of_long, later_of_long
from sim.inputs.tape_months import Months, amounts, ended, months_past_due, read_status
from sim.inputs.tape_table import KEYS, MOST_COLUMNS, TapeTable, read_tape_table
from sim.inputs.text import header_of, is_parquet
from sim.persons.tape import Tape

MOST_NAMED = 6
"""Columns that a message names."""


@dataclass(frozen=True)
class History:
    """Months of the accounts that are in the book in the first of them; arrays have shape (months, accounts).

    Attributes
    ----------
    labels : tuple of str
        Months, oldest first.
    late : int64
        Months past due.
    owed : int64
        Balance in fen, 0 where the customer has overpaid.
    paid : int64
        Paid in the month, fen; no month where the tape has no payments.
    there : bool
        Whether the account is still in the book: neither closed nor written off nor without a row.
    limit : int64[accounts]
        Credit limit in fen.
    """

    labels: tuple[str, ...]
    late: NDArray[np.int64]
    owed: NDArray[np.int64]
    paid: NDArray[np.int64]
    there: NDArray[np.bool_]
    limit: NDArray[np.int64]

    @property
    def accounts(self) -> int:
        """Number of accounts."""
        return self.late.shape[1]


def read_history(file: str | Path, mapping: TapeMapping, tape: Tape, until: str = "") -> History:
    """Read what became of the accounts of a tape after the month that it starts from.

    Parameters
    ----------
    file : str or Path
        The tape.
    mapping : TapeMapping
        Which column is what.
    tape : Tape
        The book of the first month, all accounts, as `sim.inputs.tape.read_tape` has read it from the same file.
    until : str
        Label of the last month; empty for the last of the tape.

    Raises
    ------
    InputError
        There is no such month, or no month after the first; one line.
    """
    found = own_file(file, TABLE, LARGEST_TAPE)
    table = read_tape_table(found, mapping)
    read = later_of_long if mapping.long.id else later_of_wide
    table, months, there = read(table, mapping, tape.start)
    last = _last(months.labels, until, found.name)
    late = months_past_due(months, mapping)[:last]
    yuan = yuan_of(table, mapping)
    owed = fen_of(np.maximum(np.nan_to_num(months.bill[:last]), 0.0), yuan)
    paid = fen_of(np.nan_to_num(months.paid[:last]), yuan)
    return History(months.labels[:last], np.where(owed > 0, late, 0), owed, paid, there[:last], tape.evidence.limit)


def first_month(file: str | Path, mapping: TapeMapping) -> str:
    """Label of the first month that a tape shows.

    Raises
    ------
    InputError
        A tape with a row an account whose mapping names no months, or a month that cannot be read; one line.
    """
    if not mapping.long.id:
        return _months_of(mapping, str(file))[0]
    return first_of_long(read_tape_table(own_file(file, TABLE, LARGEST_TAPE), mapping), mapping)


def refuse_few_months(file: str | Path, mapping: TapeMapping, fewest: int) -> None:
    """Refuse a tape with a row an account that lacks columns of its mapping, so that too few months are left.

    Parameters
    ----------
    file : str or Path
        The tape; one with a row a month says by its rows how many there are, and is not looked at.
    mapping : TapeMapping
        Which column is what.
    fewest : int
        Months that are needed.

    Raises
    ------
    InputError
        One line: the mapping is of another tape, names too few months, or the tape has too few of them.
    """
    named = mapping.status or mapping.balance
    if mapping.long.id:
        return
    header = columns_in(file, mapping)
    lacking = [column for column in named if column not in header]
    if len(lacking) == len(named):
        raise InputError(
            f"{file}: has none of the monthly columns that the mapping names ({_some(named)}): the mapping is of"
            f" another tape; the columns are {shown(', '.join(header))}"
        )
    if len(named) < fewest:
        raise InputError(
            f"{file}: the mapping names {_months(len(named))} ({_some(named)}), must name at least {fewest}"
        )
    if len(named) - len(lacking) < fewest:
        raise InputError(
            f"{file}: shows {_months(len(named) - len(lacking))} of the {len(named)} that the mapping names, must show"
            f" at least {fewest}; missing: {_some(lacking)}"
        )


def columns_in(file: str | Path, mapping: TapeMapping) -> list[str]:
    """Names of the columns of a tape, as the layout of its mapping tells.

    Raises
    ------
    InputError
        It cannot be read as a table; one line.
    """
    own = own_file(file, TABLE, LARGEST_TAPE)
    with read_as_table(own.name, TABLE):
        if not is_parquet(own):
            return header_of(Source(own, TABLE, LARGEST_TAPE, mapping.layout, KEYS), TABLE, MOST_COLUMNS)
        import pyarrow.parquet

        try:
            return list(pyarrow.parquet.read_schema(own.path).names)
        except pyarrow.ArrowException:
            raise InputError(f"{own.name}: damaged, must be {TABLE}") from None


def _months(count: int) -> str:
    return f"{count} month" + ("s" if count > 1 else "")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")


def _last(labels: Sequence[str], until: str, name: str) -> int:
    """How many months there are up to the last one."""
    if until and until not in labels:
        raise InputError(
            f"until: {shown(until)}, must be a month of the tape, {labels[0]} to {labels[-1]}{nearest(until, labels)}"
        )
    count = labels.index(until) + 1 if until else len(labels)
    if count < 2:
        raise InputError(f"{name}: shows one month, {labels[0]}: what accounts do from month to month is not on it")
    return count


def later_of_wide(table: TapeTable, mapping: TapeMapping, start: str) -> tuple[TapeTable, Months, NDArray[np.bool_]]:
    """Read the months from the start on of a tape with a row an account.

    Returns
    -------
    tuple
        The rows that are in the book at the start, their months from then on, and ``bool[months, accounts]`` whether
        they are still there.
    """
    labels = _months_of(mapping, table.file)
    first = labels.index(start)
    status = np.array([read_status(table, mapping, column) for column in mapping.status], dtype=np.int64)
    kept, _ = ended(table, mapping, status[first], mapping.balance[first], len(table.frame))
    table, status = table.where(kept), status[first:, kept]
    bill, paid = (
        np.stack(read)[first:] if read else np.empty((0, len(table.frame))) for read in amounts(table, mapping)
    )
    gone = np.logical_or.accumulate(np.isin(status, list(ENDED)), axis=0)
    return table, Months(labels[first:], status, bill, paid), ~gone


def _months_of(mapping: TapeMapping, file: str) -> tuple[str, ...]:
    """Months of a tape with a row an account; refused where it has a status for one alone."""
    if not mapping.months or not mapping.status:
        raise InputError(f"{file}: shows one month: what accounts do from month to month is not on it")
    return mapping.months


def thinned(tape: Tape, history: History, most: int) -> tuple[Tape, History]:
    """Leave at most so many accounts, spread evenly over the file."""
    if history.accounts <= most:
        return tape, history
    places = (np.arange(most) * history.accounts) // most
    few = Tape(
        tape.source,
        tape.start,
        f"{tape.sha256}|{most}",
        _rows(tape.evidence, places),
        tape.beliefs,
        _rows(tape.contract, places),
        tape.unit,
        tape.totals,
        tape.assumptions,
    )
    by_month = {name: getattr(history, name)[:, places] for name in ("late", "owed", "paid", "there")}
    return few, dataclasses.replace(history, limit=history.limit[places], **by_month)


def _rows(part: Any, places: NDArray[np.int64]) -> Any:
    """A part of a tape for some of its accounts; what holds for all of them stays."""
    values = {each.name: getattr(part, each.name) for each in dataclasses.fields(part)}
    few = {name: value[places] for name, value in values.items() if isinstance(value, np.ndarray)}
    return dataclasses.replace(part, **few)
