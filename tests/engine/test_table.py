"""Tables: rows keep their numbers, ranges hold, what is saved comes back."""

from __future__ import annotations

import copy
import math
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.tables.declare import Column
from sim.engine.tables.narrow import first_outside, limits, narrow, narrow_array
from sim.engine.tables.room import LARGE, copied, holds, put, room, staggered, taken
from sim.engine.tables.table import Table
from tests.engine.running import pages, told_by_linux

COLUMNS = {
    "cash": Column("int64", 0, None, "fen", "liquid money"),
    "months_past_due": Column("int8", 0, 13, "months", "since the first missed payment"),
    "rate": Column("float32", 0.0, 0.2, "a year", "price of the loan"),
}
DTYPES = ("bool", "uint8", "int8", "uint16", "int32", "int64", "uint64", "float32", "float64")


def filled(rows: int = 5, capacity: int = 8) -> Table:
    table = Table(COLUMNS, capacity)
    table.append(rows)
    table["cash"][:] = np.arange(rows) * 100
    table["months_past_due"][:] = np.arange(rows) % 14
    table["rate"][:] = 0.2
    return table


def test_columns_are_views_of_the_rows_in_use() -> None:
    table = filled()
    view = table["cash"]
    view[2] = 7
    assert len(view) == 5 and table.array("cash")[2] == 7 and len(table.array("cash")) == 8
    assert np.shares_memory(view, table.array("cash")) and view.dtype == np.int64
    assert (table.size, table.capacity, table.bytes_per_row) == (5, 8, 8 + 1 + 4)


def test_an_append_within_capacity_moves_nothing() -> None:
    table = filled()
    before = table.array("cash")
    assert table.append(3) == slice(5, 8) and table.array("cash") is before
    assert table["cash"].tolist() == [0, 100, 200, 300, 400, 0, 0, 0]
    assert table.append(0) == slice(8, 8) and table.capacity == 8


def test_an_append_past_capacity_grows_by_half_and_keeps_row_numbers() -> None:
    table = filled(8)
    stale = table["cash"]
    assert table.append(1) == slice(8, 9) and table.capacity == 12
    assert table["cash"].tolist() == [0, 100, 200, 300, 400, 500, 600, 700, 0]
    stale[0] = 99
    assert table["cash"][0] == 0
    assert table.append(100) == slice(9, 109) and table.capacity == 109


CHANGES = {
    "an append within the capacity": lambda table: table.append(2),
    "an append past the capacity": lambda table: table.append(9),
    "fewer rows loaded": lambda table: table.load(filled(3).save()),
    "more rows loaded": lambda table: table.load(filled(20, 20).save()),
    "fewer rows taken": lambda table: table.take(filled(3)),
    "more rows taken": lambda table: table.take(filled(20, 20)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_column_asked_for_again_is_of_the_rows_in_use_where_they_lie_now(change) -> None:
    table = filled()
    seen = table["cash"]
    assert table["cash"] is seen
    change(table)
    assert len(table["cash"]) == table.size != 5 and np.shares_memory(table["cash"], table.array("cash"))


def test_a_table_that_another_took_lets_its_columns_go() -> None:
    taken = filled()
    assert len(taken["cash"]) == 5
    filled().take(taken)
    with pytest.raises(KeyError, match="cash"):
        taken["cash"]


def test_a_locked_column_is_read_alone_also_where_a_view_was_kept() -> None:
    table = Table(COLUMNS, 5)
    table.append(3)
    before = table["cash"]
    table.lock(["cash"], True)
    for writes in (lambda: table["cash"].fill(1), lambda: table.array("cash").fill(1)):
        with pytest.raises(ValueError, match="read-only"):
            writes()
    table["rate"][:] = 0.1
    before[0] = 2
    table.lock(["cash"], False)
    table["cash"][1] = 3
    assert table["cash"].tolist() == [2, 3, 0]


def test_a_huge_capacity_costs_nothing_until_used() -> None:
    assert Table(COLUMNS, 10**9).capacity == 10**9


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda table: table["csh"], KeyError, "no column 'csh'; nearest: cash"),
        (lambda table: table.array("months_past"), KeyError, "nearest: months_past_due"),
        (lambda table: table["zzz"], KeyError, "known: cash, months_past_due, rate"),
        (lambda table: table.append(-1), ValueError, "count: -1"),
        (lambda table: Table(COLUMNS, -1), ValueError, "capacity: -1"),
        (lambda table: Table({"a b": COLUMNS["cash"]}, 1), ValueError, "'a b'"),
        (lambda table: Table({"name": Column("U4", None, None, "", "")}, 1), TypeError, "name: dtype 'U4'"),
        (lambda table: table.load({"cash": np.zeros(1, np.int64)}), ValueError, "months_past_due: missing"),
        (lambda table: table.load(table.save() | {"csh": np.zeros(1)}), ValueError, "csh: no such column"),
        (lambda table: table.load(table.save() | {"cash": np.zeros(5)}), ValueError, "cash: 1-dim.*int64"),
        (lambda table: table.load(table.save() | {"cash": np.zeros(4, np.int64)}), ValueError, "length"),
        (lambda table: Table.adopt(COLUMNS, table.save(), 6), ValueError, r"size: 6 is outside 0\.\.5"),
    ],
)
def test_errors_name_what_is_wrong(call, error: type[Exception], words: str) -> None:
    table = filled()
    before = table.checksum()
    with pytest.raises(error, match=words):
        call(table)
    assert table.checksum() == before


