"""Sensitivity through the study runner: functions whose answer is known stand in for the model."""

from __future__ import annotations

import dataclasses
import io
import math

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.reports import build
from sim.reports.drawing.sweep import SHOWN
from sim.study.plan.design import Axis, GridDesign, LatinHypercubeDesign, MorrisDesign, SaltelliDesign
from sim.study.plan.points import Point
from sim.study.run.runner import run_study
from sim.study.sweep.sensitivity import indices
from tests.study.fake import FakeModel, toy_plan

pytest.importorskip("SALib", reason="needs creditcycle[analysis]: make extras")

KEYS = ("population.first", "population.second", "population.third")
ANGLES = tuple(Axis(key, low=-math.pi, high=math.pi) for key in KEYS)


@dataclasses.dataclass(frozen=True)
class Numbers:
    borrowers: int = 0
    first: float = 0.0
    second: float = 0.0
    third: float = 0.0


class Ishigami(FakeModel):
    """The function of Ishigami and Homma (1990), a = 7 and b = 0.1, in place of the loss rate."""

    def step(self) -> None:
        at = self.config.population
        self.month += 1
        value = math.sin(at.first) + 7 * math.sin(at.second) ** 2 + 0.1 * at.third**4 * math.sin(at.first)
        self.events["default"].append(np.array([], int))
        self.events["closure"].append(np.array([], int))
        self.record = {"outstanding": 12, "charged_off": 0, "recovered": 0, "loss_rate": 0.0, "delinquent_90": value}


def swept(design, axes, seed=1):
    """The toy plan with a design over numbers that its model turns into a figure."""
    rows = list(dict.fromkeys(map(tuple, design.points(axes, seed))))
    plan = toy_plan(replications=1, months=1, arms=("lenient",), scenarios=("calm",), workers=1)
    config = dataclasses.replace(plan.root.configs["calm"], population=Numbers(), design=design)
    arm = dataclasses.replace(plan.arms[0], configs={"calm": config})
    points = []
    for number, row in enumerate(rows):
        values = tuple(zip((axis.key for axis in axes), row, strict=True))
        points.append(Point(number, values, values, values))
    return dataclasses.replace(plan, arms=(arm,), root=arm, axes=tuple(axes), points=tuple(points)), rows


def test_sobol_indices_of_ishigami_match_the_analytic_values(tmp_path):
    plan, _ = swept(SaltelliDesign(size=512), ANGLES)
    run_study(plan, tmp_path / "study", engine=Ishigami, console=Console(file=io.StringIO()))
    single, pairs = (pd.read_csv(tmp_path / "study" / f"{name}.csv") for name in ("sensitivity", "interactions"))
    assert set(single["figure"]) == {"delinquent_90"}
    found = single.set_index(["measure", "key"])["value"]
    # Analytic: first order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437; second order of first and third 0.2437.
    first, total = found["Sobol index, first order"], found["Sobol index, total"]
    assert first.to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.04)
    assert total.to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.04)
    strongest = pairs.loc[pairs["value"].idxmax()]
    assert (strongest["key"], strongest["other"]) == (KEYS[0], KEYS[2])
    assert strongest["value"] == pytest.approx(0.2437, abs=0.06)


def test_morris_visits_points_twice_and_runs_them_once():
    design = MorrisDesign(size=30)
    plan, rows = swept(design, ANGLES)
    assert len(plan.points) < len(design.points(ANGLES, 1)) == 120
    values = np.array([3.0 * row[0] + row[1] for row in rows])
    single, _ = indices(design, ANGLES, rows, values, 1)
    sizes = single[single["measure"] == "elementary effect, mean size"].set_index("key")["value"]
    # Effects of a linear function are its slopes times the length of the axis, without spread.
    assert sizes.to_numpy() == pytest.approx([6 * math.pi, 2 * math.pi, 0.0], abs=1e-4)


@pytest.mark.parametrize("design", [LatinHypercubeDesign(size=200), GridDesign(steps=6)])
def test_swings_of_a_linear_function_are_its_slopes(design):
    axes = (Axis("a", low=0.0, high=2.0), Axis("b", low=-1.0, high=1.0), Axis("o", ("x", "y")))
    rows = design.points(axes, 3)
    values = np.array([5.0 * a - 2.0 * b + 4.0 * (a - 1) * b + 3.0 * (o == "y") for a, b, o in rows])
    single, pairs = indices(design, axes, rows, values, 3)
    swing = single.set_index("key")
    assert list(swing.index) == ["a", "b"]  # options have no low and no high end
    assert (np.abs(swing["value"] - [10.0, -4.0]) <= 2 * swing["error"] + 1e-9).all()
    joint = pairs.set_index(["key", "other"])
    assert joint.loc[("a", "b"), "value"] == pytest.approx(16.0, abs=0.2)
    assert joint.loc[("a", "o"), "other_option"] == "y"
    assert abs(joint.loc[("a", "o"), "value"]) < 2 * joint.loc[("a", "o"), "error"]


