"""Leaving by hand: at which hazard, who gives up a line, who walks out and why."""

from __future__ import annotations

from sim.loan.states import LINE_CLOSED, LINE_NONE, LINE_OPEN
from sim.persons.moving import leave, may_leave, take_offence, walk_out
from tests.laws.calling import does

WALKING = (take_offence, walk_out)

HERE = {"principal": 0, "interest": 0, "written_off": 0, "cash": 700, "other_debt": 90, "line": LINE_OPEN,
        "limit": 500}  # fmt: skip
STAYS = {"alive": 1}
GONE = {"alive": 0, "cash": 0, "other_debt": 0, "line": LINE_NONE, "limit": 0, "leavers_cash.paid": 700,
        "leavers_debt": 90, "people_left": 1}  # fmt: skip
OWING = ({"principal": 1}, {"interest": 1}, {"written_off": 1})

LEAVES = {**HERE, "leave_hazard": 0.002, "leave_without_line": 0.12, "give_up_hazard": 0.01, "price_response": 2.0,
          "reference_rate": 0.15, "offer_rate": 0.15, "luck_leave": 0.0019}  # fmt: skip


def test_leaving_takes_cash_and_outside_debts_along():
    does(leave, LEAVES, GONE)
    does(leave, {**LEAVES, "luck_leave": 0.012}, STAYS)
    for owing in OWING:
        does(leave, {**LEAVES, **owing}, STAYS)


def test_who_has_no_line_has_less_reason_to_stay():
    without = {**LEAVES, "line": LINE_CLOSED}
    does(leave, {**without, "luck_leave": 0.119}, GONE)
    does(leave, {**without, "luck_leave": 0.12}, STAYS)


def test_a_line_not_needed_is_given_up_the_sooner_the_dearer():
    given_up = {**STAYS, "line": LINE_NONE, "limit": 0, "lines_given_up": 1}
    for rate, bar in ((0.15, 0.012), (0.25, 0.014), (0.05, 0.010)):
        does(leave, {**LEAVES, "offer_rate": rate, "luck_leave": bar - 0.0001}, given_up)
        does(leave, {**LEAVES, "offer_rate": rate, "luck_leave": bar + 0.0001}, STAYS)
    does(leave, {**LEAVES, "offer_rate": 0.0, "reference_rate": 1.0, "luck_leave": 0.0021}, STAYS)


WALKS = {**HERE, "months_past_due": 0, "request": 100, "offended": 0, "leave_without_line": 0.12, "block_churn": 0.5,
         "closing_churn": 0.2, "draw_blocked": 0.04, "luck_leave": 0.5, "luck_authenticate": 0.019}  # fmt: skip


def test_a_blocked_draw_offends_and_who_owes_nothing_goes():
    does(WALKING, WALKS, {**GONE, "lost_after_block": 1})
    does(WALKING, {**WALKS, "request": 1}, {**GONE, "lost_after_block": 1})
    for owing in OWING:
        does(WALKING, {**WALKS, **owing}, {**STAYS, "offended": 1})
    for other in ({"luck_authenticate": 0.021}, {"request": 0}, {"block_churn": 0.4}, {"draw_blocked": 0.03}):
        does(WALKING, {**WALKS, **other}, STAYS)
    does(WALKING, {**WALKS, "request": 0, "offended": 1}, {**GONE, "offended": 0, "lost_after_block": 1})


def test_a_line_closed_in_order_drives_away():
    closed = {**WALKS, "line": LINE_CLOSED, "request": 0, "luck_leave": 0.319}
    does(WALKING, closed, {**GONE, "lost_after_closing": 1})
    does(WALKING, {**closed, "offended": 1}, {**GONE, "offended": 0, "lost_after_block": 1})
    for other in ({"luck_leave": 0.32}, {"months_past_due": 1}, {"line": LINE_NONE}, *OWING):
        does(WALKING, {**closed, **other}, STAYS)


def test_who_may_leave_is_free_and_unlucky():
    asked = {name: LEAVES[name] for name in leave.asked}
    assert [may_leave(**{**asked, "luck_leave": luck}) for luck in (0.0019, 0.0119, 0.0121)] == [True, True, False]
    assert not any(may_leave(**{**asked, **owing}) for owing in OWING)
