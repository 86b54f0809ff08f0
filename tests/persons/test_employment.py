"""Work by hand: who loses a job at which luck, who finds one, whose firm decides."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.engine.loops.compiled import plain
from sim.loan.states import FAILED
from sim.persons import employment
from sim.persons.employment import LONGEST_JOB, job_risks, keep_or_find_job
from tests.laws.calling import does

job_risk = plain(employment.job_risk)

AT_WORK = {"employed": 1, "months_jobless": 0, "months_in_job": 10, "settling_months": 0.0, "employer": 4, "owns": 0,
           "patience": 1.8, "median_patience": 1.8, "job_risk_spread": 0.0,
           "separation_by_sector": 0.02, "finding_by_sector": 0.3, "layoff_by_employer": 0.0,
           "owners_stay": 1, "luck_job": 0.02}  # fmt: skip
LOST = {"employed": 0, "months_in_job": 0, "employer": 0, "owns": 0}
STAYS = {"months_in_job": 11}


def test_risk_falls_with_the_buffer():
    assert job_risk(0.9, 100.0, 1.8, 0.0, 0.0) == job_risk(1.8, 100.0, 1.8, 0.5, 0.0) == 1.0
    for patience, spread, factor in ((0.9, 0.05, 1.05), (0.9, 0.5, 1.5), (3.6, 0.5, 0.75), (0.9, 1.0, 2.0),
                                     (3.6, 1.0, 0.5), (0.0, 1.0, 10.0), (0.1, 0.5, 5.5)):  # fmt: skip
        assert job_risk(patience, 100.0, 1.8, spread, 0.0) == pytest.approx(factor)


def test_risk_falls_with_the_months_in_the_job():
    """Halved after the settling time, a third after two of them; a small buffer counts beside it."""
    for months, factor in ((0, 1.0), (18, 0.5), (36, 1.0 / 3.0), (162, 0.1)):
        assert job_risk(1.8, float(months), 1.8, 1.0, 18.0) == pytest.approx(factor)
        assert job_risk(0.9, float(months), 1.8, 1.0, 18.0) == pytest.approx(2.0 * factor)


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("settling", [0.0, 18.0])
def test_risks_of_many_are_those_of_each(spread, settling):
    config = SimpleNamespace(
        population=SimpleNamespace(median_patience=1.8),
        behaviour=SimpleNamespace(job_risk_spread=spread, settling_months=settling),
    )
    patience = np.array([0.0, 0.1, 0.9, 1.8, 3.6], dtype=np.float32)
    months = np.array([0, 5, 18, 200, 480], dtype=np.int16)
    each = [job_risk(float(one), float(two), 1.8, spread, settling) for one, two in zip(patience, months, strict=True)]
    assert job_risks(config, patience, months).tolist() == each


def test_low_luck_loses_a_job():
    does(keep_or_find_job, AT_WORK, STAYS)
    does(keep_or_find_job, {**AT_WORK, "luck_job": 0.019}, LOST)
    risky = {**AT_WORK, "patience": 0.9, "job_risk_spread": 1.0}
    does(keep_or_find_job, {**risky, "luck_job": 0.041}, STAYS)
    does(keep_or_find_job, {**risky, "luck_job": 0.039}, LOST)
    settled = {**risky, "months_in_job": 54, "settling_months": 18.0}  # a quarter of it
    does(keep_or_find_job, {**settled, "luck_job": 0.0101}, {"months_in_job": 55})
    does(keep_or_find_job, {**settled, "luck_job": 0.0099}, LOST)


def test_months_in_a_job_are_counted_up_to_forty_years():
    does(keep_or_find_job, {**AT_WORK, "months_in_job": 479}, {"months_in_job": 480})
    does(keep_or_find_job, {**AT_WORK, "months_in_job": 480}, {"months_in_job": 480})
    assert LONGEST_JOB == 480


def test_a_firm_that_lays_off_raises_the_bar_for_its_own():
    laid_off = {**AT_WORK, "layoff_by_employer": 0.05}
    does(keep_or_find_job, {**laid_off, "luck_job": 0.05}, STAYS)
    does(keep_or_find_job, {**laid_off, "luck_job": 0.049}, LOST)
    does(keep_or_find_job, {**AT_WORK, "layoff_by_employer": 0.01}, STAYS)
    old = {**laid_off, "months_in_job": 18, "settling_months": 18.0}  # who came last goes first
    does(keep_or_find_job, {**old, "luck_job": 0.026}, {"months_in_job": 19})
    does(keep_or_find_job, {**old, "luck_job": 0.024}, LOST)


def test_an_owner_stays_until_the_firm_fails():
    owner = {**AT_WORK, "owns": 4, "luck_job": 0.0}
    does(keep_or_find_job, owner, STAYS)
    does(keep_or_find_job, {**owner, "employer": 1, "owns": 1}, STAYS)
    does(keep_or_find_job, {**owner, "owners_stay": 0}, LOST)
    does(keep_or_find_job, {**owner, "layoff_by_employer": FAILED, "luck_job": 0.99}, LOST)
    does(keep_or_find_job, {**AT_WORK, "layoff_by_employer": FAILED, "luck_job": 0.99}, LOST)


def test_high_luck_finds_a_job():
    jobless = {**AT_WORK, "employed": 0, "months_jobless": 3, "months_in_job": 0, "employer": 0}
    does(keep_or_find_job, {**jobless, "luck_job": 0.71}, {"employed": 1, "months_jobless": 0})
    does(keep_or_find_job, {**jobless, "luck_job": 0.69}, {"months_jobless": 4})
    does(keep_or_find_job, {**jobless, "luck_job": 0.5, "months_jobless": 119}, {"months_jobless": 120})
    does(keep_or_find_job, {**jobless, "luck_job": 0.5, "months_jobless": 120})
    does(keep_or_find_job, {**jobless, "finding_by_sector": 0.0, "luck_job": 1.0}, {"months_jobless": 4})
    # Who loses a job this month has been jobless for none.
    does(keep_or_find_job, {**AT_WORK, "months_jobless": 7, "luck_job": 0.0}, {**LOST, "months_jobless": 0})
    does(keep_or_find_job, {**AT_WORK, "months_jobless": 7}, {**STAYS, "months_jobless": 0})
