"""Dask: the executor of a cluster, of this machine or of a scheduler somewhere else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor
from multiprocessing import current_process

from sim.study.store.extras import extra

LOCAL = "local"
SECONDS_TO_CONNECT = 20


@contextlib.contextmanager
def executor(scheduler: str, workers: int) -> Iterator[tuple[Executor, int]]:
    """Connect to a Dask scheduler and yield its executor and the number of its workers.

    Parameters
    ----------
    scheduler : str
        ``local`` for ``workers`` processes of this machine, or an address such as ``tcp://10.0.0.5:8786``. Its
        workers need the same version of the program and one thread each.
    workers : int
        Processes of a local cluster.

    Raises
    ------
    ExtraMissing
        The extra ``cluster`` is not installed.
    ConnectionError
        No scheduler answers, or this process may have no children that could be a local one.
    """
    distributed = extra("distributed", "cluster")
    dask = extra("dask", "cluster")
    # A cell whose worker was lost is handed out again by the scheduler, as often as by our own pool.
    dask.config.set(
        {"distributed.scheduler.allowed-failures": 2, "distributed.comm.timeouts.connect": SECONDS_TO_CONNECT}
    )
    with contextlib.ExitStack() as stack:
        address = scheduler
        if scheduler == LOCAL:
            if current_process().daemon:
                raise ConnectionError(
                    "machine.scheduler: local: this process is a daemon, which may have no workers; leave it empty"
                )
            here = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50
            )
            address = stack.enter_context(here)
        try:
            client = stack.enter_context(distributed.Client(address, timeout=SECONDS_TO_CONNECT))
        except OSError as error:
            raise ConnectionError(f"machine.scheduler: {scheduler} does not answer: {type(error).__name__}") from None
        if not client.scheduler_info()["workers"]:
            client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        yield client.get_executor(pure=False), max(1, len(client.scheduler_info()["workers"]))
