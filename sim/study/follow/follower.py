"""Who watches a run month by month, and what the watchers of a task are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from sim.study.follow.defaults import Defaults
from sim.study.follow.panel import Panel
from sim.study.follow.rolls import Rolls
from sim.study.follow.vintages import Vintages

Columns = dict[str, NDArray[Any]]
"""A table: columns of one length, by name."""


class Follower(Protocol):
    """Watches a run from the policy date on; it changes nothing in it."""

    def follow(self, model: Any) -> None:
        """Note a month that has just been lived."""

    def tables(self) -> dict[str, Columns]:
        """What was noted: tables by the name of their folder below ``results``."""


FOLLOWERS: Mapping[str, Callable[[Any], Follower]] = {
    "rolls": Rolls,
    "vintages": Vintages,
    "defaults": Defaults,
    "panel": Panel,
}
"""What makes a follower from a model at the policy date, by the name of its table or of what its tables are about."""
ASKED_FOR = ("panel",)
"""Followers that watch only where a study asks for them by a key of their own."""


def tables_of(detail: str, *, has_design: bool, asked: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Names of the followers whose tables a study keeps.

    Parameters
    ----------
    detail : str
        ``study.detail``: ``auto`` keeps them all where there is no design, whose cells are many and short.
    has_design : bool
        Whether the study visits points of a design.
    asked : tuple of str
        Which of `ASKED_FOR` the study wants, whatever ``detail`` says.
    """
    usual = detail == "all" or (detail == "auto" and not has_design)
    return tuple(name for name in FOLLOWERS if name in asked or (usual and name not in ASKED_FOR))


def followers(noted: tuple[str, ...], model: Any) -> list[Follower]:
    """Begin to watch a model."""
    return [FOLLOWERS[name](model) for name in noted]
