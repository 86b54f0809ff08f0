"""The folder that keeps compiled rules between runs, found without importing the compiler."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from multiprocessing import parent_process
from pathlib import Path

VARIABLE = "CREDITCYCLE_CACHE"
STAND_IN = "creditcycle-cache-"  # begins the name of a folder that ends with this process
OF_THE_ENVIRONMENT = Path(sys.prefix) / "share" / "creditcycle"
_for_this_run: list[tempfile.TemporaryDirectory[str]] = []


def cache_folder() -> Path:
    """``$CREDITCYCLE_CACHE`` or the user's cache; where that takes no file, a folder that ends with this process.

    Processes that this one starts later use the same.
    """
    return _usable(os.environ.get(VARIABLE) or os.environ.get("XDG_CACHE_HOME") or "~/.cache")


def folders_read() -> tuple[Path, ...]:
    """Where compiled rules may lie: `cache_folder`, then what was compiled when this environment was set up.

    Whoever names a folder by ``$CREDITCYCLE_CACHE`` means that one alone.
    """
    own = cache_folder()
    named = os.environ.get(VARIABLE, STAND_IN)
    return (own, OF_THE_ENVIRONMENT) if Path(named).name.startswith(STAND_IN) else (own,)


@functools.cache
def _usable(home: str) -> Path:
    try:
        folder = Path(home).expanduser() / "creditcycle"
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        return folder
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home
        _for_this_run.append(tempfile.TemporaryDirectory(prefix=STAND_IN))
        if VARIABLE not in os.environ:
            os.environ.setdefault("MPLCONFIGDIR", _for_this_run[-1].name)  # a home that is closed to us is to all
        os.environ[VARIABLE] = _for_this_run[-1].name
        say_not_kept(home, getattr(error, "strerror", None) or str(error))
        return _usable(os.environ[VARIABLE])


@functools.cache
def say_not_kept(place: str, reason: str) -> None:
    """Say on standard error, once and not from workers, that compiled rules end with this run."""
    if parent_process() is None:
        words = f"compiled rules are not kept beyond this run: {place}: {reason}; {VARIABLE} names another folder"
        print(f"creditcycle: note: {words}", file=sys.stderr, flush=True)
