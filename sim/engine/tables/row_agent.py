"""A Mesa agent that is a view of one row: made when somebody looks, thrown away afterwards."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engine.framework import Agent, Model
from sim.engine.tables.declare import Column
from sim.engine.tables.narrow import limits, narrow, narrow_array, nearest
from sim.engine.tables.table import Table

#: The column that says whether a row is in use; a table without it has no dead rows.
ALIVE = "alive"


class Binding:
    """What all views of one population share: the model, the class and the tables, row for row.

    Parameters
    ----------
    model : mesa.Model
        The model that owns the population.
    agent_class : type
        A subclass of `RowAgent`.
    tables : mapping of str to Table
        Tables of equal size; row ``i`` of each belongs to the same agent.

    Raises
    ------
    ValueError
        If tables differ in size, two tables declare one column, or a column hides an attribute that
        every agent has.
    """

    def __init__(self, model: Model, agent_class: type[RowAgent], tables: Mapping[str, Table]) -> None:
        self.model = model
        self.agent_class = agent_class
        self.tables: dict[str, Table] = dict(tables)
        if not self.tables:
            raise ValueError("tables: at least one is needed")
        self.owners: dict[str, Table] = {}
        for table_name, table in self.tables.items():
            for name in table.columns:
                if name in self.owners:
                    raise ValueError(f"{table_name}.{name}: another table declares the same column")
                if name in _RESERVED:
                    raise ValueError(f"{table_name}.{name}: every agent has an attribute of that name")
                self.owners[name] = table
        self.check_sizes()

    @functools.cached_property
    def ranges(self) -> dict[str, tuple[type, Any, Any]]:
        """What each column takes: type, lowest and highest value."""
        columns = {name: table.columns[name] for name, table in self.owners.items()}
        return {name: (float if one.is_float else int, *limits(one)) for name, one in columns.items()}

    def check_sizes(self) -> int:
        """Return the number of rows, equal in every table.

        Raises
        ------
        ValueError
            If the tables differ in size.
        """
        sizes = {name: table.size for name, table in self.tables.items()}
        rows = next(iter(sizes.values()))
        if any(size != rows for size in sizes.values()):
            raise ValueError(f"tables differ in size: {sizes}")
        return rows

    def view(self, row: int) -> RowAgent:
        """Return the agent of one row."""
        agent: RowAgent = self.agent_class.__new__(self.agent_class)
        agent.__dict__["_binding"] = self
        agent.__dict__["row"] = row
        return agent

    def owns(self, agent: object) -> bool:
        """Return whether this is an agent of this class and model."""
        return type(agent) is self.agent_class and agent.model is self.model

    def no_column(self, name: str) -> str:
        """Return the message for a name that no table has."""
        return f"{self.agent_class.__name__} has no column {name!r}{nearest(name, self.owners)}"

    def is_alive(self, row: int) -> bool:
        """Return whether the row exists and is in use."""
        owner = self.owners.get(ALIVE)
        if owner is None:
            return 0 <= row < self.check_sizes()
        return 0 <= row < owner.size and bool(owner.array(ALIVE).item(row))

    def live_mask(self) -> NDArray[np.bool_] | None:
        """Return which rows are in use, or None where all are."""
        owner = self.owners.get(ALIVE)
        if owner is None:
            return None
        alive = owner[ALIVE]
        mask = alive != 0
        return None if mask.all() else mask

    def read(self, name: str, row: int) -> int | float:
        """Return one value as a Python number.

        Raises
        ------
        KeyError
            If no table has the column.
        """
        value: int | float = self.owners[name].array(name).item(row)
        return int(value) if value is True or value is False else value

    def write(self, name: str, row: int, value: Any) -> None:
        """Check one value and store it.

        Raises
        ------
        KeyError
            If no table has the column.
        TypeError, ValueError
            If the value is not a number of the column's kind, or out of its range.
        """
        table = self.owners[name]
        kind, low, high = self.ranges[name]
        # The usual case without a call: rules hand over exactly int or float.
        if type(value) is not kind or not low <= value <= high:
            value = narrow(name, table.columns[name], value)
        table.array(name)[row] = value

    def write_rows(self, name: str, rows: NDArray[np.intp], values: ArrayLike) -> None:
        """Check values, one for each row or one for all, and store them.

        Raises
        ------
        KeyError
            If no table has the column.
        TypeError, ValueError
            If a value is not a number of the column's kind or out of its range, or lengths differ.
        """
        table = self.owners[name]
        if np.ndim(values) == 0:
            table.array(name)[rows] = narrow(name, table.columns[name], values)
            return
        stored = narrow_array(name, table.columns[name], values)
        if stored.shape != rows.shape:
            raise ValueError(f"{name}: {stored.shape} values for {rows.size} agents")
        table.array(name)[rows] = stored


class ColumnAttribute(Column):
    """A column declared on an agent class: still a `Column`, and an attribute of each view."""

    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember the attribute's name."""
        object.__setattr__(self, "name", name)

    def __get__(self, agent: RowAgent | None, owner: type) -> Any:
        """Return the row's value, or the declaration when asked of the class."""
        if agent is None:
            return self
        inside = agent.__dict__
        try:
            value: int | float = inside["_binding"].read(self.name, inside["row"])
        except KeyError:
            return agent.__getattr__(self.name)
        return value

    def __set__(self, agent: RowAgent, value: Any) -> None:
        """Store the row's value."""
        agent.__setattr__(self.name, value)


