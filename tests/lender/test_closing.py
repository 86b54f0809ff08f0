"""Closing by hand: at which score, inflow and arrears a line goes, freezes, comes back, and what is called."""

from __future__ import annotations

import pytest

from sim.engine.loops.compiled import plain
from sim.lender.policies import closing
from sim.lender.policies.closing import (
    OPTIONS,
    call_balance,
    close_below_threshold,
    freeze_then_close,
    judge_line,
    reopen_recovered,
)
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_NONE, LINE_OPEN, NEVER
from tests.laws.calling import call, does

fails, first_time = plain(closing.fails), plain(closing.first_time)

FREEZES = (judge_line, freeze_then_close)
BAR = {"closing_score": 510.0, "closing_tightening": 0.0, "unemployment_gap": 0.0, "appetite_points": 0.0}
STATE = {"line": LINE_OPEN, "limit": 900_000, "months_in_state": 5, "score": 510.0, "months_past_due": 2}
SOUND = {**BAR, **STATE, "closed_month": NEVER, "inflow_fast": 400_000.0, "inflow_slow": 1_000_000.0, "month": 7,
         "closing_inflow_drop": 0.6, "closing_months_past_due": 3}  # fmt: skip
CLOSED = {"line": LINE_CLOSED, "limit": 0, "closed_month": 7, "months_in_state": 0, "closures": 1}
WEAK = ({"score": 509.9}, {"inflow_fast": 399_999.0}, {"months_past_due": 3}, {"months_past_due": 13})
# What moves the bar of the score, and to where: 2000 points a unit of unemployment, 20 of appetite.
BARS = (({}, 0.0), ({"unemployment_gap": 0.01}, 20.0), ({"unemployment_gap": -0.01}, -20.0),
        ({"appetite_points": 20.0}, -20.0), ({"appetite_points": -20.0}, 20.0))  # fmt: skip


def test_each_threshold_alone_fails_an_account():
    sound = dict(score=510.0, lowest=510.0, inflow_fast=40.0, inflow_slow=100.0, closing_inflow_drop=0.6,
                 months_past_due=2, closing_months_past_due=3)  # fmt: skip
    assert not fails(**sound)
    for weak in ({"score": 509.9}, {"inflow_fast": 39.9}, {"months_past_due": 3}):
        assert fails(**{**sound, **weak})


def test_the_first_closing_is_the_one_remembered():
    assert (first_time(NEVER, 7), first_time(3, 7), first_time(0, 7), first_time(-5, 7)) == (7, 3, 0, -5)


def test_a_line_closes_below_each_threshold_and_not_at_it():
    does(close_below_threshold, SOUND)
    for weak in WEAK:
        does(close_below_threshold, {**SOUND, **weak}, CLOSED)
        does(close_below_threshold, {**SOUND, **weak, "closed_month": 3}, {**CLOSED, "closed_month": 3})
        for line in (LINE_FROZEN, LINE_NONE, LINE_CLOSED):
            does(close_below_threshold, {**SOUND, **weak, "line": line})


@pytest.mark.parametrize(("moved", "points"), BARS)
def test_downturns_raise_the_bar_and_appetite_lowers_it(moved, points):
    tight = {**SOUND, "closing_tightening": 2000.0, **moved}
    does(close_below_threshold, {**tight, "score": 510.0 + points - 0.1}, CLOSED)
    does(close_below_threshold, {**tight, "score": 510.0 + points + 0.1})
    frozen = {"line": LINE_FROZEN, "months_in_state": 0, "freezes": 1}
    warnings = {"alert": 0, "alert_hold": 3, "thaw_points": 20.0, "freeze_months": 6}
    does(FREEZES, {**tight, **warnings, "score": 510.0 + points - 0.1}, frozen)
    does(FREEZES, {**tight, **warnings, "score": 510.0 + points + 0.1})
    back = {**RECOVERED, "closing_tightening": 2000.0, **moved}
    does(reopen_recovered, {**back, "score": 550.0 + points - 0.1})
    does(reopen_recovered, {**back, "score": 550.0 + points + 0.1}, REOPENED)


RECOVERED = {**BAR, **STATE, "line": LINE_CLOSED, "limit": 77, "months_in_state": 3, "score": 550.0,
             "months_past_due": 0, "delinquency_memory": 1.5, "reopening_points": 40.0, "reopening_wait": 3,
             "reopening_memory": 1.5}  # fmt: skip
