"""Living: essentials and expense shocks come first, family helps, then cash runs short."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Tally, stage
from sim.engine.loops.transforms import exponential_draw
from sim.loan.states import LARGEST


@scalar
def needed(essential: int, income: int, income_permanent: int, essential_flexibility: float) -> int:
    """Essentials of the month, which fall with income by at most ``essential_flexibility``.

    Without benefits consumption would fall by about 22 % at a job loss (Gruber, 1997).
    """
    return int(essential * min(max(income / income_permanent, 1.0 - essential_flexibility), 1.0))


class MeetBill(NamedTuple):
    """An unexpected bill."""

    shock: int


def is_billed(expense_probability: float, luck_expense: float) -> bool:
    """Whether an unexpected bill comes."""
    return luck_expense < expense_probability


@stage(when=is_billed)
def meet_bill(
    essential: int,
    income: int,
    income_permanent: int,
    essential_flexibility: float,
    expense_probability: float,
    expense_size: float,
    luck_expense: float,
) -> MeetBill:
    """Perhaps meet an unexpected bill, exponential with mean ``expense_size`` months of essentials.

    One uniform serves for the event and, rescaled within it, for the size.
    """
    if luck_expense >= expense_probability:
        return MeetBill(shock=0)
    bill = needed(essential, income, income_permanent, essential_flexibility) * expense_size
    return MeetBill(shock=int(min(bill * exponential_draw(luck_expense / expense_probability), LARGEST)))


class Live(NamedTuple):
    """What `live` leaves."""

    cash: int
    shortfall: int
    essentials__paid: Tally
    expenses__paid: Tally
    family_help__received: Tally


@stage()
def live(
    cash: int,
    shock: int,
    essential: int,
    income: int,
    income_permanent: int,
    employed: int,
    essential_flexibility: float,
    family_probability: float,
    luck_help: float,
) -> Live:
    """Pay essentials and what was billed; note what cash and family could not cover.

    Family covers missing essentials (not the bill) with ``family_probability`` (informal insurance: Townsend, 1994).
    ``shortfall`` is what a draw on an open line may still cover; what remains is cut from consumption.
    """
    essential = needed(essential, income, income_permanent, essential_flexibility)
    need = essential + shock
    if cash >= need:
        return Live(
            cash=cash - need,
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
        shortfall=shortfall,
        essentials__paid=eaten + helped,
        expenses__paid=paid_shock,
        family_help__received=helped,
    )


LIVING = (meet_bill, live)
"""What life takes each month before anything is spent by choice, in order."""
