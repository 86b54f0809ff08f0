"""Few rows out of many are listed in order, over chunks and beyond the last eight."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.loops.listing import CHUNK, SPARE, list_equal, list_flagged, rows_with


def test_flags_are_listed_behind_what_stands_there():
    flags = np.zeros(16, np.uint8)
    flags[[0, 7, 8, 10, 11]] = 1  # the last is of an earlier chunk
    rows = np.full(11 + SPARE, -1)
    rows[0] = 5
    assert list_flagged(flags, flags.view(np.uint64), 100, 11, rows, 1) == 5
    assert rows[:5].tolist() == [5, 100, 107, 108, 110] and flags[11] == 0


@pytest.mark.parametrize("size", [0, 1, 8, 9, CHUNK - 1, CHUNK, 2 * CHUNK + 3])
@pytest.mark.parametrize("every", [1, 3])
def test_rows_that_hold_a_value(size, every):
    values = (np.arange(size) % every).astype(np.int16)
    expected = np.flatnonzero(values == 0).tolist()
    assert rows_with(values, 0).tolist() == expected
    rows = np.empty(size + SPARE, np.int64)
    assert rows[: list_equal(values, 0, rows)].tolist() == expected
    assert rows_with(values, 7).tolist() == []
    assert rows_with(values, 0).base is None, "the room is let go"
