"""The record of a score by hand: who is sampled, which defaults count, what is said of them, when a card is fitted."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.economy.sectors import SECTORS
from sim.lender import scorekeeper
from sim.lender.policies.discrimination import population_stability
from sim.lender.policies.features import FEATURES
from sim.lender.policies.scoring import ANCHOR, POINTS
from sim.lender.scorekeeper import ScoreKeeper
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_OPEN, NEVER

COUNT = len(FEATURES)


def settings(**changed) -> SimpleNamespace:
    card = np.zeros((4, COUNT + 2))
    card[:, -1] = -500.0
    return SimpleNamespace(**{
        "moves": lambda *whose: np.zeros((6, 12)),
        "refit_interval": 0, "blurred": False, "recalibrated": True, "segmented": False, "smallest_sample": 3,
        "bias": 0.0, "level_prior": 20.0,
        "card": lambda preset, customer, weight: card.copy(), **changed,
    })  # fmt: skip


def book(rows: int = 6) -> dict[str, np.ndarray]:
    return {
        "alive": np.ones(rows, int), "principal": np.full(rows, 10), "months_past_due": np.zeros(rows, int),
        "line": np.full(rows, LINE_OPEN), "score": np.array([500.0, 600, 700, 550, 650, 750])[:rows],
        "thin_file": np.array([1, 0, 0, 1, 0, 1])[:rows], "stated_sector": np.array([0, 0, 0, 1, 1, 5])[:rows],
        "default_month": np.full(rows, NEVER),
    }  # fmt: skip


@pytest.fixture(autouse=True)
def features(monkeypatch):
    """Features are the row's number in each column."""
    seen = []
    monkeypatch.setattr(
        scorekeeper, "values_of",
        lambda names, accounts, rows, signal: (seen.append(signal), np.tile(rows[:, None], (1, len(names))) * 1.0)[1],
    )  # fmt: skip
    return seen


def sampled(keeper: ScoreKeeper, accounts, month: int = 0) -> list[int]:
    return keeper._sample(month, accounts)["rows"].tolist()


def test_accounts_in_order_with_a_balance_are_sampled(features):
    accounts = book()
    accounts["alive"][0], accounts["principal"][1], accounts["months_past_due"][2] = 0, 0, 1
    accounts["line"][3], accounts["line"][4] = LINE_CLOSED, LINE_FROZEN
    assert sampled(ScoreKeeper(settings(), 3.0, 0.0), accounts) == [3, 4, 5]
    assert sampled(ScoreKeeper(settings(blurred=True), 3.0, 0.0, "firm"), accounts) == [4, 5], "a closed firm is none"
    assert features == ["signal", "signal_used"]


def test_a_large_book_is_sampled_at_even_steps(monkeypatch):
    keeper = ScoreKeeper(settings(), 3.0, 0.0)
    for largest, rows in ((6, [0, 1, 2, 3, 4, 5]), (5, [0, 2, 4]), (3, [0, 2, 4]), (2, [0, 3])):
        monkeypatch.setattr(scorekeeper, "SAMPLE", largest)
        assert sampled(keeper, book()) == rows
    assert keeper.reference.tolist() == book()["score"].tolist(), "the first sample stays the yardstick"


def test_a_sample_keeps_its_own_rows_alone(monkeypatch):
    """A part of the rows of a large book would hold all of them for a year."""
    monkeypatch.setattr(scorekeeper, "SAMPLE", 3)
    assert ScoreKeeper(settings(), 3.0, 0.0)._sample(0, book())["rows"].base is None


def test_the_stability_index_goes_by_the_first_sample_of_what_was_restored():
    accounts, keeper, other = book(), *(ScoreKeeper(settings(), 3.0, 0.0) for _ in range(2))
    for one in (keeper, other):
        one.close(11, accounts)
        one.close(23, accounts)
        assert one.figures["score_psi"] == pytest.approx(0.0)
    earlier = np.array([640.0, 660.0])
    keeper.restore({**other.save(), "reference": earlier}, True)
    keeper.close(35, accounts)
    assert keeper.figures["score_psi"] == population_stability(earlier, accounts["score"]) > 0.2


