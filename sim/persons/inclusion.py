"""Inclusion: who has a line, who is refused, and what credit costs, by true income and by thickness of the file.

True income is private: no lender can measure this, the engine can. Deciles are those of the distribution from which
persons arrive; 1 holds the lowest incomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import numpy as np

from sim.engine.loops.order import dot
from sim.engine.loops.stage import Places, Tally, stage
from sim.loan.ratios import ratio
from sim.loan.states import LINE_APPLIED, LINE_OPEN, LINE_REFUSED

DECILES = 10


class FindDecile(NamedTuple):
    """Where a person stands by true income."""

    income_decile: int


@stage()
def find_decile(
    income_permanent: int,
    income_cut_1: int,
    income_cut_2: int,
    income_cut_3: int,
    income_cut_4: int,
    income_cut_5: int,
    income_cut_6: int,
    income_cut_7: int,
    income_cut_8: int,
    income_cut_9: int,
) -> FindDecile:
    """Place of an income among nine rising bounds, 0 to 9."""
    income = income_permanent
    low = int(income >= income_cut_1) + int(income >= income_cut_2) + int(income >= income_cut_3)
    middle = int(income >= income_cut_4) + int(income >= income_cut_5) + int(income >= income_cut_6)
    high = int(income >= income_cut_7) + int(income >= income_cut_8) + int(income >= income_cut_9)
    return FindDecile(income_decile=low + middle + high)


class CountApplicants(NamedTuple):
    """What `count_applicants` leaves."""

    applicants_by_decile_place: Annotated[int, Places(DECILES)]
    applicants_by_decile_amount: int


@stage()
def count_applicants(line: int, income_decile: int) -> CountApplicants:
    """Count who is about to be decided on."""
    return CountApplicants(
        applicants_by_decile_place=income_decile, applicants_by_decile_amount=1 if line == LINE_APPLIED else 0
    )


class MeasureInclusion(NamedTuple):
    """What `measure_inclusion` leaves."""

    thin_balance: Tally
    thin_interest: Tally
    persons_by_decile_place: Annotated[int, Places(DECILES)]
    persons_by_decile_amount: int
    open_by_decile_place: Annotated[int, Places(DECILES)]
    open_by_decile_amount: int
    refused_by_decile_place: Annotated[int, Places(DECILES)]
    refused_by_decile_amount: int
    balance_by_decile_place: Annotated[int, Places(DECILES)]
    balance_by_decile_amount: int
    interest_by_decile_place: Annotated[int, Places(DECILES)]
    interest_by_decile_amount: int


@stage(both_sides=True)
def measure_inclusion(
    line: int, months_in_state: int, principal: int, rate: float, thin_file: int, income_decile: int
) -> MeasureInclusion:
    """Add one person after the month's decisions; the price is the rate of what is owed."""
    refused = 1 if line == LINE_REFUSED and months_in_state == 0 else 0
    interest = int(principal * rate)
    return MeasureInclusion(
        thin_balance=principal * thin_file,
        thin_interest=interest * thin_file,
        persons_by_decile_place=income_decile,
        persons_by_decile_amount=1,
        open_by_decile_place=income_decile,
        open_by_decile_amount=1 if line == LINE_OPEN else 0,
        refused_by_decile_place=income_decile,
        refused_by_decile_amount=refused,
        balance_by_decile_place=income_decile,
        balance_by_decile_amount=principal,
        interest_by_decile_place=income_decile,
        interest_by_decile_amount=interest,
    )


def inclusion_figures(config: Any, bins: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Figures of the month by the names of the catalogue; empty where inclusion is not measured."""
    if not config.study.inclusion:
        return {}
    persons, lines, applied, refused, balance, interest = (
        bins[f"{name}_by_decile"] for name in ("persons", "open", "applicants", "refused", "balance", "interest")
    )
    found: dict[str, Any] = {"credit_concentration": concentration(persons, balance)}
    for k in range(DECILES):
        found[f"access_decile_{k + 1}"] = ratio(int(lines[k]), int(persons[k]))
        found[f"applications_decile_{k + 1}"] = int(applied[k])
        found[f"approvals_decile_{k + 1}"] = int(applied[k] - refused[k])
        found[f"price_decile_{k + 1}"] = ratio(int(interest[k]), int(balance[k]))
    return found


def concentration(persons: np.ndarray, amounts: np.ndarray) -> float:
    """Concentration index of amounts over persons ranked by income, from groups in that order.

    Twice the area between the diagonal and the concentration curve (Kakwani, 1977): 0 where all have the same, above
    0 where the better-off have more. Within a group amounts are taken as equal.
    """
    if persons.sum() == 0 or amounts.sum() == 0:
        return 0.0
    share = np.concatenate([[0.0], np.cumsum(persons) / persons.sum()])
    held = np.concatenate([[0.0], np.cumsum(amounts) / amounts.sum()])
    return 1.0 - dot(np.diff(share), held[1:] + held[:-1])
