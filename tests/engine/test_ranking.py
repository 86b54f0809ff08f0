"""The order of numbers is that of a stable sort."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.loops.ranking import BYTES, order_of, sort_by_bytes

WRITTEN = getattr(sort_by_bytes, "py_func", sort_by_bytes)
LUCK = np.random.default_rng(5)


@pytest.mark.parametrize(
    "values",
    [
        LUCK.normal(size=700),
        np.round(LUCK.normal(size=700), 1),
        -(350.0 + 600.0 * LUCK.random(700).astype(np.float32)).astype(np.float64),
        LUCK.normal(size=90) * 10.0 ** LUCK.integers(-300, 300, 90),
        np.array([0.0, -0.0, 1.0, 0.0, -0.0, -1.0, np.inf, -np.inf, 5e-324, -5e-324]),
        np.zeros(4),
        np.array([2.0]),
        np.empty(0),
    ],
)
def test_it_is_that_of_a_stable_sort(values):
    assert order_of(values).tolist() == np.argsort(values, kind="stable").tolist()
    assert order_of(values[::-1]).tolist() == np.argsort(values[::-1], kind="stable").tolist()


def test_compiled_and_as_written_are_the_same():
    values = np.round(LUCK.normal(size=60), 1) + 0.0
    for sort in (sort_by_bytes, WRITTEN):
        words, rows = np.empty((2, 2, len(values)), dtype=np.int64)
        words[0] = values.view(np.int64)
        found = rows[sort(words, rows, np.zeros((BYTES, 256), dtype=np.int64))]
        assert found.tolist() == np.argsort(values, kind="stable").tolist()


def test_whole_numbers_and_lists_are_taken_as_real_ones():
    assert order_of([3, 1, 2, 1]).tolist() == [1, 3, 2, 0]
