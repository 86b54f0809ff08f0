"""The rules as they stand in the source: which there are, and what their text says."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from importlib import import_module
from pathlib import Path

from sim.engine.loops.stage import Stage

ROOT = Path(__file__).parents[2]
ROOMS = ("loan", "persons", "firms", "lender/policies", "sharing")  # rooms that declare stages


@functools.cache
def stages_of(room: str, name: str) -> tuple[Stage, ...]:
    """Stages that a file declares itself."""
    module = import_module(f"sim.{room.replace('/', '.')}.{name}")
    mine = (value for value in vars(module).values() if isinstance(value, Stage))
    return tuple(found for found in mine if found.rule.__module__ == module.__name__)


@functools.cache
def all_stages() -> tuple[Stage, ...]:
    """Every declared stage of the package."""
    files = ((room, path.stem) for room in ROOMS for path in sorted((ROOT / "sim" / room).glob("*.py")))
    return tuple(found for room, name in files for found in stages_of(room, name))


@functools.cache
def names_read(declared: Stage) -> tuple[str, ...]:
    """Names in the body of a rule, each as often as it stands there."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(declared.rule)))
    body = tree.body[0].body  # type: ignore[attr-defined]
    return tuple(node.id for line in body for node in ast.walk(line) if isinstance(node, ast.Name))
