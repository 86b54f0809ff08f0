"""Where the value of a key comes from, as its declaration and the comments in its option's file say."""

from __future__ import annotations

import re
from functools import cache

from sim.config.locate import config_folder, shipped_names

ASSUMED, CALIBRATED, CITED, UNNAMED = "assumption", "calibrated", "source", "none named"
"""Kinds of a source. A value that names none is an assumption, too; the two stay apart, because one says so itself."""

IN_BRACKETS = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
A_SOURCE = re.compile(r"\b(1[89]|20)\d\d\b|^Basel\b")
A_NAME = re.compile(r"^[A-Z]\w+ ")
WORD = r"[A-Z][\w'-]+"
NAMES = rf"(?:de |van |von )?{WORD}(?:(?:, | and | )(?:de |van |von )?{WORD})*(?: et al\.)?"
A_REFERENCE = re.compile(rf"({NAMES})(?:, | \()((?:1[89]|20)\d\d)\b")
KEY = re.compile(r"^(\s*)(\w+):")


def source_of(meaning: str, note: str = "") -> tuple[str, str]:
    """Kind and words of the source of a value.

    Parameters
    ----------
    meaning : str
        What the key's declaration says, sources and the like in brackets.
    note : str
        The comment by hand above the key in its option's file.

    Returns
    -------
    tuple of str
        ``assumption``, ``calibrated``, ``source`` or ``none named``, and what is said of it; empty where nothing is. A
        comment that leans on a publication and calls the number an assumption is an assumption.
    """
    if re.search(r"\bassumption\b", note, re.IGNORECASE):
        return ASSUMED, note
    if A_SOURCE.search(note):
        return CITED, note
    for said in IN_BRACKETS.findall(meaning):
        first = said.split(";")[0].strip()
        if first in (ASSUMED, CALIBRATED):
            return first, "" if said == first else said
        if A_SOURCE.search(said) or (A_NAME.match(said) and "CSV" not in said):
            return CITED, said
    return UNNAMED, note


def references_in(text: str) -> list[str]:
    """Publications that a text names, as ``Author, year``: ``(Carroll, 1997)`` and ``Shimer (2012)`` both do."""
    return [f"{names}, {year}" for names, year in A_REFERENCE.findall(text)]


@cache
def notes_of(group: str, option: str) -> dict[str, str]:
    """Comments by hand in a shipped option's file, by the key below them; the one that opens it under ``""``.

    Comments that repeat a declaration (``#:``, and those behind a value) are left out, and so are files of the user's.
    """
    if option not in shipped_names(group):
        return {}
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    words: list[str] = []
    for line in (config_folder() / group / f"{option}.yaml").read_text(encoding="utf-8").splitlines():
        match = KEY.match(line)
        if match:
            depth = len(match[1])
            above = [*(entry for entry in above if entry[0] < depth), (depth, match[2])]
            key = ".".join(name for _, name in above)
            if words:
                found["" if key in ("name", "defaults") and "" not in found else key] = " ".join(words)
            words = []
        elif line.lstrip().startswith("#") and not line.lstrip().startswith("#:"):
            words.append(line.strip("# ").strip())
        elif not line.lstrip().startswith("#:"):
            words = []
    return found
