"""Writing files so that each is whole or absent, and saying in one line that a disk takes no more."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO


class StoreError(Exception):
    """A study folder that cannot be used as asked; the message is one line."""


class NotStored(StoreError):
    """A file that the disk did not take; nothing of it is left."""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of ``path`` once the block ends well, also after a power cut.

    Raises
    ------
    NotStored
        The disk takes no more, or the folder may not be written to.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.unlink(missing_ok=True)  # of a killed process of this number, or a link to elsewhere
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise NotStored(f"{path}: cannot be written: {error.strerror or error}") from error
        raise


def write_safely(path: Path, content: bytes) -> None:
    """Write a file so that it is either whole or absent."""
    with replacing(path) as file:
        file.write(content)
