"""Exponential, logarithm and normal quantile for the few hundred numbers of a path: never compiled.

They are those of :mod:`sim.kernels.transforms`, so a path has the same bits on every machine; as plain Python
they cost microseconds where compiling them would cost every process more than half a second.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from sim.kernels import transforms


def plain(function: Any) -> Callable[[float], float]:
    """Return a function as it was written, with what it calls in its own module as written too."""
    written = function.py_func
    names = dict(written.__globals__)
    for name in written.__code__.co_names:
        if hasattr(names.get(name), "py_func"):
            names[name] = plain(names[name])
    return FunctionType(written.__code__, names, written.__name__, written.__defaults__)


exp = plain(transforms.exponential_function)
log = plain(transforms.logarithm)
normal_quantile = plain(transforms.normal_quantile)
