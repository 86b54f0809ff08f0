"""What is said of a scenario before it runs is what its months are."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

import sim
from sim.config.job import plan
from sim.economy.economy import Economy
from sim.economy.outlook import DRAWN, outlook
from sim.economy.scenario import CentralPath
from sim.language.words import Words
from sim.study.compare.outlooks import in_words, warnings
from sim.study.store.manifest import write_manifest
from sim.study.store.reading import read_manifest
from sim.study.store.store import Store
from tests.economy.shipped import SCENARIOS, central

SEVERE = "economy=severe_recession"


@pytest.mark.parametrize(
    ("name", "months", "words"),
    [
        ("severe_recession", 60, "unemployment 5.0% in calm times, shock in month 12, peak 10.0% in month 22"),
        (
            "severe_recession",
            16,
            "unemployment 5.0% in calm times, shock in month 12, peak 6.2% in month 15"
            " (10.0% in month 22, after the end)",
        ),
        (
            "severe_recession",
            12,
            "unemployment 5.0% in calm times, shock in month 12: none of the 12 months that are run leaves calm",
        ),
        ("calm", 60, "unemployment 5.0% in calm times, no shock"),
        ("funding_freeze", 60, "unemployment 5.0% in calm times, shock in month 12, unemployment does not rise"),
        (
            "us_2007_2012",
            72,
            "unemployment 4.6% in calm times (the first figure of the path), moves from month 1,"
            " peak 10.0% in month 33",
        ),
        ("stochastic", 60, "unemployment 5.0% in calm times, the rest is drawn for each replication"),
    ],
)
def test_shock_calm_level_and_peak_are_named(name, months, words):
    assert outlook(central(name), months).words == words


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "path"])
def test_a_scenario_comes_too_late_exactly_when_its_months_are_those_of_calm(name):
    settings = central(name)
    months, calm = Economy(settings, 1), Economy(settings, 1).month(-1)
    if settings.kind in DRAWN:
        assert not outlook(settings, 1).comes_too_late
        return
    for window in (1, 2, 12, 13, 14, 25):
        still = all(same(months.month(month), calm) for month in range(window))
        found = outlook(settings, window)
        assert (found.leaves is None or found.comes_too_late) == still, window
        assert found.peak == pytest.approx(max(months.month(month).unemployment for month in range(window)))


@pytest.mark.parametrize(
    ("column", "calm", "then"),
    [("jobless_supplement", 0.0, 0.6), ("self_employed_income", 1.0, 0.4), ("collections_stopped", 0.0, 0.5)],
)
def test_support_alone_leaves_calm(column, calm, then):
    still = dict(unemployment_rise=(0.0, 0.0), income=(1.0, 1.0), demand=(1.0, 1.0), policy_rate_change=(0.0, 0.0),
                 stress=(0.0, 0.0))  # fmt: skip
    settings = central("calm", path=CentralPath(months=(0, 1), **still, **{column: (calm, then)}))
    assert settings.has_shock and outlook(settings, 60).leaves == 13
    assert "shock in month 12, unemployment does not rise" in outlook(settings, 60).words


def same(month, calm):
    """Whether two months differ in nothing but the season."""
    kept = [field.name for field in dataclasses.fields(month) if field.name not in ("season", "calendar_month")]
    return all(np.array_equal(getattr(month, name), getattr(calm, name)) for name in kept)


def test_a_recession_after_the_end_is_warned_about_and_kept_in_the_manifest(tmp_path):
    short = plan([SEVERE, "study.months=12"])
    (line,) = warnings(short)
    assert line.startswith("economy=severe_recession: shock in month 12, after the 12 months that are run; ")
    store = Store(tmp_path, short)
    write_manifest(store, [], 1, complete=False, seconds=0.0)
    told = read_manifest(tmp_path)
    assert told["warnings"] == [line] and told["scenarios"][0]["stays_calm"] is True
    assert told["scenarios"][0]["outlook"] == in_words(short)["severe_recession"]
    assert warnings(plan([SEVERE])) == warnings(plan(["economy=calm", "study.months=12"])) == []


def test_a_sweep_says_at_how_many_points_the_shock_comes_too_late():
    swept = plan([SEVERE, "design=grid", "economy.shock_lag=3,20,30", "study.months=16", "study.arms=[lenient]"])
    (line,) = warnings(swept)
    assert "after the 16 months that are run at 2 of 3 points" in line
    assert in_words(swept) == {"severe_recession": "differs by point: unemployment peaks at 5.0% to 10.0%"}


def test_the_command_warns_on_standard_error_before_anything_runs(tmp_path, monkeypatch, capsys):
    from sim import verbs
    from sim.study.run import runner

    monkeypatch.setattr(runner, "run_study", lambda *_, **__: None)
    assert verbs.run_job(plan([SEVERE, "study.months=12"]), tmp_path, several=False) == 0
    error = capsys.readouterr().err
    assert error.startswith("creditcycle: warning: economy=severe_recession: shock in month 12")
    assert error.count("\n") == 1


def test_a_late_shock_leaves_the_run_as_calm_as_the_warning_says():
    """The bits of the run agree with the words: without luck the records are those of calm times."""
    small = ["population.borrowers=300", "firms=none", "study.burn_in=2", "machine.threads=1"]
    no_luck = [f"economy.systematic.{key}=0" for key in ("severity_sd", "timing_sd", "sector_sd")]
    both = [sim.compose([f"economy={name}", *small, *no_luck], idle=True) for name in ("calm", "severe_recession")]
    models = [sim.Model(config) for config in both]
    for month in range(2 + 14):
        for model in models:
            model.step()
        assert (models[0].record == models[1].record) == (month < 2 + 13), month


def test_an_outlook_is_told_in_chinese_with_the_numbers_of_english():
    for name, months in (("severe_recession", 60), ("calm", 60), ("severe_recession", 15), ("severe_recession", 5)):
        found = outlook(central(name), months)
        told = found.told(Words("zh"))
        assert sorted(re.findall(r"[\d.]+%?", told)) == sorted(re.findall(r"[\d.]+%?", found.words))
        assert not re.search("[a-z]", told) and found.told(Words()) == found.words
