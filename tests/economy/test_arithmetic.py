"""Exponentials and logarithms of a path are those of the rules, bit for bit."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from sim.economy.arithmetic import bits_of, double_of, exp, log, normal_quantile
from sim.engine.loops import transforms
from sim.engine.loops.compiled import plain

LUCK = np.random.default_rng(6)
ARGUMENTS = [0, 1, -1, 0.0, -0.0, 800.0, -800.0, 5e-324, *(LUCK.normal(size=999) * 10.0 ** LUCK.integers(-9, 3, 999))]


@pytest.mark.parametrize(
    ("ours", "rule", "given"),
    [
        (exp, transforms.exponential_function, ARGUMENTS),
        (log, transforms.logarithm, [abs(value) for value in ARGUMENTS]),
        (normal_quantile, transforms.normal_quantile, LUCK.uniform(size=999)),
    ],
    ids=["exp", "log", "normal quantile"],
)
def test_a_path_has_the_bits_of_a_rule(ours, rule, given):
    written = plain(rule)
    for value in given:
        found = ours(float(value))
        assert type(found) is float and struct.pack("d", found) == struct.pack("d", written(float(value))), value


def test_bits_and_back():
    assert [bits_of(value) for value in (0.0, 1.0, -2.0)] == [0, 1023 << 52, -(1 << 62)]
    assert [double_of(bits) for bits in (0, 1023 << 52, -(1 << 62))] == [0.0, 1.0, -2.0]
