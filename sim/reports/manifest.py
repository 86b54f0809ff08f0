"""What a study's manifest says, wherever in it that stands."""

from __future__ import annotations

from typing import Any

from sim.language.words import ENGLISH, Words


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
    """Return the words of a language, else of the study's; English where it was stored before there was another."""
    if language:
        return Words(language)
    told = manifest.get("config", {}).get("report", {})
    return Words(told.get("language", ENGLISH))


def meanings(manifest: dict[str, Any]) -> dict[str, str]:
    """Return what each scenario means and brings here, by name."""
    entries = manifest.get("scenarios") or []
    found = {}
    for entry in entries:
        if isinstance(entry, dict):
            meaning, brings = (str(entry.get(key) or "") for key in ("meaning", "outlook"))
            found[str(entry["name"])] = f"{meaning} Here: {brings}." if brings else meaning
    return found
