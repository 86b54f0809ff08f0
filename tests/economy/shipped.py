"""Read the shipped scenarios without the configuration machinery, every key checked against its dataclass."""

import dataclasses
import typing
from pathlib import Path

import yaml

from sim.economy.settings import EconomySettings

FOLDER = Path(__file__).parents[2] / "configs" / "economy"
SCENARIOS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def plain(name: str) -> dict:
    own = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    base = {}
    for parent in own.pop("defaults", []):
        if parent != "_self_":
            base = plain(parent)
    return merged(base, own)


def merged(base: dict, own: dict) -> dict:
    both = dict(base)
    for key, value in own.items():
        both[key] = merged(base.get(key, {}), value) if isinstance(value, dict) else value
    return both


def built(owner: type, values: dict, path: str = "economy"):
    hints = typing.get_type_hints(owner)
    known = {field.name for field in dataclasses.fields(owner)}
    assert set(values) == known, f"{path}: {set(values) ^ known}"
    made = {}
    for name, value in values.items():
        if dataclasses.is_dataclass(hints[name]):
            value = built(hints[name], value, f"{path}.{name}")
        made[name] = tuple(value) if isinstance(value, list) else value
    return owner(**made)


def scenario(name: str, **changes) -> EconomySettings:
    """Settings of a shipped scenario; ``changes`` replace groups or values, ``group__key`` one value."""
    settings = built(EconomySettings, plain(name))
    for key, value in changes.items():
        group, _, leaf = key.partition("__")
        if leaf:
            value = dataclasses.replace(getattr(settings, group), **{leaf: value})
        settings = dataclasses.replace(settings, **{group: value})
    return settings


def central(name: str, **changes) -> EconomySettings:
    """A shipped scenario without the luck of a replication."""
    calm = dict.fromkeys(("severity_sd", "timing_sd", "sector_sd", "harvest_sd"), 0.0)
    return scenario(name, **{f"systematic__{key}": value for key, value in calm.items()}, **changes)
