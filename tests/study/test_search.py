"""Searches and precision targets: what came out decides what is run next, and a resumed run decides the same."""

from __future__ import annotations

import dataclasses
import html
import io

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.reports import build
from sim.study.plan.design import Axis
from sim.study.plan.points import Point
from sim.study.run.job import side_by_side
from sim.study.run.runner import StudyStopped, run_study
from sim.study.store.checking import verify
from sim.study.store.reading import read_manifest
from sim.study.sweep.fitting import FitDesign, moment, target_of
from sim.study.sweep.search import Adaptive, ReverseDesign
from tests.study.fake import FakeModel, toy_plan

pytest.importorskip("optuna", reason="needs creditcycle[analysis]: make extras")

KEYS = ("population.depth", "population.length")
AXES = (Axis(KEYS[0], low=0.0, high=4.0), Axis(KEYS[1], low=0.0, high=10.0))


@dataclasses.dataclass(frozen=True)
class Shock:
    borrowers: int = 0
    depth: float = 1.0
    length: float = 2.0


class Breaking(FakeModel):
    """A fund that is exhausted where depth + length / 2 passes 4; nothing else matters."""

    def step(self) -> None:
        shock = self.config.population
        self.month += 1
        strain = shock.depth + shock.length / 2
        self.events["default"].append(np.array([], int))
        self.events["closure"].append(np.array([], int))
        self.record = {
            "outstanding": 1200,
            "charged_off": int(10 * strain),
            "recovered": 0,
            "loss_rate": 0.0,
            "delinquent_30": shock.depth / 10,
            "delinquent_90": shock.length / 100 + shock.depth / 20,
            "fund_state": 2 if strain >= 4 else 0,
            "fund_capital": max(0, int(1000 * (4 - strain))) + 1,
        }


class StopsLater(Breaking):
    """Somebody presses Ctrl-C when the search has come to a deep shock."""

    def step(self) -> None:
        if self.config.population.depth > 3.5:
            raise KeyboardInterrupt
        super().step()


def searching(design, **more):
    plan = toy_plan(replications=2, months=1, arms=("lenient",), scenarios=("calm",), **more)
    config = dataclasses.replace(plan.root.configs["calm"], population=Shock(), design=design)
    arm = dataclasses.replace(plan.arms[0], configs={"calm": config})

    def point(number, values):
        return Point(number, values, values, values)

    adaptive = Adaptive(design, AXES, (1.0, 2.0), 1, "lenient", point, [plan])
    return dataclasses.replace(plan, arms=(arm,), root=arm, axes=AXES, points=(), adaptive=adaptive)


def run(folder, plan, engine=Breaking):
    said = io.StringIO()
    run_study(plan, folder, engine=engine, console=Console(file=said, width=400))
    return said.getvalue()


def test_a_reverse_stress_test_finds_a_planted_threshold(tmp_path):
    said = run(tmp_path / "study", searching(ReverseDesign(size=64)))
    found = pd.read_csv(tmp_path / "study" / "reverse.csv").iloc[0]
    # On axes in units of their length the line is x + 1.25 y = 1 from the corner; the start is (0.25, 0.2), and the
    # nearest point of the line lies 0.5 / hypot(1, 1.25) away.
    assert found["distance"] == pytest.approx(0.5 / np.hypot(1, 1.25), rel=0.1)
    strain = found[KEYS[0]] + found[KEYS[1]] / 2
    assert 4.0 <= strain <= 4.03
    assert "fund exhausted in at least 50% of runs: mildest of" in said
    assert (found["distance_unit"], found["share_of_runs_unit"]) == ("lengths of an axis", "fraction of runs")
    front = pd.read_csv(tmp_path / "study" / "front.csv")
    assert set(front["loss_rate_unit"]) == {"fraction of outstanding a year, mean of the runs"}
    assert front["distance"].is_monotonic_increasing and front["loss_rate"].is_monotonic_increasing
    assert front["distance"].iloc[0] == 0.0


def test_an_interrupted_search_goes_on_to_the_same_end(tmp_path):
    plan = searching(ReverseDesign(size=24))
    run(tmp_path / "whole", plan)
    with pytest.raises(StudyStopped, match="interrupted"):
        run(tmp_path / "study", plan, StopsLater)
    assert read_manifest(tmp_path / "study")["status"] == "partial"
    run(tmp_path / "study", plan)
    ends = [read_manifest(tmp_path / name)["results_sha256"] for name in ("whole", "study")]
    assert ends[0] == ends[1]
    assert (tmp_path / "whole" / "reverse.csv").read_bytes() == (tmp_path / "study" / "reverse.csv").read_bytes()
    assert verify(tmp_path / "study", plan, 3, Breaking).problems == ()


