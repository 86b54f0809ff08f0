"""The study folder: result files, a journal of the cells that they hold, and the manifest.

Every file is written to a temporary name, flushed to the disk and renamed, so a file that exists is whole.
Cells and files are named by a hash of what they were made from.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.study.follow.columns import Described
from sim.study.follow.dictionary import metadata, of_own
from sim.study.plan.differences import changed_file, digest, first_difference
from sim.study.plan.parts import Task
from sim.study.plan.plan import Plan
from sim.study.run.cell import Outcome, Run, table_digest
from sim.study.store.files import NotStored, StoreError, write_safely
from sim.study.store.journal import (
    CLOSURES,
    JOURNAL,
    LOCK,
    LOCK_OWNER,
    MANIFEST,
    NOTED,
    POINT,
    RESULTS,
    Chunk,
    DamagedChunk,
    Entry,
    check_counted,
    chunks,
    each_once,
    entries,
    lost,
    own_rows,
    read_chunk,
    read_entry,
    results_digest,
)
from sim.study.store.provenance import program_digest
from sim.study.store.reading import (
    closure_rows,
    each_result,
    read_closures,
    read_manifest,
    read_results,
    recomputed_digests,
)

if TYPE_CHECKING:
    pass

__all__ = [
    "CLOSURES", "JOURNAL", "LOCK", "LOCK_OWNER", "MANIFEST", "NOTED", "POINT", "RESULTS", "Chunk", "DamagedChunk",
    "Entry", "NotStored", "Store", "StoreError", "as_parquet", "check_counted", "chunks", "closure_rows",
    "each_once", "each_result", "entries", "in_use", "lost", "read_chunk", "read_closures", "read_entry",
    "read_manifest", "read_results", "recomputed_digests", "results_digest", "write_safely",
]  # fmt: skip


def in_use(folder: Path) -> bool:
    """Whether a path holds something else than a study, begun or not."""
    if not folder.exists() or any((folder / part).exists() for part in (MANIFEST, JOURNAL, LOCK)):
        return False
    return not folder.is_dir() or any(folder.iterdir())


class Store:
    """Reads and writes the parts of one study folder."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = Path(folder)
        self.plan = plan
        self.program = program_digest()
        self._bases = [digest([composed.composed(), self.program]) for composed in (plan, *plan.compositions)]

    def open(self) -> dict[str, Any]:
        """Fit out the folder, which `locked` holds, or check that what is there belongs to this study.

        Returns
        -------
        dict
            The manifest of the earlier calls; empty in a new folder.

        Raises
        ------
        StoreError
            If the folder holds another study.
        """
        manifest = read_manifest(self.folder) if (self.folder / MANIFEST).exists() else {}
        if manifest:
            self._check_same(manifest)
        try:
            for part in (JOURNAL, RESULTS, *((NOTED,) if self.plan.noted else ())):
                (self.folder / part).mkdir(exist_ok=True)
                for left_over in (self.folder / part).rglob(".*.tmp"):
                    left_over.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"out: {self.folder} cannot be written to: {error.strerror or error}") from error
        return manifest

    def _check_same(self, manifest: Mapping[str, Any]) -> None:
        if manifest["config_sha256"] != self.plan.digest():
            another = changed_file(manifest, self.plan.inputs)
            if another:
                raise StoreError(f"out: {self.folder} was {another}; choose another folder")
            asked = self.plan.summary()
            # How the machine is used, how results are told and where they go may differ freely.
            free = ("machine", "report", "out")
            asked["config"] = {key: value for key, value in asked["config"].items() if key not in free}
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
        points = [task.point.number for task in tasks] if self.plan.has_design else None
        self._write(cells, as_parquet(outcomes, points), self._tables(outcomes, points))
        return list(cells)

    def _tables(self, outcomes: Sequence[Outcome], points: Sequence[int] | None) -> dict[str, bytes]:
        own = of_own(next(iter(self.plan.root.configs.values())))
        return tables_as_parquet(outcomes, points, own)

    def _write(self, cells: tuple[Entry, ...], content: bytes, tables: Mapping[str, bytes]) -> None:
        """Write the result files of some cells and then the journal entry that speaks for them."""
        key = cells[0].key if len(cells) == 1 else digest([cell.key for cell in cells])[:24]
        for name, table in tables.items():
            (self.folder / NOTED / name).mkdir(exist_ok=True)
            write_safely(self.folder / NOTED / name / f"{key}.parquet", table)
        write_safely(self.folder / RESULTS / f"{key}.parquet", content)
        entry = {
            "key": key,
            "sha256": hashlib.sha256(content).hexdigest(),
            "tables": {name: hashlib.sha256(table).hexdigest() for name, table in tables.items()},
            "cells": [*map(dataclasses.asdict, cells)],
        }
        body = json.dumps(entry, sort_keys=True)
        line = json.dumps({"entry": json.loads(body), "check": hashlib.sha256(body.encode()).hexdigest()})
        write_safely(self.folder / JOURNAL / f"{key}.json", line.encode())

    def finished(self, manifest: Mapping[str, Any], then: str = "computed again") -> tuple[dict[str, Entry], list[str]]:
        """Return the cells that are finished and whole, by key, and a line for each thing that was put right.

        A damaged file is removed with its journal entry, and so is a result file that no entry speaks for:
        a run was stopped between the two. A cell that stands in two files stays in one.

        Parameters
        ----------
        manifest : mapping
            Of the folder, as it was found.
        then : str
            What becomes of cells that were lost, as the end of a line.
        """
        found, words = [], []
        for path in sorted((self.folder / JOURNAL).glob("*.json")):
            try:
                found.append(read_entry(self.folder, path.stem))
            except DamagedChunk as damage:
                words.append(f"{damage}; {then}")
                path.unlink(missing_ok=True)
        for chunk in each_once(found):
            if chunk.doubled:
                words.append(f"{chunk.doubled_in(self.folder)}; they stay there alone")
                self._keep_only(chunk)
        for path in (*(self.folder / RESULTS).glob("*.parquet"), *(self.folder / NOTED).glob("*/*.parquet")):
            if not (self.folder / JOURNAL / f"{path.stem}.json").exists():
                path.unlink(missing_ok=True)
        cells = {cell.key: cell for chunk in found for cell in chunk.cells}
        if not words and (gone := lost(self.folder, manifest, len(cells))):
            words.append(f"{gone}; {then}")
        return cells, words

    def _keep_only(self, chunk: Chunk) -> None:
        """Put the cells that a chunk does not share into a file of their own."""
        if chunk.cells:
            months, *tables = (self._own(chunk, name) for name in ("", *chunk.tables))
            self._write(chunk.cells, months, dict(zip(chunk.tables, tables, strict=True)))
        (self.folder / JOURNAL / f"{chunk.key}.json").unlink(missing_ok=True)

    def _own(self, chunk: Chunk, name: str) -> bytes:
        """The rows of a chunk's own cells, of the months or of a table."""
        import pyarrow.parquet as pq

        table = pq.read_table(io.BytesIO(read_chunk(self.folder, chunk, name)))
        sink = io.BytesIO()
        pq.write_table(table.filter(own_rows(table.to_pandas(), chunk)), sink, compression="zstd")
        return sink.getvalue()


