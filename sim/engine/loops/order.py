"""Sums and functions whose last bit depends neither on the width of a processor's registers nor on a library's order.

NumPy's exponentials, logarithms and powers, and every product of matrices, use other instructions on other processors
and may differ there in the last place. What enters results is worked out by these instead.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engine.loops.compiled import COMPILING, plain
from sim.engine.loops.diskcache import keep
from sim.engine.loops.exact import MANY, exact_sum

Floats = NDArray[np.float64]
FEW = 64  # values below which calling a compiled loop gains nothing


def total(values: ArrayLike) -> float:
    """Sum, rounded once."""
    given = np.asarray(values)
    if given.dtype.kind in "biu":
        return float(given.sum())  # whole numbers sum up exactly in any order
    flat = np.asarray(given, dtype=np.float64).ravel()
    return exact_sum(flat) if COMPILING and flat.size >= MANY else math.fsum(flat.tolist())


def mean(values: ArrayLike) -> float:
    """Arithmetic mean of at least one value."""
    return total(values) / np.size(values)


def dot(first: ArrayLike, second: ArrayLike) -> float:
    """Sum of the products of two arrays of one shape; the sum is rounded once."""
    if (
        isinstance(first, np.ndarray)
        and isinstance(second, np.ndarray)
        and first.shape == second.shape == (first.size,)
        and first.size < FEW
    ):  # few values are multiplied and summed up quicker as lists; each is a float first, as below
        return math.fsum(map(mul, map(float, first.tolist()), map(float, second.tolist())))
    return total(np.asarray(first, dtype=np.float64) * np.asarray(second, dtype=np.float64))


def each(function: Callable[..., float], values: ArrayLike, *rest: Any) -> Floats:
    """Apply a scalar function to each value, as a rule would; ``rest`` are further arguments."""
    given = np.asarray(values, dtype=np.float64)
    flat = given.ravel()
    if COMPILING and flat.size >= FEW:
        found = np.empty_like(flat)
        _loop_over(function, len(rest))(flat, found, *rest)
    else:
        found = np.array([_as_written(function)(value, *rest) for value in flat.tolist()], dtype=np.float64)
    return found.reshape(given.shape)


_as_written = functools.cache(plain)


@functools.cache
def _loop_over(function: Callable[..., float], more: int) -> Callable[..., None]:
    """Compile a loop that calls a scalar function for each value; the same operations, so the same bits."""
    rest = "".join(f", more_{k}" for k in range(more))
    text = (
        f"def every(given, found{rest}):\n"
        "    for k in range(len(given)):\n"
        f"        found[k] = function(given[k]{rest})\n"
    )
    written = getattr(function, "py_func", each)  # a function of the standard library has no source of its own
    name = f"{function.__module__}.{function.__name__}"
    loop: Callable[..., None] = keep("every", text, {"function": function, "__name__": __name__}, [written], name)
    return loop


def column_sums(values: Floats) -> Floats:
    """Sum of each column, float64[n, k] to float64[k], from the first row to the last."""
    if values.shape[1] < 2 or not values.flags.c_contiguous:
        return np.asarray(np.add.accumulate(values, axis=0)[-1])
    # NumPy adds whole rows, in their order, along any axis but the last one in memory; there it would add in pairs.
    return np.asarray(np.add.reduce(values, axis=0))


def solve(matrix: Floats, right: Floats) -> Floats:
    """Solve a small positive definite system by Cholesky's method.

    Parameters
    ----------
    matrix : float64[k, k]
        Symmetric and positive definite.
    right : float64[k]

    Returns
    -------
    float64[k]

    Raises
    ------
    ValueError
        If the matrix is not positive definite.
    """
    rows, size = matrix.tolist(), len(right)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            left = rows[i][j] - math.fsum(lower[i][k] * lower[j][k] for k in range(j))
            if i == j and left <= 0.0:
                raise ValueError(f"matrix: {left:g} is left in column {i}, it is not positive definite")
            lower[i][j] = math.sqrt(left) if i == j else left / lower[j][j]
    half: list[float] = []
    for i in range(size):
        half.append((float(right[i]) - math.fsum(lower[i][k] * half[k] for k in range(i))) / lower[i][i])
    found = [0.0] * size
    for i in reversed(range(size)):
        later = math.fsum(lower[k][i] * found[k] for k in range(i + 1, size))
        found[i] = (half[i] - later) / lower[i][i]
    return np.array(found)
