"""Cards by sector by hand: which line counts for whom, and what a blurred card waits for."""

from __future__ import annotations

import numpy as np
import pytest

from sim.lender.policies.blurring import call_for_score
from sim.lender.policies.scorecards import SectorCards, Weight, shifted, stage_of
from tests.laws.calling import call, does

SECTORS = ("farming", "trade")


def test_debts_elsewhere_count_as_much_as_the_bureau_is_believed():
    """.4 of log-odds for half a year of inflow owed, times that weight; a line of a card stands over it."""
    plain = SectorCards(features=("bureau", "used"), cards=(Weight("used", 1.0),))
    assert [plain.cards_of("us_cards", "person", ("trade",), weight)[0, 2] for weight in (0.0, 1.0, 2.0)] == [
        0.0,
        0.4,
        0.8,
    ]
    own = SectorCards(features=("bureau",), cards=(Weight("bureau", 0.9),))
    assert own.cards_of("us_cards", "person", ("trade",), 0.0)[0, 2] == 0.9


def test_a_sectors_own_line_stands_before_that_of_all_and_a_customers_before_that_of_everybody():
    lines = (
        Weight("signal", -1.0, "trade", "person"), Weight("signal", -2.0, "trade"),
        Weight("signal", -3.0, "all", "firm"), Weight("signal", -4.0),
        Weight("thin", 0.3, "farming", "firm"), Weight("base", 0.5, "trade"),
        Weight("used", 0.7, "all", "person"),
    )  # fmt: skip
    cards = SectorCards(features=("signal", "used", "bureau"), cards=lines, alternative_weight=2.0)
    assert cards.names == ("base", "thin", "signal", "used", "bureau")
    assert cards.cards_of("us_cards", "person", SECTORS, 0.5).tolist() == [[-3.1, 0.0, -8.0, 0.7, 0.2],
                                                                    [-2.6, 0.0, -2.0, 0.7, 0.2]]  # fmt: skip
    assert cards.cards_of("us_cards", "firm", SECTORS, 0.5).tolist() == [[-3.1, 0.3, -6.0, 0.0, 0.2],
                                                                  [-2.6, 0.0, -4.0, 0.0, 0.2]]  # fmt: skip


def test_problems_between_features_and_cards():
    assert not list(SectorCards().check())
    assert "each feature once" in next(SectorCards(features=("used", "used"), cards=()).check())
    assert "at least one" in next(SectorCards(features=(), cards=()).check())
    assert "cards[0].feature: trend" in next(SectorCards(features=("used",), cards=(Weight("trend", 1.0),)).check())


def test_rules_are_those_that_the_features_ask_for():
    assert [made.name for made in SectorCards(features=("used",)).stages] == ["score_by_sector"]
    assert [made.name for made in SectorCards().stages] == ["remember_flows", "score_by_sector"]
    blurred = SectorCards(features=("signal", "used"), data_error=0.1)
    assert [made.name for made in blurred.stages] == ["blur_signal", "call_for_score", "score_by_sector"]
    assert [made.name for made in SectorCards(features=("used",), data_error=0.1).stages] == [
        "call_for_score",
        "score_by_sector",
    ]
    assert (SectorCards().refit_interval, SectorCards(refit_months=6).refit_interval) == (0, 6)


@pytest.mark.parametrize(("odds", "score"), [(0.0, 650.0), (1.0, 590.0), (-1.0, 710.0), (9.0, 350.0), (-9.0, 950.0)])
def test_a_written_card_is_held_between_350_and_950(odds, score):
    card = {"card_by_stated_sector": (odds - 3.0, 0.0, 0.0), "thin_file": 0, "delinquency_memory": 1.0,
            "score_intercept": 3.0}  # fmt: skip
    does(stage_of(("memory",), False), card, {"score": score})


def test_a_blurred_card_waits_and_reads_what_is_left_of_the_signal():
    made = (call_for_score, stage_of(("signal",), True))
    card = {"signal_used": 2.0, "card_by_stated_sector": (0.0, 0.0, -1.0), "thin_file": 0, "score_intercept": 0.0,
            "line": 2, "ordinal": 1, "month": 2, "refresh_interval": 3}  # fmt: skip
    assert call(made, **card)["score"] == 770.0
    assert call(made, **{**card, "month": 3, "score": 444.0})["score"] == 444.0
    assert call(made, **{**card, "month": 3, "line": 1})["score"] == 770.0


def test_a_shift_moves_base_and_floor_and_leaves_the_card_as_it_was():
    card = np.array([[-3.0, 0.5, 0.25, -6.0], [-2.0, 1.0, 0.0, -5.0]])
    assert shifted(card, 0.5).tolist() == [[-2.5, 0.5, 0.25, -5.5], [-1.5, 1.0, 0.0, -4.5]]
    assert card[:, 0].tolist() == [-3.0, -2.0]
