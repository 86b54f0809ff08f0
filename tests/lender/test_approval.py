"""Approval by hand: the cutoff, what is weighed at it, who may apply again, reviews and parity."""

from __future__ import annotations

import math

import pytest

from sim.lender.policies.approval import (
    OPTIONS,
    Everyone,
    Parity,
    Profit,
    Reviewed,
    accept_everyone,
    decide_application,
    estimate_default,
    reckon_small_loan,
    set_bar,
    waits,
    weigh_application,
)
from sim.lender.policies.looking import look_at_application
from sim.loan.states import (
    LINE_APPLIED,
    LINE_CHARGED_OFF,
    LINE_CLOSED,
    LINE_FROZEN,
    LINE_NONE,
    LINE_OPEN,
    LINE_REFUSED,
)
from tests.laws.calling import call, does

DECIDES = (estimate_default, reckon_small_loan, set_bar, weigh_application, decide_application)
ACCEPTS = (accept_everyone, decide_application)
# A point is a sixtieth of log-odds. With an intercept of 0 the odds of default are 1 at 650 points.
APPLIES = {"line": LINE_APPLIED, "months_in_state": 4, "principal": 0, "score": 650.0, "score_intercept": 0.0,
           "offer_rate": 0.45, "thin_file": 0, "delinquency_memory": 1.5, "largest_memory": 1.5,
           "highest_default": 1.0, "margin_share": 1.0, "margin_cost": 0.05, "loss_share": 0.8, "whole_loss": 0.8,
           "whole_cost": 0.05, "weighs_retained_loss": 0, "lending_open": 1, "cover_part": 0.0, "cooling_months": 12,
           "appetite_points": 0.0, "parity_points": 0.0, "review": 0.0, "review_weight": 0.0, "conservatism": 0.0,
           "thin_conservatism": 0.0, "outlook": 0.0, "unemployment_rise": 0.0, "inflow_slow": 200_000.0,
           "opening_multiple": 1.5, "limit_cap": 5_000_000, "account_cost": 0, "usual_use": 0.3}  # fmt: skip
APPROVED = {"line": LINE_OPEN, "months_in_state": 0, "approvals": 1, "applications_decided": 1}
REFUSED = {"line": LINE_REFUSED, "months_in_state": 0, "applications_decided": 1}


def test_what_earns_as_much_as_it_loses_is_approved():
    """Margin .45 - .05 against .5 x .8."""
    does(DECIDES, APPLIES, APPROVED)
    does(DECIDES, {**APPLIES, "score": 651.0}, APPROVED)
    for other in (
        {"score": 649.0}, {"offer_rate": 0.449}, {"whole_loss": 0.81}, {"whole_cost": 0.051},
        {"score_intercept": -0.01}, {"lending_open": 0}, {"delinquency_memory": 1.51}, {"highest_default": 0.499},
        {"appetite_points": -1.0},
    ):  # fmt: skip
        does(DECIDES, {**APPLIES, **other}, REFUSED)
    does(DECIDES, {**APPLIES, "highest_default": 0.5}, APPROVED)


def test_thin_files_are_counted_apart():
    thin = {**APPLIES, "thin_file": 1}
    does(DECIDES, thin, {**APPROVED, "approvals_thin": 1, "applications_thin": 1})
    does(DECIDES, {**thin, "score": 600.0}, {**REFUSED, "applications_thin": 1})
    does(ACCEPTS, everyone(thin), {**APPROVED, "approvals_thin": 1, "applications_thin": 1})
    does(ACCEPTS, everyone({**thin, "lending_open": 0}), {**REFUSED, "applications_thin": 1})


def test_points_are_given_for_appetite_parity_and_findings():
    short = {**APPLIES, "score": 630.0}
    does(DECIDES, {**short, "appetite_points": 21.0}, APPROVED)
    does(DECIDES, {**short, "appetite_points": 19.0}, REFUSED)
    thin = {"approvals_thin": 1, "applications_thin": 1}
    does(DECIDES, {**short, "parity_points": 21.0, "thin_file": 1}, {**APPROVED, **thin})
    does(DECIDES, {**short, "parity_points": 21.0}, REFUSED)
    does(DECIDES, {**short, "review": 0.7, "review_weight": 30.0, "thin_file": 0}, APPROVED)
    does(DECIDES, {**short, "review": -0.7, "review_weight": 30.0}, REFUSED)


