"""Borrower-months a second, bytes a borrower, and the cost of each rule, as JSON on standard output.

    python benchmarks/population.py [--borrowers 1000000] [--months 12] [--quick]

Everything is timed in one run, so that ratios hold on a noisy machine: the month on one thread and on two, the
month without its checks, each rule, and the same rules stepped through Mesa one agent at a time. First-call times
come from fresh processes, with an empty cache and a warm one. ``reference`` is the cost of four Philox words and of
adding two large arrays in the same run: on the machine that the design was measured on they cost 1.8 ns and about
10 GB/s.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.engine.loops.filling import fill_words
from sim.study.run.timing import nanoseconds, small

ROOT = Path(__file__).resolve().parents[1]
FIRST_MONTH = """
import time; start = time.perf_counter()
import sim
model = sim.Model(sim.compose(["population=tiny", "machine.threads=1"])); model.step()
print(time.perf_counter() - start)
"""


def model_of(borrowers: int, overrides: Sequence[str] = (), **machine: Any) -> Any:
    """A model past its first months, on the given machine settings."""
    config = sim.compose([f"population.borrowers={borrowers}", *overrides])
    config = dataclasses.replace(config, machine=dataclasses.replace(config.machine, **{"threads": 1, **machine}))
    model = sim.Model(config)
    for _ in range(3):
        model.step()
    return model


def months_a_second(model: Any, months: int) -> float:
    """Million borrower-months a second over the best third of the months."""
    times = []
    for _ in range(months):
        start = time.perf_counter()
        model.step()
        times.append(time.perf_counter() - start)
    best = sorted(times)[: max(1, months // 3)]
    return model.config.population.borrowers / (sum(best) / len(best)) / 1e6


def rule_costs(borrowers: int, overrides: Sequence[str] = ()) -> dict[str, float]:
    """Nanoseconds a living row of each rule, by its name; firms' rules after ``firm.``."""
    config = small(sim.compose([f"population.borrowers={borrowers}", *overrides]))
    found = {f"{'firm.' * firms}{name}": cost for (firms, name), cost in nanoseconds(config).items()}
    return {name: round(cost, 2) for name, cost in sorted(found.items(), key=lambda item: -item[1])}


def first_call() -> dict[str, float]:
    """Seconds to the end of the first month in a fresh process, imports included."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "CREDITCYCLE_CACHE": cache, "PYTHONPATH": str(ROOT)}
        seconds = []
        for _ in range(3):
            done = subprocess.run(
                [sys.executable, "-c", FIRST_MONTH], env=environment, capture_output=True, text=True, check=True
            )
            seconds.append(float(done.stdout))
    return {"empty_cache_s": round(seconds[0], 2), "warm_cache_s": round(min(seconds[1:]), 2)}


def resident_bytes() -> int:
    """Bytes of this process in memory now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0


def reference(model: Any) -> dict[str, float]:
    """Cost of known work in this run: what the machine gives just now."""
    words = np.empty((4, 16_384), dtype=np.uint32)
    ordinal, arrival = model.accounts.array("ordinal"), model.accounts.array("arrival_month")
    rows = min(16_384, model.persons.size)
    best = min(_timed(lambda: fill_words(ordinal, arrival, 0, rows, 3, 1, 5, 6, words)) for _ in range(200))
    large, other = np.zeros(16_000_000), np.ones(16_000_000)
    add = min(_timed(lambda: np.add(large, other, out=large)) for _ in range(5))
    return {"philox_four_words_ns": round(best / rows * 1e9, 2), "memory_gb_s": round(3 * large.nbytes / add / 1e9, 1)}


def _timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--borrowers", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--quick", action="store_true", help="leave out fresh processes and the rule-by-rule costs")
    given = parser.parse_args()
    model_of(500)  # the compiled code is in memory before it is counted
    before = resident_bytes()
    model = model_of(given.borrowers)
    result: dict[str, Any] = {
        "machine": {"processor": platform.processor() or platform.machine(), "python": platform.python_version()},
        "borrowers": given.borrowers,
        "month_one_thread_m_a_s": round(months_a_second(model, given.months), 2),
        "bytes_a_borrower": {
            "columns": model.persons.bytes_per_row + model.accounts.bytes_per_row,
            "resident": round((resident_bytes() - before) / model.persons.size, 1),
        },
        "reference": reference(model),
    }
    del model
    two = months_a_second(model_of(given.borrowers, threads=2), given.months)
    unchecked = months_a_second(model_of(given.borrowers, check=False), given.months)
    cached = months_a_second(model_of(50_000), 60)
    result |= {
        "month_two_threads_m_a_s": round(two, 2),
        "two_threads_over_one": round(two / result["month_one_thread_m_a_s"], 2),
        "month_without_checks_m_a_s": round(unchecked, 2),
        "fifty_thousand_borrowers_m_a_s": round(cached, 2),
    }
    stepped = months_a_second(model_of(500, driver="mesa"), 3)
    result["stepped_through_mesa_m_a_s"] = round(stepped, 5)
    if not given.quick:
        result["rules_ns"] = rule_costs(given.borrowers)
        result["first_month"] = first_call()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
