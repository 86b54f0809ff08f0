"""Firms as a Mesa user asks for them: what a set of agents does, ``model.firms`` does for the firms in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.engine.tables.agents import TableAgentSet

ASKED = (
    *("select", "shuffle", "sort", "groupby", "copy", "to_list"),
    *("do", "shuffle_do", "map", "agg", "get", "set", "values", "view"),
)
"""Methods of a set of agents that are handed on to ``agents``."""


class AsAgents:
    """Hands what Mesa asks a set of agents on to ``agents``; always true, however many there are."""

    agents: TableAgentSet

    def __getattr__(self, name: str) -> Any:
        """Return a method of the set of agents; reached when there is nothing else of the name."""
        if name in ASKED and "agents" in self.__dict__:
            return getattr(self.agents, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the agents."""
        return iter(self.agents)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.agents)

    def __contains__(self, agent: object) -> bool:
        """Return whether an agent is one of them."""
        return agent in self.agents

    def __bool__(self) -> bool:
        """Return true: this is the place of firms, not their number."""
        return True
