"""Running and opening: what is refused, what is kept, and what goes."""

from __future__ import annotations

import gc
import json
import os
import shutil
from pathlib import Path

import pytest

import sim
from sim.results.source import Source, remove
from sim.study.run.stopping import StudyStopped
from sim.study.store.store import StoreError
from tests.results.conftest import SMALL

RULE = '''
def half(limit):
    """Half of the limit."""
    return limit // 2
'''


@pytest.fixture
def copied(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "copied"))


def test_a_study_without_a_folder_goes_with_its_object():
    found = sim.run([*SMALL, "study.replications=1", "study.months=2", "study.arms=[lenient]", "economy=calm"])
    folder = found.folder
    assert folder.is_dir() and (folder / "results").is_dir() and not (folder / "report.html").exists()
    assert found.report().name == "report.html"
    del found
    gc.collect()
    assert not folder.exists()


def test_a_process_that_did_not_make_a_folder_leaves_it(tmp_path):
    remove(tmp_path, os.getpid() + 1)
    assert tmp_path.is_dir()
    remove(tmp_path, os.getpid())
    assert not tmp_path.exists()


def test_a_refused_study_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ValueError, match=r"did you mean study\.months\?"):
        sim.run(["study.month=3"])
    assert list(tmp_path.iterdir()) == []


def test_a_study_that_fails_leaves_nothing_among_the_temporary_files(tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("sim.study.run.runner.run_study", stop)
    with pytest.raises(KeyboardInterrupt):
        sim.run(SMALL)
    assert list(tmp_path.iterdir()) == []


def test_what_is_finished_of_a_study_that_stopped_stays_where_the_line_says(tmp_path, monkeypatch):
    def stop(plan, folder, **_):
        raise StudyStopped(f"interrupted: 1 of 3 cells are kept in {folder}")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("sim.study.run.runner.run_study", stop)
    with pytest.raises(StudyStopped) as stopped:
        sim.run(SMALL)
    (left,) = tmp_path.iterdir()
    assert str(stopped.value).endswith(str(left))


def test_a_notebook_is_not_told_of_progress(monkeypatch):
    asked = []
    monkeypatch.setattr("sim.study.run.runner.run_study", lambda *_, console, **__: asked.append(console) or 1 / 0)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    with pytest.raises(ZeroDivisionError):
        sim.run(SMALL)
    assert not asked[0].is_jupyter


def test_rules_of_ones_own_come_in_a_file(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("sim.study.run.runner.run_study", lambda plan, *_, **__: asked.append(plan) or 1 / 0)
    (tmp_path / "my rule.py").write_text(RULE, encoding="utf-8")
    with pytest.raises(ZeroDivisionError):
        sim.run(["policy/limit=half"], plugin=tmp_path / "my rule.py")
    (plan,) = asked
    config = next(arm for arm in plan.shown if arm.name == "configured").configs
    assert "limit // 2" in next(iter(config.values())).policy.limit.source


def test_what_is_no_finished_study_is_refused_in_one_line(copied, tmp_path):
    with pytest.raises(StoreError, match="holds no study"):
        sim.open(tmp_path)
    manifest = json.loads((copied / "manifest.json").read_text())
    entry = next((copied / "journal").glob("*.json"))
    entry.unlink()
    with pytest.raises(StoreError) as missed:
        sim.open(copied)
    assert "\n" not in str(missed.value) and manifest["status"] == "complete"


def test_a_changed_result_is_noticed(copied):
    file = next((copied / "results").glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1] + b"X")
    with pytest.raises(StoreError, match=file.name):
        Source(copied)


def test_a_study_that_goes_on_is_refused_with_what_to_do(copied, monkeypatch):
    from sim.results import source

    read = source.read_manifest
    monkeypatch.setattr(source, "read_manifest", lambda folder: read(folder) | {"status": "partial"})
    with pytest.raises(StoreError, match=r"cells are finished; go on with: creditcycle resume"):
        sim.open(copied)


def test_results_of_another_manifest_are_refused(copied, monkeypatch):
    monkeypatch.setattr("sim.results.source.results_digest", lambda cells: "0" * 64)
    with pytest.raises(StoreError, match="results_sha256 of the manifest is not that of the results"):
        sim.open(copied)


def test_opening_changes_nothing(copied):
    before = {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()}
    found = sim.open(str(copied))
    assert found.verdict and found.summary is not None
    assert {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()} == before
    assert found.folder == copied and isinstance(found, sim.Results)


def test_the_package_names_what_it_gives():
    assert {"open", "run", "Results"} <= set(dir(sim)) and "open" not in sim.__all__
    names = {line.split(" as ")[-1] for line in Path(sim.__file__).with_suffix(".pyi").read_text().splitlines()}
    assert set(sim._WHERE) <= names
