"""A Mesa AgentSet whose agents are rows of tables."""

from __future__ import annotations

import itertools
import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Literal, Self
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.engine.framework import Agent, GroupBy, Model
from sim.engine.tables.expression import row_mask
from sim.engine.tables.row_agent import RowAgent
from sim.engine.tables.row_set import Rows, RowSet

__all__ = ["GroupBy", "RowAgent", "TableAgentSet"]


class Counts(WeakKeyDictionary[Model, Iterator[int]]):
    """Numbers for the agents of each model, from 1 on, forgotten with the model.

    The dictionary that Mesa has for them keeps every model that ever made an agent, and with it all its columns.
    """

    def __getitem__(self, model: Model) -> Iterator[int]:
        return self.setdefault(model, itertools.count(1))


if hasattr(Agent, "_ids"):  # later Mesa counts in the model
    Agent._ids = Counts(Agent._ids)


class TableAgentSet(RowSet):
    """All live rows of a population, or some of them in a chosen order, as a Mesa AgentSet.

    Everything that Mesa's own set does works here, in Mesa's order and with Mesa's random numbers. What
    differs: agents are made on the way out (compare with ``==``, not ``is``); a row whose ``alive`` is zero
    leaves every set at once, even while somebody holds its view; only agents of this population fit in.

    Parameters
    ----------
    model : mesa.Model
        The owner; its ``random`` shuffles.
    agent_class : type
        A subclass of `RowAgent`.
    tables : mapping of str to Table
        Tables of equal size; row ``i`` of each belongs to the same agent.
    rows : ndarray of int, shape (n,), optional
        The rows, in order, without repeats (later ones are dropped). By default all live rows in row order,
        births included as they come.
    random : random.Random, optional
        Another generator for `shuffle`.

    Raises
    ------
    IndexError
        If a row is not in the tables.
    ValueError
        If tables differ in size or share a column name.
    """

    def select(
        self,
        filter_func: Callable[[Any], bool] | str | NDArray[np.bool_] | None = None,
        at_most: int | float = math.inf,
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> Self:
        """Return the agents that pass, in the set's order.

        Parameters
        ----------
        filter_func : callable, str or ndarray of bool, shape (n,), optional
            A function of the agent, a condition over columns (`sim.engine.tables.expression.row_mask`), or a mask.
        at_most : int or float
            A number of agents, or a share of the set if a float of at most 1 (rounded down).
        inplace : bool
            Whether to change this set instead of making another.
        agent_type : type, optional
            Keep all or none: every agent here is an ``agent_class``.

        Returns
        -------
        TableAgentSet

        Raises
        ------
        ValueError
            If a mask has another length, or a condition is not one.
        KeyError
            If a condition names no column.
        """
        rows = self.rows
        if filter_func is None and agent_type is None and at_most == math.inf:
            return self if inplace else self.copy()
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(rows.size * at_most)
        wanted = rows.size if at_most >= rows.size else max(0, math.ceil(at_most))
        if agent_type is not None and not issubclass(self.agent_class, agent_type):
            wanted = 0
        if callable(filter_func):
            rows = self._filtered(filter_func, rows, wanted)
        elif filter_func is not None:
            mask = row_mask(filter_func, self.values) if isinstance(filter_func, str) else filter_func
            mask = np.asarray(mask)
            if mask.dtype != np.bool_ or mask.shape != rows.shape:
                raise ValueError(f"mask: {mask.shape} of {mask.dtype}, must be {rows.shape} of bool")
            rows = rows[mask]
        return self._result(rows[:wanted], inplace)

    def shuffle(self, inplace: bool = False) -> Self:
        """Return the agents in random order; the same permutation as Mesa's set of the same length."""
        return self._result(self._shuffled(), inplace)

    def sort(self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False) -> Self:
        """Return the agents ordered by a column, an attribute or a function; ties keep their order."""
        rows = self.rows
        if isinstance(key, str) and key in self._binding.owners:
            # Stable in both directions, as Python's sort with reverse=True is.
            step = 1 if ascending else -1
            order = np.argsort(self._binding.owners[key][key][rows[::step]], kind="stable")
            return self._result(rows[::step][order][::step], inplace)
        read = operator.attrgetter(key) if isinstance(key, str) else key
        keys = [read(agent) for agent in self._views(rows)]
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__, reverse=not ascending), dtype=np.intp)
        return self._result(rows[order], inplace)

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method, or a function with the agent first, on each agent; return the set."""
        return self._call_all(self.rows, method, args, kwargs)

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Do in random order, leaving the set's own order as it is."""
        return self._call_all(self._shuffled(), method, args, kwargs)

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Call a method or a function on each agent and return what it returns."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Return one attribute of each agent as a list, or a list of lists for several names.

        Columns come as Python numbers straight from the table; `values` gives the array.

        Raises
        ------
        AttributeError
            If an agent lacks it and ``handle_missing`` is "error".
        ValueError
            For another ``handle_missing``.
        """
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing: {handle_missing!r}, must be 'error' or 'default'")
        fallback = () if handle_missing == "error" else (default_value,)
        if isinstance(attr_names, str):
            return self._attribute(attr_names, fallback)
        columns = [self._attribute(name, fallback) for name in attr_names]
        return [list(line) for line in zip(*columns, strict=True)] if columns else [[] for _ in self]

    def set(self, attr_name: str, value: Any) -> Self:
        """Set a column to one value, or to an array of one value for each agent; return the set.

        Raises
        ------
        AttributeError
            If there is no such column.
        TypeError, ValueError
            If a value is not of the column's kind, out of its range, or lengths differ; nothing is then set.
        """
        if attr_name in self._binding.owners:
            self._binding.write_rows(attr_name, self.rows, value)
        else:
            for agent in self:
                setattr(agent, attr_name, value)
        return self

    def groupby(self, by: Callable[[Any], Any] | str, result_type: Literal["agentset", "list"] = "agentset") -> GroupBy:
        """Group by a column, an attribute or a function, groups in order of first appearance."""
        rows = self.rows
        groups: dict[Any, Any] = defaultdict(list)
        keys = self._attribute(by, ()) if isinstance(by, str) else [by(agent) for agent in self._views(rows)]
        for key, row in zip(keys, rows.tolist(), strict=True):
            groups[key].append(row)
        if result_type == "agentset":
            return GroupBy({key: self._with(np.array(found, dtype=np.intp)) for key, found in groups.items()})
        return GroupBy({key: [self._binding.view(row) for row in found] for key, found in groups.items()})

    def _call_all(
        self, rows: Rows, method: str | Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Self:
        if isinstance(method, str):
            for agent in self._views(rows):
                getattr(agent, method)(*args, **kwargs)
        else:
            for agent in self._views(rows):
                method(agent, *args, **kwargs)
        return self

    def _shuffled(self) -> Rows:
        order = self.rows.tolist()
        self.random.shuffle(order)
        return np.array(order, dtype=np.intp)

    def _filtered(self, keep: Callable[[Any], bool], rows: Rows, wanted: int) -> Rows:
        found: list[int] = []
        if wanted == 0:
            return rows[:0]
        for agent in self._views(rows):
            if keep(agent):
                found.append(agent.row)
                if len(found) == wanted:
                    break
        return np.array(found, dtype=np.intp)

    def _attribute(self, name: str, fallback: tuple[Any, ...]) -> list[Any]:
        if name in self._binding.owners:
            values = self.values(name)
            found: list[Any] = (values.astype(np.int8) if values.dtype.kind == "b" else values).tolist()
            return found
        return [getattr(agent, name, *fallback) for agent in self]
