"""Debt to other lenders: carried, grown, written off; and help asked for when money is short."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Tally, stage
from sim.loan.states import LARGEST

FADES = 12  # months until other lenders have forgotten what the platform did


@scalar
def due_elsewhere(
    other_debt: int, other_past_due: int, other_due_share: float, other_squeeze: int, squeezed_due: float
) -> int:
    """Due to other lenders this month: what rolls over costs a share, what does not runs off faster.

    ``other_squeeze`` percent of the debt is no longer rolled over; ``squeezed_due`` is by how much its due
    share is higher.
    """
    share = other_due_share + 0.01 * other_squeeze * squeezed_due
    return min(int(other_debt * share) * (1 + min(other_past_due, 3)), other_debt)


@scalar
def left_elsewhere(
    other_debt: int, income_permanent: int, appetite: float, other_limit: float, principal: int, bureau_share: float
) -> int:
    """What is left of the limits of other lenders, fen; below zero beyond them.

    Limits are ``other_limit`` months of income per unit of appetite; where a bureau shows them the platform's loan, it
    counts against these.
    """
    return int(min(other_limit * income_permanent * appetite, LARGEST)) - other_debt - int(bureau_share * principal)


class NoteLimit(NamedTuple):
    """The line before the lender's decisions."""

    limit_before: int


@stage(where="alive line")
def note_limit(limit: int) -> NoteLimit:
    """Keep the limit as it stood before the lender decided."""
    return NoteLimit(limit_before=limit)


class FollowPlatform(NamedTuple):
    """How far other lenders cut a person."""

    other_squeeze: int
    lines_cut_elsewhere: Tally


