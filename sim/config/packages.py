"""Policy packages: each is its parent and a few changes, so that a difference can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.config.errors import UsageError, nearest, refusal
from sim.config.locate import config_folder
from sim.config.options import BY_NAME, check_option, option_names
from sim.config.overrides import Given
from sim.config.userfile import read_yaml

KEYS = {"parent", "change", "meaning"}


@dataclass(frozen=True)
class Package:
    """A policy package: a parent (empty for a root), what it changes, and what it means in a sentence."""

    name: str
    parent: str
    change: Mapping[str, Any]
    meaning: str


@cache
def package(name: str) -> Package:
    """Read a package by name.

    Raises
    ------
    UsageError
        There is no such package, or its file has other keys than parent, change and meaning.
    """
    names = option_names("package")
    if name not in names:
        raise UsageError(refusal("study.arms", name, "packages are " + ", ".join(names), nearest(name, names)))
    path = config_folder() / "package" / f"{name}.yaml"
    found = read_yaml(path)
    for key in found:
        if key not in KEYS:
            raise UsageError(refusal(f"{path.name}: {key}", found[key], ", ".join(sorted(KEYS)), nearest(key, KEYS)))
    change = found.get("change") or {}
    if not isinstance(change, Mapping) or not isinstance(found.get("meaning"), str):
        raise UsageError(f"{path.name}: needs change (a mapping) and meaning (a sentence)")
    return Package(name, found.get("parent") or "", change, found["meaning"])


def ancestry() -> dict[str, str]:
    """Parent of every package that has one."""
    return {name: package(name).parent for name in option_names("package") if package(name).parent}


def chain(name: str) -> list[Package]:
    """Return the packages from the root to ``name``, in the order in which their changes apply."""
    line = [package(name)]
    while line[0].parent:
        above = package(line[0].parent)
        if above in line:
            raise UsageError(f"package {above.name}: is its own ancestor")
        line.insert(0, above)
    return line


def changes(name: str) -> list[Given]:
    """Return the overrides that a package amounts to, its ancestors' included.

    A later choice of a group drops what was said about keys of the earlier one.
    """
    merged: dict[str, Given] = {}
    for step in chain(name):
        for key, value in step.change.items():
            merged.pop(key, None)
            if key not in BY_NAME:
                merged[key] = Given(key, (value,), False)
                continue
            for old in [old for old in merged if old.startswith(BY_NAME[key].node + ".")]:
                del merged[old]
            merged[key] = Given(key, (check_option(key, value),), True)
    return list(merged.values())
