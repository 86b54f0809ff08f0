"""Control totals of rates, terms and instalments of a tape, and what in them looks like another unit than was told."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.inputs.tape_notes import counted
from sim.loan.annuity import annuities
from sim.persons.tape import Tape

LEAST_RATE = 0.01  # a year: a book whose dearest balance costs less is rather one in percent read as fractions
APART = 50.0  # factor between the middles of two ranges of rates: fractions beside per cent are 100 apart
BETWEEN = 3.0  # factor between the ranges, at least: without such a gap they are one
FEW = 0.1  # share of the accounts with an instalment of which more must look wrong
SHORT = 6.0  # months left: fewer, in the middle, are rather years
OFF = 2.0  # factor between the instalment of a tape and that of balance, rate and term


def terms_told(tape: Tape) -> list[str]:
    """Sum up rates, months left and instalments, a clause for each of which the tape has a column."""
    contract, owed, told = tape.contract, tape.evidence.principal, []
    if isinstance(contract.rate, np.ndarray) and owed.any():
        rate = contract.rate
        told.append(f"rates: mean {_mean(rate, owed):.2%} a year by balance, {rate.min():.2%} to {rate.max():.2%}")
    if isinstance(contract.term, np.ndarray) and (contract.term > 0).any():
        left = contract.term[contract.term > 0]
        told.append(
            f"months left of {counted(len(left))} with a term: mean {left.mean():,.1f}, {left.min()} to {left.max()}"
        )
    if contract.payment is not None:
        paid, whole = contract.payment, f"{contract.payment.sum() / tape.unit.fen:,.2f}".replace(",", " ")
        none = int(((paid == 0) & (owed > 0)).sum())
        told.append(
            f"instalments of {counted(int((paid > 0).sum()))}: {whole} {tape.unit.currency} a month"
            f"{f'; {counted(none)} with a balance and none' if none else ''}"
        )
    return told


def warnings(tape: Tape) -> list[str]:
    """Say what looks like another unit than the mapping told: clauses that begin with "look at"; nothing is refused."""
    return [f"look at {line}" for found in (_of_rates, _of_instalments, _of_terms) for line in found(tape)]


def _of_rates(tape: Tape) -> Iterator[str]:
    rate = tape.contract.rate
    if not isinstance(rate, np.ndarray) or not (rate > 0).any():
        return
    if rate.max() < LEAST_RATE:
        yield f"the rates: the greatest is {rate.max():.3%} a year; rate_in says whether they are in percent"
    low = ranges_apart(rate[rate > 0])
    if low:
        ends = np.sort(rate[rate > 0])[[0, low - 1, low, -1]]
        yield (
            f"the rates: {counted(low)} at {ends[0]:.3%} to {ends[1]:.3%} a year, the others at {ends[2]:.3%} to"
            f" {ends[3]:.3%}, as where part are fractions and part in percent"
        )


def ranges_apart(rates: NDArray[np.float64]) -> int:
    """Count the rates of the lower of two ranges whose middles are a factor of 50 apart; 0 where they are one range.

    Parameters
    ----------
    rates : float64[accounts]
        Rates a year, above 0.
    """
    ordered = np.sort(rates)
    if len(ordered) < 2:
        return 0
    steps = ordered[1:] / ordered[:-1]
    low = int(steps.argmax()) + 1
    apart = float(np.median(ordered[low:]) / np.median(ordered[:low]))
    return low if steps.max() >= BETWEEN and apart >= APART else 0


def _of_instalments(tape: Tape) -> Iterator[str]:
    owed, rate, _, paid = _with_instalment(tape)
    cent = tape.unit.fen / 100.0  # a tape rounds to it
    above = int((paid > owed * (1.0 + rate / 12.0) + cent).sum())
    if above > FEW * len(paid):
        yield (
            f"the instalments: those of {counted(above)} of {counted(len(paid))} that have one are more than the"
            " balance with a month's interest"
        )


def _of_terms(tape: Tape) -> Iterator[str]:
    owed, rate, term, paid = _with_instalment(tape)
    loan = term > 0
    owed, rate, term, paid = owed[loan], rate[loan], term[loan], paid[loan]
    if not len(term) or np.median(term) >= SHORT:
        return
    factor = paid / np.maximum(annuities(owed, rate, term), 1)
    wrong = int(((factor > OFF) | (factor < 1.0 / OFF)).sum())
    if wrong > FEW * len(term):
        yield (
            f"the terms: {np.median(term):g} months left in the middle, and the instalments of {counted(wrong)} are off"
            " those of balance, rate and term by a factor above 2, as where terms are in years"
        )


def _with_instalment(
    tape: Tape,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Balance, rate, term and instalment of the accounts that owe and of which the tape tells an instalment."""
    contract, owed = tape.contract, tape.evidence.principal
    paid = np.zeros_like(owed) if contract.payment is None else contract.payment
    rate, term = np.broadcast_to(contract.rate, owed.shape), np.broadcast_to(contract.term, owed.shape)
    asked = (paid > 0) & (owed > 0)
    return owed[asked], np.asarray(rate[asked], dtype=np.float64), term[asked], paid[asked]


def _mean(values: NDArray[np.float64], weights: NDArray[np.int64]) -> float:
    return float((values * weights).sum() / weights.sum())
