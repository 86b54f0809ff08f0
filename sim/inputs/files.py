"""A user's own files: the one place that finds them, refuses what cannot be read, and notes what a study was made of.

A file goes by the name that the user gave it. A study folder keeps a copy of each under that name; while a
folder's shelf is open, a name leads to the copy, so that a study is the same wherever the folder lies.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import stat
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path, PurePath

from sim.inputs.errors import InputError, nearest

LARGEST_TEXT = 1_000_000  # bytes of a configuration or of a file of rules
LARGEST_TABLE = 50_000_000  # bytes of a table that is held as text: a path, the points of a design
LARGEST_TAPE = 20_000_000_000  # bytes of a loan tape
NEIGHBOURS = 10_000  # files of a folder among which a similar name is looked for
KINDS = {
    stat.S_IFDIR: "is a directory",
    stat.S_IFIFO: "is a named pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
}


@dataclass(frozen=True)
class OwnFile:
    """A file of the user's: the name that was asked for, where its bytes lie, and what they are."""

    name: str
    path: Path
    sha256: str
    size: int

    @property
    def kept_as(self) -> str:
        """Name of its copy in a study folder: by content, so that two files of one name stand side by side."""
        return f"{self.sha256[:12]}_{PurePath(self.name).name[-60:]}"


@dataclass
class Shelf:
    """Where names lead while a study is composed: to the copies in its folder, else to the user's own files.

    Attributes
    ----------
    kept : mapping of str to (Path, str)
        Copy and sha256 of each file that a study folder keeps, by the name that was asked for.
    used : dict of str to OwnFile
        What was asked for so far.
    closed : bool
        Whether names lead to copies alone: a study folder, which somebody else may have made, names no other file.
    trusted : frozenset of str, or None
        On a closed shelf, sha256 of the files of code that may run; None: all, the user agreed.
    """

    kept: Mapping[str, tuple[Path, str]] = field(default_factory=dict)
    used: dict[str, OwnFile] = field(default_factory=dict)
    closed: bool = False
    trusted: frozenset[str] | None = frozenset()

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Let names lead to this shelf within the block."""
        before = _SHELF.set(self)
        try:
            yield
        finally:
            _SHELF.reset(before)

    def note(self, found: OwnFile) -> OwnFile:
        """Note a file; the same name must lead to the same bytes throughout."""
        if self.used.setdefault(found.name, found).sha256 != found.sha256:
            raise InputError(f"{found.name}: changed while it was read; leave it alone until the study has begun")
        return found


_SHELF: ContextVar[Shelf | None] = ContextVar("shelf", default=None)


def own_file(name: str | Path, what: str, largest: int = LARGEST_TEXT) -> OwnFile:
    """Find a user's file by its name and look at it before anything is read from it.

    Parameters
    ----------
    name : str or Path
        As the user gave it; ``~`` is the home folder.
    what : str
        What the file must be, for messages.
    largest : int
        Bytes that it may have.

    Raises
    ------
    InputError
        One line: it is missing, no regular file, too large, cannot be read, or no longer what a study was begun with.
    """
    name, shelf = str(name), _SHELF.get()
    kept = shelf.kept.get(name) if shelf else None
    if shelf and shelf.closed and not kept:
        raise InputError(f"{name}: is none of the files that the study folder keeps, must be {what}")
    path = kept[0] if kept else expanded(name)
    try:
        if kept and (path.is_symlink() or path.parent.is_symlink()):
            raise InputError(f"{path}: is a link, must be the copy of {name}")
        mark = path.stat()
        problem = KINDS.get(stat.S_IFMT(mark.st_mode))
        if problem is None and mark.st_size > largest:
            problem = f"is larger than {largest} bytes, too large for {what}"
        if problem:
            raise InputError(f"{name}: {problem}, must be {what}")
        sha256 = _sha256(path, (mark.st_ino, mark.st_mtime_ns, mark.st_size), largest)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or "cannot be read"
        if kept:
            raise InputError(f"{path}: cannot be read: {reason}, must be the copy of {name}") from None
        raise InputError(f"{name}: cannot be read: {reason}, must be {what}{_beside(path)}") from None
    if kept and sha256 != kept[1]:
        raise InputError(f"{path}: is not what the study was begun with (checksum differs): the copy of {name}")
    found = OwnFile(name, path, sha256, mark.st_size)
    return shelf.note(found) if shelf else found


@lru_cache(maxsize=64)  # every arm and scenario asks for the same files
def _sha256(path: Path, mark: tuple[int, ...], largest: int) -> str:
    found, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            size += len(block)
            if size > largest:  # a file may say that it is empty and never end
                raise ValueError("endless")
            found.update(block)
    return found.hexdigest()


def expanded(name: str) -> Path:
    """Path of a name, ``~`` and ``~user`` put in.

    Raises
    ------
    InputError
        There is no such user.
    """
    with contextlib.suppress(RuntimeError):
        return Path(name).expanduser()
    raise InputError(f"{name}: {PurePath(name).parts[0]} is the home folder of nobody; ./~ begins a name with ~")


def beside(owner: str, name: str) -> str:
    """Name of a file that another of the user's files names: as seen from that one."""
    return str(PurePath(owner).parent / name) if name[:1] not in ("", "~") else name


def may_run(found: OwnFile) -> bool:
    """Whether a file of code may run: named by the user, or of a study folder and handed over or agreed to."""
    shelf = _SHELF.get()
    return shelf is None or not shelf.closed or shelf.trusted is None or found.sha256 in shelf.trusted


def _beside(path: Path) -> str:
    """Hint at a file of a similar name in the same folder; that endings are the same makes none similar."""
    try:
        names = [entry.name for entry in itertools.islice(os.scandir(path.parent), NEIGHBOURS)]
        near = get_close_matches(path.stem, sorted({PurePath(name).stem for name in names}), n=1)
        return nearest(path.name, [name for name in names if PurePath(name).stem in near])
    except (OSError, ValueError):
        return ""
