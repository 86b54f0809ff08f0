"""Which rows of a population, in which order: the container half of the array-backed AgentSet."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from random import Random
from typing import Any, Self, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from sim.engine.framework import AgentSet, Model
from sim.engine.tables.row_agent import ALIVE, Binding, RowAgent
from sim.engine.tables.table import Table

Rows = NDArray[np.intp]


class RowSet(AgentSet):
    """An ordered set of rows that Mesa reads as a set of agents; see `TableAgentSet` for the whole of it.

    A whole population is held as no list at all (its live rows are found when asked for); anything else
    as an array of rows, and as a dictionary of them once membership is asked for or changed.
    """

    def __init__(
        self,
        model: Model,
        agent_class: type[RowAgent],
        tables: Mapping[str, Table],
        rows: Iterable[int] | None = None,
        *,
        random: Random | None = None,
    ) -> None:
        self._binding = Binding(model, agent_class, tables)
        self.random = model.random if random is None else random
        self._picked: Rows | None = None
        self._index: dict[int, None] | None = None
        if rows is not None:
            self._picked = self._valid(rows)

    # ---- rows and columns -------------------------------------------------------------------------

    @property
    def _whole(self) -> bool:
        return self._picked is None and self._index is None

    @property
    def model(self) -> Model:
        """The model that owns the population."""
        return self._binding.model

    @property
    def agent_class(self) -> type[RowAgent]:
        """The class of every agent of the set."""
        return self._binding.agent_class

    @property
    def tables(self) -> dict[str, Table]:
        """The tables behind the set."""
        return self._binding.tables

    @property
    def rows(self) -> Rows:
        """Live rows of the set in its order, shape (n,), read-only."""
        mask = self._binding.live_mask()
        if self._whole:
            rows = np.arange(self._binding.check_sizes()) if mask is None else np.flatnonzero(mask)
        else:
            if self._picked is None:
                index = self._members()
                self._picked = np.fromiter(index, dtype=np.intp, count=len(index))
            rows = self._picked if mask is None else self._picked[mask[self._picked]]
        rows.flags.writeable = False
        return rows

    def values(self, name: str) -> NDArray[Any]:
        """Return one column for the agents of the set, in its order, read-only.

        A view of the table (no copy) where the set is a whole population without deaths, else a copy.

        Parameters
        ----------
        name : str
            Column name.

        Returns
        -------
        ndarray, shape (n,)
            In the column's storage type.

        Raises
        ------
        KeyError
            If no table has the column.
        """
        owners = self._binding.owners
        if name not in owners:
            raise KeyError(self._binding.no_column(name))
        column = owners[name][name]
        if self._whole:
            mask = self._binding.live_mask()
            column = column[:] if mask is None else column[mask]
        else:
            column = column[self.rows]
        column.flags.writeable = False
        return column

    def view(self, row: int) -> RowAgent:
        """Return the agent of one row of the tables, whether or not the set holds it.

        Raises
        ------
        IndexError
            If there is no such row.
        """
        if not 0 <= row < self._binding.check_sizes():
            raise IndexError(f"row {row} is outside 0..{self._binding.check_sizes() - 1}")
        return self._binding.view(int(row))

    # ---- container --------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Return how many live agents the set holds."""
        if self._whole:
            mask = self._binding.live_mask()
            return self._binding.check_sizes() if mask is None else int(np.count_nonzero(mask))
        return int(self.rows.size)

    def __iter__(self) -> Iterator[RowAgent]:
        """Iterate over the agents that the set holds now; those that die on the way are passed over."""
        return self._views(self.rows)

    def __contains__(self, agent: object) -> bool:
        """Return whether the agent's row is in the set and alive."""
        if not self._binding.owns(agent):
            return False
        row = agent.row  # type: ignore[attr-defined]
        if not self._binding.is_alive(row):
            return False
        return self._whole or row in self._members()

    def __getitem__(self, item: SupportsIndex | slice) -> Any:
        """Return one agent, or a list of agents for a slice."""
        if isinstance(item, slice):
            return [self._binding.view(row) for row in self.rows[item].tolist()]
        return self._binding.view(self.rows[operator.index(item)].item())

    def __reversed__(self) -> Iterator[RowAgent]:
        """Iterate from the last agent to the first."""
        return self._views(self.rows[::-1])

    def index(self, agent: Any, start: int = 0, stop: int | None = None) -> int:
        """Return the agent's position in the set; ValueError if it is not there."""
        positions = range(len(self))[start:stop]
        where = np.flatnonzero(self.rows == agent.row) if agent in self else np.empty(0, dtype=np.intp)
        if where.size == 0 or int(where[0]) not in positions:
            raise ValueError(f"{agent!r} is not in the set")
        return int(where[0])

    def count(self, agent: Any) -> int:
        """Return 1 if the agent is in the set, else 0."""
        return int(agent in self)

    def to_list(self) -> list[RowAgent]:
        """Return the agents as a list."""
        return list(self)

    def add(self, agent: RowAgent) -> None:
        """Add an agent of this population at the end; nothing happens if it is there.

        Raises
        ------
        TypeError
            If it is not an agent of this population.
        ValueError
            If its row is dead.
        """
        row = self._row_of(agent)
        if not self._binding.is_alive(row):
            raise ValueError(f"{agent!r} is dead and cannot be added")
        if agent not in self:
            self._change()[row] = None

    def discard(self, agent: object) -> None:
        """Take an agent out of the set, if it is there. A whole population becomes a list of rows."""
        if agent in self:
            del self._change()[agent.row]  # type: ignore[attr-defined]

    def remove(self, agent: object) -> None:
        """Take an agent out of the set; KeyError if it is not there."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def clear(self) -> None:
        """Take all agents out of the set; their rows live on."""
        self._pick(np.empty(0, dtype=np.intp))

    def copy(self) -> Self:
        """Return a set of the same agents, fixed as they are now."""
        return self._with(self.rows)

    __copy__ = copy

    def __ror__(self, other: Iterable[RowAgent]) -> Self:
        """Return the union (Mesa's set would lose our agents: its keys are weak)."""
        return self._from_iterable(chain(self, other))

    def __repr__(self) -> str:
        """Return class, size and kind of agent."""
        return f"<{type(self).__name__} of {len(self)} {self.agent_class.__name__}>"

    def __getstate__(self) -> dict[str, Any]:
        """Return binding, rows (None for the whole population) and generator."""
        return {"binding": self._binding, "rows": None if self._whole else self.rows, "random": self.random}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore what `__getstate__` returned."""
        self._binding, self.random = state["binding"], state["random"]
        self._picked, self._index = state["rows"], None

    def _update(self, agents: Iterable[RowAgent]) -> Self:
        return self._pick(self._valid([self._row_of(agent) for agent in agents]))

    def _from_iterable(self, agents: Iterable[RowAgent]) -> Self:
        # An instance method where collections.abc has a class method: the result needs our tables.
        return self._with(self._valid([self._row_of(agent) for agent in agents]))

    def _with(self, rows: Rows) -> Self:
        other = object.__new__(type(self))
        other._binding, other.random = self._binding, self.random
        other._picked, other._index = rows, None
        return other

    def _pick(self, rows: Rows) -> Self:
        self._picked, self._index = rows, None
        return self

    def _result(self, rows: Rows, inplace: bool) -> Self:
        return self._pick(rows) if inplace else self._with(rows)

    def _valid(self, rows: Iterable[int]) -> Rows:
        given = np.asarray(rows if isinstance(rows, np.ndarray) else list(rows))
        if given.size == 0:
            return np.empty(0, dtype=np.intp)
        if given.ndim != 1 or given.dtype.kind not in "iu":
            raise TypeError(f"rows: {given.ndim}-dimensional {given.dtype}, must be row numbers")
        limit = self._binding.check_sizes()
        outside = given[(given < 0) | (given >= limit)]
        if outside.size:
            raise IndexError(f"row {outside[0]} is outside 0..{limit - 1}")
        return np.fromiter(dict.fromkeys(given.tolist()), dtype=np.intp)

    def _members(self) -> dict[int, None]:
        if self._index is None:
            self._index = dict.fromkeys(self.rows.tolist())
        return self._index

    def _change(self) -> dict[int, None]:
        """Return the membership to write to; the array of rows is made anew from it."""
        members = self._members()
        self._picked = None
        return members

    def _views(self, rows: Rows) -> Iterator[RowAgent]:
        view, owner = self._binding.view, self._binding.owners.get(ALIVE)
        for row in rows.tolist():
            # Asked each time: an agent earlier in the order may have ended this one, or grown the table.
            if owner is None or owner.array(ALIVE).item(row):
                yield view(row)

    def _row_of(self, agent: Any) -> int:
        if not self._binding.owns(agent):
            raise TypeError(f"{agent!r} is not a {self.agent_class.__name__} of this population")
        row: int = agent.row
        return row
