"""One cell by hand: what a burn-in is shared by, which seed a replication lives under, what a run leaves behind."""

from __future__ import annotations

import dataclasses
import io
import math
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.loan.states import LINE_CHARGED_OFF, LINE_OPEN, LINE_REFUSED
from sim.study.compare.closures import ClosureFigures, Trace
from sim.study.compare.refusals import Applicants
from sim.study.plan.parts import replication_seed
from sim.study.plan.points import Point, has_key, updated
from sim.study.run import burn_in, cell
from sim.study.run.cell import Outcome, Run, as_columns, own_config, run_digest, run_task
from sim.study.store.store import as_parquet, recomputed_digests
from tests.study.fake import Config, Economy, FakeModel, Policies, Threshold, toy_plan


@pytest.fixture
def begun(monkeypatch) -> Iterator[list]:
    """Every model that is started from nothing, as (seed, calm level, threads, block)."""
    seen: list = []

    class Counted(FakeModel):
        def __init__(self, config, checkpoint=None):
            super().__init__(config, checkpoint)
            machine = config.machine
            seen.append((config.seed, config.economy.calm, config.policy.limit, machine.threads, checkpoint is None))

    monkeypatch.setattr(cell, "default_engine", lambda: Counted)
    burn_in._last.clear()
    yield seen
    burn_in._last.clear()


# ---- the burn-in ------------------------------------------------------------------------------------


def started(begun: list) -> list:
    return [entry[0] for entry in begun if entry[-1]]


def test_a_cell_steps_no_model_by_hand():
    stepped = []

    class Watching(FakeModel):
        by_hand = True

        def step(self) -> None:
            stepped.append(self.by_hand)
            super().step()

    burn_in._last.clear()
    run_task(toy_plan(replications=1, months=2, arms=("lenient",), scenarios=("calm",)).tasks()[0], Watching)
    assert stepped == [False] * (6 + 2)


def test_each_replication_has_a_burn_in_of_its_own(begun):
    plan = toy_plan(replications=3, months=1, arms=("lenient",), scenarios=("calm",))
    tasks = [dataclasses.replace(task, calm="mark") for task in plan.tasks()]
    for task in tasks:
        run_task(task)
    assert started(begun) == [replication_seed(1, one) for one in range(3)] == [task.seed for task in tasks]
    assert len(set(started(begun))) == 3
    # Every model of a task lives under the task's seed.
    assert [entry[0] for entry in begun] == [task.seed for task in tasks for _ in range(2)]


def test_points_of_a_design_share_a_burn_in_only_where_it_comes_out_the_same(begun):
    (task,) = toy_plan(replications=1, months=1, arms=("lenient",), scenarios=("calm",)).tasks()
    marked = dataclasses.replace(task, calm="mark")
    run_task(marked)
    run_task(dataclasses.replace(marked, point=Point(1, updates=(("economy.shock", 0.1),))))
    assert len(started(begun)) == 1, "a shock after the policy date changes nothing before it"
    for other in (
        dataclasses.replace(marked, point=Point(2, updates=(("policy.limit", 0.9),))),
        dataclasses.replace(marked, calm="another"),
        dataclasses.replace(marked, burn_in=7),
        dataclasses.replace(marked, seed=99),
        dataclasses.replace(marked, seed=99, calm=""),
    ):
        before = len(started(begun))
        run_task(other)
        assert len(started(begun)) == before + 1
    run_task(dataclasses.replace(marked, seed=99, calm=""))
    assert len(started(begun)) == 7, "without a mark nothing is kept"


def test_the_last_run_takes_the_checkpoint_along_unless_it_is_kept_for_others(begun, monkeypatch):
    told = []
    fork = FakeModel.fork.__func__

    def watched(model_class, config, checkpoint, *, last):
        told.append(last)
        return fork(model_class, config, checkpoint)

    monkeypatch.setattr(FakeModel, "fork", classmethod(watched))
    (task,) = toy_plan(replications=1, months=1, arms=("lenient", "limits"), scenarios=("calm", "bad")).tasks()
    run_task(task)
    assert told == [False, False, False, True]
    run_task(dataclasses.replace(task, calm="mark"))
    assert told[4:] == [False] * 4 and burn_in._last
    start = burn_in.Start({"month": 0, "accounts": {}}, 1, kept=False)
    start.fork(FakeModel, Config())
    assert start.checkpoint is None


