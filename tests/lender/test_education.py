"""Courses by hand: who attends, once, and what it changes."""

from __future__ import annotations

import pytest

from sim.lender.policies.education import Courses, NoEducation, attend_course
from sim.loan.states import LINE_FROZEN, LINE_OPEN
from tests.laws.calling import does

INVITED = {"taught": 0, "line": LINE_OPEN, "score": 649.9, "patience": 2.0, "appetite": 1.5, "honesty": 0.6,
           "education_share": 0.4, "education_below": 650.0, "education_patience": 0.07, "education_restraint": 0.1,
           "education_honesty": 0.25, "lasting_education": 0.39}  # fmt: skip


def test_a_course_moves_buffer_restraint_and_promise():
    does(attend_course, INVITED, {"taught": 1, "patience": 2.14, "appetite": 1.35, "honesty": 0.7, "courses": 1})
    nothing = {"education_patience": 0.0, "education_restraint": 0.0, "education_honesty": 0.0}
    does(attend_course, {**INVITED, **nothing}, {"taught": 1, "courses": 1})
    does(attend_course, {**INVITED, "education_honesty": 1.0, "education_restraint": 1.0},
         {"taught": 1, "patience": 2.14, "appetite": 0.0, "honesty": 1.0, "courses": 1})  # fmt: skip


@pytest.mark.parametrize("other", [{"taught": 1}, {"line": LINE_FROZEN}, {"score": 650.0}, {"lasting_education": 0.4}])
def test_nobody_else_attends(other):
    does(attend_course, {**INVITED, **other})


def test_options():
    assert NoEducation.courses == () and Courses.courses == (attend_course,)
