"""What a column may hold, and the one way a Python value becomes a stored value."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engine.tables.declare import Column


def nearest(name: str, known: Iterable[str]) -> str:
    """Name the closest known word, as the tail of an error message.

    Parameters
    ----------
    name : str
        What the user wrote.
    known : iterable of str
        The names that exist.

    Returns
    -------
    str
        ``"; nearest: cash"``, or the list of names where nothing is close.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"; nearest: {close[0]}"
    return f"; known: {', '.join(names)}" if names else ""


@lru_cache(maxsize=4096)
def limits(column: Column) -> tuple[Any, Any]:
    """Lowest and highest value that may stand in the column, both inclusive.

    The declared range is cut to what the storage type can hold, and its ends are widened to the
    storage type's own neighbour: 0.2 stored as ``float32`` reads back as 0.200000003 and is in range.

    Parameters
    ----------
    column : Column
        The declaration; a bound of None means the storage type's own.

    Returns
    -------
    tuple
        Two ``int`` for whole-number columns, two ``float`` otherwise.

    Raises
    ------
    TypeError
        If the storage type is neither a boolean, an integer nor a real number.
    """
    dtype = np.dtype(column.dtype)
    if dtype.kind == "f":
        widest = float(np.finfo(dtype).max)
        low = min(_ends(dtype, column.low, -widest))
        high = max(_ends(dtype, column.high, widest))
        return low, high
    if dtype.kind == "b":
        lowest, highest = 0, 1
    elif dtype.kind in "iu":
        lowest, highest = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    else:
        raise TypeError(f"dtype {column.dtype!r} is not a boolean, an integer or a real number")
    if column.low is not None and column.low > lowest:
        lowest = math.ceil(column.low)
    if column.high is not None and column.high < highest:
        highest = math.floor(column.high)
    return lowest, highest


def _ends(dtype: np.dtype[Any], bound: float | None, unbounded: float) -> tuple[float, float]:
    """Return the bound as declared and as the storage type holds it."""
    if bound is None:
        return unbounded, unbounded
    if math.isinf(bound):
        return bound, bound
    widest = float(np.finfo(dtype).max)
    inside = max(-widest, min(widest, float(bound)))
    return inside, float(dtype.type(inside))


def narrow(name: str, column: Column, value: Any) -> int | float:
    """Check one value against the column and return it as the Python number to be stored.

    Parameters
    ----------
    name : str
        Column name, for the message.
    column : Column
        The declaration.
    value : int or float
        A whole number for whole-number columns (a float is refused, even 3.0: money is counted in
        whole fen), any real number otherwise.

    Returns
    -------
    int or float
        The value, unrounded; storing it narrows it to the storage type.

    Raises
    ------
    TypeError
        If the value is not a number of the column's kind.
    ValueError
        If the value is outside the range, or not a number (NaN).
    """
    if column.is_float:
        if not isinstance(value, int | float | np.number | np.bool_):
            raise TypeError(f"{name}: {value!r} is not a number")
        number: int | float = float(value)
    else:
        if not isinstance(value, int | np.integer | np.bool_):
            raise TypeError(f"{name}: {value!r} is not a whole number, and {column.dtype} holds only those")
        number = int(value)
    low, high = limits(column)
    if not low <= number <= high:
        raise ValueError(outside(name, column, number))
    return number


def narrow_array(name: str, column: Column, values: ArrayLike) -> NDArray[Any]:
    """Check an array against the column and return it in the column's storage type.

    Parameters
    ----------
    name : str
        Column name, for the message.
    column : Column
        The declaration.
    values : array_like, shape (n,)
        Whole numbers for whole-number columns, real numbers otherwise.

    Returns
    -------
    ndarray, shape (n,)
        Of dtype ``column.dtype``.

    Raises
    ------
    TypeError
        If the values are not numbers of the column's kind.
    ValueError
        If one is outside the range; the message names the first.
    """
    given = np.asarray(values)
    allowed = "biuf" if column.is_float else "biu"
    if given.size and given.dtype.kind not in allowed:
        kind = "numbers" if column.is_float else "whole numbers"
        raise TypeError(f"{name}: an array of {given.dtype} is not an array of {kind}")
    first = first_outside(column, given)
    if first is not None:
        raise ValueError(outside(name, column, given[first].item()))
    return given.astype(column.dtype)


def first_outside(column: Column, values: NDArray[Any]) -> int | None:
    """Index of the first value out of the column's range (NaN included), or None.

    Parameters
    ----------
    column : Column
        The declaration.
    values : ndarray, shape (n,)
        Values of any real dtype.

    Returns
    -------
    int or None
    """
    if values.size == 0:
        return None
    low, high = limits(column)
    # Minimum and maximum first: two passes without a temporary array, and NaN survives both.
    if low <= values.min().item() and values.max().item() <= high:
        return None
    return int(np.argmin((values >= low) & (values <= high)))


def outside(name: str, column: Column, value: int | float) -> str:
    """Return the message for a value out of range: name, value, range, unit.

    Parameters
    ----------
    name : str
        Column name, with a row if there is one.
    column : Column
        The declaration.
    value : int or float
        What was found.

    Returns
    -------
    str
    """
    low, high = limits(column)
    low = low if column.low is None else column.low
    high = high if column.high is None else column.high
    unit = f" {column.unit}" if column.unit else ""
    return f"{name}: {value} is outside {low}..{high}{unit}"
