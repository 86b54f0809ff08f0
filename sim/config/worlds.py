"""Plausible worlds of a preset: rows of values that published figures leave open, from the table beside the preset."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.config.compose import said_by_experiment
from sim.config.errors import UsageError, refusal
from sim.config.locate import config_folder
from sim.config.options import is_file
from sim.config.overrides import Given
from sim.config.sweep import problems_of, typed
from sim.config.userfile import refused
from sim.inputs.files import own_file
from sim.inputs.numbers import is_number
from sim.inputs.text import text_of
from sim.study.plan.plan import Plan
from sim.study.plan.points import Updates

GROUP = "behaviour"
ENDING = ".worlds.csv"


def table_of(preset: str) -> Path:
    """Where the table of a preset of behaviour lies, which `python -m validation.worlds` writes."""
    return config_folder() / GROUP / f"{preset}{ENDING}"


def has_worlds(preset: str) -> bool:
    """Whether a shipped preset of behaviour has a table."""
    return preset in presets()


def own_table(file: str) -> str:
    """Name of the table beside a file of behaviour of the user's: mine.worlds.csv beside mine.yaml."""
    return f"{file.rpartition('.')[0]}{ENDING}"


def presets() -> list[str]:
    """Presets of behaviour that have a table."""
    return sorted(path.name.removesuffix(ENDING) for path in (config_folder() / GROUP).glob(f"*{ENDING}"))


def with_worlds(plan: Plan, given: Sequence[Given]) -> Plan:
    """Give a plan as many worlds as it asks for, each typed and checked; the same plan where it asks for none.

    Raises
    ------
    UsageError
        The preset has no table or one too short, there is a design, or a key of the table is set elsewhere.
    """
    count = plan.study.worlds
    if not plan.study.many_worlds:
        return plan
    if plan.has_design or _chosen(plan, "design") != {"none"}:
        raise UsageError("study.worlds: not allowed with a design, whose points are worlds of their own")
    preset, *others = sorted(_chosen(plan, GROUP))
    if others:
        both = " and ".join((preset, *others))
        allowed = f"one preset of {GROUP} for all, here {both}: name a scenario, such as economy=severe_recession"
        raise UsageError(refusal("study.worlds", count, allowed))
    file = next((entry.value for entry in given if entry.key == GROUP and is_file(GROUP, entry.value)), "")
    if not file and preset not in presets():
        allowed = f"{GROUP}={' or '.join(presets())}: {GROUP}={preset} has no table of worlds"
        raise UsageError(refusal("study.worlds", count, allowed))
    keys, rows = read_own_table(own_table(file)) if file else read_table(table_of(preset))
    if count > len(rows):
        raise UsageError(refusal("study.worlds", count, f"up to {len(rows)}, the worlds of {GROUP}={preset}"))
    said = {entry.key for entry in given} | said_by_experiment(given)
    for key in keys:
        if key in said:
            raise UsageError(f"{key}: is set by the worlds, too (study.worlds={count}); leave one of the two out")
    worlds = tuple(_checked(plan, tuple(zip(keys, row, strict=True))) for row in rows[:count])
    return dataclasses.replace(plan, worlds=worlds)


def _chosen(plan: Plan, group: str) -> set[str]:
    """Options of a group that packages have."""
    return {str(config.chosen[group]) for arm in (*plan.arms, plan.root) for config in arm.configs.values()}


def read_table(file: Path) -> tuple[list[str], list[list[float]]]:
    """Keys and rows of a table of worlds; lines that begin with ``#`` say where it comes from."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    keys, *rows = csv.reader(lines)
    return keys, [[float(cell) for cell in row] for row in rows]


def read_own_table(file: str) -> tuple[list[str], list[list[float]]]:
    """Keys and rows of a table of worlds of the user's.

    Raises
    ------
    UsageError
        It is missing, a row has another number of cells than there are keys, or a cell is no number; one line.
    """
    what = "the table of worlds beside a file of behaviour"
    with refused("study.worlds"):
        text = text_of(own_file(file, what), what)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    keys, *rows = csv.reader(lines) if lines else [[]]
    for number, row in enumerate(rows, start=1):
        if len(row) != len(keys):
            allowed = f"{len(keys)} numbers, one for each key of the first row"
            raise UsageError(refusal(f"study.worlds: {file}: world {number}", f"{len(row)} cells", allowed))
        if wrong := next((cell for cell in row if not is_number(cell)), None):
            raise UsageError(refusal(f"study.worlds: {file}: world {number}", wrong, "a number"))
    return keys, [[float(cell) for cell in row] for row in rows]


def _checked(plan: Plan, world: tuple[tuple[str, Any], ...]) -> Updates:
    updates = tuple((key, typed(plan, key, value)) for key, value in world)
    for arm in plan.arms:
        for config in arm.configs.values():
            for problem in problems_of(config, updates):
                raise UsageError(problem)
    return updates
