"""The cards that come with the package: every weight of every file, in the order in which the rule takes them."""

from __future__ import annotations

import csv
import math
from itertools import product

import numpy as np
import pytest

import sim
from sim.config.errors import UsageError
from sim.economy.sectors import SECTORS
from sim.lender.policies.features import BY_SECTOR, FEATURES
from sim.lender.policies.scorecards import OFFSETS, SectorCards
from sim.lender.policies.scoring import Static
from sim.lender.policies.shipped import (
    CARDS,
    FOLDER,
    SEASON,
    SECTOR,
    SEGMENTS,
    USUAL_CARD,
    WAVE,
    WEIGHTS,
    season_wave,
    shipped,
)
from validation.targets.runs import chosen


@pytest.mark.parametrize("preset", CARDS)
def test_a_file_holds_every_weight_of_every_card_once(preset):
    file = FOLDER / f"{preset}.csv"
    with file.open(newline="", encoding="utf-8") as opened:
        lines = {(line["customer"], line["bureau"], line["segment"], line["weight"]): float(line["log_odds"])
                 for line in csv.DictReader(opened)}  # fmt: skip
    names = [*product(SEGMENTS, WEIGHTS), *product(SECTORS, (*OFFSETS, *BY_SECTOR))]
    if (("person", "none", SECTOR, SECTORS[0])) in lines:  # cards fitted before there were such lines move by none
        names += [*product((SECTOR,), SECTORS), *product((SEASON,), WAVE)]
    assert set(lines) == {(*whose, *name) for whose in product(("person", "firm"), ("none", "full")) for name in names}
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1 + len(lines)
    assert shipped(preset, "firm", bureau=True)[2, 9] == lines["firm", "full", "account, thick", "scarcity"]
    assert shipped(preset, "person", bureau=False)[1, 10] == lines["person", "none", "application, thin", "floor"]
    assert not shipped(preset, "person", bureau=False)[:, 8].any(), "debts elsewhere weigh nothing where none are seen"


def test_weights_stand_in_the_order_in_which_the_rule_takes_them():
    assert SEGMENTS == ("application, thick", "application, thin", "account, thick", "account, thin")
    assert ("base", *FEATURES, "floor") == WEIGHTS
    assert USUAL_CARD in CARDS


def test_a_card_of_firms_moves_by_sector_and_month(monkeypatch):
    """Levels 0 to 5; waves of 2 in January, of 3 in April, of 1 twice a year; of persons' cards nothing is moved."""
    lines = {SECTOR: np.arange(6.0), SEASON: np.array([2.0, 3.0, 1.0, 0.0])}
    given = lambda preset, customer, bureau, segments, weights: lines[segments[0]][None] * (2.0 if bureau else 1.0)  # noqa: E731
    monkeypatch.setattr("sim.lender.policies.scoring.shipped", given)
    moves = Static().moves(USUAL_CARD, "firm", 0.0)
    assert moves.shape == (6, 12) and moves[:, 0] == pytest.approx(np.arange(6.0) + 3.0)
    assert moves[1, [3, 6, 9]] == pytest.approx([3.0, 0.0, -3.0])
    assert Static().moves(USUAL_CARD, "firm", 0.5) == pytest.approx(1.5 * moves)
    monkeypatch.undo()
    assert not Static().moves(USUAL_CARD, "person", 1.0).any()


def test_a_preset_has_the_card_of_its_lender():
    """Every composition of a preset begins with the card of its name; a lender may be given another by name."""
    for preset in CARDS:
        assert sim.compose(chosen(preset)).lender.card == preset
    for overrides, card, bureau in (
        (["economy=us_2007_2012"], "us_cards", True),
        (["lender.card=us_cards"], "us_cards", False),
        (["economy=us_2007_2012", "lender=default"], "china_platform", True),
    ):
        model = sim.Model(sim.compose([*overrides, "population.borrowers=200"]))
        for keeper, customer in ((model.scores, "person"), (model.firm_scores, "firm")):
            np.testing.assert_allclose(keeper.card, shipped(card, customer, bureau=bureau), rtol=0, atol=1e-12)


def test_cards_by_sector_are_those_of_the_preset_where_no_line_is_written():
    for preset, customer in product(CARDS, ("person", "firm")):
        without, full = (shipped(preset, customer, bureau, SECTORS, (*OFFSETS, *BY_SECTOR)) for bureau in (False, True))
        for weight, expected in ((0.0, without), (1.0, full), (0.25, 0.75 * without + 0.25 * full)):
            np.testing.assert_allclose(SectorCards().cards_of(preset, customer, SECTORS, weight), expected, atol=1e-12)
        few = SectorCards(features=("used", "signal"), alternative_weight=2.0).cards_of(preset, customer, SECTORS, 0.0)
        columns = [0, 1, 2 + BY_SECTOR.index("used"), 2 + BY_SECTOR.index("signal")]
        np.testing.assert_array_equal(few, without[:, columns] * (1.0, 1.0, 1.0, 2.0))
        assert len(set(without[:, 0])) == len(SECTORS), "each has a base of its own"


def test_a_card_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match=r"lender.card: us_card is not allowed: one of .*; did you mean us_cards"):
        sim.compose(["lender.card=us_card"])


def test_what_is_handed_out_is_a_copy():
    shipped(USUAL_CARD, "person", bureau=False)[:] = 7.0
    assert shipped(USUAL_CARD, "person", bureau=False)[0, 0] < 0.0, "who fits anew leaves the shipped card as it is"


def test_the_year_is_a_wave_that_begins_in_january():
    cosine, sine, half_cosine, half_sine = season_wave(np.array([0, 3, 6, 9, 12]))
    assert cosine.tolist() == pytest.approx([1.0, 0.0, -1.0, 0.0, 1.0], abs=1e-12)
    assert sine.tolist() == pytest.approx([0.0, 1.0, 0.0, -1.0, 0.0], abs=1e-12)
    assert half_cosine.tolist() == pytest.approx([1.0, -1.0, 1.0, -1.0, 1.0], abs=1e-12)
    assert season_wave(np.array([1, 2]))[3].tolist() == pytest.approx([math.sin(math.pi / 3.0)] * 2)
    assert half_sine.tolist() == pytest.approx([0.0] * 5, abs=1e-12)
