"""What the month asks of a policy, where none of its options is the class of the others."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, runtime_checkable

from sim.engine.loops.stage import Stage


@runtime_checkable
class Rules(Protocol):
    """A policy that is rules of the month and nothing else."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The rules in order."""
        ...


@runtime_checkable
class ListedRules(Rules, Protocol):
    """Rules that are written from a list."""

    @property
    def rules(self) -> tuple[Any, ...]:
        """The list in order, each with a name, a condition, an action and its size."""
        ...


@runtime_checkable
class Appetite(Protocol):
    """How cutoffs move from month to month."""

    def next(self, points: float, gap: float, arrears: float, capital_ratio: float) -> float:
        """Appetite of the next month in points, from this month's, unemployment, arrears and capital."""
        ...


class Limits:
    """What every way to set limits answers."""

    stages: ClassVar[tuple[Stage, ...]]

    def for_firms(self, opening_multiple: float) -> dict[str, float]:
        """Numbers of its own for firms, whose opening limit is so many months of inflow: none."""
        return {}
