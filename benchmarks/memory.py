"""Bytes of memory that a person takes, as JSON on standard output: resident after so many months, and at the peak.

    python benchmarks/memory.py [--borrowers 2000000,4000000] [--months 24] [--threads 1] [OVERRIDE ...]

Each size is lived in a process of its own, with its laws checked, after a small model has brought in all code; months
beyond the burn-in are lived by a second model, as in a study: who has left by the policy date stays behind. Persons are
those at the start; a row is a person who ever came, or who was there at the policy date and came later. *Marginal* is
what the persons of the last size take beyond those of the size before: what does not grow with their number falls out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MONTHS = """
import dataclasses, json, sys, time
from pathlib import Path
import sim
from sim.study.run.burn_in import release
borrowers, months, threads, *overrides = sys.argv[1:]

def bytes_of(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))

def lived(persons, months):
    config = sim.compose([f"population.borrowers={persons}", *overrides])
    config = dataclasses.replace(config, study=dataclasses.replace(config.study, months=max(months, 84)))
    config = dataclasses.replace(config, machine=dataclasses.replace(config.machine, threads=int(threads)))
    model = sim.Model(config)
    for month in range(months):
        if month == config.study.burn_in:
            checkpoint = model.save(departed=False, last=True)
            release(model)
            model = sim.Model.fork(config, checkpoint, last=True)
            del checkpoint
        model.by_hand = False
        model.step()
    return model

lived(500, 27)
before, start, began = bytes_of("VmRSS"), time.process_time(), time.perf_counter()
model = lived(int(borrowers), int(months))
told = {"borrowers": int(borrowers), "rows": model.persons.size, "cpu_seconds": round(time.process_time() - start, 1)}
told |= {"seconds": round(time.perf_counter() - began, 1)}
told |= {"resident": bytes_of("VmRSS") - before, "peak": bytes_of("VmHWM") - before}
print(json.dumps(told))
"""


def lived(borrowers: int, months: int, threads: int, overrides: list[str]) -> dict[str, float]:
    """Live so many months in a process of its own: bytes in all beyond a small model, a person and a row."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MONTHS, str(borrowers), str(months), str(threads), *overrides]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    a_person = {f"{name}_a_person": round(told[name] / told["borrowers"], 1) for name in ("resident", "peak")}
    return {**told, **a_person, "resident_a_row": round(told["resident"] / told["rows"], 1)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--borrowers", default="2000000,4000000", help="sizes, by commas")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("overrides", nargs="*", default=["firms=none"], metavar="OVERRIDE")
    given = parser.parse_args()
    found = [lived(int(size), given.months, given.threads, given.overrides) for size in given.borrowers.split(",")]
    result: dict[str, object] = {"months": given.months, "overrides": given.overrides, "sizes": found}
    if len(found) > 1:
        more = {name: found[-1][name] - found[-2][name] for name in ("borrowers", "rows", "resident")}
        result["marginal_a_person"] = round(more["resident"] / more["borrowers"], 1)
        result["marginal_a_row"] = round(more["resident"] / more["rows"], 1)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
