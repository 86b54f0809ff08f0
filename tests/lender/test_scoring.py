"""Cards: the static one as numbers, refits that respect time, worse data, reviews and parity."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.lender.policies.discrimination import area_under_curve
from sim.lender.policies.features import FEATURES, values_of
from sim.lender.policies.scoring import ANCHOR, POINTS

REFIT = ("policy/scoring=refitted", "policy.scoring.smallest_sample=10")


def started(*overrides: str, borrowers: int = 3000, months: int = 0):
    fixed = ("seed=17", f"population.borrowers={borrowers}", "machine.threads=1", "study.burn_in=24")
    model = sim.Model(sim.compose([*fixed, *overrides]))
    for _ in range(months):
        model.step()
    return model


def test_features_are_those_of_the_rule():
    model = started(*REFIT, "policy.scoring.bias=0.4", months=8)
    for keeper, accounts in ((model.scores, model.accounts), (model.firm_scores, model.firms.accounts)):
        rows = np.flatnonzero(accounts["alive"])
        cards = keeper.card[2 * (accounts["principal"][rows] > 0) + accounts["thin_file"][rows]]
        odds = cards[:, 0] + np.sum(cards[:, 1:-1] * values_of(FEATURES, accounts, rows), axis=1)
        odds += keeper.moves[accounts["stated_sector"][rows], (model.month - 1) % 12]
        odds = np.maximum(odds, cards[:, -1]) + 0.4
        points = np.clip(ANCHOR - POINTS * (odds + model.config.lender.score_intercept), 350, 950)
        # Limits and payments may have moved since the score was worked out; most have not.
        close = np.abs(points - accounts["score"][rows]) < 0.05
        assert close.mean() > 0.9


def test_a_fit_sees_nothing_that_came_after_its_samples():
    """What the book shows a year on, and defaults after that year, leave the card as it is; the outcome does not."""
    model = started(*REFIT, months=35)
    sample, accounts = model.scores.waiting[0], model.accounts
    due = sample["month"] + 12
    saved, book = model.scores.save(), accounts.save()
    cards = {}
    for what in ("nothing", "features", "later", "outcome"):
        accounts.load(book)
        if what == "features":
            for name in ("signal", "inflow_fast", "inflow_slow", "score", "delinquency_memory"):
                accounts[name][:] = np.random.default_rng(1).permutation(accounts[name])
        elif what == "later":
            healthy = sample["rows"][accounts["default_month"][sample["rows"]] < sample["month"]]
            accounts["default_month"][healthy[::3]] = due + 1
        elif what == "outcome":
            accounts["default_month"][sample["rows"][::3]] = due
        model.scores.restore(saved, same_card=True)
        model.scores.close(due, accounts)
        cards[what] = model.scores.card.copy()
    np.testing.assert_array_equal(cards["features"], cards["nothing"])
    np.testing.assert_array_equal(cards["later"], cards["nothing"])
    assert not np.array_equal(cards["outcome"], cards["nothing"])


def test_outcomes_outside_the_year_after_a_sample_do_not_count():
    model = started(*REFIT, months=24)
    keeper, accounts = model.scores, model.accounts
    sample = keeper.waiting[0]
    rows = sample["rows"]
    accounts["default_month"][rows] = -30000
    accounts["default_month"][rows[0]] = sample["month"]  # known when the sample was taken
    accounts["default_month"][rows[1]] = sample["month"] + 1
    accounts["default_month"][rows[2]] = sample["month"] + 12
    accounts["default_month"][rows[3]] = sample["month"] + 13  # too late to be known
    keeper.close(sample["month"] + 12, accounts)
    assert np.flatnonzero(keeper.matured[-1]["bad"]).tolist() == [1, 2]


def test_refits_keep_discrimination_and_level():
    """The shipped card is right, so that there is nothing to gain: an area over some 200 defaults is known to .02."""
    gain, level = [], []
    for seed in (3, 4, 5):
        fixed = (f"seed={seed}", "population.borrowers=12000", "economy=severe_recession", "machine.threads=1")
        static, fitted = (sim.Model(sim.compose([*fixed, *more])) for more in ((), REFIT))
        for _ in range(66):
            static.step()
            fitted.step()
        gain.append(fitted.scores.figures["score_auc"] - static.scores.figures["score_auc"])
        open_ = [(model.accounts["alive"] != 0) & (model.accounts["principal"] > 0) for model in (static, fitted)]
        level.append(np.mean(fitted.accounts["score"][open_[1]]) - np.mean(static.accounts["score"][open_[0]]))
    assert np.mean(gain) > -0.02
    assert np.abs(level).max() < 25


def test_refits_survive_a_checkpoint():
    model = started(*REFIT, months=30, borrowers=1500)
    again = sim.Model.fork(model.config, model.save())
    for _ in range(8):
        model.step()
        again.step()
        assert again.record == model.record
    assert again.accounts.checksum() == model.accounts.checksum()


@pytest.mark.parametrize(
    "worse", ["policy.scoring.privacy_epsilon=1", "policy.scoring.data_error=0.8", "policy.scoring.data_missing=0.9"]
)
def test_worse_data_weaken_what_alternative_data_say(worse):
    """Correlation of the score with the clean signal, in one and the same month of one and the same book."""
    card = ("policy/scoring=sector", "policy.scoring.cards=[{feature: signal, weight: -0.9}]")
    clean, blurred = started(*card, months=1), started(*card, worse, months=1)
    here = clean.accounts["thin_file"] == 0
    both = [
        np.corrcoef(model.accounts["score"][here], model.accounts["signal"][here])[0, 1] for model in (clean, blurred)
    ]
    assert both[1] < 0.75 * both[0]


def test_privacy_noise_lasts():
    """Averaging over months must not undo it: the same person keeps the same noise."""
    model = started("policy.scoring.privacy_epsilon=2", months=2)
    first = model.accounts["signal_used"].copy()
    model.step()
    alive = model.accounts["alive"][: len(first)] != 0
    np.testing.assert_array_equal(model.accounts["signal_used"][: len(first)][alive], first[alive])
    assert np.std(first - np.clip(model.accounts["signal"][: len(first)], -2, 2)) == pytest.approx(2 * 2**0.5, rel=0.1)


def test_a_review_finds_out_something():
    """Reviews without error that decide nothing: else those of whom they found most were turned away."""
    idle = ("policy.approval.review_noise=0", "policy.approval.review_weight=0", "policy.approval.review_band=600")
    model = started("policy/approval=reviewed", *idle, borrowers=40_000)
    model.lender.review_share = 1.0
    model.step()
    found = model.accounts["review"].copy()
    seen = found != 0
    assert seen.sum() == model.record["reviews"] > 0
    entered = np.zeros(model.persons.size, dtype=bool)
    for _ in range(12):
        model.step()
        rows = model.events["default"][-1]
        entered[rows[rows < len(entered)]] = True
    bad = entered[: len(found)][seen]
    error = (12 * bad.sum()) ** -0.5  # of the area where a review says nothing and few default
    assert area_under_curve(-found[seen], bad) > max(0.6, 0.5 + 3 * error)


def test_reviews_stay_near_their_budget():
    """Three times as many are in the grey zone as the budget allows; the error of the mean month is 0.4."""
    world = ("policy/approval=reviewed", "policy.approval.review_band=100", "population.arrival_rate=0.02")
    free, model = (started(*world, f"policy.approval.review_budget={n}", borrowers=10_000, months=40) for n in (999, 5))
    reviews = [record["reviews"] for record in model.records[3:]]
    assert 3.5 < np.mean(reviews) < 6.5 and np.mean([record["reviews"] for record in free.records[3:]]) > 13.0
    assert sum(r["review_cost"] for r in model.records) == 3000 * sum(r["reviews"] for r in model.records)


def test_parity_narrows_the_gap():
    """A cautious card refuses a tenth or more, thin files oftener; a hundred apply a month, a gap errs by 0.02."""
    gaps, world = [], ("policy.scoring.bias=1", "population.arrival_rate=0.05")
    for option in (("policy/approval=profit",), ("policy/approval=parity", "policy.approval.parity_pace=200")):
        model = started(*option, *world, borrowers=8_000, months=48)
        gaps.append(np.mean([record["approval_gap_thin"] for record in model.records[24:]]))
    assert gaps[0] > 0.05
    assert abs(gaps[1]) < 0.6 * gaps[0]
