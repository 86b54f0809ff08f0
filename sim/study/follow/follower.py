"""Who watches a run month by month, and what the watchers of a task are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from sim.study.follow.rolls import Rolls

Columns = dict[str, NDArray[Any]]
"""A table: columns of one length, by name."""


class Follower(Protocol):
    """Watches a run from the policy date on; it changes nothing in it."""

    def follow(self, model: Any) -> None:
        """Note a month that has just been lived."""

    def tables(self) -> dict[str, Columns]:
        """What was noted: tables by the name of their folder below ``results``."""


FOLLOWERS: Mapping[str, Callable[[Any], Follower]] = {"rolls": Rolls}
"""What makes a follower from a model at the policy date, by the name of the table."""


def tables_of(detail: str, *, has_design: bool) -> tuple[str, ...]:
    """Names of the tables that a study keeps.

    Parameters
    ----------
    detail : str
        ``study.detail``: ``auto`` keeps them all where there is no design, whose cells are many and short.
    has_design : bool
        Whether the study visits points of a design.
    """
    return tuple(FOLLOWERS) if detail == "all" or (detail == "auto" and not has_design) else ()


def followers(noted: tuple[str, ...], model: Any) -> list[Follower]:
    """Begin to watch a model."""
    return [FOLLOWERS[name](model) for name in noted]
