"""What a user did wrong, said in one line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

LONGEST_VALUE = 60
LONGEST_LINE = 500


class UsageError(ValueError):
    """A mistake in what the user handed in; the door prints it as one line and exits with 2."""


def shown(value: Any) -> str:
    """Write a value as the user would write it, cut to a length that fits a line."""
    if value is None:
        text = "null"
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, list | tuple):
        text = "[" + ",".join(shown(item) for item in value) + "]"
    elif isinstance(value, dict):
        text = "{" + ",".join(f"{key}:{shown(item)}" for key, item in value.items()) + "}"
    elif value == "":
        text = "an empty text"
    else:
        text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Name closest to ``word``, or None.

    A dotted name is looked for among its neighbours first (same parent, similar last part), then by a
    similar whole, then by a similar last part anywhere.
    """
    known = list(names)
    parent, _, last = word.replace("/", ".").rpartition(".")
    by_last: dict[str, str] = {}
    beside: dict[str, str] = {}
    for name in known:
        above, _, leaf = name.replace("/", ".").rpartition(".")
        by_last.setdefault(leaf, name)
        if above == parent:
            beside[leaf] = name
    close = get_close_matches(last, beside, n=1, cutoff=0.6)
    if close:
        return beside[close[0]]
    close = get_close_matches(word, known, n=1, cutoff=0.8)
    if close:
        return close[0]
    close = get_close_matches(last, by_last, n=1, cutoff=0.75)
    return by_last[close[0]] if close else None


def refusal(key: str, value: Any, allowed: str, did_you_mean: str | None = None) -> str:
    """Write the one line of a refusal: key, value, what is allowed, nearest name."""
    line = f"{key}: {shown(value)} is not allowed: {allowed}"
    return f"{line}; did you mean {did_you_mean}?" if did_you_mean else line


def texts_of(overrides: Iterable[str]) -> list[str]:
    """Return overrides that came from Python as a list.

    Raises
    ------
    UsageError
        They are one text, whose letters would be read one by one, or something that is no list of texts.
    """
    example = overrides if isinstance(overrides, str) and overrides else "study.replications=3"
    found = list(overrides) if isinstance(overrides, Iterable) and not isinstance(overrides, str) else [None]
    if not all(isinstance(text, str) for text in found):
        raise UsageError(refusal("overrides", overrides, f'a list of texts, such as ["{example}"]'))
    return found  # type: ignore[return-value]


def one_line(message: str) -> str:
    """Fold any message into one printable line of bounded length."""
    line = "".join(char if char.isprintable() else " " for char in message)
    line = " ".join(line.split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 3] + "..."
