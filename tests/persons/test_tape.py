"""A tape's accounts in the lender's book, by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.loan.annuity import annuity
from sim.loan.states import LINE_OPEN, MONTHS_LAST
from sim.persons.tape import Contract, Tape, Totals, Unit, _book, _open_books

EVIDENCE = SimpleNamespace(
    limit=np.array([5_000, 9_000, 7_000]),
    principal=np.array([1_200, 0, 600]),
    months_past_due=np.array([1, 3, 40]),
    memory=np.array([2.5, 0.0, 1.0]),
)

NOTHING = Totals(np.empty(0, dtype=object), np.empty(0), {}, None, ())


def test_a_card_owes_its_minimum_payment_for_each_month_past_due():
    """5 % and a month's interest of 1 %, and a fen; who owes nothing is not late."""
    book = _book(0.05, Contract(rate=0.12, term=0), EVIDENCE)
    assert book["payment"].tolist() == [73, 0, 37]
    assert book["months_past_due"].tolist() == [1, 0, MONTHS_LAST]
    assert book["overdue"].tolist() == [73, 0, 37 * MONTHS_LAST]
    assert book["delinquency_memory"].tolist() == [2.5, 0.0, MONTHS_LAST]
    assert (book["line"], book["months_in_state"], book["term"], book["rate"]) == (LINE_OPEN, 0, 0, 0.12)


def test_a_loan_owes_its_level_instalment_and_never_more_than_all_of_it():
    book = _book(0.05, Contract(rate=0.12, term=6), EVIDENCE)
    assert book["payment"].tolist() == [annuity.py_func(1_200, 0.12, 6), 0, annuity.py_func(600, 0.12, 6)]
    assert book["overdue"].tolist() == [book["payment"][0], 0, 600]
    assert book["offer_term"] == book["term"] == 6
    assert _book(0.05, Contract(rate=0.12, term=1), EVIDENCE)["payment"].tolist() == [1_212, 0, 606]


def test_books_open_on_what_the_tables_hold():
    accounts = {"principal": np.array([5, 7, 9, 11]), "months_past_due": np.array([0, MONTHS_LAST, 2, 2])}
    private = {"cash": np.array([1, 2]), "other_debt": np.array([3, 4])}
    ledger = SimpleNamespace(stocks={"people": 4})
    balance = _open_books(SimpleNamespace(accounts=accounts, private=private), ledger)
    assert balance.tolist() == [5, 0, 20, *[0] * (MONTHS_LAST - 3), 7]
    assert ledger.stocks == {"people": 4, "cash": 3, "other_debt": 7, "principal": 32}


def test_a_tape_is_known_by_what_it_holds():
    tape = Tape("a.csv", "2005-09", "f00", EVIDENCE, None, Contract(0.1, 0), Unit("CNY", 100.0, 0), NOTHING, ())
    assert tape.accounts == 3 and str(tape) == repr(tape) == pytest.approx("3 accounts, from 2005-09, sha256 f00")


def test_each_account_has_its_own_terms():
    """An instalment of the tape stands; without one it is that of the account's own rate and term, or a card's."""
    terms = Contract(rate=np.array([0.12, 0.0, 0.24]), term=np.array([12, 5, 0]), payment=np.array([0, 50, 0]))
    book = _book(0.05, terms, SimpleNamespace(**{**vars(EVIDENCE), "principal": np.array([1_200, 0, 600])}))
    assert book["payment"].tolist() == [annuity(1_200, 0.12, 12), 0, 43]
    told = Contract(rate=0.12, term=np.array([100, 100, 6]), payment=np.array([99, 0, 7]))
    assert _book(0.05, told, EVIDENCE)["payment"].tolist() == [99, 0, 7]
    assert _book(0.05, told, EVIDENCE)["term"].tolist() == [60, 60, 6]
