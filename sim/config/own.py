"""Options that are files of the user's: the keys of a group in YAML, or for the economy the months of a path.

Such a file may say what it is called (``name``, else its own name) and what it means (``meaning``, else the comment
that opens it), and from which shipped option it starts (``defaults``, as ours do).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sim.config.errors import UsageError, nearest, refusal
from sim.config.options import OWN_FILES, dataclass_of, is_table, opening_sentence, option_names
from sim.config.userfile import read_yaml, text_of_yaml
from sim.inputs.files import beside

LONGEST_NAME = 60
LONGEST_MEANING = 400
NOT_IN_NAMES = ":,/="


@dataclass(frozen=True)
class OwnOption:
    """A file of the user's as an option: its name and meaning, the shipped options it starts from, its values."""

    name: str
    meaning: str
    starts: tuple[str, ...]
    values: Mapping[str, Any]


def own_option(group: str, option: str) -> OwnOption:
    """Read an option from a file of the user's.

    Raises
    ------
    UsageError
        The file cannot be read, or is named like a shipped option.
    """
    said, meaning = {"file": option}, path_meaning(option)
    if not is_table(group, option):
        said = read_yaml(option, key=group, starts=True)
        meaning = opening_sentence(text_of_yaml(option, group)) or f"As {PurePath(option).name} says."
        for key in ("file", "history"):
            if said.get(key) and isinstance(said[key], str):
                said[key] = beside(option, said[key])
    kind = "path" if is_table(group, option) else said.get("kind")
    starts = _starts(option, said.pop("defaults", kind if kind in option_names(group) else OWN_FILES[group]), group)
    name = _text(option, "name", said.pop("name", stem_of(option)), LONGEST_NAME)
    if name in option_names(group):
        raise UsageError(f"{group}: {option}: {name} is the name of a shipped option, name it otherwise")
    meaning = _text(option, "meaning", said.pop("meaning", meaning), LONGEST_MEANING)
    if group == "sharing":
        _refuse_empty(option, said, starts)
    return OwnOption(name, meaning, starts, said)


def _refuse_empty(option: str, said: Mapping[str, Any], starts: tuple[str, ...]) -> None:
    """Refuse a scheme without a layer, which would be that of no scheme."""
    known = {field.name for field in dataclasses.fields(dataclass_of("sharing", None))}
    missing = "layers" not in said and starts == (OWN_FILES["sharing"],) and known.issuperset(said)
    if missing or said.get("layers", True) in ([], None):
        allowed = "at least one layer; without one the lender bears every loss, as with sharing=none"
        raise UsageError(refusal(f"sharing: {option}: layers", said.get("layers", []), allowed))


def path_meaning(file: str) -> str:
    """Say where a path comes from that says nothing about itself."""
    return f"A path of the user's own, from {PurePath(file).name}."


def stem_of(file: str) -> str:
    """Name of a file that gives itself none; what separates names elsewhere becomes a blank."""
    stem = "".join(" " if char in NOT_IN_NAMES or not char.isprintable() else char for char in PurePath(file).stem)
    return stem[:LONGEST_NAME].strip() or "unnamed"


def _text(option: str, key: str, value: Any, longest: int) -> str:
    """Check a text that a report will print."""
    good = isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= longest
    if not good or (key == "name" and set(value) & set(NOT_IN_NAMES)):
        without = f", without {' '.join(NOT_IN_NAMES)}" if key == "name" else ""
        allowed = f"a text of 1 to {longest} characters on one line{without}"
        raise UsageError(refusal(f"{option}: {key}", value, allowed))
    return str(value).strip()


def _starts(option: str, said: Any, group: str) -> tuple[str, ...]:
    """Shipped options that a file starts from; its own values always come last."""
    known = option_names(group)
    entries = tuple(entry for entry in (said if isinstance(said, list) else [said]) if entry != "_self_")
    for entry in entries:
        if entry not in known:
            near = nearest(entry, known) if isinstance(entry, str) else None
            raise UsageError(refusal(f"{option}: defaults", entry, "one of " + ", ".join(known), near))
    return entries