def test_a_burn_in_has_its_months_and_is_lived_under_the_root(begun):
    plan = toy_plan(replications=1, months=2, arms=("limits",), scenarios=("calm", "bad"))
    (task,) = plan.tasks(threads=3)
    checkpoint = burn_in.start_of(task, own_config(task.root_config, task), cell.default_engine()).checkpoint
    assert checkpoint["month"] == -6 + task.burn_in == 0
    assert begun == [(task.seed, 0.05, 1.0, 3, True)], "of the root package, not of the arm"


def test_a_cell_has_its_own_seed_and_share_of_the_machine():
    (task,) = toy_plan(replications=1, scenarios=("calm",)).tasks(threads=5)
    config = own_config(Config(seed=123), dataclasses.replace(task, block=77))
    assert (config.seed, config.machine.threads, config.machine.block) == (task.seed, 5, 77)
    assert config.policy == Config().policy


def test_a_shadow_leaves_only_its_trace_behind(begun):
    plan = toy_plan(replications=1, months=3, arms=("lenient", "platform"), scenarios=("calm", "bad"))
    (task,) = plan.tasks()
    outcome = run_task(task)
    assert [(run.arm, run.scenario) for run in outcome.runs] == [
        (arm, scenario) for scenario in ("calm", "bad") for arm in ("lenient", "platform")
    ]
    assert all(len(run.columns["outstanding"]) == 3 for run in outcome.runs) and outcome.seconds > 0
    assert all(run.replication == task.replication for run in outcome.runs)


def test_refusals_are_judged_by_the_twin_that_approves(begun, monkeypatch):
    plan = toy_plan(replications=1, months=3, arms=("lenient", "limits"), scenarios=("calm",))
    (task,) = plan.tasks()
    given = []
    monkeypatch.setattr(cell, "judged_refusals", lambda run, twin, paths: given.append((run, twin, paths)) or {"x": 1})
    monkeypatch.setattr(
        cell, "_follow_applicants", lambda model, found: found.refused.append(model.config.policy.limit)
    )
    monkeypatch.setattr(cell, "_sort_applicants", lambda model, found: None)
    monkeypatch.setattr(cell, "run_digest", lambda *parts: "")
    outcome = run_task(dataclasses.replace(task, approving={"lenient": "limits"}))
    ((run, twin, paths),) = given
    assert (run.refused, twin.refused) == ([1.0] * 3, [0.9] * 3) and paths.months == 3
    assert [("x" in run.columns) for run in outcome.runs] == [True, False]


def test_tasks_of_all_replications_in_order():
    plan = toy_plan(replications=3)
    tasks = plan.tasks(threads=2)
    assert [(task.replication, task.family) for task in tasks] == [
        (one, family) for one in range(3) for family in ("calm", "elsewhere")
    ], "the longest family first"
    assert [task.seed for task in tasks] == [replication_seed(1, task.replication) for task in tasks]
    assert len(plan.tasks(replications=1)) == 2 and {task.threads for task in tasks} == {2}
    # The root is taken with one configuration, the arms with those of their family.
    assert list(tasks[0].root.configs) == ["calm"] and list(tasks[1].root.configs) == ["elsewhere"]
    assert {tuple(arm.configs) for arm in tasks[0].arms} == {("calm", "bad")}
    assert tasks[1].months == 6 + 5 * 24


# ---- what a month leaves ----------------------------------------------------------------------------


def small_model() -> SimpleNamespace:
    return SimpleNamespace(
        accounts={
            "line": np.array([LINE_OPEN, LINE_CHARGED_OFF, LINE_REFUSED, LINE_REFUSED, LINE_OPEN, LINE_REFUSED]),
            "alive": np.array([1, 1, 1, 1, 0, 0]),
            "months_past_due": np.array([4, 0, 3, 0, 9, 0]),
            "months_in_state": np.array([0, 5, 0, 1, 0, 0]),
            "principal": np.array([10, 0, 0, 7, 5, 0]),
            "thin_file": np.array([0, 1, 0, 0, 0, 1]),
        },
        persons={"income_permanent": np.array([0, 100, 101, 899, 900, 250])},
        standing={f"income_cut_{k}": 100 * k for k in range(1, 10)},
        events={"default": [np.array([9]), np.array([0, 2])], "closure": [np.array([8]), np.array([1])]},
    )