def test_a_default_counts_in_the_twelve_months_after_its_sample():
    accounts, keeper = book(), ScoreKeeper(settings(), 3.0, 0.0)
    keeper.close(11, accounts)
    accounts["default_month"][:] = [NEVER, 11, 12, 23, 24, 17]
    for month in range(12, 23):
        keeper.close(month, accounts)
    assert not keeper.matured and len(keeper.waiting) == 1
    keeper.close(23, accounts)
    assert keeper.matured[0]["bad"].tolist() == [False, False, True, True, False, True]
    assert [sample["month"] for sample in keeper.waiting] == [23], "one sample a year"


def test_samples_are_taken_where_a_fit_is_due_and_six_are_kept():
    accounts, keeper = book(), ScoreKeeper(settings(refit_interval=5, smallest_sample=99), 3.0, 0.0)
    for month in range(60):
        keeper.close(month, accounts)
    assert [sample["month"] for sample in keeper.waiting] == [49, 54, 59]
    assert [sample["month"] for sample in keeper.matured] == [19, 24, 29, 34, 39, 44]
    assert keeper.figures["refits"] == 0.0, "too few turned bad"


def judged() -> dict[str, float]:
    """Thin files: 500 bad, 550, 750 in order; thick ones: 600 bad, 650 bad, 700 in order."""
    accounts, keeper = book(), ScoreKeeper(settings(), 3.0, 0.0)
    keeper.close(11, accounts)
    accounts["default_month"][[0, 1, 4]] = 16
    keeper.close(23, accounts)
    return keeper.figures


def test_what_is_said_of_a_score():
    found = judged()
    # Of nine pairs of a bad and a good one seven are in order: 550 lies below 600 and 650.
    assert found["score_auc"] == pytest.approx(7 / 9) and found["score_gini"] == pytest.approx(5 / 9)
    assert found["score_auc_thin"] == 1.0 == found["score_auc_thick"]
    assert found["score_realised"] == 0.5
    assert (found["score_realised_thin"], found["score_realised_thick"]) == pytest.approx((1 / 3, 2 / 3))
    odds = {score: 1 / (1 + np.exp(3.0 + (score - ANCHOR) / POINTS)) for score in (500, 550, 600, 650, 700, 750)}
    assert found["score_predicted"] == pytest.approx(np.mean(list(odds.values())))
    assert found["score_predicted_thin"] == pytest.approx(np.mean([odds[500], odds[550], odds[750]]))
    assert found["score_predicted_thick"] == pytest.approx(np.mean([odds[600], odds[650], odds[700]]))
    assert found["score_psi"] == pytest.approx(0.0)
    # Kolmogorov-Smirnov: up to 650 all of the bad and one of three good ones.
    assert found["score_ks"] == pytest.approx(2 / 3)
    # Sector 0: 500 and 600 bad, 700 good; sector 1: 550 good, 650 bad.
    assert (found[f"score_gini_{SECTORS[0]}"], found[f"score_gini_{SECTORS[1]}"]) == (1.0, -1.0)


def test_deciles_run_from_the_safest():
    found = judged()
    predicted = [found[f"score_predicted_{k}"] for k in range(1, 11)]
    told = [rate for rate in predicted if rate > 0]
    assert told == sorted(told) and found["score_predicted_1"] < found["score_predicted_10"]
    assert found["score_realised_10"] == 1.0 and found["score_realised_1"] == 0.0


def fitted(monkeypatch, learned: float = 0.0, **changed) -> tuple[ScoreKeeper, list]:
    """A keeper that has matured one sample of six of whom three turned bad; every fit gives ones."""
    asked: list = []

    def fit(columns, bad):
        asked.append((columns.tolist(), bad.tolist()))
        return np.arange(1.0, columns.shape[1] + 2.0)

    monkeypatch.setattr(scorekeeper, "fit_logistic", fit)
    accounts, keeper = book(), ScoreKeeper(settings(refit_interval=12, **changed), 3.0, 0.0)
    keeper.close(11, accounts)
    keeper.level = learned
    keeper.moves = np.ones((6, 12))
    accounts["default_month"][[0, 1, 4]] = 16
    keeper.close(23, accounts)
    return keeper, asked


WEIGHTS = np.arange(1.0, COUNT + 2.0)  # what every fit gives: 1 for the base, then 2, 3 ...