def test_a_margin_of_conservatism_is_added_more_of_it_to_thin_files():
    """.2 of log-odds are 12 points, .6 another 36."""
    careful = {**APPLIES, "conservatism": 0.2, "thin_conservatism": 0.6}
    does(DECIDES, {**careful, "score": 662.1}, APPROVED)
    does(DECIDES, {**careful, "score": 661.9}, REFUSED)
    thin = {**careful, "thin_file": 1}
    does(DECIDES, {**thin, "score": 698.1}, {**APPROVED, "approvals_thin": 1, "applications_thin": 1})
    does(DECIDES, {**thin, "score": 697.9}, {**REFUSED, "applications_thin": 1})
    expected = call(estimate_default, **thin)["default_expected"]
    assert expected == pytest.approx(1.0 / (1.0 + math.exp(-0.8)))


def test_standards_tighten_while_unemployment_rises():
    """.25 of log-odds a point: two points are half of log-odds, 30 points of score."""
    worse = {**APPLIES, "outlook": 0.25, "unemployment_rise": 2.0}
    does(DECIDES, {**worse, "score": 680.1}, APPROVED)
    does(DECIDES, {**worse, "score": 679.9}, REFUSED)
    for calm in ({"unemployment_rise": 0.0}, {"outlook": 0.0}):
        does(DECIDES, {**worse, **calm}, APPROVED)


def test_an_account_costs_more_of_a_small_loan():
    """Three tenths of 300 000 are owed, of which 6 000 a year are a fifteenth."""
    small = {**APPLIES, "account_cost": 6_000}
    asked = {name: small[name] for name in reckon_small_loan.arguments}
    does(reckon_small_loan, asked, {"small_loan_cost": 6_000 / 90_001})
    does(reckon_small_loan, {**asked, "usual_use": 0.6}, {"small_loan_cost": 6_000 / 180_001})
    does(reckon_small_loan, {**asked, "limit_cap": 100_000}, {"small_loan_cost": 6_000 / 30_001})
    does(reckon_small_loan, {**asked, "inflow_slow": 206_000.0}, {"small_loan_cost": 6_000 / 90_001})
    does(reckon_small_loan, {**asked, "inflow_slow": 0.0}, {"small_loan_cost": 1.0})
    does(reckon_small_loan, {**asked, "line": LINE_OPEN}, {"small_loan_cost": 0.0})


@pytest.mark.parametrize("weighs", [0, 1])
def test_the_cost_of_an_account_comes_out_of_the_margin(weighs):
    """Even odds cost .4 and the account a fifteenth: a price must leave .4667 after the costs of .05."""
    small = {**APPLIES, "account_cost": 6_000, "weighs_retained_loss": weighs, "cover_part": 0.5}
    does(DECIDES, {**small, "offer_rate": 0.517}, APPROVED)
    does(DECIDES, {**small, "offer_rate": 0.516}, REFUSED)


def test_cover_by_others_laxens_the_cutoff_where_it_is_weighed():
    """At even odds, half covered: the loss kept is .5 x .8 + .5 x .2, the margin .5 x .3 + .5 x (.8 x .35 - .03)."""
    kept = {**APPLIES, "offer_rate": 0.35, "loss_share": 0.2, "margin_share": 0.8, "margin_cost": 0.03,
            "cover_part": 0.5}  # fmt: skip
    assert 0.5 * (0.5 * 0.8 + 0.5 * 0.2) < 0.5 * 0.3 + 0.5 * (0.8 * 0.35 - 0.03) < 0.5 * 0.8
    does(DECIDES, kept, REFUSED)
    weighed = {**kept, "weighs_retained_loss": 1}
    does(DECIDES, weighed, APPROVED)
    does(DECIDES, {**weighed, "cover_part": 0.0}, REFUSED)
    for bar in ({"margin_cost": 0.09}, {"margin_share": 0.62}, {"loss_share": 0.35}):
        does(DECIDES, {**weighed, **bar}, REFUSED)


def everyone(state):
    asked = {*accept_everyone.arguments, *decide_application.arguments} - {"worth_lending"}
    return {name: state[name] for name in asked}


