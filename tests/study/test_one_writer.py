"""One writer at a time, every cell counted once, and nothing that is gone goes unnoticed."""

from __future__ import annotations

import io
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from sim.study.run.cell import run_task
from sim.study.run.runner import run_study, write_again
from sim.study.store.checking import status, verify
from sim.study.store.exporting import export
from sim.study.store.locking import locked
from sim.study.store.reading import read_closures, read_manifest, read_results
from sim.study.store.store import JOURNAL, RESULTS, Store, StoreError, entries
from tests.study.callers import CELLS
from tests.study.fake import FakeModel, toy_plan

ROOT = Path(__file__).resolve().parents[2]
PLAN = toy_plan(replications=2, months=6)


def run(folder: Path, engine=FakeModel) -> str:
    said = io.StringIO()
    run_study(PLAN, folder, engine=engine, console=Console(file=said, width=1000))
    return said.getvalue()


class Idle(FakeModel):
    """Fails whoever computes a cell again."""

    def step(self) -> None:
        raise AssertionError("computed again")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- two callers ----------------------------------------------------------------------------------


def test_a_second_writer_is_refused_in_one_line_and_leaves_all_as_it_is(tmp_path):
    run(tmp_path / "study")
    # What the first one is just writing: a file half written, and one whose journal entry is still to come.
    (tmp_path / "study" / RESULTS / ".half.parquet.1.tmp").write_bytes(b"half")
    (tmp_path / "study" / RESULTS / "fresh.parquet").write_bytes(b"whole")
    with locked(tmp_path / "study"):
        before = contents(tmp_path / "study")
        for write in (lambda: run(tmp_path / "study"), lambda: write_again(PLAN, tmp_path / "study")):
            with pytest.raises(StoreError) as refused:
                write()
            words = str(refused.value)
            assert f"process {os.getpid()} on {platform.node()} since 2" in words and "\n" not in words
        assert contents(tmp_path / "study") == before
        # Whoever only reads is not kept out.
        assert f"at work: process {os.getpid()} on {platform.node()}" in "\n".join(status(tmp_path / "study"))
        assert len(read_results(tmp_path / "study")) > 0
        assert verify(tmp_path / "study", PLAN, 0, FakeModel).problems == ()
        export(tmp_path / "study")
    assert "at work" not in "\n".join(status(tmp_path / "study"))
    run(tmp_path / "study", engine=Idle)
    assert not (tmp_path / "study" / RESULTS / "fresh.parquet").exists()


def test_a_lock_file_without_an_owner_holds_nobody_up(tmp_path):
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / ".lock").touch()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    owner = {"pid": gone.pid, "host": platform.node(), "since": "2020-01-01T00:00:00+00:00"}
    (tmp_path / "study" / ".lock-owner").write_text(json.dumps(owner))
    (tmp_path / "study" / f".summary.csv.{gone.pid}.tmp").write_text("half")
    (tmp_path / "study" / f".results.csv.{os.getpid()}.tmp").write_text("an export at work")
    run(tmp_path / "study")
    assert [path.name for path in tmp_path.rglob("*.tmp")] == [f".results.csv.{os.getpid()}.tmp"]
    assert read_manifest(tmp_path / "study")["status"] == "complete"
    assert not (tmp_path / "study" / ".lock-owner").exists()


