"""What a worker does: it takes calls from a pipe, and ends with whoever began it."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext

from sim.engine.loops.folder import cache_folder

PRELOADED = ["sim.study.run.cell", "sim.month.model"]


def serve(pipe: Connection) -> None:
    """Live as a worker: leave Ctrl-C to the parent, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=follow, args=(parent,), daemon=True).start()
    gc.freeze()  # modules and compiled rules stay: looking through them took a tenth of small months
    first = True
    while True:
        try:
            function, args, kwargs = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = True, function(*args, **kwargs)
        except BaseException as error:
            error.add_note("".join(traceback.format_exception(error)))
            answer = False, error
        try:
            pipe.send(answer)
        except OSError:
            return
        except Exception as error:
            pipe.send((False, RuntimeError(f"cannot be handed back: {type(error).__name__}: {error}")))
        if first:
            gc.collect()
            gc.freeze()
            first = False


def follow(parent: multiprocessing.process.BaseProcess) -> None:
    """End this process when the one that began it has ended."""
    try:
        parent.join()
    finally:
        os._exit(1)


def context_of_workers() -> BaseContext:
    """Return a start method that copies no threads: a server that forks, or new processes."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        return context
    return multiprocessing.get_context("spawn")


def start_server() -> None:
    """Start the server that forks workers before they are wanted: it imports while this process prepares."""
    context = context_of_workers()
    if context.get_start_method() == "forkserver":
        cache_folder()  # what it sets in the environment, workers inherit
        from multiprocessing import forkserver

        with main_left_alone():
            forkserver.ensure_running()


@contextlib.contextmanager
def main_left_alone() -> Iterator[None]:
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
