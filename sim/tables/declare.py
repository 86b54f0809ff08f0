"""How columns and settings are declared: once, with unit, range and meaning."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Column:
    """One column of a population table: storage type, allowed range, unit and meaning.

    A ``passing`` column lives within the month: it starts every month at 0, and a loop that runs the
    whole month never stores it.
    """

    dtype: str
    low: float | None
    high: float | None
    unit: str
    meaning: str
    passing: bool = False

    @property
    def is_float(self) -> bool:
        """Whether rules see this column as ``float`` (otherwise as ``int``)."""
        return np.dtype(self.dtype).kind == "f"


def column(dtype: str, low: float | None, high: float | None, unit: str, meaning: str, *, passing: bool = False) -> Any:
    """Declare a column on an agent class."""
    return Column(dtype, low, high, unit, meaning, passing)


def declared_columns(owner: type) -> dict[str, Column]:
    """Columns declared on ``owner``, in the order of their declaration."""
    return {name: value for name, value in vars(owner).items() if isinstance(value, Column)}


@dataclass(frozen=True)
class Setting:
    """What a configuration key may hold: inclusive bounds or a closed list of choices.

    A ``place`` says where something lies or what it is called: results follow from what stands there.
    """

    low: float | None
    high: float | None
    unit: str
    meaning: str
    choices: tuple[str, ...] | None = None
    place: bool = False


def setting(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    unit: str = "",
    meaning: str,
    choices: tuple[str, ...] | None = None,
    place: bool = False,
) -> Any:
    """Declare a configuration field with its default, inclusive bounds, unit and meaning."""
    return dataclasses.field(default=default, metadata={"setting": Setting(low, high, unit, meaning, choices, place)})
