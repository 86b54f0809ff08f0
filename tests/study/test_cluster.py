"""One machine or many: the same study in processes of this machine and on a Dask scheduler."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import threading
import time

import pytest
from rich.console import Console

from sim.study.run.runner import StudyStopped, run_study
from sim.study.store.extras import ExtraMissing
from sim.study.store.reading import read_manifest
from tests.study.fake import FakeModel, toy_plan

distributed = pytest.importorskip("distributed", reason="needs creditcycle[cluster]: make extras")


def run(folder, **plan):
    said = io.StringIO()
    run_study(toy_plan(**plan), folder, engine=FakeModel, console=Console(file=said, width=500))
    return read_manifest(folder), said.getvalue()


@pytest.fixture(scope="module")
def scheduler():
    """A real scheduler on the loopback with two worker processes."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return run(tmp_path_factory.mktemp("whole") / "study")[0]["results_sha256"]


@pytest.mark.parametrize("workers", [2, 3])
def test_processes_of_this_machine_give_the_same_results(expected, tmp_path, workers):
    assert run(tmp_path / "study", workers=workers)[0]["results_sha256"] == expected


def test_a_scheduler_gives_the_same_results(scheduler, expected, tmp_path):
    manifest, said = run(tmp_path / "study", scheduler=scheduler.scheduler_address)
    assert manifest["results_sha256"] == expected
    assert "in 2 processes of 1 thread" in said


def test_a_dask_worker_killed_in_mid_run_costs_nothing(scheduler, tmp_path):
    folder = tmp_path / "study"

    def kill_one() -> None:
        while len(list(folder.glob("journal/*.json"))) < 3:
            time.sleep(0.01)
        os.kill(next(iter(scheduler.workers.values())).pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    manifest, _ = run(folder, replications=6, pause=0.001, scheduler=scheduler.scheduler_address)
    killer.join()
    assert manifest["status"] == "complete"
    assert manifest["results_sha256"] == run(tmp_path / "whole", replications=6)[0]["results_sha256"]


def test_a_scheduler_that_does_not_answer_is_said_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.study.run.cluster.SECONDS_TO_CONNECT", 1)
    with pytest.raises(StudyStopped, match=r"machine.scheduler: tcp://127.0.0.1:9 does not answer") as stopped:
        run(tmp_path / "study", scheduler="tcp://127.0.0.1:9")
    assert "\n" not in str(stopped.value)


def test_a_process_that_may_have_no_children_says_so_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(type(multiprocessing.current_process()), "daemon", True)
    with pytest.raises(StudyStopped, match=r"machine.scheduler: local: .*daemon"):
        run(tmp_path / "study", scheduler="local")


def test_a_missing_extra_is_said_before_anything_is_written(tmp_path, monkeypatch):
    with monkeypatch.context() as without:
        without.setattr("sim.study.store.extras.import_module", lambda name: exec("raise ImportError"))
        with pytest.raises(ExtraMissing, match=r"pip install 'creditcycle\[cluster\]'"):
            run(tmp_path / "study", scheduler="local")
    assert not (tmp_path / "study").exists()
