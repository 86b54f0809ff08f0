"""Working through a plan: where cells run, progress, what happens on Ctrl-C, and the files at the end."""

from __future__ import annotations

import contextlib
import dataclasses
import textwrap
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.study.compare.terminal import print_told
from sim.study.plan.parts import Task
from sim.study.plan.plan import Plan
from sim.study.plan.settings import share_of_machine
from sim.study.run import cluster
from sim.study.run.cell import Engine, Outcome
from sim.study.run.driving import Driver
from sim.study.run.executors import LONGEST_REASON, announce, close, compile_once, failed, own_executor, start_early
from sim.study.run.job import Job, rounds
from sim.study.run.pool import WorkerPool
from sim.study.run.progress import Progress, progress_on
from sim.study.run.stopping import (
    FAILED,
    NOT_STORED,
    UNREPORTED,
    StudyStopped,
    ending_as_interrupting,
    go_on_with,
    interrupted,
    without_interrupts,
)
from sim.study.run.streams import steady_console
from sim.study.store import provenance
from sim.study.store.extras import extra
from sim.study.store.keeping import keep
from sim.study.store.loaded import refuse_changes
from sim.study.store.locking import locked
from sim.study.store.manifest import refuse_unwritable, write_manifest
from sim.study.store.store import MANIFEST, NotStored, Store, StoreError, entries
from sim.study.sweep import sweeping
from sim.study.sweep.forecast import pace_of, remember_pace

__all__ = ["StudyStopped", "run_study", "write_again"]


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
        Where cells run; left out, as ``machine.workers`` and ``machine.scheduler`` say.
    engine : type, optional
        Model class; `sim.month.model.Model` when left out.
    console : rich.console.Console, optional
        Where progress and the table go; standard output when left out.
    report : callable, optional
        Writes ``report.html`` into the study folder it is given, and may return a list of headings with their
        sentences, printed before the tables; the door hands over `sim.reports.tell`, since a study knows nothing of
        reports.

    Returns
    -------
    Path
        The study folder.

    Raises
    ------
    ProgramChanged
        If the rules of this process are not those of the program's files; nothing was done.
    StoreError, ExtraMissing
        If the folder or the scheduler cannot be used, or another process writes into the folder; nothing was changed.
    StudyStopped
        After Ctrl-C, SIGTERM or SIGHUP, a full disk or cells that failed, or where the report of a finished study
        could not be made; finished cells are kept.
    """
    folder = Path(out)
    if executor is None and not plan.machine.scheduler and not (folder / MANIFEST).exists():
        start_early(plan)
    if engine is None:
        refuse_changes()
    if plan.machine.scheduler and executor is None:
        extra("distributed", "cluster")
    refuse_unwritable(plan)
    with ending_as_interrupting(), locked(folder):
        store = Store(folder, plan)
        job = Job(plan, store, console or steady_console(), store.open(), provenance.call())
        with _kept(job):
            keep(folder, plan.inputs)
            _run(job, executor, engine)
            _finish(job, report)
    return folder


def _run(job: Job, executor: Executor | None, engine: type[Engine] | None) -> None:
    """Run what is not yet done."""
    _find(job)
    with contextlib.ExitStack() as stack:
        crew: Crew | None = None
        for tasks in rounds(job):
            pending = job.take(tasks)
            if pending:
                if crew is None:
                    crew = stack.enter_context(_crew(job, pending, executor, engine))
                _work(job, pending, crew)
            if job.failures:
                raise _stopped(job, failed(job), FAILED)


def write_again(
    plan: Plan, folder: Path, *, console: Console | None = None, report: Callable[[Path], object] | None = None
) -> None:
    """Write tables and report of a study folder again from what is stored, finished or not.

    Raises
    ------
    StoreError
        Another process writes into the folder, or it cannot be written to.
    StudyStopped
        A table or the report could not be made.
    """
    with locked(folder):
        store = Store(folder, plan)
        job = Job(plan, store, console or steady_console(), store.open())
        complete = job.earlier.get("status") == "complete"
        _find(job, f"left out here; to compute it again: {go_on_with(folder, plan)}")
        for tasks in rounds(job):
            if job.take(tasks):
                complete = False
                if plan.adaptive is not None:
                    break
        job.started = time.perf_counter()
        _finish(job, report, complete=complete)


def _find(job: Job, then: str = "computed again") -> None:
    """Read what is whole on the disk; say what is not, was put right, and what becomes of cells that were lost."""
    job.found, repairs = job.store.finished(job.earlier, then)
    for words in repairs:
        job.console.print(words, highlight=False, soft_wrap=True)


@dataclasses.dataclass(frozen=True)
class Crew:
    """Who runs the cells: an executor, how many at a time, and with how many threads each."""

    executor: Executor
    workers: int
    threads: int
    engine: type[Engine] | None


@contextlib.contextmanager
def _crew(job: Job, pending: list[Task], executor: Executor | None, engine: type[Engine] | None) -> Iterator[Crew]:
    """Start who runs the cells, say what will run, and let the rules be compiled."""
    machine = job.plan.machine
    workers, threads = share_of_machine(machine, len(pending))
    with contextlib.ExitStack() as stack:
        if executor is None and machine.scheduler:
            executor, workers = stack.enter_context(cluster.executor(machine.scheduler, workers))
            threads = machine.threads or 1
        elif executor is None:
            executor = own_executor(workers, machine.recycle)
            stack.push(partial(close, executor))
        _write_manifest(job, complete=False)
        if job.plan.has_design:
            sweeping.write_design(job.store.folder, job.plan)
        announce(job, pending, workers, threads)
        if engine is None and isinstance(executor, WorkerPool):
            compile_once(job.plan, pending, executor, workers, job.console)
        yield Crew(executor, workers, threads, engine)
        if engine is None and threads == 1:
            remember_pace(job.paces)


def _work(job: Job, pending: list[Task], crew: Crew) -> None:
    """Run the pending cells and show how far they are."""
    pending = [dataclasses.replace(task, threads=crew.threads) for task in pending]
    with progress_on(job.console, sum(task.months for task in pending), job.say) as progress:
        progress.begin(job.words())
        keep = partial(_keep, job, progress)
        Driver(crew.executor, crew.workers, crew.engine, keep, job.plan.machine.deadline, job.failures).run(pending)


@contextlib.contextmanager
def _kept(job: Job) -> Iterator[None]:
    """However the block ends, the folder holds what was finished and its manifest says so."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise _stopped(job, *interrupted(stop)) from None
    except ConnectionError as error:
        raise _stopped(job, str(error), FAILED) from None
    except BrokenExecutor as error:
        raise _stopped(job, str(error) or "a worker process died (out of memory?)", FAILED) from None
    except StoreError as error:
        raise _stopped(job, str(error), NOT_STORED if isinstance(error, NotStored) else FAILED) from error
    except StudyStopped:
        raise
    except Exception as error:
        error.add_note(str(_stopped(job, "the model failed", FAILED)))
        raise