REOPENED = {"line": LINE_OPEN, "limit": 0, "months_in_state": 0, "reopenings": 1}


def test_a_line_reopens_clearly_above_the_bar_after_its_wait():
    does(reopen_recovered, RECOVERED, REOPENED)
    for other in (
        {"score": 549.9}, {"months_in_state": 2}, {"months_past_due": 1}, {"delinquency_memory": 1.51},
        {"line": LINE_FROZEN}, {"line": LINE_OPEN}, {"line": LINE_NONE},
    ):  # fmt: skip
        does(reopen_recovered, {**RECOVERED, **other})


FREEZING = {**SOUND, "alert": 0, "alert_hold": 3, "thaw_points": 20.0, "freeze_months": 6}
FROZEN = {**FREEZING, "line": LINE_FROZEN, "months_past_due": 0, "score": 530.0}


def test_a_weak_or_warned_line_freezes_and_keeps_its_limit():
    does(FREEZES, FREEZING)
    for weak in (*WEAK, {"alert": 1}, {"alert": 3}):
        does(FREEZES, {**FREEZING, **weak}, {"line": LINE_FROZEN, "months_in_state": 0, "freezes": 1})
    does(FREEZES, {**FREEZING, "alert": 4})
    does(FREEZES, {**FREEZING, "score": 400.0, "line": LINE_CLOSED})


def test_a_line_is_weak_sound_or_neither():
    for change, standing in (({}, 1), ({"score": 529.9}, 0), ({"months_past_due": 1}, 0), ({"alert": 3}, -1)):
        assert call(judge_line, **{**FROZEN, **change}) == {"line_standing": standing}


def test_a_frozen_line_thaws_above_the_bar_and_closes_in_the_end():
    thawed = {"line": LINE_OPEN, "months_in_state": 0, "thaws": 1}
    does(FREEZES, FROZEN, thawed)
    does(FREEZES, {**FROZEN, "months_in_state": 6}, thawed)
    for other in ({"score": 529.9}, {"months_past_due": 1}, {"alert": 2}, {"inflow_fast": 399_999.0}):
        does(FREEZES, {**FROZEN, **other})
        does(FREEZES, {**FROZEN, **other, "months_in_state": 6}, CLOSED)
    does(FREEZES, {**FROZEN, "months_past_due": 3}, CLOSED)
    does(FREEZES, {**FROZEN, "months_past_due": 3, "closed_month": 1}, {**CLOSED, "closed_month": 1})


CALLED = {"line": LINE_CLOSED, "months_in_state": 0, "principal": 1_000_000, "interest": 5_000, "overdue": 5_000,
          "payment": 100_000, "score": 509.9, "alert": 0, "alert_hold": 3, "recall_score": 510.0,
          "recall_months": 3}  # fmt: skip


def test_a_called_balance_falls_due_within_its_months_to_the_fen():
    due = {"payment": 333_334, "recalls": 1, "recalled_balance": 1_000_000}
    does(call_balance, CALLED, due)
    does(call_balance, {**CALLED, "overdue": 5_001}, {"payment": 333_333, "recalls": 1, "recalled_balance": 999_999})
    does(call_balance, {**CALLED, "payment": 400_000}, {"recalls": 1, "recalled_balance": 1_000_000})
    does(call_balance, {**CALLED, "score": 510.0, "alert": 3}, due)
    for other in ({"score": 510.0}, {"score": 510.0, "alert": 4}, {"months_in_state": 1}, {"line": LINE_OPEN}):
        does(call_balance, {**CALLED, **other})


def test_each_option_closes_in_its_own_way():
    assert {name: option.stages for name, option in OPTIONS.items()} == {
        "never": (), "threshold": (close_below_threshold,), "freeze_first": FREEZES,
        "hysteresis": (close_below_threshold, reopen_recovered),
        "early_recall": (close_below_threshold, call_balance),
    }  # fmt: skip


def test_a_harder_downturn_never_closes_fewer():
    scores = [450.0 + 5.0 * k for k in range(40)]
    closed = [
        sum(call(close_below_threshold, **{**SOUND, "closing_tightening": 1500.0, "unemployment_gap": gap,
                                           "score": score})["closures"] for score in scores)
        for gap in (-0.03, -0.01, 0.0, 0.01, 0.03)
    ]  # fmt: skip
    assert closed == sorted(set(closed))
