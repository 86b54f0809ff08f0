"""What somebody's type checker says of code that uses the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RIGHT = """
from pathlib import Path

import sim

results = sim.run(["seed=2"], out=Path("out"), plugin="mine.py")
again: sim.Results = sim.open("out")
files: list[Path] = again.save_figures("pdf")
said: dict[str, list[str]] = results.verdict
again.plot.paths("loss_rate", arms="limits", months=3).savefig("paths.pdf")
reveal_type(results.folder)
reveal_type(sim.Model(sim.compose([])).step)
"""
WRONG = """
import sim

sim.run(overrides=3)
sim.run([], plug="mine.py")
sim.open(3)
sim.open("out").difference("a", "b", 3)
sim.open("out").plot.paths(3)
sim.open("out").save_figures(3)
sim.opens("out")
"""


def test_the_package_says_that_it_has_types():
    assert (ROOT / "sim" / "py.typed").is_file()


@pytest.mark.slow
def test_a_checker_takes_what_is_right_and_refuses_what_is_wrong(tmp_path):
    for name, text in (("right", RIGHT), ("wrong", WRONG)):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(
        f"[mypy]\nstrict = true\nmypy_path = {ROOT}\n[mypy-sim.*]\nignore_errors = true\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", "right.py", "wrong.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    lines = done.stdout.splitlines()
    told = [line for line in lines if line.startswith("right.py")]
    assert len(told) == 2 and 'Revealed type is "pathlib.Path"' in told[0], done.stdout
    errors = [line.split(":")[:2] for line in lines if ": error:" in line]
    wrong = [number for number, line in enumerate(WRONG.splitlines(), 1) if line.startswith("sim.")]
    assert errors == [["wrong.py", str(number)] for number in wrong], done.stdout