def test_check_ranges_names_the_column_row_and_value() -> None:
    table = filled()
    assert table.check_ranges() == []
    table["months_past_due"][3] = 14
    table["cash"][1:] = -5
    table["rate"][4] = math.nan
    assert table.check_ranges() == [
        "cash[1]: -5 is outside 0..9223372036854775807 fen",
        "months_past_due[3]: 14 is outside 0..13 months",
        "rate[4]: nan is outside 0.0..0.2 a year",
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=8), st.integers(0, 20))
def test_any_sequence_of_appends_keeps_every_row(counts: list[int], capacity: int) -> None:
    table, expected = Table(COLUMNS, capacity), []
    for count in counts:
        new = table.append(count)
        assert table["cash"][new].tolist() == [0] * count
        values = [len(expected) + place for place in range(count)]
        table["cash"][new] = values
        expected += values
        assert table["cash"].tolist() == expected and table.size == len(expected) <= table.capacity


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 20))
def test_save_and_load_restore_rows_and_leave_no_trace(rows: int, later: int, capacity: int) -> None:
    table = filled(rows, capacity)
    saved, before = table.save(), table.checksum()
    table.append(later)
    table["cash"][:] = 77
    table.load(saved)
    assert table.checksum() == before and table.size == rows
    table.append(later)
    assert table["cash"][rows:].tolist() == [0] * later
    other = Table(COLUMNS, 0)
    other.load(saved)
    assert other.checksum() == before
    saved["cash"][:] = 1
    assert other.checksum() == before


