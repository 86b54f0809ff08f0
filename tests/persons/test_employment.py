"""Work by hand: who loses a job at which luck, who finds one, whose firm decides."""

from __future__ import annotations

import pytest

from sim.engine.loops.compiled import plain
from sim.loan.states import FAILED
from sim.persons import employment
from sim.persons.employment import keep_or_find_job
from tests.laws.calling import does

job_risk = plain(employment.job_risk)

AT_WORK = {"employed": 1, "months_jobless": 0, "employer": 4, "owns": 0, "patience": 1.8, "median_patience": 1.8,
           "job_risk_spread": 0.0, "separation_by_sector": 0.02, "finding_by_sector": 0.3, "layoff_by_employer": 0.0,
           "owners_stay": 1, "luck_job": 0.02}  # fmt: skip
LOST = {"employed": 0, "employer": 0, "owns": 0}


def test_risk_falls_with_the_buffer():
    assert job_risk(0.9, 1.8, 0.0) == job_risk(1.8, 1.8, 0.5) == 1.0
    for patience, spread, factor in ((0.9, 0.05, 1.05), (0.9, 0.5, 1.5), (3.6, 0.5, 0.75), (0.9, 1.0, 2.0),
                                     (3.6, 1.0, 0.5), (0.0, 1.0, 10.0), (0.1, 0.5, 5.5)):  # fmt: skip
        assert job_risk(patience, 1.8, spread) == pytest.approx(factor)


def test_low_luck_loses_a_job():
    does(keep_or_find_job, AT_WORK)
    does(keep_or_find_job, {**AT_WORK, "luck_job": 0.019}, LOST)
    risky = {**AT_WORK, "patience": 0.9, "job_risk_spread": 1.0}
    does(keep_or_find_job, {**risky, "luck_job": 0.041})
    does(keep_or_find_job, {**risky, "luck_job": 0.039}, LOST)


def test_a_firm_that_lays_off_raises_the_bar_for_its_own():
    laid_off = {**AT_WORK, "layoff_by_employer": 0.05}
    does(keep_or_find_job, {**laid_off, "luck_job": 0.05})
    does(keep_or_find_job, {**laid_off, "luck_job": 0.049}, LOST)
    does(keep_or_find_job, {**AT_WORK, "layoff_by_employer": 0.01})


def test_an_owner_stays_until_the_firm_fails():
    owner = {**AT_WORK, "owns": 4, "luck_job": 0.0}
    does(keep_or_find_job, owner)
    does(keep_or_find_job, {**owner, "employer": 1, "owns": 1})
    does(keep_or_find_job, {**owner, "owners_stay": 0}, LOST)
    does(keep_or_find_job, {**owner, "layoff_by_employer": FAILED, "luck_job": 0.99}, LOST)
    does(keep_or_find_job, {**AT_WORK, "layoff_by_employer": FAILED, "luck_job": 0.99}, LOST)


def test_high_luck_finds_a_job():
    jobless = {**AT_WORK, "employed": 0, "months_jobless": 3, "employer": 0}
    does(keep_or_find_job, {**jobless, "luck_job": 0.71}, {"employed": 1, "months_jobless": 0})
    does(keep_or_find_job, {**jobless, "luck_job": 0.69}, {"months_jobless": 4})
    does(keep_or_find_job, {**jobless, "luck_job": 0.5, "months_jobless": 119}, {"months_jobless": 120})
    does(keep_or_find_job, {**jobless, "luck_job": 0.5, "months_jobless": 120})
    does(keep_or_find_job, {**jobless, "finding_by_sector": 0.0, "luck_job": 1.0}, {"months_jobless": 4})
    # Who loses a job this month has been jobless for none.
    does(keep_or_find_job, {**AT_WORK, "months_jobless": 7, "luck_job": 0.0}, {**LOST, "months_jobless": 0})
    does(keep_or_find_job, {**AT_WORK, "months_jobless": 7}, {"months_jobless": 0})
