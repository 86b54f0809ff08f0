"""The study folder: result files, a journal of the cells that they hold, and the manifest.

Every file is written to a temporary name, flushed to the disk and renamed, so a file that exists is whole.
The journal entry of a result file is written after it, names its cells and holds its checksum: the folder alone
says what is done. Cells and files are named by a hash of what they were made from.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.study.cell import KEYS, Outcome, Run, run_digest
from sim.study.closures import ClosureFigures
from sim.study.differences import changed_file, digest, first_difference
from sim.study.plan import Plan, Task
from sim.study.provenance import program_digest

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
RESULTS = "results"
JOURNAL = "journal"
POINT = "point"
CLOSURES = "closures.parquet"


class StoreError(Exception):
    """A study folder that cannot be used as asked; the message is one line."""


class DamagedChunk(StoreError):
    """A result file that is missing, cut short or changed."""


@dataclass(frozen=True)
class Entry:
    """What the journal says about a finished cell."""

    key: str
    point: int
    family: str
    replication: int
    seconds: float
    runs: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Chunk:
    """Journal entry of a result file: its name, its checksum and the cells that it holds."""

    key: str
    sha256: str
    cells: tuple[Entry, ...]


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
        words = f"{path}: damaged or unreadable ({error}); delete it and give the study's command again, cells are kept"
        raise StoreError(words.splitlines()[0]) from None
    if not isinstance(found, dict) or "config_sha256" not in found or found.pop("check", None) != digest(found):
        raise StoreError(
            f"{path}: damaged (checksum differs); delete it and give the study's command again, cells are kept"
        )
    return found


def in_use(folder: Path) -> bool:
    """Whether a path without a manifest holds something else than the cells of a study."""
    if not folder.exists() or (folder / JOURNAL).is_dir():
        return False
    return not folder.is_dir() or any(folder.iterdir())


class Store:
    """Reads and writes the parts of one study folder."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = Path(folder)
        self.plan = plan
        self.program = program_digest()
        self._bases = [digest([composed.composed(), self.program]) for composed in (plan, *plan.compositions)]

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
        elif in_use(self.folder):
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
            another = changed_file(manifest, self.plan.inputs)
            if another:
                raise StoreError(f"out: {self.folder} was {another}; choose another folder")
            asked = self.plan.summary()
            # How the machine is used and where results go may differ freely.
            asked["config"] = {key: value for key, value in asked["config"].items() if key not in ("machine", "out")}
            why = first_difference(manifest, asked) or "a package differs"
            raise StoreError(f"out: {self.folder} holds another study ({why}); choose another folder")
        if manifest.get("program_sha256") != self.program:
            raise StoreError(f"out: {self.folder} was begun by another version of the program; choose another folder")

    def key(self, task: Task) -> str:
        """Content address of a cell: a hash of its resolved configuration, scenarios, seed and program."""
        point = task.point
        names = [scenario.name for scenario in task.scenarios]
        return digest([self._bases[point.composition], point.updates, names, task.replication, task.seed])[:24]

    def put(self, tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> list[Entry]:
        """Store what cells gave, in one file."""
        cells = tuple(
            Entry(
                self.key(task),
                task.point.number,
                task.family,
                task.replication,
                round(outcome.seconds, 3),
                tuple(_run(run) for run in outcome.runs),
            )
            for task, outcome in zip(tasks, outcomes, strict=True)
        )
        key = cells[0].key if len(cells) == 1 else digest([cell.key for cell in cells])[:24]
        content = as_parquet(outcomes, [task.point.number for task in tasks] if self.plan.has_design else None)
        write_safely(self.folder / RESULTS / f"{key}.parquet", content)
        chunk = Chunk(key, hashlib.sha256(content).hexdigest(), cells)
        body = json.dumps(dataclasses.asdict(chunk), sort_keys=True)
        line = json.dumps({"entry": json.loads(body), "check": hashlib.sha256(body.encode()).hexdigest()})
        write_safely(self.folder / JOURNAL / f"{key}.json", line.encode())
        return list(cells)

    def finished(self) -> tuple[dict[str, Entry], list[str]]:
        """Return the cells that are finished and whole, by key, and a line for each file that is not.

        A damaged file is removed with its journal entry, and so is a result file that no entry speaks for:
        a run was stopped between the two.
        """
        found: dict[str, Entry] = {}
        damages = []
        for path in sorted((self.folder / JOURNAL).glob("*.json")):
            try:
                chunk = read_entry(self.folder, path.stem)
                found |= {cell.key: cell for cell in chunk.cells}
            except DamagedChunk as damage:
                damages.append(str(damage))
                path.unlink(missing_ok=True)
        for path in (self.folder / RESULTS).glob("*.parquet"):
            if not (self.folder / JOURNAL / f"{path.stem}.json").exists():
                path.unlink(missing_ok=True)
        return found, damages


def _run(run: Run) -> dict[str, Any]:
    closures = dataclasses.asdict(run.closures)
    return {"arm": run.arm, "scenario": run.scenario, "sha256": run.digest, "closures": closures}


def read_entry(folder: Path, key: str, *, check_results: bool = True) -> Chunk:
    """Read and verify one journal entry and, unless told otherwise, the result file that it speaks for.

    Raises
    ------
    DamagedChunk
        If one of them is not what was written.
    """
    path = folder / JOURNAL / f"{key}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        body = json.dumps(found["entry"], sort_keys=True)
        if found["check"] != hashlib.sha256(body.encode()).hexdigest() or found["entry"]["key"] != key:
            raise ValueError("checksum differs")
        cells = tuple(Entry(**{**cell, "runs": tuple(cell["runs"])}) for cell in found["entry"]["cells"])
        chunk = Chunk(key, found["entry"]["sha256"], cells)
    except (ValueError, KeyError, TypeError, OSError):
        raise DamagedChunk(f"{path}: damaged journal entry (checksum differs)") from None
    if check_results:
        read_chunk(folder, chunk)
    return chunk


def read_chunk(folder: Path, chunk: Chunk) -> bytes:
    """Read a result file and verify its checksum."""
    path = folder / RESULTS / f"{chunk.key}.parquet"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DamagedChunk(f"{path}: damaged result file ({error.strerror or error})") from None
    if hashlib.sha256(content).hexdigest() != chunk.sha256:
        raise DamagedChunk(f"{path}: damaged result file (checksum differs)")
    return content


def chunks(folder: Path) -> list[Chunk]:
    """Journal entries of a folder, verified, in the order of replication, family and point."""
    keys = sorted(path.stem for path in (folder / JOURNAL).glob("*.json"))
    return sorted(
        (read_entry(folder, key, check_results=False) for key in keys), key=lambda chunk: _place(chunk.cells[0])
    )


def entries(folder: Path) -> list[Entry]:
    """Finished cells of a folder, in the order of replication, family and point."""
    return sorted((cell for chunk in chunks(folder) for cell in chunk.cells), key=_place)


def _place(cell: Entry) -> tuple[int, str, int]:
    return cell.replication, cell.family, cell.point


def results_digest(found: Iterable[Entry]) -> str:
    """Sha256 over the values of all runs, in canonical order: it knows nothing of chunks and workers."""
    lines = sorted(
        (f"{entry.point}\t" if entry.point else "")
        + f"{run['arm']}\t{run['scenario']}\t{entry.replication}\t{run['sha256']}\n"
        for entry in found
        for run in entry.runs
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def as_parquet(outcomes: Sequence[Outcome], points: Sequence[int] | None = None) -> bytes:
    """Tidy table of the runs of cells: point where there is a design, arm, scenario, replication, month, metrics."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    runs = [run for outcome in outcomes for run in outcome.runs]
    names = list(dict.fromkeys(name for run in runs for name in run.columns))
    lengths = [len(next(iter(run.columns.values()))) for run in runs]
    places = np.repeat(np.arange(len(runs)), lengths)
    arrays: dict[str, Any] = {}
    if points is not None:
        owners = [point for point, outcome in zip(points, outcomes, strict=True) for _ in outcome.runs]
        arrays[POINT] = np.repeat(np.array(owners, dtype=np.int32), lengths)
    for key in ("arm", "scenario"):
        words = pa.array([getattr(run, key) for run in runs])
        arrays[key] = words.take(pa.array(places)).dictionary_encode()
    arrays["replication"] = np.repeat(np.array([run.replication for run in runs], dtype=np.int32), lengths)
    arrays["month"] = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths])
    for name in names:
        arrays[name] = np.concatenate(
            [run.columns.get(name, np.full(length, np.nan)) for run, length in zip(runs, lengths, strict=True)]
        )
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink, compression="zstd")
    return sink.getvalue()


def read_results(folder: str | Path) -> pd.DataFrame:
    """Read the tidy results of a study folder, checksums verified.

    Returns
    -------
    pandas.DataFrame
        One row for each point (where there is a design), arm, scenario, replication and month;
        ``attrs["units"]`` names each metric's unit.

    Raises
    ------
    StoreError
        If the folder holds no study; `DamagedChunk` names a file that is not what was written.
    """
    import pandas as pd

    folder = Path(folder)
    manifest = read_manifest(folder)
    frames = [table for _, table in each_result(folder)]
    if not frames:
        raise StoreError(f"{folder}: holds no finished part of a study")
    frame = pd.concat(frames, ignore_index=True)
    for key, known in (("arm", manifest["arms"]), ("scenario", manifest["scenarios"])):
        names = [entry["name"] for entry in known]
        frame[key] = pd.Categorical(frame[key].astype(str), categories=names, ordered=True)
    order = [key for key in (POINT, *KEYS) if key in frame]
    frame = frame.sort_values(order, kind="stable", ignore_index=True)
    frame.attrs["units"] = {name: entry["unit"] for name, entry in manifest["units"].items()}
    return frame


def each_result(folder: Path, known: Container[str] = ()) -> Iterator[tuple[Chunk, pd.DataFrame]]:
    """Read a study folder file by file, checksums verified: the months of a few cells; ``known`` files not again."""
    import pyarrow.parquet as pq

    for chunk in chunks(folder):
        if chunk.key in known:
            continue
        table = pq.read_table(io.BytesIO(read_chunk(folder, chunk)), use_threads=False)
        yield chunk, table.to_pandas().astype({"arm": str, "scenario": str})


def read_closures(folder: str | Path) -> pd.DataFrame:
    """Read the closure figures: one row for each point (where there is a design), arm, scenario and replication."""
    import pandas as pd

    frame = pd.DataFrame([row for entry in entries(Path(folder)) for row in closure_rows(entry)])
    return frame if "design" in read_manifest(Path(folder)) else frame.drop(columns=POINT)


def closure_rows(entry: Entry) -> list[dict[str, Any]]:
    """Closure figures of a cell, run by run."""
    return [
        {POINT: entry.point, "arm": run["arm"], "scenario": run["scenario"], "replication": entry.replication}
        | run["closures"]
        for run in entry.runs
    ]


def recomputed_digests(frame: pd.DataFrame, closures: pd.DataFrame) -> list[str]:
    """Digest of each run in a results table, computed from its values; compare with the journal's."""
    keys = [key for key in (POINT, *KEYS[:-1]) if key in frame]
    known = {
        tuple(row[key] for key in keys): ClosureFigures(
            **{field.name: int(row[field.name]) for field in dataclasses.fields(ClosureFigures)}
        )
        for row in closures.to_dict("records")
    }
    found = []
    for names, run in frame.groupby(keys, observed=True):
        arm, scenario, replication = str(names[-3]), str(names[-2]), int(names[-1])
        columns = {name: run[name].to_numpy() for name in run.columns if name not in (POINT, *KEYS)}
        found.append(run_digest(arm, scenario, replication, columns, known[names]))
    return found
