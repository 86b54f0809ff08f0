"""Discretionary consumption: the buffer-stock rule."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.persons.elsewhere import due_elsewhere


class Consume(NamedTuple):
    """What `consume` leaves."""

    cash: int
    discretionary__paid: Tally


@stage()
def consume(
    cash: int,
    employed: int,
    income: int,
    income_permanent: int,
    essential: int,
    payment: int,
    other_debt: int,
    other_due_share: float,
    other_squeeze: int,
    squeezed_due: float,
    patience: float,
    buffer_return: float,
    precaution: float,
    expected_loss: float,
    season: float,
) -> Consume:
    """Spend what is left of the month's income after what is owed, and part of the gap between cash and its target.

    A linear form of buffer-stock saving (Carroll, 1997): impatient but prudent households hold a
    target of ``patience`` months of income, higher by ``precaution`` when unemployment is above
    normal. ``expected_loss`` is the mean share of income lost to joblessness and accidents, which
    the household sets aside. The jobless spend only above the target.
    """
    target = int(patience * precaution * income_permanent)
    normal = 0
    if employed:
        elsewhere = due_elsewhere(other_debt, 0, other_due_share, other_squeeze, squeezed_due)
        free = int(income * (1.0 - expected_loss)) - essential - payment - elsewhere
        normal = int(max(free, 0) * season)
    spending = normal + int(buffer_return * (cash - target))
    spending = min(max(spending, 0), cash)
    return Consume(cash=cash - spending, discretionary__paid=spending)
