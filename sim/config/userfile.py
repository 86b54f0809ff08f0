"""Reading a YAML file strictly: plain values only, nothing that runs code, nothing read as another value.

YAML 1.1 takes ``010`` for 8, ``yes`` for true and ``1:30`` for 90; here a number is a number in decimal,
``true`` and ``false`` are the two booleans, and all else is a text that the typed check then refuses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

import yaml

from sim.config.errors import UsageError, one_line, refusal

LARGEST_FILE = 1_000_000


class _PlainLoader(yaml.SafeLoader):
    """Safe loader with decimal numbers and two booleans; aliases and repeated keys are refused."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("references (*name) are not read")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"key {key} is given twice")
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(?:(?:0|[1-9][0-9_]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^{_pattern}$"), list(_first))


def _decimal(loader: Any, node: Any) -> float:
    return float(loader.construct_scalar(node).replace("_", ""))


_PlainLoader.add_constructor("tag:yaml.org,2002:float", _decimal)


def read_yaml(path: Path, *, ours: bool = False) -> dict[str, Any]:
    """Read one mapping from a YAML file: a user's, or with ``ours`` one that is shipped and may hold more.

    Raises
    ------
    UsageError
        The file is missing, empty, too large, not a mapping, or holds anything but plain values.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{path}: is larger than {LARGEST_FILE} bytes, too large for a configuration")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not a text in UTF-8") from None
    try:
        found = yaml.load(text, _PlainLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read as YAML: {one_line(str(error))}") from None
    if not isinstance(found, dict) or not found:
        raise UsageError(f"{path}: is empty or no mapping of keys to values")
    if not ours:
        _vet(found, str(path))
    return found


def _vet(value: Any, where: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if (
                not isinstance(key, str)
                or key.startswith("_")
                or key.split("/")[0].split(".")[0] in ("hydra", "defaults")
            ):
                raise UsageError(refusal(f"{where}: {key}", item, "the keys of one group, with plain values"))
            _vet(item, f"{where}: {key}")
    elif isinstance(value, list):
        for item in value:
            _vet(item, where)
    elif isinstance(value, str) and ("${" in value or "hydra:" in value):
        raise UsageError(refusal(where, value, "a plain value; references and resolvers are not read"))
    elif isinstance(value, float) and not math.isfinite(value):
        raise UsageError(refusal(where, value, "a finite number"))
