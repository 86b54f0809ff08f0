"""The bureau by hand: how much of debts and arrears elsewhere is seen, and when."""

from __future__ import annotations

from sim.lender.policies.bureau import Full, NoBureau, Partial, report_debt
from tests.laws.calling import call, does

DEBT = {"other_debt": 1000, "other_past_due": 2, "bureau_debt": 200, "bureau_share": 0.5, "bureau_lag": 1}


def test_a_share_of_the_debt_is_seen_at_once_or_bit_by_bit():
    does(report_debt, DEBT, {"bureau_debt": 500, "bureau_past_due": 2, "sum_bureau_debt": 500})
    does(report_debt, {**DEBT, "bureau_share": 1.0}, {"bureau_debt": 1000, "bureau_past_due": 2,
                                                      "sum_bureau_debt": 1000})  # fmt: skip
    for lag, seen, late in ((2, 350, 1), (3, 300, 0), (4, 275, 0)):
        does(report_debt, {**DEBT, "bureau_lag": lag}, {"bureau_debt": seen, "bureau_past_due": late,
                                                       "sum_bureau_debt": seen})  # fmt: skip


def test_a_debt_that_is_gone_is_forgotten_to_the_fen():
    state = {**DEBT, "other_debt": 0, "other_past_due": 0, "bureau_lag": 3}
    first = call(report_debt, **state)["bureau_debt"]
    assert first == 200 - 67
    for _ in range(20):
        state["bureau_debt"] = call(report_debt, **state)["bureau_debt"]
    assert state["bureau_debt"] == 0


def test_a_lag_delays_arrears_by_so_many_months():
    seen = [call(report_debt, **{**DEBT, "other_past_due": late, "bureau_lag": 3})["bureau_past_due"]
            for late in range(6)]  # fmt: skip
    assert seen == [0, 0, 0, 1, 2, 3]


def test_options_show_what_they_say():
    assert NoBureau.stages == () and NoBureau().numbers() == {"bureau_weight": 0.0, "bureau_share": 0.0}
    assert Full.stages == Partial.stages == (report_debt,) and Full().numbers() == {}
    assert (Full().bureau_share, Full().bureau_lag) == (1.0, 1)
    assert Partial().bureau_share < 1.0 and Partial().bureau_lag > 1
    assert Full().bureau_weight == Partial().bureau_weight > 0.0
