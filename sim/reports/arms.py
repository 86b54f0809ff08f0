"""One policy package of a study, as its manifest tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Arm:
    """One policy package: parent (``""`` for the root), change, meaning, scheme in words, rules of its list.

    ``changes`` are the keys in which it differs from its parent; ``caps`` is what ends new cover (`gauges`).
    """

    name: str
    parent: str = ""
    change: str = ""
    meaning: str = ""
    scheme: str = ""
    rules: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    caps: dict[str, Any] = field(default_factory=dict)


def arm_of(entry: Any) -> Arm:
    """Return a package as the manifest tells it: its name alone, or all that is said of it."""
    if isinstance(entry, str):
        return Arm(entry)
    change = entry.get("change") or ""
    listed = entry.get("changes")
    if isinstance(listed, list) and listed:
        change = [f"{one['key']}: {one['value']} instead of {one['parent_value']}" for one in listed]
    if isinstance(change, dict):
        change = ", ".join(f"{key}={value}" for key, value in change.items())
    elif isinstance(change, list):
        change = "; ".join(str(item) for item in change)
    meaning, scheme = (str(entry.get(key) or "") for key in ("meaning", "scheme"))
    rules = tuple(str(rule) for rule in entry.get("rules") or ())
    keys = tuple(str(one["key"]) for one in listed or () if isinstance(one, dict))
    caps = dict(entry.get("caps") or {})
    return Arm(str(entry["name"]), str(entry.get("parent") or ""), str(change), meaning, scheme, rules, keys, caps)
