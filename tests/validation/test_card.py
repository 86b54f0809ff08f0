"""Cards that are shipped: what is sampled, and that a fit finds weights and floor again."""

import numpy as np
import pytest
from scipy.special import expit

from sim.lender.policies.features import FEATURES
from sim.lender.policies.shipped import SEGMENTS, WEIGHTS, shipped
from sim.loan.states import LINE_APPLIED, LINE_CHARGED_OFF, LINE_FROZEN, LINE_OPEN
from validation.card import YEAR, Sample, cards, fit, fit_by_file, sampled

COUNT = 60_000


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
    card = fit(features, bad)
    assert card[3] == 0.0 and card[0] == pytest.approx(-4.0, abs=0.1)


def test_thin_files_have_a_card_of_their_own_where_enough_turned_bad():
    features, bad = made(3)
    thin = np.arange(COUNT) % 2 == 0
    apart = fit_by_file(features, thin, bad)
    assert apart.shape == (2, 5) and not np.array_equal(apart[0, 1:4], apart[1, 1:4])
    few = np.arange(COUNT) < 600
    together = fit_by_file(features, few, bad)
    assert np.array_equal(together[0, 1:], together[1, 1:]) and together[0, 0] != together[1, 0]


def test_applications_are_lines_just_opened_and_accounts_are_in_order():
    lines = np.array([LINE_OPEN, LINE_OPEN, LINE_FROZEN, LINE_CHARGED_OFF, LINE_OPEN, LINE_OPEN])
    accounts = {"alive": np.ones(6), "line": lines, "principal": np.array([0, 5, 5, 5, 5, 0]),
                "months_past_due": np.array([0, 0, 0, 0, 1, 0]), "thin_file": np.arange(6) % 2,
                "default_month": np.array([13, 12, -9, 0, 0, 0])}  # fmt: skip
    accounts |= {name: np.ones(6) for name in ("signal", "inflow_slow", "inflow_fast", "payment", "limit",
                 "delinquency_memory", "months_on_book", "bureau_debt", "balance_seen")}  # fmt: skip
    before = np.array([LINE_APPLIED, LINE_OPEN, LINE_OPEN, LINE_OPEN, LINE_OPEN, LINE_OPEN])
    opened, standing = sampled(0, before, accounts)
    assert opened.rows.tolist() == [0] and standing.rows.tolist() == [1, 2]
    assert standing.thin.tolist() == [True, False] and standing.features.shape == (2, len(FEATURES))
    assert len(sampled(1, before, accounts)) == 1, "accounts are looked at once a year"
    assert [len(part) for part in opened.told(accounts)] == [0, 0, 0], "nobody has borrowed yet"
    opened.borrowed[:] = True
    assert opened.told(accounts)[2].tolist() == [False], "a year and a month later"
    assert standing.told(accounts)[2].tolist() == [True, False]
    assert Sample(13 - YEAR, True, np.array([0]), np.ones((1, 9)), np.array([False])).rows.tolist() == [0]


def test_small_books_give_a_card_for_every_segment():
    found, said = cards(range(1, 2), 600, ["bureau=none", "study.months=36"])
    assert {customer: card.shape for customer, card in found.items()} == {
        customer: (len(SEGMENTS), len(WEIGHTS)) for customer in ("person", "firm")
    }
    assert len(said) == 4 and said[0].startswith("person, applications: ")
    assert all(np.isfinite(shipped(customer, bureau)).all() for customer in found for bureau in (False, True))
