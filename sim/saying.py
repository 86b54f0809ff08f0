"""What the program says last, and the numbers of the errors that it tells apart."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence

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


def language_in(settings: Sequence[str]) -> str:
    """Language that the last of some settings of ``report`` names; empty where there is none.

    Raises
    ------
    UsageError
        Another key, or a language that there is not; one line.
    """
    from sim.config.errors import UsageError, nearest, refusal
    from sim.language.words import LANGUAGES

    language = ""
    for setting in settings:
        key, _, language = setting.partition("=")
        if key in ("report.currency", "report.exchange_rate", "currency"):
            raise UsageError(
                f"{key}: is the study's: creditcycle report DIR report.currency=USD report.exchange_rate=7.1 tells it"
                " again in another, and what is made of it follows"
            )
        if key != "report.language":
            raise UsageError(f"{key}: there is no such key; did you mean report.language?")
        if language not in LANGUAGES:
            raise UsageError(refusal(key, language, "one of " + ", ".join(LANGUAGES), nearest(language, LANGUAGES)))
    return language
