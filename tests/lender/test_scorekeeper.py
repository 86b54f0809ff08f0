"""The record of a score by hand: who is sampled, which defaults count, what is said of them, when a card is fitted."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.economy.sectors import SECTORS
from sim.lender import scorekeeper
from sim.lender.policies.features import FEATURES
from sim.lender.policies.scoring import ANCHOR, POINTS
from sim.lender.scorekeeper import ScoreKeeper
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_OPEN, NEVER

COUNT = len(FEATURES)


def settings(**changed) -> SimpleNamespace:
    card = np.zeros((2, 1 + COUNT))
    return SimpleNamespace(**{
        "refit_interval": 0, "blurred": False, "recalibrated": True, "segmented": False, "smallest_sample": 3,
        "card": lambda intercept, weight: card.copy(), **changed,
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


def test_a_default_counts_in_the_twelve_months_after_its_sample():
    accounts, keeper = book(), ScoreKeeper(settings(), 3.0, 0.0)
    keeper.close(0, accounts)
    accounts["default_month"][:] = [NEVER, 0, 1, 12, 13, 6]
    for month in range(1, 12):
        keeper.close(month, accounts)
    assert not keeper.matured and len(keeper.waiting) == 1
    keeper.close(12, accounts)
    assert keeper.matured[0]["bad"].tolist() == [False, False, True, True, False, True]
    assert [sample["month"] for sample in keeper.waiting] == [12], "one sample a year"


def test_samples_are_taken_where_a_fit_is_due_and_six_are_kept():
    accounts, keeper = book(), ScoreKeeper(settings(refit_interval=5, smallest_sample=99), 3.0, 0.0)
    for month in range(60):
        keeper.close(month, accounts)
    assert [sample["month"] for sample in keeper.waiting] == [50, 55]
    assert [sample["month"] for sample in keeper.matured] == [20, 25, 30, 35, 40, 45]
    assert keeper.figures["refits"] == 0.0, "too few turned bad"


def judged() -> dict[str, float]:
    """Thin files: 500 bad, 550, 750 in order; thick ones: 600 bad, 650 bad, 700 in order."""
    accounts, keeper = book(), ScoreKeeper(settings(), 3.0, 0.0)
    keeper.close(0, accounts)
    accounts["default_month"][[0, 1, 4]] = 5
    keeper.close(12, accounts)
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


def fitted(monkeypatch, **changed) -> tuple[ScoreKeeper, list]:
    """A keeper that has matured one sample of six of whom three turned bad; every fit gives ones."""
    asked: list = []

    def fit(columns, bad):
        asked.append((columns.tolist(), bad.tolist()))
        return np.arange(1.0, columns.shape[1] + 2.0)

    monkeypatch.setattr(scorekeeper, "fit_logistic", fit)
    accounts, keeper = book(), ScoreKeeper(settings(refit_interval=12, **changed), 3.0, 0.0)
    keeper.close(0, accounts)
    accounts["default_month"][[0, 1, 4]] = 5
    keeper.close(12, accounts)
    return keeper, asked


def test_a_card_is_fitted_with_the_thin_file_as_a_base_of_its_own(monkeypatch):
    keeper, asked = fitted(monkeypatch)
    assert len(asked) == 1 and keeper.figures["refits"] == 1.0
    (columns, bad), thin = asked[0], [1, 0, 0, 1, 0, 1]
    assert [row[-1] for row in columns] == thin and bad == [True, True, False, False, True, False]
    weights = np.arange(1.0, COUNT + 2.0)
    assert keeper.card[0].tolist() == weights.tolist(), "thick files first"
    assert keeper.card[1].tolist() == [1.0 + COUNT + 2.0, *weights[1:]]
    numbers = keeper.numbers()
    assert numbers["card_by_thin_file"].tolist() == keeper.card.tolist()


def test_segments_are_fitted_where_enough_turned_bad(monkeypatch):
    keeper, asked = fitted(monkeypatch, segmented=True, smallest_sample=2)
    # Two thick files turned bad, one thin one.
    assert len(asked) == 2 and [row[0] for row in asked[1][0]] == [1.0, 2.0, 4.0]
    assert keeper.card[0].tolist() == list(range(1, COUNT + 2)) and keeper.card[1][0] == COUNT + 3.0
    keeper, asked = fitted(monkeypatch, smallest_sample=4)
    assert not asked and keeper.figures["refits"] == 0.0 and not keeper.card.any()


def test_an_order_that_is_not_recalibrated_keeps_its_level(monkeypatch):
    keeper, _ = fitted(monkeypatch, recalibrated=False)
    sample = keeper.matured[-1]
    before = -(3.0 + (sample["score"] - ANCHOR) / POINTS)
    assert keeper._odds(sample).mean() == pytest.approx(before.mean())
    free, _ = fitted(monkeypatch)
    gap = keeper.card - free.card
    assert gap[0, 0] == gap[1, 0] != 0 and not gap[:, 1:].any()


def test_a_saved_record_goes_on_under_the_same_card_only():
    keeper = ScoreKeeper(settings(), 3.0, 0.0)
    keeper.close(0, book())
    keeper.card[0, 0], keeper.figures["refits"] = 7.0, 2.0
    same, other = ScoreKeeper(settings(), 3.0, 0.0), ScoreKeeper(settings(), 3.0, 0.0)
    same.restore(keeper.save(), True)
    other.restore(keeper.save(), False)
    assert same.card[0, 0] == 7.0 and other.card[0, 0] == 0.0
    for again in (same, other):
        assert again.waiting[0]["rows"].tolist() == list(range(6)) and again.figures["refits"] == 2.0
        assert again.reference.tolist() == keeper.reference.tolist()
