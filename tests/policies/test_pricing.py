"""Prices by hand: what goes into one, which way each part moves it, and which bound holds it."""

from __future__ import annotations

import pytest

from sim.policies.pricing import OPTIONS, Capped, DownturnRelief, Flat, RiskBased, price_by_risk, price_flat
from tests.rules.calling import call, does

# At the anchor of 650 points and an intercept of ln 19 one in twenty defaults.
NINETEEN = 2.9444389791664403
PRICED = {"score": 650.0, "score_intercept": NINETEEN, "funding_rate": 0.04, "loss_share": 0.4, "whole_loss": 0.8,
          "cover_part": 0.25, "premium_cost": 0.02, "target_capital_ratio": 0.1, "price_capital": 0.12,
          "price_margin": 0.03, "price_cost": 0.025, "price_relief": 0.6, "unemployment_gap": 0.0,
          "rate_floor": 0.05, "rate_cap": 0.24, "cap_multiple": 4.0, "policy_rate": 0.06}  # fmt: skip


def test_a_flat_price_stays_under_the_cap():
    does(price_flat, {"flat_rate": 0.146, "rate_cap": 0.24}, {"offer_rate": 0.146})
    does(price_flat, {"flat_rate": 0.3, "rate_cap": 0.24}, {"offer_rate": 0.24})


def test_a_price_by_risk_is_the_sum_of_its_parts():
    """Funding .04, cost .025 + .25 x .02, loss .05 x (.75 x .8 + .25 x .4), capital .1 x (.12 - .04), margin .03."""
    does(price_by_risk, PRICED, {"offer_rate": 0.04 + 0.025 + 0.005 + 0.035 + 0.008 + 0.03})
    for change, price in (
        ({"cover_part": 0.0}, 0.143 - 0.005 + 0.005), ({"cover_part": 1.0}, 0.143 + 0.015 - 0.015),
        ({"whole_loss": 0.4}, 0.128), ({"loss_share": 0.0}, 0.138), ({"premium_cost": 0.04}, 0.148),
        ({"price_capital": 0.22}, 0.153), ({"target_capital_ratio": 0.0}, 0.135), ({"price_margin": -0.03}, 0.083),
        ({"price_cost": 0.0}, 0.118), ({"funding_rate": 0.05}, 0.152), ({"unemployment_gap": 0.01}, 0.137),
        ({"unemployment_gap": -0.01}, 0.149), ({"score": 650.0 - 60.0 * NINETEEN}, 0.24), ({"score": 10_000.0}, 0.108),
    ):  # fmt: skip
        does(price_by_risk, {**PRICED, **change}, {"offer_rate": price})


def test_floor_and_caps_bind():
    does(price_by_risk, {**PRICED, "rate_floor": 0.15}, {"offer_rate": 0.15})
    does(price_by_risk, {**PRICED, "rate_cap": 0.14}, {"offer_rate": 0.14})
    does(price_by_risk, {**PRICED, "policy_rate": 0.03}, {"offer_rate": 0.12})
    does(price_by_risk, {**PRICED, "rate_floor": 0.2, "rate_cap": 0.14}, {"offer_rate": 0.14})


def test_a_better_score_never_costs_more():
    prices = [call(price_by_risk, **{**PRICED, "score": 350.0 + 30.0 * k})["offer_rate"] for k in range(21)]
    assert prices == sorted(prices, reverse=True) and len(set(prices)) > 10


@pytest.mark.parametrize("cap", [Flat().rate_cap, RiskBased().rate_cap])
def test_the_legal_cap_is_that_of_the_notice_in_force(cap):
    assert cap == 0.24


def test_shipped_prices_differ_as_they_are_called():
    assert OPTIONS["flat"].stages == (price_flat,)
    assert {option.stages for name, option in OPTIONS.items() if name != "flat"} == {(price_by_risk,)}
    assert Capped().cap_multiple == 4.0 < RiskBased().cap_multiple
    assert DownturnRelief().price_relief > RiskBased().price_relief == Capped().price_relief == 0.0