class RowAgent(Agent):
    """One row of a population as a Mesa agent.

    Columns of its tables are attributes: read as Python ``int`` or ``float``, checked against the declared
    range when written. Any other attribute is refused, so that no state lives outside the tables. Two
    views of one row are equal and hash alike, but are not the same object: compare with ``==``.

    ``mesa.Agent.__init__`` is never called: it would register a strong reference in the model.

    Parameters
    ----------
    model : mesa.Model
        The model that owns the population.
    tables : mapping of str to Table
        Tables of equal size.
    row : int
        Which row.

    Raises
    ------
    IndexError
        If there is no such row.
    """

    #: Mesa's place of an agent in a space: rows have none.
    pos: ClassVar[None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Turn columns declared on the class or a plain base of it into attributes of the views."""
        super().__init_subclass__(**kwargs)
        for base in reversed(cls.__mro__):
            for name, value in list(vars(base).items()):
                if isinstance(value, Column) and (base is cls or not issubclass(base, RowAgent)):
                    attribute = ColumnAttribute(value.dtype, value.low, value.high, value.unit, value.meaning)
                    attribute.__set_name__(cls, name)
                    setattr(cls, name, attribute)

    def __init__(self, model: Model, tables: Mapping[str, Table], row: int) -> None:
        binding = Binding(model, type(self), tables)
        rows = binding.check_sizes()
        if not 0 <= row < rows:
            raise IndexError(f"row {row} is outside 0..{rows - 1}")
        self.__dict__["_binding"] = binding
        self.__dict__["row"] = int(row)

    @property
    def model(self) -> Model:
        """The model that owns the population."""
        binding: Binding = self.__dict__["_binding"]
        return binding.model

    @property
    def tables(self) -> dict[str, Table]:
        """The tables that this is a row of."""
        binding: Binding = self.__dict__["_binding"]
        return binding.tables

    @property
    def unique_id(self) -> int:
        """Row number counted from 1, as Mesa counts."""
        row: int = self.__dict__["row"]
        return row + 1

    def remove(self) -> None:
        """Clear ``alive``: the row stays, and leaves every set. Removing twice does nothing.

        Raises
        ------
        AttributeError
            If no table declares the column ``alive``.
        """
        self.alive = 0

    def __getattr__(self, name: str) -> Any:
        """Return a column of this row; reached when ordinary lookup fails, and from `ColumnAttribute`."""
        binding: Binding | None = self.__dict__.get("_binding")
        if binding is None:
            raise AttributeError(name)
        try:
            return binding.read(name, self.__dict__["row"])
        except KeyError:
            if name == ALIVE:
                return 1
            raise AttributeError(binding.no_column(name)) from None

    def __setattr__(self, name: str, value: Any) -> None:
        """Store a column of this row, or call a property's setter; refuse everything else."""
        binding: Binding = self.__dict__["_binding"]
        if name in binding.owners:
            binding.write(name, self.__dict__["row"], value)
            return
        declared = getattr(type(self), name, None)
        if isinstance(declared, property):
            object.__setattr__(self, name, value)
            return
        raise AttributeError(binding.no_column(name))

    def __eq__(self, other: object) -> bool:
        """Return whether both are views of the same row of the same population."""
        if not isinstance(other, RowAgent):
            return NotImplemented
        return self.__dict__["row"] == other.__dict__["row"] and type(self) is type(other) and self.model is other.model

    def __hash__(self) -> int:
        """Hash model, class and row."""
        return hash((id(self.model), type(self), self.__dict__["row"]))

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
        """Pickle and copy as an empty view plus its binding and row."""
        return object.__new__, (type(self),), dict(self.__dict__)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore binding and row."""
        self.__dict__.update(state)

    def __repr__(self) -> str:
        """Return class and row."""
        return f"<{type(self).__name__} row {self.__dict__.get('row')}>"


_RESERVED = {"row", "scenario", "space"} | {name for name in dir(RowAgent) if name[:2] != "__"}
