"""What the first month of a process loads, once its rules are compiled: a start is mostly imports."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import sim
from sim.engine.loops.compiled import COMPILING

CONFIG = ["population.borrowers=300", "machine.threads=1"]
NOT_FOR_A_MONTH = (
    # Mesa would load these for parts of it that no month asks for.
    *("pandas", "pyarrow", "networkx", "scipy.spatial", "scipy.sparse", "tqdm"),
    *("matplotlib", "rich", "openpyxl", "docx", "pptx", "reportlab", "polars", "jinja2"),
    # Numba's rules of types and arrays, which only compiling asks for: a quarter of a second.
    *("numba.np.arrayobj", "numba.np.arraymath", "numba.np.linalg", "numba.typed.typeddict"),
    *("sim.reports", "sim.office", "sim.explorer", "sim.results", "sim.study.run", "sim.study.compare"),
)


@pytest.mark.skipif(not COMPILING, reason="nothing is kept without compiling")
def test_a_first_month_loads_nothing_that_it_does_not_use():
    sim.Model(sim.compose(CONFIG)).step()  # from here on its rules stand on the disk
    question = (
        f"import json, sys, sim; sim.Model(sim.compose({CONFIG!r})).step();"
        f"print(json.dumps(sorted(set({NOT_FOR_A_MONTH!r}) & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
