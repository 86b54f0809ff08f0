"""Composing a configuration: Hydra joins defaults, groups and experiment; values are set and checked here.

Hydra composes the defaults and the experiment. A value of a key goes onto the composed plain tree as it was
parsed, so no second YAML reading can turn ``010`` into 8 or ``yes`` into true.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from omegaconf import OmegaConf

from sim.config import plugin
from sim.config.acting import refuse_idle
from sim.config.errors import UsageError, nearest, refusal, texts_of
from sim.config.hydra_side import ROOT, hydra_tree
from sim.config.locate import config_folder
from sim.config.options import BY_NAME, EXPERIMENT, GROUPS, dataclass_of, is_file, option_names
from sim.config.overrides import Given, read
from sim.config.own import own_option
from sim.config.schema import Config
from sim.config.stages import OWN, is_stage_key, own_section, refuse_unlived
from sim.config.study_file import unfolded
from sim.config.tape import start_without_burn_in
from sim.config.userfile import read_yaml
from sim.config.validate import fields_of, unknown_key, validate

FIRMS = "firms"
# Groups whose options a scenario's preset names.
PRESETS = ("behaviour", "lender", "policy/limit", "policy/collections", FIRMS)
# Options of other names that go with a preset: in the United States nearly all lenders report to bureaus every month.
BESIDE: Mapping[str, Mapping[str, str]] = {"us_cards": {"bureau": "full"}}


def compose(overrides: Iterable[str] = (), *, idle: bool = False) -> Config:
    """Compose and check the configuration of one model.

    Parameters
    ----------
    overrides : iterable of str
        As on the command line: ``["policy/limit=tiered", "population.borrowers=5000"]``.
    idle : bool
        Let keys stand that do nothing in this composition, as where many are drawn at random.

    Returns
    -------
    Config
        Frozen; arms and scenarios of a study are resolved by `sim.config.job.plan`.

    Raises
    ------
    UsageError
        One line that names key, value, what is allowed and the nearest name.
    """
    with plugin.using(plugin.Rules()):
        given = read(unfolded(texts_of(overrides)))
        config = validate(compose_plain(given))
    refuse_unlived([config])
    if not idle:
        refuse_idle(((entry.key, entry.value) for entry in given if not entry.is_group), [config])
    return config


def compose_plain(given: Sequence[Given]) -> dict[str, Any]:
    """Compose the plain tree of values for vetted overrides; unknown keys are refused."""
    plain = compose_groups([(entry.key, entry.value) for entry in given if entry.is_group])
    start_without_burn_in(plain, given)
    for entry in given:
        if not entry.is_group:
            put(plain, entry.key, entry.value)
    return plain


def compose_groups(chosen: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Plain tree for group choices; a fresh copy that the caller may change.

    Hydra composes the defaults with the experiment, once. A further choice exchanges the section of its
    group for the option's file and lays the experiment's values over it, which is what Hydra would do at
    150 milliseconds a composition; a study needs one for each arm and scenario.
    """
    named = dict(chosen)
    experiment = named.pop(EXPERIMENT, None)
    rules = own_section({key: named.pop(key) for key in list(named) if is_stage_key(key)})
    plain = copy.deepcopy(_composed(experiment))
    if "economy" in named:
        named = {**preset_of(_section("economy", named["economy"]), experiment), **named}
    said = _said(experiment or _default_experiment())
    for group, option in named.items():
        *parents, last = group.split("/")
        node = plain
        for part in parents:
            node = node[part]
        if node[last]["name"] == option:
            continue
        own = option in plugin.functions_for(group)
        node[last] = plugin.section_of(group, option) if own else copy.deepcopy(_section(group, option))
        for key, value in said.items():
            if key.startswith(BY_NAME[group].node + ".") and has(plain, key):
                put(plain, key, value)
    return plain if rules is None else {**plain, OWN: rules}