def test_a_trace_takes_the_months_last_events_and_who_is_late_at_its_end():
    trace = Trace()
    cell._follow(small_model(), trace)
    assert trace.entered[0].tolist() == [0, 2] and trace.closed[0].tolist() == [1]
    assert trace.overdue[0].tolist() == [0, 1], "90 days late or written off, and still there"
    assert np.unpackbits(trace.open[0])[:6].tolist() == [1, 0, 0, 0, 0, 0]


def test_refusals_of_the_month_and_where_everybody_stands():
    found, model = Applicants(), small_model()
    cell._follow_applicants(model, found)
    cell._sort_applicants(model, found)
    assert found.refused[0].tolist() == [2], "refused this month and still there"
    assert np.unpackbits(found.owing[0])[:6].tolist() == [1, 0, 0, 1, 0, 0]
    assert found.thin.tolist() == [False, True, False, False, False, True]
    assert found.decile.tolist() == [0, 1, 1, 8, 9, 2], "a bound belongs to the decile above it"


def test_the_random_benchmark_has_luck_of_its_own():
    draw, other = cell._luck(5), cell._luck(6)
    assert len(draw(3, 9)) == 9 and draw(3, 9)[:5] == draw(3, 5) and draw(3, 0) == []
    assert len({*draw(3, 9), *draw(4, 9), *other(3, 9)}) == 27
    assert all(0 < luck < 1 for luck in draw(3, 50))


def test_months_become_columns():
    columns = as_columns([{"month": 0, "defaults": 3, "loss_rate": 0.5, "arm": "a"}, {"month": 1, "provisions": 7}])
    assert set(columns) == {"defaults", "loss_rate", "provisions"}
    assert columns["defaults"].tolist() == [3, 0] and columns["defaults"].dtype == np.int64
    assert columns["provisions"].tolist() == [0, 7]
    assert columns["loss_rate"][0] == 0.5 and math.isnan(columns["loss_rate"][1])


def test_a_digest_knows_every_part_of_a_run():
    columns = {"a": np.array([1.0, np.nan, 0.0]), "b": np.array([1, 2])}
    mark = run_digest("arm", "calm", 1, columns, ClosureFigures())
    same = {"b": np.array([1, 2]), "a": np.array([1.0, -np.nan, -0.0])}
    assert run_digest("arm", "calm", 1, same, ClosureFigures()) == mark, "order, kind of not-a-number, sign of zero"
    others = [
        run_digest("arm", "calm", 2, columns, ClosureFigures()),
        run_digest("calm", "arm", 1, columns, ClosureFigures()),
        run_digest("arm", "calm", 1, {**columns, "b": np.array([2, 1])}, ClosureFigures()),
        run_digest("arm", "calm", 1, {**columns, "b": np.array([1.0, 2.0])}, ClosureFigures()),
        run_digest("arm", "calm", 1, {"a": columns["b"], "b": columns["a"]}, ClosureFigures()),
        run_digest("arm", "calm", 1, columns, ClosureFigures(closures=1)),
        run_digest("arm", "calm", 1, {"a": columns["a"], "c": columns["b"]}, ClosureFigures()),
    ]
    assert len({mark, *others}) == 8


# ---- values of a point ------------------------------------------------------------------------------


def test_values_go_into_their_keys_and_nowhere_else():
    config = Config()
    changed = updated(config, (("policy.limit", 0.5), ("economy.calm", 0.2), ("fund.capital", 9)))
    assert (changed.policy, changed.economy) == (Policies(limit=0.5), Economy(calm=0.2)), (
        "a key it lacks is passed over"
    )
    assert changed.seed == config.seed and updated(config, ()) is config and updated(config, (("no", 1),)) is config
    assert has_key(config, "policy.limit") and not has_key(config, "policy.limits") and not has_key(config, "seed.more")
    listed = dataclasses.replace(config, notes=(Economy(0.1), Economy(0.2)))
    assert updated(listed, (("notes.1.calm", 0.9),)).notes == (Economy(0.1), Economy(0.9))
    assert has_key(listed, "notes.1.calm") and not has_key(listed, "notes.2.calm") and not has_key(listed, "notes.x")


