"""Exponential, logarithm, normal quantile and sine for single numbers of a path: never compiled.

All but the sine are those of :mod:`sim.engine.loops.transforms`, so a path has the same bits on every machine; as
plain Python they cost microseconds. What a path needs by the hundred is worked out at once (`sim.engine.loops.order`).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from types import FunctionType
from typing import Any

from sim.engine.loops import transforms

_WHOLE, _DOUBLE = struct.Struct("<q"), struct.Struct("<d")


def bits_of(x: float) -> int:
    """Return the 64 bits of a double as a whole number, in a fifth of the time that NumPy's scalars take."""
    return int(_WHOLE.unpack(_DOUBLE.pack(x))[0])


def double_of(bits: int) -> float:
    """Return the double that 64 bits stand for."""
    return float(_DOUBLE.unpack(_WHOLE.pack(bits))[0])


def plain(function: Any) -> Callable[[float], float]:
    """Return a function as it was written, with what it calls in its own module as written too."""
    written = function.py_func
    names = {**written.__globals__, "bits_of": bits_of, "double_of": double_of}
    for name in written.__code__.co_names:
        if hasattr(names.get(name), "py_func"):
            names[name] = plain(names[name])
    return FunctionType(written.__code__, names, written.__name__, written.__defaults__)


exp = plain(transforms.exponential_function)
log = plain(transforms.logarithm)
normal_quantile = plain(transforms.normal_quantile)


def sine_of_turns(turns: float) -> float:
    """Return the sine of an angle in full turns, within 1e-15; whole and half turns give exactly 0.

    Its Taylor series on a quarter of a turn, by sums and products alone.
    """
    part = turns - math.floor(turns)
    sign = 1.0
    if part >= 0.5:
        part, sign = part - 0.5, -1.0
    angle = 2.0 * math.pi * min(part, 0.5 - part)
    term = total = sign * angle
    for power in range(2, 22, 2):
        term *= -angle * angle / (power * (power + 1))
        total += term
    return total
