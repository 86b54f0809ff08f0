"""Risk appetite by hand: which way it moves with unemployment, arrears and capital, and how far."""

from __future__ import annotations

import pytest

from sim.lender.policies.appetite import Cycle, Steady, Target


def test_steady_is_neutral_whatever_happens():
    assert Steady().next(25.0, 0.1, 0.5, 0.01) == 0.0


@pytest.mark.parametrize(
    ("gap", "points"), [(0.0, 0.0), (0.01, 8.0), (-0.01, -8.0), (0.075, 60.0), (0.08, 60.0), (-0.2, -60.0)]
)
def test_the_cycle_lowers_the_bar_in_downturns(gap, points):
    """800 points a unit of unemployment, held at 60."""
    assert Cycle().next(-11.0, gap, 0.9, 0.0) == pytest.approx(points)
    assert Cycle(appetite_slope=-800.0).next(0.0, gap, 0.0, 1.0) == pytest.approx(-points)


@pytest.mark.parametrize(
    ("arrears", "capital", "points"),
    [(0.016, 0.2, 10.0), (0.008, 0.2, 12.0), (0.0, 0.2, 14.0), (0.024, 0.2, 8.0), (0.032, 0.2, 6.0), (0.5, 0.2, 6.0),
     (0.0, 0.15, 14.0), (0.0, 0.149, 10.0), (0.024, 0.149, 8.0)],
)  # fmt: skip
def test_the_target_is_approached_month_by_month_and_capital_only_tightens(arrears, capital, points):
    """From 10 points: 4 a month while arrears are none, -4 from twice the target on."""
    assert Target().next(10.0, 0.3, arrears, capital) == pytest.approx(points)


def test_a_miss_counts_between_twice_the_target_and_none():
    assert Target().next(0.0, 0.0, -0.016, 0.2) == 4.0 and Target().next(0.0, 0.0, 0.9, 0.2) == -4.0


def test_the_target_holds_at_its_furthest():
    assert Target().next(59.0, 0.0, 0.0, 0.2) == 60.0
    assert Target().next(-59.0, 0.0, 1.0, 0.2) == -60.0
    assert Target(largest_appetite=0.0).next(0.0, 0.0, 0.0, 0.2) == 0.0
