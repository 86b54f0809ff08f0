"""Plausible worlds: the split of doubt, the plan that multiplies, what is stored and printed."""

from __future__ import annotations

import dataclasses
import io
import math

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.study.compare.compare import chance_of, interval
from sim.study.compare.summary import in_worlds, print_study, write
from sim.study.compare.worlds import doubt, worlds_interval, worlds_p_value, worlds_table
from sim.study.plan.plan import Plan
from sim.study.run.runner import run_study
from sim.study.store.reading import read_manifest, read_results
from sim.study.store.store import Store
from tests.study.fake import FakeModel, toy_plan

WORLDS = tuple((("population.borrowers", count),) for count in (40, 80, 160))


def plan_of(replications: int = 2) -> Plan:
    return dataclasses.replace(toy_plan(replications=replications, worlds=3), worlds=WORLDS)


def made(luck: np.random.Generator, worlds: int, replications: int, between: float, within: float) -> np.ndarray:
    """Runs around 0, world after world in turn."""
    table = between * luck.standard_normal(worlds) + within * luck.standard_normal((replications, worlds))
    return table.reshape(-1)


@pytest.mark.parametrize(("between", "within"), [(0.0, 1.0), (1.0, 0.0), (1.0, 2.0)])
def test_variances_are_found_again(between, within):
    luck = np.random.default_rng(1)
    found = [doubt(made(luck, 12, 3, between, within), 12) for _ in range(3000)]
    assert np.mean([one.luck for one in found]) == pytest.approx(within**2 / 36, rel=0.03)  # sampling error 0.4 %
    # Cut off at zero, the estimate is a little high where there is nothing between: at most half of what luck leaves.
    excess = np.mean([one.between for one in found]) - between**2
    assert -0.05 <= excess <= 0.07 * within**2 + 0.05
    assert min(one.between for one in found) >= 0.0


def test_a_split_by_hand():
    # Two worlds of two runs: means 2 and 6, within variances 2 and 2, so luck of a world's mean is 1.
    found = doubt(np.array([1.0, 5.0, 3.0, 7.0]), 2)
    assert found.mean == 4.0
    assert found.luck == pytest.approx(0.5)
    assert found.between == pytest.approx(8.0 - 1.0)
    assert found.share == pytest.approx(7.0 / 7.5)
    assert (found.same_sign, found.worlds) == (2, 2)


def test_signs_are_counted_by_world():
    values = np.array([1.0, -1.0, 3.0, 2.0, 1.0, -2.0, 4.0, 1.0])
    assert doubt(values, 4).same_sign == 3
    assert doubt(-values, 4).same_sign == 3


@pytest.mark.parametrize(("worlds", "between", "within"), [(16, 1.0, 1.0), (8, 1.0, 2.0), (8, 1.0, 0.01)])
def test_the_interval_covers_one_world_more(worlds, between, within):
    luck = np.random.default_rng(2)
    hits = 0
    for _ in range(1500):
        _, low, high = worlds_interval(made(luck, worlds, 2, between, within), 0.9, worlds)
        hits += low <= between * luck.standard_normal() <= high
    assert hits / 1500 == pytest.approx(0.9, abs=0.024)  # three standard errors


def test_with_many_runs_the_interval_is_that_of_known_variances():
    values = made(np.random.default_rng(4), 40, 60, 1.0, 1.0)
    found = doubt(values, 40)
    _, low, high = worlds_interval(values, 0.95, 40)
    normal = 1.96 * math.sqrt(found.between * (1.0 + 1.0 / 40) + found.luck)
    assert (high - low) / 2 == pytest.approx(normal, rel=0.06)  # Student's with 39 degrees is 3 % wider
    assert (high + low) / 2 == pytest.approx(found.mean)


def test_p_value_and_interval_agree():
    luck = np.random.default_rng(3)
    for shift in (0.0, 1.0, 3.0):
        values = shift + made(luck, 8, 2, 0.5, 0.5)
        _, low, high = worlds_interval(values, 0.95, 8)
        assert (worlds_p_value(values, 8) < 0.05) == (low > 0 or high < 0)
        assert chance_of(values, 8) == worlds_p_value(values, 8)
        assert interval(values, 0.95, "t", 8)[1:3] == (low, high)
    assert chance_of(values) != chance_of(values, 8)


def test_runs_that_are_not_there_are_left_out():
    whole = doubt(np.array([1.0, 5.0, 3.0, 7.0]), 2)
    assert doubt(np.array([1.0, 5.0, 3.0, 7.0, math.nan, math.nan]), 2) == whole
    assert doubt(np.array([1.0, 5.0, math.nan, 3.0, 7.0, math.nan]), 3) == whole  # a world without a run
    one_each = doubt(np.array([1.0, 5.0]), 2)
    assert math.isnan(one_each.between)
    assert one_each.mean == 3.0
    assert math.isnan(worlds_interval(np.array([math.nan, math.nan]), 0.95, 2)[0])


