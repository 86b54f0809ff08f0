"""A book that starts from a loan tape: what the tape shows, and how it is seated in the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.draws import block
from sim.engine.loops.filling import fill_words
from sim.engine.loops.philox import UNIT
from sim.engine.tables.population import Population
from sim.loan.annuity import annuities
from sim.loan.ledger import Ledger
from sim.loan.states import LINE_OPEN, MONTHS_LAST
from sim.persons.conditional import Beliefs, Evidence, private_state

LONGEST_TERM = 60  # months: what the book can hold; the instalment is that of the true term

Amounts = NDArray[np.int64]


@dataclass(frozen=True)
class Contract:
    """What the tape says of the terms: one value for all accounts, or one for each.

    Attributes
    ----------
    rate : float or float64[accounts]
        Price of the balance, a year.
    term : int or int64[accounts]
        Instalments left; 0 for a minimum payment.
    payment : int64[accounts] or None
        Instalment in fen a month; 0 or None: worked out from rate and term.
    tenure : int64[accounts] or None
        Months on the book; below 0, or None: as drawn.
    """

    rate: float | NDArray[np.float64]
    term: int | Amounts
    payment: Amounts | None = None
    tenure: Amounts | None = None


@dataclass(frozen=True)
class LeftOut:
    """Accounts of the tape that are not in the book: why, how many, and what they owe in the tape's currency."""

    why: str
    accounts: int
    balance: float


@dataclass(frozen=True)
class Totals:
    """What control totals are taken over; arrays have one value an account.

    Attributes
    ----------
    currency : object[accounts]
        Currency of each account.
    balance : float64[accounts]
        Balance as it stands on the tape, in that currency.
    groups : mapping of str to object[accounts]
        Label of each account by what they are grouped by, such as ``segment``.
    scores : float64[accounts] or None
        Scores as they stand on the tape, nan where there is none.
    left_out : tuple of LeftOut
        Accounts that are not in the book.
    notes : tuple of str
        Clauses on what of the tape contradicts itself or was put in another's place.
    """

    currency: NDArray[np.object_]
    balance: NDArray[np.float64]
    groups: Mapping[str, NDArray[np.object_]]
    scores: NDArray[np.float64] | None
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unit:
    """The tape's money: its currency, fen for a unit of it, and the median income in fen a month (0: not said)."""

    currency: str
    fen: float
    median_income: int


class Tape:
    """Accounts of a tape in the engine's units, with what had to be assumed.

    Parameters
    ----------
    source : str
        Name of the file.
    start : str
        Label of the month from which the book starts.
    sha256 : str
        Over the file, the mapping, the start and the number of accounts taken.
    evidence : Evidence
        One value an account; fen, months, shares.
    beliefs : Beliefs
        How the private state is inferred from it.
    contract : Contract
        Rate and term of the balances.
    unit : Unit
        Currency and median income.
    totals : Totals
        What control totals are taken over.
    assumptions : tuple of str
        Sentences for the manifest and the report.
    """

    def __init__(
        self,
        source: str,
        start: str,
        sha256: str,
        evidence: Evidence,
        beliefs: Beliefs,
        contract: Contract,
        unit: Unit,
        totals: Totals,
        assumptions: tuple[str, ...],
    ) -> None:
        self.source, self.start, self.sha256 = source, start, sha256
        self.evidence, self.beliefs, self.contract, self.unit = evidence, beliefs, contract, unit
        self.totals, self.assumptions = totals, assumptions

    @property
    def accounts(self) -> int:
        """Number of accounts taken from the tape."""
        return len(self.evidence.limit)

    def __str__(self) -> str:
        """Return what identifies the tape: its digest stands for its rows, wherever the file lies."""
        return f"{self.accounts} accounts, from {self.start}, sha256 {self.sha256}"

    __repr__ = __str__


