"""Who watches a run month by month, and what the watchers of a task are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from sim.study.follow.defaults import Defaults
from sim.study.follow.gains import gains_of
from sim.study.follow.rolls import Rolls
from sim.study.follow.segments import Segments
from sim.study.follow.vintages import Vintages

Columns = dict[str, NDArray[Any]]
"""A table: columns of one length, by name."""


class Follower(Protocol):
    """Watches a run from the policy date on; it changes nothing in it."""

    def follow(self, model: Any) -> None:
        """Note a month that has just been lived."""

    def tables(self) -> dict[str, Columns]:
        """What was noted: tables by their names."""


def panel(model: Any) -> Follower:
    """Begin a panel, whose columns are those of the tables of the model: only who keeps one loads these."""
    from sim.study.follow.panel import Panel

    return Panel(model)


FOLLOWERS: Mapping[str, Callable[[Any], Follower]] = {
    "rolls": Rolls,
    "vintages": Vintages,
    "defaults": Defaults,
    "segments": Segments,
    "panel": panel,
}
"""What makes a follower from a model at the policy date, by the name of its table or of what its tables are about."""
ASKED_FOR = ("panel",)
"""Followers that watch only where a study asks for them by a key of their own."""
GAINS, OF_GAINS = "gains", "segments"
"""The table that two runs make together, and whose follower they make it of."""


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
    kept = tuple(name for name in FOLLOWERS if name in asked or (usual and name not in ASKED_FOR))
    return (*kept, GAINS) if OF_GAINS in kept else kept


def followers(noted: tuple[str, ...], model: Any) -> list[Follower]:
    """Begin to watch a model."""
    return [FOLLOWERS[name](model) for name in noted if name in FOLLOWERS]


def left_by(watched: Mapping[str, list[Follower]], parents: Mapping[str, str]) -> dict[str, dict[str, Columns]]:
    """Tables of the runs of a scenario and replication, by package.

    Parameters
    ----------
    watched : mapping of str to list of Follower
        Who has watched the run of each package.
    parents : mapping of str to str
        What each package is compared with; empty for the one that is compared with none.
    """
    found = {
        arm: {name: table for follower in watching for name, table in follower.tables().items()}
        for arm, watching in watched.items()
    }
    lives = {
        arm: follower.lives()
        for arm, watching in watched.items()
        for follower in watching
        if isinstance(follower, Segments)
    }
    for arm, here in lives.items():
        if parents[arm] in lives:
            found[arm][GAINS] = gains_of(parents[arm], lives[parents[arm]], here)
    return found
