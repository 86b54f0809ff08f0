"""Files of compiled rules in the folder that keeps them: whole and as written, or counted as missing."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import threading
from pathlib import Path

from sim.engine.loops.folder import cache_folder, folders_read, say_not_kept

MOST_KEPT = 2500  # files of compiled rules in a folder: those of a dozen versions of the program, 40 MB
SUM_BYTES = hashlib.sha256().digest_size


def found_kept(name: str) -> bytes:
    """Content of a kept file, from the first folder that has it whole; nothing where none has."""
    return next(filter(None, (read_checked(folder / name) for folder in folders_read())), b"")


def keep_file(name: str, content: bytes) -> None:
    """Keep a file for runs to come."""
    write_checked(cache_folder() / name, content)


def _checksum(path: Path, content: bytes) -> bytes:
    # With the name: a file of another function is whole and wrong.
    return hashlib.sha256(path.name.encode() + content).digest()


def read_checked(path: Path) -> bytes:
    """Content of a kept file; nothing where it is missing, unreadable or not what was written."""
    try:
        found = path.read_bytes()
    except OSError:
        return b""
    content = found[SUM_BYTES:]
    return content if found[:SUM_BYTES] == _checksum(path, content) else b""


def write_checked(path: Path, content: bytes) -> None:
    """Keep a file with its checksum, whole or not at all; what cannot be kept is compiled anew next time."""
    temporary = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        temporary.write_bytes(_checksum(path, content) + content)
        if path.is_dir():
            shutil.rmtree(path)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        say_not_kept(str(path.parent), error.strerror or str(error))


def prune(folder: Path, most: int = MOST_KEPT) -> None:
    """Delete the oldest files of compiled rules beyond so many, and what says that all of them are there."""
    with contextlib.suppress(OSError):
        kept = [*folder.glob("*.code"), *folder.glob("*.names")]
        files = sorted(kept, key=lambda file: file.stat().st_mtime, reverse=True)
        for file in (*files[most:], *(folder.glob("warm-*") if len(files) > most else ())):
            file.unlink(missing_ok=True)
