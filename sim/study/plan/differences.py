"""What one configuration changes relative to another, as keys and as a sentence."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sim.inputs.files import OwnFile

OUTSIDE_THE_MODEL = ("seed", "out", "plugin", "study", "design", "machine", "report", "chosen")
"""Parts of a configuration that say how a study is run and how it was composed, not what a model is."""

WHOLE = ("option", "called")
"""Keys of a part in which two parts that differ are named, and not compared field by field."""


def plain(value: Any, *, places: bool = True) -> Any:
    """Turn a configuration into dictionaries, lists and scalars that JSON can hold.

    A nested dataclass carries the name of its type under ``"option"``, so that two options with the same
    fields stay apart. Without ``places`` the keys that say where a file lies are left out.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = [field for field in dataclasses.fields(value) if places or not _is_place(field)]
        fields = {field.name: plain(getattr(value, field.name), places=places) for field in named}
        return {"option": type(value).__name__, **fields}
    if isinstance(value, dict):
        return {str(key): plain(entry, places=places) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry, places=places) for entry in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def digest(value: Any) -> str:
    """Sha256 of a configuration or of plain data, the same for equal values in any process."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def model_part(config: Any) -> dict[str, Any]:
    """Plain form of what decides a model's course: the configuration without study, machine, report, out and seed."""
    return {key: value for key, value in plain(config, places=False).items() if key not in OUTSIDE_THE_MODEL}


def _is_place(field: dataclasses.Field[Any]) -> bool:
    return getattr(field.metadata.get("setting"), "place", False)


def changed_file(manifest: Mapping[str, Any], inputs: Sequence[OwnFile]) -> str:
    """Say which of the user's files is no longer what a study was begun with; empty where none is known to be."""
    known = {one["name"]: one for one in manifest.get("inputs", ())}
    for one in inputs:
        if one.name in known and known[one.name]["sha256"] != one.sha256:
            return f"begun with another {one.name} (its copy is {known[one.name]['file']})"
    return ""


def changes(parent: Any, child: Any) -> list[tuple[str, str, str]]:
    """List what ``child`` changes relative to ``parent`` as ``(key, new value, old value)``.

    Where another option of a group is chosen (a policy, a scheme), the option is named and its fields are not
    listed one by one.
    """
    old, new = model_part(parent), model_part(child)
    for part in (old, new):
        part.pop("own", None)  # its rules are told one by one
    names = _chosen(parent), _chosen(child)
    found = []
    for group in [*names[0], *(group for group in names[1] if group not in names[0])]:
        if names[0].get(group) != names[1].get(group):
            found.append((group, names[1].get(group, "none"), names[0].get(group, "none")))
            _blank(old, group)
            _blank(new, group)
    _compare("", old, new, found)
    before, after = _own(parent), _own(child)
    for key in dict.fromkeys([*after, *before]):
        if after.get(key) != before.get(key):
            found.append((key, after.get(key, "shipped"), before.get(key, "shipped")))
    return found


def _own(config: Any) -> dict[str, str]:
    """Functions of the user's by the rule of persons or firms that each stands for."""
    return dict(getattr(getattr(config, "own", None), "replaced", ()))


def _chosen(config: Any) -> dict[str, str]:
    return {str(group): str(option) for group, option in dict(getattr(config, "chosen", None) or {}).items()}


def _blank(tree: dict[str, Any], group: str) -> None:
    """Leave a group out of the comparison of fields."""
    *nodes, last = group.split("/")
    for node in nodes:
        tree = tree.get(node, {})
    tree.pop(last, None)


def _compare(path: str, old: Any, new: Any, found: list[tuple[str, str, str]]) -> None:
    if old == new:
        return
    if not (isinstance(old, dict) and isinstance(new, dict)) or any(old.get(key) != new.get(key) for key in WHOLE):
        found.append((path, _words(new), _words(old)))
        return
    for key in [*old, *(key for key in new if key not in old)]:
        _compare(f"{path}.{key}" if path else key, old.get(key), new.get(key), found)


def _part_name(part: dict[str, Any]) -> str:
    return str(part["called"]) if "called" in part else snake_case(str(part.get("option", "")))


def snake_case(name: str) -> str:
    """Write ``TwoWords`` as ``two_words``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return _part_name(value) or "another table"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return "[" + ", ".join(_words(entry) for entry in value) + "]"
    return "nothing" if value is None else str(value)


def sentence(parent: Any, child: Any, parent_name: str) -> str:
    """Say in one sentence what ``child`` changes relative to the package ``parent_name``."""
    found = changes(parent, child)
    if not found:
        return f"the same as {parent_name}"
    parts = [f"{key} {new} instead of {old}" for key, new, old in found[:6]]
    if len(found) > 6:
        parts.append(f"{len(found) - 6} more keys")
    return f"{parent_name} with " + ", ".join(parts)


def first_difference(old: Any, new: Any, path: str = "") -> str:
    """Name the first key of ``new`` whose value in ``old`` is another one; both are plain data."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key, value in new.items():
            found = first_difference(old.get(key), value, f"{path}.{key}" if path else key)
            if found:
                return found
        return ""
    new = plain(new)
    if old == new:
        return ""
    return f"its {path} is {_words(old)}, now asked for: {_words(new)}"
