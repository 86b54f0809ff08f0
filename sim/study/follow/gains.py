"""Who gains and who loses: each person and firm under a package and under its parent, with the same luck.

Persons are the same in every run of a scenario and replication, since arrivals know nothing of the lender. So are the
firms that stood at the policy date; one founded later, on the market of one that failed, is of its own run alone and
counted apart. Net of a gain and a loss is the difference of the two runs, to the last person and fen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.compiled import scalar
from sim.engine.loops.diskcache import kept
from sim.study.follow.cells import Layout
from sim.study.follow.lives import DEFAULTS, FAILURES, ROW_BY_ROW, STOCKS

OUTCOMES = ("in neither", "saved", "caused", "in both", "parent's alone", "its own alone")
"""What happened with the parent and here: the event in neither run, with the parent only, here only, in both; or a firm
that only one of the two has."""
PARENTS_ALONE, ITS_OWN_ALONE = 4, 5
COUNTS = (
    *("number", "left_with_parent_alone", "left_here_alone", "left_in_both"),
    *("line_lost", "line_gained", "line_months_lost", "line_months_gained"),
)
NUMBER, LEFT_WITH_PARENT, LEFT_HERE, LEFT_IN_BOTH, LINE_LOST, LINE_GAINED, MONTHS_LOST, MONTHS_GAINED = range(
    len(COUNTS)
)
WITH_PARENT = "_with_parent"
AMOUNTS = tuple(name + "_month_ends" if name in STOCKS else name for name in ROW_BY_ROW)
COLUMNS = (*COUNTS, *(name + WITH_PARENT for name in AMOUNTS), *AMOUNTS)
"""What each row of the table holds beside its keys; stocks are added up over month ends."""


@dataclass(frozen=True)
class Lives:
    """What a run leaves of each row of a book.

    Attributes
    ----------
    cells : int32[rows]
        Cell of each row in ``layout``.
    there : bool[rows]
        Whether it was there at the policy date or came after it: of the others only what they still owe is left.
    stays : int8[rows]
        Whether a person is there, or a firm in business, at the end.
    common : int or None
        Rows up to here are the same ones in every run; none: all are.
    totals : int64[ROW_BY_ROW, rows]
        Since the policy date.
    open_months : int64[words, rows]
        A bit for each month at whose end the line was open.
    """

    layout: Layout
    cells: NDArray[np.int32]
    there: NDArray[np.bool_]
    stays: NDArray[np.int8]
    common: int | None
    totals: NDArray[np.int64]
    open_months: NDArray[np.int64]

    def part(self, first: int, stop: int | None = None) -> Lives:
        """Rows of a stretch alone."""
        of = slice(first, stop)
        cells, there, stays = self.cells[of], self.there[of], self.stays[of]
        return Lives(self.layout, cells, there, stays, self.common, self.totals[:, of], self.open_months[:, of])

    def nothing(self) -> Lives:
        """The same rows where nothing happens to them: what a run says of firms that it does not have."""
        totals, open_months = np.zeros_like(self.totals), np.zeros_like(self.open_months)
        return dataclasses.replace(self, totals=totals, open_months=open_months)


class NotTheSameError(AssertionError):
    """Two runs of one scenario and replication have other persons: a defect of the engine, never of the input."""


@scalar
def months_in(word: int) -> int:
    """Number of bits that are set."""
    count = 0
    while word != 0:
        word &= word - 1
        count += 1
    return count


@kept
def add_pairs(
    outcomes: Any,
    there: Any,
    cells: Any,
    stays: Any,
    totals: Any,
    open_months: Any,
    stayed: Any,
    before: Any,
    open_before: Any,
    sums: Any,
) -> None:
    """Add each row under both to the sums of its cell and outcome; what was before is what was with the parent."""
    measures = len(totals)
    for k in range(len(cells)):
        place = sums[cells[k], outcomes[k]]
        seen = there[k] or 0 < outcomes[k] < PARENTS_ALONE
        place[NUMBER] += 1 if seen else 0
        if seen and outcomes[k] < PARENTS_ALONE:
            place[LEFT_WITH_PARENT] += 1 if stays[k] and not stayed[k] else 0
            place[LEFT_HERE] += 1 if stayed[k] and not stays[k] else 0
            place[LEFT_IN_BOTH] += 1 if not stayed[k] and not stays[k] else 0
        lost = gained = 0
        for word in range(len(open_months)):
            lost += months_in(open_before[word, k] & ~open_months[word, k])
            gained += months_in(open_months[word, k] & ~open_before[word, k])
        place[LINE_LOST] += 1 if lost > 0 else 0
        place[LINE_GAINED] += 1 if gained > 0 else 0
        place[MONTHS_LOST] += lost
        place[MONTHS_GAINED] += gained
        for one in range(measures):
            place[len(COUNTS) + one] += before[one, k]
            place[len(COUNTS) + measures + one] += totals[one, k]


def outcomes_of(event: int, parent: Lives, here: Lives) -> NDArray[np.int8]:
    """What each of the same rows saw of an event, as a place in ``OUTCOMES``."""
    found: NDArray[np.int8] = ((parent.totals[event] > 0) + 2 * (here.totals[event] > 0)).astype(np.int8)
    return found


def paired(event: int, parent: Lives, here: Lives) -> NDArray[np.int64]:
    """Sums over rows by cell, outcome of an event and column of the table, int64[cells, OUTCOMES, COLUMNS].

    Raises
    ------
    NotTheSameError
        When rows that should be the same persons or firms are not.
    """
    common = len(here.cells) if here.common is None else here.common
    same, same_before = here.part(0, common), parent.part(0, common)
    others = here.common is None and len(parent.cells) != common
    if others or not np.array_equal(same.cells, same_before.cells):
        raise NotTheSameError(f"paired runs have other {here.layout.borrower}")
    sums = np.zeros((here.layout.cells, len(OUTCOMES), len(COLUMNS)), dtype=np.int64)
    _add(outcomes_of(event, same_before, same), same_before, same, sums)
    for outcome, own in ((PARENTS_ALONE, parent.part(common)), (ITS_OWN_ALONE, here.part(common))):
        outcomes = np.full(len(own.cells), outcome, dtype=np.int8)
        _add(outcomes, *((own, own.nothing()) if outcome == PARENTS_ALONE else (own.nothing(), own)), sums)
    return sums


def _add(outcomes: NDArray[np.int8], parent: Lives, here: Lives, sums: NDArray[np.int64]) -> None:
    # In one piece, whatever stretch of rows it is: a loop is compiled anew for each kind of array.
    now, before = (tuple(map(np.ascontiguousarray, (one.stays, one.totals, one.open_months))) for one in (here, parent))
    add_pairs(outcomes, here.there, here.cells, *now, *before, sums)


def _rows(parent: Lives, here: Lives) -> Iterator[tuple[Any, ...]]:
    """Rows of the table on one book: event, dimension, segment, outcome, values; those with nobody left out."""
    events = {"default": DEFAULTS} | ({"failure": FAILURES} if here.layout.borrower == "firms" else {})
    for event, place in events.items():
        sums = paired(place, parent, here)
        for dimension in here.layout.dimensions:
            for segment, outcomes in zip(dimension.segments, here.layout.by(dimension, sums), strict=True):
                for outcome, values in zip(OUTCOMES, outcomes, strict=True):
                    if values.any():
                        yield here.layout.borrower, event, dimension.name, segment, outcome, values


def gains_of(parent: str, before: list[Lives], here: list[Lives]) -> dict[str, NDArray[Any]]:
    """The table of a run: who gains and who loses by its package, against the run of its parent.

    Parameters
    ----------
    parent : str
        Name of the package that it is compared with.
    before, here : list of Lives
        Of persons and, where there are any, of firms: with the parent, and here.
    """
    books = zip(before, here, strict=False)  # one of the two may have no firms
    rows = [row for one, other in books for row in _rows(one, other)]
    *keys, values = zip(*rows, strict=True) if rows else [()] * 6
    whole = np.array(values, dtype=np.int64).reshape(-1, len(COLUMNS))
    names = ("borrower", "event", "dimension", "segment", "outcome")
    texts = {name: np.array(words, dtype="U32") for name, words in zip(names, keys, strict=True)}
    return {
        "parent": np.full(len(rows), parent),
        **texts,
        **{name: whole[:, place] for place, name in enumerate(COLUMNS)},
    }
