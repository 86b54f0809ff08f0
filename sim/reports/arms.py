"""One policy package of a study, as its manifest tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.figures.scales import IN_ENGLISH
from sim.language.words import Words


@dataclass(frozen=True)
class Arm:
    """One policy package: parent (``""`` for the root), change, meaning, scheme in words, rules of its list.

    ``changes`` are the keys in which it differs from its parent, ``settings`` the same with both values; ``caps`` is
    what ends new cover (`gauges`); ``scheme_told`` the scheme in the language of the study, where that is not English.
    """

    name: str
    parent: str = ""
    change: str = ""
    meaning: str = ""
    scheme: str = ""
    rules: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    caps: dict[str, Any] = field(default_factory=dict)
    settings: tuple[Mapping[str, Any], ...] = ()
    scheme_told: str = ""

    def told(self, say: Words) -> str:
        """Say what it changes in its parent."""
        return say("list.semicolon").join(_told(one, say) for one in self.settings) if self.settings else self.change


def _told(one: Mapping[str, Any], say: Words) -> str:
    return say("front_packages.changed", setting=one["key"], value=one["value"], parent=one["parent_value"])


def arm_of(entry: Any) -> Arm:
    """Return a package as the manifest tells it: its name alone, or all that is said of it."""
    if isinstance(entry, str):
        return Arm(entry)
    change = entry.get("change") or ""
    listed = entry.get("changes")
    if isinstance(listed, list) and listed:
        change = [_told(one, IN_ENGLISH) for one in listed]
    if isinstance(change, dict):
        change = ", ".join(f"{key}={value}" for key, value in change.items())
    elif isinstance(change, list):
        change = "; ".join(str(item) for item in change)
    meaning, scheme = (str(entry.get(key) or "") for key in ("meaning", "scheme"))
    rules = tuple(str(rule) for rule in entry.get("rules") or ())
    settings = tuple(one for one in listed or () if isinstance(one, dict))
    keys = tuple(str(one["key"]) for one in settings)
    caps = dict(entry.get("caps") or {})
    parent = str(entry.get("parent") or "")
    told = str(entry.get("scheme_told") or "")
    return Arm(str(entry["name"]), parent, str(change), meaning, scheme, rules, keys, caps, settings, told)
