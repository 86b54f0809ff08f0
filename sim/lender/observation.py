"""Restructured loans stay under observation: for some months they are seen as worse than their arrears say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from sim.lender.impairment import BUCKETS

Columns = Any  # of a book by name: a table, or a mapping
AMOUNTS = ("principal", "covered", "triggered")


class Observation:
    """Which restructured loans are still watched, book by book; what is seen is a grade, higher for worse.

    Parameters
    ----------
    months : int
        Length of the observation; 0 for none.
    watches : bool
        Whether relief restructures loans; a general payment holiday does not.
    """

    STATE = ("reliefs", "left", "was_bad")
    LEAST: ClassVar[int]
    """Least grade of a loan that is watched."""
    LEAST_BAD: ClassVar[int]
    """Least grade of one that was non-performing when it was restructured."""

    def __init__(self, months: int, watches: bool) -> None:
        self.months, self.watches = months, watches
        self.kept: list[dict[str, Any]] = []

    def open_books(self, books: Sequence[Columns]) -> None:
        """Make room for rows that are new."""
        while len(self.kept) < len(books):
            self.kept.append({name: np.zeros(0, dtype=np.int8) for name in self.STATE})
        for book, kept in zip(books, self.kept, strict=True):
            more = np.zeros(len(book["reliefs"]) - len(kept["reliefs"]), dtype=np.int8)
            if len(more):
                kept.update({name: np.append(kept[name], more) for name in self.STATE})

    def watch(self, book: Columns, kept: dict[str, Any], grades: Any) -> None:
        """Raise the grades of restructured loans under observation; those restructured this month begin it."""
        rows = np.flatnonzero((book["reliefs"] != kept["reliefs"]) | (kept["left"] != 0))
        left = kept["left"][rows]
        fresh = (book["reliefs"][rows] > kept["reliefs"][rows]) & self.watches
        bad = np.where(fresh, kept["was_bad"][rows] > 0, left < 0)
        length = np.where(fresh, np.int8(self.months), np.maximum(np.abs(left) - 1, 0))
        length *= book["principal"][rows] > 0
        # Months left, below 0 where the loan was non-performing.
        kept["left"][rows] = np.where(bad, -length, length)
        kept["reliefs"][rows] = book["reliefs"][rows]
        least = np.where(bad, np.int8(self.LEAST_BAD), np.int8(self.LEAST)) * (length > 0)
        grades[rows] = np.maximum(grades[rows], least)

    def remember(self, found: Sequence[Any]) -> None:
        """Keep in mind which loans are non-performing, for when they are restructured."""
        for grades, kept in zip(found, self.kept, strict=True):
            kept["was_bad"] = (grades >= self.LEAST_BAD).astype(np.int8)

    def save(self) -> list[dict[str, Any]]:
        """Return what a checkpoint keeps."""
        return [{name: kept[name].copy() for name in self.STATE} for kept in self.kept]

    def restore(self, saved: Sequence[Mapping[str, Any]]) -> None:
        """Take a checkpoint's numbers back."""
        self.kept = [{name: np.array(kept[name]) for name in self.STATE} for kept in saved]


def of_some_rows(saved: Sequence[Mapping[str, Any]], stay: Any) -> list[Mapping[str, Any]]:
    """What was saved, of persons' book when it keeps some of its rows alone, bool[rows]; firms' stays as it is."""
    mine = [{name: persons[name][stay[: len(persons[name])]] for name in persons} for persons in saved[:1]]
    return [*mine, *saved[1:]]


def amounts_by(book: Columns, rows: Any, places: Any, length: int = BUCKETS) -> Any:
    """Principal, covered and claimed principal of some rows by the place that each is counted in, int64[3, length]."""
    on_book = book["principal"][rows] > 0
    # Sums of whole fen below 2**53 are exact.
    return np.array([np.bincount(places, book[name][rows] * on_book, length) for name in AMOUNTS]).astype(np.int64)
