"""Studies that are killed, damaged or out of room: what is finished stays, and the rest comes out the same."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from sim.study.run.pool import WorkerLost, WorkerPool
from sim.study.run.runner import StudyStopped, run_study
from sim.study.store.checking import status, verify
from sim.study.store.reading import read_manifest, read_results
from sim.study.store.store import StoreError, chunks, entries
from tests.study.fake import FakeModel, toy_plan

ROOT = Path(__file__).resolve().parents[2]


def run(folder, plan, engine=FakeModel, **more):
    said = io.StringIO()
    run_study(plan, folder, engine=engine, console=Console(file=said, width=500), **more)
    return said.getvalue()


class Flaky(FakeModel):
    """Falls in some replications, in the ways and as often as the notes of its configuration say."""

    def step(self) -> None:
        hows, times, folder = self.config.notes.split(":")
        how = dict(zip(FALLING, hows.split(","), strict=False)).get(REPLICATIONS[self.config.seed])
        if how and self.month == 0:
            with (Path(folder) / str(self.config.seed)).open("ab") as marks:
                tries = marks.tell()
                marks.write(b".")
            if tries < int(times):
                fall(how)
        super().step()


REPLICATIONS = {task.seed: task.replication for task in toy_plan().tasks()}
FALLING = (2, 0, 1, 3)
"""Replications in which a model falls: the first in the first way, and so on."""
SEEDS = {seed for seed, replication in REPLICATIONS.items() if replication == FALLING[0]}


def fall(how: str) -> None:
    if how == "hang":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        time.sleep(600)
    if how == "memory":
        raise MemoryError("no room")
    if how == "exit":
        os._exit(3)
    os.kill(os.getpid(), signal.SIGSEGV if how == "segfault" else signal.SIGKILL)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "study"
    run(folder, toy_plan())
    return read_manifest(folder)["results_sha256"]


def test_a_lost_worker_costs_its_cell_a_second_try(expected, tmp_path):
    ways = ["kill", "segfault", "exit", "memory"]
    run(tmp_path / "study", toy_plan(workers=2, notes=f"{','.join(ways)}:2:{tmp_path}"), engine=Flaky)
    assert read_manifest(tmp_path / "study")["results_sha256"] == expected
    tries = [(tmp_path / str(seed)).stat().st_size for seed in REPLICATIONS]
    assert len(tries) == len(ways) and min(tries) > 2, "each way was met, and overcome"


def test_a_worker_that_hangs_is_ended_at_the_deadline(expected, tmp_path):
    run(tmp_path / "study", toy_plan(workers=2, deadline=5, notes=f"hang:1:{tmp_path}"), engine=Flaky)
    assert read_manifest(tmp_path / "study")["results_sha256"] == expected


def test_a_cell_that_always_kills_fails_alone(expected, tmp_path):
    plan = toy_plan(workers=2, notes=f"kill:99:{tmp_path}")
    with pytest.raises(StudyStopped, match=r"2 cells failed: .*replication 2: .*SIGKILL") as stopped:
        run(tmp_path / "study", plan, engine=Flaky)
    assert stopped.value.code == 1
    manifest = read_manifest(tmp_path / "study")
    assert manifest["cells"]["finished"] == 6
    assert len(manifest["cells"]["failed"]) == 2
    assert any("failed: " in line for line in status(tmp_path / "study"))
    run(tmp_path / "study", plan)
    assert read_manifest(tmp_path / "study")["results_sha256"] == expected


class Wrong(FakeModel):
    """A model with a fault in one replication."""

    def step(self) -> None:
        if self.config.seed in SEEDS:
            raise ZeroDivisionError("a fault of the model")
        super().step()


def test_a_fault_of_the_model_costs_its_cell_and_is_not_tried_again(tmp_path):
    with pytest.raises(StudyStopped, match=r"2 cells failed: .*ZeroDivisionError: a fault of the model"):
        run(tmp_path / "study", toy_plan(), engine=Wrong)
    assert len(entries(tmp_path / "study")) == 6


def test_a_worker_that_dies_idle_is_replaced():
    with WorkerPool(1) as pool:
        first = pool.submit(os.getpid).result(timeout=60)
        os.kill(first, signal.SIGKILL)
        time.sleep(0.2)
        assert pool.submit(os.getpid).result(timeout=60) != first


def test_workers_are_replaced_after_so_many_tasks():
    with WorkerPool(1, recycle=3) as pool:
        seen = [pool.submit(os.getpid).result(timeout=60) for _ in range(7)]
    assert [seen.count(one) for one in dict.fromkeys(seen)] == [3, 3, 1]


BROUGHT: list[list[int]] = []


def bring_and_count(objects: int) -> int:
    """Keep so many objects from now on, as an import does; return how many no collection looks through."""
    BROUGHT.extend([number] for number in range(objects))
    return gc.get_freeze_count()


def test_a_worker_looks_through_what_it_imported_once():
    """What it was forked with, and what its first task has brought, which later tasks leave as it is."""
    with WorkerPool(1) as pool:
        counts = [pool.submit(bring_and_count, 20_000).result(timeout=60) for _ in range(3)]
    assert counts[0] > 10_000 and counts[1] > counts[0] + 20_000 and counts[2] == counts[1]


def test_a_lost_worker_is_said_with_its_signal():
    with WorkerPool(1) as pool, pytest.raises(WorkerLost, match="ended by SIGKILL"):
        pool.submit(fall, "kill").result(timeout=60)


# ---- damage on the disk ---------------------------------------------------------------------------


def damaged(content: bytes, kind: str, luck: random.Random, other: bytes) -> bytes:
    if kind == "flip":
        place = luck.randrange(len(content) * 8)
        changed = bytearray(content)
        changed[place // 8] ^= 1 << place % 8
        return bytes(changed)
    return {"cut": content[: luck.randrange(len(content))], "swap": other, "empty": b""}[kind]


def test_200_damages_are_all_found_and_named(tmp_path):
    plan = toy_plan(replications=3)
    folder = tmp_path / "study"
    run(folder, plan)
    expected = read_manifest(folder)["results_sha256"]
    files = sorted([*(folder / "results").iterdir(), *(folder / "journal").iterdir()])
    kept = {path: path.read_bytes() for path in files}
    luck = random.Random(20)
    for number in range(200):
        kind = ("flip", "flip", "cut", "swap", "empty")[number % 5]
        path = luck.choice(files)
        alike = [other for other in files if other.parent == path.parent and other != path]
        path.write_bytes(damaged(kept[path], kind, luck, kept[luck.choice(alike)]))
        said = verify(folder, plan, 0, FakeModel).problems
        assert len(said) == 1 and path.name in said[0] and "\n" not in said[0], (kind, path, said)
        if number % 20 == 0:
            told = run(folder, plan)
            assert [line for line in told.splitlines() if path.name in line and "computed again" in line]
            assert read_manifest(folder)["results_sha256"] == expected
            # Parquet is written the same way again: the file is what it was.
            files = sorted([*(folder / "results").iterdir(), *(folder / "journal").iterdir()])
            kept = {path: path.read_bytes() for path in files}
        path.write_bytes(kept[path])


def test_a_damaged_manifest_is_named_and_the_cells_stay(tmp_path):
    plan = toy_plan(replications=2)
    folder = tmp_path / "study"
    run(folder, plan)
    expected = read_manifest(folder)["results_sha256"]
    luck = random.Random(3)
    whole = (folder / "manifest.json").read_bytes()
    for kind in ("flip",) * 20 + ("cut", "empty"):
        (folder / "manifest.json").write_bytes(damaged(whole, kind, luck, whole))
        with pytest.raises(StoreError, match=r"manifest.json: damaged") as error:
            read_manifest(folder)
        assert "\n" not in str(error.value)
    (folder / "manifest.json").unlink()
    before = {path: path.stat().st_mtime_ns for path in (folder / "results").iterdir()}
    run(folder, plan)
    assert {path: path.stat().st_mtime_ns for path in (folder / "results").iterdir()} == before
    assert read_manifest(folder)["results_sha256"] == expected


def test_verify_computes_again_and_finds_a_wrong_number(tmp_path):
    plan = toy_plan(replications=2)
    run(tmp_path / "study", plan)
    assert verify(tmp_path / "study", plan, 4, FakeModel).problems == ()

    class Other(FakeModel):
        def step(self) -> None:
            super().step()
            self.record["lender_profit"] += self.config.seed == plan.tasks()[0].seed

    found = verify(tmp_path / "study", plan, 4, Other).problems
    assert found and all("computed again it differs" in line for line in found)


# ---- killed at any moment -------------------------------------------------------------------------

SCRIPT = """
import io, sys
from pathlib import Path
from rich.console import Console
from sim.study.run import worker
from sim.study.run.runner import StudyStopped, run_study
from tests.study.fake import FakeModel, toy_plan

