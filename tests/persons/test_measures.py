"""One person measured at a time."""

from __future__ import annotations

import pytest

from sim.loan.measures import BOOK_MEASURES
from sim.loan.states import LINE_APPLIED, LINE_CLOSED, LINE_FROZEN, LINE_OPEN, LINE_REFUSED
from sim.persons.measures import PERSON_MEASURES, add_up_purses, count_access, count_persons
from tests.laws.calling import call

PERSON = {
    "employed": 1, "employer": 7, "sector": 2, "cash": 11, "interest": 13, "other_debt": 5_000, "triggered": 17,
    "written_off": 19, "line": LINE_OPEN, "limit": 2_300, "principal": 2_900, "covered": 31, "months_past_due": 4,
    "thin_file": 1, "income_permanent": 1_000, "low_income": 1_001, "payment": 400, "other_due_share": 0.02,
}  # fmt: skip


def told(**changed: int | float) -> dict[str, int]:
    return call((*BOOK_MEASURES, *PERSON_MEASURES), **{**PERSON, **changed})


def test_a_person():
    found = told()
    assert found == {
        "persons": 1, "jobless": 0, "sum_cash": 11, "sum_interest": 13, "sum_other_debt": 5_000, "sum_triggered": 17,
        "sum_written_off": 19, "open_lines": 1, "open_limits": 2_300, "open_principal": 2_900, "thin_persons": 1,
        "thin_open": 1, "low_persons": 1, "low_open": 1, "over_indebted": 0, "several_lenders": 1,
        "balance place": 4, "balance amount": 2_900, "accounts place": 4, "accounts amount": 1,
        "covered_balance place": 4, "covered_balance amount": 31,
        "claimed_balance place": 4, "claimed_balance amount": 17, "jobless_by_sector place": 2,
        "jobless_by_sector amount": 0, "people_by_sector place": 2, "people_by_sector amount": 1,
            "staff_by_firm place": 7, "staff_by_firm amount": 1,
        "labour_by_firm place": 7, "labour_by_firm amount": 1_000,
    }  # fmt: skip


@pytest.mark.parametrize("line", [LINE_CLOSED, LINE_FROZEN, LINE_REFUSED, LINE_APPLIED])
def test_only_an_open_line_counts_as_one(line):
    found = told(line=line)
    assert [found[name] for name in ("open_lines", "open_limits", "open_principal", "thin_open", "low_open")] == [0] * 5
    assert found["thin_persons"] == found["low_persons"] == 1 and found["balance amount"] == 2_900


def test_a_person_at_the_edges():
    jobless = told(employed=0)
    assert (jobless["jobless"], jobless["jobless_by_sector amount"], jobless["staff_by_firm amount"]) == (1, 1, 0)
    assert jobless["people_by_sector amount"] == 1, "the labour force, whoever has work"
    edge = told(income_permanent=1_001, thin_file=0)
    assert (edge["low_persons"], edge["low_open"], edge["thin_persons"], edge["thin_open"]) == (0, 0, 0, 0)
    # Debt service of 400 + 2 % of 5 000: half of 1 000 exactly is not above half.
    assert [told(payment=payment)["over_indebted"] for payment in (400, 401)] == [0, 1]
    assert told(principal=0)["several_lenders"] == 0 == told(other_debt=0)["several_lenders"]
    assert told(principal=1)["several_lenders"] == 1 == told(other_debt=1)["several_lenders"]
    assert told(principal=0)["accounts amount"] == 0


def test_what_each_rule_counts():
    assert (count_persons, add_up_purses, count_access) == PERSON_MEASURES
    found = [name for rule in (*BOOK_MEASURES, *PERSON_MEASURES) for name in call(rule, **PERSON)]
    assert len(found) == len(set(found)) == len(told())
