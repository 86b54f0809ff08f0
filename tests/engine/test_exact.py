"""Sums of many numbers are those of the standard library, to the last bit."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from sim.engine.loops.compiled import COMPILING
from sim.engine.loops.exact import MANY, PARTS, add_exactly, exact_sum
from sim.engine.loops.order import mean, total

WRITTEN = getattr(add_exactly, "py_func", add_exactly)
LEAST, LARGEST = 5e-324, 1.7e308


def spread(rows: int) -> np.ndarray:
    luck = np.random.default_rng(rows)
    return luck.normal(size=rows) * 10.0 ** luck.integers(-300, 300, rows)


@pytest.mark.parametrize(
    "values",
    [
        spread(0),
        spread(1),
        spread(999),
        np.random.default_rng(1).random(3000),
        np.array([LARGEST, -LARGEST, LEAST, -0.0, 0.1]),
        np.array([2.0**-1022, LEAST, -3e-310] * 7),
        np.repeat(np.nextafter(2.0**31, 0.0), 77),
        np.repeat(-LEAST, 5),
    ],
)
def test_a_sum_is_the_standard_library_s(values):
    assert exact_sum(values).hex() == math.fsum(values.tolist()).hex()
    assert exact_sum(values) == exact_sum(values[::-1]) == float(sum(map(Fraction, values.tolist())))


def test_parts_hold_every_number_compiled_and_as_written():
    """2**-1074 has the lowest bit of the first part; 2**1023 bit 2097, the last but 14 of those there are."""
    values = np.array([LEAST, 1.0, -1.0, 1.0, 2.0**1023, 0.75, -(2.0**-40)])
    for add in (add_exactly, WRITTEN):
        parts = np.zeros(PARTS, dtype=np.int64)
        assert add(values.view(np.int64), parts)
        held = {place: int(of) for place, of in enumerate(parts) if of}
        assert sum(Fraction(of * 2 ** (32 * place), 2**1074) for place, of in held.items()) == sum(
            map(Fraction, values.tolist())
        )
        assert (held[0], held[65]) == (1, 1 << (2097 - 65 * 32))


def test_what_is_not_finite_is_told_as_the_standard_library_does():
    assert exact_sum(np.array([1.0, math.inf])) == math.inf
    assert math.isnan(exact_sum(np.array([1.0, math.nan])))
    with pytest.raises(ValueError, match="inf"):
        exact_sum(np.array([math.inf, -math.inf]))
    with pytest.raises(OverflowError):
        exact_sum(np.array([LARGEST, LARGEST]))


def test_many_numbers_are_added_here_and_few_elsewhere(monkeypatch):
    asked = []
    monkeypatch.setattr("sim.engine.loops.order.exact_sum", lambda values: asked.append(len(values)) or 7.0)
    many, few = np.ones((2, MANY)), np.ones(MANY - 1)
    assert total(few) == MANY - 1 and not asked
    assert total(many) == (7.0 if COMPILING else 2 * MANY) and mean(few) == 1.0
    assert asked == ([2 * MANY] if COMPILING else [])