worker.PRELOADED[:] = ["tests.study.fake"]  # nobody here asks for the model, which takes a second to import
try:
    plan = toy_plan(replications=12, pause=0.0005, workers=2)
    run_study(plan, Path(sys.argv[1]), engine=FakeModel, console=Console(file=io.StringIO()))
except StudyStopped as stopped:
    print(stopped, file=sys.stderr)
    sys.exit(stopped.code)
"""


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        start_new_session=True,
    )


def workers_of(pid: int) -> list[int]:
    """Processes below the study, the server that forks its workers left out."""
    parents = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if entry.name.isdecimal():
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    children = [one for one, parent in parents.items() if parent == pid]
    return [one for one, parent in parents.items() if parent in children]


def kill_somebody(process: subprocess.Popen, luck: random.Random) -> str:
    """Kill the parent or a worker, at a moment that luck chooses."""
    time.sleep(luck.uniform(0.0, 1.2))
    victims = [process.pid, *workers_of(process.pid)]
    victim = luck.choice(victims) if luck.random() < 0.7 else process.pid
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    return "parent" if victim == process.pid else "worker"


def survive(folder: Path, kills: int, luck: random.Random) -> dict[str, int]:
    """Kill a study and start it again until so many kills hit it, then let it end."""
    done = {"parent": 0, "worker": 0}
    while sum(done.values()) < kills:
        process = start(folder)
        while process.poll() is None and not (folder / "manifest.json").exists():
            time.sleep(0.01)
        while process.poll() is None and sum(done.values()) < kills:
            done[kill_somebody(process, luck)] += 1
        process.communicate(timeout=120)
        if process.returncode == 0:
            # It ended before it could be killed again: begin anew, with what the next one finds.
            for chunk in chunks(folder)[::2]:
                (folder / "journal" / f"{chunk.key}.json").unlink()
    process = start(folder)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return done


def check_survivor(folder: Path, expected: str) -> None:
    found = entries(folder)
    assert len({cell.key for cell in found}) == len(found) == 24
    assert not list(folder.rglob("*.tmp"))
    assert len(list((folder / "results").iterdir())) == len(list((folder / "journal").iterdir()))
    assert read_manifest(folder)["results_sha256"] == expected
    frame = read_results(folder)
    assert not frame[["arm", "scenario", "replication", "month"]].duplicated().any()


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_a_study_that_is_killed_comes_to_the_same_results(tmp_path, kills):
    plan = toy_plan(replications=12, pause=0.0005)
    run(tmp_path / "whole", plan)
    done = survive(tmp_path / "study", kills, random.Random(11))
    assert sum(done.values()) == kills
    check_survivor(tmp_path / "study", read_manifest(tmp_path / "whole")["results_sha256"])


@contextlib.contextmanager
def no_file_larger_than(size: int):
    """Let this process write no larger file, as where a disk is full."""
    before, highest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, highest))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, highest))


def test_a_full_disk_ends_in_one_line_and_resumes(tmp_path, capfd):
    folder, plan = tmp_path / "study", toy_plan(replications=12)
    # Only the tables are larger.
    with no_file_larger_than(9_000), pytest.raises(StudyStopped) as stopped:
        run(folder, plan)
    said = str(stopped.value)
    assert stopped.value.code == 3, said
    assert "\n" not in said and "File too large" in said and "creditcycle report" in said
    assert capfd.readouterr() == ("", "")
    assert not list(folder.rglob("*.tmp"))
    assert read_manifest(folder)["status"] == "complete"
    run(folder, plan)
    assert read_manifest(folder)["cells"]["finished"] == 24
    assert (folder / "summary.csv").stat().st_size > 9_000
