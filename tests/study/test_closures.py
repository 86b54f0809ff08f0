from __future__ import annotations

import numpy as np
import pytest

from sim.study.compare.closures import ClosureFigures, Trace, judge, reaches

PERSONS = 16


def trace(months: int = 30, entered=(), closed=(), overdue=()) -> Trace:
    """Build a trace from (month, row) pairs; every line is open."""

    def rows(pairs, month):
        return np.array([row for when, row in pairs if when == month], dtype=np.int64)

    every = range(months)
    return Trace(
        [rows(entered, month) for month in every],
        [rows(closed, month) for month in every],
        [rows(overdue, month) for month in every],
        [np.packbits(np.ones(PERSONS, dtype=bool)) for _ in every],
    )


def first_lines(month: int, count: int) -> list[float]:
    return [0.0] * count


@pytest.mark.parametrize(
    ("entered", "overdue", "wrong"),
    [
        ((), (), 1),
        (((17, 3),), (), 0),  # twelve months later counts
        (((18, 3),), (), 1),  # thirteen do not
        (((6, 3),), (), 0),
        (((4, 3),), (), 1),  # an earlier spell that was cured
        (((2, 3),), ((5, 3),), 0),  # an earlier spell that lasts
        (((5, 3),), (), 0),  # entering in the month itself
        (((10, 4),), (), 1),  # somebody else
    ],
)
def test_wrong_closure_is_judged_by_the_paired_run(entered, overdue, wrong):
    found = judge(trace(closed=((5, 3),)), trace(entered=entered, overdue=overdue), first_lines)
    assert (found.closures, found.censored_closures, found.wrong_closures) == (1, 0, wrong)
    assert found.defaults_caused_by_closing == 0


@pytest.mark.parametrize(
    ("ours", "theirs", "caused"),
    [
        (((9, 3),), (), 1),
        (((9, 3),), ((9, 3),), 0),
        (((9, 3),), ((17, 3),), 0),  # the paired run gets there too, if later
        (((9, 3),), ((18, 3),), 1),
        (((17, 3),), (), 1),
        (((18, 3),), (), 0),
        (((5, 3),), (), 0),  # overdue before the lender closed the line
    ],
)
def test_caused_default_needs_the_closing_run_alone(ours, theirs, caused):
    found = judge(trace(closed=((5, 3),), entered=ours), trace(entered=theirs), first_lines)
    assert found.defaults_caused_by_closing == caused


def test_closures_near_the_end_are_censored_and_counted():
    closed = ((17, 1), (18, 2), (29, 3))
    found = judge(trace(closed=closed), trace(), first_lines)
    assert found == ClosureFigures(3, 2, 1, 0, 1, 1)
    assert found.judged == 1


def test_only_the_first_closure_of_a_person_counts():
    found = judge(trace(closed=((3, 1), (8, 1), (8, 2))), trace(), first_lines)
    assert found.closures == 2


def test_random_benchmark_closes_as_many_lines_and_none_twice():
    closed = tuple((3, row) for row in range(5)) + tuple((4, row) for row in range(5, 10))
    reached = tuple((7, row) for row in range(4))
    found = judge(trace(closed=closed), trace(entered=reached), first_lines)
    # The draws take the first open lines: rows 0 to 4, then 5 to 9; rows 0 to 3 reach 90+.
    assert (found.random_closures, found.random_wrong_closures) == (10, 6)


def test_random_benchmark_is_uniform():
    rng = np.random.default_rng(3)
    reached = trace(entered=((5, 0), (5, 1), (5, 2), (5, 3)))
    wrong = [
        judge(trace(closed=((3, 8), (3, 9))), reached, lambda month, count: rng.random(count)).random_wrong_closures
        for _ in range(2000)
    ]
    # 4 of 16 lines reach 90+: of two picks, 1.5 are wrong on average; 5 standard errors.
    assert abs(np.mean(wrong) - 1.5) < 5 * np.std(wrong) / np.sqrt(2000)


def test_runs_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="equally long: 30 and 29"):
        judge(trace(30), trace(29), first_lines)


def test_reaches_nothing_at_the_end():
    assert not reaches(trace(5), 4, np.array([1, 2]), at_once=False).any()
