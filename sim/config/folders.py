"""Study folders as the door sees them: where a job writes, whether it can, and what a folder was begun with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sim.config.compose import compose_plain
from sim.config.errors import UsageError
from sim.config.overrides import Given
from sim.config.userfile import refused
from sim.inputs.files import Shelf, expanded
from sim.study.plan.differences import changed_file
from sim.study.plan.plan import Plan
from sim.study.store.keeping import edited, shelf_of
from sim.study.store.reading import read_manifest
from sim.study.store.store import MANIFEST, StoreError, in_use


def folder_of(job: Sequence[Given], number: int | None) -> Path:
    """Folder of a job: ``out``, and under ``-m`` the job's number below it."""
    with refused("out"):
        out = expanded(str(compose_plain([entry for entry in job if entry.key == "out"])["out"]))
    return out if number is None else out / str(number)


def check_folder(folder: Path, plan: Plan) -> None:
    """Refuse a folder that cannot be made or holds something else than a part of this study.

    Raises
    ------
    UsageError
        One line; nothing was written.
    """
    try:
        if (folder / MANIFEST).is_file():
            manifest = read_manifest(folder)
            if manifest["config_sha256"] != plan.digest():
                another = changed_file(manifest, plan.inputs)
                words = f"was {another}" if another else "holds another study"
                raise UsageError(f"out: {folder} {words}; choose another folder")
            return
        if in_use(folder):
            raise UsageError(f"out: {folder} is in use and holds no study; choose another folder")
        above = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            raise UsageError(f"out: {folder} cannot be made: {above} cannot be written to")
    except StoreError as error:
        raise UsageError(f"out: {error}") from None
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"out: {folder} cannot be used: {getattr(error, 'strerror', error)}") from None


def begun_with(folder: Path, verb: str = "resume") -> tuple[list[str], Shelf, list[str]]:
    """Overrides that the study in a folder was begun with, the files that it keeps, and originals edited since.

    Raises
    ------
    UsageError
        The folder holds no study, or a damaged one, or the jobs of ``-m`` side by side.
    """
    try:
        manifest = read_manifest(folder)
    except StoreError as error:
        jobs = sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}"))
        hint = f"; its jobs do: creditcycle {verb} {folder / jobs[0]}" if jobs else ""
        raise UsageError(f"{verb}: {error}{hint}") from None
    found = manifest.get("overrides")
    if not isinstance(found, list) or not all(isinstance(entry, str) for entry in found):
        raise UsageError(f"{verb}: {folder / MANIFEST}: damaged: overrides are missing")
    return found, shelf_of(folder, manifest), list(edited(manifest))
