"""Prices by hand: what goes into one, which way each part moves it, and which bound holds it."""

from __future__ import annotations

import pytest

from sim.lender.policies.pricing import (
    OPTIONS,
    Capped,
    DownturnRelief,
    Flat,
    RiskBased,
    find_break_even,
    price_by_risk,
    price_flat,
)
from tests.laws.calling import call, does

PRICES = (find_break_even, price_by_risk)
# At the anchor of 650 points and an intercept of ln 19 one in twenty defaults.
NINETEEN = 2.9444389791664403
PRICED = {"score": 650.0, "score_intercept": NINETEEN, "funding_rate": 0.04, "loss_share": 0.4, "whole_loss": 0.8,
          "cover_part": 0.25, "own_share": 0.4, "margin_share": 0.5, "premium_cost": 0.02, "capital_relief": 0.0,
          "target_capital_ratio": 0.1, "price_capital": 0.12, "price_margin": 0.03, "price_cost": 0.025,
          "price_relief": 0.6, "unemployment_gap": 0.0, "rate_floor": 0.05, "rate_cap": 0.24, "cap_multiple": 4.0,
          "policy_rate": 0.06}  # fmt: skip


def test_a_flat_price_stays_under_the_cap():
    does(price_flat, {"flat_rate": 0.146, "rate_cap": 0.24}, {"offer_rate": 0.146})
    does(price_flat, {"flat_rate": 0.3, "rate_cap": 0.24}, {"offer_rate": 0.24})


def test_a_price_by_risk_is_what_is_needed_over_what_is_earned():
    """A yuan lent, a quarter of it covered, of which the lender funds 40 % and earns half; one in twenty defaults.

    Needed: funding and capital of its own .85 x (.04 + .1 x (.12 - .04)) = .0408, cost .025, premium .25 x .02 = .005,
    loss .05 x (.75 x .8 + .25 x .4) = .035; in all .1058. Earned: (.75 + .25 x .5) x .95 = .83125. Margin .03.
    """
    does(PRICES, PRICED, {"offer_rate": 0.1058 / 0.83125 + 0.03})
    for change, price in (
        ({"cover_part": 0.0}, 0.113 / 0.95 + 0.03), ({"cover_part": 1.0}, 0.0842 / 0.475 + 0.03),
        ({"own_share": 1.0}, 0.113 / 0.83125 + 0.03), ({"own_share": 0.0}, 0.101 / 0.83125 + 0.03),
        ({"margin_share": 1.0}, 0.1058 / 0.95 + 0.03), ({"margin_share": 0.0}, 0.1058 / 0.7125 + 0.03),
        ({"whole_loss": 0.4}, 0.0908 / 0.83125 + 0.03), ({"loss_share": 0.0}, 0.1008 / 0.83125 + 0.03),
        ({"premium_cost": 0.04}, 0.1108 / 0.83125 + 0.03), ({"price_capital": 0.22}, 0.1143 / 0.83125 + 0.03),
        ({"target_capital_ratio": 0.0}, 0.099 / 0.83125 + 0.03), ({"price_margin": -0.03}, 0.1058 / 0.83125 - 0.03),
        ({"price_cost": 0.0}, 0.0808 / 0.83125 + 0.03), ({"funding_rate": 0.05}, 0.11345 / 0.83125 + 0.03),
        ({"unemployment_gap": 0.01}, 0.1058 / 0.83125 + 0.024), ({"unemployment_gap": -0.01}, 0.1058 / 0.83125 + 0.036),
        ({"score": 650.0 - 60.0 * NINETEEN}, 0.24), ({"score": 10_000.0}, 0.0708 / 0.875 + 0.03),
    ):  # fmt: skip
        does(PRICES, {**PRICED, **change}, {"offer_rate": price})


def test_what_a_guarantor_stands_for_takes_less_capital():
    """A quarter is covered; half of that takes none of the capital of .1, which costs .08 above debt."""
    relieved = {**PRICED, "capital_relief": 0.5}
    does(PRICES, relieved, {"offer_rate": (0.1058 - 0.25 * 0.5 * 0.1 * 0.08) / 0.83125 + 0.03})
    does(PRICES, {**relieved, "cover_part": 0.0}, {"offer_rate": 0.113 / 0.95 + 0.03})
    does(PRICES, {**relieved, "target_capital_ratio": 0.0}, {"offer_rate": 0.099 / 0.83125 + 0.03})


def test_the_price_breaks_even_before_the_margin():
    assert call(find_break_even, **PRICED) == {"break_even": pytest.approx(0.1058 / 0.83125)}


def test_floor_and_caps_bind():
    does(PRICES, {**PRICED, "rate_floor": 0.17}, {"offer_rate": 0.17})
    does(PRICES, {**PRICED, "rate_cap": 0.14}, {"offer_rate": 0.14})
    does(PRICES, {**PRICED, "policy_rate": 0.03}, {"offer_rate": 0.12})
    does(PRICES, {**PRICED, "rate_floor": 0.2, "rate_cap": 0.14}, {"offer_rate": 0.14})


def test_where_nothing_is_earned_the_price_is_the_lower_cap():
    nothing = {**PRICED, "cover_part": 1.0, "margin_share": 0.0}
    does(PRICES, nothing, {"offer_rate": 0.24})
    does(PRICES, {**nothing, "policy_rate": 0.09}, {"offer_rate": 0.24})
    does(PRICES, {**nothing, "policy_rate": 0.03}, {"offer_rate": 0.12})


def test_a_better_score_never_costs_more():
    prices = [call(PRICES, **{**PRICED, "score": 350.0 + 30.0 * k})["offer_rate"] for k in range(21)]
    assert prices == sorted(prices, reverse=True) and len(set(prices)) > 10


@pytest.mark.parametrize("cap", [Flat().rate_cap, RiskBased().rate_cap])
def test_the_legal_cap_is_that_of_the_notice_in_force(cap):
    assert cap == 0.24


def test_shipped_prices_differ_as_they_are_called():
    assert OPTIONS["flat"].stages == (price_flat,)
    assert {option.stages for name, option in OPTIONS.items() if name != "flat"} == {PRICES}
    assert Capped().cap_multiple == 4.0 < RiskBased().cap_multiple
    assert DownturnRelief().price_relief > RiskBased().price_relief == Capped().price_relief == 0.0
