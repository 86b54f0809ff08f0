"""Closes that are packed say what they said before, of every row, in half the room."""

from __future__ import annotations

import numpy as np
import pytest

from sim.lender.closes import (
    COLUMNS,
    UNIT,
    gather,
    is_packed,
    look_up,
    look_up_five,
    look_up_packed,
    mark,
    of_rows,
    packed,
    packed_book,
    size_of,
    take_down,
    unit_of,
    unpacked,
)
from sim.lender.lines import closed
from sim.loan.states import LINE_CLOSED, LINE_OPEN

LARGEST = 65_535 * UNIT


def close(rows: int, **changes):
    """A close in which every third row has nothing, every seventh a line and no debt, every fifth is late."""
    places = np.arange(rows)
    some = places % 3 != 0
    found = {
        "owed": np.where(some & (places % 7 != 0), 1 + 37 * places, 0).astype(np.int32),
        "limit": np.where(some, UNIT * (1 + places % 900), 0).astype(np.int32),
        "late": np.where(places % 5 == 4, 1 + places % 13, 0).astype(np.int8),
    }
    for name, (row, value) in changes.items():
        found[name][row] = value
    return found


CLOSES = {
    "usual": close(1_000),
    "full words": close(128),
    "one": close(1),
    "none": close(0),
    "all in order": {**close(200), "late": np.zeros(200, np.int8)},
    "largest in units": close(200, limit=(7, LARGEST)),
    "larger": close(200, limit=(7, LARGEST + UNIT)),
    "no multiple": close(200, limit=(8, 3 * UNIT + 1)),
    "below 0": close(200, limit=(8, -UNIT)),
    "far below 0": close(200, limit=(8, -(2**31))),
}


@pytest.mark.parametrize("name", CLOSES)
def test_nothing_is_lost(name):
    given = CLOSES[name]
    less = packed(given)
    assert is_packed(less) and not is_packed(given) and size_of(less) == size_of(given) == len(given["owed"])
    found = unpacked(less)
    for column in COLUMNS:
        assert np.array_equal(found[column], given[column]) and found[column].dtype == given[column].dtype, column
    assert unit_of(less) == (1 if name in {"larger", "no multiple", "below 0", "far below 0"} else UNIT)
    assert unpacked(given).keys() == given.keys()


@pytest.mark.parametrize("rows", [0, 1, 64, 1_000])
def test_a_book_is_packed_as_its_whole_close_is(rows):
    places = np.arange(rows)
    some = close(rows)
    book = {"limit": some["limit"], "principal": some["owed"], "interest": (places % 11 == 3).astype(np.int32)}
    book["line"] = np.where(places % 4 == 1, LINE_CLOSED, LINE_OPEN).astype(np.int8)
    late = some["late"]
    found, whole = closed(book, late, pack=True), closed(book, late)
    assert is_packed(found) and not is_packed(whole)
    for column in COLUMNS:
        assert np.array_equal(unpacked(found)[column], whole[column]), column
    again = packed_book(*(book[name] for name in ("principal", "interest", "limit", "line")), late)
    for told, expected in ((again, found), (packed(whole), found)):
        assert all(np.array_equal(told[name], expected[name]) for name in expected)


@pytest.mark.parametrize("name", CLOSES)
def test_rows_are_taken_down_as_from_a_whole_close(name):
    given = CLOSES[name]
    for rows in (np.arange(len(given["owed"]) + 70), np.array([0, 4, 9, 63, 64, 65, 199, 3_000]), np.array([], int)):
        told = []
        for one in (given, packed(given)):
            told.append(np.full((3, len(rows)), 0, dtype=np.int64))
            take_down(rows, one, *told[-1])
        assert np.array_equal(*told)
    if name == "usual":
        assert told[0].shape == (3, 0)


def test_who_came_later_stays_as_it_is():
    for one in (close(66), packed(close(66))):
        told = np.full((3, 2), -1, dtype=np.int64)
        take_down(np.array([64, 500]), one, *told)
        assert told.tolist() == [[1 + 37 * 64, -1], [UNIT * 65, -1], [13, -1]]


def test_some_rows_of_a_close_stay_packed():
    given, stay = close(300), np.arange(400) % 4 == 1
    for one in (given, packed(given)):
        some = of_rows(one, stay)
        assert is_packed(some) == is_packed(one)
        for column in COLUMNS:
            assert np.array_equal(unpacked(some)[column], given[column][stay[:300]])


def test_bytes_of_a_row():
    """Three quarters have a line, half owe, few are late, as in a book of three years."""
    places = np.arange(64_000)
    some = {
        "owed": np.where(places % 4 < 2, 1_234_567, 0).astype(np.int32),
        "limit": np.where(places % 4 < 3, 2_000_000, 0).astype(np.int32),
        "late": (places % 50 == 0).astype(np.int8),
    }
    less = packed(some)
    arrays = [value for value in less.values() if isinstance(value, np.ndarray)]
    assert sum(array.nbytes for array in arrays) / len(places) == pytest.approx(0.75 * 6 + 12 / 64 + 0.02 * 5)


def test_rows_of_a_whole_close_are_looked_up():
    found = np.zeros((3, 3), dtype=np.int64)
    look_up(np.array([0, 2, 5]), np.array([10, 20, 30]), np.array([40, 50, 60]), np.array([1, 2, 3]), *found)
    assert found.tolist() == [[10, 30, 0], [40, 60, 0], [1, 3, 0]]


def test_words_say_which_rows_are_there_and_how_many_before():
    words, before = np.zeros(2, np.uint64), np.zeros(2, np.int32)
    debts, limits = np.zeros(4, np.int32), np.zeros(4, np.uint16)
    principal, interest, limit = (np.zeros(65, np.int32) for _ in range(3))
    line = np.full(65, LINE_OPEN, np.int8)
    principal[2], interest[[2, 64]], limit[[3, 5, 64]] = 4, (1, 7), (2 * UNIT, UNIT, UNIT)
    line[5] = LINE_CLOSED  # and nothing is owed
    book = principal, interest, limit, line
    assert tuple(mark(*book, words, before)) == (3, True)
    assert words.tolist() == [12, 1] and before.tolist() == [0, 2]
    gather(*book, words, debts, limits, True)
    assert debts[:3].tolist() == [5, 0, 7] and limits[:3].tolist() == [0, 2, 1]
    whole = np.zeros(4, np.int32)
    gather(*book, words, debts, whole, False)
    assert debts[:3].tolist() == [5, 0, 7] and whole[:3].tolist() == [0, 2 * UNIT, UNIT]
    found = np.zeros((2, 3), np.int64)
    look_up_packed(np.array([3, 4, 64]), words, before, debts, limits, UNIT, *found)
    assert found.tolist() == [[0, 0, 7], [2 * UNIT, 0, UNIT]]


def test_five_closes_are_looked_up_at_once_as_one_after_the_other():
    rows, closes = np.array([1, 4, 9, 62]), [close(10), close(5), close(0), close(64), close(30)]
    found, singly = np.zeros((2, 3, 5, 4), dtype=np.int64)
    look_up_five(rows, *[one[column] for one in closes for column in COLUMNS], *found)
    for place, one in enumerate(closes):
        look_up(rows, *[one[column] for column in COLUMNS], *singly[:, place])
    assert np.array_equal(found, singly) and found[:, 3].all(axis=1).tolist() == [False, False, False]
    assert found[0, 0].tolist() == [38, 149, 0, 0] and not found[:, 2].any()
