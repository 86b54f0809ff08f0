"""Reading a YAML file strictly: plain values only, nothing that runs code, nothing read as another value.

YAML 1.1 takes ``010`` for 8, ``yes`` for true and ``1:30`` for 90; here a number is a number in decimal,
``true`` and ``false`` are the two booleans, and all else is a text that the typed check then refuses.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import yaml

from sim.config.errors import UsageError, one_line, refusal
from sim.inputs import numbers
from sim.inputs.errors import InputError
from sim.inputs.files import own_file
from sim.inputs.text import text_of

MOST_VALUES = 20_000
"""Keys and values of one file: reading them takes a second."""


class _PlainLoader(yaml.SafeLoader):
    """Safe loader with decimal numbers and two booleans; aliases and repeated keys are refused."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}
    values = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.values += 1
        if self.values > MOST_VALUES:
            raise yaml.YAMLError(f"holds more than {MOST_VALUES} keys and values, too many for a configuration")
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("references (*name) are not read")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for entry, _ in node.value:
            if isinstance(entry, yaml.ScalarNode):  # a key is a text as it stands: a code of a tape may be 0 or True
                entry.tag = "tag:yaml.org,2002:str"
        for key in (str(key.value) for key, _ in node.value):
            if key in seen:
                raise yaml.YAMLError(f"key {key} is given twice")
            seen.add(key)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", "tTfF"),
    ("int", numbers.WHOLE, "-+0123456789"),
    ("float", numbers.NUMBER, "-+.0123456789"),
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _decimal(loader: Any, node: Any) -> float:
    return float(loader.construct_scalar(node))


@contextlib.contextmanager
def refused(key: str = "") -> Iterator[None]:
    """Let what is wrong with a user's file within the block be a mistake of the user, under the key that names it."""
    try:
        yield
    except InputError as error:
        raise UsageError(f"{key}: {error}" if key else str(error)) from None


_PlainLoader.add_constructor("tag:yaml.org,2002:float", _decimal)


def read_yaml(name: str | Path, *, ours: bool = False, key: str = "", starts: bool = False) -> dict[str, Any]:
    """Read one mapping from a YAML file: a user's, or with ``ours`` one that is shipped and may hold more.

    Parameters
    ----------
    name : str or Path
        As the user gave it.
    ours : bool
        The file is shipped.
    key : str
        What names the file, for messages.
    starts : bool
        Whether the file may say in ``defaults`` what it starts from.

    Raises
    ------
    UsageError
        The file is missing, empty, too large, not a mapping, or holds anything but plain values.
    """
    where = f"{key}: {name}" if key else str(name)
    text = Path(name).read_text(encoding="utf-8") if ours else text_of_yaml(str(name), key)
    try:
        found = yaml.load(text, _PlainLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{where}: cannot be read as YAML: {one_line(str(error))}") from None
    if not isinstance(found, dict) or not found:
        raise UsageError(f"{where}: is empty or no mapping of keys to values")
    if not ours:
        for number in filter(numbers.is_number, found):  # codes of a tape may be numbers, the keys of a file are names
            raise UsageError(refusal(f"{where}: {number}", found[number], "the keys of one group, with plain values"))
        _vet({item: value for item, value in found.items() if not (starts and item == "defaults")}, where)
    return found


def text_of_yaml(name: str, key: str = "") -> str:
    """Text of a YAML file of the user's."""
    what = "a YAML file"
    with refused(key):
        return text_of(own_file(name, what), what)


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
