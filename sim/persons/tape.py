"""A book that starts from a loan tape: what the tape shows, and how it is seated in the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.draws import block
from sim.engine.loops.filling import fill_words
from sim.engine.loops.philox import UNIT
from sim.loan.servicing import annuity
from sim.loan.states import LINE_OPEN, MONTHS_LAST
from sim.persons.conditional import Beliefs, Evidence, private_state

if TYPE_CHECKING:
    from sim.month.model import Model


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


def seat(model: Model, tape: Tape) -> None:
    """Put the tape's accounts into the first rows, and open the books on them.

    The persons have arrived already, drawn from the type distribution; here their private state is
    drawn again where the tape says something about it. Opening stocks are summed over the tables, so
    that the first month reconciles like any other.
    """
    count = tape.accounts
    luck = _luck(model, count)
    prior = {name: model.persons[name][:count] for name in model.persons.columns}
    evidence = tape.evidence
    for name, values in private_state(evidence, tape.beliefs, prior, luck, model.config.population).items():
        model.persons[name][:count] = values
    for name, number in _book(model, tape.contract, evidence).items():
        model.accounts[name][:count] = number
    for place in ("inflow_fast", "inflow_slow"):
        model.accounts[place][:count] = prior["income_permanent"] * prior["footprint"]
    model.accounts["thin_file"][:count] |= evidence.young
    _open_books(model)


def _luck(model: Model, count: int) -> NDArray[np.float64]:
    """Four uniforms an account, keyed by seed, account and purpose, shape (4, count)."""
    words = np.empty((4, count), dtype=np.uint32)
    ordinal, arrival = model.accounts.array("ordinal"), model.accounts.array("arrival_month")
    low, high = model.people.key_words
    fill_words(ordinal, arrival, 0, count, model.month, block("tape_cash"), low, high, words)
    return np.asarray((words + 0.5) * UNIT, dtype=np.float64)


def _book(model: Model, contract: Contract, evidence: Evidence) -> Mapping[str, Any]:
    """Columns of the lender's book: the contract as it stands, all of the balance principal."""
    principal = evidence.principal
    payment = _instalments(principal, contract, model.config.lender.minimum_payment_share)
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


def _open_books(model: Model) -> None:
    """Open the ledger and the lender's balance sheet on what the tables hold."""
    principal = model.accounts["principal"].astype(np.int64)
    sums = {"cash": model.persons["cash"], "other_debt": model.persons["other_debt"], "principal": principal}
    for name, values in sums.items():
        model.ledger.stocks[name] = int(values.sum(dtype=np.int64))
    balance = np.zeros(MONTHS_LAST + 1, dtype=np.int64)
    np.add.at(balance, model.accounts["months_past_due"], principal)
    model.balance_history = [balance.copy()]
    lender, loans = model.lender, int(balance.sum())
    # A lender that carries such a book meets its own target; less would stop its lending on the first day.
    lender.equity = max(lender.equity, int(lender.settings.target_capital_ratio * loans))
    lender.provisions = lender.provision((balance, *np.zeros((2, len(balance)), dtype=np.int64)), 1.0, Fraction(0))
    lender.own_loans = loans
    spare = lender.equity + lender.provisions - loans
    lender.cash, lender.funding = max(spare, 0), max(-spare, 0)
