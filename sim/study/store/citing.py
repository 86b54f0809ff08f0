"""Citing a study: a fingerprint over every file of its folder, and what says later whether it still holds.

The fingerprint is the sha256 of the text that ``sha256sum`` prints for the files in the order of their names, so that
it can be worked out without this program. It stands in ``ro-crate-metadata.json`` with the sum of each file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sim.study.store.crate import CRATE, FINGERPRINT, crate
from sim.study.store.files import StoreError, write_safely
from sim.study.store.provenance import file_digest
from sim.study.store.reading import read_manifest


@dataclass(frozen=True)
class Citation:
    """What a folder was cited with: the fingerprint, and the sha256 of each file by its name in the folder."""

    fingerprint: str
    files: Mapping[str, str]


def covered(folder: Path) -> dict[str, str]:
    """Sha256 of every file that a citation covers, by its name in the folder, in the order of the names' bytes.

    All are but those whose names, or whose folders' names, begin with a dot (the lock, files being written) and the
    citation itself.

    Raises
    ------
    StoreError
        A file cannot be read, or is a link or no file of bytes; one line.
    """
    found = {}
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (*names, *folders):
            path = Path(above) / name
            if path.is_symlink() and not name.startswith("."):
                raise StoreError(f"{path}: is a link to elsewhere; a study folder holds its files itself")
        for name in names:
            path = Path(above) / name
            inside = path.relative_to(folder).as_posix()
            if not name.startswith(".") and inside != CRATE:
                found[inside] = file_digest(path) if path.is_file() else ""
                if not found[inside]:
                    raise StoreError(f"{path}: cannot be read, so that nothing can be said about it")
    return dict(sorted(found.items(), key=lambda pair: os.fsencode(pair[0])))


def fingerprint(files: Mapping[str, str]) -> str:
    """Sha256 over the sums of files, a line each as ``sha256sum`` writes it."""
    lines = (f"{mark}  ".encode() + os.fsencode(name) + b"\n" for name, mark in files.items())
    return hashlib.sha256(b"".join(lines)).hexdigest()


def cite(folder: Path) -> Citation:
    """Write ``ro-crate-metadata.json`` into a study folder; the same files give the same bytes.

    Raises
    ------
    StoreError
        The folder holds no study, a file cannot be read, or the folder not be written to.
    """
    manifest = read_manifest(folder)
    files = covered(folder)
    made = Citation(fingerprint(files), files)
    sizes = {name: (folder / name).stat().st_size for name in files}
    document = crate(manifest, made.fingerprint, files, sizes)
    text = json.dumps(document, indent=1, ensure_ascii=False)
    write_safely(folder / CRATE, f"{text}\n".encode())
    return made


def read_citation(folder: Path) -> Citation | None:
    """Read what a folder was cited with; None where it never was.

    Raises
    ------
    StoreError
        The file was changed: its fingerprint is not that of the sums that stand in it.
    """
    path = folder / CRATE
    try:
        graph = json.loads(path.read_text(encoding="utf-8"))["@graph"]
        parts: dict[str, Any] = {entry["@id"]: entry for entry in graph}
        names = [entry["@id"] for entry in parts["./"]["hasPart"]]
        files = {unquote(name, errors="surrogateescape"): str(parts[name]["sha256"]) for name in names}
        mark = str(parts[FINGERPRINT]["value"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise StoreError(f"{path}: damaged or unreadable; {again(folder)}") from None
    if fingerprint(files) != mark:
        raise StoreError(f"{path}: damaged (its fingerprint is not that of the files it lists); {again(folder)}")
    return Citation(mark, files)


def again(folder: Path) -> str:
    """Say how a citation that no longer holds is made anew."""
    return f"cite the folder as it is with: creditcycle cite {folder}"


def since_cited(folder: Path) -> list[str]:
    """Name in a line each every file that was changed, removed or added since a folder was cited; empty where none.

    A citation that is damaged is such a line, too; a folder that was never cited has none.
    """
    try:
        cited, now = read_citation(folder), covered(folder)
    except StoreError as error:
        return [str(error)]
    if cited is None:
        return []
    lines = []
    for name in sorted({*cited.files, *now}):
        if name not in now:
            lines.append(f"{folder / name}: missing; the citation of the folder covers it")
        elif name not in cited.files:
            lines.append(f"{folder / name}: added since the folder was cited")
        elif now[name] != cited.files[name]:
            lines.append(f"{folder / name}: changed since the folder was cited")
    return lines


def outdated(folder: Path) -> str:
    """Say in one line that a folder is no longer what was cited; empty where it is, or never was cited."""
    lines = since_cited(folder)
    if not lines:
        return ""
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return f"note: {lines[0]}{more}: its fingerprint no longer holds; {again(folder)}"
