"""The judge: adjusted for the family, strict with identities."""

import numpy as np
import pytest

from validation.checks import Case, Check, judge
from validation.page import row, summary, table

CASE = Case("a case", "a source", "a setting")


def with_p(p):
    return Check("a case", "a source", "a setting", f"p={p}", 1.0, 1.0, 0.1, p)


def test_holm():
    verdicts = judge([with_p(0.01), with_p(0.04), with_p(0.03)])
    assert [verdict.adjusted for verdict in verdicts] == pytest.approx([0.03, 0.06, 0.06])
    assert all(verdict.passed for verdict in verdicts)


def test_a_small_p_fails_alone_and_may_pass_in_a_large_family():
    assert not judge([with_p(0.005)])[0].passed
    assert judge([with_p(0.005), *(with_p(0.5) for _ in range(9))])[0].passed


def test_identities_stand_outside_the_family():
    verdicts = judge([CASE.identity("fen", 0, 1), CASE.identity("fen", 12, 12), with_p(0.5)])
    assert [verdict.passed for verdict in verdicts] == [False, True, True]
    assert [verdict.adjusted for verdict in verdicts] == [None, None, 0.5]


def test_a_count_is_judged_by_the_binomial_law():
    assert CASE.count("heads", 0.5, 50, 100).p == pytest.approx(1.0)
    assert CASE.count("heads", 0.5, 75, 100).p < 1e-5


def test_a_distribution_is_judged_as_a_whole():
    law = np.array([0.5, 0.3, 0.2])
    assert CASE.shares("law", law, np.array([500, 300, 200])).p == pytest.approx(1.0)
    assert CASE.shares("law", law, np.array([500, 200, 300])).p < 1e-6
    # What the law rules out may not happen once.
    assert CASE.shares("law", np.array([0.5, 0.5, 0.0]), np.array([500, 500, 1])).p == 0.0


def test_the_page_names_what_failed():
    verdicts = judge([CASE.identity("fen lost", 0, 1), with_p(0.5)])
    assert "1 of 2 checks pass: a case, fen lost." in summary(verdicts)
    assert row(verdicts[0]).endswith("| **NO** |")
    head, ruler, *rows = table(verdicts).splitlines()
    assert {line.count("|") for line in (head, ruler, *rows)} == {head.count("|")}