def test_a_card_is_fitted_with_the_thin_file_as_a_base_of_its_own(monkeypatch):
    keeper, asked = fitted(monkeypatch)
    assert len(asked) == 1 and keeper.figures["refits"] == 1.0
    (columns, bad), thin = asked[0], [1, 0, 0, 1, 0, 1]
    assert [row[-1] for row in columns] == thin and bad == [True, True, False, False, True, False]
    assert keeper.card[2].tolist() == [*WEIGHTS, -500.0], "thick files that owe; the lowest log-odds stay"
    assert keeper.card[3].tolist() == [1.0 + COUNT + 2.0, *WEIGHTS[1:], -500.0]
    assert keeper.numbers(0)["card_by_segment"].tolist() == keeper.card.tolist()
    assert not keeper.moves.any(), "what was shipped for sectors and seasons goes with the shipped card"


def test_applications_follow_the_accounts_by_the_mean(monkeypatch):
    """Rows 0 to 5 have features of that size, of weight 2 + 3 + ...; rows 0, 3 and 5 are thin files."""
    keeper, _ = fitted(monkeypatch)
    now = 1.0 + WEIGHTS[1:].sum() * 2.5 + (COUNT + 2.0) / 2.0
    moved = now + 3.0 + (625.0 - ANCHOR) / POINTS
    np.testing.assert_allclose(keeper.card[:2, 0], [moved, moved])
    assert not keeper.card[:2, 1:-1].any(), "their weights stay: nobody is refused and seen"
    kept, _ = fitted(monkeypatch, recalibrated=False)
    assert not kept.card[:2, :-1].any()


def test_segments_are_fitted_where_enough_turned_bad(monkeypatch):
    keeper, asked = fitted(monkeypatch, segmented=True, smallest_sample=2)
    # Two thick files turned bad, one thin one.
    assert len(asked) == 2 and [row[0] for row in asked[1][0]] == [1.0, 2.0, 4.0]
    assert keeper.card[2].tolist() == [*WEIGHTS, -500.0] and keeper.card[3][0] == COUNT + 3.0
    keeper, asked = fitted(monkeypatch, segmented=True, smallest_sample=1)
    assert len(asked) == 3 and [row[0] for row in asked[2][0]] == [0.0, 3.0, 5.0]
    assert keeper.card[3].tolist() == [*WEIGHTS, -500.0]
    keeper, asked = fitted(monkeypatch, smallest_sample=4)
    assert not asked and keeper.figures["refits"] == 0.0 and not keeper.card[:, :-1].any()


@pytest.mark.parametrize("level", [0.0, 0.7])
def test_an_order_that_is_not_recalibrated_keeps_its_level(monkeypatch, level):
    """That of the day: what was learned since the sample was taken counts, too."""
    keeper, _ = fitted(monkeypatch, recalibrated=False, learned=level)
    sample = keeper.matured[-1]
    before = -(3.0 + (sample["score"] - ANCHOR) / POINTS) + level
    assert keeper._odds(sample).mean() == pytest.approx(before.mean()) and keeper.level == level
    free, _ = fitted(monkeypatch, learned=level)
    assert free.in_force()[2].tolist() == pytest.approx([*WEIGHTS, -500.0 + level]), "fitted, level and all"
    gap = keeper.card - free.card
    assert gap[2, 0] == gap[3, 0] != 0 and not gap[2:, 1:].any()


# ---- the level of the card, learned in the burn-in ---------------------------------------------------


def learned(prior: float, bad: int = 3, month: int = -13, bias: float = 0.0, points: float = 650.0) -> ScoreKeeper:
    """Six accounts of one score, so many of which default within the year; at 650 points one in ten was expected."""
    accounts = book()
    accounts["score"][:] = points
    keeper = ScoreKeeper(settings(level_prior=prior, bias=bias), np.log(9.0), 0.0)
    keeper.close(month, accounts)
    accounts["default_month"][:bad] = month + 5
    keeper.close(month + 12, accounts)
    return keeper


def test_the_level_goes_to_what_defaulted_against_what_the_shipped_card_counts():
    """Odds of one to nine; half defaulted. A quarter is expected where 3 - 6 / 4 = prior x ln 3."""
    assert learned(0.0).level == pytest.approx(np.log(9.0)), "all by its own book"
    assert learned(1.5 / np.log(3.0)).level == pytest.approx(np.log(3.0))
    assert learned(1e6).level == pytest.approx(0.0, abs=1e-5), "all by the shipped card"
    # None defaulted: one in nineteen is expected where 6 / 19 = prior x ln 2.
    assert learned(6.0 / 19.0 / np.log(2.0), bad=0).level == pytest.approx(-np.log(2.0))


