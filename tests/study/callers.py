"""Callers on one study folder at the same time, each a process of its own; prints a line of JSON a trial.

python callers.py FOLDER race=TRIALS       two callers, the second at a random moment
python callers.py FOLDER kill=TRIALS       one that is killed at a random moment, then one that goes on
"""

from __future__ import annotations

import io
import json
import multiprocessing
import random
import sys
import time
from pathlib import Path

from rich.console import Console

from sim.study.run.runner import run_study
from sim.study.store.reading import read_manifest, read_results
from sim.study.store.store import JOURNAL, StoreError
from tests.study.fake import FakeModel, toy_plan

CELLS = 20


def call(folder: Path, wait: float, said: Path) -> None:
    """Run the study as a command would: exit code 2 and one line where the folder is refused."""
    time.sleep(wait)
    plan = toy_plan(replications=CELLS // 2, months=3, scenarios=("calm", "elsewhere"))
    try:
        run_study(plan, folder, engine=FakeModel, console=Console(file=io.StringIO()))
    except StoreError as error:
        said.write_text(str(error))
        sys.exit(2)


def started(folder: Path, wait: float, name: str) -> multiprocessing.Process:
    process = CONTEXT.Process(target=call, args=(folder, wait, folder.with_name(f"{folder.name}-{name}.txt")))
    process.start()
    return process


def race(folder: Path, moment: float) -> list[int]:
    both = [started(folder, 0.0, "first"), started(folder, moment, "second")]
    for process in both:
        process.join()
    return [process.exitcode for process in both]


def kill(folder: Path, moment: float) -> list[int]:
    first = started(folder, 0.0, "first")
    time.sleep(moment)
    first.kill()
    first.join()
    second = started(folder, 0.0, "second")
    second.join()
    return [first.exitcode, second.exitcode]


def look(folder: Path, codes: list[int]) -> dict:
    entries = [json.loads(path.read_text())["entry"] for path in (folder / JOURNAL).iterdir()]
    months = read_results(folder)
    return {
        "codes": codes,
        "said": "".join(path.read_text() for path in sorted(folder.parent.glob(f"{folder.name}-*.txt"))),
        "written": sum(len(entry["cells"]) for entry in entries),
        "doubled_months": int(months.duplicated(["arm", "scenario", "replication", "month"]).sum()),
        "replications": int(months.groupby(["arm", "scenario"], observed=True)["replication"].nunique().max()),
        "status": read_manifest(folder)["status"],
        "computed": [one["cells"] for one in read_manifest(folder)["calls"]],
    }


if __name__ == "__main__":
    CONTEXT = multiprocessing.get_context("fork")  # nothing is running yet that a copy could disturb
    began = time.monotonic()
    started(Path(sys.argv[1]) / "alone", 0.0, "alone").join()
    alone = time.monotonic() - began
    luck = random.Random(7)
    for kind, count in (word.split("=") for word in sys.argv[2:]):
        for number in range(int(count)):
            place = Path(sys.argv[1]) / f"{kind}{number}"
            # Mostly while the first one is at work, now and then after its end.
            told = look(place, {"race": race, "kill": kill}[kind](place, luck.uniform(0.0, 1.1 * alone)))
            print(json.dumps({"kind": kind, **told}), flush=True)
