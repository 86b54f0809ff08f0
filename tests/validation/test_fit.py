"""The search for persons' numbers: what a miss costs, what is asked for, and a page that shows the shipped defaults."""

import re
from dataclasses import replace

import numpy as np
import pytest

from validation.targets import fit
from validation.targets.page import put_between
from validation.targets.runs import Run, World

PAGE = fit.PAGE.read_text(encoding="utf-8").partition(fit.BEGIN)[2].partition(fit.END)[0]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(2.0, 0.0), (3.0, 0.05), (1.0, 0.05), (4.0, 1.1), (0.0, 1.1), (5.0, 2.1), (-99.0, 4.1), (np.nan, 4.1)],
)
def test_a_miss_is_counted_in_half_bands_from_the_bands_edge(value, wanted):
    target = replace(fit.CALM[0], low=1.0, high=3.0)
    assert fit.miss(target, value) == pytest.approx(wanted)


def test_figures_that_matter_most_count_most():
    assert fit.WEIGHTS.keys() <= {target.key for target in fit.FITTED}
    calm = Run({"person_delinquent_30": np.array([0.0155, 0.0155])})
    worse = Run({"person_delinquent_30": np.array([0.0225, 0.0225])})  # two half-bands off the middle
    nothing = [Run({}) for _ in range(8)]
    costs = []
    for run in (calm, worse):
        (thirty,) = (target for target in fit.FITTED if target.key == "delinquent_30")
        costs.append(fit.WEIGHTS["delinquent_30"] * fit.miss(thirty, thirty.measure([World(run, *nothing)])))
    assert costs == pytest.approx([0.0, 4.0 * 1.1])


def test_calm_figures_are_means_of_months_and_quotients_of_means():
    told = {"charged_off": [1.0, 3.0], "outstanding": [1_000.0, 3_000.0], "person_delinquent_30": [0.01, 0.03]}
    told |= {"person_delinquent_90": [0.005, 0.005], "can_pay_defaults": [0.2, 0.4]}
    told |= {"several_lenders": [40.0, 50.0], "accounts_m0": [100.0, 200.0]}
    one = World(Run({name: np.array(values) for name, values in told.items()}), *[Run({}) for _ in range(8)])
    found = {target.key: target.measure([one]) for target in fit.CALM}
    wanted = {"charge_offs": 0.012, "delinquent_30": 0.02, "ninety_of_thirty": 0.25, "can_pay": 0.3, "several": 0.3}
    assert found == pytest.approx(wanted)


def test_every_figure_asked_for_is_of_the_calm_run_alone(monkeypatch):
    worlds = fit.worlds_at(fit.defaults(), [5], 1_000, 30)
    values = {target.key: target.measure(worlds) for target in fit.FITTED}
    assert len(values) == len(fit.FITTED) >= 37
    assert sum(np.isfinite(value) for value in values.values()) >= 35
    assert 0.0 < fit.cost(worlds) < fit.FARTHEST * 1.1 * (len(fit.FITTED) + sum(fit.WEIGHTS.values()))


def test_a_search_goes_on_where_it_was_stopped_and_begins_with_the_defaults(monkeypatch, tmp_path):
    pytest.importorskip("optuna", reason="make extras")
    tried = []
    monkeypatch.setattr(fit, "worlds_at", lambda point, *_: tried.append(point) or point)
    monkeypatch.setattr(fit, "cost", lambda point: abs(point["behaviour.sunk_hazard"] - 0.5))
    fit.search(tmp_path, 2, [1], 10, 1)
    found = fit.search(tmp_path, 5, [1], 10, 1)
    assert tried[0] == pytest.approx(fit.defaults()) and len(tried) == 5
    assert found == min(tried, key=lambda point: abs(point["behaviour.sunk_hazard"] - 0.5))


def test_a_text_goes_between_the_marks_and_nowhere_else(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("head <b>old<e> tail\n")
    put_between(page, "<b>", "<e>", "new")
    assert page.read_text() == "head <b>\nnew\n\n<e> tail\n"


def test_the_page_shows_the_shipped_defaults_and_each_figure():
    rows = dict(re.findall(r"^\| ([a-z_]+\.[a-z_]+) \| \S+ \| \S+ \| (\S+) \|", PAGE, flags=re.MULTILINE))
    assert {key: float(value) for key, value in rows.items()} == pytest.approx(fit.defaults(), rel=1e-4)
    for target in fit.FITTED:
        assert f"| {target.definition} |" in PAGE
    assert all(low <= fit.defaults()[key] <= high for key, (low, high) in fit.AXES.items())
