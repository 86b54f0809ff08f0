"""A study at work: what is found and finished, and in which rounds its cells are asked for."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from sim.language.words import Words
from sim.study.plan.own_model import tellers_of
from sim.study.plan.parts import Task
from sim.study.plan.plan import Plan
from sim.study.plan.points import Point
from sim.study.plan.telling import words_of
from sim.study.run.driving import Failure
from sim.study.store.provenance import now
from sim.study.store.store import Entry, Store
from sim.study.sweep.search import Search
from sim.study.sweep.sweeping import Known, cell_figures

if TYPE_CHECKING:
    import pandas as pd

FIRST_LOOK = 8
"""Replications before a precision target is looked at for the first time."""

GROWTH = 1.5
"""Factor on the replications between two looks; few looks, because each may stop too soon by luck."""


@dataclasses.dataclass
class Job:
    """What the parts of the runner share.

    Attributes
    ----------
    earlier : mapping
        Manifest that earlier calls left; empty in a new folder.
    call : dict
        When this call began, where and by which program; empty where it computes nothing.
    found : dict
        Cells that were whole on the disk when the run began, and those that were added since, by key.
    finished : list of Entry
        Those among them that the study asks for.
    read : Known
        Figures of the runs in the result files that were read.
    asked : int
        Cells asked for so far.
    added : int
        Cells computed in this call.
    search : Search or None
        The search of an adaptive design, once it has begun.
    """

    plan: Plan
    store: Store
    console: Console
    earlier: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    call: dict[str, Any] = dataclasses.field(default_factory=dict)
    started: float = dataclasses.field(default_factory=time.perf_counter)
    found: dict[str, Entry] = dataclasses.field(default_factory=dict)
    finished: list[Entry] = dataclasses.field(default_factory=list)
    failures: list[Failure] = dataclasses.field(default_factory=list)
    paces: list[float] = dataclasses.field(default_factory=list)
    read: Known = dataclasses.field(default_factory=Known)
    asked: int = 0
    added: int = 0
    search: Search | None = None

    @property
    def say(self) -> Words:
        """Texts of the language that the study is told in."""
        return words_of(self.plan)

    @property
    def total(self) -> int:
        """Cells of the study, as far as they are known."""
        return max(self.asked, 0 if self.stops_early else self.plan.task_count)

    @property
    def stops_early(self) -> bool:
        """Whether what comes out decides how many cells there are."""
        return self.plan.adaptive is not None or self.plan.study.precision > 0

    @property
    def seconds(self) -> float:
        """Wall time so far, over all calls."""
        return float(self.earlier.get("seconds") or 0.0) + time.perf_counter() - self.started

    @property
    def calls(self) -> list[dict[str, Any]]:
        """All calls so far, this one as it would end now."""
        before = list(self.earlier.get("calls", ()))
        return [*before, {**self.call, "ended": now(), "cells": self.added}] if self.call else before

    def words(self) -> str:
        """How far the study is."""
        counts = {"finished": len(self.finished), "total": self.total}
        if self.failures:
            return self.say("running.cells_failed", failed=len(self.failures), **counts)
        return self.say("running.cells", **counts)

    def take(self, tasks: Sequence[Task]) -> list[Task]:
        """Ask for cells; return those that must run, because they are not on the disk."""
        self.asked += len(tasks)
        keys = [self.store.key(task) for task in tasks]
        self.finished += [self.found[key] for key in keys if key in self.found]
        return [task for task, key in zip(tasks, keys, strict=True) if key not in self.found]

    def add(self, cells: Sequence[Entry]) -> None:
        """Take in cells that were stored."""
        self.finished += cells
        self.added += len(cells)
        self.found |= {cell.key: cell for cell in cells}

    def change(self, plan: Plan) -> None:
        """Go on with a plan that has more points."""
        self.plan = plan
        self.store = Store(self.store.folder, plan)


def rounds(job: Job) -> Iterator[list[Task]]:
    """Cells in the rounds in which they are asked for; between two, what came out decides whether there is another."""
    if job.plan.adaptive is not None:
        yield from _searched(job)
        return
    done = 0
    for replications in _looks(job.plan):
        yield [task for task in job.plan.tasks(1, replications) if task.replication >= done]
        done = replications
        if job.plan.study.precision and done < job.plan.study.runs and widest(job) <= job.plan.study.precision:
            job.console.print(job.say("running.precise", count=done), highlight=False)
            return


def _looks(plan: Plan) -> list[int]:
    most = plan.study.runs
    if not plan.study.precision:
        return [most]
    looks = [min(FIRST_LOOK, most)]
    while looks[-1] < most:
        looks.append(min(most, int(np.ceil(looks[-1] * GROWTH))))
    return looks


def widest(job: Job) -> float:
    """Width of the widest interval of the figure that must be precise: of differences, or of what one package has.

    A figure that a model of the user's declares is known of the packages that run it alone: of those whose parent does
    not, its level must be precise.
    """
    from sim.study.compare.compare import interval

    study, figure = job.plan.study, job.plan.study.precision_of
    runs = figures(job)[figure]
    tellers = tellers_of(job.plan, figure) or [arm.name for arm in job.plan.shown]
    widths = []
    for arm in job.plan.shown:
        if arm.name not in tellers or (not arm.parent and len(tellers) > 1):
            continue
        values = runs.xs(arm.name, level="arm")
        if arm.parent in tellers:
            values = values - runs.xs(arm.parent, level="arm")
        for _, block in values.groupby(level=[name for name in values.index.names if name != "replication"]):
            _, low, high, _ = interval(block.to_numpy(np.float64), study.confidence, study.interval)
            widths.append(high - low)
    # A width that is not known is not narrow.
    return float("inf") if not widths or np.isnan(widths).any() else max(widths)


def figures(job: Job) -> pd.DataFrame:
    """Figures of every stored run; point is among the levels where there is a design."""
    found = cell_figures(job.store.folder, job.plan, job.read)
    return found if job.plan.has_design else found.droplevel("point")


def _searched(job: Job) -> Iterator[list[Task]]:
    adaptive = job.plan.adaptive
    assert adaptive is not None
    job.search = search = adaptive.begin()
    keys = [axis.key for axis in adaptive.axes]
    known: dict[tuple[object, ...], Point] = {}
    while rows := search.ask():
        fresh = [row for row in rows if row not in known]
        for row in fresh:
            known[row] = adaptive.point(len(known), tuple(zip(keys, row, strict=True)))
        job.change(dataclasses.replace(job.plan, points=tuple(known.values()), compositions=tuple(adaptive.plans[1:])))
        numbers = {known[row].number for row in fresh}
        yield [task for task in job.plan.tasks() if task.point.number in numbers]
        if job.failures:
            return
        runs = side_by_side(figures(job).xs(adaptive.arm, level="arm"), [one.name for one in job.plan.scenarios])
        search.tell(rows, [runs.xs(known[row].number, level="point") for row in rows])


def side_by_side(runs: pd.DataFrame, scenarios: Sequence[str]) -> pd.DataFrame:
    """Put figures of the first scenario by their names, of the others as ``scenario:figure``, into one row a run.

    Parameters
    ----------
    runs : DataFrame
        A level ``scenario`` among those of its index.
    scenarios : sequence of str
        In the order of the study.
    """
    first, *others = (runs.xs(name, level="scenario") for name in scenarios)
    named = [table.add_prefix(f"{name}:") for name, table in zip(scenarios[1:], others, strict=True)]
    return first.join(named) if named else first
