"""Caps of schemes: how high, when, and when new cover stopped."""

import math

import numpy as np
import pytest

from sim.reports.folder import Arm
from sim.reports.verdict.gauges import COLUMNS, LEVERAGE, RATES, gauges, suspension
from tests.reports.small import BOTH, study_of

CAPS = {"denominator": "released", "above": 0.05, "resume_below": 0.0, "leverage": 10.0}


def rates(*tops):
    """A rate that rises from 0 to its highest in the month with the number of the run, then halves."""
    paths = np.zeros((len(tops), 10))
    for run, top in enumerate(tops):
        paths[run, run + 2] = top
        paths[run, run + 3 :] = top / 2
    return paths


def gauged(caps=CAPS, **paths):
    arms = [Arm("old"), Arm("new", "old", caps=caps)]
    return gauges(study_of(BOTH, arms=arms, places=["calm"], runs=3, paths={("calm", "new"): paths}))


def test_every_denominator_has_a_gauge_and_only_one_the_cap():
    states = np.zeros((3, 10))
    states[0, 4:] = 1
    states[1, 6:8] = 1
    table = gauged(**{figure: rates(0.08, 0.05, 0.02) for figure in RATES.values()}, fund_state=states)
    assert list(table.columns) == list(COLUMNS) and list(table["gauge"]) == list(RATES)
    assert [math.isnan(cap) for cap in table["cap"]] == [True, False, True]
    row = table.set_index("gauge").loc["released"]
    assert row["cap"] == 0.05 and row["highest"] == pytest.approx(0.05)
    assert (row["highest_low"], row["highest_high"]) == (0.02, 0.08)
    assert (row["month"], row["month_low"], row["month_high"], row["runs"]) == (3, 2, 4, 3)
    assert row["runs_above"] == 1  # a rate that reaches its cap does not exceed it
    assert (row["suspended_runs"], row["suspended_from_low"], row["suspended_from_high"]) == (2, 4, 6)
    assert (row["reopened_runs"], row["reopened_low"], row["reopened_high"], row["suspended_at_end"]) == (1, 8, 8, 1)
    assert table.set_index("gauge").loc["outstanding", "runs_above"] == 0


def test_a_run_without_compensation_has_no_highest_month():
    row = gauged(compensation_rate_released=rates(0.0, 0.04, 0.0)).iloc[0]
    assert (row["month"], row["month_low"], row["month_high"]) == (3, 3, 3)
    row = gauged(compensation_rate_released=rates(0.0, 0.0, 0.0)).iloc[0]
    assert row["highest"] == 0.0 and math.isnan(row["month"])


def test_leverage_is_gauged_where_it_is_capped():
    leverage = 100 * rates(0.08, 0.11, 0.02)
    row = gauged(fund_leverage=leverage).iloc[0]
    assert (row["gauge"], row["cap"], row["runs_above"]) == (LEVERAGE, 10.0, 1)
    assert gauged(caps=CAPS | {"leverage": 0.0}, fund_leverage=leverage).empty
    assert gauged(caps={}, fund_leverage=leverage).empty


def test_without_a_scheme_there_is_no_gauge():
    assert gauged(caps={}, compensation_rate_released=rates(0.0, 0.0, 0.0)).empty and gauged().empty


NEVER = math.nan
STATES = [
    ([[0, 0, 0], [0, 0, 0]], (0, NEVER, NEVER, 0, NEVER, NEVER, 0)),
    ([[0, 1, 1], [0, 0, 2]], (2, 1, 2, 0, NEVER, NEVER, 2)),
    ([[1, 0, 1], [0, 1, 0]], (2, 0, 1, 2, 1, 2, 1)),
]


@pytest.mark.parametrize(("states", "found"), STATES)
def test_cover_stops_and_opens_again(states, found):
    np.testing.assert_equal(suspension(np.array(states, dtype=float)), found)


def test_without_a_fund_nothing_stops():
    np.testing.assert_equal(suspension(np.empty((0, 0))), (0, NEVER, NEVER, 0, NEVER, NEVER, 0))