@pytest.mark.parametrize("count", [0, 1, LARGE // 4 - 1, LARGE // 4, LARGE * 10])
def test_room_is_zeros_to_write_to(count: int) -> None:
    values = room(count, np.int32)
    assert (values.shape, values.dtype) == ((count,), np.int32) and not values.any()
    values[:] = 7
    assert values.sum() == 7 * count and not room(count, np.int32).any()


@told_by_linux
def test_room_takes_memory_where_it_is_written_to_and_gives_it_back() -> None:
    """Also what is smaller than an allocator gives pages of its own, once it has had some of that size back."""
    given_back = np.ones(8 * LARGE, np.int8)
    del given_back
    values = room(2 * LARGE, np.int8)
    assert pages(values) == 0
    values[: LARGE // 2] = 1
    assert LARGE // 2 // 4096 - 1 <= pages(values) < 1.5 * LARGE // 4096
    assert pages(copied(values)) > LARGE // 4096 and pages(copied(values[LARGE:])) == 0
    span = values.ctypes.data, values.nbytes
    del values
    mapped = Path("/proc/self/maps").read_text().splitlines()
    assert not any(span[0] <= int(line.split("-")[0], 16) < sum(span) for line in mapped)


@told_by_linux
def test_of_what_is_not_filled_a_value_takes_its_page_alone() -> None:
    values = room(8 * LARGE, np.int8)
    values[5 * LARGE] = 1
    assert pages(values) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system copies no process")
def test_what_a_copy_of_the_process_writes_is_its_own() -> None:
    values = room(LARGE, np.int8)
    child = os.fork()
    if not child:
        values[:] = 1
        os._exit(int(values[-1]) - 1)
    assert os.waitpid(child, 0)[1] == 0 and not values.any()


def test_some_rows_are_taken_in_order_and_of_nothing_there_are_zeros() -> None:
    rows = np.arange(0, 2 * LARGE, 3)
    for values in (np.arange(2 * LARGE), np.zeros(2 * LARGE), np.arange(5, dtype=np.int16)):
        some = rows[rows < len(values)]
        found = taken(values, some)
        assert found.dtype == values.dtype and np.array_equal(found, values[some])
        assert not np.shares_memory(found, values)


def test_a_large_column_holds_something_where_a_bit_is_set() -> None:
    assert holds(np.zeros(3)), "a small one is not looked through"
    for dtype in ("int8", "float64"):
        values = np.zeros(LARGE, dtype)
        assert not holds(values)
        values[-1] = -0.0 if dtype == "float64" else 1
        assert holds(values) and holds(values[::-1])
        assert np.array_equal(copied(values), values) and np.signbit(copied(values)[-1]) == (dtype == "float64")


def test_rows_are_put_in_the_place_of_others_and_zeros_of_what_was_there() -> None:
    zeros, ones = np.zeros(LARGE, np.int8), np.ones(LARGE, np.int8)
    for there in (zeros, ones):
        for values in (zeros, ones):
            array = np.concatenate([there, there])
            put(array, values)
            assert np.array_equal(array[:LARGE], values) and np.array_equal(array[LARGE:], there)


def test_columns_start_some_lines_into_a_page() -> None:
    columns = [staggered(5000, kind, place) for place, kind in enumerate(("int8", "int64"))]
    assert not staggered(4095, "int8", 3).any(), "what is smaller than a page lies anywhere"
    assert [column.ctypes.data % 4096 for column in columns] == [0, 320] and not np.concatenate(columns).any()


@told_by_linux
def test_a_column_of_zeros_takes_no_memory_when_it_is_saved_loaded_or_moved() -> None:
    rows = 8 * LARGE  # of 4 bytes: what the allocator gives that much for was never written to
    table = Table({"rate": COLUMNS["rate"], "late": COLUMNS["months_past_due"]}, rows)
    table.append(rows)
    table["late"][:] = 5
    other, third = Table(table.columns, 0), Table(table.columns, rows)
    saved = table.save()
    other.load(saved)
    third.take(table)
    third.append(1)
    for columns in (saved, other, third):
        assert pages(columns["rate"]) < 10 and pages(columns["late"]) > 1_500
        assert columns["late"][:rows].min() == 5 and not columns["rate"].any()


def test_a_table_that_is_done_with_gives_its_columns_away() -> None:
    table = filled()
    whole, there = table.save(), table.array("cash")
    columns = table.give_away()
    assert np.shares_memory(columns["cash"], there) and {len(values) for values in columns.values()} == {5}
    assert all(np.array_equal(columns[name], values) for name, values in whole.items())
    assert (table.size, table.capacity) == (0, 0)
    with pytest.raises(KeyError):
        table.array("cash")


def test_the_last_to_load_leaves_nothing_behind() -> None:
    saved, other = filled().save(), Table(COLUMNS, 0)
    other.load(saved)
    assert set(saved) == set(COLUMNS)
    other.load(saved, last=True)
    assert not saved and other.checksum() == filled().checksum()


def test_the_checksum_sees_values_names_types_and_size() -> None:
    base = filled().checksum()
    changed = filled()
    changed["rate"][4] = 0.1
    longer = filled()
    longer.append(1)
    renamed = Table.adopt({"money": COLUMNS["cash"]}, {"money": np.arange(3)}, 3)
    narrow_column = Table.adopt({"cash": COLUMNS["cash"]}, {"cash": np.arange(3)}, 3)
    sums = [base, changed.checksum(), longer.checksum(), renamed.checksum(), narrow_column.checksum()]
    assert len(set(sums)) == 5 and filled(capacity=99).checksum() == base


def test_pickle_and_deepcopy_hold_only_rows_in_use() -> None:
    table = filled(5, 1_000_000)
    stored = pickle.dumps(table)
    assert len(stored) < 2000
    for twin in (pickle.loads(stored), copy.deepcopy(table)):
        assert twin.checksum() == table.checksum() and twin.capacity == 1_000_000
        twin["cash"][0] = 5
        assert table["cash"][0] == 0


@st.composite
def declared(draw: st.DrawFn) -> Column:
    dtype = draw(st.sampled_from(DTYPES))
    bounds = sorted(draw(st.tuples(*[st.floats(-1e20, 1e20) | st.integers(-300, 300)] * 2)))
    low, high = (draw(st.sampled_from([bound, None])) for bound in bounds)
    return Column(dtype, low, high, "", "")


NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([0, 1, 127, 128, -1, 0.1, 2**63 - 1, 2**64])


@settings(max_examples=400, deadline=None)
@given(declared(), NUMBERS)
def test_a_value_is_stored_without_damage_or_refused(column: Column, value: float) -> None:
    low, high = limits(column)
    try:
        number = narrow("x", column, value)
    except (TypeError, ValueError, OverflowError):
        whole_wanted = not column.is_float and isinstance(value, float)
        assert whole_wanted or not low <= float(value) <= high or not low <= value <= high
        return
    stored = np.zeros(1, dtype=column.dtype)
    stored[0] = number
    assert first_outside(column, stored) is None, "what may be stored is in range when read back"
    if column.is_float:
        assert stored[0] == np.dtype(column.dtype).type(value) and np.isfinite(stored[0])
    else:
        assert int(stored[0]) == value


@settings(max_examples=200, deadline=None)
@given(declared(), st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 200), max_size=6))
def test_arrays_meet_the_same_ranges_as_single_values(column: Column, values: list[int]) -> None:
    low, high = limits(column)
    outside = [place for place, value in enumerate(values) if not low <= value <= high]
    array = np.array(values, dtype=np.int64)
    assert first_outside(column, array) == (outside[0] if outside else None)
    if outside:
        with pytest.raises(ValueError, match=f"x: {values[outside[0]]} is outside"):
            narrow_array("x", column, array)
    else:
        assert narrow_array("x", column, array).tolist() == array.astype(column.dtype).tolist()


def test_a_bound_itself_may_be_stored_and_read_back() -> None:
    column = Column("float32", 0.2, 0.24, "", "")
    stored = np.array([narrow("x", column, 0.2), narrow("x", column, 0.24)], dtype=column.dtype)
    assert first_outside(column, stored) is None and stored[0].item() > 0.2 and stored[1].item() < 0.24
    assert first_outside(column, np.array([0.2001, 0.1999, 0.2], np.float32)) == 1
    assert limits(Column("int8", 0.5, 2.5, "", "")) == (1, 2)
    assert limits(Column("uint16", -3, 1e9, "", "")) == (0, 65535)


@pytest.mark.parametrize(
    ("column", "value"),
    [("cash", 3.0), ("cash", "3"), ("cash", None), ("cash", [1]), ("rate", "0.1"), ("rate", 1j)],
)
def test_values_of_another_kind_are_refused(column: str, value: object) -> None:
    with pytest.raises(TypeError, match=column):
        narrow(column, COLUMNS[column], value)


@pytest.mark.parametrize("values", [np.array([1.0]), np.array(["a"]), np.array([None])])
def test_arrays_of_another_kind_are_refused(values: np.ndarray) -> None:
    with pytest.raises(TypeError, match="cash"):
        narrow_array("cash", COLUMNS["cash"], values)
