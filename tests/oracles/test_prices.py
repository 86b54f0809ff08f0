"""A price by risk breaks even: what those who pay bring covers every cost that it is built from."""

from __future__ import annotations

import math

import pytest

from sim.lender.policies.pricing import RiskBased, find_break_even, price_by_risk
from tests.laws.calling import call

PRICE = {
    "score_intercept": 3.1, "funding_rate": 0.045, "whole_loss": 0.6, "loss_share": 0.6, "cover_part": 0.0,
    "own_share": 1.0, "margin_share": 1.0, "premium_cost": 0.0, "target_capital_ratio": 0.12, "price_capital": 0.15,
    "price_margin": 0.0, "price_cost": 0.02, "price_relief": 0.0, "capital_relief": 0.0,
    "unemployment_gap": 0.0, "rate_floor": 0.0,
    "rate_cap": 1.0, "cap_multiple": 100.0, "policy_rate": 0.03,
}  # fmt: skip
# A guarantee of 80 % at 1 % a year on it; a joint loan, 30 % own, with a fee of 20 % of the partners' interest.
GUARANTEE = {"loss_share": 0.12, "premium_cost": 0.008}
JOINT = {"loss_share": 0.18, "own_share": 0.3, "margin_share": 0.3 + 0.2 * 0.7}
# The same guarantee, by somebody whose risk weight is a quarter of that of the loan.
RELIEVED = {**GUARANTEE, "capital_relief": 0.6}
SHARING = {"alone": {}, "guarantee": GUARANTEE, "relieved": RELIEVED, "joint": JOINT}


def price(**changed):
    return call(RiskBased.stages, **{**PRICE, **changed})["offer_rate"]


def default_of(score):
    """PD = 1 / (1 + exp(intercept + (score - 650) / 60))."""
    return 1.0 / (1.0 + math.exp(3.1 + (score - 650.0) / 60.0))


def left(rate, score, part, own_share=1.0, margin_share=1.0, loss_share=0.6, premium_cost=0.0, capital_relief=0.0):
    """Expected result of a year on a yuan lent at a rate: over who pays and who does not, covered part and the rest."""
    default, result = default_of(score), 0.0
    for weight, funded, earned, lost, premium, relief in (
        (1.0 - part, 1.0, 1.0, 0.6, 0.0, 0.0),
        (part, own_share, margin_share, loss_share, premium_cost, capital_relief),
    ):
        held = 0.12 * (funded - relief)
        borrowed = funded - held
        for chance, income, loss in ((1.0 - default, earned * rate, 0.0), (default, 0.0, lost)):
            result += weight * chance * (income - loss - 0.045 * borrowed - 0.15 * held - 0.02 - premium)
    return result


@pytest.mark.parametrize("name", SHARING)
@pytest.mark.parametrize("part", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("score", [480.0, 560.0, 650.0, 780.0])
def test_a_price_without_a_margin_leaves_nothing(name, part, score):
    rate = price(score=score, cover_part=part, **SHARING[name])
    assert left(rate, score, part, **SHARING[name]) == pytest.approx(0.0, abs=1e-9)
    with_margin = price(score=score, cover_part=part, price_margin=0.03, **SHARING[name])
    assert with_margin == pytest.approx(rate + 0.03, abs=1e-15)


def test_prices_worked_out_by_hand():
    """Score 650: PD = 1 / (1 + e^3.1) = 0.0431073. Funding .88 x 4.5 % and capital .12 x 15 % are 5.76 %, cost 2 %.

    Alone: (0.0776 + 0.0431073 x 0.6) / 0.9568927 = 0.1081253. Guaranteed: (0.0856 + 0.0431073 x 0.12) / 0.9568927 =
    0.0948621. Joint: (0.3 x 0.0576 + 0.02 + 0.0431073 x 0.18) / (0.44 x 0.9568927) = 0.1069734.
    """
    assert price(score=650.0) == pytest.approx(0.1081253, abs=5e-8)
    assert price(score=650.0, cover_part=1.0, **GUARANTEE) == pytest.approx(0.0948621, abs=5e-8)
    assert price(score=650.0, cover_part=1.0, **JOINT) == pytest.approx(0.1069734, abs=5e-8)


def test_a_price_stays_between_floor_and_caps_and_falls_in_a_downturn():
    assert price(score=900.0, rate_floor=0.09) == 0.09 and price(score=350.0, rate_cap=0.24) == 0.24
    assert price(score=400.0, cap_multiple=4.0) == 0.12
    assert price(score=650.0) - price(score=650.0, price_relief=0.5, unemployment_gap=0.02) == pytest.approx(0.01)
    nothing_earned = price(score=650.0, cover_part=1.0, margin_share=0.0, own_share=0.0, rate_cap=0.24)
    assert nothing_earned == 0.24, "no price pays for a loan on which nothing is earned"
    assert RiskBased().stages == (find_break_even, price_by_risk)
