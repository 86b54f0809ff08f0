"""Collections by stage of arrears: what pressure, at what cost, and how recoveries follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.kernels.stage import Stage
from sim.tables.declare import setting


@dataclass(frozen=True)
class Staged:
    """M1 reminders, M2-M3 calls, M4 and later legal and outsourced work."""

    name: str = setting("staged", meaning="pressure and cost rise with arrears", choices=("staged", "light"))
    reminder_pressure: float = setting(0.5, 0.0, 10.0, unit="factor on resuming", meaning="effect of M1 reminders")
    call_pressure: float = setting(1.5, 0.0, 10.0, unit="factor on resuming", meaning="effect of M2-M3 calls")
    legal_pressure: float = setting(1.0, 0.0, 10.0, unit="factor on resuming", meaning="effect of M4+ legal work")
    reminder_cost: int = setting(50, 0, 1_000_000, unit="fen an account a month", meaning="cost of M1 reminders")
    call_cost: int = setting(1_000, 0, 1_000_000, unit="fen an account a month", meaning="cost of M2-M3 calls")
    legal_cost: int = setting(3_000, 0, 1_000_000, unit="fen an account a month", meaning="cost of M4+ legal work")
    recovery_hazard: float = setting(0.03, 0.0, 1.0, unit="a month", meaning="payment on a written-off debt, at first")
    recovery_decay: float = setting(0.95, 0.0, 1.0, unit="factor a month", meaning="fading of that hazard with age")
    recovery_share: float = setting(0.35, 0.0, 1.0, unit="share of what is owed", meaning="largest such payment")
    stages: ClassVar[tuple[Stage, ...]] = ()

    def pressure(self) -> list[float]:
        """Pressure by months past due, 0 to 13."""
        return [0.0, self.reminder_pressure, *[self.call_pressure] * 2, *[self.legal_pressure] * 10]

    def cost(self) -> list[int]:
        """Cost in fen of an account for a month, by months past due, 0 to 13."""
        return [0, self.reminder_cost, *[self.call_cost] * 2, *[self.legal_cost] * 10]


@dataclass(frozen=True)
class Light(Staged):
    """Reminders only."""

    name: str = setting("light", meaning="reminders only", choices=("light",))
    reminder_pressure: float = setting(0.3, 0.0, 10.0, unit="factor on resuming", meaning="effect of M1 reminders")
    call_pressure: float = setting(0.2, 0.0, 10.0, unit="factor on resuming", meaning="effect of M2-M3 reminders")
    legal_pressure: float = setting(0.0, 0.0, 10.0, unit="factor on resuming", meaning="effect of M4+ reminders")
    call_cost: int = setting(100, 0, 1_000_000, unit="fen an account a month", meaning="cost of M2-M3 reminders")
    legal_cost: int = setting(100, 0, 1_000_000, unit="fen an account a month", meaning="cost of M4+ reminders")
    recovery_hazard: float = setting(0.012, 0.0, 1.0, unit="a month", meaning="payment on a written-off debt, at first")


OPTIONS: dict[str, type] = {"staged": Staged, "light": Light}
