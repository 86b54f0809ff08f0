"""A loan tape with a row for each account and month, as servicers publish: turned to a row for each account."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.inputs.codes import ENDED
from sim.inputs.dates import period_of, remedy
from sim.inputs.errors import InputError, nearest, shown
from sim.inputs.mapping import TapeMapping
from sim.inputs.tape_months import Months, amounts, ended, read_status, with_days
from sim.inputs.tape_table import TapeTable
from sim.persons.tape import LeftOut


def months_of_long(
    table: TapeTable, mapping: TapeMapping, start: str, most: int
) -> tuple[TapeTable, Months, tuple[LeftOut, ...]]:
    """Read a tape with a row for each account and month, as of its last month or of ``start``.

    An account without a row in that month is left out, and counted. One that lacks a row in an earlier month was not
    there, or not reported: nothing owed, not past due.

    Parameters
    ----------
    table : TapeTable
        Every row.
    mapping : TapeMapping
        Which column is what.
    start : str
        Month to start from, as 2000-03; empty: the last.
    most : int
        Accounts that the book may have, in the order in which they stand.

    Returns
    -------
    tuple
        The row of each account of the book in the start month, what it shows month by month, and what was left out.

    Raises
    ------
    InputError
        One line that names file, row, column, value and what is allowed.
    """
    import pandas as pd

    table.refuse_missing([mapping.long.id, mapping.long.month])
    month = _months(table, mapping)
    last = _start(month, start)
    account, names = pd.factorize(table.texts(mapping.long.id))
    _refuse_twice(table, mapping, account, month)
    table, account, month = _within(table, account, month, last - mapping.long.history + 1, last)
    status = read_status(table, mapping, mapping.status[0])
    present = month == last
    book, now = table.where(present), status[present]
    kept, left = ended(book, mapping, now, mapping.balance[0], most)
    absent = len(names) - int(present.sum())
    left += (LeftOut(f"no row in {_in_words(last)}", absent, 0.0),) if absent else ()

    seats = np.full(len(names), -1)
    seats[account[present][kept]] = np.arange(int(kept.sum()))
    mine = seats[account] >= 0
    table, status, month, seat = table.where(mine), status[mine], month[mine], seats[account[mine]]
    here = [*mapping.balance, *mapping.payment]
    table.refuse_missing(here)
    book = book.where(kept)
    rest = (*here, *mapping.status, mapping.columns.ended)
    book.refuse_missing(column for column in mapping.named if column not in rest)
    count = int(last - month.min()) + 1
    labels = tuple(_in_words(last - count + 1 + place) for place in range(count))
    place = month - (last - count + 1)
    bill, paid = ([_spread(values, place, seat, count) for values in read] for read in amounts(table, mapping))
    codes = _spread(status, place, seat, count)
    by_month, coded = with_days(book, mapping, codes), codes[-1] if mapping.columns.days_past_due else None
    return book, Months(labels, by_month, bill[0], paid[0] if paid else np.empty((0, len(kept))), coded), left


def first_of_long(table: TapeTable, mapping: TapeMapping) -> str:
    """First month of a tape with a row for each account and month, as 2018-12."""
    table.refuse_missing([mapping.long.month])
    return _in_words(int(_months(table, mapping).min()))


def later_of_long(table: TapeTable, mapping: TapeMapping, start: str) -> tuple[TapeTable, Months, NDArray[np.bool_]]:
    """Read the months from the start on of the accounts that are in the book then; one without a row has left.

    Returns
    -------
    tuple
        The row of each account in the start month, its months from then on (0 where there is no row), and
        ``bool[months, accounts]`` whether it is still there.
    """
    import pandas as pd

    month = _months(table, mapping)
    first, last = _start(month, start), int(month.max())
    account, names = pd.factorize(table.texts(mapping.long.id))
    table, account, month = _within(table, account, month, first, last)
    status = with_days(table, mapping, read_status(table, mapping, mapping.status[0])[None])[0]
    present = month == first
    book = table.where(present)
    kept, _ = ended(book, mapping, status[present], mapping.balance[0], len(present))
    seats = np.full(len(names), -1)
    seats[account[present][kept]] = np.arange(int(kept.sum()))
    mine = seats[account] >= 0
    table, status, place, seat = table.where(mine), status[mine], month[mine] - first, seats[account[mine]]
    table.refuse_missing(mapping.balance)
    count = last - first + 1
    bill, paid = ([_spread(values, place, seat, count) for values in read] for read in amounts(table, mapping))
    there = _spread(~np.isin(status, list(ENDED)), place, seat, count)
    labels = tuple(_in_words(first + step) for step in range(count))
    months = Months(
        labels, _spread(status, place, seat, count), bill[0], paid[0] if paid else np.empty((0, len(there[0])))
    )
    return book.where(kept), months, np.logical_and.accumulate(there, axis=0)


def _spread(values: NDArray, place: NDArray[np.int64], seat: NDArray[np.int64], count: int) -> NDArray:
    """Put values of rows into shape (months, accounts); 0 where there is no row."""
    found = np.zeros((count, int(seat.max()) + 1), dtype=values.dtype)
    found[place, seat] = values
    return found


def _months(table: TapeTable, mapping: TapeMapping) -> NDArray[np.int64]:
    """Month of each row, counted from January of the year 0."""
    import pandas as pd

    places, texts = pd.factorize(table.texts(mapping.long.month))
    periods = [period_of(str(text), mapping.layout.date_format) for text in texts]
    bad = np.array([one is None or one.months != 1 for one in periods], dtype=bool)[places]
    if bad.any():
        place = int(bad.argmax())
        reads = (
            remedy(str(texts[places[place]]), table.source.key) or "; layout.date_format says how others are written"
        )
        raise table.problem(place, mapping.long.month, f"a month such as 2018-12 or 201812{reads}")
    return np.array([one.first if one else 0 for one in periods], dtype=np.int64)[places]


def _start(month: NDArray[np.int64], start: str) -> int:
    """Month to start from; it must be on the tape."""
    known = {_in_words(int(one)): int(one) for one in np.unique(month)}
    if not start:
        return max(known.values())
    asked = period_of(start)
    words = _in_words(asked.first) if asked and asked.months == 1 else start
    if words not in known:
        span = f"{next(iter(known))} to {list(known)[-1]}"
        raise InputError(
            f"population.start: {shown(start)}, must be a month of the tape, {span}{nearest(words, known)}"
        )
    return known[words]


def _in_words(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _refuse_twice(table: TapeTable, mapping: TapeMapping, account: NDArray[np.int64], month: NDArray[np.int64]) -> None:
    """Refuse a second row of an account in a month."""
    import pandas as pd

    twice = pd.DataFrame({"account": account, "month": month}).duplicated().to_numpy()
    if twice.any():
        place = int(twice.argmax())
        words = _in_words(int(month[place]))
        raise table.problem(place, mapping.long.id, f"unique in a month: it has two rows in {words}")


def _within(
    table: TapeTable, account: NDArray[np.int64], month: NDArray[np.int64], first: int, last: int
) -> tuple[TapeTable, NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the months that inform."""
    inside = (month >= first) & (month <= last)
    return table.where(inside), account[inside], month[inside]
