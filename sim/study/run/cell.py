"""One task: burn-in under the root package, then every package and scenario forked from its end.

This is the only file of the folder that runs a model. It is called in the workers, so it imports little.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.figures.catalog import METRICS
from sim.loan.states import LINE_CHARGED_OFF, LINE_OPEN, LINE_REFUSED, MONTHS_90
from sim.study.compare.closures import ClosureFigures, Trace, judge
from sim.study.compare.earnings import Earnings
from sim.study.compare.refusals import Applicants, judged_refusals
from sim.study.follow.follower import Columns, Follower, followers, left_by
from sim.study.plan.own_model import OwnModel, own_of
from sim.study.plan.parts import Arm, Scenario, Task
from sim.study.run.burn_in import Start, release, start_of
from sim.study.run.own_model import class_of, told

KEYS = ("arm", "scenario", "replication", "month")


class Engine(Protocol):
    """What a task asks of a model class; `sim.month.model.Model` is the one in use."""

    accounts: Any
    environment: Any
    record: dict[str, Any]
    events: dict[str, list[NDArray[np.int64]]]
    by_hand: bool

    def __init__(self, config: Any) -> None: ...

    def step(self) -> None:
        """Advance one month."""

    def save(self, *, departed: bool, last: bool) -> Any:
        """Return a checkpoint; whether with the rows of persons who have left, and of a model that is done with."""

    @classmethod
    def fork(cls, config: Any, checkpoint: Any, *, last: bool) -> Engine:
        """Continue from a checkpoint under another configuration; the last may take it along."""


@dataclass(frozen=True)
class Run:
    """Results of one package in one scenario and one replication.

    ``columns`` holds one array for each metric, in months from the policy date on; ``tables`` what was noted beside.
    """

    arm: str
    scenario: str
    replication: int
    columns: dict[str, NDArray[Any]]
    closures: ClosureFigures
    digest: str
    tables: Mapping[str, Columns] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a task hands back: its runs and the seconds that they took."""

    runs: tuple[Run, ...]
    seconds: float


def run_task(task: Task, engine: type[Engine] | None = None) -> Outcome:
    """Simulate one task; ``engine`` takes the place of the model classes that its configurations name."""
    started = time.perf_counter()
    root = task.root_config
    with told(root, f"{task.root.name}, burn-in"):
        start = start_of(task, own_config(root, task), engine_of(root, engine))
    runs: list[Run] = []
    for scenario in task.scenarios:
        runs += _scenario(task, scenario, start, engine)
    return Outcome(tuple(runs), time.perf_counter() - started)


def run_tasks(tasks: Sequence[Task], engine: type[Engine] | None = None) -> list[Outcome]:
    """Simulate several tasks one after the other; what a worker is handed when cells are short."""
    return [run_task(task, engine) for task in tasks]


def default_engine() -> Any:
    """Return the model class, imported only where a model runs."""
    from sim.month.model import Model

    return Model


def engine_of(config: Any, engine: type[Engine] | None = None) -> Any:
    """Return the model class of a configuration: the one asked for, the user's own, or ours."""
    return engine or (engine_of_own(own) if (own := own_of(config)) else default_engine())


def engine_of_own(own: OwnModel) -> Any:
    """Return a class of the user's."""
    return class_of(own, default_engine())


def own_config(config: Any, task: Task) -> Any:
    """Return a configuration with the seed of the replication and the task's share of the machine."""
    machine = dataclasses.replace(config.machine, threads=task.threads, block=task.block)
    return dataclasses.replace(config, seed=task.seed, machine=machine)


def _scenario(task: Task, scenario: Scenario, start: Start, engine: Any) -> list[Run]:
    """Run every arm of a scenario; shadows only leave their trace behind."""
    twins = {*task.paired.values(), *task.approving.values()}
    traces: dict[str, Trace] = {}
    applicants: dict[str, Applicants] = {}
    columns: dict[str, dict[str, NDArray[Any]]] = {}
    watched: dict[str, list[Follower]] = {}
    for arm in task.arms:
        traced = arm.name in task.paired or arm.name in twins
        config = task.config(arm, scenario.name)
        with told(config, f"{arm.name} in {scenario.name}"):
            given = task, arm, scenario, own_config(config, task), start, engine_of(config, engine), traced
            rows, traces[arm.name], applicants[arm.name], watching = _run(*given)
        if not arm.shadow_of:
            columns[arm.name], watched[arm.name] = as_columns(rows), watching
    tables = left_by(watched, {arm.name: arm.parent for arm in task.arms})
    runs = []
    for name, metrics in columns.items():
        if name in task.approving:
            twin = task.approving[name]
            metrics |= judged_refusals(applicants[name], applicants[twin], traces[twin])
        closures = ClosureFigures()
        if name in task.paired:
            closures = judge(traces[name], traces[task.paired[name]], _luck(task.seed))
        mark = run_digest(name, scenario.name, task.replication, metrics, closures)
        runs.append(Run(name, scenario.name, task.replication, metrics, closures, mark, tables[name]))
    return runs


