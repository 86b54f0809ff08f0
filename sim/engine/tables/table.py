"""A table: one NumPy array for each declared column, rows that never move."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables.declare import Column
from sim.engine.tables.layout import check_columns, check_match
from sim.engine.tables.narrow import first_outside, nearest, outside
from sim.engine.tables.room import copied, put, room, staggered

GROWTH = 1.5  # times the old capacity is made room for when rows run out


class Table:
    """Columns of equal length, filled from the front.

    A row keeps its number for ever: a birth appends, a death clears a column such as ``alive``. Memory
    is asked for as zero pages, so a large capacity costs address space, not memory, until it is used.

    Parameters
    ----------
    columns : mapping of str to Column
        The declarations; the order is kept.
    capacity : int
        Rows to make room for.

    Raises
    ------
    ValueError
        If the capacity is negative or a name is not an identifier.
    TypeError
        If a column's storage type is not a number.
    """

    def __init__(self, columns: Mapping[str, Column], capacity: int) -> None:
        check_columns(columns)
        if capacity < 0:
            raise ValueError(f"capacity: {capacity} is below 0")
        self.columns: dict[str, Column] = dict(columns)
        self._defaults = [(name, column.default) for name, column in columns.items() if column.default]
        self._capacity = int(capacity)
        self._use(0)
        self._made: dict[Hashable, Any] = {}
        self._arrays = {name: staggered(self._capacity, one.dtype, k) for k, (name, one) in enumerate(columns.items())}

    @classmethod
    def adopt(cls, columns: Mapping[str, Column], arrays: Mapping[str, NDArray[Any]], size: int) -> Table:
        """Make a table over arrays that exist already, without copying them.

        Parameters
        ----------
        columns : mapping of str to Column
            The declarations.
        arrays : mapping of str to ndarray, shape (capacity,)
            One writable array for each column, all of one length, zero from ``size`` on.
        size : int
            Rows in use.

        Returns
        -------
        Table
            Its capacity is the length of the arrays.

        Raises
        ------
        ValueError
            If names, storage types or lengths do not match.
        """
        table = cls(columns, 0)
        check_match(table.columns, arrays)
        lengths = {len(array) for array in arrays.values()}
        capacity = lengths.pop() if lengths else size
        if lengths:
            raise ValueError("columns differ in length")
        if not 0 <= size <= capacity:
            raise ValueError(f"size: {size} is outside 0..{capacity}")
        table._arrays = {name: arrays[name] for name in table.columns}
        table._capacity = capacity
        table._use(size)
        return table

    def _use(self, size: int) -> None:
        """So many rows are in use from now on; views of fewer or more, or of room left behind, are forgotten."""
        self._size = size
        self._views: dict[str, NDArray[Any]] = {}

    @property
    def size(self) -> int:
        """Rows in use."""
        return self._size

    @property
    def capacity(self) -> int:
        """Rows there is room for."""
        return self._capacity

    @property
    def bytes_per_row(self) -> int:
        """Bytes that one row takes over all columns."""
        return sum(np.dtype(column.dtype).itemsize for column in self.columns.values())

    @functools.cached_property
    def float_columns(self) -> tuple[str, ...]:
        """Names of the columns that hold real numbers from month to month."""
        return tuple(name for name, column in self.columns.items() if column.is_float and not column.passing)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return the rows in use of one column, as a view (no copy).

        The view goes stale when ``append`` outgrows the capacity: fetch it again after an append.

        Raises
        ------
        KeyError
            If there is no such column.
        """
        view = self._views.get(name)
        if view is None:
            view = self._views[name] = self.array(name)[: self._size]
        return view

    def array(self, name: str) -> NDArray[Any]:
        """Return one column at full capacity, as the array itself (no copy).

        Raises
        ------
        KeyError
            If there is no such column.
        """
        try:
            return self._arrays[name]
        except KeyError:
            raise self._unknown(name) from None

    def once(self, what: Hashable, make: Callable[[], Any]) -> Any:
        """Return what follows from where the columns lie: made when first asked for, and anew after they moved."""
        if what not in self._made:
            self._made[what] = make()
        return self._made[what]

    def lock(self, names: Iterable[str], locked: bool) -> None:
        """Let columns be read alone, or be written again; a view that was fetched before stays as it was."""
        for name in names:
            self.array(name).flags.writeable = not locked
            self._views.pop(name, None)

    def append(self, count: int) -> slice:
        """Add rows at the end, of zeros but where a column declares a default, and return which they are.

        Past the capacity every column is copied into room half as large again; rows keep their numbers,
        but views and arrays fetched before are stale.

        Parameters
        ----------
        count : int
            Rows to add.

        Returns
        -------
        slice
            The new rows.

        Raises
        ------
        ValueError
            If the count is negative.
        """
        if count < 0:
            raise ValueError(f"count: {count} is below 0")
        start, stop = self._size, self._size + int(count)
        if stop > self._capacity:
            self._grow(max(stop, int(self._capacity * GROWTH)))
        self._use(stop)
        for name, default in self._defaults:
            self._arrays[name][start:stop] = default
        return slice(start, stop)

    def _grow(self, capacity: int) -> None:
        # Column by column: the peak is one column more than the table, not twice the table.
        self._made, self._capacity = {}, capacity
        self._use(self._size)
        for place, (name, old) in enumerate(self._arrays.items()):
            new = staggered(capacity, old.dtype, place)
            put(new, old[: self._size])
            self._arrays[name] = new

    def checksum(self) -> str:
        """Return a digest of names, storage types and the rows in use (32 hexadecimal digits)."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(f"{self._size}".encode())
        for name in self.columns:
            values = self[name]
            digest.update(f"|{name}:{values.dtype.str}|".encode())
            digest.update(np.ascontiguousarray(values).data)
        return digest.hexdigest()

    def save(self) -> dict[str, NDArray[Any]]:
        """Return a copy of the rows in use, column by column."""
        return {name: copied(self[name]) for name in self.columns}

    def give_away(self) -> dict[str, NDArray[Any]]:
        """Return the rows in use, column by column, not copied; the table is empty then, and of no use.

        Columns that live within the month hold nothing between two, and give their memory back.
        """
        columns = {
            name: room(self._size, one.dtype) if one.passing else self[name] for name, one in self.columns.items()
        }
        self._use(0)
        self._made, self._arrays, self._capacity = {}, {}, 0
        return columns

    def load(self, saved: dict[str, NDArray[Any]], last: bool = False) -> None:
        """Replace all rows by those that ``save`` returned.

        The arrays stay where they are unless the saved rows outgrow them.

        Parameters
        ----------
        saved : dict of str to ndarray, shape (rows,)
            One array for each column, all of one length.
        last : bool
            Whether nobody loads them again, so that each goes as soon as it is copied.

        Raises
        ------
        ValueError
            If names, storage types or lengths do not match; the table is then unchanged.
        """
        check_match(self.columns, saved)
        lengths = {len(array) for array in saved.values()} or {0}
        if len(lengths) > 1:
            raise ValueError("columns differ in length")
        rows = lengths.pop()
        if rows > self._capacity:
            self._grow(rows)
        for name, array in self._arrays.items():
            put(array, saved.pop(name) if last else saved[name])
            array[rows : self._size] = 0
        self._use(rows)

    def take(self, other: Table) -> None:
        """Replace all rows by those of another table, which is emptied column by column on the way.

        The peak is one column more than the two tables; columns that live within the month are left at 0.

        Raises
        ------
        ValueError
            If names or storage types do not match.
        """
        check_match(self.columns, other._arrays)
        rows = other.size
        other._use(0)  # an array that a view holds would stay
        other._made.clear()
        if rows > self._capacity:
            self._grow(rows)
        for name, column in self.columns.items():
            values = other._arrays.pop(name)
            if not column.passing:
                put(self._arrays[name], values[:rows])
                self._arrays[name][rows : self._size] = 0
            del values
        self._use(rows)
        other._capacity = 0

    def check_ranges(self) -> list[str]:
        """Return one line for each column that holds a value out of its declared range."""
        problems = []
        for name, column in self.columns.items():
            values = self[name]
            row = first_outside(column, values)
            if row is not None:
                problems.append(outside(f"{name}[{row}]", column, values[row].item()))
        return problems

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle or a deep copy holds: the rows in use, not the spare room."""
        return {"columns": self.columns, "capacity": self._capacity, "rows": self.save(), "size": self._size}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Rebuild the table with the same capacity."""
        self.__init__(state["columns"], state["capacity"])  # type: ignore[misc]
        self.append(state["size"])
        self.load(state["rows"])

    def __repr__(self) -> str:
        """Return rows, capacity and column count."""
        return f"Table({self._size} of {self._capacity} rows, {len(self.columns)} columns)"

    def _unknown(self, name: str) -> KeyError:
        return KeyError(f"no column {name!r}{nearest(str(name), self.columns)}")