def test_an_arm_that_takes_no_policy_gets_the_common_values_alone():
    (task,) = toy_plan(replications=1, arms=("lenient",), scenarios=("calm",)).tasks()
    point = Point(3, updates=(("policy.limit", 0.5), ("economy.calm", 0.2)), common=(("economy.calm", 0.2),))
    task = dataclasses.replace(task, point=point)
    (arm,) = task.arms
    assert task.config(arm, "calm").policy.limit == 0.5
    kept = task.config(dataclasses.replace(arm, takes_policy=False), "calm")
    assert (kept.policy.limit, kept.economy.calm) == (1.0, 0.2)
    assert Point(values=(("a", 0.25), ("b", "x"))).words == "a=0.25 b=x"


# ---- the plan ---------------------------------------------------------------------------------------


def test_a_plan_is_marked_by_all_that_decides_its_results():
    plan = toy_plan()
    marks = {plan.digest()}
    for other in (
        dataclasses.replace(plan, seed=2),
        dataclasses.replace(plan, scenarios=plan.scenarios[::-1]),
        dataclasses.replace(plan, arms=plan.arms[:-1]),
        dataclasses.replace(plan, study=dataclasses.replace(plan.study, burn_in=7)),
        dataclasses.replace(plan, study=dataclasses.replace(plan.study, replications=5)),
    ):
        marks.add(other.digest())
    assert len(marks) == 6
    assert dataclasses.replace(plan, machine=dataclasses.replace(plan.machine, threads=9)).digest() in marks


def test_families_at_a_point_are_those_that_it_names():
    plan = toy_plan()
    assert list(plan.families_at(Point())) == ["calm", "elsewhere"]
    apart = Point(1, families=(("bad",), ("calm", "elsewhere")))
    found = {name: [scenario.name for scenario in group] for name, group in plan.families_at(apart).items()}
    assert found == {"bad": ["bad"], "calm": ["calm", "elsewhere"]}
    two = dataclasses.replace(plan, points=(Point(), apart), axes=("axis",))
    assert two.task_count == 4 * 4 and len(two.tasks()) == 16
    assert [
        task.calm for task in dataclasses.replace(plan, points=(Point(calm=("x", "y")),)).tasks(replications=1)
    ] == ["x", "y"]


def test_a_twin_is_equal_but_for_the_policy_that_is_judged():
    plan = toy_plan(arms=("closing", "platform"), scenarios=("calm", "bad"))
    assert plan.paired == {"closing": "closing_never_closing", "platform": "platform_never_closing"}
    for name, twin in plan.paired.items():
        arms = {arm.name: arm for arm in plan.arms}
        for scenario in ("calm", "bad"):
            ours, theirs = arms[name].configs[scenario], arms[twin].configs[scenario]
            assert isinstance(ours.policy.closing, Threshold) and not isinstance(theirs.policy.closing, Threshold)
            assert dataclasses.replace(theirs, policy=ours.policy) == ours
        assert arms[twin].shadow_of == name


# ---- figures that one arm has -----------------------------------------------------------------------


def test_a_figure_that_one_arm_has_stays_whole_and_absent_beside_the_other():
    own = {"outstanding": np.array([5, 6]), "fund_capital": np.array([7, 8])}
    ours = {"outstanding": np.array([3, 4]), "firm_score_auc": np.array([0.5, 0.25])}
    digests = [run_digest(name, "calm", 0, columns, ClosureFigures()) for name, columns in (("a", own), ("b", ours))]
    runs = [Run(name, "calm", 0, columns, ClosureFigures(), "") for name, columns in (("a", own), ("b", ours))]
    stored = pq.read_table(io.BytesIO(as_parquet([Outcome(tuple(runs), 0.0)])))
    assert str(stored.schema.field("fund_capital").type) == "int64"
    assert stored["fund_capital"].to_pylist() == [7, 8, None, None]
    assert stored["firm_score_auc"].to_pylist() == [None, None, 0.5, 0.25]
    frame = stored.to_pandas().astype({"arm": str, "scenario": str})
    closures = pd.DataFrame(
        [{"arm": name, "scenario": "calm", "replication": 0, **dataclasses.asdict(ClosureFigures())} for name in "ab"]
    )
    assert recomputed_digests(frame, closures) == digests
