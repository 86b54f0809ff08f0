"""Policy packages: each is its parent and a few changes, so that a difference can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.config.errors import UsageError, nearest, refusal
from sim.config.locate import config_folder
from sim.config.options import BY_NAME, POLICY_ROOTS, check_option, is_file, option_names
from sim.config.overrides import Given
from sim.config.own_model import KEY as MODEL
from sim.config.stages import is_stage_key, stage_key
from sim.config.userfile import read_yaml
from sim.inputs.files import beside

KEYS = {"parent", "change", "meaning", "model"}


@dataclass(frozen=True)
class Package:
    """A policy package: a parent (empty for a root), what it changes and means, and the model that it runs.

    ``model`` is ``FILE.py:CLASS`` of the user's; empty for the engine's.
    """

    name: str
    parent: str
    change: Mapping[str, Any]
    meaning: str
    model: str = ""


def package(name: str, key: str = "study.arms") -> Package:
    """Read a package: a shipped one by name, a user's own by the path of its YAML file.

    Parameters
    ----------
    name : str
        As in ``study.arms``.
    key : str
        What asks for it, for messages.

    Raises
    ------
    UsageError
        There is no such package, or its file says other things than a package may.
    """
    names = option_names("package")
    if name in names:
        return _shipped(name)
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        allowed = f"packages are {', '.join(names)}, or the path of a YAML file"
        raise UsageError(refusal(key, name, allowed, nearest(name, names)))
    if path.stem in names:
        raise UsageError(f"{key}: {name}: {path.stem} is the name of a shipped package, name the file otherwise")
    return _read(path, key)


@cache
def _shipped(name: str) -> Package:
    return _read(config_folder() / "package" / f"{name}.yaml")


def _read(path: Path, key: str = "") -> Package:
    """Read a package's file; ``key`` names what asks for one of the user's."""
    found = read_yaml(path, ours=not key, key=key)
    for entry in found:
        if entry not in KEYS:
            allowed = ", ".join(sorted(KEYS))
            raise UsageError(refusal(f"{path.name}: {entry}", found[entry], allowed, nearest(entry, KEYS)))
    change, meaning, parent = found.get("change") or {}, found.get("meaning"), found.get("parent") or ""
    if not isinstance(change, Mapping) or not isinstance(meaning, str) or not meaning.strip():
        raise UsageError(f"{path.name}: needs change (a mapping) and meaning (a sentence)")
    names = option_names("package")
    if parent and parent not in names:
        near = nearest(str(parent), names)
        raise UsageError(refusal(f"{path.name}: parent", parent, "null or one of " + ", ".join(names), near))
    for entry in change:
        if entry.replace("/", ".").split(".")[0] not in POLICY_ROOTS and not is_stage_key(entry):
            allowed = "a package changes " + ", ".join(POLICY_ROOTS)
            raise UsageError(refusal(f"{path.name}: {entry}", change[entry], allowed, nearest(entry, BY_NAME)))
    model = found.get("model") or ""
    if not isinstance(model, str):
        raise UsageError(refusal(f"{path.name}: model", model, "FILE.py:CLASS, a subclass of sim.Model"))
    named = {entry: beside(str(path), item) if is_file(entry, item) else item for entry, item in change.items()}
    return Package(path.stem, parent, named, meaning, beside(str(path), model) if model else "")


def ancestry() -> dict[str, str]:
    """Parent of every package that has one."""
    return {name: package(name).parent for name in option_names("package") if package(name).parent}


def chain(bottom: Package) -> list[Package]:
    """Return the packages from the root to ``bottom``, in the order in which their changes apply."""
    line = [bottom]
    while line[0].parent:
        above = package(line[0].parent)
        if above in line:
            raise UsageError(f"package {above.name}: is its own ancestor")
        line.insert(0, above)
    return line


def changes(bottom: Package) -> list[Given]:
    """Return the overrides that a package amounts to, its ancestors' included.

    A later choice of a group drops what was said about keys of the earlier one.
    """
    merged: dict[str, Given] = {}
    for step in chain(bottom):
        if step.model:
            merged[MODEL] = Given(MODEL, (step.model,), False)
        for key, value in step.change.items():
            key = stage_key(key, value) if is_stage_key(key) else key
            merged.pop(key, None)
            if is_stage_key(key):
                merged[key] = Given(key, (check_option(key, value),), True)
                continue
            if key not in BY_NAME:
                merged[key] = Given(key, (value,), False)
                continue
            for old in [old for old in merged if old.startswith(BY_NAME[key].node + ".")]:
                del merged[old]
            merged[key] = Given(key, (check_option(key, value),), True)
    return list(merged.values())
