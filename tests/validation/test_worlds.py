"""Values given figures: on a made-up linear model, where the answer is known, and as a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.config.compose import compose
from sim.fit.posterior import chosen, posterior, ranks
from validation.worlds import draws, page
from validation.worlds.draws import PRIOR, Table, points
from validation.worlds.posterior import COMMON, errors, uniform

COUNT, TRUTHS, MANY = 160, 160, 36


def linear(count: int = COUNT, seed: int = 5, noise: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """Three numbers seen through many figures; the third shows in none."""
    luck = np.random.default_rng(seed)
    places = luck.random((count, 3))
    slopes = luck.standard_normal((3, MANY)) * np.array([[1.0], [1.0], [0.0]])
    return places, 3.0 * places @ slopes + 3.0 * noise * luck.standard_normal((count, MANY))


def moments(found) -> tuple[np.ndarray, np.ndarray]:
    mean = (found.weights[:, None] * found.places).sum(axis=0)
    return mean, np.sqrt((found.weights[:, None] * (found.places - mean) ** 2).sum(axis=0))


def test_ranks_of_made_up_truths_are_even():
    places, seen = linear()
    found = ranks(places, seen, TRUTHS)
    assert found.shape == (TRUTHS, 3)
    assert all(uniform(column) > 0.05 for column in found.T)
    assert found.std(axis=0) == pytest.approx(12**-0.5, abs=0.03)  # three standard errors; a sharp answer is wider


def test_what_figures_tell_is_found_and_what_they_do_not_stays_as_wide_as_the_prior():
    places, seen = linear(noise=0.5)
    mean, spread = moments(posterior(places[1:], seen[1:], seen[0]))
    assert np.abs(mean - places[0])[:2] == pytest.approx(0.0, abs=3 * spread[:2].max())
    assert (spread[:2] < 0.2).all()
    assert 0.24 < spread[2] < 0.34


def test_places_stay_inside_and_weights_add_up():
    places, seen = linear()
    found = posterior(places, seen, 4.0 * np.abs(seen).max(axis=0))
    assert (found.places > 0).all()
    assert (found.places < 1).all()
    assert found.weights.sum() == pytest.approx(1.0)
    assert 1.0 <= found.effective <= COUNT


def test_errors_of_one_source_go_together():
    made = errors(20_000, ["a", "a", "b"])
    assert made.std(axis=0) == pytest.approx([1, 1, 1], abs=0.02)
    assert np.corrcoef(made.T)[0] == pytest.approx([1.0, COMMON, 0.0], abs=0.03)


def test_every_beginning_of_the_list_spans_the_posterior():
    places, seen = linear()
    found = posterior(places, seen, seen[0])
    table = chosen(found, 64)
    mean, spread = moments(found)
    assert table.mean(axis=0) == pytest.approx(mean, abs=0.12)
    assert len(np.unique(table[:, 2])) > 40
    first = table[:8] - table[:8].mean(axis=0)
    assert first.std(axis=0)[2] > 0.6 * spread[2]  # the widest direction, which the order follows
    assert (chosen(found, 64) == table).all()


def test_draws_are_the_same_however_many_are_asked_for():
    few, many = points(8), points(16)
    assert (many[:8] == few).all()
    ends = np.array(list(PRIOR.values()))
    assert ((many >= ends[:, 0]) & (many <= ends[:, 1])).all()


def test_draws_are_measured_once_and_gone_on_with(monkeypatch, tmp_path):
    asked = []

    def figures_at(values, seed, persons, months):
        asked.append(seed)
        return [float(seed)] * len(draws.FIGURES)

    monkeypatch.setattr(draws, "figures_at", figures_at)
    first = draws.measured(tmp_path, "draws", points(2), 1, 10, 5)
    again = draws.measured(tmp_path, "draws", points(4), 1, 10, 5)
    assert asked == [1, 2, 3, 4]
    assert (again.seen[:, 0] == [1, 2, 3, 4]).all()
    assert (again.seen[:2] == first.seen).all()
    draws.measured(tmp_path, "draws", points(4) + 0.0, 7, 10, 5)  # other seeds are other draws
    assert asked[4:] == [7, 8, 9, 10]
    file = tmp_path / "draws_10_5.csv"
    file.write_text(file.read_text()[:-20])  # cut off in the middle of a row
    draws.measured(tmp_path, "draws", points(4), 7, 10, 5)
    assert asked[8:] == [10]
    monkeypatch.setattr(draws, "program_digest", lambda: "another")
    draws.measured(tmp_path, "draws", points(4), 7, 10, 5)
    assert asked[9:] == [7, 8, 9, 10]


def test_draws_do_not_depend_on_what_is_drawn(monkeypatch):
    mark = draws.made_by()
    config = compose(["behaviour.contagion=3"])
    monkeypatch.setattr(draws, "compose", lambda words: config)
    assert draws.made_by() == mark
    other = compose(["behaviour.apply_probability=0.09"])
    monkeypatch.setattr(draws, "compose", lambda words: other)
    assert draws.made_by() != mark


def test_the_page_is_of_this_preset():
    lines = (Path(page.__file__).resolve().parents[2] / "docs" / "worlds.md").read_text(encoding="utf-8").splitlines()
    told = {cells[1].strip(): cells[4].strip() for line in lines if len(cells := line.split("|")) == 10}
    for key, value in zip(PRIOR, draws.shipped(), strict=True):
        assert told[key] == f"{value:g}", f"{key} has changed: python -m validation.worlds"


def test_an_error_is_half_a_band_or_what_the_preset_misses():
    seen = np.tile(page.MIDDLE, (2, 1))
    seen[:, 0] += 3.0 * page.HALF[0]
    granted = page.error_of(Table(np.zeros((2, len(PRIOR))), seen))
    assert granted[0] == pytest.approx(3.0 * page.HALF[0])
    assert granted[1:] == pytest.approx(page.HALF[1:])


def test_the_page_and_the_table_are_written():
    luck = np.random.default_rng(1)
    values = points(64)
    seen = page.MIDDLE + page.HALF * luck.standard_normal((64, len(page.MIDDLE)))
    seen[3, 5] = np.nan
    prior, preset = page.whole(Table(values, seen)), page.whole(Table(values[:2], seen[:2]))
    assert prior.seen[3, 5] == page.MIDDLE[5]
    found = page.found_in(prior, preset)
    text = page.text_of(prior, preset, Table(found[1][:2], seen[:2]), found, "one person")
    assert all(f"| {key} |" in text for key in PRIOR)
    assert all(f"| {target.definition} |" in text for target in page.FIGURES)
    rows = page.worlds_csv(found[1], 64).splitlines()
    assert rows[2].split(",") == list(PRIOR)
    assert len(rows) == 3 + page.ROWS
