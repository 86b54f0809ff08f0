"""Where the arguments of a rule come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sim.engine.loops.draws import purpose
from sim.engine.loops.stage import Stage, StageError

FOR_GOOD = 32_000  # a month that never comes keys the draws that a person keeps


class Column(Protocol):
    """What a stage needs to know of a column: its storage type, whether it lives within the month, and is spare."""

    @property
    def dtype(self) -> str:
        """NumPy name of the storage type."""
        ...

    @property
    def passing(self) -> bool:
        """Whether it starts every month at 0."""
        ...

    @property
    def spare(self) -> bool:
        """Whether it holds nothing in many configurations."""
        ...


@dataclass(frozen=True)
class Wiring:
    """Where arguments come from, resolved once: for one rule, or for all rules of a pass."""

    columns: tuple[str, ...]  # every array passed, identity and guards included
    scalars: tuple[tuple[str, str], ...]  # (name, "int" | "float")
    lookups: tuple[tuple[str, str, str, int], ...]  # (name, indexing column, "int" | "float", width of a row or 0)
    lucks: tuple[tuple[str, int], ...]  # (argument, purpose number): uniforms
    normals: tuple[tuple[str, int], ...]  # (argument, purpose number): standard normals


def wire(declared: Stage, visible: Mapping[str, Column], environment: Mapping[str, Any]) -> Wiring:
    """Resolve a rule's argument names against the columns and the environment.

    Parameters
    ----------
    visible : mapping of str to Column
        The columns that the rule may see.
    environment : mapping
        Numbers and arrays of one or two dimensions by name.

    Raises
    ------
    StageError
        When a name is neither visible, nor a draw, nor in the environment.
    """
    columns: list[str] = []
    scalars: list[tuple[str, str]] = []
    lookups: list[tuple[str, str, str, int]] = []
    lucks: list[tuple[str, int]] = []
    normals: list[tuple[str, int]] = []
    for name in declared.arguments:
        index = name.rpartition("_by_")[2]
        if name == "month":
            continue
        if name in visible:
            columns.append(name)
        elif name.startswith("luck_"):
            lucks.append((name, purpose(name.removeprefix("luck_"))))
        elif name.startswith("lasting_"):
            lucks.append((name, purpose(name.removeprefix("lasting_"))))
            if not declared.rare:
                raise StageError(f"rule {declared.name}: a lasting draw needs a rare stage, not {name}")
        elif name.startswith("normal_"):
            normals.append((name, purpose(name.removeprefix("normal_"))))
        elif name in environment and "_by_" in name and index in visible:
            table = np.asarray(environment[name])
            kind = "float" if table.dtype.kind == "f" else "int"
            lookups.append((name, index, kind, table.shape[1] if table.ndim == 2 else 0))
            columns.append(index)
        elif name in environment:
            kind = "int" if isinstance(environment[name], (bool, int, np.integer)) else "float"
            scalars.append((name, kind))
        else:
            raise StageError(
                f"rule {declared.name}: argument {name} is neither a column it may see, "
                f"a draw (luck_...), nor a number of the environment"
            )
    for name in (*declared.writes, *declared.where):
        if name not in visible:
            raise StageError(f"rule {declared.name}: column {name} is not one it may touch")
        columns.append(name)
    scalars += [(length, "int") for _, length in declared.bins if isinstance(length, str)]
    if declared.rare and normals:
        raise StageError(f"rule {declared.name}: a rare stage draws uniforms only, not {normals[0][0]}")
    drawn = {name for name, _ in lucks}.intersection(declared.asked)
    if declared.rare and drawn:
        raise StageError(f"rule {declared.name}: a rare stage draws after its condition, which asks for {min(drawn)}")
    if declared.rare and lucks:
        columns += ["ordinal", "arrival_month"]
    return Wiring(tuple(dict.fromkeys(columns)), tuple(scalars), tuple(lookups), tuple(lucks), tuple(normals))


def union(stages: Sequence[Stage], wirings: Sequence[Wiring]) -> Wiring:
    """What the loop of several stages is handed: everything that any of them reads."""
    common = [wiring.lucks for stage, wiring in zip(stages, wirings, strict=True) if not stage.rare]
    return Wiring(
        tuple(dict.fromkeys(["alive", *(name for wiring in wirings for name in wiring.columns)])),
        tuple(dict.fromkeys(item for wiring in wirings for item in wiring.scalars)),
        tuple(dict.fromkeys(item for wiring in wirings for item in wiring.lookups)),
        tuple(dict.fromkeys(item for lucks in common for item in lucks)),
        tuple(dict.fromkeys(item for wiring in wirings for item in wiring.normals)),
    )


def group_of(name: str, place: int) -> tuple[str, int, str]:
    """Kind of a draw's words, their group, and the month that keys them: a lasting draw has one of its own."""
    lasting = name.startswith("lasting_")
    return ("l", place // 4, str(FOR_GOOD)) if lasting else ("w", place // 4, "month")
