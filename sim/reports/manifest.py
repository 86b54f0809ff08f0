"""What a study's manifest says, wherever in it that stands."""

from __future__ import annotations

from typing import Any

from sim.language.words import ENGLISH, Words, money_of


def find_key(tree: Any, key: str) -> Any:
    """Return the first value stored under ``key`` anywhere in nested dictionaries, else None."""
    if not isinstance(tree, dict):
        return None
    if key in tree and not isinstance(tree[key], dict):
        return tree[key]
    for value in tree.values():
        found = find_key(value, key)
        if found is not None:
            return found
    return None


def words_of(manifest: dict[str, Any], language: str = "") -> Words:
    """Return the words of a language, else of the study's, and of its currency.

    English and yuan where the study was stored before there was another.
    """
    told = manifest.get("config", {}).get("report", {})
    return Words(language or told.get("language", ENGLISH), money_of(told.get("currency"), told.get("exchange_rate")))


def meanings(manifest: dict[str, Any]) -> dict[str, str]:
    """Return what each scenario means and brings here, by name."""
    entries = manifest.get("scenarios") or []
    found = {}
    for entry in entries:
        if isinstance(entry, dict):
            meaning, brings = (str(entry.get(key) or "") for key in ("meaning", "outlook"))
            found[str(entry["name"])] = f"{meaning} Here: {brings}." if brings else meaning
    return found
