"""The middle of many numbers is that which sorting them gives."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.loops.middle import PARTS, find_middle, middle


def by_sorting(values, told, step):
    rows = sorted(int(value) for value, one in zip(values[::step], told[::step], strict=True) if one)
    return int((rows[(len(rows) - 1) // 2] + rows[len(rows) // 2]) / 2) if rows else 0


@pytest.mark.parametrize("largest", [1, 3, PARTS, PARTS + 1, 10**6, 10**14])
def test_it_is_what_sorting_gives(largest):
    luck = np.random.default_rng(largest % 97)
    for rows in (*range(1, 9), 40, 301):
        for share, step in ((1.0, 1), (0.5, 1), (0.8, 3)):
            values = luck.integers(-largest, largest, rows, endpoint=True)
            told = (luck.random(rows) < share).astype(np.int8)
            assert middle(values, told, step) == by_sorting(values, told, step), (values, told, step)


def test_by_hand():
    values = np.array([70, 10, 40, 20, 99, 41])
    everybody = np.ones(6, dtype=np.int8)
    assert middle(values, everybody, 1) == 40, "40 and 41, of whose mean the half is cut off"
    assert middle(values, np.array([1, 1, 1, 0, 1, 1], np.int8), 1) == 41
    assert middle(values, everybody, 2) == 70 and middle(values, np.zeros(6, np.int8), 1) == 0
    assert middle(np.array([-3, -4]), everybody[:2], 1) == -3, "towards 0"
    assert middle(values[:0], everybody[:0], 1) == 0


def test_both_numbers_in_the_middle_are_told():
    room, both = np.empty((2, 5), dtype=np.int64), np.zeros(2, dtype=np.int64)
    for values, found in (
        ([5, 9, 5, 9], [5, 9]),
        ([5, 5, 5, 9], [5, 5]),
        ([7, 9, 8], [8, 8]),
        ([5, 9_000], [5, 9_000]),
    ):
        find_middle(np.array(values), np.ones(len(values), np.int8), 1, *room, both)
        assert both.tolist() == found
