"""Compiles the rules of the main study before anybody waits for them: ``python -m sim.config.beforehand``.

Setting up an environment does this, with ``$CREDITCYCLE_CACHE`` naming a folder of the environment; `cache_folder` and
`folders_read` say where compiled rules lie.
"""

from __future__ import annotations

from rich.console import Console

from sim.config.job import plan
from sim.study.plan.settings import cores
from sim.study.run.cell import run_task
from sim.study.run.executors import compile_once
from sim.study.run.pool import WorkerPool
from sim.study.run.worker import start_server

# As many persons as in the study, for few are seen to without a loop, and its burn-in, in which the score is judged.
SHORT = ("study.replications=1", "study.months=2")


def main() -> None:
    """Compile on all cores what no folder has."""
    start_server()
    study = plan([])
    with WorkerPool(cores()) as pool:
        compile_once(study, study.tasks(), pool, cores(), Console(stderr=True))
    # Steps, and what compares packages, have small loops of their own.
    for task in plan([*SHORT]).tasks():
        run_task(task)


if __name__ == "__main__":
    main()
