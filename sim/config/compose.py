"""Composing a configuration: Hydra joins defaults, groups and experiment; values are set and checked here.

Hydra is handed group choices only. A value of a key goes onto the composed plain tree as it was parsed,
so no second YAML reading can turn ``010`` into 8 or ``yes`` into true.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.config.errors import UsageError, one_line, refusal
from sim.config.locate import config_folder
from sim.config.options import GROUPS, dataclass_of, option_names
from sim.config.overrides import Given, read
from sim.config.schema import Config
from sim.config.validate import fields_of, unknown_key, validate

ROOT = "config"


@cache
def hydra_here() -> Any:
    """Hydra over our folder, made once; a Hydra application around us keeps its own."""
    with initialize_config_dir(config_dir=str(config_folder()), job_name="creditcycle", version_base="1.3"):
        return GlobalHydra.instance().hydra


def compose(overrides: Iterable[str] = ()) -> Config:
    """Compose and check the configuration of one model.

    Parameters
    ----------
    overrides : iterable of str
        As on the command line: ``["policy/limit=tiered", "population.borrowers=5000"]``.

    Returns
    -------
    Config
        Frozen; arms and scenarios of a study are resolved by `sim.config.job.plan`.

    Raises
    ------
    UsageError
        One line that names key, value, what is allowed and the nearest name.
    """
    return validate(compose_plain(read(overrides)))


def compose_plain(given: Sequence[Given]) -> dict[str, Any]:
    """Compose the plain tree of values for vetted overrides; unknown keys are refused."""
    plain = compose_groups(tuple((entry.key, entry.value) for entry in given if entry.is_group))
    for entry in given:
        if not entry.is_group:
            put(plain, entry.key, entry.value)
    return plain


def compose_groups(chosen: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Plain tree composed by Hydra for group choices; a fresh copy that the caller may change."""
    return copy.deepcopy(_composed(chosen))


@cache
def _composed(chosen: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    tree = hydra_tree([f"{group}={option}" for group, option in chosen])
    plain = OmegaConf.to_container(tree, resolve=False)
    assert isinstance(plain, dict)
    plain.pop("hydra", None)
    return {str(key): value for key, value in plain.items()}


def hydra_tree(overrides: list[str], *, several: bool = False) -> Any:
    """Compose with Hydra, its own node included, and turn its errors into one line."""
    try:
        return hydra_here().compose_config(
            config_name=ROOT,
            overrides=overrides,
            run_mode=RunMode.MULTIRUN if several else RunMode.RUN,
            from_shell=False,
        )
    except (HydraException, OmegaConfBaseException) as error:
        raise UsageError(one_line(str(error))) from None


def put(plain: dict[str, Any], key: str, value: Any) -> None:
    """Set a key of the tree; a mapping is merged into what stands there.

    Raises
    ------
    UsageError
        The key does not exist in the composition, or is the name of an option.
    """
    node: Any = plain
    *parents, last = key.split(".")
    for part in parents:
        node = _below(node, part)
        if node is None:
            raise UsageError(missing_key(plain, key))
    if last == "name" and isinstance(node, Mapping) and ".".join(parents) in {group.node for group in GROUPS}:
        group = "/".join(parents)
        raise UsageError(f"{key}: the name is chosen by its group; write {group}={value}")
    if _place(node, last) is None:
        raise UsageError(missing_key(plain, key))
    old = node[_place(node, last)]
    if isinstance(value, Mapping) and isinstance(old, dict):
        for name, item in value.items():
            put(plain, f"{key}.{name}", item)
        return
    if isinstance(old, dict):
        raise UsageError(refusal(key, value, "keys with values, such as " + ", ".join(list(old)[:3])))
    node[_place(node, last)] = value


def has(plain: Mapping[str, Any], key: str) -> bool:
    """Whether a key exists in the composed tree."""
    node: Any = plain
    for part in key.split("."):
        if _place(node, part) is None:
            return False
        node = node[_place(node, part)]
    return True


def _place(node: Any, part: str) -> Any:
    if isinstance(node, Mapping) and part in node:
        return part
    if isinstance(node, list) and part.isdecimal() and int(part) < len(node):
        return int(part)
    return None


def _below(node: Any, part: str) -> Any:
    place = _place(node, part)
    below = None if place is None else node[place]
    return below if isinstance(below, dict | list) else None


def missing_key(plain: Mapping[str, Any], key: str) -> str:
    """Write the line for a key that the composition lacks: the option that has it, or the nearest key."""
    for group in GROUPS:
        if not key.startswith(group.node + "."):
            continue
        leaf = key[len(group.node) + 1 :].split(".")[0]
        owners = [
            option for option in option_names(group.name) if leaf in fields_of(dataclass_of(group.name, option))
        ]
        if owners and not has(plain, f"{group.node}.{leaf}"):
            return f"{key}: belongs to {group.name}={' or '.join(owners)}; choose that option too"
    return unknown_key(key, list(keys_of(plain)))


def keys_of(plain: Any, path: str = "") -> Iterable[str]:
    """Addresses of all values of a tree, with dots."""
    for name, item in plain.items():
        here = f"{path}.{name}" if path else str(name)
        if isinstance(item, Mapping):
            yield from keys_of(item, here)
        elif name != "name":
            yield here
