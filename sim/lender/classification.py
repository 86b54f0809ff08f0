"""Five-category class of every account, with what is said of its obligor elsewhere.

Measures for the risk classification of financial assets of commercial banks (2023), articles 7 to 20 as far as read:
arrears set the least class; where more than a tenth of a debtor's claims is non-performing all of them are; so are the
claims on whoever is more than 90 days late on a fifth of the debts at all banks; a restructured loan is watched for at
least a year, at special-mention at least, and stays non-performing for that time if it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.lender.impairment import BUCKETS, CLASS_STARTS, DEFAULT, class_of
from sim.lender.observation import Observation, amounts_by
from sim.lender.provisioning import FiveCategories

SPECIAL_MENTION, SUBSTANDARD = 1, 2
BY_MONTHS = np.array([class_of(months) for months in range(BUCKETS)], dtype=np.int8)
STARTS = np.array(CLASS_STARTS, dtype=np.int8)
COLUMNS = ("months_past_due", "principal", "covered", "triggered", "reliefs", "bureau_debt", "bureau_past_due")


class Classification(Observation):
    """Classes by account, and which restructured loans are still watched.

    Parameters
    ----------
    settings : FiveCategories
        Shares and the length of observation.
    watches : bool
        Whether relief restructures loans; a general payment holiday does not.
    """

    LEAST, LEAST_BAD = SPECIAL_MENTION, SUBSTANDARD

    def __init__(self, settings: FiveCategories, watches: bool) -> None:
        super().__init__(settings.observation_months, watches)
        self.settings = settings

    def classes(self, books: Sequence[Mapping[str, Any]], owners: Any) -> list[Any]:
        """Class of each account, int8[rows] for each book: persons first, then firms.

        Most accounts are in order and pass; only the others are looked at one by one.

        Parameters
        ----------
        books : list of mapping
            `COLUMNS` of each book.
        owners : int64[rows of firms]
            Row of the person who is liable for the firm's loan; -1 for nobody.
        """
        self.open_books(books)
        found = []
        for book, kept in zip(books, self.kept, strict=True):
            classes = np.zeros(len(book["reliefs"]), dtype=np.int8)
            late = np.flatnonzero(book["months_past_due"] > 0)
            classes[late] = BY_MONTHS[book["months_past_due"][late]]
            self.watch(book, kept, classes)
            self._late_elsewhere(book, classes)
            found.append(classes)
        if len(books) > 1:
            self._join(books, found, owners)
        self.remember(found)
        return found

    def balances(self, books: Sequence[Mapping[str, Any]], owners: Any, *totals: Any) -> tuple[tuple[Any, ...], int]:
        """Principal by the arrears that the classes stand for, and what is worse than its own.

        An account is counted where its class begins if it is not so late itself. Arrears are those of the books now:
        what was restructured this month is no longer late.

        Parameters
        ----------
        totals : int64[14]
            Fen of principal, covered and claimed principal; only their sums are read.

        Returns
        -------
        balances : three times int64[14]
            Fen of principal, covered and claimed principal by months past due.
        contaminated : int
            Fen whose class is worse than its own arrears say.
        """
        found, contaminated = np.zeros((len(totals), BUCKETS), dtype=np.int64), 0
        for book, classes in zip(books, self.classes(books, owners), strict=True):
            rows = np.flatnonzero(classes)
            months, start = book["months_past_due"][rows], STARTS[classes[rows]]
            found += amounts_by(book, rows, np.maximum(months, start))
            contaminated += int(book["principal"][rows[start > months]].sum(dtype=np.int64))
        for amounts, total in zip(found, totals, strict=True):
            amounts[0] = total.sum() - amounts.sum()  # those who are in order
        return tuple(found), contaminated

    def _late_elsewhere(self, book: Mapping[str, Any], classes: Any) -> None:
        """Substandard where too much of what is owed to all lenders, as a bureau shows it, is 90 days late."""
        rows = np.flatnonzero((book["bureau_past_due"] >= DEFAULT) & (book["principal"] > 0))
        own, others = (book[name][rows].astype(np.int64) for name in ("principal", "bureau_debt"))
        late = others + own * (book["months_past_due"][rows] >= DEFAULT)
        hit = rows[late > self.settings.elsewhere_share * (own + others)]
        classes[hit] = np.maximum(classes[hit], SUBSTANDARD)

    def _join(self, books: Sequence[Mapping[str, Any]], found: list[Any], owners: Any) -> None:
        """Put all loans of an owner and of the owner's firms in the worst class, where enough of them is bad."""
        persons, firms = books
        of_persons, of_firms = found
        linked = np.flatnonzero((owners >= 0) & (firms["principal"] > 0))
        who, place = np.unique(owners[linked], return_inverse=True)
        total = persons["principal"][who].astype(np.int64)
        bad = total * (of_persons[who] >= SUBSTANDARD)
        worst = np.where(total > 0, of_persons[who], 0).astype(np.int8)
        owed = firms["principal"][linked].astype(np.int64)
        np.add.at(total, place, owed)
        np.add.at(bad, place, owed * (of_firms[linked] >= SUBSTANDARD))
        np.maximum.at(worst, place, of_firms[linked])
        spreads = bad > self.settings.obligor_share * total
        hit = spreads[place]
        of_firms[linked[hit]] = np.maximum(of_firms[linked[hit]], worst[place[hit]])
        hit = spreads & (persons["principal"][who] > 0)
        of_persons[who[hit]] = np.maximum(of_persons[who[hit]], worst[hit])
