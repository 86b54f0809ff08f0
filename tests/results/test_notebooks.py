"""The notebooks run from the first cell to the last, here with fewer borrowers, and show what they promise."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

jupytext = pytest.importorskip("jupytext", reason="make extras")
nbclient = pytest.importorskip("nbclient", reason="make extras")
pytest.importorskip("ipykernel", reason="make extras")

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "examples" / "notebooks"
SMALLER = {
    "first_study": {
        "population.borrowers=2000": "population.borrowers=150",
        "study.replications=4": "study.replications=2",
        "study.months=24": "study.months=4",
        "study.scenarios=[calm,severe_recession]": "economy=severe_recession",
        "sim.run(\n    [": 'sim.run(\n    ["study.burn_in=3", "machine.workers=1",',
    },
    "own_rule": {
        "population.borrowers=2000": "population.borrowers=150",
        "study.replications=3": "study.replications=2",
        "study.months=18": "study.months=6",
    },
    "rule_and_agent": {
        "REPLICATIONS = 200": "REPLICATIONS = 3",
        "population.borrowers=1000": "population.borrowers=150",
        "study.months=36": "study.months=14",
        "sim.run(\n    [": 'sim.run(\n    ["study.burn_in=6", "firms=none", "machine.workers=1",',
    },
    "sweep_and_emulator": {"population.borrowers=500": "population.borrowers=200", "design.size=32": "design.size=16"},
}
LONGEST = 300
"""Seconds of a cell."""


def run(name, folder, monkeypatch):
    """Run a notebook in an empty folder; give what its cells show, as texts, and the kinds of pictures."""
    text = (NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8")
    for whole, less in SMALLER[name].items():
        assert text.count(whole) >= 1, whole
        text = text.replace(whole, less)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    book = jupytext.reads(text, fmt="py:percent")
    nbclient.NotebookClient(book, timeout=LONGEST, resources={"metadata": {"path": str(folder)}}).execute()
    shown = [output for cell in book.cells for output in cell.get("outputs", ())]
    data = [output.get("data", {}) for output in shown]
    written = "".join(output.get("text", "") for output in shown)
    return written, "".join(one.get("text/html", "") for one in data), [kind for one in data for kind in one]


def test_every_notebook_is_run_and_is_on_the_page():
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    assert {path.stem for path in NOTEBOOKS.glob("*.py")} == set(SMALLER)
    assert [name for name in SMALLER if f"examples/notebooks/{name}.py" not in page] == []


@pytest.mark.slow
def test_the_first_study(tmp_path, monkeypatch):
    written, html, kinds = run("first_study", tmp_path, monkeypatch)
    assert "<h4>In short</h4>" in html and kinds.count("image/png") == 3
    assert "fraction of persons" in written and "cells to run" not in written
    assert (tmp_path / "figures" / "paths_loss_rate.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "report.html").is_file()


@pytest.mark.slow
def test_a_rule_of_ones_own(tmp_path, monkeypatch):
    written, html, kinds = run("own_rule", tmp_path, monkeypatch)
    assert "configured" in html and kinds.count("image/png") == 1
    assert "policy/limit=all_knowing: there is no column or number wage" in written


@pytest.mark.slow
def test_a_rule_and_an_agent_as_arms(tmp_path, monkeypatch):
    written, html, kinds = run("rule_and_agent", tmp_path, monkeypatch)
    assert "careful" in html and "counselled" in html and kinds.count("image/png") == 3
    assert "'arm': 3" in written and "'replication': 3" in written and "fraction of persons" in written
    assert (tmp_path / "paths.pdf").read_bytes().startswith(b"%PDF")
    runs = pd.read_csv(tmp_path / "runs.csv")
    assert len(runs) == 9 and set(runs["arm"]) == {"limits", "careful", "counselled"}
    assert (tmp_path / "figures" / "compare_careful_limits.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.slow
def test_a_sweep_and_its_emulator(tmp_path, monkeypatch):
    written, html, _ = run("sweep_and_emulator", tmp_path, monkeypatch)
    assert "16 points of the design" in html
    assert float(written.split("R2 ")[1].split()[0]) > 0.8
