"""What the program says last, and the numbers of the errors that it tells apart."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)
DONE, FAILED, USAGE, NOT_STORED, UNREPORTED, INTERRUPTED = 0, 1, 2, 3, 4, 130
"""Exit codes."""


def forget_output() -> None:
    """Let what is still to be written to standard output go nowhere, so that the exit is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(line: str) -> None:
    """Write one line to standard error."""
    from sim.config.errors import one_line

    with contextlib.suppress(OSError):  # a terminal that closed
        sys.stderr.write(f"creditcycle: {one_line(line)}\n")
        sys.stderr.flush()
