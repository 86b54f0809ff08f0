"""The search for persons' numbers: what a miss costs, what is asked for, and a page that shows the shipped defaults."""

import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from validation.targets import fit
from validation.targets.page import put_between
from validation.targets.runs import NOTHING, Run, World
from validation.targets.searches import CALM, SEARCHES

SEARCH = SEARCHES["china_platform"]
SYNTHETIC = str(Path(__file__).resolve().parents[2] / "examples" / "tape.csv")
LEAST = {"china_platform": 40, "us_cards": 40, "taiwan_cards_2005": 29}  # figures that a preset is fitted to


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
    target = replace(CALM[0], low=1.0, high=3.0)
    assert fit.miss(target, value) == pytest.approx(wanted, abs=1e-4)


def world_of(calm: Run) -> World:
    return World(**{**{each.name: NOTHING for each in fields(World)}, "calm": calm})


def test_figures_that_matter_most_count_most():
    for search in SEARCHES.values():
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
    found = {target.key: target.measure([one]) for target in CALM}
    wanted = {"charge_offs": 0.012, "delinquent_30": 0.02, "ninety_of_thirty": 0.25, "can_pay": 0.3, "several": 0.3}
    assert found == pytest.approx(wanted)


@pytest.mark.parametrize("preset", SEARCHES)
def test_every_figure_asked_for_is_of_what_a_search_lives(preset):
    search = replace(SEARCHES[preset], tape=SYNTHETIC)
    worlds = fit.worlds_at(search, fit.defaults(search), [5], 1_000, 30)
    values = {target.key: target.measure(worlds) for target in search.fitted}
    assert len(values) == len(search.fitted) >= LEAST[preset]
    assert sum(np.isfinite(value) for value in values.values()) >= LEAST[preset] - 5
    assert (
        0.0 < fit.cost(search, worlds) < (fit.OUT + fit.FARTHEST) * (len(search.fitted) + sum(search.weights.values()))
    )


def test_a_point_of_a_tape_reaches_behaviour_income_and_beliefs(monkeypatch):
    seen = []
    monkeypatch.setattr(fit, "tape_world", lambda *given: seen.append(given))
    search = replace(SEARCHES["taiwan_cards_2005"], tape=SYNTHETIC)
    point = {"behaviour.oversight": 0.02, "population.median_income": 700_000.4, "tape.beliefs.cash_late": 0.3}
    fit.worlds_at(search, point, [7], 300, 0)
    words = ["behaviour.oversight=0.02", "population.median_income=700000", "population.borrowers=300"]
    assert seen == [(SYNTHETIC, 7, words, {"tape.beliefs.cash_late": 0.3})]


def test_a_tape_is_asked_for(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["fit", "--preset", "taiwan_cards_2005"])
    with pytest.raises(SystemExit) as stopped:
        fit.main()
    assert stopped.value.code == 2 and "needs --tape FILE" in capsys.readouterr().err


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


@pytest.mark.parametrize("preset", SEARCHES)
def test_the_page_shows_the_shipped_values_and_each_figure(preset):
    search, page = replace(SEARCHES[preset], tape=SYNTHETIC), page_of(preset)
    rows = dict(re.findall(r"^\| ([a-z_.]+\.[a-z_]+) \| \S+ \| \S+ \| (\S+) \|", page, flags=re.MULTILINE))
    shipped = fit.defaults(search)
    assert {key: float(value) for key, value in rows.items()} == pytest.approx(shipped, rel=1e-4)
    for target in search.fitted:
        assert f"| {target.definition} |" in page
    assert all(low <= shipped[key] <= high for key, (low, high) in search.axes.items())
