"""Cards that are shipped: what is sampled, and that a fit finds weights and floor again."""

from itertools import product

import numpy as np
import pytest
from scipy.special import expit

from sim.config.compose import compose
from sim.economy.sectors import SECTORS
from sim.lender.policies.features import BY_SECTOR, FEATURES, REGISTRY
from sim.lender.policies.scoring import ANCHOR, POINTS
from sim.lender.policies.shipped import CARDS, SEGMENTS, WAVE, WEIGHTS, season_wave
from sim.loan.states import LINE_APPLIED, LINE_CHARGED_OFF, LINE_FROZEN, LINE_OPEN
from validation import card
from validation.books import Cards, SeesAll, deciding_by, sampled
from validation.card import FEW, cards, fit, fit_by_file, fit_by_sector, fit_moves, levelled, moved_by, written
from validation.level import Correction, corrected, correction

COUNT = 60_000
BY = np.arange(float(len(SECTORS) * (2 + len(BY_SECTOR)))).reshape(len(SECTORS), -1)
MOVES = np.arange(float(len(SECTORS) + len(WAVE)))
CARD = np.arange(float(len(SEGMENTS) * len(WEIGHTS))).reshape(len(SEGMENTS), -1)


def made(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Three features, the last without effect; log-odds -4 + 1.5 x - y, no lower than -6."""
    luck = np.random.default_rng(seed)
    features = luck.normal(size=(COUNT, 3)) * (1.0, 2.0, 1.0)
    odds = np.maximum(-4.0 + 1.5 * features[:, 0] - features[:, 1], -6.0)
    return features, luck.random(COUNT) < expit(odds)


def test_a_fit_finds_weights_and_floor_again():
    """Some 4 000 defaults: standard errors of weights below .03, of the floor about .15."""
    base, *weights, floor = fit(*made(1))
    assert base == pytest.approx(-4.0, abs=0.1) and floor == pytest.approx(-6.0, abs=0.5)
    assert weights == pytest.approx([1.5, -1.0, 0.0], abs=0.08)


def test_a_feature_that_does_not_vary_weighs_nothing():
    features, bad = made(2)
    features[:, 2] = 7.0
    found = fit(features, bad)
    assert found[3] == 0.0 and found[0] == pytest.approx(-4.0, abs=0.1)


def test_thin_files_have_a_card_of_their_own_where_enough_turned_bad():
    features, bad = made(3)
    thin = np.arange(COUNT) % 2 == 0
    apart = fit_by_file(features, thin, bad, np.zeros(COUNT))
    assert apart.shape == (2, 5) and not np.array_equal(apart[0, 1:4], apart[1, 1:4])
    few = np.arange(COUNT) < 600
    together = fit_by_file(features, few, bad, np.zeros(COUNT))
    assert np.array_equal(together[0, 1:], together[1, 1:]) and together[0, 0] != together[1, 0]


def test_sector_and_season_are_found_beside_the_features():
    """Half a unit in the second sector, a wave of .6 that is highest in January and of -.3 in April."""
    features, _ = made(6)
    luck = np.random.default_rng(7)
    sector, month = luck.integers(0, 3, COUNT).astype(np.int8), luck.integers(0, 12, COUNT)
    moves = np.array([0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.6, -0.3, 0.0, 0.0])
    moved = moved_by(moves, sector, month)
    assert moved[(sector == 1) & (month == 0)][0] == pytest.approx(1.1) and moved[month == 9].max() == pytest.approx(
        0.8
    )
    bad = luck.random(COUNT) < expit(-3.0 + features[:, 0] + moved)
    found = fit_moves(features, np.zeros(COUNT, dtype=bool), sector, month, bad)
    assert found[1] - found[0] == pytest.approx(0.5, abs=0.1) and found[6:] == pytest.approx(moves[6:], abs=0.08)
    card = fit_by_file(features, np.zeros(COUNT, dtype=bool), bad, moved)
    assert card[0, :2] == pytest.approx([-3.0, 1.0], abs=0.08), "what is moved is not found twice"


def test_applications_are_lines_just_opened_and_accounts_are_in_order():
    lines = np.array([LINE_OPEN, LINE_OPEN, LINE_FROZEN, LINE_CHARGED_OFF, LINE_OPEN, LINE_OPEN])
    accounts = {"alive": np.ones(6), "line": lines, "principal": np.array([0, 5, 5, 5, 5, 0]),
                "months_past_due": np.array([0, 0, 0, 0, 1, 0]), "thin_file": np.arange(6) % 2,
                "default_month": np.array([13, 12, -9, 0, 0, 0])}  # fmt: skip
    seen = {column for name in BY_SECTOR for column in REGISTRY[name].columns}
    accounts |= {"stated_sector": np.arange(2, 8), "score": np.arange(601.0, 607.0)} | {
        name: np.ones(6) for name in seen - accounts.keys()
    }
    before = np.array([LINE_APPLIED, LINE_OPEN, LINE_OPEN, LINE_OPEN, LINE_OPEN, LINE_OPEN])
    opened, standing = sampled(0, before, accounts)
    assert opened.rows.tolist() == [0] and standing.rows.tolist() == [1, 2]
    assert standing.thin.tolist() == [True, False] and standing.features.shape == (2, len(BY_SECTOR))
    assert len(sampled(1, before, accounts)) == 1, "accounts are looked at every so often"
    seasons = {month % 12 for month in range(-24, 48) if len(sampled(month, before, accounts)) == 2}
    assert len(seasons) == 10 and not sampled(-5, before, accounts)[1:], "in all seasons, and not in the burn-in"
    assert [len(part) for part in opened.told(accounts)] == [0] * 6, "nobody has borrowed yet"
    opened.borrowed[:] = True
    assert opened.told(accounts)[5].tolist() == [False], "a year and a month later"
    assert standing.told(accounts)[2].tolist() == [3, 4], "sectors as stated"
    assert standing.told(accounts)[4].tolist() == [602.0, 603.0], "scores of the day"
    assert standing.told(accounts)[5].tolist() == [True, False]


def test_small_books_give_a_card_for_every_segment():
    found, said = cards(range(1, 2), 600, ["study.months=60"])
    assert list(found) == [*product(("none", "full"), ("person", "firm"))]
    for (bureau, customer), (usual, by_sector, moves) in found.items():
        assert moves.shape == MOVES.shape and moves.any() == (customer == "firm")
        assert usual.shape == (len(SEGMENTS), len(WEIGHTS)) and by_sector.shape == (len(SECTORS), 2 + len(BY_SECTOR))
        weighs = (usual[:, 1 + FEATURES.index("bureau")] != 0.0).any()
        assert weighs == (by_sector[:, 2 + BY_SECTOR.index("bureau")] != 0.0).any()
        assert weighs == ((bureau, customer) == ("full", "person")), "who looks away sees no debts elsewhere"
    assert len(said) == 4 and said[0].startswith("person, ")


def test_a_sector_has_a_base_of_its_own_and_weights_where_enough_turned_bad():
    """Three sectors of unlike size; log-odds are one more in the second, and the weight of the first feature half."""
    features, _ = made(4)
    luck = np.random.default_rng(5)
    sector = luck.choice(3, COUNT, p=(0.6, 0.38, 0.02)).astype(np.int8)
    odds = -4.0 + np.where(sector == 1, 0.75, 1.5) * features[:, 0] + (sector == 1)
    bad = luck.random(COUNT) < expit(odds)
    found = fit_by_sector(features, np.zeros(COUNT, dtype=bool), sector, bad)
    assert found.shape == (len(SECTORS), 5) and bad[sector == 2].sum() < FEW < bad[sector == 1].sum()
    assert found[:2, 2] == pytest.approx([1.5, 0.75], abs=0.1) and found[:2, 0] == pytest.approx([-4.0, -3.0], abs=0.1)
    assert found[2, 2] == pytest.approx(found[3, 2]) and found[2, 0] != found[3, 0], "weights of all, a base of its own"
    assert not found[:, 1].any(), "no file is thin"


@pytest.mark.parametrize("preset", ["us_cards", "behavioural"])
def test_a_preset_is_fitted_under_its_own_options_from_its_own_card_or_the_usual(preset, monkeypatch, capsys):
    """``behavioural`` is a preset of one option, which has no card: its first is fitted under the usual one."""
    seen = []
    made = {("none", "firm"): Cards(CARD, BY, MOVES), ("full", "person"): Cards(CARD, BY, MOVES)}
    monkeypatch.setattr(card, "cards", lambda seeds, persons, given: (seen.append(given), (made, ["so"]))[1])
    passes = []
    monkeypatch.setattr(
        card, "levelled", lambda found, seeds, persons, given: (passes.append(seeds), seen.append(given), found)[2]
    )
    lines = written(preset, range(2), 600)
    usual = "lender.card=us_cards" if preset in CARDS else "lender.card=china_platform"
    assert passes == [range(2), range(16)], "the level takes two passes, the last in many runs"
    assert (
        len(seen) == 3
        and seen[0] == seen[1] == seen[2]
        and seen[0][-1] == usual
        and f"policy/limit={preset}" in seen[0]
    )
    assert len(lines) == 2 * (CARD.size + BY.size + MOVES.size)
    assert lines[1] == ("firm", "none", "application, thick", "signal", "1.0000")
    assert lines[CARD.size - 1] == ("firm", "none", "account, thin", "floor", f"{CARD.size - 1:.4f}")
    assert lines[CARD.size + 1] == ("firm", "none", "sector", "wholesale_retail", "1.0000")
    assert lines[CARD.size + MOVES.size - 1] == ("firm", "none", "season", "half_year_sine", f"{MOVES.size - 1:.4f}")
    assert lines[CARD.size + MOVES.size + 1] == ("firm", "none", "manufacturing", "thin", "1.0000")
    assert lines[-1] == ("person", "full", "public_other", "inventory", f"{BY.size - 1:.4f}")
    assert capsys.readouterr().out.splitlines()[1] == "  so"


def test_a_preset_that_is_none_ends_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(card.sys, "argv", ["card", "--preset", "us_card"])
    with pytest.raises(SystemExit) as ended:
        card.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith("did you mean us_cards?\n")


def test_level_and_slope_are_found_again_and_hold_where_few_default():
    """60 000 accounts, 2 500 defaults: standard errors of .09 and .03. Where none defaults, little moves."""
    luck = np.random.default_rng(8)
    odds = luck.normal(-3.5, 0.8, COUNT)
    found = correction(odds, luck.random(COUNT) < expit(0.4 + 1.15 * odds))
    assert found.level == pytest.approx(0.4, abs=0.25) and found.slope == pytest.approx(1.15, abs=0.08)
    few = correction(np.full(20, -4.0), np.zeros(20, dtype=bool))
    assert abs(few.level) < 0.05 and abs(few.slope - 1.0) < 0.05


def test_a_wave_of_the_year_is_found_beside_level_and_slope():
    """Log-odds half a unit more in January than in July, a quarter less in April than in October, and twice a year."""
    luck = np.random.default_rng(10)
    odds, wave = luck.normal(-3.5, 0.8, COUNT), season_wave(luck.integers(0, 12, COUNT))
    bad = luck.random(COUNT) < expit(0.4 + 1.15 * odds + np.array([0.25, -0.125, 0.0, 0.3]) @ wave)
    found = correction(odds, bad, wave)
    assert found.level == pytest.approx(0.4, abs=0.25) and found.slope == pytest.approx(1.15, abs=0.08)
    assert found.season == pytest.approx((0.25, -0.125, 0.0, 0.3), abs=0.12), "standard errors of .03"
    assert correction(odds, bad).season == ()


def test_a_corrected_card_moves_its_base_and_floor_and_stretches_its_weights():
    moved = corrected(np.array([[-4.0, 2.0, -6.0]]), Correction(0.5, 1.1))
    assert moved[0] == pytest.approx([-3.9, 2.2, -6.1])


def test_a_card_that_was_made_is_in_force_with_its_moves():
    made = {"person": Cards(CARD, BY, MOVES), "firm": Cards(CARD + 1.0, BY, MOVES)}
    scoring = deciding_by(made)()
    assert isinstance(scoring, SeesAll) and np.array_equal(scoring.card("any", "firm", 1.0), CARD + 1.0)
    moves = scoring.moves("any", "firm", 0.0)
    spring, winter = 2.0 + MOVES[-3] - MOVES[-2], 2.0 + MOVES[-4] + MOVES[-2]
    assert moves.shape == (len(SECTORS), 12) and moves[2, [0, 3]] == pytest.approx([winter, spring])


def test_level_is_set_by_kind_in_books_that_approve_by_the_card(monkeypatch):
    """Applications differ by less than the card says, accounts default at twice the odds and more in winter."""
    intercept, ran = compose([]).lender.score_intercept, []
    luck = np.random.default_rng(9)
    odds = luck.normal(-3.0, 0.7, COUNT)
    score = ANCHOR - POINTS * (odds + intercept)
    month = luck.integers(0, 12, COUNT)
    more = np.log(2.0) + 0.5 * season_wave(month)[0]
    bad = {applications: luck.random(COUNT) < expit(0.8 * odds if applications else odds + more)
           for applications in (True, False)}  # fmt: skip
    books = {(customer, kind): [month, score, bad[kind]] for customer in ("person", "firm") for kind in (True, False)}
    monkeypatch.setattr(
        card, "books_of", lambda seeds, persons, run, scoring: (ran.append((seeds, run, scoring)), books)[1]
    )
    flat = Cards(np.zeros_like(CARD), BY, MOVES)
    settled = levelled({key: flat for key in product(("none", "full"), ("person", "firm"))}, range(1), 600, [])
    assert [run[:1] for _, run, _ in ran] == [["bureau=none"], ["bureau=full"]] and "level_prior" in ran[0][1][1]
    assert all(run[2] == "study.months=36" for _, run, _ in ran), "for the first two years"
    assert all(np.array_equal(scoring().card("any", "firm", 0.0), flat.usual) for *_, scoring in ran), "by these cards"
    for (_, customer), cards_of in settled.items():
        assert cards_of.usual[:2, 0] == pytest.approx(0.0, abs=0.15) and cards_of.by_sector is BY
        assert cards_of.usual[2:, [0, -1]] == pytest.approx(np.log(2.0), abs=0.15)
        winter = np.append(np.zeros(len(SECTORS)), (0.5 if customer == "firm" else 0.0, *np.zeros(len(WAVE) - 1)))
        assert cards_of.moves == pytest.approx(MOVES + winter, rel=0.06, abs=0.06), "persons have no season"
