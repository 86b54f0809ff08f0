"""Looking into a study folder: how far it is, and whether its cells come out again bit for bit."""

from __future__ import annotations

import dataclasses
import io
import random
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from sim.study.plan.own_model import models_kept
from sim.study.plan.parts import Task
from sim.study.plan.plan import Plan
from sim.study.run.cell import Engine, run_task, table_digest
from sim.study.run.job import Job, rounds
from sim.study.run.progress import duration
from sim.study.run.stopping import go_on
from sim.study.store.locking import owner_of
from sim.study.store.reading import read_manifest
from sim.study.store.store import JOURNAL, DamagedChunk, Entry, Store, each_once, lost, read_entry, results_digest


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: cells computed again, and a line for everything that is not as it was written."""

    cells: int
    problems: tuple[str, ...]


def status(folder: Path) -> list[str]:
    """Say in a few lines what a study folder holds.

    Raises
    ------
    StoreError
        If the folder holds no study.
    """
    manifest = read_manifest(folder)
    found, damages = _journal(folder, check_results=False)
    done = len(found)
    seconds = sum(cell.seconds for cell in found)
    damages += filter(None, [lost(folder, manifest, done)])
    total, failed = manifest["cells"]["of"], manifest["cells"].get("failed", [])
    lines = [f"{folder}: {done} of {total} cells finished, {len(failed)} failed", f"command: {manifest['command']}"]
    owner = owner_of(folder)
    if owner:
        lines.append(f"at work: {owner.words}")
    if done:
        lines.append(f"a cell takes {seconds / done:.2g} s on one core; {duration(seconds)} of them so far")
    if done < total:
        lines.append(f"left: about {duration(seconds / max(done, 1) * (total - done))} of one core" if done else "")
    if (done < total or damages) and not owner:
        lines.append(f"go on with: {go_on(folder, manifest['overrides'], models_kept(manifest))}")
    elif done >= total:
        lines.append(f"results_sha256: {manifest['results_sha256']}")
    return [line for line in (*lines, *(f"failed: {words}" for words in failed), *damages) if line]


def _journal(folder: Path, *, check_results: bool = True) -> tuple[list[Entry], list[str]]:
    """Return the cells of a folder, each once, and a line for each file that is damaged or holds some again."""
    found, problems = [], []
    for path in sorted((folder / JOURNAL).glob("*.json")):
        try:
            found.append(read_entry(folder, path.stem, check_results=check_results))
        except DamagedChunk as damage:
            problems.append(str(damage))
    once = each_once(found)
    problems += [chunk.doubled_in(folder) for chunk in once if chunk.doubled]
    return [cell for chunk in once for cell in chunk.cells], problems


def verify(folder: Path, plan: Plan, sample: int, engine: type[Engine] | None = None) -> Verdict:
    """Check every file of a study folder, and compute a sample of its cells again.

    Parameters
    ----------
    folder : Path
        Study folder.
    plan : Plan
        The plan that it was begun with.
    sample : int
        Cells to compute again, spread over the study by a draw that the results decide.
    engine : type, optional
        Model class.
    """
    manifest = read_manifest(folder)
    cells, problems = _journal(folder)
    if not problems and manifest["results_sha256"] != results_digest(cells):
        problems.append(f"{folder}: results_sha256 of the manifest is not that of the results")
    job = Job(plan, Store(folder, plan), Console(file=io.StringIO()), found={cell.key: cell for cell in cells})
    known = []
    for tasks in rounds(job):
        known += [(task, job.found[key]) for task in tasks if (key := job.store.key(task)) in job.found]
        if job.take(tasks):
            break
    strangers = len(cells) - len(known)
    if strangers:
        problems.append(f"{folder}: {strangers} cells are not of this study and this version of the program")
    chosen = random.Random(manifest["results_sha256"]).sample(known, min(sample, len(known)))
    for task, cell in chosen:
        problems += _again(task, cell, engine)
    return Verdict(len(chosen), tuple(problems))


def _again(task: Task, cell: Entry, engine: type[Engine] | None) -> list[str]:
    """Compute a cell again, with the threads of this machine, and name the runs that differ."""
    stored = {(run["arm"], run["scenario"]): (run["sha256"], run["tables"]) for run in cell.runs}
    made = {
        (run.arm, run.scenario): (run.digest, {name: table_digest(table) for name, table in run.tables.items()})
        for run in run_task(dataclasses.replace(task, threads=1), engine).runs
    }
    where = f"point {task.point.number + 1}, " if task.point.values else ""
    return [
        f"{where}{arm} in {scenario}, replication {task.replication}: computed again it differs"
        for arm, scenario in sorted(stored.keys() | made.keys())
        if stored.get((arm, scenario)) != made.get((arm, scenario))
    ]
