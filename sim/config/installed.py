"""``economy=NAME:OPTION``: names of options of installed packages become the paths of their files, before all else."""

from __future__ import annotations

from collections.abc import Iterable

from sim.config.overrides import written
from sim.config.userfile import refused
from sim.inputs.installed import KINDS, NAMED, file_of


def located(words: Iterable[str]) -> list[str]:
    """Overrides with the file of each option of an installed package in the place of its name.

    Raises
    ------
    UsageError
        There is no such package or option. One line.
    """
    return [_located(word) for word in words]


def _located(word: str) -> str:
    key, equals, value = word.partition("=")
    if not equals or key not in KINDS or ":" not in value:
        return word
    brackets = value.startswith("[") and value.endswith("]")
    items = value[1:-1].split(",") if brackets else [value]
    if not any(NAMED.fullmatch(item.strip(" '\"")) for item in items):
        return word
    with refused():
        found = [file_of(key, item.strip(" '\"")) if ":" in item else item for item in items]
    quoted = [written(new) if new != old else old for new, old in zip(found, items, strict=True)]
    return f"{key}=[{','.join(quoted)}]" if brackets else f"{key}={quoted[0]}"
