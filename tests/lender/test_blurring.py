"""Worse data by hand: signals missing, somebody else's or blurred, and when a score is due."""

from __future__ import annotations

import math

from sim.lender.policies.blurring import blur_signal, call_for_score, take_signal
from sim.loan.states import LINE_APPLIED, LINE_OPEN
from tests.laws.calling import call, does

BLURRED = {"signal": 1.5, "data_missing": 0.0, "data_error": 0.0, "privacy_noise": 0.0, "lasting_data_missing": 0.2,
           "lasting_data_error": 0.1, "lasting_data_noise": 0.75}  # fmt: skip


def test_data_are_missing_somebody_elses_or_blurred():
    does(blur_signal, BLURRED, {"signal_used": 1.5})
    does(blur_signal, {**BLURRED, "signal": 2.5}, {"signal_used": 2.5})
    does(blur_signal, {**BLURRED, "signal": 2.5, "privacy_noise": 1.0}, {"signal_used": 2.0 + math.log(2.0)})
    does(blur_signal, {**BLURRED, "data_missing": 0.21, "data_error": 1.0, "privacy_noise": 1.0}, {"signal_used": 0.0})
    does(blur_signal, {**BLURRED, "data_missing": 0.2}, {"signal_used": 1.5})
    # An error is uniform between -3 and 3; a quarter of the way is -1.5.
    does(blur_signal, {**BLURRED, "data_error": 0.4}, {"signal_used": -1.5})
    does(blur_signal, {**BLURRED, "data_error": 0.1}, {"signal_used": 1.5})
    # Laplace at the upper quartile: the scale times ln 2, on a signal held at 2.
    for luck, noise in ((0.75, 2.0 * math.log(2.0)), (0.25, -2.0 * math.log(2.0)), (0.5, 0.0)):
        does(blur_signal, {**BLURRED, "privacy_noise": 2.0, "lasting_data_noise": luck}, {"signal_used": 1.5 + noise})
    does(blur_signal, {**BLURRED, "signal": 5.0, "privacy_noise": 2.0, "lasting_data_noise": 0.5}, {"signal_used": 2.0})
    does(blur_signal, {**BLURRED, "signal": -5.0, "privacy_noise": 2.0, "lasting_data_noise": 0.5},
         {"signal_used": -2.0})  # fmt: skip


def test_good_data_are_taken_as_they_are_every_month():
    does(take_signal, {"signal": 1.5}, {"signal_used": 1.5, "score_due": 1})


def test_a_score_is_due_at_an_application_and_when_its_turn_comes():
    account = {"line": LINE_OPEN, "ordinal": 2, "month": 4, "refresh_interval": 6}
    assert call(call_for_score, **account) == {"score_due": 1}
    assert call(call_for_score, **{**account, "month": 5}) == {"score_due": 0}
    assert call(call_for_score, **{**account, "month": 5, "line": LINE_APPLIED}) == {"score_due": 1}
