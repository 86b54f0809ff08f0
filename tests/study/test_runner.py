from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from sim.study.run import executors, runner
from sim.study.run.cell import run_task
from sim.study.run.pool import WorkerPool
from sim.study.run.runner import StudyStopped, run_study, write_again
from sim.study.store.reading import read_closures, read_manifest, read_results, recomputed_digests
from sim.study.store.store import DamagedChunk, StoreError, entries, results_digest
from tests.study.fake import FakeModel, toy_plan

ROOT = Path(__file__).parents[2]


def run(folder: Path, engine=FakeModel, executor: Executor | None = None, **plan: object) -> tuple[dict, str]:
    """Run a toy study; return its manifest and what it printed."""
    said = io.StringIO()
    console = Console(file=said, width=100)
    run_study(toy_plan(**plan), folder, engine=engine, executor=executor, console=console)
    return read_manifest(folder), said.getvalue()


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "study"
    run(folder)
    return folder


class Backwards(Executor):
    """Runs tasks in a random order, and only when somebody waits."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(3)
        self.luck = random.Random(5)

    def submit(self, function, /, *arguments, **named) -> Future:
        def late():
            time.sleep(self.luck.random() / 50)
            return function(*arguments, **named)

        return self.pool.submit(late)


class StopsAfter(FakeModel):
    """Behaves like somebody who presses Ctrl-C in the second replication."""

    def step(self) -> None:
        if self.config.seed == toy_plan().tasks()[2].seed:
            raise KeyboardInterrupt
        super().step()


class Dies(FakeModel):
    """Takes its whole process with it."""

    def step(self) -> None:
        os._exit(1)


def test_study_folder_holds_what_it_should(whole):
    manifest = read_manifest(whole)
    assert manifest["status"] == "complete"
    assert len(list((whole / "results").glob("*.parquet"))) == manifest["cells"]["of"] == 8
    assert manifest["units"]["wrong_closures"]["unit"] == "persons"
    assert [arm["name"] for arm in manifest["arms"]] == ["lenient", "limits", "closing", "platform"]
    assert manifest["arms"][2]["judged_by"] == "limits"
    assert len(manifest["seeds"]) == 4
    frame = pd.read_parquet(whole / "results")
    assert len(frame) == 4 * 4 * (18 + 18 + 24)
    assert frame["lender_profit"].dtype == "int64"
    assert set(frame["arm"]) == {"lenient", "limits", "closing", "platform"}


def test_results_read_back_in_canonical_order_with_units(whole):
    frame = read_results(whole)
    assert list(frame.columns[:4]) == ["arm", "scenario", "replication", "month"]
    first = frame.iloc[0]
    assert (first["arm"], first["scenario"], first["replication"], first["month"]) == (
        "lenient",
        "calm",
        0,
        0,
    )
    assert frame.attrs["units"]["outstanding"] == "fen"
    keys = frame[["arm", "scenario", "replication", "month"]]
    assert not keys.duplicated().any()


def test_hash_is_over_the_values(whole):
    stored = sorted(run["sha256"] for entry in entries(whole) for run in entry.runs)
    assert sorted(recomputed_digests(read_results(whole), read_closures(whole))) == stored
    assert read_manifest(whole)["results_sha256"] == results_digest(entries(whole))
    changed = read_results(whole)
    changed.loc[7, "lender_profit"] += 1
    differing = set(recomputed_digests(changed, read_closures(whole))) - set(stored)
    assert len(differing) == 1


def test_never_closing_arms_close_nothing(whole):
    closures = read_closures(whole).set_index("arm")
    assert (closures.loc["lenient", "closures"] == 0).all()
    assert closures.loc["closing", "closures"].min() > 0
    judged = closures["closures"] - closures["censored_closures"]
    assert (closures["wrong_closures"] + closures["defaults_caused_by_closing"] <= 2 * judged).all()
    assert closures["defaults_caused_by_closing"].sum() > 0


def test_every_row_of_the_summary_has_unit_and_period(whole):
    table = pd.read_csv(whole / "summary.csv")
    known = table[table["metric"] != "loss_rate_unknown"]
    assert known["period"].notna().all()
    assert known["unit"].notna().all()
    row = table[(table["arm"] == "limits") & (table["scenario"] == "bad") & (table["metric"] == "loss_rate")]
    assert row["parent"].item() == "lenient"
    assert row["difference_low"].item() < row["difference"].item() < row["difference_high"].item()


def test_order_and_workers_do_not_change_the_hash(whole, tmp_path):
    expected = read_manifest(whole)["results_sha256"]
    shuffled, _ = run(tmp_path / "shuffled", executor=Backwards())
    processes, _ = run(tmp_path / "processes", workers=2)
    assert shuffled["results_sha256"] == processes["results_sha256"] == expected
    other, _ = run(tmp_path / "other", seed=2)
    assert other["results_sha256"] != expected


def test_an_interrupted_study_resumes_to_the_same_hash(whole, tmp_path):
    with pytest.raises(StudyStopped, match=r"interrupted: 2 of 8 cells .* creditcycle resume") as stopped:
        run(tmp_path / "study", engine=StopsAfter)
    assert stopped.value.code == 130
    partial = read_manifest(tmp_path / "study")
    assert partial["status"] == "partial"
    assert (tmp_path / "study" / "summary.csv").exists()
    assert len(read_results(tmp_path / "study")) == 4 * (18 + 18 + 24)
    manifest, said = run(tmp_path / "study")
    assert "continuing: 2 of 8 cells were finished" in said
    assert manifest["status"] == "complete"
    assert manifest["results_sha256"] == read_manifest(whole)["results_sha256"]


def test_a_finished_study_is_not_run_again(whole):
    before = {path: path.stat().st_mtime_ns for path in (whole / "results").iterdir()}
    run(whole, engine=Dies)
    assert {path: path.stat().st_mtime_ns for path in (whole / "results").iterdir()} == before


@pytest.mark.parametrize("change", [{"seed": 2}, {"months": 19}, {"replications": 5}, {"arms": ("lenient", "limits")}])
def test_another_configuration_is_refused(whole, change):
    with pytest.raises(StoreError, match=r"holds another study \(its .* now asked for"):
        run(whole, **change)


def test_a_folder_in_use_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match="in use and holds no study"):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


DAMAGES = {
    "flipped": flip,
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "empty": lambda path: path.write_bytes(b""),
    "missing": lambda path: path.unlink(),
}


# A journal entry that is gone cannot be named; test_one_writer.py has what is said then.
@pytest.mark.parametrize(
    ("part", "damage"),
    [("results", one) for one in DAMAGES] + [("journal", one) for one in DAMAGES if one != "missing"],
)
def test_a_damaged_file_is_named_and_made_again(whole, tmp_path, damage, part):
    run(tmp_path / "study", replications=2)
    expected = read_manifest(tmp_path / "study")["results_sha256"]
    victim = sorted((tmp_path / "study" / part).iterdir())[1]
    DAMAGES[damage](victim)
    with pytest.raises(DamagedChunk, match=f"{victim.name}: damaged") as error:
        read_results(tmp_path / "study")
    assert "\n" not in str(error.value)
    manifest, said = run(tmp_path / "study", replications=2)
    assert [line for line in said.replace("\n", " ").split("computed again") if victim.name in line]
    assert manifest["results_sha256"] == expected
    assert manifest["status"] == "complete"


def test_a_report_leaves_out_what_is_damaged_and_says_how_to_compute_it_again(tmp_path):
    """It computes nothing: to say that it did would be wrong, and the study is no longer whole."""
    folder = tmp_path / "study"
    run(folder, replications=2)
    victim = sorted((folder / "results").iterdir())[1]
    DAMAGES["cut"](victim)
    console = Console(file=io.StringIO(), width=400)
    write_again(toy_plan(replications=2), folder, console=console)
    said = console.file.getvalue()
    line = next(line for line in said.splitlines() if victim.name in line)
    assert line.endswith(f"; left out here; to compute it again: creditcycle resume {folder}")
    assert "computed again" not in said and read_manifest(folder)["status"] == "partial"


def test_two_swapped_result_files_are_found(tmp_path):
    run(tmp_path / "study", replications=2)
    first, second, *_ = sorted((tmp_path / "study" / "results").iterdir())
    held = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(held)
    with pytest.raises(DamagedChunk):
        read_results(tmp_path / "study")
    _, said = run(tmp_path / "study", replications=2)
    assert said.count("computed again") == 2


def test_a_worker_that_dies_ends_in_one_line(tmp_path):
    with pytest.raises(StudyStopped, match=r"2 cells failed: .* worker process ended \(exit status 1\)") as stopped:
        run(tmp_path / "study", engine=Dies, workers=2, replications=1)
    assert stopped.value.code == 1


def test_leftovers_of_a_killed_run_are_swept(whole, tmp_path):
    with pytest.raises(StudyStopped):
        run(tmp_path / "study", engine=StopsAfter)
    (tmp_path / "study" / "results" / ".abc.parquet.99.tmp").write_bytes(b"half")
    run(tmp_path / "study")
    assert not list((tmp_path / "study").rglob("*.tmp"))


def test_a_full_disk_is_said_in_one_line(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.study.store.files.os.fsync", full)
    with pytest.raises(StudyStopped, match="No space left on device") as stopped:
        run(tmp_path / "study")
    assert stopped.value.code == 3
    assert not list(tmp_path.rglob("*.tmp"))


def test_workers_ignore_the_main_script():
    before = set(vars(sys.modules["__main__"]))
    with WorkerPool(1) as pool:
        task = toy_plan(replications=1, months=3).tasks()[1]
        assert pool.submit(run_task, task, FakeModel).result(timeout=60).runs[0].arm == "lenient"
        assert vars(sys.modules["__main__"]).keys() == before


SCRIPT = """
import sys
from pathlib import Path
from sim.study.run import worker
from sim.study.run.runner import StudyStopped, run_study
from tests.study.fake import FakeModel, toy_plan

