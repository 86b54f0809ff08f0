"""Relief for those who owe: none, restructuring case by case, a general moratorium."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from sim.engine.loops.stage import Stage, Tally, stage
from sim.engine.tables.declare import setting
from sim.loan.annuity import annuity
from sim.loan.states import LINE_FROZEN, LINE_OPEN, MONTHS_90


class OfferPlan(NamedTuple):
    """What `offer_plan` leaves."""

    plan_agreed: int


@stage(where="alive months_past_due", rare=True)
def offer_plan(
    principal: int,
    months_past_due: int,
    reliefs: int,
    relief_earliest: int,
    relief_latest: int,
    most_reliefs: int,
    relief_share: float,
    luck_relief: float,
) -> OfferPlan:
    """Offer a new plan to somebody in early arrears, so often and to so many."""
    offered = relief_earliest <= months_past_due <= relief_latest and reliefs < most_reliefs
    return OfferPlan(plan_agreed=1 if principal > 0 and offered and luck_relief < relief_share else 0)


class Restructure(NamedTuple):
    """What `restructure` leaves."""

    payment: int
    overdue: int
    months_past_due: int
    holiday: int
    reliefs: int
    line: int
    months_in_state: int
    restructured: Tally
    npl_restructured: Tally


@stage(where="alive plan_agreed", rare=True)
def restructure(
    principal: int,
    interest: int,
    months_past_due: int,
    reliefs: int,
    line: int,
    rate: float,
    relief_term: int,
    relief_rate_cut: float,
    grace_months: int,
) -> Restructure:
    """Put a plan that was agreed on into force: arrears are spread over a longer term.

    The contract runs anew from today, perhaps after a grace period; the line is frozen meanwhile. Whether
    the plan is kept, and for how long, is up to the same behaviour as before.
    """
    owed = principal + interest
    level = annuity(owed, rate * (1.0 - relief_rate_cut), relief_term)
    frozen = LINE_FROZEN if line == LINE_OPEN else line
    return Restructure(
        payment=min(level, owed),
        overdue=0,
        months_past_due=0,
        holiday=grace_months,
        reliefs=reliefs + 1,
        line=frozen,
        months_in_state=0,
        restructured=1,
        npl_restructured=principal if months_past_due >= MONTHS_90 else 0,
    )


class CountDown(NamedTuple):
    """What `count_down` leaves."""

    holiday: int


@stage(where="alive holiday", rare=True)
def count_down(holiday: int) -> CountDown:
    """One month of the payment holiday is over."""
    return CountDown(holiday=holiday - 1)


class GrantHoliday(NamedTuple):
    """What `grant_holiday` leaves."""

    holiday: int
    reliefs: int
    holidays_begun: Tally


@stage(where="alive principal")
def grant_holiday(
    holiday: int,
    reliefs: int,
    months_past_due: int,
    inflow_fast: float,
    inflow_slow: float,
    unemployment_gap: float,
    relief_gap: float,
    relief_inflow_drop: float,
    relief_latest: int,
    most_reliefs: int,
    relief_share: float,
    holiday_months: int,
    luck_relief: float,
) -> GrantHoliday:
    """Give a payment holiday to whoever asks, once unemployment stands far enough above normal.

    ``relief_inflow_drop`` asks for proof: the inflow seen has fallen by that share; 0 asks for none, and who
    had no inflow cannot show a fall of it.
    """
    if unemployment_gap < relief_gap or holiday > 0 or reliefs >= most_reliefs or months_past_due > relief_latest:
        return GrantHoliday(holiday=holiday, reliefs=reliefs, holidays_begun=0)
    proof = relief_inflow_drop > 0.0 and inflow_slow > 0.0
    if luck_relief >= relief_share or (proof and inflow_fast > (1.0 - relief_inflow_drop) * inflow_slow):
        return GrantHoliday(holiday=holiday, reliefs=reliefs, holidays_begun=0)
    return GrantHoliday(holiday=holiday_months, reliefs=reliefs + 1, holidays_begun=1)


class OfferHoliday(NamedTuple):
    """What `offer_holiday` leaves."""

    holiday: int
    reliefs: int
    holidays_begun: Tally
    in_holiday: Tally


@stage(where="alive principal")
def offer_holiday(
    holiday: int,
    reliefs: int,
    months_past_due: int,
    inflow_fast: float,
    inflow_slow: float,
    forbearance_months: int,
    forbearance_latest: int,
    forbearance_drop: float,
    holidays_offered: float,
    luck_relief: float,
) -> OfferHoliday:
    """Give a payment holiday that the path offers to some of those who ask, whatever the lender's own relief.

    Who is behind asks, unless too far, and who is seen to have lost ``forbearance_drop`` of the usual inflow. In the
    United States relief of 2020 went to those hit hardest and with low scores (Cherry, Jiang, Matvos, Piskorski and
    Seru, 2021). The clock of arrears stands still, as the CARES Act had it reported (section 4021).
    """
    late = 0 < months_past_due <= forbearance_latest
    fallen = months_past_due == 0 and inflow_fast < (1.0 - forbearance_drop) * inflow_slow
    begun = 1 if holiday == 0 and (late or fallen) and luck_relief < holidays_offered else 0
    left = forbearance_months if begun else holiday
    return OfferHoliday(holiday=left, reliefs=reliefs + begun, holidays_begun=begun, in_holiday=1 if left > 0 else 0)


@dataclass(frozen=True)
class NoRelief:
    """The contract stands."""

    name: str = setting("none", meaning="the contract stands", choices=("none",))
    stages: ClassVar[tuple[Stage, ...]] = ()


@dataclass(frozen=True)
class Restructuring:
    """New plans case by case in early arrears."""

    name: str = setting("restructuring", meaning="new plans case by case", choices=("restructuring",))
    relief_earliest: int = setting(1, 1, 13, unit="months past due", meaning="a plan from here (assumption)")
    relief_latest: int = setting(3, 1, 13, unit="months past due", meaning="a plan up to here (assumption)")
    most_reliefs: int = setting(1, 1, 120, unit="times", meaning="plans that one account may have (assumption)")
    relief_share: float = setting(0.3, 0.0, 1.0, unit="a month", meaning="chance that a plan is agreed (assumption)")
    relief_term: int = setting(24, 1, 60, unit="months", meaning="term of the new plan (assumption)")
    relief_rate_cut: float = setting(
        0.0, 0.0, 1.0, unit="share of the rate", meaning="instalments are worked out at a rate lower by this"
    )
    grace_months: int = setting(0, 0, 24, unit="months", meaning="without instalments at first")
    stages: ClassVar[tuple[Stage, ...]] = (count_down, offer_plan, restructure)

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        if self.relief_earliest > self.relief_latest:
            latest = self.relief_latest
            return [f"policy.relief.relief_earliest: {self.relief_earliest} is above relief_latest {latest}"]
        return []


@dataclass(frozen=True)
class Moratorium:
    """A payment holiday for all who ask, in a downturn."""

    name: str = setting("moratorium", meaning="a payment holiday in a downturn", choices=("moratorium",))
    relief_gap: float = setting(
        0.015, 0.0, 1.0, unit="unemployment above normal", meaning="the holiday begins from here (assumption)"
    )
    relief_inflow_drop: float = setting(0.0, 0.0, 1.0, unit="share of inflow", meaning="fall that must be shown")
    relief_latest: int = setting(3, 0, 13, unit="months past due", meaning="not for those further behind (assumption)")
    most_reliefs: int = setting(1, 1, 120, unit="times", meaning="holidays that one account may have")
    relief_share: float = setting(0.5, 0.0, 1.0, unit="a month", meaning="share that takes it (assumption)")
    holiday_months: int = setting(6, 1, 60, unit="months", meaning="length of the holiday (assumption)")
    clock_frozen: bool = setting(True, meaning="months past due stand still (true) or go on counting (false)")
    stages: ClassVar[tuple[Stage, ...]] = (count_down, grant_holiday)


OPTIONS: dict[str, type] = {"none": NoRelief, "restructuring": Restructuring, "moratorium": Moratorium}
