"""Who works on a study, what is said of it, and the rules compiled once for all."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from rich.console import Console

from sim.study.compare import outlooks
from sim.study.plan.parts import Task
from sim.study.plan.plan import Plan
from sim.study.plan.settings import share_of_machine
from sim.study.plan.telling import words_of
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
    plan, say = job.plan, job.say

    def count(noun: str, number: int) -> str:
        return say.counted(f"running.count.{noun}s", number)

    if job.finished:
        said = say("running.continuing", finished=len(job.finished), total=job.total)
        job.console.print(said, highlight=False)
    words = say(
        "running.announced",
        points=say("running.points", points=count("point", len(plan.points))) if plan.has_design else "",
        packages=count("package", len(plan.shown)),
        scenarios=count("scenario", len(plan.scenarios)),
        replications=count("replication", plan.study.replications),
        worlds=say("running.worlds", count=len(plan.worlds)) if plan.worlds else "",
        cells=count("cell", len(pending)),
        processes=count("worker", workers),
        threads=count("thread", threads),
        takes=forecast(plan, pending, workers, threads).told(say),
    )
    job.console.print(words, highlight=False, soft_wrap=True)
    brings = outlooks.in_words(plan, say).items()
    told = [*tape_totals(plan), *(say("running.brings", scenario=name, outlook=seen) for name, seen in brings)]
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
    console.print(words_of(plan)("running.compiling"), highlight=False)
    first = {task.point.composition: task for task in reversed(pending)}
    parts = [
        pool.submit(warming.compile_rules, task, part, workers) for task in first.values() for part in range(workers)
    ]
    problems = [part.exception() for part in parts]
    # What a tiny population cannot show, the first real cell will show with its context.
    if not any(problems):
        warming.mark_warm(plan)