worker.PRELOADED[:] = ["tests.study.fake"]  # nobody here asks for the model, which takes a second to import
try:
    run_study(toy_plan(replications=10, pause=0.002, workers=2), Path(sys.argv[1]), engine=FakeModel)
except StudyStopped as stopped:
    print(stopped, file=sys.stderr)
    sys.exit(stopped.code)
"""


@pytest.fixture
def started(tmp_path):
    """A study in a process group of its own, with three parts done and many to come."""
    # No guard against being run as a main module: the workers must not import this script.
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    folder = tmp_path / "study"
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        start_new_session=True,
        # A shell that starts these tests in the background lets them, and their children, ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 120
    while len(list(folder.glob("journal/*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    yield process, folder
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_ctrl_c_leaves_a_usable_study(started):
    process, folder = started
    os.killpg(process.pid, signal.SIGINT)
    _, complaints = process.communicate(timeout=60)
    assert process.returncode == 130, complaints
    assert complaints.count("\n") == 1
    assert f"creditcycle resume {folder}" in complaints
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "partial"
    assert 3 <= manifest["cells"]["finished"] < 20
    assert len(read_results(folder)) > 0
    assert not list(folder.rglob("*.tmp"))


def test_workers_do_not_outlive_a_killed_parent(started):
    process, folder = started
    process.kill()
    # The pipes close when the last process that holds them is gone.
    process.communicate(timeout=60)
    done = len(list((folder / "journal").glob("*.json")))
    assert done >= 3
    assert done < 20
    manifest, said = run(folder, replications=10, pause=0.002, workers=2)
    assert f"continuing: {done} of 20 cells were finished" in said
    assert manifest["status"] == "complete"
    assert not list(folder.rglob("*.tmp"))


def test_workers_are_prepared_early_where_a_new_study_wants_several(monkeypatch, tmp_path):
    begun = []
    monkeypatch.setattr(executors, "start_server", lambda: begun.append("server"))
    monkeypatch.setattr(runner, "refuse_unwritable", lambda plan: begun.append("checked"))
    run(tmp_path / "one", workers=1)
    assert begun == ["checked"]
    begun.clear()
    run(tmp_path / "two", workers=2)
    assert begun == ["server", "checked"]
    begun.clear()
    run(tmp_path / "two", workers=2)
    assert begun == ["checked"]
