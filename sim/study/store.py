"""The study folder: one result file for each task, a journal of what is finished, and the manifest.

Every file is written to a temporary name, flushed to the disk and renamed, so a file that exists is whole.
The journal entry of a task is written after its results and holds their checksum: the folder alone says what
is done.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.study.cell import KEYS, Outcome, run_digest
from sim.study.closures import ClosureFigures
from sim.study.differences import digest, first_difference
from sim.study.plan import Plan, Task
from sim.study.provenance import program_digest

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
RESULTS = "results"
JOURNAL = "journal"
CLOSURES = "closures.parquet"


class StoreError(Exception):
    """A study folder that cannot be used as asked; the message is one line."""


class DamagedChunk(StoreError):
    """A result file that is missing, cut short or changed."""


@dataclass(frozen=True)
class Entry:
    """Journal entry of a finished task."""

    key: str
    family: str
    replication: int
    seconds: float
    sha256: str
    runs: tuple[dict[str, Any], ...]


def write_safely(path: Path, content: bytes) -> None:
    """Write a file so that it is either whole or absent, also after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error
        raise


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a study folder.

    Raises
    ------
    StoreError
        If the folder holds no readable manifest.
    """
    path = Path(folder) / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{folder}: holds no study ({MANIFEST} is missing)") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: damaged or unreadable: {error}".splitlines()[0]) from None
    if not isinstance(found, dict) or "config_sha256" not in found:
        raise StoreError(f"{path}: damaged: not the manifest of a study")
    return found


class Store:
    """Reads and writes the parts of one study folder."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = Path(folder)
        self.plan = plan
        self.program = program_digest()
        resolved = plan.resolved()
        self._families = {family: digest([resolved, self.program, family]) for family in plan.families}
        self._order = {arm.name: place for place, arm in enumerate(plan.arms)}

    def open(self) -> float:
        """Make the folder, or check that the one there belongs to this study.

        Returns
        -------
        float
            Seconds that earlier calls spent on it.

        Raises
        ------
        StoreError
            If the folder holds something else.
        """
        seconds = 0.0
        if (self.folder / MANIFEST).exists():
            manifest = read_manifest(self.folder)
            self._check_same(manifest)
            seconds = float(manifest.get("seconds") or 0.0)
        elif self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise StoreError(f"out: {self.folder} is in use and holds no study; choose another folder")
        try:
            for part in (RESULTS, JOURNAL):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
                for left_over in (self.folder / part).glob(".*.tmp"):
                    left_over.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"out: {self.folder} cannot be made: {error.strerror or error}") from error
        return seconds

    def _check_same(self, manifest: Mapping[str, Any]) -> None:
        if manifest["config_sha256"] != self.plan.digest():
            asked = self.plan.summary()
            # How the machine is used and where results go may differ freely.
            asked["config"] = {key: value for key, value in asked["config"].items() if key not in ("machine", "out")}
            why = first_difference(manifest, asked) or "a package differs"
            raise StoreError(f"out: {self.folder} holds another study ({why}); choose another folder")
        if manifest.get("program_sha256") != self.program:
            raise StoreError(f"out: {self.folder} was begun by another version of the program; choose another folder")

    def key(self, task: Task) -> str:
        """Content address of a task: a hash of its resolved configuration, seed and program."""
        text = f"{self._families[task.family]}:{task.replication}:{task.seed}"
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    def put(self, task: Task, outcome: Outcome) -> Entry:
        """Store what a task gave."""
        key = self.key(task)
        content = as_parquet(outcome)
        write_safely(self.folder / RESULTS / f"{key}.parquet", content)
        runs = tuple(
            {
                "arm": run.arm,
                "scenario": run.scenario,
                "sha256": run.digest,
                "closures": dataclasses.asdict(run.closures),
            }
            for run in outcome.runs
        )
        mark = hashlib.sha256(content).hexdigest()
        entry = Entry(key, task.family, task.replication, round(outcome.seconds, 3), mark, runs)
        body = json.dumps(dataclasses.asdict(entry), sort_keys=True)
        line = json.dumps({"entry": json.loads(body), "check": hashlib.sha256(body.encode()).hexdigest()})
        write_safely(self.folder / JOURNAL / f"{key}.json", line.encode())
        return entry

    def finished(self, task: Task) -> Entry | None:
        """Return the journal entry of a task that is finished and whole, None where it is not finished.

        Raises
        ------
        DamagedChunk
            If its result file or its journal entry is not what was written.
        """
        return read_entry(self.folder, self.key(task))


