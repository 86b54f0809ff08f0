"""Tables on disk: one plain .npy file a column, complete or not there at all, mapped into memory on demand.

A fork of a large population reads a checkpoint instead of copying it: the columns are mapped copy-on-write,
so forks share the pages that they do not change, and none of them changes the file.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables.declare import Column
from sim.engine.tables.table import Table

#: Raised when the layout changes; a reader refuses any other.
FORMAT = 5

_LIST = "checkpoint.json"
_ARRAY = "npy file"


def write_checkpoint(path: str | Path, tables: Mapping[str, Table], numbers: Mapping[str, Any]) -> None:
    """Write tables and numbers to a folder, which appears complete under its name or not at all.

    Everything goes to a folder of another name beside it, is synced to the disk, and that folder is
    renamed. A checkpoint that stands there already is replaced; forks that have it mapped keep reading it.

    Parameters
    ----------
    path : str or Path
        The folder to make.
    tables : mapping of str to Table
        Rows in use are written; the spare capacity is kept as a hole in the file.
    numbers : mapping
        Whatever else a run needs: numbers, strings, None, lists, mappings with string keys, and NumPy
        arrays at any depth. Tuples come back as lists, NumPy scalars as Python numbers.

    Raises
    ------
    TypeError
        If a number is of another type; the message names its key.
    ValueError
        If a table's name is not an identifier.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}.partial")
    partial.mkdir()
    try:
        _write(partial, tables, numbers)
        _replace(partial, target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def read_checkpoint(path: str | Path, memory_map: bool = True) -> tuple[dict[str, Table], dict[str, Any]]:
    """Read what `write_checkpoint` wrote.

    Parameters
    ----------
    path : str or Path
        The folder.
    memory_map : bool
        Map the columns copy-on-write: nothing is read until it is used, and what is written stays in
        memory. Otherwise read them, and check each table against its checksum.

    Returns
    -------
    tables : dict of str to Table
        Of the same capacity as those written.
    numbers : dict

    Raises
    ------
    FileNotFoundError
        If there is no checkpoint.
    ValueError
        If it is of another format, damaged or incomplete.
    """
    folder = Path(path)
    try:
        head = json.loads((folder / _LIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"{folder}: no checkpoint there ({_LIST} is missing)") from None
    except ValueError as error:
        raise ValueError(f"{folder / _LIST}: not JSON ({error})") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise ValueError(f"{folder / _LIST}: not a checkpoint of format {FORMAT}")
    tables = {name: _read_table(folder / name, entry, memory_map) for name, entry in head["tables"].items()}
    numbers = _unpack(head["numbers"], lambda name: _load(folder / name, memory_map))
    return tables, numbers


def _write(folder: Path, tables: Mapping[str, Table], numbers: Mapping[str, Any]) -> None:
    entries: dict[str, Any] = {}
    for name, table in tables.items():
        if not name.isidentifier():
            raise ValueError(f"table name {name!r} is not an identifier")
        (folder / name).mkdir()
        for column in table.columns:
            _save(folder / name / f"{column}.npy", table[column], table.capacity)
        _sync_folder(folder / name)
        entries[name] = {
            "size": table.size,
            "capacity": table.capacity,
            "checksum": table.checksum(),
            "columns": {column: asdict(declared) for column, declared in table.columns.items()},
        }

    def save(array: NDArray[Any]) -> str:
        # A dot keeps these apart from the folders of tables, which are identifiers.
        name = f"array.{sum(1 for _ in folder.glob('array.*'))}.npy"
        _save(folder / name, array, None)
        return name

    head = {"format": FORMAT, "tables": entries, "numbers": _pack(dict(numbers), "numbers", save)}
    with (folder / _LIST).open("w", encoding="utf-8") as file:
        json.dump(head, file)
        _sync(file)
    _sync_folder(folder)


def _save(path: Path, values: NDArray[Any], capacity: int | None) -> None:
    shape = values.shape if capacity is None else (capacity,)
    header = {"descr": np.lib.format.dtype_to_descr(values.dtype), "fortran_order": False, "shape": shape}
    if values.dtype.hasobject:
        raise TypeError(f"{path.stem}: an array of {values.dtype} cannot be written")
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        start = file.tell()
        values.tofile(file)
        # The spare rows are zeros: a hole takes no room, and a mapped fork can grow into it.
        file.truncate(start + int(np.prod(shape, dtype=np.int64)) * values.itemsize)
        _sync(file)


def _load(path: Path, memory_map: bool) -> NDArray[Any]:
    mode: Any = "c" if memory_map else None
    try:
        with path.open("rb") as file:
            empty = 0 in _shape(file)
        # An empty file section cannot be mapped.
        array: NDArray[Any] = np.load(path, mmap_mode=None if empty else mode, allow_pickle=False)
    except FileNotFoundError:
        raise ValueError(f"{path}: missing from the checkpoint") from None
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"{path}: damaged ({error})") from None
    # A plain array over the map: np.memmap makes every slice cost a microsecond.
    return array.view(np.ndarray)


def _shape(file: Any) -> tuple[int, ...]:
    np.lib.format.read_magic(file)
    shape: tuple[int, ...] = np.lib.format.read_array_header_1_0(file)[0]
    return shape


def _read_table(folder: Path, entry: dict[str, Any], memory_map: bool) -> Table:
    columns = {name: Column(**declared) for name, declared in entry["columns"].items()}
    arrays = {name: _load(folder / f"{name}.npy", memory_map) for name in columns}
    try:
        table = Table.adopt(columns, arrays, entry["size"]) if columns else Table({}, entry["capacity"])
    except ValueError as error:
        raise ValueError(f"{folder}: {error}") from None
    if not memory_map and table.checksum() != entry["checksum"]:
        raise ValueError(f"{folder}: damaged (its checksum is not the one written)")
    return table


def _pack(value: Any, key: str, save: Callable[[NDArray[Any]], str]) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        return {_ARRAY: save(value)}
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str) or name == _ARRAY:
                raise TypeError(f"{key}: {name!r} cannot be a key in a checkpoint")
        return {name: _pack(item, f"{key}.{name}", save) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_pack(item, f"{key}[{place}]", save) for place, item in enumerate(value)]
    if value is None or type(value) in (bool, int, float, str):
        return value
    raise TypeError(f"{key}: {type(value).__name__} cannot be written to a checkpoint")


def _unpack(value: Any, load: Callable[[str], NDArray[Any]]) -> Any:
    if isinstance(value, dict):
        if _ARRAY in value:
            return load(value[_ARRAY])
        return {name: _unpack(item, load) for name, item in value.items()}
    if isinstance(value, list):
        return [_unpack(item, load) for item in value]
    return value


def _replace(partial: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.{uuid.uuid4().hex}.old")
    if target.exists():
        # A folder cannot be renamed over a full one; the gap between the two renames is two system calls.
        target.rename(old)
    try:
        partial.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    _sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
