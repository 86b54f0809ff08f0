"""Nobody waits for ever: where workers cannot be had, a study ends with an error, or runs in its own process."""

from __future__ import annotations

import contextlib
import errno
import io
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future, wait
from multiprocessing import forkserver
from pathlib import Path

import pytest
from rich.console import Console

from sim.study.plan.settings import MachineSettings, share_of_machine
from sim.study.run import pool, worker
from sim.study.run.pool import PoolBroken, WorkerPool
from sim.study.run.runner import StudyStopped, run_study
from tests.study.fake import FakeModel, toy_plan

ROOT = Path(__file__).resolve().parents[2]
LONG = 60
"""Seconds after which something hangs; what is tested takes a few."""


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(pool, "PAUSES", (0.01, 0.01))


def failing(monkeypatch, error, times=10**6):
    """Let the next starts of a process fail."""
    started = WorkerPool._start
    left = [times]

    def start(self):
        left[0] -= 1
        if left[0] >= 0:
            raise error
        return started(self)

    monkeypatch.setattr(WorkerPool, "_start", start)


def handed_in(made: WorkerPool) -> list[Future]:
    """Three calls, or as many as the pool takes before it is known to be broken."""
    calls = []
    with contextlib.suppress(BrokenExecutor):
        for _ in range(3):
            calls.append(made.submit(os.getpid))
    return calls


ERRORS = [
    BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
    OSError(errno.EMFILE, "Too many open files"),
    ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    EOFError("the server is gone"),
    AssertionError("daemonic processes are not allowed to have children"),
    MemoryError("no room"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_worker_that_cannot_be_started_ends_every_call(error, monkeypatch, at_once):
    failing(monkeypatch, error)
    made = WorkerPool(2)
    assert wait(handed_in(made), LONG).not_done == set()
    with pytest.raises(PoolBroken, match=type(error).__name__):
        made.submit(os.getpid)
    made.shutdown()
    assert not made._manager.is_alive()


class Gone(Exception):
    pass


@pytest.mark.parametrize("name", ["_free", "_give", "_attend"])
def test_any_fault_of_the_manager_ends_what_waits_and_what_runs(name, monkeypatch):
    """Whatever it is: the thread that all wait for may not die in silence."""
    with WorkerPool(1) as made:
        assert made.submit(os.getpid).result(LONG) > 0

        def fault(*_):
            raise Gone("the pipe is gone")

        monkeypatch.setattr(made, name, fault)
        calls = handed_in(made)
        assert wait(calls, LONG).not_done == set()
        assert {type(call.exception()) for call in calls} == {PoolBroken}
        assert isinstance(calls[0].exception().__cause__, Gone)


def test_a_start_that_fails_once_costs_nothing(monkeypatch, at_once):
    failing(monkeypatch, ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), times=1)
    with WorkerPool(1) as made:
        assert made.submit(os.getpid).result(LONG) > 0


def test_fewer_workers_than_asked_for_do_the_work(monkeypatch, at_once):
    with WorkerPool(3) as made:
        only = made.submit(os.getpid).result(LONG)
        failing(monkeypatch, BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"))
        assert {call.result(LONG) for call in [made.submit(os.getpid) for _ in range(4)]} == {only}


def test_workers_that_die_before_they_take_a_call_lose_it(monkeypatch):
    def deaf(self):
        ours, theirs = multiprocessing.Pipe()
        theirs.close()
        process = self._context.Process(target=os.getpid)
        process.start()
        self._workers.append(pool._Worker(process, ours))
        return self._workers[-1]

    monkeypatch.setattr(WorkerPool, "_start", deaf)
    with WorkerPool(1) as made, pytest.raises(pool.WorkerLost, match="lived long enough"):
        made.submit(os.getpid).result(LONG)


def test_a_study_without_workers_stops_in_one_line_that_says_why(monkeypatch, at_once, tmp_path):
    failing(monkeypatch, ERRORS[0])
    with pytest.raises(StudyStopped, match=r"no worker process can be had: .*temporarily unavailable.* resume") as stop:
        run_study(toy_plan(workers=2), tmp_path, engine=FakeModel, console=Console(file=io.StringIO()))
    assert stop.value.code == 1 and "\n" not in str(stop.value)


def kill_the_server(other_than: int | None = None) -> int:
    """Kill the server that forks workers, as soon as there is one that has not been killed before."""
    deadline = time.monotonic() + LONG
    while (found := forkserver._forkserver._forkserver_pid) in (None, other_than):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    os.kill(found, signal.SIGKILL)
    return found


def test_a_call_outlives_the_server_that_forks_its_worker(monkeypatch):
    """Killed while it works, while it starts, and when it is done: its worker is lost with it, or comes a bit later."""
    monkeypatch.setattr(worker, "PRELOADED", [])
    with WorkerPool(1) as made:
        first = made.submit(os.getpid).result(LONG)
        killed = kill_the_server()
        time.sleep(0.2)
        call = made.submit(os.getpid)
        killed = kill_the_server(other_than=killed)
        assert call.result(LONG) != first
        kill_the_server(other_than=killed)


POOL = """
import multiprocessing, sys

def work(seed):
    import sim
    words = [f"seed={seed}", "study.replications=2", "population.borrowers=100", "study.burn_in=0",
             "study.months=1", "study.window_from=0", "economy=calm", "study.arms=[lenient]", "machine.workers=2"]
    return float(sim.run(overrides=words)["lender_profit"].sum())

if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
        print(pool.map(work, [1]))
"""


def test_a_study_within_a_pool_of_processes_ends(tmp_path):
    """Its workers are daemons, which may have no children: the study runs in them."""
    script = tmp_path / "script.py"
    script.write_text(POOL, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, str(script), "spawn"], env=environment, capture_output=True, text=True, timeout=LONG
    )
    assert done.returncode == 0 and done.stdout.startswith("["), done.stderr


def test_a_process_that_may_have_no_children_does_all_itself(monkeypatch):
    monkeypatch.setattr("sim.study.plan.settings.cores", lambda: 8)
    assert share_of_machine(MachineSettings(workers=4), 10) == (4, 2)
    monkeypatch.setattr(type(multiprocessing.current_process()), "daemon", True)
    assert share_of_machine(MachineSettings(workers=4), 10) == (1, 2)
