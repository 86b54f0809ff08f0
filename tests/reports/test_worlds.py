"""What the report says of plausible worlds: signs, whose the doubt is, and what the intervals hold."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.reports.chapters.worlds import signs_table
from sim.reports.folder import Study, read_study
from sim.reports.page import render
from sim.reports.words.standing import calculation, subtitle
from sim.reports.words.worlds import error_words, signs, whose_doubt
from sim.study.compare.worlds import COLUMNS
from tests.reports.synthetic import SCENARIOS, write_study

PACKAGES = [("old", "", "", "", 0.0, 0.0), ("new", "old", "one key", "", 0.0, 0.0)]
NAME = SCENARIOS[0][0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_study(tmp_path / "s", packages=PACKAGES, scenarios=SCENARIOS[:1], replications=6)
    return tmp_path / "s"


@pytest.fixture
def study(folder: Path) -> Study:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["worlds"] = [{"behaviour.contagion": value} for value in (1.0, 2.0, 3.0)]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    start = (NAME, "new", "old")
    rows = [
        (*start, "loss_rate", "fraction a year", -0.004, -0.01, 0.002, 0.001, 0.003, 0.9, 2, 3),
        (*start, "approval_rate", "fraction", 0.03, 0.01, 0.05, 0.004, 0.003, 0.36, 3, 3),
        (*start, "lender_profit", "fen a month", 0.0, 0.0, 0.0, 0.0, 0.0, float("nan"), 3, 3),
        (*start, "median_cash", "fen", 5.0, 1.0, 9.0, 1.0, 0.0, 0.0, 3, 3),
    ]
    pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(folder / "worlds.csv", index=False, na_rep="n/a")
    return read_study(folder)


def test_signs_are_told_with_their_direction_and_none_where_nothing_differs(study):
    assert signs(study, NAME) == [
        "The sign of the difference in loss rate holds in 2 of 3 plausible worlds for `new` (lower than in `old`).",
        "The sign of the difference in share of requests approved holds in 3 of 3 plausible worlds for `new` (higher "
        "than in `old`).",
    ]


def test_whose_the_doubt_is_counts_the_main_figures_alone(study):
    assert whose_doubt(study).startswith("Of the variance of a difference 90\N{NARROW NO-BREAK SPACE}%")


def test_what_the_intervals_hold_is_said_everywhere(study):
    assert error_words(study) == "Monte Carlo error and doubt about parameters (3 plausible worlds)"
    text = render(study)
    assert "Monte Carlo error alone: they" not in text
    assert text.count("doubt about parameters (3 plausible worlds)") == 2
    assert "parameters that no world changes" in text
    assert ">Plausible worlds<" in text
    assert "6 replications in 3 plausible worlds" in subtitle(study)


def test_the_table_has_sign_interval_and_share(study):
    text = signs_table(study, NAME)
    assert "2 of 3" in text
    assert "90\N{NARROW NO-BREAK SPACE}%" in text
    assert "Median" not in text
    assert 'value="-0.004"' in text
    assert "profit" not in text


def test_without_worlds_nothing_is_said_of_them(folder):
    study = read_study(folder)
    assert study.world_count == 0
    assert signs(study, NAME) == []
    assert "plausible world" not in render(study).lower()
    assert any("Monte Carlo error alone" in text for text in calculation(study))


def test_a_table_of_an_earlier_run_is_not_read(folder, study):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["worlds"] = []
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert read_study(folder).worlds.empty
