"""Risk appetite: points by which every cutoff is lowered (supportive) or raised (tight), a state of the lender."""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.tables.declare import setting


@dataclass(frozen=True)
class Steady:
    """The same cutoffs in good times and bad."""

    name: str = setting("steady", meaning="the same cutoffs in good times and bad", choices=("steady",))

    def next(self, points: float, gap: float, arrears: float, capital_ratio: float) -> float:
        """Appetite of the next month in points: neutral."""
        return 0.0


@dataclass(frozen=True)
class Cycle:
    """Cutoffs move with unemployment: supportive above 0, tight below."""

    name: str = setting("cycle", meaning="cutoffs move with unemployment", choices=("cycle",))
    appetite_slope: float = setting(
        800.0,
        -20_000.0,
        20_000.0,
        unit="points per unit of unemployment",
        meaning="above 0 the bar is lowered in downturns, below 0 it is raised (assumption)",
    )
    largest_appetite: float = setting(60.0, 0.0, 600.0, unit="points", meaning="furthest shift (assumption)")

    def next(self, points: float, gap: float, arrears: float, capital_ratio: float) -> float:
        """Appetite of the next month in points, from the gap of unemployment."""
        return min(max(self.appetite_slope * gap, -self.largest_appetite), self.largest_appetite)


@dataclass(frozen=True)
class Target:
    """Cutoffs follow a target of arrears, and capital: tight above the target, supportive below."""

    name: str = setting("target", meaning="cutoffs follow targets of arrears and capital", choices=("target",))
    arrears_target: float = setting(
        0.016, 0.0001, 1.0, unit="share of balance", meaning="30 days past due and more to aim at (calm level)"
    )
    capital_target: float = setting(
        0.15, 0.0, 1.0, unit="equity over own loans", meaning="below it the lender only tightens (assumption)"
    )
    appetite_pace: float = setting(
        4.0, 0.0, 100.0, unit="points a month", meaning="shift while arrears are twice the target or none (assumption)"
    )
    largest_appetite: float = setting(60.0, 0.0, 600.0, unit="points", meaning="furthest shift (assumption)")

    def next(self, points: float, gap: float, arrears: float, capital_ratio: float) -> float:
        """Appetite of the next month in points: integral control on the miss of the arrears target."""
        miss = min(max(1.0 - arrears / self.arrears_target, -1.0), 1.0)
        if capital_ratio < self.capital_target:
            miss = min(miss, 0.0)
        return min(max(points + self.appetite_pace * miss, -self.largest_appetite), self.largest_appetite)


OPTIONS: dict[str, type] = {"steady": Steady, "cycle": Cycle, "target": Target}
