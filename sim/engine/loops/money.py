"""Money in whole fen (1/100 yuan): rounding, parts and splits that give away every last one."""

import math
from collections.abc import Sequence

from sim.engine.loops.compiled import scalar

FEN = 100
"""Fen in a yuan."""


@scalar
def to_fen(amount: float) -> int:
    """Return a float amount of fen as whole fen: the nearest, halves upward (-2.5 gives -2).

    Parameters
    ----------
    amount : float
        Fen, finite and below 2**53 in size.
    """
    return math.floor(amount + 0.5)


@scalar
def part(amount: int, parts: int, whole: int) -> int:
    """Return ``parts / whole`` of an amount in whole fen, rounded down: amount * parts // whole.

    No processor divides several 64-bit whole numbers at once, but floats: the quotient of floats is off by less than 1,
    and what it leaves says by which fen.

    Parameters
    ----------
    amount : int
        Fen; compiled code wants ``abs(amount * parts) < 2**63``, and a result below 2**51 in size.
    parts, whole : int
        The share as a fraction, ``whole`` above 0.
    """
    near = math.floor(amount * parts / whole)
    rest = amount * parts - near * whole
    return near - 1 if rest < 0 else near + 1 if rest >= whole else near


@scalar
def times_in(amount: int, size: int) -> int:
    """Return how many times a size above 0 is needed for an amount: the quotient rounded up, both below 2**52.

    Exact in floats, for no quotient of such numbers that is not whole is rounded to a whole one.
    """
    return math.ceil(amount / size)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to weights, exactly, by largest remainders.

    Each share is the exact proportion rounded down or up by less than one fen; the fen that are left go to
    the largest remainders, the earlier one first where two are equal. A negative amount is split like its
    opposite.

    Source: the method of Hamilton (1792); Balinski and Young (1982), "Fair Representation", chapter 3.

    Parameters
    ----------
    amount : int
        Fen.
    weights : sequence of int
        None below 0; at least one above it, unless `amount` is 0.

    Returns
    -------
    list of int
        Fen, one for each weight; their sum is `amount`.

    Raises
    ------
    ValueError
        When a weight is below 0, or when nobody can take an amount that is not 0.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError(f"weights: {min(weights)} is below 0")
    total = sum(weights)
    if total == 0:
        if amount:
            raise ValueError(f"weights: {list(weights)} has none above 0, so nobody takes {amount} fen")
        return [0] * len(weights)
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    shares = [size * weight // total for weight in weights]
    # A stable sort keeps the earlier of two equal remainders first.
    order = sorted(range(len(weights)), key=lambda place: -(size * weights[place] % total))
    for place in order[: size - sum(shares)]:
        shares[place] += 1
    return [sign * share for share in shares]