def _stopped(job: Job, why: str, code: int) -> StudyStopped:
    """Leave a usable partial study and say how to go on."""
    folder = job.store.folder
    with without_interrupts():
        with contextlib.suppress(StoreError):
            job.finished = entries(folder)
            _write_manifest(job, complete=False)
        # What ended the study is told, and not that a table cannot be made of a part of it.
        with contextlib.suppress(Exception):
            _write_tables(job)
    known = (folder / MANIFEST).exists()
    again = go_on_with(folder, job.plan) if known else "the command that began it"
    return StudyStopped(
        f"{why}: {len(job.finished)} of {job.total} cells are kept in {folder}; go on with: {again}", code
    )


def _keep(job: Job, progress: Progress, tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> None:
    job.add(job.store.put(tasks, outcomes))
    job.paces += [pace_of(task, outcome.seconds) for task, outcome in zip(tasks, outcomes, strict=True)]
    progress.advance(sum(task.months for task in tasks), job.words())


def _finish(job: Job, report: Callable[[Path], object] | None, *, complete: bool = True) -> None:
    """Write manifest, tables and report of a study, and print the main table; from here on no cell can be lost."""
    _write_manifest(job, complete=complete)
    folder = job.store.folder
    main = folder / (sweeping.POINTS if job.plan.has_design else "summary.csv")
    written = [main, folder / "results", folder / MANIFEST]
    try:
        print_tables = _write_tables(job)
        if report:
            print_told(job.console, report(folder))
            written.insert(0, folder / "report.html")
        print_tables(job.console, written)
    except (Exception, KeyboardInterrupt) as error:
        raise _unreported(job, error) from error


def _unreported(job: Job, error: BaseException) -> StudyStopped:
    """Say that the cells are kept although what is made of them is not, and how to make it again."""
    if isinstance(error, KeyboardInterrupt):
        why, code = interrupted(error)
    elif isinstance(error, NotStored | OSError):
        why, code = str(error), NOT_STORED
    else:
        place = traceback.extract_tb(error.__traceback__)[-1]
        words = textwrap.shorten(str(error), LONGEST_REASON)
        why, code = f"{type(error).__name__}: {words} ({Path(place.filename).name}, line {place.lineno})", UNREPORTED
    folder = job.store.folder
    return StudyStopped(
        f"{len(job.finished)} of {job.total} cells are finished and kept in {folder}, but not every table and report "
        f"could be made: {why}; make them again with: creditcycle report {folder}",
        code,
    )


def _write_manifest(job: Job, *, complete: bool) -> None:
    write_manifest(
        job.store,
        job.finished,
        job.total,
        complete=complete,
        seconds=job.seconds,
        failures=job.failures,
        calls=job.calls,
    )


def _write_tables(job: Job) -> Callable[[Console, list[Path]], Any]:
    """Write ``summary.csv`` and ``closures.parquet``; return what prints the table."""
    # pandas is needed only here, after the workers have been started.
    from sim.study.compare import summary

    if job.plan.has_design:
        return partial(sweeping.print_study, sweeping.write(job.store.folder, job.plan, job.search, job.read), job.plan)
    return partial(summary.print_study, summary.write(job.store.folder, job.plan), job.plan)
