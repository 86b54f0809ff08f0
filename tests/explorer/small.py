"""Two small studies of the toy model: one that compares packages, one that sweeps two axes."""

import dataclasses
import io
import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console

from sim.explorer.packing import packed
from sim.study.plan.design import Axis, GridDesign
from sim.study.plan.differences import digest
from sim.study.plan.points import Point
from sim.study.run.runner import run_study
from tests.study.fake import FakeModel, toy_plan

NASTY = "</script><script>alert(1)</script><b>"
AXES = (Axis("economy.calm", low=0.02, high=0.08), Axis("economy.shock", (0.0, 0.02, 0.05, 0.1)))


def compared(folder: Path, **plan) -> Path:
    """Four packages in three economies, four runs of 18 and 24 months; one has a name that is HTML."""
    called = {"platform": NASTY}
    run_study(toy_plan(called=called, **plan), folder, engine=FakeModel, console=Console(file=io.StringIO()))
    return folder


def swept(folder: Path) -> Path:
    """Sixteen points of a calm level and a shock, two packages, three runs."""
    base = toy_plan(replications=3, months=8, arms=("lenient", "limits"), scenarios=("bad",))
    rows = list(itertools.product(np.linspace(0.02, 0.08, 4), AXES[1].values))
    keys = [axis.key for axis in AXES]
    points = []
    for number, row in enumerate(rows):
        asked = tuple(zip(keys, map(float, row), strict=True))
        points.append(Point(number, asked, asked, asked))
    arms = []
    for arm in base.arms:
        config = dataclasses.replace(arm.configs["bad"], design=GridDesign())
        arms.append(dataclasses.replace(arm, configs={"bad": config}))
    plan = dataclasses.replace(base, arms=tuple(arms), root=arms[0], axes=AXES, points=tuple(points))
    run_study(plan, folder, engine=FakeModel, console=Console(file=io.StringIO()))
    return folder


def made_up(points: int, axes: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Places float64[points, axes] and a smooth figure of them, float64[points]."""
    places = np.random.default_rng(seed).random((points, axes)).astype(np.float32).astype(np.float64)
    return places, np.sin(3 * places[:, 0]) + places[:, 1] ** 2 + 0.3 * places[:, 0] * places[:, 1]


def many_points(folder: Path, points: int = 2000, figures: int = 40) -> Path:
    """A study folder of a sweep of so many points over eight axes, with made-up figures."""
    swept(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    axes = [
        {"key": f"axis.{place}", "values": [], "low": 0.0, "high": 1.0, "whole": False, "log": False}
        for place in range(8)
    ]
    manifest["design"] = {"points": points, "axes": axes}
    places, figure = made_up(points, 8)
    places = 0.01 + 0.09 * places  # ends that 32 bits do not hold
    table = {"point": np.arange(points), "arm": "limits", "scenario": "bad", "replications": 3}
    table |= {axis["key"]: places[:, place] for place, axis in enumerate(axes)}
    luck = np.random.default_rng(3)
    names = ["loss_rate", "approval_rate", "lender_profit", *(f"figure_{number}" for number in range(figures - 3))]
    for number, name in enumerate(names):
        table[name] = figure + 0.1 * number + 0.01 * luck.normal(size=points)
        for end in (".error", ".difference", ".difference_error"):
            table[name + end] = luck.random(points)
    pd.DataFrame(table).to_csv(folder / "points.csv", index=False)
    manifest.pop("check")
    manifest["check"] = digest(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def not_fitted(places: np.ndarray, values: np.ndarray, runs: np.ndarray | None = None) -> dict:
    """An emulator as large as a fitted one, at once."""
    weights = packed(np.random.default_rng(1).normal(size=len(places)), 8)
    said = {
        "centre": 0.1,
        "scale": 1.0,
        "variance": 1.0,
        "r2": 0.5,
        "allowed": 0.6,
        "within": 0.1,
        "points": len(places),
    }
    return said | {"lengths": [1.0] * places.shape[1], "weights": weights}
