"""Scores by hand: what each line of the book adds, where it is held, and what worse data do to it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.engine.loops.compiled import plain
from sim.lender.policies import scoring
from sim.lender.policies.blurring import blur_signal, call_for_score, take_signal
from sim.lender.policies.scoring import (
    Refitted,
    Segmented,
    Static,
    choose_card,
    score_by_card,
)
from sim.lender.policies.shipped import CARDS, SEGMENTS, shipped
from sim.loan.states import LINE_APPLIED, LINE_OPEN
from sim.persons.watching import see_balance, see_firm_balance
from tests.laws.calling import call, does

log_odds, probability_of_default = plain(scoring.log_odds), plain(scoring.probability_of_default)

# 99 999 fen and 1 make a month of 100 000; nothing else is on file, and the time on the book is none.
BOOK = {"signal": 0.0, "inflow_fast": 100_000.0, "inflow_slow": 99_999.0, "delinquency_memory": 0.0,
        "months_on_book": 0, "payment": 0, "principal": 0, "limit": 99_999, "bureau_debt": 0,
        "balance_seen": 0.0}  # fmt: skip
# Change of the book, and what the feature then is.
MOVES = (
    ({"signal": 2.0}, "signal", 2.0), ({"signal": -1.0}, "signal", -1.0),
    ({"inflow_fast": 80_000.0}, "trend", -0.2), ({"inflow_fast": 140_000.0}, "trend", 0.4),
    ({"inflow_fast": 900_000.0}, "trend", 0.5), ({"inflow_fast": 0.0}, "trend", -1.0),
    ({"payment": 30_000}, "burden", 0.3), ({"payment": 900_000}, "burden", 1.5),
    ({"principal": 60_000}, "used", 0.6), ({"principal": 900_000}, "used", 1.2),
    ({"delinquency_memory": 2.5}, "memory", 2.5),
    ({"months_on_book": 12}, "tenure", 0.5), ({"months_on_book": 24}, "tenure", 1.0),
    ({"months_on_book": 60}, "tenure", 1.0),
    ({"bureau_debt": 300_000}, "bureau", 0.5), ({"bureau_debt": 9_000_000}, "bureau", 2.0),
    ({"balance_seen": 0.0}, "scarcity", 1.0), ({"balance_seen": 100_000.0}, "scarcity", 0.5),
    ({"balance_seen": 300_000.0}, "scarcity", 0.25), ({"balance_seen": -100_000.0}, "scarcity", 1.0),
)  # fmt: skip
BY_CARD = (take_signal, score_by_card)


def test_sixty_points_are_a_unit_of_log_odds():
    assert probability_of_default(650.0, 0.0) == pytest.approx(0.5)
    assert probability_of_default(650.0, 3.0) == pytest.approx(1.0 / (1.0 + math.exp(3.0)))
    assert probability_of_default(710.0, 2.0) == pytest.approx(1.0 / (1.0 + math.exp(3.0)))
    assert log_odds(0.5) == pytest.approx(0.0) and log_odds(0.9) == pytest.approx(math.log(9.0))
    assert log_odds(0.0) == pytest.approx(math.log(1e-6)) and log_odds(1.0) == pytest.approx(-math.log(1e-6))


@pytest.mark.parametrize(("change", "feature", "by"), MOVES, ids=[str(change) for change, *_ in MOVES])
def test_each_line_of_the_book_weighs_as_the_card_says(change, feature, by):
    card = {**CARD, **weights(**{feature: 0.7})}
    does(BY_CARD, {**card, **change}, {"score": 650.0 - 60.0 * 0.7 * by})


def test_sector_and_season_move_log_odds_above_the_floor():
    does(BY_CARD, {**CARD, "card_move_by_stated_sector": 0.5}, {"score": 650.0 - 60.0 * 0.5})
    does(BY_CARD, {**CARD, **weights(floor=0.2), "card_move_by_stated_sector": -0.5}, {"score": 650.0 - 60.0 * 0.2})


NAMES = ("base", "signal", "trend", "burden", "used", "memory", "tenure", "level", "bureau", "scarcity",
         "floor")  # fmt: skip


def weights(**given):
    """A row of the card; what is not given weighs nothing."""
    assert set(given) <= set(NAMES)
    return {"card_by_segment": tuple(({"floor": -99.0} | given).get(name, 0.0) for name in NAMES)}


CARD = {**BOOK, **weights(), "card_move_by_stated_sector": 0.0, "score_intercept": 0.0}


@pytest.mark.parametrize(("principal", "thin", "segment"), [(0, 0, 0), (0, 1, 1), (1, 0, 2), (9_000, 1, 3)])
def test_applications_and_accounts_thin_and_thick_have_a_card_each(principal, thin, segment):
    does(choose_card, {"principal": principal, "thin_file": thin}, {"segment": segment})
    what, file = SEGMENTS[segment].split(", ")
    assert (what == "account", file == "thin") == (principal > 0, thin == 1)


def test_nobody_is_safer_than_the_floor():
    """What no account foretells stays: 120 points above the anchor are log-odds of -2."""
    does(BY_CARD, {**CARD, **weights(base=-1.0, floor=-2.0)}, {"score": 710.0})
    does(BY_CARD, {**CARD, **weights(base=-3.0, floor=-2.0)}, {"score": 770.0})
    does(BY_CARD, {**CARD, **weights(base=-3.0, floor=-2.0), "score_intercept": 3.0}, {"score": 590.0})


def test_a_card_has_a_base_a_level_and_bounds():
    does(BY_CARD, {**CARD, **weights(base=-2.0), "score_intercept": 3.0}, {"score": 590.0})
    level = {**CARD, "inflow_slow": math.exp(13.8) - 1.0, "inflow_fast": math.exp(13.8), **weights(level=0.5)}
    does(BY_CARD, level, {"score": 620.0})
    does(BY_CARD, {**CARD, **weights(base=9.0)}, {"score": 350.0})
    does(BY_CARD, {**CARD, **weights(base=-9.0)}, {"score": 950.0})


def test_the_rule_by_card_hands_every_weight_to_its_own_feature():
    """Weights unlike each other on a book where every feature is another number."""
    book = {**BOOK, "signal": 0.3, "inflow_fast": 90_000.0, "delinquency_memory": 0.7, "months_on_book": 6,
            "payment": 20_000, "principal": 40_000, "bureau_debt": 60_000, "balance_seen": 300_000.0}  # fmt: skip
    unlike = {name: 0.01 * 2.0**k for k, name in enumerate(NAMES[:-1])}
    level = math.log(100_000.0) - 12.8
    odds = 0.01 * (1.0 + 2 * 0.3 - 4 * 0.1 + 8 * 0.2 + 16 * 0.4 + 32 * 0.7 + 64 * 0.25 + 128 * level + 256 * 0.1)
    odds += 5.12 * 0.25
    card = {**CARD, **book, **weights(**unlike)}
    does(BY_CARD, card, {"score": 650.0 - 60.0 * odds})


TIMES = {"line": LINE_OPEN, "ordinal": 2, "month": 4, "refresh_interval": 6}


def test_a_score_is_refreshed_when_it_is_due_or_asked_for():
    account = {**{name: value for name, value in CARD.items() if name != "signal"}, **TIMES, "signal_used": 0.0}
    due_or_not = (call_for_score, score_by_card)
    does(due_or_not, account, {"score": 650.0})
    assert call(due_or_not, **{**account, "month": 5, "score": 444.0})["score"] == 444.0
    does(due_or_not, {**account, "month": 5, "line": LINE_APPLIED}, {"score": 650.0})
    assert call(call_for_score, **TIMES) == {"score_due": 1}
    fresh = [call(due_or_not, **{**account, "month": month})["score"] == 650.0 for month in range(12)]
    assert sum(fresh) == 2
    due = [call(due_or_not, **{**account, "ordinal": who})["score"] == 650.0 for who in range(12)]
    assert sum(due) == 2, "not all in one month"


def test_the_cheapest_rules_that_do_what_is_asked():
    by_card = (take_signal, choose_card, score_by_card)
    assert (
        Static().stages == Static(alternative_weight=0.5).stages == Refitted().stages == Segmented().stages == by_card
    )
    for worse in ({"data_missing": 0.1}, {"data_error": 0.1}, {"privacy_epsilon": 1.0}, {"refresh_interval": 2}):
        assert Static(**worse).stages == (blur_signal, call_for_score, choose_card, score_by_card)
    assert (Static().sights, Static().firm_sights) == ((see_balance,), (see_firm_balance,))
    assert (Static().refit_interval, Refitted().refit_interval) == (0, 6)
    assert Segmented().segmented and not Refitted().segmented
    assert Static(privacy_epsilon=2.0).numbers() == {"privacy_noise": 2.0}
    assert Static().numbers() == {"privacy_noise": 0.0}


@pytest.mark.parametrize("preset", CARDS)
@pytest.mark.parametrize("customer", ["person", "firm"])
def test_the_card_at_the_start_is_the_shipped_one(preset, customer):
    """The bureau moves it so far as it is believed, alternative data count by a factor."""
    without, full = shipped(preset, customer, bureau=False), shipped(preset, customer, bureau=True)
    for weight, expected in ((0.0, without), (1.0, full), (0.25, 0.75 * without + 0.25 * full)):
        np.testing.assert_allclose(Static().card(preset, customer, weight), expected, atol=1e-12)
    twice = Static(alternative_weight=2.0).card(preset, customer, 0.0)
    np.testing.assert_array_equal(twice[:, 1], 2.0 * without[:, 1])
    np.testing.assert_array_equal(np.delete(twice, 1, axis=1), np.delete(without, 1, axis=1))
