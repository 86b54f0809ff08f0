"""How much memory a person takes, so that many fit into a machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.engine.loops.compiled import COMPILING

ROOT = Path(__file__).resolve().parents[2]
A_PERSON = 240  # bytes: 50 million take 12 GB


@pytest.mark.slow
@pytest.mark.skipif(not COMPILING, reason="millions need compiled loops")
def test_ten_million_persons_live_two_years_in_two_and_a_half_gigabytes():
    """With every law checked, in a process of their own; the peak counts."""
    # The smaller one brings all loops to the disk: to compile them in the process that counts would take room, too.
    command = [sys.executable, "benchmarks/memory.py", "--borrowers", "100000,10000000", "--months", "24"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    _, told = json.loads(done.stdout)["sizes"]
    assert told["rows"] > 10_700_000 and told["peak_a_person"] < A_PERSON, told