def read_entry(folder: Path, key: str, *, check_results: bool = True) -> Entry | None:
    """Read and verify one journal entry and, unless told otherwise, the result file that it speaks for."""
    path = folder / JOURNAL / f"{key}.json"
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        body = json.dumps(found["entry"], sort_keys=True)
        if found["check"] != hashlib.sha256(body.encode()).hexdigest() or found["entry"]["key"] != key:
            raise ValueError("checksum differs")
        entry = Entry(**{**found["entry"], "runs": tuple(found["entry"]["runs"])})
    except (ValueError, KeyError, TypeError, OSError):
        raise DamagedChunk(f"{path}: damaged journal entry (checksum differs)") from None
    if check_results:
        read_chunk(folder, entry)
    return entry


def read_chunk(folder: Path, entry: Entry) -> bytes:
    """Read a result file and verify its checksum."""
    path = folder / RESULTS / f"{entry.key}.parquet"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DamagedChunk(f"{path}: damaged result file ({error.strerror or error})") from None
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise DamagedChunk(f"{path}: damaged result file (checksum differs)")
    return content


def entries(folder: Path) -> list[Entry]:
    """Journal entries of a folder, verified, in the order of family and replication."""
    keys = sorted(path.stem for path in (folder / JOURNAL).glob("*.json"))
    found = [entry for key in keys if (entry := read_entry(folder, key, check_results=False)) is not None]
    return sorted(found, key=lambda entry: (entry.replication, entry.family))


def results_digest(found: Iterable[Entry]) -> str:
    """Sha256 over the values of all runs, in canonical order: it knows nothing of chunks and workers."""
    lines = sorted(
        f"{run['arm']}\t{run['scenario']}\t{entry.replication}\t{run['sha256']}\n"
        for entry in found
        for run in entry.runs
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def as_parquet(outcome: Outcome) -> bytes:
    """Tidy table of a task's runs: arm, scenario, replication, month and the metrics."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = list(dict.fromkeys(name for run in outcome.runs for name in run.columns))
    lengths = [len(next(iter(run.columns.values()))) for run in outcome.runs]
    places = np.repeat(np.arange(len(outcome.runs)), lengths)
    arrays: dict[str, Any] = {}
    for key in ("arm", "scenario"):
        words = pa.array([getattr(run, key) for run in outcome.runs])
        arrays[key] = words.take(pa.array(places)).dictionary_encode()
    arrays["replication"] = np.repeat(np.array([run.replication for run in outcome.runs], dtype=np.int32), lengths)
    arrays["month"] = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths])
    for name in names:
        arrays[name] = np.concatenate(
            [run.columns.get(name, np.full(length, np.nan)) for run, length in zip(outcome.runs, lengths, strict=True)]
        )
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink, compression="zstd")
    return sink.getvalue()


def read_results(folder: str | Path) -> pd.DataFrame:
    """Read the tidy results of a study folder, checksums verified.

    Returns
    -------
    pandas.DataFrame
        One row for each arm, scenario, replication and month; ``attrs["units"]`` names each metric's unit.

    Raises
    ------
    StoreError
        If the folder holds no study; `DamagedChunk` names a file that is not what was written.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = Path(folder)
    manifest = read_manifest(folder)
    tables = [pq.read_table(io.BytesIO(read_chunk(folder, entry)), use_threads=False) for entry in entries(folder)]
    if not tables:
        raise StoreError(f"{folder}: holds no finished part of a study")
    frame = pa.concat_tables(tables, promote_options="permissive").to_pandas()
    for key, known in (("arm", manifest["arms"]), ("scenario", manifest["scenarios"])):
        names = [entry["name"] for entry in known]
        frame[key] = pd.Categorical(frame[key].astype(str), categories=names, ordered=True)
    frame = frame.sort_values(list(KEYS), kind="stable", ignore_index=True)
    frame.attrs["units"] = {name: entry["unit"] for name, entry in manifest["units"].items()}
    return frame


def read_closures(folder: str | Path) -> pd.DataFrame:
    """Read the closure figures: one row for each arm, scenario and replication."""
    import pandas as pd

    rows = [
        {"arm": run["arm"], "scenario": run["scenario"], "replication": entry.replication, **run["closures"]}
        for entry in entries(Path(folder))
        for run in entry.runs
    ]
    return pd.DataFrame(rows)


def recomputed_digests(frame: pd.DataFrame, closures: pd.DataFrame) -> list[str]:
    """Digest of each run in a results table, computed from its values; compare with the journal's."""
    known = {
        (row["arm"], row["scenario"], row["replication"]): ClosureFigures(
            **{field.name: int(row[field.name]) for field in dataclasses.fields(ClosureFigures)}
        )
        for row in closures.to_dict("records")
    }
    found = []
    for names, run in frame.groupby(["arm", "scenario", "replication"], observed=True):
        arm, scenario, replication = str(names[0]), str(names[1]), int(names[2])
        columns = {name: run[name].to_numpy() for name in run.columns if name not in KEYS}
        found.append(run_digest(arm, scenario, replication, columns, known[(arm, scenario, replication)]))
    return found
