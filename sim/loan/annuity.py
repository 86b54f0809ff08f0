"""Level payments: the interest of a month, what payments are worth, and which repays a loan. Exact in fen."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.compiled import scalar
from sim.engine.loops.transforms import whole_below


@scalar
def month_interest(principal: int, rate: float) -> int:
    """Interest of a month in fen at a rate a year, rounded half up."""
    return int(principal * rate * (1.0 / 12.0) + 0.5)


@scalar
def annuity_factor(rate: float, months: int) -> float:
    """Present value of 1 a month for ``months`` months at ``rate`` a year: (1 - (1+i)^-n) / i."""
    discount, value = 1.0, 0.0
    for _ in range(months):
        discount /= 1.0 + rate / 12.0
        value += discount
    return value


@scalar
def left_after(principal: int, rate: float, payment: int, months: int) -> int:
    """Fen still owed after that many payments, interest rounded to the fen each month; 0 once all is repaid.

    Whole fen in floats, which are exact and need not be converted to and fro. What falls below 0 stays there.
    """
    left, paid = float(principal), float(payment)
    for _ in range(months):
        left = left - paid + whole_below(left * rate * (1.0 / 12.0) + 0.5)
    return int(max(left, 0.0))


@scalar
def _near_factor(rate: float, months: int) -> float:
    """`annuity_factor` but for its last digits, by products, which take a third of the time of quotients."""
    step = 1.0 / (1.0 + rate / 12.0)
    discount, value = 1.0, 0.0
    for _ in range(months):
        discount *= step
        value += discount
    return value


@scalar
def annuity(principal: int, rate: float, months: int) -> int:
    """Level payment P i / (1 - (1+i)^-n), rounded up to the fen so that n payments suffice.

    Interest is rounded to the fen every month, in total by up to half a fen a month against the debtor: where the
    plain rounding up would leave a few fen for one more month, the payment is a fen higher.

    Parameters
    ----------
    principal : int
        Fen.
    rate : float
        A year, as a fraction; the month's rate i is a twelfth of it.
    months : int
        Number of payments n, at least 1.
    """
    near = principal / _near_factor(rate, months)
    payment = math.ceil(near)
    # Off by less than 1e-4 fen up to 60 months and twice `LARGEST`: only so close to a whole fen does it matter.
    if not 1e-4 < payment - near < 1.0 - 1e-4:
        payment = math.ceil(principal / annuity_factor(rate, months))
    # A column keeps 24 bits of the rate: the payment suffices for whatever it becomes there.
    while left_after(principal, rate * (1.0 + 6e-8), payment, months) > 0:
        payment += 1
    return payment


def annuities(principal: NDArray[np.int64], rate: NDArray[np.float64], months: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `annuity` of many loans at once, to the fen; 0 where nothing is owed or no month is left.

    Parameters
    ----------
    principal : int64[loans]
        Fen.
    rate : float64[loans]
        A year, as a fraction.
    months : int64[loans]
        Number of payments.
    """
    months = np.where(principal > 0, months, 0)
    discount, factor = np.ones(len(principal)), np.zeros(len(principal))
    for month in range(int(months.max(initial=0))):
        discount = discount / (1.0 + rate / 12.0)
        factor += np.where(month < months, discount, 0.0)
    payment = np.ceil(principal / np.maximum(factor, 1e-9)) * (months > 0)
    stored = rate * (1.0 + 6e-8)  # as `annuity` has it
    short = np.flatnonzero(months > 0)
    while len(short):
        left = principal[short].astype(np.float64)
        for month in range(int(months[short].max())):
            after = left - payment[short] + np.floor(left * stored[short] * (1.0 / 12.0) + 0.5)
            left = np.where(month < months[short], after, left)
        short = short[left > 0]
        payment[short] += 1
    return payment.astype(np.int64)
