"""Persons measured: who works, what they hold and owe, who has a line."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.economy.sectors import SECTORS
from sim.engine.loops.stage import Places, Tally, stage
from sim.loan.states import LINE_OPEN


class CountPersons(NamedTuple):
    """Persons, and those at work, by sector and firm."""

    persons: Tally
    jobless: Tally
    jobless_by_sector_place: Annotated[int, Places(len(SECTORS))]
    jobless_by_sector_amount: int
    people_by_sector_place: Annotated[int, Places(len(SECTORS))]
    people_by_sector_amount: int
    staff_by_firm_place: Annotated[int, Places("firm_rows")]
    staff_by_firm_amount: int
    labour_by_firm_place: Annotated[int, Places("firm_rows")]
    labour_by_firm_amount: int


@stage()
def count_persons(employed: int, employer: int, sector: int, income_permanent: int) -> CountPersons:
    """Count one person, at work or without."""
    return CountPersons(
        persons=1,
        jobless=1 - employed,
        jobless_by_sector_place=sector,
        jobless_by_sector_amount=1 - employed,
        people_by_sector_place=sector,
        people_by_sector_amount=1,
        staff_by_firm_place=employer,
        staff_by_firm_amount=employed,
        labour_by_firm_place=employer,
        labour_by_firm_amount=income_permanent,
    )


class AddUpPurses(NamedTuple):
    """What persons hold and owe elsewhere, and for whom debts are many or heavy."""

    sum_cash: Tally
    sum_other_debt: Tally
    over_indebted: Tally
    several_lenders: Tally


@stage()
def add_up_purses(
    cash: int, other_debt: int, principal: int, payment: int, income_permanent: int, other_due_share: float
) -> AddUpPurses:
    """Add one person's cash and debts; over-indebted is whose debt service is above half of permanent income."""
    return AddUpPurses(
        sum_cash=cash,
        sum_other_debt=other_debt,
        over_indebted=1 if 2 * (payment + int(other_debt * other_due_share)) > income_permanent else 0,
        several_lenders=1 if other_debt > 0 and principal > 0 else 0,
    )


class CountAccess(NamedTuple):
    """Those with a thin file or a low income, and how many of them have an open line."""

    thin_persons: Tally
    thin_open: Tally
    low_persons: Tally
    low_open: Tally


@stage(both_sides=True)
def count_access(line: int, thin_file: int, income_permanent: int, low_income: int) -> CountAccess:
    """Count one person among those who are thought to be left out."""
    is_open = 1 if line == LINE_OPEN else 0
    low = 1 if income_permanent < low_income else 0
    return CountAccess(thin_persons=thin_file, thin_open=thin_file * is_open, low_persons=low, low_open=low * is_open)


PERSON_MEASURES = (count_persons, add_up_purses, count_access)