def seat(tape: Tape, config: Any, people: Population, ledger: Ledger) -> NDArray[np.int64]:
    """Put the tape's accounts into the first rows, and open the ledger on them.

    The persons have arrived already, drawn from the type distribution; here their private state is
    drawn again where the tape says something about it. Opening stocks are summed over the tables, so
    that the first month reconciles like any other.

    Returns
    -------
    int64[14]
        Principal in fen by months past due.
    """
    persons, accounts, count = people.private, people.accounts, tape.accounts
    luck = _luck(people, -config.study.burn_in, count)
    prior = {name: persons[name][:count] for name in persons.columns}
    evidence = tape.evidence
    for name, values in private_state(evidence, tape.beliefs, prior, luck, config.population).items():
        persons[name][:count] = values
    for name, number in _book(config.lender.minimum_payment_share, tape.contract, evidence).items():
        accounts[name][:count] = number
    for place in ("inflow_fast", "inflow_slow"):
        accounts[place][:count] = prior["income_permanent"] * prior["footprint"]
    accounts["thin_file"][:count] |= evidence.young
    contract = tape.contract
    if contract.tenure is not None:
        drawn = accounts["months_on_book"][:count]
        accounts["months_on_book"][:count] = np.where(contract.tenure >= 0, contract.tenure, drawn)
    return _open_books(people, ledger)


def _luck(people: Population, month: int, count: int) -> NDArray[np.float64]:
    """Four uniforms an account, keyed by seed, account and purpose, shape (4, count)."""
    words = np.empty((4, count), dtype=np.uint32)
    ordinal, arrival = people.accounts.array("ordinal"), people.accounts.array("arrival_month")
    low, high = people.key_words
    fill_words(ordinal, arrival, 0, count, month, block("tape_cash"), low, high, words)
    return np.asarray((words + 0.5) * UNIT, dtype=np.float64)


def _book(minimum: float, contract: Contract, evidence: Evidence) -> Mapping[str, Any]:
    """Columns of the lender's book: the contract as it stands, all of the balance principal."""
    principal = evidence.principal
    payment = _instalments(principal, contract, minimum)
    months = np.where(principal > 0, np.minimum(evidence.months_past_due, MONTHS_LAST), 0)
    overdue = np.minimum(months * payment, principal)
    return {
        "line": LINE_OPEN,
        "months_in_state": 0,
        "limit": evidence.limit,
        "principal": principal,
        "payment": payment,
        "rate": contract.rate,
        "term": np.minimum(contract.term, LONGEST_TERM),
        "offer_term": np.minimum(contract.term, LONGEST_TERM),
        "months_past_due": months,
        "overdue": overdue,
        "delinquency_memory": np.maximum(evidence.memory, months),
    }


def _instalments(principal: Amounts, contract: Contract, minimum: float) -> Amounts:
    """Instalment of each balance: the tape's, else level over the term, or the minimum payment of a card."""
    rate = np.broadcast_to(np.asarray(contract.rate, dtype=np.float64), principal.shape)
    term = np.broadcast_to(np.asarray(contract.term, dtype=np.int64), principal.shape)
    card = np.where(principal > 0, (principal * (minimum + rate / 12.0)).astype(np.int64) + 1, 0)
    owed = np.where(term > 0, annuities(principal, rate, term), card)
    told = np.zeros_like(owed) if contract.payment is None else contract.payment
    return np.where((told > 0) & (principal > 0), told, owed)


def _open_books(people: Population, ledger: Ledger) -> NDArray[np.int64]:
    """Open the ledger on what the tables hold; returns the principal by months past due."""
    principal = people.accounts["principal"].astype(np.int64)
    sums = {"cash": people.private["cash"], "other_debt": people.private["other_debt"], "principal": principal}
    for name, values in sums.items():
        ledger.stocks[name] = int(values.sum(dtype=np.int64))
    balance = np.zeros(MONTHS_LAST + 1, dtype=np.int64)
    np.add.at(balance, people.accounts["months_past_due"], principal)
    return balance
