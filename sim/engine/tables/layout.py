"""What a table asks of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables.declare import Column
from sim.engine.tables.narrow import limits, nearest


def check_columns(columns: Mapping[str, Column]) -> None:
    """Refuse names that are not identifiers and storage types that are not numbers.

    Raises
    ------
    ValueError
        For a name.
    TypeError
        For a storage type.
    """
    for name, column in columns.items():
        if not name.isidentifier():
            raise ValueError(f"column name {name!r} is not an identifier")
        try:
            limits(column)
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from None


def check_match(columns: Mapping[str, Column], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Refuse arrays that are not those of the columns, one of each."""
    for name in columns:
        if name not in arrays:
            raise ValueError(f"{name}: missing{nearest(name, arrays)}")
    for name, array in arrays.items():
        if name not in columns:
            raise ValueError(f"{name}: no such column{nearest(name, columns)}")
        if array.ndim != 1 or array.dtype != np.dtype(columns[name].dtype):
            found = f"{array.ndim}-dimensional {array.dtype}"
            raise ValueError(f"{name}: {found}, must be 1-dimensional {columns[name].dtype}")