def test_only_the_burn_in_teaches_a_level():
    assert learned(0.0, month=-1).level == 0.0, "its year ends after the policy date"
    accounts, keeper = book(), ScoreKeeper(settings(), 3.0, 0.0)
    for month in range(-24, 0):
        keeper.close(month, accounts)
    assert [sample["month"] for sample in (*keeper.matured, *keeper.waiting)] == [-13, -1]


def test_the_card_of_the_month_holds_the_season():
    keeper = ScoreKeeper(settings(), 3.0, 0.0, "firm")
    keeper.moves = np.arange(72.0).reshape(6, 12)
    assert keeper.numbers(7)["card_move_by_stated_sector"].tolist() == [7.0, 19.0, 31.0, 43.0, 55.0, 67.0]
    other = ScoreKeeper(settings(), 3.0, 0.0, "firm")
    other.restore(keeper.save(), True)
    assert other.moves.tolist() == keeper.moves.tolist()


def test_an_error_that_is_asked_for_is_not_learned_away():
    """The scores stand 60 x .5 points lower for it; what is learned is the same, and the error stays on top."""
    exact, wrong = learned(2.0), learned(2.0, bias=0.5, points=620.0)
    assert wrong.level == pytest.approx(exact.level) and wrong.level > 0.3
    cards = [keeper.numbers(0)["card_by_segment"] for keeper in (exact, wrong)]
    np.testing.assert_allclose(cards[1][:, [0, -1]] - cards[0][:, [0, -1]], 0.5)
    np.testing.assert_array_equal(cards[1][:, 1:-1], cards[0][:, 1:-1])


def test_the_level_moves_base_and_floor_of_every_segment():
    keeper = learned(0.0)
    moved = keeper.in_force() - keeper.card
    np.testing.assert_allclose(moved[:, [0, -1]], np.log(9.0))
    assert not moved[:, 1:-1].any() and not keeper.card[:, :-1].any(), "the card itself stays as it was shipped"


def test_samples_that_overlap_teach_their_level_once():
    """Two samples scored at one level of which half turn bad each: the level is that of one, not twice as far."""
    accounts = book()
    accounts["score"][:] = 650.0
    keeper = ScoreKeeper(settings(level_prior=0.0, refit_interval=6, smallest_sample=99), np.log(9.0), 0.0)
    keeper.close(-19, accounts)
    keeper.close(-13, accounts)
    accounts["default_month"][:3] = -10
    keeper.close(-7, accounts)
    assert keeper.level == pytest.approx(np.log(9.0))
    keeper.close(-1, accounts)
    assert keeper.level == pytest.approx(np.log(9.0))
    # Scores worked out after the level was learned hold it.
    late = ScoreKeeper(settings(level_prior=0.0), np.log(9.0), 0.0)
    late.level, accounts["score"][:] = np.log(9.0), 650.0 - POINTS * np.log(9.0)
    late.close(-13, accounts)
    accounts["default_month"][:3] = -5
    late.close(-1, accounts)
    assert late.level == pytest.approx(np.log(9.0)), "half were expected"


def test_a_saved_record_goes_on_under_the_same_card_only():
    keeper = ScoreKeeper(settings(), 3.0, 0.0)
    keeper.close(11, book())
    keeper.card[0, 0], keeper.figures["refits"], keeper.level = 7.0, 2.0, 0.4
    same, other = ScoreKeeper(settings(), 3.0, 0.0), ScoreKeeper(settings(), 3.0, 0.0)
    same.restore(keeper.save(), True)
    other.restore(keeper.save(), False)
    assert same.card[0, 0] == 7.0 and other.card[0, 0] == 0.0
    assert same.level == other.level == 0.4, "another policy with the same card knows its level"
    for again in (same, other):
        assert again.waiting[0]["rows"].tolist() == list(range(6)) and again.figures["refits"] == 2.0
        assert again.reference.tolist() == keeper.reference.tolist()
    unlike = ScoreKeeper(settings(), 3.0, 0.0)
    unlike.features = ("signal",)
    unlike.restore(keeper.save(), True)
    assert unlike.level == 0.0 and unlike.card[0, 0] == 0.0, "a card of other features has a level of its own"
    elsewhere = ScoreKeeper(settings(), 3.0, 0.0, preset="us_cards")
    elsewhere.restore(keeper.save(), False)
    assert elsewhere.level == 0.0, "and so has that of another preset"
