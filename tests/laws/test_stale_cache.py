"""An edited rule is never served from a stale cache, and an unedited one is not compiled again."""

from __future__ import annotations

import json
import multiprocessing
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
((*_, code),) = bound.plan.chain.loops
counts = [int(code.from_disk), int(not code.from_disk)]
print(json.dumps([totals.tolist(), arrays["cash"].tolist(), *counts]))
"""


SERVER = """
import json, os, sys, traceback
import sim.engine.loops.bound
import sim.engine.tables.declare

for line in sys.stdin:
    folder, code = json.loads(line)
    if not os.fork():
        os.environ["CREDITCYCLE_CACHE"] = os.path.join(folder, "cache")
        sys.path.insert(0, folder)
        try:
            exec(code, {"__name__": "run"})
        except BaseException:
            print(json.dumps(traceback.format_exc()))
        sys.stdout.flush()
        os._exit(0)
    os.wait()
"""
"""Runs each program that it is handed in a process of its own, which has imported the compiler and nothing else."""


@pytest.fixture(scope="module")
def server():
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "0", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-B", "-c", SERVER]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def world(server, tmp_path):
    """Run the rule in a new process, with the cache in a folder of its own."""

    def run(module: str = "rule"):
        server.stdin.write(json.dumps([str(tmp_path), RUN.format(module=module)]) + "\n")
        said = json.loads(server.stdout.readline())
        assert isinstance(said, list), said
        (total,), cash, hits, misses = said
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


TWO_OF_A_NAME = """
import ctypes, sys
import numba
from sim.engine.loops.diskcache import as_native, keep, native_code
from sim.engine.loops.sources import mark_of, run_text

def made(added):
    # Long enough that the compiler calls the inner function and does not write it out.
    lines = [f"    for k in range(x % 7):\\n        y = (y * 31 + k ^ {j}) % 1000003\\n" for j in range(20)]
    inner = "def inner(x):\\n    y = x\\n" + "".join(lines) + f"    return y + {added}\\n"
    space = {"__name__": "sim.engine.loops.native"}
    run_text("inner", inner, space)
    plain, space["inner"] = space["inner"], numba.njit(space["inner"])
    outer = "def outer(x):\\n    return inner(x) + inner(x + 1)\\n"
    sig = numba.types.int64(numba.types.int64)
    stem = "outer_" + mark_of(outer, [keep], inner)
    code = native_code(stem, sig, lambda: as_native("outer", outer, space, sig))
    return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(code.address)(1) - plain(1) - plain(2)

print([made(int(text)) for text in sys.argv[1:]])
"""


def test_code_of_two_processes_is_told_apart_in_a_third(tmp_path):
    """Each compiled an inner function of one name, and of one number where they count alike: one served for both."""
    environment = {**os.environ, "CREDITCYCLE_CACHE": str(tmp_path), "NUMBA_DISABLE_JIT": "0", "PYTHONPATH": str(ROOT)}
    told = [
        subprocess.run([sys.executable, "-c", TWO_OF_A_NAME, *given], env=environment, capture_output=True, text=True)
        for given in (["1000"], ["2000000", "1000"])
    ]
    assert [one.stdout.strip() for one in told] == ["[0]", "[0, 0]"], told[-1].stderr


def number_of_next() -> int:
    from numba.core.bytecode import FunctionIdentity

    return next(FunctionIdentity._unique_ids)


def test_workers_that_one_server_forks_do_not_count_alike():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sim.engine.loops.diskcache"])
    numbers = []
    for _ in range(2):
        with context.Pool(1) as pool:
            numbers.append(pool.apply(number_of_next))
    assert len({*numbers, number_of_next()}) == 3
    assert min(abs(numbers[0] - numbers[1]), *numbers) > 2**16
