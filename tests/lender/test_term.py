"""Terms by hand: shorter below a score, longer in downturns, never beyond their bounds."""

from __future__ import annotations

from sim.lender.policies.term import OPTIONS, extend_in_downturn, shorten_for_risk
from tests.laws.calling import call, does

WEAK = {"term": 12, "score": 599.9, "shorten_score": 600.0, "shorten_factor": 0.5, "shortest_term": 3}
DOWN = {"term": 12, "extension_slope": 20.0, "largest_extension": 2.0, "unemployment_gap": 0.02}


def test_weak_scores_get_a_shorter_term_but_not_the_shortest_of_all():
    does(shorten_for_risk, WEAK, {"offer_term": 6})
    does(shorten_for_risk, {**WEAK, "score": 600.0}, {"offer_term": 12})
    does(shorten_for_risk, {**WEAK, "term": 3}, {"offer_term": 3})
    does(shorten_for_risk, {**WEAK, "term": 2}, {"offer_term": 2})  # the product's own is shorter still
    does(shorten_for_risk, {**WEAK, "term": 24, "shorten_factor": 0.1}, {"offer_term": 3})
    does(shorten_for_risk, {**WEAK, "term": 9, "shorten_factor": 0.5}, {"offer_term": 5})  # 4.5, to the nearest
    does(shorten_for_risk, {**WEAK, "term": 9, "shorten_factor": 0.49}, {"offer_term": 4})
    does(shorten_for_risk, {**WEAK, "term": 0}, {"offer_term": 0})  # a card stays a card


def test_downturns_lengthen_every_term():
    for change, term in (
        ({}, 17), ({"unemployment_gap": 0.0}, 12), ({"unemployment_gap": 0.01}, 14), ({"unemployment_gap": 0.05}, 24),
        ({"unemployment_gap": 0.2}, 24), ({"term": 36, "unemployment_gap": 0.2}, 60), ({"term": 0}, 0),
        ({"unemployment_gap": -0.01}, 10),
    ):  # fmt: skip
        does(extend_in_downturn, {**DOWN, **change}, {"offer_term": term})  # 12 x 1.4 = 16.8; 12 x .8 = 9.6
    terms = [call(extend_in_downturn, **{**DOWN, "unemployment_gap": 0.01 * k})["offer_term"] for k in range(-2, 8)]
    assert terms == sorted(terms) and terms[0] < terms[2] < terms[-1]


def test_options():
    stages = {name: option.stages for name, option in OPTIONS.items()}
    assert stages == {"fixed": (), "shortened": (shorten_for_risk,), "extended": (extend_in_downturn,)}
