"""Warnings by hand: which fall warns, how a warning ages, what each signal adds to the danger."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.loops.compiled import plain
from sim.lender.policies import warning
from sim.lender.policies.warning import (
    BINS,
    FOLLOW_UP,
    LOWEST,
    OPTIONS,
    WIDTH,
    MultiSignal,
    Silent,
    warn_of_danger,
    warn_of_drift,
    warn_of_drop,
    weigh_danger,
)
from tests.laws.calling import call, does

aged, fall, in_force = plain(warning.aged), plain(warning.fall), plain(warning.in_force)

ORDER = {"alert": 0, "principal": 500_000, "months_past_due": 0, "inflow_fast": 69_000.0, "inflow_slow": 99_999.0}
WARNED = {"alert": 1, "alerts": 1}
AT_REST = ({"principal": 0}, {"months_past_due": 1}, {"alert": 4})


def test_a_warning_acts_for_its_months_and_stands_for_a_year():
    assert [in_force(alert, 3) for alert in (0, 1, 3, 4)] == [False, True, True, False]
    assert not in_force(1, 0)
    assert [aged(alert, 1) for alert in (0, 1, 11, FOLLOW_UP)] == [0, 2, 12, 0]
    assert aged(5, 0) == 0, "nothing is owed any more"


def test_a_fall_is_a_share_of_the_slow_average():
    for fast, share in ((100_000.0, 0.0), (70_000.0, 0.3), (0.0, 1.0), (120_000.0, -0.2), (200_000.0, -0.5)):
        assert fall(fast, 99_999.0) == pytest.approx(share)


def test_a_drop_beyond_its_share_warns_once():
    drop = {**ORDER, "warning_drop": 0.3}
    does(warn_of_drop, drop, WARNED)
    does(warn_of_drop, {**drop, "principal": 1}, WARNED)
    assert FOLLOW_UP == 12
    does(warn_of_drop, {**drop, "inflow_fast": 71_000.0})
    does(warn_of_drop, {**drop, "principal": 0})
    does(warn_of_drop, {**drop, "months_past_due": 1})
    does(warn_of_drop, {**drop, "alert": 4}, {"alert": 5})
    does(warn_of_drop, {**drop, "alert": FOLLOW_UP}, {"alert": 0})


def test_falls_add_up_beyond_the_slack_and_start_anew_after_a_warning():
    drift = {**ORDER, "cusum": 0.25, "cusum_slack": 0.1, "cusum_bound": 0.45}  # a fall of .31
    does(warn_of_drift, drift, {**WARNED, "cusum": 0.0})
    does(warn_of_drift, {**drift, "cusum": 0.2}, {"cusum": 0.41})
    does(warn_of_drift, {**drift, "inflow_fast": 130_000.0}, {"cusum": 0.0})  # .25 - .3 - .1
    does(warn_of_drift, {**drift, "months_past_due": 2}, {"cusum": 0.46})
    does(warn_of_drift, {**drift, "principal": 0}, {"cusum": 0.46})
    does(warn_of_drift, {**drift, "alert": 4}, {"alert": 5, "cusum": 0.46})


WARNS = (weigh_danger, warn_of_danger)
DANGER = {**ORDER, "inflow_fast": 100_000.0, "limit": 999_999, "principal": 1, "payment": 0, "delinquency_memory": 0.0,
          "signal": 0.0, "bureau_debt": 0, "bureau_weight": 0.5, "danger_of_drop": 6.0, "danger_of_burden": 1.1,
          "danger_of_use": 0.7, "danger_of_memory": 0.5, "danger_of_signal": 0.3, "danger_of_cycle": 10.0,
          "unemployment_gap": 0.0, "alert_cut": 0.0}  # fmt: skip
MOVES = (
    ({"inflow_fast": 90_000.0}, 0.6), ({"inflow_fast": 110_000.0}, -0.6), ({"payment": 50_000}, 0.55),
    ({"payment": 900_000}, 1.65), ({"principal": 500_000}, 0.35), ({"principal": 9_000_000}, 0.84),
    ({"delinquency_memory": 2.0}, 1.0), ({"signal": 2.0}, -0.6), ({"signal": -2.0}, 0.6),
    ({"bureau_debt": 600_000}, 0.2), ({"bureau_debt": 9_000_000}, 0.4),
)  # fmt: skip


@pytest.mark.parametrize(("change", "danger"), MOVES, ids=[str(change) for change, _ in MOVES])
def test_each_signal_adds_to_the_danger_and_the_bar_is_met_above(change, danger):
    account = {**DANGER, **change}
    place = int((danger - LOWEST) / WIDTH)
    seen = {"watched": 1, "danger amount": 1}
    found = call(WARNS, **{**account, "alert_cut": danger + 0.001})
    assert call(weigh_danger, **account)["danger_seen"] == pytest.approx(danger, abs=1e-5)
    assert abs(found["danger place"] - place) <= 1, "a bin is a twentieth wide"
    does(WARNS, {**account, "alert_cut": danger + 0.001}, {**seen, "danger place": found["danger place"]})
    does(WARNS, {**account, "alert_cut": danger - 0.001}, {**seen, **WARNED,
                                                                    "danger place": found["danger place"]})  # fmt: skip


def test_downturns_warn_sooner_and_the_bins_hold_everybody():
    low = {**DANGER, "alert_cut": 0.15}
    assert [call(WARNS, **{**low, "unemployment_gap": gap})["alerts"] for gap in (-0.02, 0.0, 0.01, 0.02)] == [
        *(0, 0, 0, 1)
    ]
    for signal, place in ((100.0, 0), (-100.0, BINS - 1)):
        assert call(WARNS, **{**DANGER, "signal": signal})["danger place"] == place
    for other in AT_REST:
        after = call(WARNS, **{**DANGER, "alert_cut": -9.0, **other})
        assert (after["alerts"], after["watched"], after["danger amount"]) == (0, 0, 0)
        assert after["alert"] == (5 if "alert" in other else 0)


def test_bars_without_a_budget_or_without_dangers():
    assert Silent().next_cut(np.ones(BINS, dtype=np.int64)) == 0.0
    assert MultiSignal().next_cut(None) == MultiSignal().next_cut(np.zeros(BINS, dtype=np.int64)) == 16.0
    rising = np.arange(BINS, dtype=np.int64)  # the last two bins hold 399 + 398 of 79 800
    assert MultiSignal(alert_budget=0.01).next_cut(rising) == pytest.approx(LOWEST + WIDTH * (BINS - 2))
    assert MultiSignal(alert_budget=1.0).next_cut(np.ones(BINS, dtype=np.int64)) == LOWEST
    assert {name: option.stages for name, option in OPTIONS.items()} == {
        "silent": (), "drop": (warn_of_drop,), "cusum": (warn_of_drift,), "multi_signal": WARNS
    }  # fmt: skip