def test_where_nothing_breaks_that_is_said(tmp_path):
    said = run(tmp_path / "study", searching(ReverseDesign(size=16, event="capital_breached")), WithCapital)
    assert "capital breached in at least 50% of runs: at none of 16 points tried; nearest to it is" in said
    assert "in 0% of runs and the lowest capital ratio 100% of the first point's." in said
    asked = pd.read_csv(tmp_path / "study" / "design.csv")
    tried = [
        f"{key} from {asked[key].min():g} to {asked[key].max():g} of 0 to {axis.high:g}"
        for key, axis in zip(KEYS, AXES, strict=True)
    ]
    words = f"Tried were 16 points: {'; '.join(tried)}. Nothing is known beyond these ends."
    assert words in said
    page = html.unescape(build(tmp_path / "study").read_text(encoding="utf-8"))
    assert words in page and "at none of 16 points tried" in page and "A search over" in page


def test_the_nearest_point_is_named_where_nothing_breaks(tmp_path):
    """At this chance no point breaks often enough; the deepest strain comes nearest."""
    run(tmp_path / "study", searching(ReverseDesign(size=16)), Unbroken)
    said = (tmp_path / "study" / "search.txt").read_text(encoding="utf-8")
    cells = pd.read_csv(tmp_path / "study" / "points.csv")
    nearest = cells.loc[cells["fund_capital"].idxmin()]
    named = ", ".join(f"{key}={float(nearest[key])}" for key in KEYS)
    assert f"nearest to it is {named}, where it happens in 0% of runs" in said
    left = nearest["fund_capital"] / cells["fund_capital"].iloc[0]
    assert f"the fund's means at the end {left:.0%} of the first point's" in said


class Unbroken(Breaking):
    """A fund ten times as strong: never exhausted here."""

    def step(self) -> None:
        super().step()
        strain = self.config.population.depth + self.config.population.length / 2
        self.record |= {"fund_state": 0, "fund_capital": int(1000 * (40 - strain))}


class WithCapital(Breaking):
    def step(self) -> None:
        super().step()
        self.record["capital_ratio"] = 0.3


def test_a_fit_comes_close_to_planted_values_and_says_what_it_cannot_tell(tmp_path):
    # The first moment pins down depth, the second length beside it.
    targets = ("delinquent_30=0.25/0.01", "delinquent_90=0.185/0.005")
    said = run(tmp_path / "study", searching(FitDesign(size=96, targets=targets)))
    fitted = pd.read_csv(tmp_path / "study" / "fitted.csv").set_index("key")
    assert fitted["value"].to_numpy() == pytest.approx([2.5, 6.0], abs=0.5)
    # A tenth by depth of scale 0.01 is 40 scales an axis: a doubt of 1/40 where nothing else speaks.
    assert fitted.loc[KEYS[0], "doubt"] == pytest.approx(1 / 40, rel=0.05)
    fit = pd.read_csv(tmp_path / "study" / "fit.csv").set_index("figure")
    assert fit["cost"].sum() < 30 and (fit["weight"] == 1 / fit["scale"] ** 2).all()
    assert "over 2 targets" in said
    one = run(tmp_path / "other", searching(FitDesign(size=40, targets=targets[1:])))
    assert "over 1 targets" in one
    assert pd.read_csv(tmp_path / "other" / "fitted.csv", na_values="n/a")["doubt"].isna().all()


def test_a_target_may_be_a_ratio_and_of_another_scenario():
    runs = pd.DataFrame(
        {"late": [1.0, 3.0, 4.0, 8.0], "lent": [10.0, 10.0, 10.0, 20.0]},
        index=pd.MultiIndex.from_product([["calm", "bad"], [0, 1]], names=["scenario", "replication"]),
    )
    cells = side_by_side(runs, ["calm", "bad"])
    assert moment(cells, "late") == 2.0 and moment(cells, "late/lent") == 0.2
    assert moment(cells, "bad:late/late") == 3.0
    assert target_of("bad:late/late=1.93/0.4") == ("bad:late/late", 1.93, 0.4)
    with pytest.raises(ValueError, match="a/b/c"):
        target_of("a/b/c=1/2")


@pytest.mark.parametrize(("precision", "replications"), [(0.2, 8), (0.006, 18), (0.000001, 40)])
def test_a_precision_target_stops_the_replications(tmp_path, precision, replications):
    plan = toy_plan(replications=40, months=8, scenarios=("bad",), arms=("lenient", "limits"), precision=precision,
                    precision_of="delinquent_30")  # fmt: skip
    said = run(tmp_path / "study", plan, FakeModel)
    manifest = read_manifest(tmp_path / "study")
    assert manifest["status"] == "complete"
    assert manifest["cells"]["finished"] == replications
    assert ("precise enough" in said) == (replications < 40)
    table = pd.read_csv(tmp_path / "study" / "summary.csv")
    row = table[(table["arm"] == "limits") & (table["metric"] == "delinquent_30")].iloc[0]
    assert row["replications"] == replications
    assert (row["difference_high"] - row["difference_low"] <= precision) == (replications < 40)