def test_prim_recovers_a_planted_box():
    from sim.study.sweep.boxes import box

    luck = np.random.default_rng(2)
    frame = pd.DataFrame(luck.random((1000, 5)), columns=list("pqrst"))
    case = (frame["p"] > 0.7) & (frame["q"] < 0.4)
    found = box(frame, case.to_numpy()).set_index("key")
    assert sorted(found.index) == ["p", "q"]
    assert found.loc["p", "low"] == pytest.approx(0.7, abs=0.05)
    assert found.loc["q", "high"] == pytest.approx(0.4, abs=0.05)
    assert found["density"].iloc[0] > 0.85 and found["coverage"].iloc[0] > 0.85
    assert box(frame, np.zeros(1000, bool)) is None


def test_a_box_that_stays_thin_restricts_nothing():
    """Whatever the release of the workbench: half of the cases are luck, no box holds four fifths of them."""
    from sim.study.sweep.boxes import box

    luck = np.random.default_rng(4)
    frame = pd.DataFrame(luck.random((400, 3)), columns=list("pqr"))
    assert box(frame, (frame["p"] > 0.5).to_numpy() & (luck.random(400) > 0.5)).empty


def test_feature_scores_rank_what_matters():
    from sim.study.sweep.boxes import feature_scores

    luck = np.random.default_rng(3)
    frame = pd.DataFrame(luck.random((300, 4)), columns=list("pqrs")).assign(
        o=np.where(luck.random(300) > 0.5, "a", "b")
    )
    scores = feature_scores(frame, (3 * frame["p"] + (frame["o"] == "a")).to_numpy())
    assert list(scores.sort_values(ascending=False).index[:2]) == ["p", "o"]
    assert scores.sum() == pytest.approx(1.0)


def test_a_sweep_writes_what_it_found(tmp_path):
    axes = (Axis("policy.limit", low=0.2, high=1.5), Axis("economy.shock", low=0.0, high=0.2))
    design = LatinHypercubeDesign(size=60)
    base = toy_plan(replications=2, months=6, arms=("lenient",), scenarios=("bad",), workers=1)
    config = dataclasses.replace(base.root.configs["bad"], design=design)
    arm = dataclasses.replace(base.arms[0], configs={"bad": config})
    points = []
    for number, row in enumerate(design.points(axes, 1)):
        values = tuple(zip((axis.key for axis in axes), row, strict=True))
        points.append(Point(number, values, values, values))
    plan = dataclasses.replace(base, arms=(arm,), root=arm, axes=axes, points=tuple(points))
    told = io.StringIO()
    run_study(plan, tmp_path / "study", engine=FakeModel, console=Console(file=told, width=300), report=build)
    assert "60 points" in told.getvalue()
    page = (tmp_path / "study" / "report.html").read_text()
    assert page.count("<svg") == page.count("<figure") == 3  # a heat map, and what moves loss rate and profit
    assert "<image" not in page and "data:" not in page  # the page's own rule lets no picture in
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    assert "economy.shock</span> moves it most" in page and "Where it breaks" in page
    still = pd.read_csv(tmp_path / "study" / "points.csv").assign(loss_rate=0.01)
    still.to_csv(tmp_path / "study" / "points.csv", index=False)
    said = build(tmp_path / "study").read_text()
    assert "its loss rate is 1.00\u202f% a year at every point; other figures change" in said
    still[[name for name in SHOWN if name in still]] = 0.01
    still.to_csv(tmp_path / "study" / "points.csv", index=False)
    assert "no point changes it; its loss rate is 1.00" in build(tmp_path / "study").read_text()
    run_study(plan, tmp_path / "study", engine=FakeModel, console=Console(file=told, width=300), report=build)
    names = {path.name for path in (tmp_path / "study").iterdir()}
    assert {"design.csv", "points.csv", "cells.parquet", "sensitivity.csv", "boxes.csv", "spread.csv"} <= names
    swings = pd.read_csv(tmp_path / "study" / "sensitivity.csv").set_index(["figure", "key"])
    assert swings.loc[("delinquent_90", "economy.shock"), "value"] > 0
    worst = pd.read_csv(tmp_path / "study" / "boxes.csv").set_index("key")
    assert worst.loc["economy.shock", "low"] > 0.05
    table = pd.read_csv(tmp_path / "study" / "points.csv")
    assert len(table) == 60 and {"policy.limit", "economy.shock", "loss_rate", "loss_rate.error"} <= set(table)