def _run(
    task: Task, arm: Arm, scenario: Scenario, config: Any, start: Start, model_class: Any, traced: bool
) -> tuple[list[dict[str, Any]], Trace, Applicants, list[Follower]]:
    """Fork one arm, run it through the scenario, and collect its months, with who has watched it."""
    model = start.fork(model_class, config)
    model.by_hand = own_of(config) is not None
    rows: list[dict[str, Any]] = []
    trace, applicants = Trace(), Applicants()
    earnings = Earnings(model.accounts) if traced else None
    watching = followers(() if arm.shadow_of else task.noted, model)
    for _ in range(scenario.months):
        model.step()
        rows.append(model.record)
        for follower in watching:
            follower.follow(model)
        if earnings is not None:
            _follow(model, trace)
            earnings.follow(model.accounts, model.environment)
        if task.approving:
            _follow_applicants(model, applicants)
    if task.approving:
        _sort_applicants(model, applicants)
    if earnings is not None:
        trace.loss, trace.margin = earnings.loss, earnings.margin
    release(model)
    return rows, trace, applicants, watching


def _follow(model: Any, trace: Trace) -> None:
    """Add the month's defaults and closures to a trace."""
    accounts = model.accounts
    line, alive = accounts["line"], accounts["alive"] != 0
    overdue = (accounts["months_past_due"] >= MONTHS_90) | (line == LINE_CHARGED_OFF)
    trace.entered.append(model.events["default"][-1].astype(np.int64))
    trace.closed.append(model.events["closure"][-1].astype(np.int64))
    trace.overdue.append(np.flatnonzero(overdue & alive))
    trace.open.append(np.packbits((line == LINE_OPEN) & alive))


def _follow_applicants(model: Any, applicants: Applicants) -> None:
    """Add the month's refusals, and who owes, to what judges refusals."""
    accounts = model.accounts
    refused = (accounts["line"] == LINE_REFUSED) & (accounts["months_in_state"] == 0) & (accounts["alive"] != 0)
    applicants.refused.append(np.flatnonzero(refused))
    applicants.owing.append(np.packbits((accounts["principal"] > 0) & (accounts["alive"] != 0)))


def _sort_applicants(model: Any, applicants: Applicants) -> None:
    """Note who has a thin file, and where everybody stands by true income."""
    cuts = [model.standing[f"income_cut_{k}"] for k in range(1, 10)]
    applicants.thin = model.accounts["thin_file"] != 0
    applicants.decile = np.searchsorted(cuts, model.persons["income_permanent"], side="right")


def _luck(seed: int) -> Any:
    """Draws of the random benchmark, keyed by the replication's seed, the month and the place in the list."""
    from sim.engine.loops.draws import block
    from sim.engine.loops.philox import uniforms

    group = block("random_closing")

    def draw(month: int, count: int) -> list[float]:
        words = [uniforms(seed, group, index, 0, month) for index in range(math.ceil(count / 4))]
        return [luck for four in words for luck in four][:count]

    return draw


def as_columns(rows: Sequence[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    """Turn the months' records into one array a metric: money and counts int64, all else float64.

    What a month does not report is 0 of a sum and not-a-number of a share.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    columns: dict[str, NDArray[Any]] = {}
    for name in names:
        if name in KEYS:
            continue
        metric = METRICS.get(name)
        whole = metric is not None and metric.is_whole
        values = [row.get(name, 0 if whole else math.nan) for row in rows]
        columns[name] = np.array(values, dtype=np.int64 if whole else np.float64)
    return columns


def run_digest(
    arm: str,
    scenario: str,
    replication: int,
    columns: dict[str, NDArray[Any]],
    closures: ClosureFigures,
) -> str:
    """Sha256 over the values of one run: names and types in alphabetical order, little-endian bytes.

    A figure without a value in any month is one that the run does not have.
    """
    mark = hashlib.sha256(f"{arm}\n{scenario}\n{replication}\n{closures}\n".encode())
    for name in sorted(columns):
        values = columns[name]
        if values.dtype.kind == "f":
            missing = np.isnan(values)
            if missing.all():
                continue
            # A quiet NaN of one bit pattern, and no negative zero: equal values get equal bytes.
            values = np.where(missing, np.nan, values) + 0.0
        mark.update(f"{name}:{values.dtype.kind}{values.dtype.itemsize}:{len(values)}\n".encode())
        mark.update(np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")).tobytes())
    return mark.hexdigest()


def table_digest(table: Columns) -> str:
    """Sha256 over the values of a table: names in alphabetical order, texts and little-endian bytes."""
    mark = hashlib.sha256()
    for name in sorted(table):
        values = table[name]
        mark.update(f"{name}:{len(values)}\n".encode())
        mark.update(
            "\n".join(values.tolist()).encode()
            if values.dtype.kind in "UO"  # texts of one width, or each its own
            else np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")).tobytes()
        )
    return mark.hexdigest()
