"""Processes of this machine: how they start, how they stop, and who compiles first."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

from sim.study.differences import digest
from sim.study.plan import Plan
from sim.study.provenance import sources_digest, versions

PRELOADED = ["sim.study.cell", "sim.model"]


def _context() -> BaseContext:
    """Return a start method that copies no threads: a server that forks, or new processes."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        return context
    return multiprocessing.get_context("spawn")


@contextlib.contextmanager
def _main_left_alone() -> Iterator[None]:
    """Keep a starting worker from importing the user's script again.

    Workers need nothing from it, and a script without ``if __name__ == "__main__"`` would start itself anew.
    """
    main = sys.modules["__main__"]
    kept = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    try:
        if "__file__" in kept:
            del main.__file__
        main.__spec__ = None
        yield
    finally:
        for name, value in kept.items():
            setattr(main, name, value)


class _Pool(ProcessPoolExecutor):
    """A process pool whose workers do not import the user's script."""

    def submit(self, *args: Any, **kwargs: Any) -> Any:
        with _main_left_alone():
            return super().submit(*args, **kwargs)


def process_pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool of ``workers`` processes that leave Ctrl-C to the parent."""
    return _Pool(workers, mp_context=_context(), initializer=_in_worker)


def _in_worker() -> None:
    """Leave Ctrl-C to the parent, and do not outlive it: a pool's workers would wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def stop(pool: ProcessPoolExecutor) -> None:
    """End a pool now, without waiting for what its workers are at."""
    workers = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        with contextlib.suppress(OSError, ValueError):
            worker.terminate()
    for worker in workers:
        with contextlib.suppress(OSError, ValueError, AssertionError):
            worker.join(timeout=5)


def needs_warming(plan: Plan) -> bool:
    """Whether no process has compiled the plan's rules yet, as far as a mark in the cache folder tells."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return False
    return not _mark(plan).exists()


def mark_warm(plan: Plan) -> None:
    """Note that the rules of a plan are in the disk cache."""
    mark = _mark(plan)
    with contextlib.suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def _mark(plan: Plan) -> Path:
    options = [
        sorted({choice for config in arm.configs.values() for choice in _options(config)})
        for arm in (plan.root, *plan.arms)
    ]
    return _cache_home() / f"warm-{digest([sources_digest(), versions(), options])[:16]}"


def _options(config: Any) -> list[tuple[str, str]]:
    return [(group, str(option)) for group, option in dict(getattr(config, "chosen", None) or {}).items()]


def _cache_home() -> Path:
    """Return the folder above the compiled rules, found without importing the compiler."""
    home = os.environ.get("CREDITCYCLE_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "creditcycle"
