"""A user's rule in its wrapper, by hand: what it may move, what holds it within its range."""

from __future__ import annotations

import pytest

from sim.engine.loops.compiled import plain
from sim.lender.policies.user import USER, WRAPPERS, executed, marked, space_of, stage_of
from sim.lender.policies.warning import FOLLOW_UP
from sim.loan.states import (
    LARGEST,
    LINE_APPLIED,
    LINE_CHARGED_OFF,
    LINE_CLOSED,
    LINE_FROZEN,
    LINE_NONE,
    LINE_OPEN,
    NEVER,
)
from sim.loan.states import LINE_REFUSED as REFUSED
from tests.laws.calling import does


def rule_of(group, answer):
    """The stage of a user's function that answers as said, whatever the score."""
    return stage_of(group, "mine", f"def mine(score):\n    return {answer}\n")


LINE = {"line": LINE_OPEN, "limit": 500_000, "limit_cap": 900_000, "score": 600.0}


def test_a_limit_is_held_between_nothing_and_the_cap_and_counted():
    for answer, limit, moved in (
        ("score * 1000.9", 600_540, "limits_raised"), ("10**9", 900_000, "limits_raised"), ("-5", 0, "limits_cut"),
        ("499_999", 499_999, "limits_cut"), ("500_000", 500_000, None),
    ):  # fmt: skip
        made = rule_of("policy/limit", answer)
        does(made, LINE, {"limit": limit} | ({moved: 1} if moved else {}))
        does(made, {**LINE, "line": LINE_FROZEN})
    does(rule_of("policy/limit", "700_000"), {**LINE, "limit": 0}, {"limit": 700_000})


def test_a_line_is_closed_when_the_rule_says_so():
    line = {"line": LINE_OPEN, "limit": 500_000, "closed_month": NEVER, "months_in_state": 4, "month": 9,
            "score": 600.0}  # fmt: skip
    closed = {"line": LINE_CLOSED, "limit": 0, "closed_month": 9, "months_in_state": 0, "closures": 1}
    does(rule_of("policy/closing", "1 if score < 601 else 0"), line, closed)
    does(rule_of("policy/closing", "1"), {**line, "closed_month": 2}, {**closed, "closed_month": 2})
    does(rule_of("policy/closing", "1 if score < 600 else 0"), line)
    does(rule_of("policy/closing", "1"), {**line, "line": LINE_FROZEN})


def test_an_application_is_decided_and_other_lines_cool_down():
    state = {"line": LINE_APPLIED, "months_in_state": 12, "principal": 0, "thin_file": 1, "lending_open": 1,
             "cooling_months": 12, "score": 600.0}  # fmt: skip
    yes, no = rule_of("policy/approval", "1"), rule_of("policy/approval", "0")
    thin = {"months_in_state": 0, "applications_decided": 1, "applications_thin": 1}
    does(yes, state, {"line": LINE_OPEN, "approvals": 1, "approvals_thin": 1, **thin})
    does(no, state, {"line": REFUSED, **thin})
    does(yes, {**state, "lending_open": 0}, {"line": REFUSED, **thin})
    for line in (LINE_CLOSED, LINE_FROZEN, REFUSED):
        does(yes, {**state, "line": line}, {"line": LINE_NONE, "months_in_state": 0})
        does(yes, {**state, "line": line, "months_in_state": 11}, {"months_in_state": 12})
        does(yes, {**state, "line": line, "principal": 1}, {"months_in_state": 13})
    for line in (LINE_OPEN, LINE_CHARGED_OFF):
        does(no, {**state, "line": line})
    does(no, {**state, "line": LINE_NONE, "months_in_state": 120})


@pytest.mark.parametrize(("answer", "rate"), [("0.1", 0.1), ("-1", 0.0), ("0.5", 0.24)])
def test_a_price_stays_between_nothing_and_the_cap(answer, rate):
    does(rule_of("policy/pricing", answer), {"score": 600.0, "rate_cap": 0.24}, {"offer_rate": rate})


@pytest.mark.parametrize(("answer", "term"), [("12.9", 12), ("-3", 0), ("61", 60)])
def test_a_term_stays_between_a_card_and_five_years(answer, term):
    does(rule_of("policy/term", answer), {"score": 600.0}, {"offer_term": term})


def test_a_warning_is_given_to_accounts_in_order_and_ages():
    account = {"alert": 0, "principal": 1, "months_past_due": 0, "score": 600.0}
    does(rule_of("policy/warning", "1"), account, {"alert": 1, "alerts": 1})
    does(rule_of("policy/warning", "0"), account)
    for other in ({"principal": 0}, {"months_past_due": 1}):
        does(rule_of("policy/warning", "1"), {**account, **other})
    does(rule_of("policy/warning", "1"), {**account, "alert": 3}, {"alert": 4})
    does(rule_of("policy/warning", "1"), {**account, "alert": 3, "principal": 0}, {"alert": 0})
    does(rule_of("policy/warning", "1"), {**account, "alert": FOLLOW_UP}, {"alert": 0})


def test_what_a_rule_may_return():
    ranges = {group.removeprefix("policy/"): (made.low, made.high, made.whole) for group, made in WRAPPERS.items()}
    assert ranges == {
        "limit": (0, LARGEST, True), "closing": (0, 1, True), "approval": (0, 1, True), "pricing": (0.0, 0.36, False),
        "term": (0, 60, True), "warning": (0, 1, True),
    }  # fmt: skip


def test_a_users_functions_are_marked_where_they_stand():
    text = marked("import math\n\nHALF = 0.5\ndef mine(score):\n    return score * HALF\n")
    assert "HALF = 0.5\n@scalar\ndef mine(score):" in text and text.startswith(
        "from sim.engine.loops.compiled import scalar"
    )
    assert executed("made = 1 + 1\n")["made"] == 2


def test_every_wrapper_has_its_class_and_helpers_of_a_user_are_marked():
    assert set(USER) == set(WRAPPERS)
    space = space_of("def half(score):\n    return score / 2\n\n\ndef mine(score):\n    return half(score)\n")
    assert plain(space["mine"])(600.0) == 300.0 and hasattr(space["half"], "py_func")
