"""Options are categories: each has an effect against the first of its axis, and nothing depends on their order."""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.reports import build
from sim.study.plan.design import Axis, GridDesign, LatinHypercubeDesign, MorrisDesign, SaltelliDesign
from sim.study.plan.points import Point
from sim.study.run.runner import run_study
from sim.study.sweep.boxes import box, feature_scores
from sim.study.sweep.sensitivity import FITTED, MATCHED, indices, option_effects
from tests.study.fake import FakeModel, Never, Threshold, toy_plan

OPTIONS = ("never", "threshold", "score")
EFFECT = {"never": 0.0, "threshold": -3.0, "score": 5.0}
CLOSING = Axis("policy/closing", OPTIONS)
DEPTH = Axis("economy.shock", low=0.0, high=2.0)


def outcome(points, luck=0.0) -> np.ndarray:
    return np.array([EFFECT[option] + 4.0 * (depth - 1.0) + luck for option, depth in points])


@pytest.mark.parametrize("design", [GridDesign(steps=4), LatinHypercubeDesign(size=80)])
@pytest.mark.parametrize("order", list(itertools.permutations(OPTIONS)))
def test_effects_are_against_the_first_option_in_whatever_order(design, order):
    axes = (dataclasses.replace(CLOSING, values=order), DEPTH)
    points = [tuple(row) for row in design.points(axes, 3)]
    luck = np.random.default_rng(1).normal(size=6)
    runs = np.column_stack([outcome(points, one) for one in luck])
    found = option_effects(axes, points, runs).set_index("option")
    assert list(found.index) == list(order[1:])
    assert set(found["measure"]) == {MATCHED if isinstance(design, GridDesign) else FITTED}
    for option in order[1:]:
        assert found.loc[option, "value"] == pytest.approx(EFFECT[option] - EFFECT[order[0]])
        assert found.loc[option, "error"] == pytest.approx(0.0, abs=1e-6)
    single, _ = indices(design, axes, points, runs.mean(axis=1), 3)
    assert list(single["key"]) == ["economy.shock"] and single["value"].iloc[0] == pytest.approx(8.0)


def test_the_interval_of_an_effect_is_that_of_the_paired_runs():
    points = [("never", 1.0), ("threshold", 1.0)]
    own = np.random.default_rng(2).normal(size=10)
    runs = np.vstack([np.zeros(10), own])
    found = option_effects((CLOSING, DEPTH), points, runs).iloc[0]
    # t(0.975, 9) = 2.262157
    assert found["value"] == pytest.approx(own.mean())
    assert found["error"] == pytest.approx(2.2621572 * own.std(ddof=1) / math.sqrt(10))
    one = option_effects((CLOSING, DEPTH), points, runs[:, :1]).iloc[0]
    assert math.isnan(one["error"])  # one replication: no interval


def test_no_method_puts_options_on_a_scale():
    axes = (CLOSING, DEPTH)
    for design in (MorrisDesign(size=6), SaltelliDesign(size=8)):
        pytest.importorskip("SALib", reason="needs creditcycle[analysis]: make extras")
        points = list(dict.fromkeys(map(tuple, design.points(axes, 1))))
        single, _ = indices(design, axes, points, outcome(points), 1)
        for measure in single.loc[single["key"] == CLOSING.key, "measure"]:
            assert measure.startswith("Sobol index")  # shares of variance: they know no order


def test_scores_and_boxes_do_not_depend_on_how_options_are_numbered():
    pytest.importorskip("ema_workbench", reason="needs creditcycle[analysis]: make extras")
    luck = np.random.default_rng(5)
    options = luck.choice(["a", "b", "c", "d", "e"], size=300)
    frame = pd.DataFrame({"option": options, "noise": luck.random(300)})
    # The case is in the middle of the alphabet: a tree on codes needs two splits, a box on codes an interval.
    case = np.isin(options, ["b", "d"])
    renamed = frame.assign(option=frame["option"].map(dict(zip("abcde", "cadbe", strict=True))))
    scores = [feature_scores(one, case)["option"] for one in (frame, renamed)]
    assert min(scores) > 0.8 and scores[0] == pytest.approx(scores[1], abs=0.03)
    assert box(frame, case).set_index("key").loc["option", "options"] == "b d"


def test_a_list_of_numbers_lies_where_its_numbers_are():
    axes = (Axis("fund.capital_share", (0.02, 0.1, 0.9)),)
    points = [(value,) for value in axes[0].values]
    single, _ = indices(GridDesign(), axes, points, np.array([10 * value for (value,) in points]), 1)
    assert single["value"].iloc[0] == pytest.approx(8.8)


CLOSED = {"never": Never(), "threshold": Threshold(0.5), "score": Threshold(0.9)}


def swept(axes, rows, replications=3):
    """The toy plan with closing as an axis."""
    base = toy_plan(replications=replications, months=8, arms=("lenient",), scenarios=("bad",), workers=1)
    config = dataclasses.replace(base.root.configs["bad"], design=GridDesign())
    arm = dataclasses.replace(base.arms[0], configs={"bad": config})
    points = []
    for number, row in enumerate(rows):
        asked = tuple(zip((axis.key for axis in axes), row, strict=True))
        typed = tuple(
            ("policy.closing", CLOSED[value]) if key == "policy/closing" else (key, value) for key, value in asked
        )
        points.append(Point(number, asked, typed, typed))
    return dataclasses.replace(base, arms=(arm,), root=arm, axes=tuple(axes), points=tuple(points))


@pytest.mark.parametrize("more", [(), (Axis("policy.limit", (0.5, 1.0, 1.5)),)])
def test_the_report_of_swept_options_has_a_row_for_each_and_no_slope(tmp_path, more):
    axes = (CLOSING, *more)
    rows = list(itertools.product(*(axis.values for axis in axes)))
    folder = tmp_path / "study"
    said = io.StringIO()
    run_study(swept(axes, rows), folder, engine=FakeModel, console=Console(file=said, width=200), report=build)
    found = pd.read_csv(folder / "sensitivity.csv", na_values="n/a")
    own = found[found["key"] == "policy/closing"].set_index(["figure", "option"])
    assert set(own["measure"]) == {MATCHED}
    cells = pd.read_parquet(folder / "cells.parquet")
    means = cells.groupby("policy/closing")["delinquent_90"].mean()
    for option in OPTIONS[1:]:
        effect = means[option] - means["never"]
        assert own.loc[("delinquent_90", option), "value"] == pytest.approx(effect, rel=1e-6)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "What each option does" in page and "policy/closing=threshold" in page
    for option in OPTIONS[1:]:
        assert f'<span class="name">{option}</span>' in page
    if not more:
        assert "from the low to the high end" not in page and "linear fit" not in page
    assert "moves it most" not in page or more


def test_a_sweep_says_that_a_shock_comes_after_its_end(tmp_path):
    folder = tmp_path / "study"
    run_study(
        swept((CLOSING,), [("never",), ("score",)]), folder, engine=FakeModel, console=Console(file=io.StringIO())
    )
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["scenarios"][0]["stays_calm"] = True
    manifest["warnings"] = ["economy=bad: the shock comes too late"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    page = build(folder).read_text(encoding="utf-8")
    assert "Warning. economy=bad: the shock comes too late." in page
    assert page.count("in the calm months before Bad") > 3 and " in Bad" not in page
