"""Who works on a study, what is said of it, and the rules compiled once for all."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from rich.console import Console

from sim.study.compare import outlooks
from sim.study.plan.parts import Task
from sim.study.plan.plan import Plan
from sim.study.plan.settings import share_of_machine
from sim.study.run import warming
from sim.study.run.driving import LOST, ThisProcess
from sim.study.run.job import Job
from sim.study.run.pool import WorkerPool
from sim.study.run.worker import start_server
from sim.study.store.manifest import tape_totals
from sim.study.sweep.forecast import forecast

LONGEST_REASON = 160
"""Characters of a reason in a line that must still say how to go on."""


def announce(job: Job, pending: Sequence[Task], workers: int, threads: int) -> None:
    """Say what is about to run, how long it may take and how much it writes."""
    plan = job.plan
    if job.finished:
        job.console.print(f"continuing: {len(job.finished)} of {job.total} cells were finished", highlight=False)
    points = f"{count_of(len(plan.points), 'point')}, " if plan.has_design else ""
    worlds = f" in each of {len(plan.worlds)} worlds" if plan.worlds else ""
    words = (
        f"{points}{count_of(len(plan.shown), 'package')}, {count_of(len(plan.scenarios), 'scenario')}, "
        f"{count_of(plan.study.replications, 'replication')}{worlds}: {count_of(len(pending), 'cell')} to run "
        f"in {count_of(workers, 'process', 'processes')} of {count_of(threads, 'thread')}; "
        f"{forecast(plan, pending, workers, threads).words}"
    )
    job.console.print(words, highlight=False, soft_wrap=True)
    told = [*tape_totals(plan), *(f"{name}: {brings}" for name, brings in outlooks.in_words(plan).items())]
    for line in told:
        job.console.print(f"  {line}", highlight=False, soft_wrap=True, markup=False)


def count_of(number: int, one: str, many: str = "") -> str:
    """Write a number of things."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def start_early(plan: Plan) -> None:
    """Let what workers are made from begin to import, where a new study will want several."""
    if share_of_machine(plan.machine, plan.task_count)[0] > 1:
        start_server()


def own_executor(workers: int, recycle: int) -> Executor:
    """Make workers of our own."""
    return ThisProcess() if workers == 1 else WorkerPool(workers, recycle)


def close(executor: Executor, kind: type[BaseException] | None, *_: object) -> None:
    """End our own workers: at once when something went wrong, else when they are done."""
    if kind is not None and isinstance(executor, WorkerPool):
        executor.kill()
    else:
        executor.shutdown()


def failed(job: Job) -> str:
    """Name the cells that failed; where nothing else was to be had, let the model's own error be seen."""
    first = job.failures[0]
    if not job.finished and not any(isinstance(failure.error, LOST) for failure in job.failures):
        raise first.error
    more = f" and {len(job.failures) - 1} more" if len(job.failures) > 1 else ""
    return f"{count_of(len(job.failures), 'cell')} failed: {first.words}{more}"


def compile_once(plan: Plan, pending: Sequence[Task], pool: Executor, workers: int, console: Console) -> None:
    """Let the workers compile the rules together, unless the disk cache has them."""
    if not warming.needs_warming(plan):
        return
    console.print("compiling the rules (once for this version of the program)", highlight=False)
    first = {task.point.composition: task for task in reversed(pending)}
    parts = [
        pool.submit(warming.compile_rules, task, part, workers) for task in first.values() for part in range(workers)
    ]
    problems = [part.exception() for part in parts]
    # What a tiny population cannot show, the first real cell will show with its context.
    if not any(problems):
        warming.mark_warm(plan)