def test_a_folder_of_something_else_gets_no_lock(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match="in use and holds no study"), locked(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("number", [13, 30, 37])  # no permission, a read-only file system, no locks to be had
def test_a_folder_that_cannot_be_written_to_is_refused_in_one_line(tmp_path, monkeypatch, number):
    run(tmp_path / "study")
    before = contents(tmp_path / "study")

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(StoreError, match=f"study cannot be written to: {os.strerror(number)}$"):
        run(tmp_path / "study")
    assert contents(tmp_path / "study") == before


def trials(folder: Path, *kinds: str) -> list[dict]:
    script = ROOT / "tests" / "study" / "callers.py"
    command = [sys.executable, str(script), str(folder), *kinds]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.fixture(scope="module")
def few_trials(tmp_path_factory):
    """Trials of both kinds by one process."""
    return trials(tmp_path_factory.mktemp("callers"), "race=2", "kill=1")


@pytest.mark.parametrize("count", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_of_two_callers_one_runs_and_no_cell_counts_twice(request, tmp_path, count):
    found = trials(tmp_path, f"race={count}") if count > 2 else request.getfixturevalue("few_trials")
    found = [trial for trial in found if trial["kind"] == "race"]
    assert len(found) == count
    for trial in found:
        assert trial["written"] == CELLS and trial["doubled_months"] == 0, trial
        assert trial["replications"] == CELLS // 2 and trial["status"] == "complete", trial
        if trial["codes"] == [0, 0]:  # the first had ended
            assert trial["computed"] == [CELLS, 0], trial
        else:
            assert sorted(trial["codes"]) == [0, 2] and trial["computed"] == [CELLS], trial
            assert "is being written to by" in trial["said"] and "\n" not in trial["said"]
    assert count < 50 or any(2 in trial["codes"] for trial in found)


@pytest.mark.parametrize("count", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_a_killed_writer_does_not_keep_the_next_one_out(request, tmp_path, count):
    found = trials(tmp_path, f"kill={count}") if count > 1 else request.getfixturevalue("few_trials")
    found = [trial for trial in found if trial["kind"] == "kill"]
    assert len(found) == count
    for trial in found:
        assert trial["codes"][1] == 0 and trial["written"] == CELLS and trial["status"] == "complete", trial
    assert count == 1 or any(trial["codes"][0] == -9 for trial in found)


# ---- cells that stand in two files ----------------------------------------------------------------


@pytest.fixture
def doubled(tmp_path):
    """A study in which a second writer left three cells in one file; the last of them stands nowhere else."""
    folder = tmp_path / "study"
    run(folder)
    kept = {
        "months": read_results(folder),
        "closures": read_closures(folder),
        "sha256": read_manifest(folder)["results_sha256"],
        "summary": (folder / "summary.csv").read_bytes(),
        "risk": (folder / "risk.csv").read_bytes(),
    }
    store = Store(folder, PLAN)
    tasks = sorted(PLAN.tasks(), key=lambda task: (task.replication, task.family))
    group = [tasks[3], *tasks[:2]]
    store.put(group, [run_task(task, FakeModel) for task in group])
    for name in (f"{JOURNAL}/{store.key(tasks[3])}.json", f"{RESULTS}/{store.key(tasks[3])}.parquet"):
        (folder / name).unlink()
    return folder, kept


def written_cells(folder: Path) -> list[str]:
    found = [json.loads(path.read_text())["entry"]["cells"] for path in (folder / JOURNAL).glob("*.json")]
    return sorted(cell["key"] for cells in found for cell in cells)


def test_readers_take_every_cell_once(doubled):
    folder, kept = doubled
    assert len(written_cells(folder)) == 6 and len(entries(folder)) == 4
    pd.testing.assert_frame_equal(read_results(folder), kept["months"])
    pd.testing.assert_frame_equal(read_closures(folder), kept["closures"])
    assert len(pd.read_csv(export(folder))) == len(kept["months"])
    for said in (status(folder), verify(folder, PLAN, 4, FakeModel).problems):
        assert any("2 of 3 cells stand in another file as well" in line for line in said)
    assert status(folder)[0].endswith("4 of 4 cells finished, 0 failed")


@pytest.mark.parametrize("verb", ["resume", "report"])
def test_doubled_cells_are_named_and_put_right_without_computing_anything(doubled, verb, capsys):
    folder, kept = doubled
    if verb == "resume":
        said = run(folder, engine=Idle)
    else:
        write_again(PLAN, folder)
        said = capsys.readouterr().out
    assert "2 of 3 cells stand in another file as well" in said
    assert written_cells(folder) == sorted(cell.key for cell in entries(folder)) and len(entries(folder)) == 4
    assert read_manifest(folder)["results_sha256"] == kept["sha256"]
    assert (folder / "summary.csv").read_bytes() == kept["summary"]
    assert (folder / "risk.csv").read_bytes() == kept["risk"]
    pd.testing.assert_frame_equal(read_results(folder), kept["months"])
    assert verify(folder, PLAN, 4, FakeModel).problems == ()


# ---- cells that are gone --------------------------------------------------------------------------


def test_a_deleted_journal_entry_is_noticed_by_every_reader(tmp_path):
    folder = tmp_path / "study"
    run(folder)
    expected = read_manifest(folder)["results_sha256"]
    next((folder / JOURNAL).iterdir()).unlink()
    gone = "1 of 4 cells that the manifest counts are missing from journal"
    for read in (read_results, read_closures, export):
        with pytest.raises(StoreError, match=f"{gone}; .* creditcycle resume") as error:
            read(folder)
        assert "\n" not in str(error.value)
    assert any(gone in line for line in status(folder))
    assert not (folder / "results.csv").exists()
    said = io.StringIO()
    write_again(PLAN, folder, console=Console(file=said, width=1000))
    assert gone in said.getvalue()
    assert read_manifest(folder)["status"] == "partial" and read_manifest(folder)["cells"]["finished"] == 3
    run(folder)
    assert read_manifest(folder)["results_sha256"] == expected


def test_a_deleted_journal_entry_is_named_by_resume_and_computed_again(tmp_path):
    folder = tmp_path / "study"
    run(folder)
    expected = read_manifest(folder)["results_sha256"]
    next((folder / JOURNAL).iterdir()).unlink()
    assert "1 of 4 cells that the manifest counts are missing from journal; computed again" in run(folder)
    assert read_manifest(folder)["results_sha256"] == expected
