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

from sim.accounts.impairment import BUCKETS, CLASS_STARTS, DEFAULT, class_of
from sim.accounts.provisioning import FiveCategories

SPECIAL_MENTION, SUBSTANDARD = 1, 2
BY_MONTHS = np.array([class_of(months) for months in range(BUCKETS)], dtype=np.int64)
STARTS = np.array(CLASS_STARTS, dtype=np.int64)
COLUMNS = ("months_past_due", "principal", "covered", "reliefs", "bureau_debt", "bureau_past_due")


class Classification:
    """Classes by account, and which restructured loans are still watched.

    Parameters
    ----------
    settings : FiveCategories
        Shares and the length of observation.
    watches : bool
        Whether relief restructures loans; a general payment holiday does not.
    """

    STATE = ("reliefs", "left", "was_bad")

    def __init__(self, settings: FiveCategories, watches: bool) -> None:
        self.settings, self.watches = settings, watches
        self.kept: list[dict[str, Any]] = []

    def classes(self, books: Sequence[Mapping[str, Any]], owners: Any) -> list[Any]:
        """Class of each account, int64[rows] for each book: persons first, then firms.

        Parameters
        ----------
        books : list of mapping
            `COLUMNS` of each book.
        owners : int64[rows of firms]
            Row of the person who is liable for the firm's loan; -1 for nobody.
        """
        while len(self.kept) < len(books):
            self.kept.append({name: np.zeros(0, dtype=np.int8) for name in self.STATE})
        found = []
        for book, kept in zip(books, self.kept, strict=True):
            own = BY_MONTHS[book["months_past_due"]]
            own = np.maximum(own, self._watched(book, kept))
            found.append(np.maximum(own, self._late_elsewhere(book)))
        if len(books) > 1:
            self._join(books, found, owners)
        for classes, kept in zip(found, self.kept, strict=True):
            kept["was_bad"] = (classes >= SUBSTANDARD).astype(np.int8)
        return found

    def balances(self, books: Sequence[Mapping[str, Any]], owners: Any) -> tuple[Any, Any, int]:
        """Principal and covered principal by the arrears that the classes stand for, and what is worse than its own.

        Returns
        -------
        balance, covered : int64[14]
            Fen by months past due, an account counted where its class begins if it is not so late itself.
        contaminated : int
            Fen whose class is worse than its own arrears say.
        """
        balance, covered, contaminated = np.zeros(BUCKETS, np.int64), np.zeros(BUCKETS, np.int64), 0
        for book, classes in zip(books, self.classes(books, owners), strict=True):
            months = np.maximum(book["months_past_due"], STARTS[classes])
            for total, name in ((balance, "principal"), (covered, "covered")):
                total += np.bincount(months, book[name], BUCKETS).astype(np.int64)
            contaminated += int(book["principal"][classes > BY_MONTHS[book["months_past_due"]]].sum(dtype=np.int64))
        return balance, covered, contaminated

    def _watched(self, book: Mapping[str, Any], kept: dict[str, Any]) -> Any:
        """Least class of restructured loans under observation; those restructured this month begin it."""
        rows = len(book["reliefs"])
        for name in self.STATE:
            kept[name] = np.append(kept[name], np.zeros(rows - len(kept[name]), dtype=kept[name].dtype))
        fresh = (book["reliefs"] > kept["reliefs"]) & self.watches
        began_bad = np.where(fresh, kept["was_bad"], kept["left"] < 0)
        length = np.where(fresh, self.settings.observation_months, np.maximum(np.abs(kept["left"]) - 1, 0))
        length *= book["principal"] > 0
        # Months left, below 0 where the loan was non-performing.
        kept["left"] = np.where(began_bad, -length, length).astype(np.int8)
        kept["reliefs"] = np.array(book["reliefs"], dtype=np.int8)
        return np.where(length == 0, 0, np.where(began_bad, SUBSTANDARD, SPECIAL_MENTION))

    def _late_elsewhere(self, book: Mapping[str, Any]) -> Any:
        """Substandard where too much of what is owed to all lenders, as a bureau shows it, is 90 days late."""
        own, others = book["principal"].astype(np.int64), book["bureau_debt"].astype(np.int64)
        late = own * (book["months_past_due"] >= DEFAULT) + others * (book["bureau_past_due"] >= DEFAULT)
        return np.where((own > 0) & (late > self.settings.elsewhere_share * (own + others)), SUBSTANDARD, 0)

    def _join(self, books: Sequence[Mapping[str, Any]], found: list[Any], owners: Any) -> None:
        """Put all loans of an owner and of the owner's firms in the worst class, where enough of them is bad."""
        persons, firms = books
        of_persons, of_firms = found
        linked = np.flatnonzero((owners >= 0) & (firms["principal"] > 0))
        owner = owners[linked]
        total, bad = (np.zeros(len(of_persons), dtype=np.int64) for _ in range(2))
        total[owner] = persons["principal"][owner]
        bad[owner] = persons["principal"][owner] * (of_persons[owner] >= SUBSTANDARD)
        owed = firms["principal"][linked].astype(np.int64)
        np.add.at(total, owner, owed)
        np.add.at(bad, owner, owed * (of_firms[linked] >= SUBSTANDARD))
        worst = np.zeros(len(of_persons), dtype=np.int64)
        worst[owner] = np.where(persons["principal"][owner] > 0, of_persons[owner], 0)
        np.maximum.at(worst, owner, of_firms[linked])
        spreads = bad > self.settings.obligor_share * total
        hit = linked[spreads[owner]]
        of_firms[hit] = np.maximum(of_firms[hit], worst[owners[hit]])
        who = np.flatnonzero(spreads & (persons["principal"] > 0))
        of_persons[who] = np.maximum(of_persons[who], worst[who])

    def save(self) -> list[dict[str, Any]]:
        """Return what a checkpoint keeps."""
        return [{name: kept[name].copy() for name in self.STATE} for kept in self.kept]

    def restore(self, saved: Sequence[Mapping[str, Any]]) -> None:
        """Take a checkpoint's numbers back."""
        self.kept = [{name: np.array(kept[name]) for name in self.STATE} for kept in saved]
