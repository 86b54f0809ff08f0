"""Whom firms let go, and the chances that they decide on, gone through row by row, by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.firms.dismissal import (
    as_told,
    chances,
    of_persons,
    risks_of,
    staff_to_go,
    that_let_go,
    workers_of,
    workers_of_each,
)
from sim.loan.states import FAILED
from sim.persons.employment import job_risks
from tests.firms.test_labour_loops import firm, person


def test_a_person_stands_for_those_who_were_there_over_those_who_are():
    weight = np.empty(4)
    workers_of_each(np.array([4, 0, 3, 8]), np.array([6, 5, 0, 2]), weight)
    assert weight.tolist() == [1.5, 1.0, 1.0, 0.25] and workers_of(4, 6) == 1.5


def test_chances_of_which_firms_decide_a_part():
    """Three vacancies of firms in business for 1 x 2 and for 10 x 3 who seek one; the last sector has no firm."""
    separation, finding = np.full(4, 0.05), np.full(4, 0.1)
    firms = firm("trading", 0, 1, 0, 1), firm("sector", 0, 0, 1, 1), firm("vacancies", 9, 3, 50, 3)
    given = np.array([2, 1, 9]), np.array([4, 3, 9]), np.array([1, 10, 7, 7]), np.full(4, 0.02), np.full(4, 0.3)
    chances(2, 0.8, 0.4, *given, *firms, separation, finding)
    assert separation == pytest.approx([0.2 * 0.05 + 0.8 * 0.6 * 0.02] * 2 + [0.05] * 2)
    assert finding == pytest.approx([0.2 * 0.1 + 0.8 * 0.3, 0.2 * 0.1 + 0.8 * 3 / 30, 0.1, 0.1])


def test_firms_in_business_that_let_somebody_go():
    rows = np.full(5, -1)
    count = that_let_go(firm("trading", 0, 1, 0, 1), firm("layoffs", 0, 2, 3, 0), rows)
    assert rows[:count].tolist() == [1]


def test_persons_among_workers_are_rounded_by_luck():
    """Three workers of the first sector are two persons, of the second one and a half."""
    sector, layoffs, counts = (
        firm("sector", 0, 0, 1, 1),
        firm("layoffs", 9, 3, 3, 3),
        (np.array([2, 5]), np.array([3, 10])),
    )
    found = np.zeros(4, np.int64)
    of_persons(np.array([1, 2, 3]), np.array([0.99, 0.49, 0.5]), *counts, sector, layoffs, found)
    assert found.tolist() == [0, 2, 1, 2]


def test_staff_that_may_go_are_neither_owners_nor_jobless_nor_dead():
    columns = person("employer", 1, 1, 1, 1, 2, 0), person("employed", 1, 1, 0, 1, 1, 1)
    owns, alive, rows = person("owns", 0, 1, 0, 0, 0, 0), person("alive", 1, 1, 1, 0, 1, 1), np.full(7, -1)
    for layoffs, staff in (([0, 2, 0], [0]), ([0, 0, 1], [4]), ([0, 1, 1], [0, 4]), ([0, 0, 0], [])):
        assert rows[: staff_to_go(*columns, owns, alive, np.array(layoffs), 6, rows)].tolist() == staff


def test_risks_of_some_persons_are_those_of_their_rule():
    patience, months = person("patience", 3, 1, 9), person("months_in_job", 0, 5, 90)
    rows, at, risk = np.array([2, 1]), np.empty(2, np.int64), np.empty(2)
    risks_of(rows, patience, months, 3.0, 0.7, 18.0, person("employer", 4, 5, 6), at, risk)
    config = SimpleNamespace(
        behaviour=SimpleNamespace(job_risk_spread=0.7, settling_months=18.0),
        population=SimpleNamespace(median_patience=3.0),
    )
    assert at.tolist() == [6, 5] and risk.tolist() == job_risks(config, patience[rows], months[rows]).tolist()


@pytest.mark.parametrize(("decide", "told"), [(True, [0.0, FAILED, 0.25, 0.5]), (False, [0.75, 0.5, 0.25, 0.5])])
def test_all_of_a_firm_that_failed_this_month_go_where_firms_decide(decide, told):
    """The first failed this month, the second before, the third is in business anew."""
    thresholds, drawings = np.array([0.75, 0.5, 0.25, 0.5]), np.zeros(4)
    failed, trading = firm("failed_month", 8, 8, 7, 8), firm("trading", 0, 0, 0, 1)
    as_told(8, decide, trading, failed, firm("owner_share", 0, 1, 2, 0), thresholds, drawings)
    assert thresholds.tolist() == told and drawings.tolist() == [1.0, 1.0, 2.0, 0.0]
