"""The model against closed forms: the reduced form every day, the full form behind the marker."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from validation import chains, pools
from validation import closed_forms as formula
from validation.checks import Case, judge
from validation.oracles import run
from validation.size import FULL, REDUCED

CASE = Case("a wrong engine", "", "")


def failures(verdicts):
    return [dataclasses.asdict(verdict) for verdict in verdicts if not verdict.passed]


def test_reduced_form():
    verdicts = run(REDUCED)
    assert len(verdicts) > 45
    assert failures(verdicts) == []


@pytest.mark.slow
def test_full_form():
    assert failures(run(FULL)) == []


def test_a_little_correlation_would_not_pass_for_none():
    counts, n = pools.missed(0.05, 120, 100, range(130_000, 130_060))
    law = stats.binom.pmf(np.arange(n + 1), n, pools.P)
    verdict = judge([CASE.shares("law of K", law, np.bincount(counts, minlength=n + 1))])[0]
    assert not verdict.passed


def test_other_roll_rates_would_not_pass():
    last = 7
    model, rows = chains.book((*chains.jobs(0.1, 0.33), f"lender.charge_off_months={last}"), 5_000, 606)
    *_, found = chains.lived(model, rows, last, 12)
    law = formula.occupancy(formula.rolling_matrix(0.1, 0.7, 0.0, last, last), 12)
    assert not judge([CASE.shares("buckets", law, np.bincount(found, minlength=last + 1))])[0].passed
