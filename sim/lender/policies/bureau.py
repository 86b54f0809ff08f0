"""The credit bureau: how much of a person's debt to others lenders see, and how late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from sim.engine.loops.stage import Stage, Tally, stage
from sim.engine.tables.declare import as_in, setting


class ReportDebt(NamedTuple):
    """What `report_debt` leaves."""

    bureau_debt: int
    bureau_past_due: int
    sum_bureau_debt: Tally


DEBT_ELSEWHERE = 0.4  # log-odds of default per six months of inflow owed elsewhere, where no card says more


@stage(both_sides=True)
def report_debt(
    other_debt: int, other_past_due: int, bureau_debt: int, bureau_share: float, bureau_lag: int
) -> ReportDebt:
    """Show the lender a share of what a person owes elsewhere, as it comes in over some months, and the arrears."""
    change = int(other_debt * bureau_share - bureau_debt)
    seen = bureau_debt + (change if bureau_lag == 1 else change // bureau_lag)
    return ReportDebt(bureau_debt=seen, bureau_past_due=max(other_past_due + 1 - bureau_lag, 0), sum_bureau_debt=seen)


@dataclass(frozen=True)
class NoBureau:
    """No lender tells another anything."""

    name: str = setting("none", meaning="nothing is shared", choices=("none",))
    stages: ClassVar[tuple[Stage, ...]] = ()

    def numbers(self) -> dict[str, float]:
        """Numbers that rules read: what weighs nothing where nothing is shared."""
        return {"bureau_weight": 0.0, "bureau_share": 0.0}


@dataclass(frozen=True)
class Full:
    """All lenders report at once."""

    name: str = setting("full", meaning="all debt is shared at once", choices=("full",))
    bureau_share: float = setting(1.0, 0.01, 1.0, unit="share of debt elsewhere", meaning="what the bureau shows")
    bureau_lag: int = setting(1, 1, 120, unit="months", meaning="until a change is seen")
    bureau_weight: float = setting(
        1.0, 0.0, 10.0, unit="factor", meaning="weight of what it shows: 1 as cards were fitted, 0 it is not read"
    )
    stages: ClassVar[tuple[Stage, ...]] = (report_debt,)

    def numbers(self) -> dict[str, float]:
        """Numbers that rules read beside the settings."""
        return {}


@dataclass(frozen=True)
class Partial(Full):
    """Some lenders report, and late."""

    name: str = setting("partial", meaning="a share of debt is shared, late", choices=("partial",))
    bureau_share: float = as_in(Full, "bureau_share", 0.5)
    bureau_lag: int = setting(3, 1, 120, unit="months", meaning="until a change is seen (assumption)")


OPTIONS: dict[str, type] = {"none": NoBureau, "partial": Partial, "full": Full}