def test_figures_that_are_all_equal_are_sure():
    same = np.zeros(6)
    assert worlds_p_value(same, 3) == 1.0
    assert worlds_p_value(same + 2.0, 3) == 0.0
    assert worlds_interval(same + 2.0, 0.95, 3) == (2.0, 2.0, 2.0)


def test_every_world_gets_all_packages_and_luck_of_its_own():
    plan = plan_of()
    tasks = plan.tasks()
    assert plan.task_count == len(tasks) == 3 * 2 * 2
    assert [task.world for task in tasks] == [WORLDS[task.replication % 3] for task in tasks]
    assert len({task.seed for task in tasks}) == 6
    for task in tasks:
        configs = [task.root_config, *(task.config(arm, one) for arm in task.arms for one in arm.configs)]
        assert {config.population.borrowers for config in configs} == {task.world[0][1]}
    without = toy_plan(replications=6)
    assert [task.seed for task in tasks] == [task.seed for task in without.tasks()]


def test_other_worlds_are_another_study(tmp_path):
    plan = plan_of()
    others = dataclasses.replace(plan, worlds=(*WORLDS[:2], (("population.borrowers", 161),)))
    assert plan.digest() != others.digest()
    keys = {Store(tmp_path, one).key(one.tasks()[0]) for one in (plan, others, toy_plan(replications=2, worlds=3))}
    assert len(keys) == 3


def test_a_study_in_worlds(tmp_path):
    said = io.StringIO()
    run_study(plan_of(), tmp_path / "s", engine=FakeModel, console=Console(file=said, width=140))
    manifest = read_manifest(tmp_path / "s")
    assert manifest["worlds"] == [dict(world) for world in WORLDS]
    assert len(manifest["seeds"]) == 6
    months = read_results(tmp_path / "s")
    here = months[(months["arm"] == "lenient") & (months["scenario"] == "calm") & (months["month"] == 0)]
    assert list(here["outstanding"] // 1_000_000) == [40, 80, 160, 40, 80, 160]
    text = " ".join(said.getvalue().split())
    assert "2 replications in each of 3 worlds" in text
    assert "Mean over 6 runs, 2 in each of 3 plausible worlds" in text
    assert "Monte Carlo error and doubt about parameters" in text
    assert "in all 3 plausible worlds" in text
    assert said.getvalue().count(" 3/3") >= 9
    narrow = io.StringIO()
    print_study(write(tmp_path / "s", plan_of()), plan_of(), Console(file=narrow, width=30), [])
    assert "3/3" in narrow.getvalue()
    table = pd.read_csv(tmp_path / "s" / "worlds.csv", na_values=["n/a"], keep_default_na=False)
    gaps = table[(table["arm"] == "limits") & (table["scenario"] == "calm")].set_index("metric")
    money = gaps.loc["outstanding"]
    assert money["difference"] == pytest.approx(-1e5 * (40 + 80 + 160) / 3)
    assert money["luck_sd"] == 0.0
    assert money["worlds_share"] == 1.0
    assert (money["sign_holds"], money["worlds"]) == (3, 3)
    whole = pd.read_csv(tmp_path / "s" / "summary.csv")
    row = whole[(whole["arm"] == "limits") & (whole["scenario"] == "calm") & (whole["metric"] == "outstanding")].iloc[0]
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((money["low"], money["high"]))


def test_a_study_without_worlds_says_nothing_of_them(tmp_path):
    said = io.StringIO()
    run_study(toy_plan(replications=2), tmp_path / "s", engine=FakeModel, console=Console(file=said, width=140))
    assert not (tmp_path / "s" / "worlds.csv").exists()
    assert "plausible world" not in said.getvalue()
    assert in_worlds([]) == []


def test_a_table_of_a_study_that_is_not_finished():
    names = ["arm", "scenario", "replication"]
    rows = [("a", "calm", r, 1.0 * r) for r in (0, 1, 3, 4)] + [("b", "calm", r, 2.0 * r + 1) for r in (0, 1, 3, 4)]
    runs = pd.DataFrame(rows, columns=[*names, "loss_rate"]).set_index(names)
    found = worlds_table(runs, {"a": "", "b": "a"}, ["calm"], 0.95, 3).iloc[0]
    assert found["worlds"] == 2  # run 2, alone in its world, is missing
    assert found["difference"] == pytest.approx(np.mean([1, 2, 4, 5]))
