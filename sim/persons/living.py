"""Living: essentials and expense shocks come first, family helps, then cash runs short."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.engine.loops.transforms import exponential_draw
from sim.loan.states import LARGEST


class Live(NamedTuple):
    """What `live` leaves."""

    cash: int
    shock: int
    shortfall: int
    essentials__paid: Tally
    expenses__paid: Tally
    family_help__received: Tally


@stage()
def live(
    cash: int,
    essential: int,
    income: int,
    income_permanent: int,
    employed: int,
    essential_flexibility: float,
    expense_probability: float,
    expense_size: float,
    family_probability: float,
    luck_expense: float,
    luck_help: float,
) -> Live:
    """Pay essentials and perhaps an unexpected bill; note what cash and family could not cover.

    Essentials fall with income by at most ``essential_flexibility``: without benefits consumption
    would fall by about 22 % at a job loss (Gruber, 1997).
    The bill is exponential with mean ``expense_size`` months of essentials. One uniform serves
    for the event and, rescaled within it, for the size. Family covers missing essentials (not
    the bill) with ``family_probability`` (informal insurance: Townsend, 1994). ``shortfall`` is
    what a draw on an open line may still cover; what remains is cut from consumption.
    """
    kept = min(max(income / income_permanent, 1.0 - essential_flexibility), 1.0)
    essential = int(essential * kept)
    shock = 0
    if luck_expense < expense_probability:
        bill = essential * expense_size * exponential_draw(luck_expense / expense_probability)
        shock = int(min(bill, LARGEST))
    need = essential + shock
    if cash >= need:
        return Live(
            cash=cash - need,
            shock=shock,
            shortfall=0,
            essentials__paid=essential,
            expenses__paid=shock,
            family_help__received=0,
        )
    eaten = min(cash, essential)
    paid_shock = min(cash - eaten, shock)
    missing = essential - eaten
    helped = missing if not employed and luck_help < family_probability else 0
    shortfall = need - eaten - paid_shock - helped
    return Live(
        cash=cash - eaten - paid_shock,
        shock=shock,
        shortfall=shortfall,
        essentials__paid=eaten + helped,
        expenses__paid=paid_shock,
        family_help__received=helped,
    )


LIVING = (live,)
"""What life takes each month before anything is spent by choice, in order."""
