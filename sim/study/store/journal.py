"""The journal of a study folder: which cells are finished, in which file each stands, and whether it is whole.

The journal entry of a result file is written after it, names its cells and holds its checksum: the folder alone says
what is done. A cell that two files hold counts once, in the first one, for whoever reads.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.store.files import StoreError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

MANIFEST = "manifest.json"
RESULTS = "results"
NOTED = "tables"
"""Folder of what runs note beside their months; not below the results, which pandas reads with all that lies there."""
JOURNAL = "journal"
POINT = "point"
CLOSURES = "closures.parquet"
LOCK, LOCK_OWNER = ".lock", ".lock-owner"


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
    """Journal entry of a result file: its name, its checksum and the cells that it holds.

    ``doubled`` counts cells of the file that another one holds as well; they are not among ``cells``. ``tables``
    are the checksums of the tables beside the months, each in a folder of its name.
    """

    key: str
    sha256: str
    cells: tuple[Entry, ...]
    doubled: int = 0
    tables: Mapping[str, str] = field(default_factory=dict)

    def doubled_in(self, folder: Path) -> str:
        """Say how many of the file's cells another one holds."""
        of = f"{self.doubled} of {self.doubled + len(self.cells)} cells"
        return f"{folder / RESULTS / f'{self.key}.parquet'}: {of} stand in another file as well"


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
        chunk = Chunk(key, found["entry"]["sha256"], cells, tables=dict(found["entry"]["tables"]))
    except OSError as error:
        raise DamagedChunk(f"{path}: damaged journal entry ({error.strerror or error})") from None
    except (ValueError, KeyError, TypeError):
        raise DamagedChunk(f"{path}: damaged journal entry (checksum differs)") from None
    if check_results:
        for table in ("", *chunk.tables):
            read_chunk(folder, chunk, table)
    return chunk


def read_chunk(folder: Path, chunk: Chunk, table: str = "") -> bytes:
    """Read a result file, of the months or of a table beside them, and verify its checksum."""
    path = folder / (f"{NOTED}/{table}" if table else RESULTS) / f"{chunk.key}.parquet"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DamagedChunk(f"{path}: damaged result file ({error.strerror or error})") from None
    if hashlib.sha256(content).hexdigest() != (chunk.tables[table] if table else chunk.sha256):
        raise DamagedChunk(f"{path}: damaged result file (checksum differs)")
    return content


def chunks(folder: Path) -> list[Chunk]:
    """Journal entries of a folder, verified, in the order of replication, family and point; every cell in one."""
    keys = sorted(path.stem for path in (folder / JOURNAL).glob("*.json"))
    found = each_once(read_entry(folder, key, check_results=False) for key in keys)
    return [chunk for chunk in found if chunk.cells]


def each_once(found: Iterable[Chunk]) -> list[Chunk]:
    """Order chunks by replication, family and point of their first cells, each cell in the first one that holds it.

    Two writers in one folder may have computed the same cells, in other groups.
    """
    seen: set[str] = set()
    alone = []
    for chunk in sorted(found, key=lambda one: _place(one.cells[0])):
        cells = tuple(cell for cell in chunk.cells if cell.key not in seen)
        seen.update(cell.key for cell in cells)
        alone.append(dataclasses.replace(chunk, cells=cells, doubled=len(chunk.cells) - len(cells)))
    return alone


def own_rows(months: pd.DataFrame, chunk: Chunk) -> NDArray[np.bool_]:
    """Which rows of a result file, of months or of a table, belong to the chunk's cells and stand in no other file."""
    import pandas as pd

    own = [(cell.point, run["scenario"], cell.replication) for cell in chunk.cells for run in cell.runs]
    points = months.get(POINT, pd.Series(0, index=months.index))
    return pd.MultiIndex.from_arrays([points, months["scenario"].astype(str), months["replication"]]).isin(own)


def entries(folder: Path) -> list[Entry]:
    """Finished cells of a folder, in the order of replication, family and point."""
    return sorted((cell for chunk in chunks(folder) for cell in chunk.cells), key=_place)


def lost(folder: Path, manifest: Mapping[str, Any], found: int) -> str:
    """Say that cells which the manifest counts are gone with their journal entries; empty where none is."""
    counted = manifest.get("cells", {}).get("finished", 0)
    if found >= counted:
        return ""
    return f"{folder}: {counted - found} of {counted} cells that the manifest counts are missing from {JOURNAL}"


def check_counted(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse to read a folder from which cells are gone since its manifest was written.

    Raises
    ------
    StoreError
        One line.
    """
    if gone := lost(folder, manifest, len(entries(folder))):
        raise StoreError(f"{gone}; compute them again with: creditcycle resume {folder}")


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
