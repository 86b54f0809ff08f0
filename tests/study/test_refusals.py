"""Refusals judged by the paired run that approves everybody: by hand, and in a small study."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config.job import plan
from sim.study.compare.refusals import Applicants, judged_refusals
from sim.study.run.cell import run_task
from tests.study.test_closures import PERSONS, trace

MONTHS = 30


def applicants(refused=(), owing=()) -> Applicants:
    """Build what a run tells from (month, row) pairs."""
    owed = np.zeros((MONTHS, PERSONS), dtype=bool)
    for month, row in owing:
        owed[month, row] = True
    rows = [np.array([row for when, row in refused if when == month], dtype=np.int64) for month in range(MONTHS)]
    thin = np.arange(PERSONS) % 2 == 1
    return Applicants(rows, [np.packbits(month) for month in owed], thin, np.arange(PERSONS) % 10)


@pytest.mark.parametrize(
    ("owing", "entered", "judged", "wrong"),
    [
        (((8, 3),), (), 1, 1),
        (((17, 3),), (), 1, 1),
        (((18, 3),), (), 0, 0),  # drew too late to say anything
        (((5, 3),), (), 0, 0),  # owed only before
        ((), (), 0, 0),  # approved, never drew
        (((8, 3),), ((17, 3),), 1, 0),
        (((8, 3),), ((18, 3),), 1, 1),
        (((8, 3),), ((9, 4),), 1, 1),  # somebody else defaults
    ],
)
def test_a_refusal_is_wrong_when_the_person_would_have_borrowed_and_paid(owing, entered, judged, wrong):
    found = judged_refusals(applicants(refused=[(5, 3)]), applicants(owing=owing), trace(MONTHS, entered=entered))
    for what, count in (("rejections_judged", judged), ("wrong_rejections", wrong)):
        for group in ("", "_thin", "_decile_4"):
            assert found[what + group].sum() == found[what + group][5] == count
        assert found[f"{what}_decile_1"].sum() == 0


def test_the_first_refusal_counts_and_late_ones_are_not_judged():
    always = [(month, row) for month in range(MONTHS) for row in (2, 3)]
    found = judged_refusals(applicants([(4, 2), (9, 2), (20, 3)]), applicants(owing=always), trace(MONTHS))
    assert np.flatnonzero(found["rejections_judged"]).tolist() == [4]
    assert found["rejections_judged_thin"].sum() == 0


SMALL = (
    *("seed=3", "population.borrowers=1500", "firms=none", "feedback=none", "study.burn_in=6", "study.months=20"),
    *("study.arms=[lenient,limits]", "study.scenarios=[severe_recession]", "study.replications=1"),
    # A lender that expects too much default refuses many of those who come without a line.
    *("economy.shock_lag=0", "policy.approval.highest_default=0.04"),
    *("population.initial_line_share=0.2", "policy.scoring.bias=2"),
)


def test_a_study_judges_refusals_by_a_twin_that_is_not_shown():
    made = plan([*SMALL, "study.inclusion=true"])
    assert set(made.approving) == {"lenient", "limits"}
    assert [arm.name for arm in made.shown] == ["lenient", "limits"]
    outcome = run_task(made.tasks()[0])
    assert [run.arm for run in outcome.runs] == ["lenient", "limits"]
    for run in outcome.runs:
        judged, wrong = run.columns["rejections_judged"], run.columns["wrong_rejections"]
        assert judged.sum() > 20
        assert (wrong <= judged).all()
        assert not judged[-12:].any()
        for what, total in (("rejections_judged", judged), ("wrong_rejections", wrong)):
            by_decile = sum(run.columns[f"{what}_decile_{k}"] for k in range(1, 11))
            np.testing.assert_array_equal(by_decile, total)
            assert (run.columns[f"{what}_thin"] <= total).all()


def test_without_it_nothing_is_judged_and_no_twin_is_run():
    made = plan(SMALL)
    assert not made.approving
    assert not [arm for arm in made.arms if arm.shadow_of]
