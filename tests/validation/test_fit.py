"""The search for persons' numbers: what a miss costs, what is asked for, and a page that shows the shipped defaults."""

import re
from dataclasses import fields, replace

import numpy as np
import pytest

from validation.targets import fit
from validation.targets.page import put_between
from validation.targets.runs import NOTHING, Run, World

SEARCH = fit.SEARCHES["china_platform"]


def page_of(preset: str) -> str:
    begin, end = fit.marks(preset)
    return fit.PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (2.0, 0.0),
        (3.0, 0.05),
        (1.0, 0.05),
        (3.001, 0.5505),
        (4.0, 1.1),
        (0.0, 1.1),
        (5.0, 1.6),
        (-99.0, 2.1),
        (np.nan, 2.1),
    ],
)
def test_a_miss_is_counted_in_half_bands_from_the_bands_edge(value, wanted):
    target = replace(fit.CALM[0], low=1.0, high=3.0)
    assert fit.miss(target, value) == pytest.approx(wanted, abs=1e-4)


def world_of(calm: Run) -> World:
    return World(**{**{each.name: NOTHING for each in fields(World)}, "calm": calm})


def test_figures_that_matter_most_count_most():
    for search in fit.SEARCHES.values():
        assert search.weights.keys() <= {target.key for target in search.fitted}
    calm = Run({"person_delinquent_30": np.array([0.0155, 0.0155])})
    worse = Run({"person_delinquent_30": np.array([0.0225, 0.0225])})  # two half-bands off the middle
    (thirty,) = (target for target in SEARCH.fitted if target.key == "delinquent_30")
    costs = [
        SEARCH.weights["delinquent_30"] * fit.miss(thirty, thirty.measure([world_of(run)])) for run in (calm, worse)
    ]
    assert costs == pytest.approx([0.0, 4.0 * 1.1])


def test_calm_figures_are_means_of_months_and_quotients_of_means():
    told = {"npl_charged_off": [1.0, 3.0], "person_outstanding": [1_000.0, 3_000.0]}
    told |= {"person_delinquent_30": [0.01, 0.03]}
    told |= {"person_delinquent_90": [0.005, 0.005], "can_pay_defaults": [0.2, 0.4]}
    told |= {"several_lenders": [40.0, 50.0], "accounts_m0": [100.0, 200.0]}
    one = world_of(Run({name: np.array(values) for name, values in told.items()}))
    found = {target.key: target.measure([one]) for target in fit.CALM}
    wanted = {"charge_offs": 0.012, "delinquent_30": 0.02, "ninety_of_thirty": 0.25, "can_pay": 0.3, "several": 0.3}
    assert found == pytest.approx(wanted)


@pytest.mark.parametrize("preset", fit.SEARCHES)
def test_every_figure_asked_for_is_of_what_a_search_lives(preset):
    search = fit.SEARCHES[preset]
    worlds = fit.worlds_at(search, fit.defaults(search), [5], 1_000, 30)
    values = {target.key: target.measure(worlds) for target in search.fitted}
    assert len(values) == len(search.fitted) >= 40
    assert sum(np.isfinite(value) for value in values.values()) >= 35
    assert (
        0.0 < fit.cost(search, worlds) < (fit.OUT + fit.FARTHEST) * (len(search.fitted) + sum(search.weights.values()))
    )


def test_months_are_whole():
    assert fit.said("behaviour.benefit_months", 6.4) == "6" and fit.said("behaviour.precaution_memory", 35.6) == "36"
    assert fit.said("behaviour.benefit_share", 0.123456) == "0.12346"


def test_a_search_goes_on_where_it_was_stopped_and_begins_with_the_defaults(monkeypatch, tmp_path):
    pytest.importorskip("optuna", reason="make extras")
    tried = []
    monkeypatch.setattr(fit, "worlds_at", lambda search, point, *_: tried.append(point) or point)
    monkeypatch.setattr(fit, "cost", lambda search, point: abs(point["behaviour.sunk_hazard"] - 0.5))
    fit.best_of(SEARCH, tmp_path, 2, [1], 10, 1)
    found = fit.best_of(SEARCH, tmp_path, 5, [1], 10, 1)
    assert tried[0] == pytest.approx(fit.defaults(SEARCH)) and len(tried) == 5
    assert found == min(tried, key=lambda point: abs(point["behaviour.sunk_hazard"] - 0.5))


def test_a_text_goes_between_the_marks_and_nowhere_else(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("head <b>old<e> tail\n")
    put_between(page, "<b>", "<e>", "new")
    assert page.read_text() == "head <b>\nnew\n\n<e> tail\n"


@pytest.mark.parametrize("preset", fit.SEARCHES)
def test_the_page_shows_the_shipped_values_and_each_figure(preset):
    search, page = fit.SEARCHES[preset], page_of(preset)
    rows = dict(re.findall(r"^\| ([a-z_.]+\.[a-z_]+) \| \S+ \| \S+ \| (\S+) \|", page, flags=re.MULTILINE))
    shipped = fit.defaults(search)
    assert {key: float(value) for key, value in rows.items()} == pytest.approx(shipped, rel=1e-4)
    for target in search.fitted:
        assert f"| {target.definition} |" in page
    assert all(low <= shipped[key] <= high for key, (low, high) in search.axes.items())
