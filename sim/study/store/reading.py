"""Reading what a study has stored: manifest, months, closures, and their digests."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.catalog import METRICS
from sim.figures.own import COMBINED, declare, declare_units
from sim.study.compare.closures import ClosureFigures
from sim.study.plan.differences import digest
from sim.study.run.cell import KEYS, run_digest
from sim.study.store.files import StoreError
from sim.study.store.journal import (
    JOURNAL,
    MANIFEST,
    POINT,
    RESULTS,
    Chunk,
    Entry,
    check_counted,
    chunks,
    each_once,
    entries,
    own_rows,
    read_chunk,
    read_entry,
)

if TYPE_CHECKING:
    import pandas as pd


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
    except (OSError, ValueError, RecursionError) as error:
        words = f"{path}: damaged or unreadable ({error}); delete it and give the study's command again, cells are kept"
        raise StoreError(words.splitlines()[0]) from None
    kind = isinstance(found, dict) and _in_order(found)
    if not kind or found.pop("check", None) != digest(found):
        why = "checksum differs" if kind else "not of a manifest's form"
        raise StoreError(f"{path}: damaged ({why}); delete it and give the study's command again, cells are kept")
    declare(found.get("own_figures", ()))
    declare_units(found.get("units", {}))
    return found


def _in_order(manifest: Mapping[str, Any]) -> bool:
    """Whether what the program reads in a manifest is of its kind: somebody else may have written it."""
    cells, units = manifest.get("cells", {}), manifest.get("units", {})
    axes = manifest.get("design", {"axes": ()})
    try:
        texts = [manifest.get(key, "") for key in ("status", "program_sha256", "results_sha256", "command")]
        texts += [manifest["config_sha256"], *cells.get("failed", ()), *units, *manifest.get("overrides", ())]
        texts += [entry["unit"] for entry in units.values()] + [axis["key"] for axis in axes["axes"]]
        texts += [entry.get(key, "") for entry in units.values() for key in ("meaning", "combined")]
        texts += [one[key] for one in manifest.get("inputs", ()) for key in ("name", "file", "sha256")]
        texts += [one["name"] for part in ("arms", "scenarios") for one in manifest.get(part, ())]
        texts += [text for row in manifest.get("own_figures", ()) for text in _row(row)]
        texts += [call[key] for call in manifest.get("calls", ()) for key in ("began", "ended")]
        counts = [manifest.get("seconds", 0), cells.get("finished", 0), cells.get("of", 0)]
    except (KeyError, TypeError, AttributeError):
        return False
    return all(isinstance(text, str) for text in texts) and all(isinstance(count, int | float) for count in counts)


def _row(row: Any) -> list[Any]:
    """A declared figure in a manifest: four texts."""
    if not isinstance(row, list) or len(row) != 4 or row[-1] not in COMBINED:
        raise TypeError("own_figures")
    return row


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
    check_counted(folder, manifest)
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


def read_table(folder: str | Path, name: str) -> pd.DataFrame:
    """Read a table that runs left beside their months, such as ``rolls``, checksums verified.

    Returns
    -------
    pandas.DataFrame
        Its columns after point (where there is a design), arm, scenario and replication, in their order.

    Raises
    ------
    StoreError
        If the folder holds no study, or none that kept this table; `DamagedChunk` names a file that is not what was
        written.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    folder = Path(folder)
    manifest = read_manifest(folder)
    check_counted(folder, manifest)
    found = chunks(folder)
    kept = sorted({table for chunk in found for table in chunk.tables})
    if name not in kept:
        raise StoreError(f"{folder}: keeps no table {name!r}; it keeps {', '.join(kept) or 'none (study.detail)'}")
    frames = []
    for chunk in found:
        frame = pq.read_table(io.BytesIO(read_chunk(folder, chunk, name)), use_threads=False).to_pandas()
        frames.append(frame[own_rows(frame, chunk)] if chunk.doubled else frame)
    frame = pd.concat([one.astype({"arm": str, "scenario": str}) for one in frames], ignore_index=True)
    for key, known in (("arm", manifest["arms"]), ("scenario", manifest["scenarios"])):
        frame[key] = pd.Categorical(frame[key], categories=[entry["name"] for entry in known], ordered=True)
    order = [key for key in (POINT, *KEYS[:-1]) if key in frame]
    return frame.sort_values(order, kind="stable", ignore_index=True)


def check_tables(folder: Path) -> None:
    """Verify every table beside the months, for who then takes all files of a folder as they lie.

    Raises
    ------
    StoreError
        A table is not what was written (`DamagedChunk`), or a file holds cells that stand in another one as well.
    """
    keys = sorted(path.stem for path in (folder / JOURNAL).glob("*.json"))
    for chunk in each_once(read_entry(folder, key, check_results=False) for key in keys):
        for name in chunk.tables:
            read_chunk(folder, chunk, name)
        if chunk.doubled:
            raise StoreError(f"{chunk.doubled_in(folder)}; put it right with: creditcycle report {folder}")


def each_result(folder: Path, known: Container[str] = ()) -> Iterator[tuple[Chunk, pd.DataFrame]]:
    """Read a study folder file by file, checksums verified: the months of a few cells; ``known`` files not again."""
    import pyarrow.parquet as pq

    for chunk in chunks(folder):
        if chunk.key in known:
            continue
        table = pq.read_table(io.BytesIO(read_chunk(folder, chunk)), use_threads=False)
        months = table.to_pandas().astype({"arm": str, "scenario": str})
        yield chunk, months[own_rows(months, chunk)] if chunk.doubled else months


def result_columns(folder: Path) -> list[str]:
    """Columns of all result files: cells of other options may have figures of their own."""
    import pyarrow.parquet as pq

    found: dict[str, None] = {}
    for key in sorted(chunk.key for chunk in chunks(folder)):
        with (folder / RESULTS / f"{key}.parquet").open("rb") as file:  # pyarrow takes paths in UTF-8 alone
            found |= dict.fromkeys(pq.read_schema(file).names)
    return list(found)


def read_closures(folder: str | Path) -> pd.DataFrame:
    """Read the closure figures: one row for each point (where there is a design), arm, scenario and replication."""
    import pandas as pd

    manifest = read_manifest(Path(folder))
    check_counted(Path(folder), manifest)
    frame = pd.DataFrame([row for entry in entries(Path(folder)) for row in closure_rows(entry)])
    return frame if "design" in manifest else frame.drop(columns=POINT)


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
        columns = {name: _as_made(name, run[name]) for name in run.columns if name not in (POINT, *KEYS)}
        found.append(run_digest(arm, scenario, replication, columns, known[names]))
    return found


def _as_made(name: str, values: pd.Series[float]) -> NDArray[Any]:
    """Whole numbers as such again, where other runs of the table do not have the figure."""
    whole = name in METRICS and METRICS[name].is_whole and bool(values.notna().all())
    return values.to_numpy(np.int64 if whole else None)
