"""What a study will take: time from the pace that this machine has shown, room on the disk and in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sim.engine.loops.folder import cache_folder
from sim.language.words import Words
from sim.study.plan.parts import Task
from sim.study.plan.plan import Plan
from sim.study.run.driving import groups
from sim.study.run.progress import duration
from sim.study.sweep.room import THE_STUDY, Shape, disk, memory, shape_of

A_MONTH, A_PERSON, MONTH_OF_FIRMS, A_FIRM, A_RUN = 2.0e-3, 1.08e-7, 1.5e-3, 1.66e-6, 0.01
"""Seconds of a month, of each person and firm in it, and of a run beside its months, at the pace 1."""

FASTEST, SLOWEST = 100.0, 0.01
"""Paces beyond which a note of one is not believed."""

TO_START = 3.0
"""Seconds until the workers are there, and to make tables and report."""

ENOUGH = 5
"""Cells that tell a pace."""

PACE = "pace"
"""File of the pace, beside the compiled rules."""


@dataclass(frozen=True)
class Forecast:
    """Seconds, and bytes on the disk and in memory, that a study will take."""

    seconds: float
    size: float
    memory: float

    def told(self, say: Words) -> str:
        """The forecast in words."""
        room = {"disk": _size_in_words(self.size), "memory": _size_in_words(self.memory)}
        return say("running.takes", time=duration(self.seconds, say), **room)


def forecast(plan: Plan, tasks: Sequence[Task], workers: int, threads: int) -> Forecast:
    """Forecast the cells of a study, its tables and its report.

    Parameters
    ----------
    plan : Plan
        The study.
    tasks : sequence of Task
        Cells that are still to run.
    workers, threads : int
        Processes, and threads of each.
    """
    workers, threads = max(workers, 1), max(threads, 1)
    shapes = {task.point.number: shape_of(task) for task in tasks}
    work = [_work(task, shapes[task.point.number]) / _pace() for task in tasks]
    mean = sum(work) / max(len(work), 1)
    files = groups(len(tasks), workers, mean)
    usual = max(shapes.values(), key=lambda shape: shape.borrowers, default=Shape(0))
    held = max((memory(shapes[task.point.number], task) for task in tasks), default=0.0)
    return Forecast(
        TO_START + sum(work) / (workers * threads),
        disk(plan, tasks, usual, files),
        THE_STUDY + workers * held if workers > 1 else max(THE_STUDY, held),
    )


def pace_of(task: Task, seconds: float) -> float:
    """The pace that a cell showed which took so long."""
    return _work(task, shape_of(task)) / max(seconds, 1e-6)


def remember_pace(paces: Sequence[float]) -> None:
    """Note the pace of the cells that ran, for the next forecast; their median, because the first ones compile."""
    if len(paces) < ENOUGH:
        return
    with contextlib.suppress(OSError):
        (cache_folder() / PACE).write_text(f"{median(paces):.6g}\n", encoding="utf-8")


def _work(task: Task, shape: Shape) -> float:
    """Seconds of a cell at the pace 1."""
    firms = MONTH_OF_FIRMS + A_FIRM * shape.firms if shape.firms else 0.0
    runs = 1 + len(task.arms) * len(task.scenarios)
    return task.months * (A_MONTH + A_PERSON * shape.borrowers + firms) + A_RUN * runs


def _pace() -> float:
    try:
        noted = float((cache_folder() / PACE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 1.0
    return noted if SLOWEST <= noted <= FASTEST else 1.0


def _size_in_words(size: float) -> str:
    for limit, unit in ((1e9, "GB"), (1e6, "MB")):
        if size >= limit:
            return f"{size / limit:.1f} {unit}" if size < 100 * limit else f"{size / limit:.0f} {unit}"
    return f"{max(size / 1e3, 1):.0f} kB"
