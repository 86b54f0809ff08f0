"""What is wrong with a file that a user hands in, said in one line."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

LONGEST_VALUE = 60


class InputError(ValueError):
    """A mistake in a user's file: one line that names file, row, column, value and what is allowed."""


@contextlib.contextmanager
def named_by(key: str) -> Iterator[None]:
    """Put the key that names a file before what is wrong with it, unless a key of the same group stands there."""
    try:
        yield
    except InputError as error:
        line = str(error)
        raise InputError(line if line.startswith(f"{key.partition('.')[0]}.") else f"{key}: {line}") from None


def shown(value: object) -> str:
    """Write a value on one line, cut to a length that can be read."""
    text = "".join(char if char.isprintable() else " " for char in str(value))
    text = text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."
    return repr(text) if isinstance(value, str) else text


def nearest(word: str, names: Iterable[str]) -> str:
    """Return "; did you mean NAME?" when a name is close to ``word``, else an empty text."""
    close = get_close_matches(word, list(names), n=1, cutoff=0.6)
    return f"; did you mean {_in_sight(close[0])}?" if close else ""


def _in_sight(name: str) -> str:
    """Write a name on one line: with a line break or a blank that cannot be seen, as YAML has it in double quotes."""
    plain = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)
    return name if plain == name else f'"{plain}"'


@contextlib.contextmanager
def read_as_table(name: str, allowed: str) -> Iterator[None]:
    """Say in one line why a file cannot be read as a table.

    Raises
    ------
    InputError
        It cannot be read at all, or is not text in columns.
    """
    try:
        yield
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}, must be {allowed}") from None
    except (ValueError, csv.Error):
        raise InputError(f"{name}: not text in UTF-8 with commas, must be {allowed}") from None
