"""Nothing that NumPy or matplotlib has to warn about happens on the way to a report."""

from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest
from rich.console import Console

from sim.config.job import plan
from sim.reports import build, columns
from sim.reports.chapters import tables
from sim.reports.chapters.guarantee import jackknife
from sim.reports.drawing.figures import mean_known, name_margin
from sim.reports.drawing.paths import bucket_shares
from sim.study.run.runner import run_study
from tests.reports.synthetic import PACKAGES, write_study

pytestmark = [pytest.mark.filterwarnings("error::RuntimeWarning"), pytest.mark.filterwarnings("error::UserWarning")]

CLOSING = "关闭额度"  # closing lines, in Chinese


def test_a_cover_that_one_run_alone_uses_has_a_ratio_and_no_error():
    ratio, error = jackknife(np.array([4.0, 1.0]), np.array([10.0, 0.0]))
    assert ratio == 0.5 and math.isnan(error)
    assert jackknife(np.array([4.0, 1.0]), np.array([5.0, 5.0])) == pytest.approx((0.5, 0.3))


def test_a_mean_of_nothing_is_not_a_number():
    paths = np.array([[1.0, np.nan, np.nan], [3.0, 4.0, np.nan]])
    assert mean_known(paths, axis=0).tolist()[:2] == [2.0, 4.0] and math.isnan(mean_known(paths, axis=0)[2])
    assert float(mean_known(paths)) == pytest.approx(8 / 3) and math.isnan(float(mean_known(paths[:, 2])))


def test_chinese_names_stand_in_the_figures(tmp_path):
    packages = tuple(
        tuple(CLOSING if text == "closing" else text for text in package)
        for package in PACKAGES
        if package[0] != "limits"
    )
    packages = tuple((name, parent.replace("limits", "lenient"), *rest) for name, parent, *rest in packages)
    folder = write_study(tmp_path / "chinese", packages=packages, scenarios=(("衰退", 24, 1.0),), replications=2)
    page = build(folder).read_text(encoding="utf-8")
    assert any(CLOSING in svg for svg in page.split("<svg")[1:])
    assert name_margin([CLOSING]) == name_margin(["x" * 8])


class Holes:
    """Paths of which the last month, and one of two runs, are not known."""

    def paths(self, scenario, arm, metric):
        return np.array([[0.25, np.nan], [np.nan, np.nan]])


def test_figures_of_months_in_which_nothing_is_known_are_not_numbers():
    where = (Holes(), "calm", "lenient")
    assert columns.mean("loss_rate")(*where) == tables.mean_of(*where, "loss_rate") == 0.25
    assert math.isnan(columns.last("score_realised_1")(*where))
    assert np.isnan(bucket_shares(*where)[:, 1]).all()


@pytest.mark.slow
def test_a_small_study_from_the_first_month_to_the_report(tmp_path):
    """Few persons, so that a month lends nothing and a cover is used by one run alone."""
    given = ["study.arms=[lenient,guaranteed]", "economy=severe_recession", "economy.shock_lag=0"]
    size = [
        "population.borrowers=60",
        "study.months=8",
        "study.burn_in=2",
        "study.replications=2",
        "machine.workers=1",
    ]
    console = Console(file=io.StringIO())
    folder = run_study(plan([*given, *size]), tmp_path / "out", console=console, report=build)
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["status"] == "complete"
