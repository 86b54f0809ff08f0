"""How many persons there are, who they are, and how they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.engine.tables.declare import setting

TAPE = "tape"  # the option that starts from a user's own loan tape
LEAST_INCOME = 1_000


@dataclass(frozen=True)
class PopulationSettings:
    """Size and type distribution of the persons."""

    name: str = setting("demo", meaning="chosen population")
    borrowers: int = setting(20_000, 1, 50_000_000, unit="persons", meaning="persons at the start")
    median_income: int = setting(
        550_000,
        0,
        100_000_000,
        unit="fen a month",
        meaning="median permanent income; 0 with population=tape: its mapping's",
    )
    income_spread: float = setting(0.45, 0.0, 2.0, unit="log points", meaning="sd of log permanent income (assumption)")
    essential_share: float = setting(0.372, 0.0, 1.0, unit="share of income", meaning="essentials, mean (calibrated)")
    essential_spread: float = setting(0.52, 0.0, 1.0, unit="share of income", meaning="essentials, full width")
    essential_elasticity: float = setting(
        0.805, 0.0, 1.0, unit="percent per percent of income", meaning="rise of essentials with income (Engel curve)"
    )
    essential_floor: int = setting(80_000, 0, 10_000_000, unit="fen a month", meaning="subsistence")
    median_patience: float = setting(
        1.37, 0.0, 36.0, unit="months of income", meaning="median buffer target (calibrated)"
    )
    patience_spread: float = setting(0.7, 0.0, 3.0, unit="log points", meaning="sd of the log buffer target")
    stationary_cash: float = setting(0.9, 0.0, 3.0, unit="share of target", meaning="mean starting cash (calibrated)")
    honesty_power: float = setting(1.47, 0.1, 20.0, meaning="honesty is 1 - u^power; higher is more honest")
    mean_appetite: float = setting(1.56, 0.0, 12.0, unit="months of income", meaning="mean wish for debt")
    footprint_low: float = setting(0.35, 0.0, 1.0, unit="share of inflow", meaning="least that the platform sees")
    footprint_high: float = setting(0.95, 0.0, 1.0, unit="share of inflow", meaning="most that the platform sees")
    thin_file_share: float = setting(0.3, 0.0, 1.0, unit="share of persons", meaning="thin files (assumption)")
    community_size: int = setting(100, 1, 1_000_000, unit="persons", meaning="mean online neighbourhood")
    multi_lender_share: float = setting(
        0.44,
        0.0,
        1.0,
        unit="share of persons",
        meaning="borrow elsewhere too (Beijing Internet Finance Association)",
    )
    mean_other_debt: float = setting(1.1, 0.0, 24.0, unit="per unit of appetite", meaning="starting debt elsewhere")
    signal_accuracy: float = setting(0.55, 0.0, 1.0, unit="correlation", meaning="alternative data with true quality")
    initial_line_share: float = setting(0.95, 0.0, 1.0, unit="share of persons", meaning="apply at the start")
    initial_tenure: int = setting(24, 0, 120, unit="months", meaning="time that the first persons are on the book")
    card_share: float = setting(0.1, 0.0, 1.0, unit="share of persons", meaning="lines with a minimum payment")
    arrival_rate: float = setting(0.003, 0.0, 0.2, unit="a month", meaning="arrivals as a share of the starting number")
    low_income_share: float = setting(0.2, 0.0, 1.0, unit="share of persons", meaning="counted as low income")
    file: str = setting("", meaning="loan tape to start from (CSV, xlsx or Parquet); population=tape only", place=True)
    mapping: str = setting("", meaning="which column of the tape is what: a shipped mapping or a YAML file", place=True)
    start: str = setting("", meaning="month of the tape to start from; empty: its last")

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        problems = []
        if self.footprint_low > self.footprint_high:
            problems.append(
                f"population.footprint_low: {self.footprint_low} is above footprint_high {self.footprint_high}"
            )
        if self.median_income < LEAST_INCOME and (self.name != TAPE or self.median_income):
            problems.append(
                f"population.median_income: {self.median_income} is not allowed: a whole number from {LEAST_INCOME} to"
                " 100000000 (fen a month)"
            )
        if self.name == TAPE:
            for key, what in (("file", "a CSV, xlsx or Parquet file"), ("mapping", "a shipped mapping or a YAML file")):
                if not getattr(self, key):
                    problems.append(f"population.{key}: empty, must name {what} when population=tape")
        else:
            for key in ("file", "mapping", "start"):
                if getattr(self, key):
                    problems.append(f"population.{key}: is for population=tape, not population={self.name}")
        return problems

    @property
    def communities(self) -> int:
        """Number of online neighbourhoods, fixed for the run."""
        return max(1, self.borrowers // self.community_size)

    def arrivals(self, month: int) -> int:
        """Arrivals of a month: exogenous, so that every policy meets the same persons."""
        return int(self.borrowers * self.arrival_rate * (month + 1)) - int(self.borrowers * self.arrival_rate * month)

    def capacity(self, months: int) -> int:
        """Rows needed for a run of that many months."""
        return self.borrowers + int(self.borrowers * self.arrival_rate * (months + 2)) + 2

    def environment(self) -> dict[str, Any]:
        """Numbers that the arrival rules read."""
        skip = (
            "name",
            "borrowers",
            "community_size",
            "arrival_rate",
            "initial_line_share",
            "initial_tenure",
            "low_income_share",
            "file",
            "mapping",
            "start",
        )
        numbers = {key: value for key, value in vars(self).items() if key not in skip}
        return {**numbers, "communities": self.communities}
