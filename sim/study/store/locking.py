"""One writer at a time: a study folder is locked while cells, tables or the report are written into it.

The lock is the kernel's (``flock``), so it ends with the process that holds it, however that ends, on this machine and
over a network file system that passes locks on. A file beside it says who holds it; that file decides nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sim.study.store.files import StoreError, write_safely
from sim.study.store.keeping import INPUTS
from sim.study.store.provenance import now
from sim.study.store.store import JOURNAL, LOCK, LOCK_OWNER, NOTED, RESULTS, in_use


@dataclass(frozen=True)
class Owner:
    """Who holds a study folder: a process, its host, and since when (UTC)."""

    pid: int
    host: str
    since: str

    @property
    def words(self) -> str:
        """The owner in words."""
        return f"process {self.pid} on {self.host} since {self.since}"

    @property
    def may_live(self) -> bool:
        """Whether the process runs, as far as this host can tell; one of another host may."""
        return self.host != platform.node() or _runs(self.pid)


def owner_of(folder: Path) -> Owner | None:
    """Who wrote down last that the folder is his and may still be at it; None where nobody is."""
    try:
        found = json.loads((folder / LOCK_OWNER).read_text(encoding="utf-8"))
        owner = Owner(int(found["pid"]), str(found["host"]), str(found["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return owner if owner.may_live else None


def _runs(pid: int) -> bool:
    """Whether this host has a process of this number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass  # another user's
    return True


def _sweep(folder: Path) -> None:
    """Remove temporary files of tables whose writers were killed; an export, which takes no lock, may be at one."""
    for path in folder.glob(".*.tmp"):
        pid = path.name.split(".")[-2]
        if pid.isdecimal() and _runs(int(pid)):
            continue
        if path.is_dir() and not path.is_symlink():  # an export of several files
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a study folder as its only writer; it is made when missing.

    Raises
    ------
    StoreError
        Another process writes into it, it holds something else than a study, or it cannot be written to; one line,
        and nothing was changed.
    """
    from filelock import FileLock, Timeout  # brings an event loop that a reader does not need

    for part in (JOURNAL, RESULTS, NOTED, INPUTS):
        if (folder / part).is_symlink():
            raise StoreError(f"out: {folder / part} is a link to elsewhere; a study folder holds its files itself")
    if in_use(folder):
        raise StoreError(f"out: {folder} is in use and holds no study; choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.absolute() / LOCK)
        lock.acquire(blocking=False)
    except Timeout:
        holder = owner_of(folder)
        by = holder.words if holder else "another process"
        words = f"{folder} is being written to by {by}; wait for its end, or look with: creditcycle status {folder}"
        raise StoreError(f"out: {words}") from None
    except OSError as error:
        raise StoreError(f"out: {folder} cannot be written to: {error.strerror or error}") from error
    try:
        owner = Owner(os.getpid(), platform.node(), now())
        with contextlib.suppress(OSError, StoreError):  # a full disk: the lock holds without a name
            _sweep(folder)
            write_safely(folder / LOCK_OWNER, json.dumps(asdict(owner)).encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / LOCK_OWNER).unlink(missing_ok=True)
        lock.release()
