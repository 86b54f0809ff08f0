"""Asking for credit by hand: how much, for what, at which price, and who does not."""

from __future__ import annotations

import pytest

from sim.loan.states import LINE_APPLIED, LINE_CLOSED, LINE_FROZEN, LINE_NONE, LINE_OPEN
from sim.persons.borrowing import apply_for_line, ask_to_draw, has_no_line, response_to_limit, want_to_borrow
from tests.laws.calling import does

# Wants half a month of income and, with .68 of a month aimed at out of 1 that would be ample, .32 of the limit: 300 000
# + 320 000 yuan cents.
WANTS = {"line": LINE_OPEN, "limit": 1_000_000, "principal": 400_000, "months_past_due": 0, "patience": 0.68,
         "offer_rate": 0.15, "cash": 450_000, "due": 0, "shortfall": 0, "employed": 1, "unwilling": 0,
         "income_permanent": 600_000, "appetite": 0.5, "want_probability": 0.15, "limit_response": 1.0,
         "ample_liquidity": 1.0, "price_response": 2.0, "reference_rate": 0.15, "caution": 1.0, "season": 1.0,
         "liquidity_draws": 1, "evergreening": 0, "smallest_draw": 10_000, "luck_want": 0.149,
         "luck_want_size": 0.5}  # fmt: skip
IDLE = {**WANTS, "luck_want": 0.9}


def asks(state, amount):
    does((want_to_borrow, ask_to_draw), state, {"request": amount, "requested": amount})


def test_three_quarters_of_what_is_missing_to_the_balance_wanted():
    asks(WANTS, 165_000)  # of 620 000 - 400 000
    asks({**WANTS, "luck_want_size": 0.0}, 110_000)
    asks({**WANTS, "luck_want_size": 1.0}, 220_000)
    asks({**WANTS, "appetite": 1.0}, 390_000)
    asks({**WANTS, "principal": 620_000}, 0)
    asks({**WANTS, "principal": 606_000}, 10_500)
    asks({**WANTS, "principal": 607_000}, 0)  # 9 750 is less than the smallest draw


def test_the_impatient_and_the_poor_in_cash_respond_most_to_the_limit():
    for patience, response in ((0.0, 1.0), (0.41, 0.59), (0.545, 0.455), (0.75, 0.25)):
        missing = 300_000 + response * 1_000_000 - 400_000
        asks({**WANTS, "patience": patience}, min(int(missing * 0.75 + 0.5), 600_000))
    for patience in (1.0, 9.0):
        asks({**WANTS, "patience": patience, "cash": 9_000_000}, 0)
        asks({**WANTS, "patience": patience, "cash": 9_000_000, "principal": 200_000}, 75_000)
    # Held or aimed at, whichever is less, in months of income.
    asks({**WANTS, "cash": 0}, 600_000)
    asks({**WANTS, "patience": 9.0, "cash": 300_000}, 300_000)
    assert response_to_limit(300_000, 600_000, 9.0, 0.8, 1.0) == pytest.approx(0.4, abs=1e-5)
    assert response_to_limit(600_000, 600_000, 9.0, 0.8, 4.0) == pytest.approx(0.6, abs=1e-5)
    assert response_to_limit(600_000, 0, 0.5, 0.8, 1.0) == pytest.approx(0.4)


def test_wanting_falls_with_price_and_unemployment_and_follows_the_season():
    asks({**WANTS, "luck_want": 0.15}, 0)
    asks({**WANTS, "caution": 0.9}, 0)
    asks({**WANTS, "caution": 1.1, "luck_want": 0.16}, 165_000)
    asks({**WANTS, "season": 1.2, "luck_want": 0.179}, 165_000)
    asks({**WANTS, "season": 0.8}, 0)
    dear = {**WANTS, "offer_rate": 0.2}  # nine tenths of the wish and of the amount
    asks({**dear, "luck_want": 0.134}, 118_500)
    asks({**dear, "luck_want": 0.136}, 0)
    asks({**WANTS, "offer_rate": 0.65, "luck_want": 0.0}, 0)
    cheap = {**WANTS, "reference_rate": 0.9}  # twice at most, and within the line
    asks({**cheap, "luck_want": 0.299}, 600_000)
    asks({**cheap, "luck_want": 0.301}, 0)