@stage()
def follow_platform(limit: int, limit_before: int, other_squeeze: int, same_engine_share: float) -> FollowPlatform:
    """Let other lenders that run the same engine cut whom the platform cut or closed this month.

    ``same_engine_share`` of a person's other lines stops rolling over; the squeeze fades within a year. With
    many lenders on one engine a closing rule is a common shock, not one lender's prudence.
    """
    if limit < limit_before:
        return FollowPlatform(
            other_squeeze=max(int(100.0 * same_engine_share + 0.5), other_squeeze), lines_cut_elsewhere=1
        )
    return FollowPlatform(other_squeeze=other_squeeze - -(-other_squeeze // FADES), lines_cut_elsewhere=0)


class OweElsewhere(NamedTuple):
    """What other lenders ask for this month, and what they would still lend."""

    other_due: int
    other_room: int


@stage(where="alive other_debt")
def owe_elsewhere(
    other_debt: int,
    other_past_due: int,
    other_due_share: float,
    other_squeeze: int,
    squeezed_due: float,
    income_permanent: int,
    appetite: float,
    other_limit: float,
    principal: int,
    bureau_share: float,
) -> OweElsewhere:
    """Work out what is due to other lenders, and what is left of their limits to whoever is not late there."""
    due = due_elsewhere(other_debt, other_past_due, other_due_share, other_squeeze, squeezed_due)
    left = left_elsewhere(other_debt, income_permanent, appetite, other_limit, principal, bureau_share)
    return OweElsewhere(other_due=due, other_room=0 if other_past_due > 0 else max(left, 0))


class StackLoan(NamedTuple):
    """A loan elsewhere that pays what is due."""

    other_debt: int
    cash: int
    loans_elsewhere: float
    others_drawn: Tally


def is_short(other_due: int, cash: int, due: int, unwilling: int) -> bool:
    """Whether cash does not cover what somebody wants to pay."""
    return other_due + (0 if unwilling else due) > cash


@stage(where="alive other_room", when=is_short)
def stack_loan(
    other_debt: int,
    other_due: int,
    other_room: int,
    cash: int,
    due: int,
    unwilling: int,
    loans_elsewhere: float,
    other_squeeze: int,
    other_appetite: float,
    stacking: float,
    luck_other_credit: float,
) -> StackLoan:
    """Take a loan elsewhere to pay what is due and cash does not cover: one loan pays another.

    Other lenders lend for it with probability ``other_appetite`` times ``stacking``. Whoever does so is short of money
    and owes more after it, so that default rises with the number of recent loans (Agarwal, Skiba and Tobacman, 2009, on
    payday loans taken while cards still have room; LendingClub: x3.4 from none to five within two years).
    """
    missing = other_due + (0 if unwilling else due) - cash
    willing = other_appetite * stacking * (1.0 - 0.01 * other_squeeze)
    if missing <= 0 or luck_other_credit >= willing:
        return StackLoan(other_debt=other_debt, cash=cash, loans_elsewhere=loans_elsewhere, others_drawn=0)
    drawn = min(missing, other_room)
    return StackLoan(
        other_debt=other_debt + drawn, cash=cash + drawn, loans_elsewhere=loans_elsewhere + 1.0, others_drawn=drawn
    )


class CarryOtherDebt(NamedTuple):
    """The debt to other lenders after the month's payment, and what they received or gave up."""

    other_debt: int
    other_past_due: int
    loans_elsewhere: float
    others_repaid__received: Tally
    others_interest__received: Tally
    others_written_off: Tally


@stage(where="alive loans_elsewhere")
def carry_other_debt(
    other_debt: int,
    other_past_due: int,
    loans_elsewhere: float,
    paid_other: int,
    other_due: int,
    other_interest: float,
    other_charge_off_months: int,
) -> CarryOtherDebt:
    """Book what was paid and count arrears.

    Payments cover interest first. Arrears of ``other_charge_off_months`` are written off. Loans taken are remembered
    for two years.
    """
    to_interest = min(paid_other, int(other_debt * other_interest))
    repaid = paid_other - to_interest
    other_past_due = 0 if paid_other >= other_due else other_past_due + 1
    written_off = other_past_due >= other_charge_off_months
    left = other_debt - repaid
    return CarryOtherDebt(
        other_debt=0 if written_off else left,
        other_past_due=0 if written_off else other_past_due,
        loans_elsewhere=loans_elsewhere * (1.0 - 1.0 / 24.0),
        others_repaid__received=repaid,
        others_interest__received=to_interest,
        others_written_off=left if written_off else 0,
    )


class BorrowElsewhere(NamedTuple):
    """A loan of other lenders to those who already owe them."""

    other_debt: int
    loans_elsewhere: float
    others_drawn: Tally
    purchases__paid: Tally


def is_tempted(other_growth: float, luck_other_credit: float) -> bool:
    """Whether somebody would buy on credit, were all other lenders willing."""
    return luck_other_credit < other_growth


@stage(where="alive employed", when=is_tempted)
def borrow_elsewhere(
    other_debt: int,
    paid_other: int,
    other_due: int,
    loans_elsewhere: float,
    income_permanent: int,
    appetite: float,
    other_squeeze: int,
    other_limit: float,
    other_growth: float,
    principal: int,
    bureau_share: float,
    luck_other_credit: float,
) -> BorrowElsewhere:
    """Buy on credit from appetite, at work and with all paid that other lenders asked for.

    With hazard ``other_growth`` a quarter of what is left of ``other_limit`` months of income per unit of
    appetite is drawn and spent. Where a bureau shows them the platform's loan, it counts against that limit.
    """
    willing = other_growth * (1.0 - 0.01 * other_squeeze)
    if luck_other_credit >= willing or paid_other < other_due or other_debt + paid_other == 0:
        return BorrowElsewhere(
            other_debt=other_debt, loans_elsewhere=loans_elsewhere, others_drawn=0, purchases__paid=0
        )
    left = left_elsewhere(other_debt, income_permanent, appetite, other_limit, principal, bureau_share)
    drawn = max(left, 0) // 4
    loans = loans_elsewhere + (1.0 if drawn > 0 else 0.0)
    return BorrowElsewhere(
        other_debt=other_debt + drawn, loans_elsewhere=loans, others_drawn=drawn, purchases__paid=drawn
    )


class AskOtherLenders(NamedTuple):
    """What other lenders lent to cover a need."""

    other_debt: int
    shortfall: int
    loans_elsewhere: float
    others_drawn: Tally
    essentials__paid: Tally


@stage(where="alive shortfall", rare=True)
def ask_other_lenders(
    other_debt: int,
    other_past_due: int,
    shortfall: int,
    loans_elsewhere: float,
    income_permanent: int,
    appetite: float,
    other_squeeze: int,
    other_limit: float,
    other_appetite: float,
    principal: int,
    bureau_share: float,
    luck_other_credit: float,
) -> AskOtherLenders:
    """Cover what is still missing with a loan elsewhere, if other lenders are willing.

    They help with probability ``other_appetite``, up to ``other_limit`` months of income per unit
    of appetite; what they refuse is cut from consumption.
    """
    room = left_elsewhere(other_debt, income_permanent, appetite, other_limit, principal, bureau_share)
    if room <= 0 or other_past_due > 0 or luck_other_credit >= other_appetite * (1.0 - 0.01 * other_squeeze):
        return AskOtherLenders(
            other_debt=other_debt,
            shortfall=shortfall,
            loans_elsewhere=loans_elsewhere,
            others_drawn=0,
            essentials__paid=0,
        )
    drawn = min(shortfall, room)
    return AskOtherLenders(
        other_debt=other_debt + drawn,
        shortfall=shortfall - drawn,
        loans_elsewhere=loans_elsewhere + 1.0,
        others_drawn=drawn,
        essentials__paid=drawn,
    )