def preset_of(economy: Mapping[str, Any], experiment: str | None = None) -> dict[str, str]:
    """Options that go with a scenario: in every group of `PRESETS` the one of its preset's name, where there is one.

    Those of `BESIDE` go with it. Where the experiment has no firms, none come.

    Raises
    ------
    UsageError
        No group has an option of that name.
    """
    name = economy.get("preset") or ""
    found = {group: name for group in PRESETS if name in option_names(group)}
    if name and not found:
        known = sorted({option for group in PRESETS for option in option_names(group)})
        raise UsageError(refusal("economy.preset", name, "one of " + ", ".join(known), nearest(str(name), known)))
    if FIRMS in found and _composed(experiment)[FIRMS]["name"] == "none":
        del found[FIRMS]
    return {**found, **BESIDE.get(name, {})}


@cache
def _composed(experiment: str | None) -> dict[str, Any]:
    plain = OmegaConf.to_container(hydra_tree([f"{EXPERIMENT}={experiment}"] if experiment else []), resolve=False)
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items() if key != "hydra"}


@cache
def _default_experiment() -> str:
    defaults = read_yaml(config_folder() / f"{ROOT}.yaml", ours=True)["defaults"]
    return str(next(entry[EXPERIMENT] for entry in defaults if EXPERIMENT in entry))


def said_by_experiment(given: Sequence[Given]) -> frozenset[str]:
    """Keys that the chosen experiment, or the default one, sets itself."""
    return frozenset(_said(experiment_of(given) or _default_experiment()))


def experiment_of(given: Sequence[Given]) -> str | None:
    """Experiment that is chosen, None for the default one."""
    return next((str(entry.value) for entry in given if entry.key == EXPERIMENT), None)


@cache
def _said(experiment: str) -> dict[str, Any]:
    """Values that an experiment sets itself, by address."""
    found = read_yaml(config_folder() / EXPERIMENT / f"{experiment}.yaml", ours=True)
    found.pop("defaults", None)
    return dict(leaves_of(found))


def _section(group: str, option: str) -> dict[str, Any]:
    """Values of an option: a shipped one, or a file of the user's over the option that it starts from."""
    if not is_file(group, option):
        return _shipped(group, option)
    own = own_option(group, option)
    merged: dict[str, Any] = {}
    for start in own.starts:
        _merge(merged, copy.deepcopy(_shipped(group, start)))
    _merge(merged, {**own.values, "name": own.name})
    return merged


@cache
def _shipped(group: str, option: str) -> dict[str, Any]:
    """Read an option's file, over those that it names in its own ``defaults``."""
    own = read_yaml(config_folder() / group / f"{option}.yaml", ours=True)
    merged: dict[str, Any] = {}
    for entry in own.pop("defaults", []):
        _merge(merged, own if entry == "_self_" else copy.deepcopy(_shipped(group, entry)))
    _merge(merged, own)
    return merged


def _merge(into: dict[str, Any], over: Mapping[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(into.get(key, {}), dict):
            _merge(into.setdefault(key, {}), value)
        else:
            into[key] = value


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
    place = _place(node, last)
    if place is None and isinstance(node, dict) and any(part.isdecimal() for part in parents):
        place = last  # an element of a list, such as a layer, may leave keys out; the typed check knows them
    if place is None:
        raise UsageError(missing_key(plain, key))
    old = node.get(place) if isinstance(node, dict) else node[place]
    if isinstance(value, Mapping) and isinstance(old, dict):
        for name, item in value.items():
            put(plain, f"{key}.{name}", item)
        return
    if isinstance(old, dict):
        raise UsageError(refusal(key, value, "keys with values, such as " + ", ".join(list(old)[:3])))
    node[place] = value


def has(plain: Mapping[str, Any], key: str) -> bool:
    """Whether a key exists in the composed tree."""
    node: Any = plain
    for part in key.split("."):
        place = _place(node, part)
        if place is None:
            return False
        node = node[place]
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
        owners = [option for option in option_names(group.name) if leaf in fields_of(dataclass_of(group.name, option))]
        if owners and not has(plain, f"{group.node}.{leaf}"):
            return f"{key}: belongs to {group.name}={' or '.join(owners)}; choose that option too"
    return unknown_key(key, [address for address, _ in leaves_of(plain)])


def leaves_of(plain: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Address (with dots) and value of every leaf of a tree, without the names of options."""
    for name, item in plain.items():
        here = f"{path}.{name}" if path else str(name)
        if isinstance(item, Mapping):
            yield from leaves_of(item, here)
        elif name != "name":
            yield here, item