def _run(run: Run) -> dict[str, Any]:
    closures = dataclasses.asdict(run.closures)
    tables = {name: table_digest(table) for name, table in run.tables.items()}
    return {
        "arm": run.arm, "scenario": run.scenario, "sha256": run.digest, "closures": closures, "tables": tables
    }  # fmt: skip


def as_parquet(outcomes: Sequence[Outcome], points: Sequence[int] | None = None) -> bytes:
    """Tidy table of the runs of cells: point where there is a design, arm, scenario, replication, month, metrics."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    runs = [run for outcome in outcomes for run in outcome.runs]
    names = list(dict.fromkeys(name for run in runs for name in run.columns))
    lengths = [len(next(iter(run.columns.values()))) for run in runs]
    arrays = _owners(outcomes, points, lengths)
    arrays["month"] = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths])
    for name in names:
        held = [run.columns.get(name) for run in runs]
        kind = next(values.dtype for values in held if values is not None)
        values = [np.zeros(length, kind) if one is None else one for one, length in zip(held, lengths, strict=True)]
        absent = np.repeat([one is None for one in held], lengths)
        arrays[name] = pa.array(np.concatenate(values), mask=absent if absent.any() else None)
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink, compression="zstd")
    return sink.getvalue()


def tables_as_parquet(
    outcomes: Sequence[Outcome],
    points: Sequence[int] | None = None,
    own: Mapping[str, Described] = MappingProxyType({}),
) -> dict[str, bytes]:
    """The tables beside the months, each with the keys of its run before its own columns.

    Parameters
    ----------
    own : mapping of str to Described
        Columns that the user's file adds to the panels.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    runs = [run for outcome in outcomes for run in outcome.runs]
    found = {}
    for name in dict.fromkeys(name for run in runs for name in run.tables):
        held = [run.tables.get(name, {}) for run in runs]
        columns = list(next(table for table in held if table))
        arrays = _owners(outcomes, points, [len(table[columns[0]]) if table else 0 for table in held])
        for column in columns:
            values = pa.array(np.concatenate([table[column] for table in held if table]))
            arrays[column] = values.dictionary_encode() if pa.types.is_string(values.type) else values
        made = pa.table(arrays)
        fields = [field.with_metadata(metadata(name, field.name, own)) for field in made.schema]
        sink = io.BytesIO()
        texts = [column for column, values in arrays.items() if isinstance(values, pa.DictionaryArray)]
        # Amounts hardly recur.
        pq.write_table(made.cast(pa.schema(fields)), sink, compression="zstd", use_dictionary=texts)
        found[name] = sink.getvalue()
    return found


def _owners(outcomes: Sequence[Outcome], points: Sequence[int] | None, lengths: Sequence[int]) -> dict[str, Any]:
    """Columns that say to which run each row belongs: point where there is a design, arm, scenario, replication."""
    import pyarrow as pa

    runs = [run for outcome in outcomes for run in outcome.runs]
    places = np.repeat(np.arange(len(runs)), lengths)
    arrays: dict[str, Any] = {}
    if points is not None:
        owners = [point for point, outcome in zip(points, outcomes, strict=True) for _ in outcome.runs]
        arrays[POINT] = np.repeat(np.array(owners, dtype=np.int32), lengths)
    for key in ("arm", "scenario"):
        words = pa.array([getattr(run, key) for run in runs])
        arrays[key] = words.take(pa.array(places)).dictionary_encode()
    arrays["replication"] = np.repeat(np.array([run.replication for run in runs], dtype=np.int32), lengths)
    return arrays
