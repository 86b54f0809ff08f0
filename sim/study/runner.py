"""Working through a plan: processes, progress, what happens on Ctrl-C, and the files at the end."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.study import processes
from sim.study.cell import Engine, Outcome, run_task
from sim.study.manifest import write_manifest
from sim.study.plan import Plan, Task
from sim.study.progress import Progress, progress_on
from sim.study.settings import share_of_machine
from sim.study.store import DamagedChunk, Entry, Store, StoreError, entries
from sim.study.warming import compile_rules

ATTEMPTS = 3
"""Times that a task is handed out before its failure ends the study."""


INTERRUPTED, FAILED, NOT_STORED = 130, 1, 3
"""Exit codes of a study that ended early: by Ctrl-C, by a failure, by a disk that takes no more."""


class StudyStopped(Exception):
    """A study that ended early; what is finished is kept, and the message says how to go on.

    Attributes
    ----------
    code : int
        Exit code for the command line.
    """

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


@dataclasses.dataclass
class _Job:
    """What the parts of the runner share."""

    plan: Plan
    store: Store
    console: Console
    finished: list[Entry]
    total: int
    started: float
    seconds_before: float


def run_study(
    plan: Plan,
    out: str | Path,
    *,
    executor: Executor | None = None,
    engine: type[Engine] | None = None,
    console: Console | None = None,
    report: Callable[[Path], object] | None = None,
) -> Path:
    """Run what is not yet done of a study, and write its table, manifest and report.

    Parameters
    ----------
    plan : Plan
        What to run.
    out : path
        Study folder; made when missing. A folder that holds a part of the same study is continued.
    executor : concurrent.futures.Executor, optional
        Where tasks run; left out, processes of this machine as ``machine.workers`` says.
    engine : type, optional
        Model class; `sim.model.Model` when left out.
    console : rich.console.Console, optional
        Where progress and the table go; standard output when left out.
    report : callable, optional
        Writes ``report.html`` into the study folder it is given; the door hands over `sim.reports.build`,
        since a study knows nothing of reports.

    Returns
    -------
    Path
        The study folder.

    Raises
    ------
    StoreError
        If the folder cannot be used; nothing was changed.
    StudyStopped
        After Ctrl-C or a failure that did not go away; finished tasks are kept.
    """
    console = console or Console()
    store = Store(Path(out), plan)
    seconds_before = store.open()
    finished, pending = _already_done(store, plan.tasks(), console)
    workers, threads = share_of_machine(plan.machine, len(pending))
    pending = [dataclasses.replace(task, threads=threads) for task in pending]
    job = _Job(plan, store, console, finished, plan.task_count, time.perf_counter(), seconds_before)
    with _kept(job):
        if pending:
            write_manifest(store, finished, complete=False, seconds=seconds_before)
            _announce(job, pending, workers, threads)
            _work(job, pending, executor, workers, engine)
        _finish(job, report)
    return store.folder


def _already_done(store: Store, tasks: list[Task], console: Console) -> tuple[list[Entry], list[Task]]:
    """Split the tasks into those whose results are whole and those to run; damaged ones run again."""
    finished: list[Entry] = []
    pending: list[Task] = []
    for task in tasks:
        try:
            entry = store.finished(task)
        except DamagedChunk as damage:
            console.print(f"{damage}; computed again", highlight=False, soft_wrap=True)
            entry = None
        if entry is None:
            pending.append(task)
        else:
            finished.append(entry)
    return finished, pending


def _announce(job: _Job, pending: list[Task], workers: int, threads: int) -> None:
    plan = job.plan
    if job.finished:
        job.console.print(f"continuing: {len(job.finished)} of {job.total} parts were finished", highlight=False)
    words = (
        f"{_count(len(plan.shown), 'package')}, {_count(len(plan.scenarios), 'scenario')}, "
        f"{_count(plan.study.replications, 'replication')}: {_count(len(pending), 'part')} to run "
        f"in {_count(workers, 'process', 'processes')} of {_count(threads, 'thread')}"
    )
    job.console.print(words, highlight=False, soft_wrap=True)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _work(job: _Job, pending: list[Task], executor: Executor | None, workers: int, engine: type[Engine] | None) -> None:
    """Run the pending tasks and show how far they are."""
    with progress_on(job.console, sum(task.months for task in pending)) as progress:
        progress.begin(f"{len(job.finished)} of {job.total} parts")
        if executor is not None:
            _drive(job, pending, executor, 2 * workers, engine, progress)
        elif workers == 1:
            for task in pending:
                _keep(job, task, run_task(task, engine), progress)
        else:
            _with_processes(job, pending, workers, engine, progress)


@contextlib.contextmanager
def _kept(job: _Job) -> Iterator[None]:
    """However the block ends, the folder holds what was finished and its manifest says so."""
    try:
        yield
    except KeyboardInterrupt:
        raise _stopped(job, "interrupted", INTERRUPTED) from None
    except BrokenProcessPool:
        why = "a worker process died again and again (out of memory?)"
        raise _stopped(job, why, FAILED) from None
    except StoreError as error:
        raise _stopped(job, str(error), NOT_STORED) from error
    except Exception as error:
        error.add_note(str(_stopped(job, "the model failed", FAILED)))
        raise


def _stopped(job: _Job, why: str, code: int) -> StudyStopped:
    """Leave a usable partial study and say how to go on."""
    with contextlib.suppress(StoreError), _without_interrupts():
        job.finished = entries(job.store.folder)
        seconds = job.seconds_before + time.perf_counter() - job.started
        write_manifest(job.store, job.finished, complete=False, seconds=seconds)
        if job.finished:
            _write_tables(job)
    return StudyStopped(
        f"{why}: {len(job.finished)} of {job.total} parts are kept in {job.store.folder}; "
        f"go on with: creditcycle resume {job.store.folder}",
        code,
    )


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back for the moment that closing a folder takes."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # only the main thread may set handlers
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _with_processes(
    job: _Job, pending: list[Task], workers: int, engine: type[Engine] | None, progress: Progress
) -> None:
    """Run in processes of this machine; a pool that a dying worker broke is replaced."""
    for attempt in range(ATTEMPTS):
        done = {(entry.family, entry.replication) for entry in job.finished}
        left = [task for task in pending if (task.family, task.replication) not in done]
        pool = processes.process_pool(min(workers, max(1, len(left))))
        try:
            if engine is None and left:
                _compile_once(job, left[0], pool, min(workers, len(left)), progress)
            progress.begin(f"{len(job.finished)} of {job.total} parts")
            _drive(job, left, pool, 2 * workers, engine, progress)
            pool.shutdown()
            return
        except BrokenProcessPool:
            processes.stop(pool)
            if attempt == ATTEMPTS - 1:
                raise
            progress.say("a worker process died; its parts are computed again")
        except BaseException:
            processes.stop(pool)
            raise


def _compile_once(job: _Job, task: Task, pool: Executor, workers: int, progress: Progress) -> None:
    """Let the workers compile the rules together, unless the disk cache has them."""
    if not processes.needs_warming(job.plan):
        return
    progress.say("compiling the rules (once for this version of the program)")
    parts = [pool.submit(compile_rules, task, part, workers) for part in range(workers)]
    problems = [part.exception() for part in parts]
    # What a tiny population cannot show, the first real task will show with its context.
    if not any(problems):
        processes.mark_warm(job.plan)


def _drive(
    job: _Job,
    pending: list[Task],
    executor: Executor,
    window: int,
    engine: type[Engine] | None,
    progress: Progress,
) -> None:
    """Keep ``window`` tasks with the executor until none is left."""
    waiting = iter(pending)
    running: dict[Future[Outcome], Task] = {}
    while True:
        while len(running) < window and (task := next(waiting, None)) is not None:
            running[executor.submit(run_task, task, engine)] = task
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            _keep(job, running.pop(future), future.result(), progress)


def _keep(job: _Job, task: Task, outcome: Outcome, progress: Progress) -> None:
    job.finished.append(job.store.put(task, outcome))
    progress.advance(task.months, f"{len(job.finished)} of {job.total} parts")


def _finish(job: _Job, report: Callable[[Path], object] | None) -> None:
    """Write manifest, table and report of a complete study, and print the table."""
    seconds = job.seconds_before + time.perf_counter() - job.started
    write_manifest(job.store, job.finished, complete=True, seconds=seconds)
    print_tables = _write_tables(job)
    folder = job.store.folder
    written = [folder / "summary.csv", folder / "results", folder / "manifest.json"]
    if report:
        report(folder)
        written.insert(0, folder / "report.html")
    print_tables(job.console, written)


def _write_tables(job: _Job) -> Callable[[Console, list[Path]], Any]:
    """Write ``summary.csv`` and ``closures.parquet``; return what prints the table."""
    # pandas is needed only here, after the workers have been started.
    from sim.study import summary

    return partial(summary.print_study, summary.write(job.store.folder, job.plan), job.plan)
