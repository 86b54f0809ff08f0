"""Ending early: Ctrl-C, a signal that asks the process to end, and the exit codes that say what became of the work."""

from __future__ import annotations

import contextlib
import shlex
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from sim.study.plan.own_model import model_files

if TYPE_CHECKING:
    from sim.study.plan.plan import Plan

FAILED, NOT_STORED, UNREPORTED, INTERRUPTED = 1, 3, 4, 130
"""Exit codes: cells that failed; a disk that takes no more; all cells finished, but a table or the report could not be
made; Ctrl-C."""

MODEL = "study.model="
ENDINGS = ("SIGTERM", "SIGHUP")
"""Signals that end a study as Ctrl-C does; the exit code is 128 and the number of the signal."""


class StudyStopped(Exception):
    """A study that ended early; what is finished is kept, and the message says how to go on.

    Attributes
    ----------
    code : int
        Exit code for the command line.
    """

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


class Interrupted(KeyboardInterrupt):
    """Somebody ended the process: by Ctrl-C or by a signal.

    Attributes
    ----------
    code : int
        Exit code for the command line.
    """

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


def interrupted(stop: KeyboardInterrupt) -> tuple[str, int]:
    """In which words and with which exit code a study ends."""
    return (str(stop), stop.code) if isinstance(stop, Interrupted) else ("interrupted", INTERRUPTED)


def go_on(folder: Path, overrides: Sequence[str], models: Iterable[str] = ()) -> str:
    """Command that goes on with a study: its own rules and models, which are code, are handed over again.

    Parameters
    ----------
    models : iterable of str
        Files of models that its packages name; of several none can be handed over, and the copies are agreed to.
    """
    rules = [bare(text.partition("=")[2]) for text in overrides if text.startswith("plugin=")]
    named = [bare(text.partition("=")[2]).rpartition(":")[0] for text in overrides if text.startswith(MODEL)]
    files = list(dict.fromkeys(filter(None, [*named[-1:], *models])))
    code = ["--plugin", rules[-1]] if rules and rules[-1] else []
    code += ["--model", files[0]] if len(files) == 1 else ["--trust"] if files else []
    return shlex.join(["creditcycle", "resume", str(folder), *code])


def go_on_with(folder: Path, plan: Plan) -> str:
    """Command that goes on with the study of a plan, see `go_on`."""
    return go_on(folder, plan.overrides, model_files(plan))


def bare(value: str) -> str:
    """The text that an override holds in single quotes."""
    return value[1:-1].replace("\\'", "'") if len(value) > 1 and value[0] == value[-1] == "'" else value


@contextlib.contextmanager
def ending_as_interrupting() -> Iterator[None]:
    """Let a terminal that closes, or a scheduler that ends the process, stop a study as Ctrl-C does.

    A signal that somebody else takes or ignores (``nohup``) is left to him.
    """
    with _handling(_interrupt, ENDINGS, only=signal.SIG_DFL):
        yield


@contextlib.contextmanager
def without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C and its like back for the moment that closing a folder takes."""
    with _handling(signal.SIG_IGN, ("SIGINT", *ENDINGS)):
        yield


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    raise Interrupted(f"ended by {signal.Signals(number).name}", 128 + number)


@contextlib.contextmanager
def _handling(handler: object, names: tuple[str, ...], only: object = None) -> Iterator[None]:
    """Exchange the handlers of some signals; of all, or of those that are handled by ``only``."""
    before = {}
    if threading.current_thread() is threading.main_thread():  # no other thread may set handlers
        for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
            if only is None or signal.getsignal(number) is only:
                before[number] = signal.signal(number, handler)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
