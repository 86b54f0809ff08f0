"""An edited rule is never served from a stale cache, and an unedited one is not compiled again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULE = """
from typing import NamedTuple
from sim.engine.loops.stage import Tally, stage
{importing}

class Give(NamedTuple):
    cash: int
    given: Tally

@stage()
def give(cash: int, income: int) -> Give:
    return Give(cash=cash + {call}(income), given={call}(income))
"""
HELPER = """
from sim.engine.loops.compiled import scalar

@scalar
def twice(amount: int) -> int:
    return {factor} * amount
"""
RUN = """
import json, sys
import numpy as np
from {module} import give
from sim.engine.loops.bound import Bound
from sim.engine.tables.declare import column

names = ("alive", "cash", "income", "ordinal", "arrival_month")
columns = {{name: column("int64", 0, None, "fen", "") for name in names}}
arrays = {{name: np.arange(1, 4) for name in columns}}
bound = Bound([(give, columns)], arrays, {{}})
totals = bound.run(0, 3, (1, 0, 0), 3)
((*_, code, _),) = bound._workers[0].loops
counts = [code.cache_hits, 1 - code.cache_hits]
print(json.dumps([totals.tolist(), arrays["cash"].tolist(), *counts]))
"""


@pytest.fixture
def world(tmp_path):
    """Run the rule in a new process, with the cache in a folder of its own."""

    def run(module: str = "rule"):
        environment = {**os.environ, "CREDITCYCLE_CACHE": str(tmp_path / "cache"), "NUMBA_DISABLE_JIT": "0"}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(tmp_path)])
        done = subprocess.run(
            [sys.executable, "-B", "-c", RUN.format(module=module)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        (total,), cash, hits, misses = json.loads(done.stdout)
        return total, cash, hits, misses

    return tmp_path, run


@pytest.mark.parametrize(
    ("importing", "call", "module"),
    [
        ("import helper", "helper.twice", "rule"),
        ("from .helper import twice", "twice", "plugin.rule"),
    ],
    ids=["beside", "in a package"],
)
def test_an_edited_helper_is_compiled_anew(world, importing, call, module):
    folder, run = world
    home = folder / "plugin" if module.startswith("plugin") else folder
    home.mkdir(exist_ok=True)
    (home / "__init__.py").touch()
    (home / "rule.py").write_text(RULE.format(importing=importing, call=call))
    (home / "helper.py").write_text(HELPER.format(factor=2))
    assert run(module) == (12, [3, 6, 9], 0, 1), "nothing was there: compiled"
    assert run(module) == (12, [3, 6, 9], 1, 0), "nothing was edited: taken from the disk"
    (home / "helper.py").write_text(HELPER.format(factor=5))
    assert run(module) == (30, [6, 12, 18], 0, 1), "the helper was edited"


def test_an_edited_rule_is_compiled_anew(world):
    folder, run = world
    (folder / "helper.py").write_text(HELPER.format(factor=2))
    rule = RULE.format(importing="from helper import twice", call="twice")
    (folder / "rule.py").write_text(rule)
    assert run() == (12, [3, 6, 9], 0, 1)
    (folder / "rule.py").write_text(rule.replace("cash=cash + ", "cash=1 + cash + "))
    assert run() == (12, [4, 7, 10], 0, 1)
    (folder / "rule.py").write_text(rule)
    (folder / "unrelated.py").write_text("nothing = 1\n")
    assert run() == (12, [3, 6, 9], 1, 0), "a file that the rule does not import does not matter"
