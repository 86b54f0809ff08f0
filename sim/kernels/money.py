"""Integer money: a yuan is 100 fen, and a split gives away every last one."""

from __future__ import annotations

from collections.abc import Sequence


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split ``amount`` in proportion to ``weights``, exactly, by largest remainder.

    Parameters
    ----------
    amount : int
        Fen, not negative.
    weights : sequence of int
        Not negative, at least one above zero unless ``amount`` is 0.

    Returns
    -------
    list of int
        Parts that sum to ``amount``; each is the proportional share rounded down or up. Equal
        remainders are served in order.

    Raises
    ------
    ValueError
        If the amount or a weight is negative, or nobody can take a positive amount.
    """
    total = sum(weights)
    if amount < 0 or any(weight < 0 for weight in weights):
        raise ValueError(f"split: {amount} by {list(weights)} has a negative")
    if total == 0:
        if amount:
            raise ValueError(f"split: nobody takes {amount}")
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    left = amount - sum(parts)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda place: -(amount * weights[place] % total))
        for place in by_remainder[:left]:
            parts[place] += 1
    return parts
