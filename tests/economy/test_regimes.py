import math
from itertools import groupby, pairwise

import pytest

from sim.economy.economy import Economy
from sim.economy.regimes import RECESSION, depth_of, draw_regimes, stationary_recession
from sim.economy.scenario import RegimeSettings
from tests.economy.shipped import scenario

ORACLE = RegimeSettings(stay_calm=0.95, stay_recession=0.80, start="stationary")


def test_stationary_share_in_closed_form():
    assert stationary_recession(0.95, 0.80) == pytest.approx(0.2, abs=1e-12)
    assert stationary_recession(1.0, 1.0) == 0.0
    assert stationary_recession(0.5, 1.0) == 1.0


def test_the_chain_has_its_stationary_shares_and_durations():
    """p=.95, q=.80: shares .8 and .2, mean durations 20 and 5 months.

    120 seeds x 250 months. A share's variance is inflated by the chain's memory, r = p + q - 1 = .75: .2 x .8
    x (1 + r)/(1 - r) / 30 000 gives a standard error of 0.0061. About 1 200 spells of recession with a
    standard deviation of sqrt(.8)/.2 = 4.47 months give 0.13, as many calm ones sqrt(.95)/.05 = 19.5 months
    0.56. Four of each.
    """
    draws = [draw_regimes(ORACLE, seed, 250) for seed in range(120)]
    share = sum(map(sum, draws)) / (120 * 250)
    assert abs(share - 0.2) < 0.025
    # Leaving chances, not spell lengths: spells cut off by the end would bias the latter.
    steps = [pair for draw in draws for pair in pairwise(draw)]
    for state, mean, error in ((RECESSION, 5.0, 0.13), (0, 20.0, 0.56)):
        stays = [after == state for before, after in steps if before == state]
        duration = 1.0 / (1.0 - sum(stays) / len(stays))
        assert abs(duration - mean) < 4 * error


def test_the_shipped_chain_has_the_durations_of_1945_to_2009():
    regimes = scenario("stochastic").regimes
    assert 1 / (1 - regimes.stay_calm) == pytest.approx(58, abs=0.05)
    assert 1 / (1 - regimes.stay_recession) == pytest.approx(11, abs=0.01)


def test_a_recession_of_usual_length_is_about_as_deep_as_the_severe_scenario_and_costs_more_jobs():
    """After 11 months 1 - .75^11 = .958 of the way is gone; its size stands for all that moves defaults together."""
    limit, severe = scenario("stochastic").regimes, scenario("severe_recession").path
    reached = depth_of(limit, [0] + [RECESSION] * 11)[-1]
    assert reached == pytest.approx(1.0 - 0.75**11)
    assert reached * limit.unemployment_rise == pytest.approx(4 / 3 * max(severe.unemployment_rise), abs=0.005)
    assert reached * limit.policy_rate_change == pytest.approx(min(severe.policy_rate_change), abs=0.001)
    for limited, deepest in ((limit.income, min(severe.income)), (limit.demand, min(severe.demand))):
        assert 1.0 - reached * (1.0 - limited) == pytest.approx(deepest, abs=0.012)


def test_start_and_prefix():
    assert draw_regimes(RegimeSettings(start="recession"), 1, 1) == [RECESSION]
    assert draw_regimes(RegimeSettings(), 1, 1) == [0]
    assert draw_regimes(ORACLE, 4, 30) == draw_regimes(ORACLE, 4, 200)[:30]
    starts = [draw_regimes(ORACLE, seed, 1)[0] for seed in range(1000)]
    assert abs(sum(starts) / 1000 - 0.2) < 4 * math.sqrt(0.2 * 0.8 / 1000)


def test_depth_rises_in_recession_and_falls_in_calm():
    settings = RegimeSettings(onset=0.5, recovery=0.25)
    assert depth_of(settings, [0, 1, 1, 0]) == [0.0, 0.5, 0.75, 0.5625]


def test_recessions_are_hard_times_in_the_model():
    economy = Economy(scenario("stochastic", systematic__sector_sd=0.0, regimes=ORACLE), 6)
    rows = [economy.month(m) for m in range(240)]
    assert {row.regime for row in rows} == {0, 1}
    for regime, run in groupby(rows, key=lambda row: row.regime):
        spell = [row.unemployment for row in run]
        assert spell == sorted(spell, reverse=regime != RECESSION)
    assert max(row.unemployment for row in rows) < 0.05 + ORACLE.unemployment_rise + 1e-12
    assert min(float(row.income_by_sector.mean()) for row in rows) < 1.0
