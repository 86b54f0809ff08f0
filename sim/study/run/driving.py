"""Handing cells to an executor: how many at a time, again when a worker was lost, and what to do with failures."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from sim.study.plan.parts import Task
from sim.study.run.cell import Engine, Outcome, run_tasks
from sim.study.run.pool import WorkerLost, WorkerPool
from sim.study.run.warming import guarded

ATTEMPTS = 3
"""Times that a cell is handed out before it counts as failed."""

SECONDS_A_TASK = 3.0
"""Cells are handed out in groups of about this length: shorter ones cost more in the handing out."""

SLOWEST = 100_000.0
"""Borrower-months a second below which a cell is taken for hung; a hundred times slower than usual."""

PATIENCE = 300.0
"""Seconds that every cell may take, for what does not grow with its size."""

LOST = (WorkerLost, MemoryError, OSError, TimeoutError)
"""Failures of a machine: they may not happen again. A failure of the model would, since one seed has one result."""


@dataclass(frozen=True)
class Failure:
    """A cell that did not finish, and why."""

    task: Task
    error: BaseException

    @property
    def words(self) -> str:
        """One line that names the cell."""
        point = f"point {self.task.point.number + 1} ({self.task.point.words}), " if self.task.point.values else ""
        why = str(self.error).splitlines()[0] if str(self.error) else ""
        kind = "" if isinstance(self.error, WorkerLost) else f"{type(self.error).__name__}: "
        return f"{point}{self.task.family}, replication {self.task.replication}: {kind}{why}"


@dataclass
class Driver:
    """Keeps an executor busy until every cell is done or has failed.

    Parameters
    ----------
    executor : Executor
        Where cells run.
    workers : int
        Cells that run at a time.
    engine : type or None
        Model class.
    keep : callable
        Takes the tasks of a group and their outcomes.
    deadline : float
        Seconds that a cell may take; 0: chosen from its size.
    """

    executor: Executor
    workers: int
    engine: type[Engine] | None
    keep: Callable[[Sequence[Task], Sequence[Outcome]], None]
    deadline: float = 0.0
    failures: list[Failure] = field(default_factory=list)
    _waiting: deque[Task] = field(default_factory=deque)
    _alone: deque[Task] = field(default_factory=deque)
    _tries: Counter[int] = field(default_factory=Counter)
    _seconds: float = 0.0
    _done: int = 0

    def run(self, tasks: Sequence[Task]) -> None:
        """Run all cells; those that fail are listed in ``failures``."""
        self._waiting.extend(tasks)
        running: dict[Future[list[Outcome]], list[Task]] = {}
        while self._waiting or self._alone or running:
            while len(running) < self._window and (group := self._next()):
                running[self._submit(group)] = group
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                self._take(future, running.pop(future))

    @property
    def _window(self) -> int:
        """Groups handed out at a time: one for each worker, and one that waits for it."""
        return 1 if isinstance(self.executor, ThisProcess) else 2 * self.workers

    def _next(self) -> list[Task]:
        """Return the next group: a cell alone after a failure, else cells for some seconds."""
        if self._alone:
            return [self._alone.popleft()]
        size = _group(len(self._waiting), self.workers, self._seconds / self._done) if self._done else 1
        return [self._waiting.popleft() for _ in range(min(size, len(self._waiting)))]

    def _submit(self, group: list[Task]) -> Future[list[Outcome]]:
        limit = sum(self.deadline or PATIENCE + _size(task) / SLOWEST for task in group)
        if isinstance(self.executor, WorkerPool):
            return self.executor.submit_within(limit, run_tasks, group, self.engine)
        if isinstance(self.executor, ThisProcess):
            return self.executor.submit(run_tasks, group, self.engine)
        return self.executor.submit(guarded, limit, run_tasks, group, self.engine)

    def _take(self, future: Future[list[Outcome]], group: list[Task]) -> None:
        error = future.exception()
        if error is None:
            outcomes = future.result()
            self._seconds += sum(outcome.seconds for outcome in outcomes)
            self._done += len(group)
            self.keep(group, outcomes)
            return
        if not isinstance(error, Exception) or isinstance(error, BrokenExecutor):
            raise error  # Ctrl-C; or nobody is left who could take a cell
        lost = isinstance(error, LOST) or type(error).__name__ in ("KilledWorker", "CancelledError")
        for task in group:
            self._tries[id(task)] += lost
            if (lost and self._tries[id(task)] < ATTEMPTS) or len(group) > 1:
                self._alone.append(task)
            else:
                self.failures.append(Failure(task, error))


def _group(waiting: int, workers: int, seconds: float) -> int:
    """Cells of the next group, where so many wait and one takes so long; the last groups are small."""
    return max(1, min(round(SECONDS_A_TASK / max(seconds, 1e-3)), waiting // (8 * workers)))


def groups(cells: int, workers: int, seconds: float) -> int:
    """In how many groups cells will be handed out, and stored, that take so many seconds each."""
    at_once = min(cells, 2 * workers)  # before one has told how long it takes
    count, waiting = at_once, cells - at_once
    while waiting > 0:
        waiting -= _group(waiting, workers, seconds)
        count += 1
    return count


def _size(task: Task) -> float:
    """Borrower-months of a cell."""
    population: Any = getattr(task.root_config, "population", None)
    return task.months * float(getattr(population, "borrowers", 0) or 0)


class ThisProcess(Executor):
    """An executor without any other process: a call runs when it is handed in."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call now; Ctrl-C goes to the caller."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future
