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
    score_by_card,
    update_score,
)
from sim.loan.states import LINE_APPLIED, LINE_OPEN
from tests.laws.calling import call, does

log_odds, probability_of_default = plain(scoring.log_odds), plain(scoring.probability_of_default)

# 99 999 fen and 1 make a month of 100 000; nothing else is on file, and the time on the book is none.
BOOK = {"signal": 0.0, "inflow_fast": 100_000.0, "inflow_slow": 99_999.0, "delinquency_memory": 0.0,
        "months_on_book": 0, "payment": 0, "principal": 0, "limit": 99_999, "bureau_debt": 0}  # fmt: skip
STATIC = {**BOOK, "thin_file": 0, "bureau_weight": 0.4}
# Change of the book, and what it moves in units of the feature: signal, trend, burden, use, memory, tenure, bureau.
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
)  # fmt: skip
BY_CARD = (take_signal, score_by_card)
WEIGHTS = {"signal": 0.9, "trend": 1.5, "burden": -0.9, "used": -0.5, "memory": -0.55, "tenure": 0.5, "bureau": -0.4}


def test_sixty_points_are_a_unit_of_log_odds():
    assert probability_of_default(650.0, 0.0) == pytest.approx(0.5)
    assert probability_of_default(650.0, 3.0) == pytest.approx(1.0 / (1.0 + math.exp(3.0)))
    assert probability_of_default(710.0, 2.0) == pytest.approx(1.0 / (1.0 + math.exp(3.0)))
    assert log_odds(0.5) == pytest.approx(0.0) and log_odds(0.9) == pytest.approx(math.log(9.0))
    assert log_odds(0.0) == pytest.approx(math.log(1e-6)) and log_odds(1.0) == pytest.approx(-math.log(1e-6))


@pytest.mark.parametrize(("change", "feature", "by"), MOVES, ids=[str(change) for change, *_ in MOVES])
def test_each_line_of_the_book_weighs_as_the_card_says(change, feature, by):
    does(update_score, {**STATIC, **change}, {"score": min(650.0 + 60.0 * WEIGHTS[feature] * by, 950.0)})
    card = {**CARD, **weights(**{feature: 0.7})}
    does(BY_CARD, {**card, **change}, {"score": 650.0 - 60.0 * 0.7 * by})


NAMES = ("base", "signal", "trend", "burden", "used", "memory", "tenure", "level", "bureau")


def weights(**given):
    """A row of the card; what is not given weighs nothing."""
    assert set(given) <= set(NAMES)
    return {"card_by_thin_file": tuple(given.get(name, 0.0) for name in NAMES)}


CARD = {**BOOK, **weights(), "score_intercept": 0.0}


def test_thin_files_and_bounds_of_the_static_card():
    does(update_score, STATIC, {"score": 650.0})
    does(update_score, {**STATIC, "thin_file": 1}, {"score": 632.0})
    does(update_score, {**STATIC, "signal": 9.0}, {"score": 950.0})
    does(update_score, {**STATIC, "signal": -9.0}, {"score": 350.0})


def test_a_card_has_a_base_a_level_and_bounds():
    does(BY_CARD, {**CARD, **weights(base=-2.0), "score_intercept": 3.0}, {"score": 590.0})
    level = {**CARD, "inflow_slow": math.exp(13.8) - 1.0, "inflow_fast": math.exp(13.8), **weights(level=0.5)}
    does(BY_CARD, level, {"score": 620.0})
    does(BY_CARD, {**CARD, **weights(base=9.0)}, {"score": 350.0})
    does(BY_CARD, {**CARD, **weights(base=-9.0)}, {"score": 950.0})


def test_the_rule_by_card_hands_every_weight_to_its_own_feature():
    """Ten weights unlike each other on a book where every feature is another number."""
    book = {**BOOK, "signal": 0.3, "inflow_fast": 90_000.0, "delinquency_memory": 0.7, "months_on_book": 6,
            "payment": 20_000, "principal": 40_000, "bureau_debt": 60_000}  # fmt: skip
    unlike = {name: 0.01 * 2.0**k for k, name in enumerate(NAMES)}
    level = math.log(100_000.0) - 12.8
    odds = 0.01 * (1.0 + 2 * 0.3 - 4 * 0.1 + 8 * 0.2 + 16 * 0.4 + 32 * 0.7 + 64 * 0.25 + 128 * level + 256 * 0.1)
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
    assert Static().stages == (update_score,) and Static(alternative_weight=0.5).stages == BY_CARD
    assert Refitted().stages == Segmented().stages == BY_CARD
    for worse in ({"data_missing": 0.1}, {"data_error": 0.1}, {"privacy_epsilon": 1.0}, {"refresh_interval": 2}):
        assert Static(**worse).stages == (blur_signal, call_for_score, score_by_card)
    assert (Static().sights, Static().firm_sights, Static().refit_interval, Refitted().refit_interval) == ((), (), 0, 6)
    assert Segmented().segmented and not Refitted().segmented
    assert Static(privacy_epsilon=2.0).numbers() == {"privacy_noise": 2.0}
    assert Static().numbers() == {"privacy_noise": 0.0}


def test_the_card_at_the_start_is_the_static_one():
    """Base, signal, trend, burden, use, memory, tenure, level, bureau: log-odds of default."""
    card = Static(alternative_weight=2.0).card(3.0, 0.4)
    np.testing.assert_allclose(card[0], [-3.0, -1.8, -1.5, 0.9, 0.5, 0.55, -0.5, 0.0, 0.4])
    np.testing.assert_allclose(card[1] - card[0], [0.3, 0, 0, 0, 0, 0, 0, 0, 0], atol=1e-12)
