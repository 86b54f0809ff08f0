"""What a study will take: time from the speed that this machine has shown, and room on the disk."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sim.engine.loops.folder import cache_folder
from sim.study.plan.parts import Task
from sim.study.run.progress import duration

FIRST_GUESS = 3e6
"""Borrower-months a second and core, before this machine has shown its own speed."""

SECONDS_A_RUN = 0.05
"""What a run costs beside its borrower-months, seconds."""

ENOUGH = 5
"""Cells that tell a speed."""

BYTES_A_MONTH, BYTES_A_CELL = 250, 20_000
"""Room of one month of one run, and of a cell beside its months, in compressed Parquet."""


@dataclass(frozen=True)
class Forecast:
    """Seconds and bytes that cells will take."""

    seconds: float
    size: float

    @property
    def words(self) -> str:
        """The forecast in words."""
        return f"about {duration(self.seconds)} and {_size_in_words(self.size)} on the disk"


def forecast(tasks: Sequence[Task], cores: int) -> Forecast:
    """Forecast cells on a number of cores that they can keep busy."""
    seconds = _work(tasks) / _speed() / max(cores, 1)
    months = sum(task.months - task.burn_in for task in tasks)
    return Forecast(seconds, months * BYTES_A_MONTH + len(tasks) * BYTES_A_CELL)


def speed_of(task: Task, seconds: float) -> float:
    """Borrower-months a second of a cell that took so long, what a run costs beside them counted in."""
    return _work([task]) / max(seconds, 1e-6)


def remember_speed(speeds: Sequence[float]) -> None:
    """Note the speed of the cells that ran, for the next forecast; their median, because the first ones compile."""
    if len(speeds) < ENOUGH:
        return
    with contextlib.suppress(OSError):
        (cache_folder() / "speed").write_text(f"{median(speeds):.6g}\n", encoding="utf-8")


def _work(tasks: Sequence[Task]) -> float:
    """Borrower-months, with what a run costs beside them counted as if it were some."""
    work = 0.0
    for task in tasks:
        population = getattr(task.root.configs[next(iter(task.root.configs))], "population", None)
        runs = 1 + len(task.arms) * len(task.scenarios)
        work += task.months * float(getattr(population, "borrowers", 0) or 0) + runs * SECONDS_A_RUN * FIRST_GUESS
    return work


def _speed() -> float:
    try:
        return max(1.0, float((cache_folder() / "speed").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return FIRST_GUESS


def _size_in_words(size: float) -> str:
    for limit, unit in ((1e9, "GB"), (1e6, "MB")):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{max(size / 1e3, 1):.0f} kB"
