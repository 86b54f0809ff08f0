"""Predicted over realised default, and how well scores tell good from bad: by hand."""

from __future__ import annotations

import io
import math

import pandas as pd
import pytest
from rich.console import Console
from scipy import stats

from sim.figures.catalog import METRICS
from sim.study.compare.outcomes import MONITORED, RATES, calibration, known_or_none, last_judged, monitored
from sim.study.run.runner import run_study
from tests.study.fake import FakeModel, toy_plan

RUNS = pd.DataFrame(
    {
        "arm": ["a"] * 4 + ["b"],
        "scenario": ["x"] * 5,
        "replication": [0, 1, 2, 3, 0],
        "score_predicted": [0.02, 0.04, 0.03, 0.0, 0.05],
        "score_realised": [0.01, 0.03, 0.0, 0.0, 0.0],
        "score_gini": [0.5, 0.6, 0.7, 0.4, 0.0],
        "firm_score_predicted": [0.0] * 5,
        "firm_score_realised": [0.0] * 5,
    }
)


def test_predicted_over_realised_is_of_the_runs_that_were_judged():
    first, second = calibration(RUNS, 0.95)
    assert (first["package"], first["economy"], first["whom"]) == ("a", "x", "persons")
    assert first["runs"] == 3 and first["runs_without"] == 1
    assert first["predicted"] == pytest.approx(0.03) and first["realised"] == pytest.approx(0.04 / 3)
    assert first["ratio"] == pytest.approx(0.03 / (0.04 / 3))  # a run without a default counts: means, then their ratio
    gaps = [0.01, 0.01, 0.03]
    low, high = stats.t.interval(0.95, 2, sum(gaps) / 3, stats.sem(gaps))
    assert (first["difference"], first["low"], first["high"]) == pytest.approx((sum(gaps) / 3, low, high))
    assert second["package"] == "b" and second["ratio"] is None and second["low"] is None and second["high"] is None


def test_what_is_watched_is_a_mean_with_its_interval_and_nothing_before_a_judgement():
    (found,) = monitored(RUNS, 0.9)
    assert (found["package"], found["figure"], found["unit"]) == ("a", "score_gini", "2 AUC - 1")
    values = [0.5, 0.6, 0.7, 0.4]
    low, high = stats.t.interval(0.9, 3, 0.55, stats.sem(values))
    assert (found["mean"], found["low"], found["high"], found["runs"]) == pytest.approx((0.55, low, high, 4))


def test_figures_that_are_named_are_declared():
    assert {name for pair in RATES.values() for name in pair} | set(MONITORED) <= set(METRICS)
    assert len(RATES) == 14


def test_of_each_run_its_last_month_counts(tmp_path):
    class Scored(FakeModel):
        def step(self) -> None:
            super().step()
            self.record |= {"score_predicted": 0.001 * self.month, "score_realised": 0.002 * self.month}

    run_study(toy_plan(replications=2, months=3), tmp_path / "s", engine=Scored, console=Console(file=io.StringIO()))
    found = last_judged(tmp_path / "s")
    assert len(found) == 4 * 3 * 2
    months = found["scenario"].map({"calm": 3, "bad": 3, "elsewhere": 9})
    assert found["score_predicted"].tolist() == pytest.approx((0.001 * months).tolist())
    ratios = [row["ratio"] for row in calibration(found, 0.95)]
    assert ratios == pytest.approx([0.5] * 12)


def test_a_folder_without_scores_has_none(tmp_path):
    plan = toy_plan(replications=1, months=2)
    run_study(plan, tmp_path / "s", engine=FakeModel, console=Console(file=io.StringIO()))
    found = last_judged(tmp_path / "s")
    assert calibration(found, 0.95) == [] and monitored(found, 0.95) == []
    (tmp_path / "t" / "journal").mkdir(parents=True)
    assert calibration(last_judged(tmp_path / "t"), 0.95) == []


def test_json_holds_no_number_that_is_none():
    assert known_or_none(math.nan) is None and known_or_none(math.inf) is None and known_or_none(0.5) == 0.5
