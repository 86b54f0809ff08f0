"""The parts of a plan: scenarios, packages, and the task of one replication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.economy.outlook import Outlook
from sim.study.plan.points import NO_CHANGE, Point, Updates, updated

MASK = 0xFFFF_FFFF_FFFF_FFFF


GOLDEN = 0x9E37_79B9_7F4A_7C15


def replication_seed(seed: int, replication: int) -> int:
    """Seed of one replication, fixed before any run.

    SplitMix64 (Steele, Lea and Flood, 2014): the state ``seed + (replication + 1) * golden`` is mixed by two
    multiply-xorshift rounds; the top 53 bits are kept, so that the number survives a JSON reader.
    Replications of one study, and studies with neighbouring seeds, share no visible pattern.
    """
    state = (seed + (replication + 1) * GOLDEN) & MASK
    state = ((state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D0_49BB_1331_11EB) & MASK
    return (state ^ (state >> 31)) >> 11


@dataclass(frozen=True)
class Scenario:
    """One economy that every arm lives through after the policy date, and what it brings in these months."""

    name: str
    months: int
    meaning: str = ""
    family: str = ""
    outlook: Outlook | None = None


@dataclass(frozen=True)
class Arm:
    """One policy package with its configuration for each scenario.

    ``shadow_of`` names the arm whose never-closing twin this is; such an arm only serves to judge closures.
    ``takes_policy`` is False for an arm that a design's policy keys leave as it is.
    """

    name: str
    configs: Mapping[str, Any]
    parent: str = ""
    meaning: str = ""
    differs: str = ""
    shadow_of: str = ""
    takes_policy: bool = True


@dataclass(frozen=True)
class Task:
    """A cell: one burn-in and every arm and scenario of a family forked from it, for one replication.

    ``calm`` marks all that the burn-in takes from the economy; empty where no other cell can share it. ``world`` are
    the values that make its world; none: those of the configuration. ``noted`` are the tables that its runs leave.
    """

    family: str
    replication: int
    seed: int
    burn_in: int
    threads: int
    block: int
    root: Arm
    scenarios: tuple[Scenario, ...]
    arms: tuple[Arm, ...]
    paired: Mapping[str, str]
    point: Point = NO_CHANGE
    calm: str = ""
    approving: Mapping[str, str] = field(default_factory=dict)
    world: Updates = ()
    noted: tuple[str, ...] = ()

    @property
    def months(self) -> int:
        """Months to simulate, burn-in included."""
        return self.burn_in + len(self.arms) * sum(scenario.months for scenario in self.scenarios)

    def config(self, arm: Arm, scenario: str) -> Any:
        """Configuration of an arm in a scenario, the values of the world and the point put in."""
        asked = self.point.updates if arm.takes_policy else self.point.common
        return updated(arm.configs[scenario], (*self.world, *asked))

    @property
    def root_config(self) -> Any:
        """Configuration of the burn-in."""
        return self.config(self.root, next(iter(self.root.configs)))
