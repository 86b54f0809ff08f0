"""Streams that take any text: what an encoding lacks is written in other characters, and a reader may leave."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from rich.console import Console

ERRORS = "creditcycle.plainly"
PLAIN = {
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{PLUS-MINUS SIGN}": "+-",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{BULLET}": "*",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
}


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding lacks in characters that all have, else as an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(PLAIN.get(char) or char.encode("ascii", "backslashreplace").decode() for char in missing), error.end


codecs.register_error(ERRORS, _plainly)


def take_any_text() -> None:
    """Let standard output and standard error, where there are any, write any text under the encoding that they have."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ERRORS)


class Steady:
    """A text stream to which nothing that is written is an error, so that no study ends because of its progress.

    Parameters
    ----------
    stream : text stream
        Where the text goes, as long as there is somebody who takes it.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text, in other characters where the encoding lacks some."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        with contextlib.suppress(OSError, ValueError):  # the reader left, the terminal closed, the disk is full
            self._stream.write(text.encode(encoding, ERRORS).decode(encoding))
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def steady_console() -> Console:
    """Return a console on standard output that ends no study, whatever its encoding and whoever reads it."""
    from rich.console import Console  # the door answers at once where nothing is drawn

    return Console(file=cast(IO[str], Steady(sys.stdout)))
