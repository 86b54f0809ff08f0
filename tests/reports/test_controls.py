"""The lender's controls, and what it could not see: figures by hand, chapters only where there are any."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from sim.reports.chapters import blind, controls, exposure, inclusion
from sim.reports.columns import Column, columns_table, digits, last, mean, ratio, weighted, yearly
from sim.reports.folder import read_study
from sim.reports.page import render
from tests.reports.synthetic import unlinked, write_study

PACKAGES = (
    ("lenient", "", "", "Nothing is decided.", 0.0, 0.0),
    ("list", "lenient", "policy/engine: rules", "A list decides.", 0.0, 0.0),
)
SCENARIOS = (("calm", 24, 0.0),)


def study_with(folder, **columns):
    """A synthetic study with further monthly figures: a value, or one for each package."""
    write_study(folder, packages=PACKAGES, scenarios=SCENARIOS, replications=3, fund=False)
    path = folder / "results" / "part-000.parquet"
    frame = pd.read_parquet(path)
    for name, value in columns.items():
        chosen = value if isinstance(value, tuple) else (value, value)
        frame[name] = np.where(frame["arm"] == "lenient", *chosen)
    frame.to_parquet(path)
    return read_study(folder)


def values(text: str) -> list[float]:
    """Machine-readable values of a table, row by row."""
    return [float(found) for found in re.findall(r'<data value="([^"]+)"', text)]


def test_columns_by_hand(tmp_path):
    study = study_with(tmp_path / "study", alerts=(0, 50), alerts_true=(0, 5), warning_lead=4.0, warning_cost=25_000)
    at = ("calm", "list")
    # 50 a month are 600 a year, of 20 000 borrowers.
    assert yearly("alerts")(study, *at) == pytest.approx(600 / 20)
    assert ratio("alerts_true", "alerts")(study, *at) == pytest.approx(0.1)
    assert np.isnan(ratio("alerts_true", "alerts")(study, "calm", "lenient"))
    assert mean("warning_cost", 0.01)(study, *at) == pytest.approx(250.0)
    assert last("warning_lead")(study, *at) == weighted("warning_lead", "alerts_true")(study, *at) == 4.0
    assert np.isnan(mean("nothing_of_the_kind")(study, *at))


def test_lines_before_default_and_allowances_have_a_chapter(tmp_path):
    assert 'id="exposure"' not in render(study_with(tmp_path / "without"))
    study = study_with(
        tmp_path / "study", exposure_at_default=(1.0, 2.0), outstanding=200.0, conversion_before_12=(-0.1, 0.4),
        undrawn_before_12=(9.0, 0.0), conversion_believed=0.3, allowance_stage_2=(3.0, 5.0), stage_2=10.0,
        stage_1_to_2=(0.0, 4.0), stage_1=80.0,
    )  # fmt: skip
    lines, allowances = (columns_table(study, columns, key) for columns, key in exposure.CAPTIONS)
    # A month without a line left to draw says nothing of its conversion.
    assert values(lines) == pytest.approx([0.06, -0.1, 0.3, 0.12, 0.3])
    assert values(allowances) == pytest.approx([0.3, 0.0, 0.5, 0.05])
    assert "Coverage, stage 2" in allowances and "stage 3" not in allowances.partition("</caption>")[2]
    assert 'id="exposure"' in render(study)


def test_columns_in_which_nothing_happened_are_left_out(tmp_path):
    study = study_with(tmp_path / "study", limits_cut=(0, 20), freezes=0)
    cut = Column("back_controls.limits_cut", yearly("limits_cut"), digits(1))
    columns = (cut, Column("back_controls.frozen", yearly("freezes"), digits(1)))
    text = columns_table(study, columns, "back_controls.decided")
    assert "Limits cut</th>" in unlinked(text)
    assert "Lines frozen" not in text
    assert values(text) == pytest.approx([0.0, 12.0])
    assert columns_table(study, columns[1:], "back_controls.decided") is None


def test_rules_are_listed_by_year(tmp_path):
    study = study_with(tmp_path / "study", rule_hits_1=0, rule_hits_2=(0, 30), rule_hits_4=(0, 6))
    text = controls.rule_table(study, "calm")
    assert re.findall(r"Rule (\d+)</td>", text) == ["2", "4"]
    assert values(text) == pytest.approx([30.0, 30.0, 30.0, 6.0, 6.0, 6.0])
    study.arms[1] = dataclasses.replace(study.arms[1], rules=("late: close", "weak <500: refer"))
    named = controls.rule_table(study, "calm")
    assert "weak &lt;500: refer" in named
    assert "Rule 4" in named
    assert controls.rule_table(study_with(tmp_path / "none", rule_hits_1=0), "calm") is None


SCORES = {
    **{f"score_predicted_{k}": 0.01 * k for k in range(1, 11)},
    **{f"score_realised_{k}": 0.008 * k for k in range(1, 11)},
    **{"score_auc": 0.7, "score_gini": 0.4, "score_predicted_thin": 0.06, "score_realised_thin": 0.09},
    **{"score_predicted_thick": 0.05, "score_realised_thick": 0.04, "score_gini_technology": 0.3},
    **{"defaults_missed": (40, 10), "wrong_rejections": 30, "rejections_judged": 40},
}


def test_what_was_not_seen_is_told_in_sentences_and_tables(tmp_path):
    study = study_with(tmp_path / "study", **SCORES, alerts=(0, 5))
    told = " ".join(blind.blind_findings(study, "calm"))
    # A package that neither warns nor closes misses all by construction: that is no finding.
    assert "without warning or closure in time: `list` 25\u202f%; the other packages neither warn nor close." in told
    assert "`lenient` 100" not in told
    assert "\u22123.00 points for thin files and +1.00 points for thick files" in told
    assert "`lenient` 75\u202f% and `list` 75\u202f%" in told
    score, sector, missed = blind.blind_tables(study)
    assert "Technology" in sector
    assert "Manufacturing" not in sector
    assert values(score)[2] == pytest.approx(-0.03)
    assert values(missed)[0] == pytest.approx(1.0)
    picture = blind.calibration_figure(study, "calm")
    assert picture.svg.count("<svg") == 1


def test_chapters_stand_only_where_there_are_figures(tmp_path):
    plain = render(study_with(tmp_path / "plain"))
    assert 'id="controls"' not in plain
    assert 'id="blind"' not in plain
    assert "true income" not in plain
    deciles = {f"{what}_decile_{k}": 0.5 for what in ("access", "price") for k in range(1, 11)}
    counts = {f"{what}_decile_{k}": n for what, n in (("applications", 8), ("approvals", 6)) for k in range(1, 11)}
    study = study_with(tmp_path / "full", **SCORES, **deciles, **counts, limits_cut=(0, 20))
    full = render(study)
    for shown in ('id="controls"', 'id="blind"', "What was decided", "Calibration of the score", "true income"):
        assert shown in full
    assert "Which rule decided" not in full
    assert values(inclusion.income_table(study))[:2] == pytest.approx([0.75, 0.5])


def test_paths_are_read_once_and_cannot_be_written_to(tmp_path):
    study = study_with(tmp_path / "study")
    arm, scenario = study.arms[0].name, study.scenarios[0]
    paths = study.paths(scenario, arm, "loss_rate")
    assert paths.size and study.paths(scenario, arm, "loss_rate") is paths
    with pytest.raises(ValueError, match="read-only"):
        paths[0, 0] = 1.0
