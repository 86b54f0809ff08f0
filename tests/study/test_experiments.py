"""The experiments in their reduced form give the results that are committed beside them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stress_sweep", "reverse_stress"])
def test_the_stress_sweep_comes_out_as_committed(tmp_path, name):
    pytest.importorskip("optuna", reason="needs creditcycle[analysis]: make extras")
    folder = ROOT / "experiments" / "stress_sweep"
    spec = importlib.util.spec_from_file_location("stress_sweep_run", folder / "run.py")
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    expected = json.loads((folder / "reduced.json").read_text())[name]
    found = run.study(name, tmp_path / name, reduced=True, quiet=True)["results_sha256"]
    assert found == expected, (
        "results have changed: run experiments/stress_sweep/run.py again, with and without --reduced"
    )