def test_an_open_line_covers_a_shortfall():
    asks(IDLE, 0)
    asks({**IDLE, "shortfall": 30_000}, 30_000)
    asks({**IDLE, "shortfall": 9_999}, 0)
    asks({**IDLE, "shortfall": 10_000}, 10_000)
    asks({**IDLE, "shortfall": 700_000}, 600_000)
    asks({**IDLE, "shortfall": 30_000, "liquidity_draws": 0}, 0)
    asks({**WANTS, "shortfall": 30_000}, 195_000)
    asks({**WANTS, "shortfall": 30_000, "liquidity_draws": 0}, 165_000)
    asks({**WANTS, "shortfall": 30_000, "employed": 0}, 30_000)
    asks({**WANTS, "employed": 0}, 0)


def test_a_draw_pays_the_instalment_only_where_evergreening_is_allowed():
    owing = {**IDLE, "cash": 50_000, "due": 80_000}
    asks(owing, 0)
    asks({**owing, "shortfall": 20_000}, 20_000)
    asks({**owing, "evergreening": 1}, 30_000)
    asks({**owing, "evergreening": 1, "shortfall": 20_000, "due": 40_000}, 20_000)
    asks({**owing, "evergreening": 1, "shortfall": 20_000}, 50_000)
    asks({**owing, "evergreening": 1, "cash": 80_000}, 0)
    asks({**owing, "evergreening": 1, "liquidity_draws": 0}, 0)


def test_only_an_open_line_in_order_with_room_is_drawn_on():
    for other in (
        {"line": LINE_CLOSED}, {"line": LINE_FROZEN}, {"months_past_due": 1}, {"unwilling": 1}, {"limit": 409_999},
    ):  # fmt: skip
        asks({**WANTS, **other}, 0)
        asks({**WANTS, "shortfall": 50_000, **other}, 0)
    asks({**WANTS, "limit": 410_000, "shortfall": 50_000}, 10_000)


def test_the_balance_wanted_is_known_to_the_person_alone():
    wants = {name: WANTS[name] for name in want_to_borrow.arguments}
    does(want_to_borrow, wants, {"balance_wanted": 620_000})
    does(want_to_borrow, {**wants, "luck_want": 0.15}, {"balance_wanted": 0})


APPLIES = {"line": LINE_NONE, "offer_rate": 0.15, "principal": 0, "shortfall": 0, "apply_probability": 0.08,
           "price_response": 2.0, "reference_rate": 0.15, "caution": 1.0, "luck_apply": 0.079}  # fmt: skip
APPLIED = {"line": LINE_APPLIED, "applications": 1}


def test_applying_is_likelier_when_short_and_rarer_when_dear():
    does(apply_for_line, APPLIES, APPLIED)
    does(apply_for_line, {**APPLIES, "luck_apply": 0.08})
    for change, chance in (
        ({"caution": 0.5}, 0.04), ({"offer_rate": 0.4}, 0.04), ({"offer_rate": 0.65}, 0.0), ({"shortfall": 1}, 0.24),
        ({"shortfall": 1, "offer_rate": 0.65}, 0.24), ({"shortfall": 1, "caution": 4.0}, 0.32),
        ({"offer_rate": 0.0}, 0.104), ({"reference_rate": 0.9}, 0.16),
    ):  # fmt: skip
        does(apply_for_line, {**APPLIES, **change, "luck_apply": chance + 0.001})
        if chance:
            does(apply_for_line, {**APPLIES, **change, "luck_apply": chance - 0.001}, APPLIED)


def test_who_has_a_line_or_owes_does_not_apply():
    for other in ({"line": LINE_OPEN}, {"line": LINE_CLOSED}, {"line": LINE_APPLIED}, {"principal": 1}):
        does(apply_for_line, {**APPLIES, "luck_apply": 0.0, **other})


def test_only_who_has_no_line_and_owes_nothing_may_apply():
    found = [line for line in range(7) if has_no_line(line, 0)]
    assert found == [LINE_NONE] and not has_no_line(LINE_NONE, 1)