@pytest.mark.parametrize(("rule", "state"), [(DECIDES, APPLIES), (ACCEPTS, everyone(APPLIES))], ids=["profit", "all"])
def test_lines_without_an_application_only_cool_down(rule, state):
    for line in (LINE_OPEN, LINE_CHARGED_OFF):
        does(rule, {**state, "line": line, "months_in_state": 40})
    for line in (LINE_CLOSED, LINE_FROZEN, LINE_REFUSED):
        ready = {**state, "line": line, "months_in_state": 12}
        does(rule, ready, {"line": LINE_NONE, "months_in_state": 0})
        does(rule, {**ready, "months_in_state": 11}, {"months_in_state": 12})
        does(rule, {**ready, "principal": 1}, {"months_in_state": 13})
    does(rule, {**state, "line": LINE_CLOSED, "principal": 1, "months_in_state": 120})


def test_everybody_is_approved_while_the_lender_lends():
    does(ACCEPTS, everyone(APPLIES), APPROVED)
    does(ACCEPTS, everyone({**APPLIES, "lending_open": 0}), REFUSED)


def test_only_applicants_are_judged():
    applies = call(estimate_default, **APPLIES)
    assert applies == {"default_expected": pytest.approx(0.5)}
    assert call(weigh_application, **APPLIES, **applies, default_bearable=0.5) == {"worth_lending": 1}
    other = {**APPLIES, "line": LINE_CLOSED}
    assert call(estimate_default, **other) == {"default_expected": 0.0}
    assert call(set_bar, **other, small_loan_cost=0.0) == {"default_bearable": 0.0}
    assert call(weigh_application, **other, default_expected=0.0, default_bearable=1.0) == {"worth_lending": 0}


def test_a_bar_is_what_the_margin_bears_and_no_higher_than_is_allowed():
    """A margin of .4 bears half of a loss of .8, all of one of .4; none bears anything."""
    state = {**APPLIES, "small_loan_cost": 0.0}
    asked = {name: state[name] for name in set_bar.arguments}
    does(set_bar, asked, {"default_bearable": 0.5})
    does(set_bar, {**asked, "highest_default": 0.3}, {"default_bearable": 0.3})
    does(set_bar, {**asked, "small_loan_cost": 0.2}, {"default_bearable": 0.25})
    does(set_bar, {**asked, "whole_loss": 0.0}, {"default_bearable": 1.0})
    does(set_bar, {**asked, "offer_rate": 0.04}, {"default_bearable": -1.0})


def test_parity_works_off_the_gap_of_approval_rates():
    """Others 3 of 4, thin files 1 of 2: a gap of 1/4 at 20 points a month."""
    decided = {"applications_decided": 6, "applications_thin": 2, "approvals": 4, "approvals_thin": 1}
    assert Parity().next_parity(10.0, decided) == pytest.approx(15.0)
    other_way = {"applications_decided": 6, "applications_thin": 2, "approvals": 3, "approvals_thin": 2}
    assert Parity().next_parity(10.0, other_way) == pytest.approx(10.0 - 20.0 * 0.75)
    assert Parity().next_parity(119.0, decided) == 120.0 and Parity().next_parity(-119.0, other_way) == -120.0
    nobody = {"applications_decided": 2, "applications_thin": 2, "approvals": 1, "approvals_thin": 1}
    assert Parity().next_parity(10.0, nobody) == 10.0
    assert Parity().next_parity(10.0, {**decided, "applications_thin": 0, "approvals_thin": 0}) == 10.0
    assert Profit().next_parity(10.0, decided) == 0.0


def test_reviews_fill_their_budget():
    assert [Reviewed().next_review_share(grey) for grey in (0, 25, 50, 100, 1000)] == [1.0, 1.0, 1.0, 0.5, 0.05]
    assert Profit().next_review_share(100) == 0.0


def test_options():
    assert Profit.stages == Parity.stages == Reviewed.stages == DECIDES
    assert Everyone.stages == ACCEPTS and Reviewed.reviews == (*DECIDES[:3], look_at_application)
    assert all(option.reviews == () for name, option in OPTIONS.items() if name != "reviewed")


def test_what_waits_for_a_decision_or_for_its_end():
    assert [line for line in range(7) if not waits(line)] == [LINE_OPEN, LINE_CHARGED_OFF]
