"""Closes that are packed say what they said before, of every row, in half the room."""

from __future__ import annotations

import numpy as np
import pytest

from sim.lender.closes import (
    COLUMNS,
    UNIT,
    gather,
    gather_changes,
    is_marked,
    is_packed,
    lessened,
    look_up,
    look_up_five,
    look_up_marked,
    mark,
    mark_changes,
    of_rows,
    packed,
    packed_book,
    room_for,
    size_of,
    take_down,
    unit_of,
    unpacked,
    whole_limits,
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
    found = unpacked([less])
    for column in COLUMNS:
        assert np.array_equal(found[column], given[column]) and found[column].dtype == given[column].dtype, column
    assert unit_of(less) == (1 if name in {"larger", "no multiple", "below 0", "far below 0"} else UNIT)
    assert unpacked([given]).keys() == given.keys()


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
        assert np.array_equal(unpacked([found])[column], whole[column]), column
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
            take_down(rows, [one], *told[-1])
        assert np.array_equal(*told)
    if name == "usual":
        assert told[0].shape == (3, 0)


def test_who_came_later_stays_as_it_is():
    for one in (close(66), packed(close(66))):
        told = np.full((3, 2), -1, dtype=np.int64)
        take_down(np.array([64, 500]), [one], *told)
        assert told.tolist() == [[1 + 37 * 64, -1], [UNIT * 65, -1], [13, -1]]


def test_some_rows_of_a_close_stay_packed():
    given, stay = close(300), np.arange(400) % 4 == 1
    for one in (given, packed(given)):
        (some,) = of_rows([one], stay)
        assert is_packed(some) == is_packed(one)
        for column in COLUMNS:
            assert np.array_equal(unpacked([some])[column], given[column][stay[:300]])


def months_of(kind: str, count: int = 7) -> tuple[list[dict], list[dict]]:
    """Whole closes, and the same packed, all but the last one lessened: a few limits change, and rows are added."""
    luck, whole, less = np.random.default_rng(3), [], []
    for month in range(count):
        one = close(400 + 3 * month)
        if whole:
            one["limit"][: len(whole[-1]["limit"])] = whole[-1]["limit"]
        some = luck.integers(0, len(one["limit"]), 9)
        one["limit"][some] = np.where(luck.random(9) < 0.3, 0, UNIT * luck.integers(1, 900, 9))
        one["limit"][5] = 77 if kind == "no multiples for a while" and month in (2, 3) else UNIT * (1 + month)
        whole.append({name: values.copy() for name, values in one.items()})
        now = whole[-1] if kind == "a last one that is whole" and month == count - 1 else packed(one)
        less = [*less[:-1], *(lessened(earlier, now) for earlier in less[-1:]), now]
    return whole, less


@pytest.mark.parametrize("kind", ["usual", "no multiples for a while", "a last one that is whole"])
def test_limits_are_those_that_changed_since(kind):
    whole, less = months_of(kind)
    assert [len(one["limit"]) < 12 for one in less] == [True] * 6 + [False] and whole_limits(less) == 6
    rows = np.array([0, 5, 63, 64, 130, 399, 400, 403, 417, 500])
    for back in range(1, 8):
        for column, values in unpacked(less[-back:]).items():
            assert np.array_equal(values, whole[-back][column]), (back, column)
        told = np.full((2, 3, len(rows)), -1, dtype=np.int64)
        take_down(rows, whole[-back:], *told[0])
        take_down(rows, less[-back:], *told[1])
        assert np.array_equal(*told) and told[0].max() > 0
    stay = np.arange(500) % 3 > 0
    some = of_rows(less, stay)
    assert [one.keys() for one in some] == [one.keys() for one in less]
    assert all(len(one["limit"]) <= len(other["limit"]) for one, other in zip(some, less, strict=True))
    for back in range(1, 8):
        for column, values in unpacked(some[-back:]).items():
            assert np.array_equal(values, whole[-back][column][stay[: len(whole[-back][column])]]), (back, column)
    read = list(less)
    again = of_rows(read, stay, last=True)
    assert not any("owed" in one for one in read), "what is read for the last time goes"
    assert all("owed" in one for one in less), "and who shares it keeps it"
    for one, other in zip(some, again, strict=True):
        assert all(np.array_equal(one[column], other[column]) for column in one)


def test_bytes_of_a_row():
    """Three quarters have a line, half owe, few are late, as in a book of three years; one limit in 64 changes."""
    places = np.arange(64_000)
    some = {
        "owed": np.where(places % 4 < 2, 1_234_567, 0).astype(np.int32),
        "limit": np.where(places % 4 < 3, 2_000_000, 0).astype(np.int32),
        "late": (places % 50 == 0).astype(np.int8),
    }
    last = packed(some)
    earlier = lessened(last, packed({**some, "limit": np.where(places % 64 == 1, UNIT, some["limit"])}))
    for one, limits in ((last, 2), (earlier, 2 / 64 + 12 / 64)):
        arrays = [value for value in one.values() if isinstance(value, np.ndarray)]
        taken = sum(array.nbytes for array in arrays) / len(places)
        assert taken == pytest.approx(0.5 * 4 + 12 / 64 + 0.02 * 5 + limits)


def test_rows_of_a_whole_close_are_looked_up():
    found = np.zeros((3, 3), dtype=np.int64)
    look_up(np.array([0, 2, 5]), np.array([10, 20, 30]), np.array([40, 50, 60]), np.array([1, 2, 3]), *found)
    assert found.tolist() == [[10, 30, 0], [40, 60, 0], [1, 3, 0]]


def test_words_say_which_rows_owe_and_how_many_before():
    words, before = room_for(65)
    debts, limits = np.zeros(3, np.int32), np.ones(65, np.uint16)
    principal, interest, limit = (np.zeros(65, np.int32) for _ in range(3))
    line = np.full(65, LINE_OPEN, np.int8)
    principal[2], interest[[2, 64]], limit[[3, 5, 64]] = 4, (1, 7), (2 * UNIT, UNIT, UNIT)
    line[5] = LINE_CLOSED
    assert tuple(mark(principal, interest, limit, line, words, before, limits)) == (2, True)
    assert words.tolist() == [4, 1] and before.tolist() == [0, 1]
    assert limits[[3, 5, 64]].tolist() == [2, 0, 1] and limits.sum() == 3
    gather(principal, interest, words, debts)
    assert debts[:2].tolist() == [5, 7]
    found = np.full(3, 9, np.int64)
    look_up_marked(np.array([2, 4, 64]), words, before, debts, 3, found)
    assert found.tolist() == [15, 9, 21]
    assert np.flatnonzero(is_marked(words, 65)).tolist() == [2, 64]


def test_words_say_which_limits_are_others_now():
    then, now = np.arange(130, dtype=np.uint16), np.arange(140, dtype=np.uint16)
    now[[1, 64, 129]] = 0
    words, before = room_for(130)
    assert mark_changes(then, now, words, before) == 3
    assert words.tolist() == [2, 1, 2] and before.tolist() == [0, 1, 2]
    limits = np.zeros(4, np.uint16)
    gather_changes(then, words, limits)
    assert limits[:3].tolist() == [1, 64, 129]


def test_five_closes_are_looked_up_at_once_as_one_after_the_other():
    rows, closes = np.array([1, 4, 9, 62]), [close(10), close(5), close(0), close(64), close(30)]
    found, singly = np.zeros((2, 3, 5, 4), dtype=np.int64)
    look_up_five(rows, *[one[column] for one in closes for column in COLUMNS], *found)
    for place, one in enumerate(closes):
        look_up(rows, *[one[column] for column in COLUMNS], *singly[:, place])
    assert np.array_equal(found, singly) and found[:, 3].all(axis=1).tolist() == [False, False, False]
    assert found[0, 0].tolist() == [38, 149, 0, 0] and not found[:, 2].any()
