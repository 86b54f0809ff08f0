"""How columns and settings are declared: once, with unit, range and meaning."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Column:
    """One column of a population table: storage type, allowed range, unit and meaning.

    A ``passing`` column lives within the month: it starts every month at 0, and where one loop alone touches it,
    it is never stored. A ``hidden`` column of a book is known to the lender alone. A new row holds ``default``. A
    ``spare`` column holds nothing in many configurations: loops store what has changed alone, so that it takes no
    memory there.
    """

    dtype: str
    low: float | None
    high: float | None
    unit: str
    meaning: str
    passing: bool = False
    hidden: bool = False
    default: float = 0
    spare: bool = False

    @property
    def is_float(self) -> bool:
        """Whether rules see this column as ``float`` (otherwise as ``int``)."""
        return np.dtype(self.dtype).kind == "f"


def column(
    dtype: str,
    low: float | None,
    high: float | None,
    unit: str,
    meaning: str,
    *,
    passing: bool = False,
    hidden: bool = False,
    spare: bool = False,
) -> Any:
    """Declare a column on an agent class."""
    return Column(dtype, low, high, unit, meaning, passing, hidden, spare=spare)


def declared_columns(owner: type) -> dict[str, Column]:
    """Columns declared on ``owner``, in the order of their declaration."""
    return {name: value for name, value in vars(owner).items() if isinstance(value, Column)}


@dataclass(frozen=True)
class Setting:
    """What a configuration key may hold: inclusive bounds or a closed list of choices; and what it needs to act.

    ``needs`` is a condition on other keys, such as ``economy.kind=path`` (see ``sim.engine.tables.conditions``); empty:
    always. A ``place`` says where something lies or what it is called: results follow from what stands there. Rules
    read the number under the key's own name, or as ``read_as`` where a column or another owner has that.
    """

    low: float | None
    high: float | None
    unit: str
    meaning: str
    choices: tuple[str, ...] | None = None
    needs: str = ""
    place: bool = False
    read_as: str = ""


def setting(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    unit: str = "",
    meaning: str,
    choices: tuple[str, ...] | None = None,
    needs: str = "",
    place: bool = False,
    read_as: str = "",
) -> Any:
    """Declare a configuration field with its default, inclusive bounds, unit, meaning, and what it needs to act."""
    declared = Setting(low, high, unit, meaning, choices, needs, place, read_as)
    return dataclasses.field(default=default, metadata={"setting": declared})


def as_in(owner: type, name: str, default: Any) -> Any:
    """Declare a configuration field as another dataclass does, with another default."""
    declared = next(entry for entry in dataclasses.fields(owner) if entry.name == name)
    return dataclasses.field(default=default, metadata=declared.metadata)


def when(needs: str) -> dict[str, Setting]:
    """Metadata of a field that holds a dataclass of its own: what the keys in it need to act."""
    return {"setting": Setting(None, None, "", "", needs=needs)}
