"""Options that an installed Python package brings: files found by name, read as a user's own files are, never imported.

A distribution names a folder of its own under the entry-point group ``creditcycle.options``; in it lie
``economy/*.yaml``, ``sharing/*.yaml``, ``fund/*.yaml``, ``package/*.yaml``, ``experiment/*.yaml`` and ``rules/*.py``.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

from sim.inputs.errors import InputError, nearest

GROUP = "creditcycle.options"
NAMED = re.compile(r"([A-Za-z][\w-]*):([A-Za-z][\w-]*)")
"""How an option of a package is asked for: ``NAME:OPTION``."""
FOLDER = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "economy": ("economy", (".yaml", ".csv", ".parquet")),
    "study.scenarios": ("economy", (".yaml", ".csv", ".parquet")),
    "sharing": ("sharing", (".yaml",)),
    "fund": ("fund", (".yaml",)),
    "study.arms": ("package", (".yaml",)),
    "package": ("package", (".yaml",)),
    "experiment": ("experiment", (".yaml",)),
    "plugin": ("rules", (".py",)),
}
"""Folder and endings of what a key may name."""


class Installed(NamedTuple):
    """A folder of options, and the distribution that brings it."""

    name: str
    folder: Path
    distribution: str
    version: str


def installed() -> dict[str, Installed]:
    """Folders of options by name, of every distribution in this environment.

    Raises
    ------
    InputError
        Two distributions bring the same name, or one names what is no folder of its own.
    """
    found: dict[str, Installed] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        brought = entry.dist.name if entry.dist is not None else "a distribution without a name"
        if entry.name in found and found[entry.name].distribution != brought:
            both = f"{found[entry.name].distribution} and {brought}"
            raise InputError(f"{GROUP}: {entry.name} is brought by {both}: take one of them out of the environment")
        folder = _folder(entry.value)
        if folder is None or not NAMED.fullmatch(f"{entry.name}:x"):
            raise InputError(f"{GROUP}: {entry.name} = {entry.value!r:.60} of {brought} is no folder of a package")
        found[entry.name] = Installed(entry.name, folder, brought, entry.dist.version if entry.dist else "")
    return found


def _folder(value: str) -> Path | None:
    """Folder of a module's name, without importing anything; None where there is none."""
    if not FOLDER.fullmatch(value):
        return None
    top, *below = value.split(".")
    spec = importlib.util.find_spec(top)  # of a name without dots this runs no code
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        folder = Path(place, *below)
        if folder.is_dir() and folder.resolve().is_relative_to(Path(place).resolve()):
            return folder.resolve()
    return None


def file_of(key: str, value: str) -> str:
    """Path of the file behind ``NAME:OPTION``; any other value, or that of a key that names no file, as it is.

    Raises
    ------
    InputError
        No package brings the name, or it has no such option. One line.
    """
    asked = NAMED.fullmatch(value)
    if key not in KINDS or asked is None:
        return value
    there = installed()
    if asked[1] not in there:
        known = ", ".join(there) or "none"
        says = f"no installed package brings options under {asked[1]}; there are {known}"
        raise InputError(f"{key}: {value}: {says}{nearest(asked[1], there)}")
    one = there[asked[1]]
    options = dict(_options(one, key))
    if asked[2] not in options:
        known = ", ".join(options) or "none"
        raise InputError(f"{key}: {value}: {one.distribution} has {known}{nearest(asked[2], options)}")
    return str(options[asked[2]])


def _options(one: Installed, key: str) -> Iterator[tuple[str, Path]]:
    """Options of a package for a key; a link that leads out of its folder is none."""
    kind, endings = KINDS[key]
    for file in sorted((one.folder / kind).glob("*")):
        if file.suffix in endings and file.resolve().is_relative_to(one.folder):
            yield file.stem, file


def brought_by(name: str) -> str:
    """Name and version of the distribution that brings a file; empty for any other file."""
    try:
        there = installed().values()
    except InputError:
        return ""
    path = Path(name)
    return next((f"{one.distribution} {one.version}" for one in there if path.is_relative_to(one.folder)), "")


def installed_page() -> str:
    """Text of ``creditcycle show installed``: what each package brings, by the names to ask for it.

    Raises
    ------
    InputError
        As `installed` does.
    """
    rows = ["Options that installed packages bring (group creditcycle.options), asked for as NAME:OPTION"]
    for one in installed().values():
        rows += ["", f"{one.name}: {one.distribution} {one.version}"]
        for key in ("economy", "sharing", "fund", "study.arms", "experiment", "plugin"):
            names = [f"{one.name}:{option}" for option, _ in _options(one, key)]
            rows += [f"  {'--plugin' if key == 'plugin' else key:<12} {', '.join(names)}"] if names else []
    return "\n".join(rows if len(rows) > 1 else [*rows, "", "none"]) + "\n"
