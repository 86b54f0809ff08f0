"""Hydra's multirun as its users expect it: a folder for each job, one table of all, side by side with joblib."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.__main__ import main
from sim.study.store.reading import read_manifest

TINY = [
    "economy=calm", "study.arms=[guaranteed]", "machine.workers=1", "study.replications=2", "study.months=6",
    "study.burn_in=2", "population=tiny", "population.borrowers=200",
]  # fmt: skip


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_jobs_land_in_one_place_and_can_be_compared(capsys):
    assert main(["-m", *TINY, "fund=thin,strong", "out=one"]) == 0
    assert "one/jobs.csv" in capsys.readouterr().out
    table = pd.read_csv("one/jobs.csv", na_values="n/a")
    assert list(table.columns[:3]) == ["job", "fund", "arm"]
    assert sorted(set(zip(table["job"], table["fund"], strict=True))) == [(0, "thin"), (1, "strong")]
    before = Path("one/jobs.csv").read_text()
    assert main(["report", "one"]) == 0
    assert Path("one/jobs.csv").read_text() == before


@pytest.mark.slow
def test_the_joblib_launcher_gives_the_same_results(capsys):
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher", reason="needs creditcycle[analysis]: make extras")
    jobs = ["-m", *TINY, "seed=1,2"]
    assert main([*jobs, "out=one"]) == 0
    assert main([*jobs, "out=two", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"]) == 0
    said = capsys.readouterr()
    assert "2 jobs, 2 at a time" in said.out and "changes nothing" not in said.err
    hashes = [[read_manifest(Path(out, job))["results_sha256"] for job in "01"] for out in ("one", "two")]
    assert hashes[0] == hashes[1]
    assert hashes[0][0] != hashes[0][1]
