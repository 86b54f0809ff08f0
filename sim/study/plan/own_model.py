"""A model of a user's own as part of a configuration: the text of its file and the name of its class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sim.engine.tables.declare import setting


@dataclass(frozen=True)
class OwnModel:
    """A class of the user's that takes the place of the engine's model in an arm.

    Attributes
    ----------
    called : str
        Name of the file without its folder, a colon, name of the class.
    source : str
        Text of the file: what decides results, wherever the file lies.
    sha256 : str
        Of the file's bytes.
    figures : tuple of (name, unit, meaning, combined)
        Figures that the class declares.
    file : str
        The file as the user named it.
    """

    called: str
    source: str
    sha256: str
    figures: tuple[tuple[str, str, str, str], ...] = ()
    file: str = setting("", meaning="file of the class", place=True)

    @property
    def file_name(self) -> str:
        """Name of the file without its folder."""
        return PurePath(self.called.rpartition(":")[0]).name

    @property
    def class_name(self) -> str:
        """Name of the class."""
        return self.called.rpartition(":")[2]


def own_of(config: Any) -> OwnModel | None:
    """Return the class of the user's that a configuration names; None where it names none."""
    return getattr(config, "model", None)


def tellers_of(plan: Any, figure: str) -> list[str]:
    """Packages of a plan whose own model declares a figure; empty where none does, so that all tell it."""
    first = plan.scenarios[0].name
    found = [(arm.name, own_of(arm.configs[first])) for arm in plan.shown]
    return [name for name, own in found if own is not None and figure in {row[0] for row in own.figures}]


def own_models(plan: Any) -> dict[str, Any]:
    """What a manifest says of the user's classes that packages run, and of the figures that they declare."""
    first = plan.scenarios[0].name
    found = {arm.name: own for arm in plan.shown if (own := own_of(arm.configs[first])) is not None}
    return {
        "own_models": {name: {"model": own.called, "sha256": own.sha256} for name, own in found.items()},
        "own_figures": [list(row) for row in dict.fromkeys(row for own in found.values() for row in own.figures)],
    }


def model_files(plan: Any) -> list[str]:
    """Files of the user's classes that packages of a plan run, as they were named."""
    first = plan.scenarios[0].name
    found = [own_of(arm.configs[first]) for arm in plan.shown]
    return list(dict.fromkeys(own.file for own in found if own is not None))


def models_kept(manifest: Mapping[str, Any]) -> list[str]:
    """Files of the user's classes that packages of a stored study run, as they were named."""
    run = {own.get("sha256") for own in (manifest.get("own_models") or {}).values()}
    return [one["name"] for one in manifest.get("inputs", ()) if one["sha256"] in run]
