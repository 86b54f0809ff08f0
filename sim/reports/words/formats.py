"""Numbers and names as the report prints them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import scipy

from sim.figures.scales import IN_ENGLISH, MINUS, NARROW_SPACE, NOT_AVAILABLE, number
from sim.language.words import ENGLISH, Words

__all__ = [
    "IN_ENGLISH", "MINUS", "NARROW_SPACE", "NOT_AVAILABLE", "counted", "factor", "in_sentence", "in_words", "listing",
    "number", "percent", "place_of", "scenario_title", "wilson", "wrapped",
]  # fmt: skip


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a fraction in per cent."""
    if value is None or not math.isfinite(value):
        return NOT_AVAILABLE
    return f"{number(100 * value, decimals)}{NARROW_SPACE}%"


def factor(value: float | None) -> str:
    """Write a variance-reduction factor: one decimal, and no digits that mean nothing above 1 000."""
    if value is None or math.isnan(value):
        return NOT_AVAILABLE
    return f"> 1{NARROW_SPACE}000" if value > 1000 else number(value, 1)


def counted(count: int, noun: str) -> str:
    """Write a small count in words: ``One package``, ``Five packages``."""
    words = (
        "No",
        "One",
        "Two",
        "Three",
        "Four",
        "Five",
        "Six",
        "Seven",
        "Eight",
        "Nine",
        "Ten",
        "Eleven",
        "Twelve",
    )
    start = words[count] if 0 <= count < len(words) else str(count)
    return f"{start} {noun}{'' if count == 1 else 's'}"


def scenario_title(name: str, say: Words = IN_ENGLISH) -> str:
    """Return the printed name of a scenario: ``us_2007_2012`` becomes ``US 2007\N{EN DASH}2012``.

    A shipped one is called as the language calls it, one of the user's by its own name.
    """
    key = f"economy.{name}"
    if say.language != ENGLISH and key in say:
        return say(key)
    spaced = re.sub(r"(\d{4})_(\d{4})", "\\1\N{EN DASH}\\2", name).replace("_", " ").strip()
    words = ["US" if word == "us" else word for word in spaced.split(" ")]
    title = " ".join(words)
    return title[:1].upper() + title[1:]


def in_words(key: str, meaning: str, say: Words) -> str:
    """Return in the language what a shipped package or economy means; one that says something else of itself keeps it.

    What an economy brings in this study is said in English alone, and left out in other languages.
    """
    if say.language == ENGLISH or key not in IN_ENGLISH or not meaning.startswith(IN_ENGLISH(key)):
        return meaning
    return say(key)


def in_sentence(name: str) -> str:
    """Return a scenario's name as the object of 'in': ``a severe recession``, ``calm years``."""
    known = {"calm": "calm years", "stochastic": "stochastic regimes"}
    if name in known:
        return known[name]
    title = scenario_title(name)
    years = re.fullmatch(r"(.+) (\d{4}\N{EN DASH}\d{4})", title)
    if years:
        return f"the {years[1]} path of {years[2]}"
    if name.endswith(("recession", "shock", "wave", "freeze", "failure", "shape")):
        article = "an" if title[:1].lower() in "aeiou" else "a"
        return f"{article} {title[:1].lower() + title[1:]}"
    return title


def place_of(manifest: Mapping[str, Any], scenario: str, say: Words = IN_ENGLISH) -> str:
    """Return a scenario as the object of 'in'; one whose shock comes after the end is not named as if it had."""
    entries = [entry for entry in manifest.get("scenarios") or () if isinstance(entry, dict)]
    late = any(entry["name"] == scenario and entry.get("stays_calm") for entry in entries)
    named = in_sentence(scenario) if say.language == ENGLISH else scenario_title(scenario, say)
    return say("front_place.before", place=named) if late else named


def listing(items: Sequence[str], say: Words = IN_ENGLISH) -> str:
    """Join words as a sentence does: ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    joined = say("list.comma").join(items[:-1]) + say("list.and") + items[-1]
    if say.language == ENGLISH:
        return joined
    word = say("list.and")
    return re.sub(rf"(?<=[\w`]){word}(?=`?[A-Za-z])", f" {word} ", joined, flags=re.ASCII)


def wrapped(name: str, width: int = 16, lines: int = 2) -> str:
    """Break a package name at underscores, hyphens or spaces into at most ``lines`` lines for a figure."""
    if len(name) <= width:
        return name
    words = re.findall(r"[^_\- ]+[_\- ]?", name) or [name]
    parts = [word[at : at + width] for word in words for at in range(0, len(word), width)]
    rows = [""]
    for part in parts:
        if rows[-1] and len(rows[-1]) + len(part) > width and len(rows) < lines:
            rows.append("")
        rows[-1] += part
    return "\n".join(row if len(row) <= width + 4 else row[: width + 3] + "\u2026" for row in rows)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a probability from a count (Wilson, 1927).

    Raises
    ------
    ValueError
        If ``trials`` is not positive.
    """
    if trials <= 0:
        raise ValueError(f"trials: {trials}, must be at least 1")
    found = scipy.stats.binomtest(successes, trials).proportion_ci(method="wilson")
    return float(found.low), float(found.high)
