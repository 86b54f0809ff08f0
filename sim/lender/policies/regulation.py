"""What the law allows an online lender, whatever its own policies say.

A limit by law lowers what the policies decide; a setting of scheme, partners or debt beyond the law is refused.
The cap on prices is a key of the pricing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from sim.engine.loops.stage import Stage, Tally, stage
from sim.engine.tables.declare import setting
from sim.loan.states import LARGEST


class KeepWithinLaw(NamedTuple):
    """What `keep_within_law` leaves."""

    limit: int
    limits_capped: Tally


@stage(where="alive line")
def keep_within_law(limit: int, inflow_slow: float, borrower_cap: int, income_cap: float) -> KeepWithinLaw:
    """Lower a limit to the cap for one borrower, and to a share of a year's inflow seen.

    With ``income_cap`` 0 income does not matter. What is drawn already stays and runs off.
    """
    allowed = borrower_cap
    if income_cap > 0.0 and limit > 12.0 * income_cap * inflow_slow:
        allowed = min(allowed, int(12.0 * income_cap * inflow_slow) // 10_000 * 10_000)
    return KeepWithinLaw(limit=min(limit, allowed), limits_capped=1 if limit > allowed else 0)


@dataclass(frozen=True)
class NoRegulation:
    """No limits by law."""

    name: str = setting("none", meaning="no limits by law", choices=("none",))
    stages: ClassVar[tuple[Stage, ...]] = ()

    def numbers(self, firms: bool = False) -> dict[str, float | int]:
        """Numbers that the rule reads, of persons or of firms."""
        return {}

    def check_against(self, config: Any) -> list[str]:
        """What in a configuration the law does not allow, one line each."""
        return []


@dataclass(frozen=True)
class China2021(NoRegulation):
    """Chinese rules for online lending of 2020 and 2021."""

    name: str = setting("china_2021", meaning="Chinese rules of 2020 and 2021", choices=("china_2021",))
    least_own_share: float = setting(
        0.30, 0.0, 1.0, unit="share of each loan", meaning="platform's part of a joint loan (notice 24 of 2021)"
    )
    person_cap: int = setting(
        30_000_000, 0, LARGEST, unit="fen", meaning="loans to one person (draft of 2020-11-02: 300 000 yuan)"
    )
    income_cap: float = setting(
        1.0 / 3.0, 0.0, 100.0, unit="share of a year's inflow seen", meaning="loans to one person, too; 0 = no such cap"
    )
    firm_cap: int = setting(
        100_000_000, 0, LARGEST, unit="fen", meaning="loans to one firm (draft of 2020-11-02: 1 million yuan)"
    )
    one_partner_cap: float = setting(
        0.25, 0.0, 10.0, unit="of tier-1 capital", meaning="a bank's joint loans with one platform (notice 24 of 2021)"
    )
    all_partners_cap: float = setting(
        0.50, 0.0, 10.0, unit="of total loans", meaning="a bank's joint loans with all platforms (notice 24 of 2021)"
    )
    debt_cap: float = setting(
        5.0, 0.0, 100.0, unit="times equity", meaning="1 of loans and 4 of bonds and notes (micro-lender rules of 2020)"
    )
    stages: ClassVar[tuple[Stage, ...]] = (keep_within_law,)

    def numbers(self, firms: bool = False) -> dict[str, float | int]:
        """Numbers that the rule reads, of persons or of firms; firms have no income to be measured by."""
        cap, share = (self.firm_cap, 0.0) if firms else (self.person_cap, self.income_cap)
        return {"borrower_cap": cap, "income_cap": share}

    def check_against(self, config: Any) -> list[str]:
        """What in a configuration the law does not allow, one line each."""
        scheme, found = config.sharing, []
        own = 1.0 - scheme.quota("partner_banks") if scheme.funded else 1.0
        if own < self.least_own_share - 1e-9:
            found.append(f"sharing: the platform funds {own:.0%} of a joint loan, must be {self.least_own_share:.0%}")
        for place, bank in enumerate(scheme.partners if scheme.funded else ()):
            for name, cap, allowed in (
                ("one_platform_cap", bank.one_platform_cap, self.one_partner_cap),
                ("all_platforms_cap", bank.all_platforms_cap, self.all_partners_cap),
            ):
                if cap > allowed:
                    found.append(f"sharing.partners[{place}].{name}: {cap:g} is not allowed: at most {allowed:g}")
        if config.lender.leverage_cap > self.debt_cap:
            cap = config.lender.leverage_cap
            found.append(f"lender.leverage_cap: {cap:g} is not allowed: at most {self.debt_cap:g}")
        return [f"{problem} under regulation={self.name}" for problem in found]


OPTIONS: dict[str, type] = {"none": NoRegulation, "china_2021": China2021}
