"""The user's files within a study folder: copied when the study begins, and read from there ever after.

Results follow from the bytes of a file, not from where it lies, so a folder that holds them can be moved, mailed,
reported, resumed and verified without the originals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from sim.inputs.errors import InputError
from sim.inputs.files import LARGEST_TAPE, OwnFile, Shelf, own_file
from sim.inputs.installed import brought_by
from sim.inputs.text import is_parquet
from sim.study.store.files import StoreError, write_safely

INPUTS = "inputs"
TABLES = (".csv", ".txt", ".tsv", ".parquet")


def keep(folder: Path, inputs: Sequence[OwnFile]) -> None:
    """Copy the files that a study is made of into its folder.

    Raises
    ------
    StoreError
        A file is no longer what it was when the study was composed, or the folder cannot be written to.
    """
    for one in inputs:
        target = folder / INPUTS / one.kept_as
        if target == one.path or target.is_file():
            continue  # a copy that was changed since is found when it is read
        try:
            target.parent.mkdir(exist_ok=True)
            content = one.path.read_bytes()
        except OSError as error:
            raise StoreError(f"{one.name}: cannot be copied into {folder}: {error.strerror or error}") from error
        if hashlib.sha256(content).hexdigest() != one.sha256:
            raise StoreError(f"{one.name}: changed while the study began; give the command again")
        write_safely(target, content)


def described(inputs: Sequence[OwnFile]) -> list[dict[str, Any]]:
    """What the manifest says about each file: the name it was asked for by, its copy, its bytes."""
    return [
        {
            "name": one.name,
            "file": f"{INPUTS}/{one.kept_as}",
            "sha256": one.sha256,
            "bytes": one.size,
            "rows": _rows(one),
            **({"brought_by": brought_by(one.name)} if brought_by(one.name) else {}),
        }
        for one in inputs
    ]


def shelf_of(folder: Path, manifest: Mapping[str, Any]) -> Shelf:
    """Shelf on which the names of a study's files lead to the copies in its folder, and no name elsewhere."""
    copies = {one["name"]: (folder / INPUTS / PurePath(one["file"]).name, one["sha256"]) for one in _listed(manifest)}
    return Shelf(copies, closed=True)


def _listed(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(manifest.get("inputs", ()))


def edited(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Name each of a study's files whose original still lies where it was asked for and holds something else."""
    for one in _listed(manifest):
        try:
            found = own_file(one["name"], "a file", LARGEST_TAPE)
        except InputError:
            continue  # moved or deleted: the copy stands in for it
        if found.sha256 != one["sha256"]:
            yield str(one["name"])


def _rows(one: OwnFile) -> int | None:
    """Rows of a table, its header not counted; None for another file."""
    if PurePath(one.name).suffix.lower() not in TABLES:
        return None
    if is_parquet(one):
        from pyarrow.parquet import read_metadata

        return int(read_metadata(one.path).num_rows)
    with one.path.open("rb") as stream:
        return max(0, sum(1 for line in stream if line.strip()) - 1)
