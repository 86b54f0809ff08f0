"""Checkpoints: all or nothing, exact, and a mapped fork never touches the file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.tables import checkpoint
from sim.engine.tables.checkpoint import read_checkpoint, write_checkpoint
from sim.engine.tables.declare import Column
from sim.engine.tables.table import Table

COLUMNS = {
    "cash": Column("int64", 0, None, "fen", "liquid money"),
    "rate": Column("float32", 0.0, 0.24, "a year", "price of the loan"),
    "alive": Column("bool", 0, 1, "", "in use"),
}
NUMBERS = {
    "month": -3,
    "fund": 2**80,
    "rate": 0.1 + 0.2,
    "never": None,
    "infinite": float("inf"),
    "names": ["a", "b"],
    "nested": {"on": True, "share": (1, 2.5)},
}


def filled(rows: int = 5, capacity: int = 8) -> Table:
    table = Table(COLUMNS, capacity)
    table.append(rows)
    table["cash"][:] = np.arange(rows) * 100
    table["rate"][:] = 0.07
    table["alive"][::2] = True
    return table


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("memory_map", [True, False])
def test_round_trip(tmp_path: Path, memory_map: bool) -> None:
    table, empty = filled(), Table(COLUMNS, 0)
    write_checkpoint(tmp_path / "new" / "month_24", {"private": table, "book": empty}, NUMBERS)
    tables, numbers = read_checkpoint(tmp_path / "new" / "month_24", memory_map)
    assert list(tables) == ["private", "book"]
    assert tables["private"].checksum() == table.checksum() and tables["private"].capacity == 8
    assert tables["private"].columns == COLUMNS and tables["book"].size == 0
    assert numbers == NUMBERS | {"nested": {"on": True, "share": [1, 2.5]}}
    assert type(numbers["fund"]) is int
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["month_24"]


@pytest.mark.parametrize("memory_map", [True, False])
def test_arrays_and_numpy_numbers_among_the_numbers(tmp_path: Path, memory_map: bool) -> None:
    matrix = np.arange(6, dtype=np.int64).reshape(2, 3)
    given_numbers = {
        "flows": {"matrix": matrix, "columns": matrix.T, "none": np.zeros((0, 3))},
        "count": np.int64(7),
        "share": np.float32(0.5),
        "list": [np.array(3.5)],
    }
    write_checkpoint(tmp_path / "c", {}, given_numbers)
    tables, numbers = read_checkpoint(tmp_path / "c", memory_map)
    assert tables == {}
    np.testing.assert_array_equal(numbers["flows"]["matrix"], matrix)
    np.testing.assert_array_equal(numbers["flows"]["columns"], matrix.T)
    assert numbers["flows"]["none"].shape == (0, 3) and numbers["list"][0] == 3.5
    assert type(numbers["count"]) is int and numbers["count"] == 7 and numbers["share"] == 0.5
    numbers["flows"]["matrix"][0, 0] = 9
    assert read_checkpoint(tmp_path / "c")[1]["flows"]["matrix"][0, 0] == 0


def test_a_mapped_fork_changes_neither_the_file_nor_another_fork(tmp_path: Path) -> None:
    table = filled(1000, 1500)
    write_checkpoint(tmp_path / "c", {"book": table}, {})
    before = files(tmp_path)
    first, second = read_checkpoint(tmp_path / "c")[0]["book"], read_checkpoint(tmp_path / "c")[0]["book"]
    assert first.array("cash").base is not None and type(first.array("cash")) is np.ndarray
    first["cash"][:] = 1
    new = first.append(500)
    assert first.capacity == 1500 and first["cash"][new].tolist() == [0] * 500
    first["cash"][new] = 2
    first.append(1)
    first["cash"][-1] = 3
    assert first["cash"].sum() == 1000 + 1000 + 3
    assert second.checksum() == table.checksum() and files(tmp_path) == before


def test_spare_capacity_takes_no_room(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "c", {"book": filled(10, 50_000_000)}, {})
    column = tmp_path / "c" / "book" / "cash.npy"
    assert column.stat().st_size > 400_000_000 and column.stat().st_blocks * 512 < 100_000
    fork = read_checkpoint(tmp_path / "c")[0]["book"]
    assert fork.capacity == 50_000_000 and fork.size == 10


def test_a_checkpoint_is_replaced_whole_while_a_fork_reads_on(tmp_path: Path) -> None:
    old, new = filled(5), filled(6)
    write_checkpoint(tmp_path / "c", {"book": old}, {"month": 1})
    fork = read_checkpoint(tmp_path / "c")[0]["book"]
    write_checkpoint(tmp_path / "c", {"book": new}, {"month": 2})
    tables, numbers = read_checkpoint(tmp_path / "c")
    assert tables["book"].checksum() == new.checksum() and numbers == {"month": 2}
    assert fork.checksum() == old.checksum() and [path.name for path in tmp_path.iterdir()] == ["c"]


@pytest.mark.parametrize("broken", ["_save", "_sync_folder", "_replace"])
def test_a_failed_write_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    write_checkpoint(tmp_path / "c", {"book": filled()}, {"month": 1})
    before = files(tmp_path)

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(checkpoint, broken, fail)
    with pytest.raises(OSError, match="no space"):
        write_checkpoint(tmp_path / "c", {"book": filled(6)}, {"month": 2})
    assert files(tmp_path) == before and [path.name for path in tmp_path.iterdir()] == ["c"]


def test_a_failed_rename_puts_the_old_one_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_checkpoint(tmp_path / "c", {}, {"month": 1})
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name.endswith(".partial"):
            raise OSError("interrupted")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="interrupted"):
        write_checkpoint(tmp_path / "c", {}, {"month": 2})
    assert read_checkpoint(tmp_path / "c")[1] == {"month": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"model": object()}, "numbers.model: object"),
        ({"deep": {"list": [1, {2}]}}, r"numbers.deep.list\[1\]: set"),
        ({"keys": {1: 2}}, "numbers.keys: 1 cannot be a key"),
        ({"keys": {"npy file": 2}}, "numbers.keys: 'npy file'"),
        ({"objects": np.array([None])}, "array of object"),
        ({"when": np.datetime64("2020-01-01")}, "numbers.when: date"),
    ],
)
def test_what_cannot_be_written_is_named(tmp_path: Path, numbers: dict, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        write_checkpoint(tmp_path / "c", {}, numbers)
    assert list(tmp_path.iterdir()) == []


def test_damage_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no checkpoint there"):
        read_checkpoint(tmp_path / "c")
    with pytest.raises(ValueError, match="'a/b' is not an identifier"):
        write_checkpoint(tmp_path / "c", {"a/b": filled()}, {})
    write_checkpoint(tmp_path / "c", {"book": filled()}, {})
    column, head = tmp_path / "c" / "book" / "cash.npy", tmp_path / "c" / "checkpoint.json"
    good, good_head = column.read_bytes(), head.read_text()
    column.write_bytes(good[:-60] + bytes([1]) + good[-59:])
    with pytest.raises(ValueError, match="book: damaged"):
        read_checkpoint(tmp_path / "c", memory_map=False)
    for damaged in (good[:-8], good[:20], b"", b"hello"):
        column.write_bytes(damaged)
        for memory_map in (True, False):
            with pytest.raises(ValueError, match=r"cash\.npy: damaged"):
                read_checkpoint(tmp_path / "c", memory_map)
    column.unlink()
    with pytest.raises(ValueError, match=r"cash\.npy: missing"):
        read_checkpoint(tmp_path / "c")
    column.write_bytes(good)
    head.write_text(good_head.replace('"int64"', '"int32"'))
    with pytest.raises(ValueError, match="cash: 1-dimensional int64, must be 1-dimensional int32"):
        read_checkpoint(tmp_path / "c")
    for text, words in (
        ("{", "not JSON"),
        ("[]", "not a checkpoint"),
        ('{"format": 99}', f"format {checkpoint.FORMAT}"),
    ):
        head.write_text(text)
        with pytest.raises(ValueError, match=words):
            read_checkpoint(tmp_path / "c")
    assert json.loads(good_head)["format"] == checkpoint.FORMAT


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=4), st.integers(0, 20), st.booleans())
def test_any_numbers_come_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, numbers: dict, rows: int, memory_map: bool
) -> None:
    folder = tmp_path_factory.mktemp("exact") / "c"
    table = filled(rows, 20)
    write_checkpoint(folder, {"book": table}, numbers)
    tables, restored = read_checkpoint(folder, memory_map)
    assert restored == numbers and tables["book"].checksum() == table.checksum()
