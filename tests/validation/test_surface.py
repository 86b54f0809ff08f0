"""Response surfaces: a made-up truth is found again, and the proposal goes where its figures lie in band."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from validation.targets import surface
from validation.targets.runs import CHINA
from validation.targets.searches import SEARCHES

SEARCH = SEARCHES[CHINA]
random = np.random.default_rng(3)
PLACES = random.uniform(-1.0, 1.0, (200, 2))
TARGET = replace(SEARCH.fitted[0], key="made up", low=2.0, high=3.0)


def test_a_box_lies_around_the_shipped_values_and_within_what_is_searched():
    ends = surface.box(SEARCH, 0.4)
    values = surface.defaults(SEARCH)
    for key, (low, high) in ends.items():
        least, most = SEARCH.axes[key]
        assert least <= low <= values[key] <= high <= most
        assert high - low <= 0.4 * (most - least) + 1e-12


def test_a_figure_in_logs_is_found_again_with_its_square():
    truth = 0.5 + 0.3 * PLACES[:, 0] - 0.2 * (PLACES[:, 1] ** 2 - 1.0 / 3.0)
    values = np.exp(truth + random.normal(0.0, 0.02, len(truth)))
    values[7] = np.nan
    found = surface.fitted(PLACES, values, TARGET)
    assert found.logs
    assert found.weights == pytest.approx([0.5, 0.3, 0.0, 0.0, -0.2], abs=0.05)
    assert found.error == pytest.approx(0.02, rel=0.3)
    assert not surface.fitted(PLACES, truth - 1.0, TARGET).logs, "a figure below 0 has no logarithm"


def test_the_proposal_is_where_both_figures_lie_in_band():
    """The first is in band where x is near .5, the second where y is near -.5."""
    search = replace(SEARCH, calm=(), weights={})
    one, two = replace(TARGET, key="one"), replace(TARGET, key="two")
    asked = type("Asked", (), {"fitted": (one, two), "weights": search.weights})()
    figures = np.stack([2.0 + PLACES[:, 0], 3.0 + PLACES[:, 1]], axis=1)
    best, surfaces = surface.proposal(asked, PLACES, figures)
    assert best == pytest.approx([0.5, -0.5], abs=0.25)
    there, away = (surface.out_of_band(surfaces, asked, np.array([place])) for place in (best, [-1.0, 1.0]))
    assert there[0] < 0.2 and away[0] > 1.5


def test_points_are_lived_once(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(surface, "worlds_at", lambda search, point, seeds, *size: calls.append((point, seeds)) or [])
    asked = type("Asked", (), {"fitted": (replace(TARGET, measure=lambda worlds: 1.0),), "preset": "made_up"})()
    ends = {"behaviour.oversight": (0.01, 0.03)}
    places, figures = surface.lived(asked, ends, tmp_path, (3, 100, 12))
    again, _ = surface.lived(asked, ends, tmp_path, (4, 100, 12))
    assert len(calls) == 4 and (again[:3] == places).all() and figures.tolist() == [[1.0]] * 3
    assert len({seed for _, seeds in calls for seed in seeds}) == 8, "every point has luck of its own"
    for (point, _), place in zip(calls, again, strict=True):
        assert point["behaviour.oversight"] == pytest.approx(0.02 + 0.01 * place[0])
