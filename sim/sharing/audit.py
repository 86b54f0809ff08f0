"""One line for each claim: which loan, how much of it was claimed, and who bears which part, to the fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.loops.money import split
from sim.engine.tables.table import Table


@dataclass(frozen=True)
class ClaimLine:
    """One claim under a scheme.

    Attributes
    ----------
    customer : str
        ``person`` or ``firm``.
    loan : int
        Row of the account in the table of such customers; with the month it names the claim.
    month : int
        Counted from the policy date.
    amount : int
        Principal claimed, fen.
    borne : dict of str to int
        Parts of those who bear something, fen; they sum to ``amount``.
    """

    customer: str
    loan: int
    month: int
    amount: int
    borne: dict[str, int]


def claims_of(month: int, books: Sequence[Table], borne: Mapping[str, int]) -> list[ClaimLine]:
    """List the claims of a month from the books of persons and of firms; ``borne`` is what each bears in all, fen."""
    found = []
    for customer, book in zip(("person", "firm"), books, strict=False):
        rows = np.flatnonzero((book["claim_month"] == month) & (book["claimed"] > 0))
        found += [(customer, row, month, int(book["claimed"][row])) for row in rows.tolist()]
    parts = by_claim([amount for *_, amount in found], borne)
    return [ClaimLine(*claim, part) for claim, part in zip(found, parts, strict=True)]


def by_claim(amounts: Sequence[int], borne: Mapping[str, int]) -> list[dict[str, int]]:
    """Share what was borne in all among the claims of a month, in proportion and to the fen.

    A contract settles the month's claims together, so the order of loans cannot matter for who pays; here each
    claim takes its part of what is left of every bearer by largest remainder, so that no fen is lost in a row
    or in a column.

    Parameters
    ----------
    amounts : sequence of int
        Fen claimed on each loan.
    borne : mapping of str to int
        Fen that each participant bears of their sum.

    Raises
    ------
    ValueError
        If the two do not sum to the same.
    """
    if sum(amounts) != sum(borne.values()):
        raise ValueError(f"claims of {sum(amounts)} fen cannot be borne by {sum(borne.values())} fen")
    names = [name for name, amount in borne.items() if amount > 0]
    left = [borne[name] for name in names]
    lines = []
    for amount in amounts:
        parts = split(amount, left)
        left = [have - part for have, part in zip(left, parts, strict=True)]
        lines.append(dict(zip(names, parts, strict=True)))
    return lines
