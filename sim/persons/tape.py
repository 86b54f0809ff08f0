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
from sim.loan.annuity import annuity
from sim.loan.ledger import Ledger
from sim.loan.states import LINE_OPEN, MONTHS_LAST
from sim.persons.conditional import Beliefs, Evidence, private_state


@dataclass(frozen=True)
class Contract:
    """What the tape's product is, as far as the mapping says it."""

    rate: float
    term: int


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
        assumptions: tuple[str, ...],
    ) -> None:
        self.source, self.start, self.sha256 = source, start, sha256
        self.evidence, self.beliefs, self.contract, self.unit = evidence, beliefs, contract, unit
        self.assumptions = assumptions

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
        "term": contract.term,
        "offer_term": contract.term,
        "months_past_due": months,
        "overdue": overdue,
        "delinquency_memory": np.maximum(evidence.memory, months),
    }


def _instalments(principal: NDArray[np.int64], contract: Contract, minimum: float) -> NDArray[np.int64]:
    """Instalment of each balance: level over the term, or the minimum payment of a card."""
    if contract.term > 0:
        level = annuity.py_func
        owed = [level(balance, contract.rate, contract.term) if balance else 0 for balance in principal.tolist()]
        return np.array(owed, dtype=np.int64)
    share = minimum + contract.rate / 12.0
    return np.where(principal > 0, (principal * share).astype(np.int64) + 1, 0)


def _open_books(people: Population, ledger: Ledger) -> NDArray[np.int64]:
    """Open the ledger on what the tables hold; returns the principal by months past due."""
    principal = people.accounts["principal"].astype(np.int64)
    sums = {"cash": people.private["cash"], "other_debt": people.private["other_debt"], "principal": principal}
    for name, values in sums.items():
        ledger.stocks[name] = int(values.sum(dtype=np.int64))
    balance = np.zeros(MONTHS_LAST + 1, dtype=np.int64)
    np.add.at(balance, people.accounts["months_past_due"], principal)
    return balance
