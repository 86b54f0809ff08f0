"""A risk-sharing scheme: its terms, what follows from them, and whether they contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sim.sharing.checks import problems_of
from sim.sharing.fund import FundSettings
from sim.sharing.scheme_terms import SchemeTerms
from sim.sharing.terms import GUARANTEE_FUND, LENDER


def with_those_behind(bearers: Iterable[str], falls_on: Mapping[str, str]) -> set[str]:
    """Those who bear a loss, and who bears it where one of them cannot pay."""
    found: set[str] = set()
    asked = set(bearers)
    while asked:
        found |= asked
        asked = {falls_on[name] for name in found if name in falls_on} - found
    return found


@dataclass(frozen=True)
class Scheme(SchemeTerms):
    """A risk-sharing contract for the loans that the lender makes after the policy date."""

    def trigger_month(self, charge_off_month: int) -> int:
        """Months past due at which a covered balance becomes a claim.

        Parameters
        ----------
        charge_off_month : int
            Months past due at which the lender charges off (13 = 360 days, 7 = 180 days).
        """
        if self.claim_trigger == "charge_off":
            return charge_off_month
        return min(self.claim_months_past_due, charge_off_month)

    def fund_terms(self, fund: FundSettings) -> FundSettings:
        """Terms of the fund under this contract: its own where it names them, else the fund's."""
        own = {
            name: getattr(self, name)
            for name in ("premium_rate", "leverage_cap", "capital_share")
            if getattr(self, name) > 0
        }
        return replace(fund, **own)

    @property
    def participants(self) -> tuple[str, ...]:
        """Who takes part of a loss, by layer; nobody but the lender where there is none."""
        return tuple(layer.participant for layer in self.layers) or (LENDER,)

    @property
    def falls_on(self) -> dict[str, str]:
        """Who bears what a guarantor cannot pay, by guarantor."""
        behind = {entry.participant: entry.falls_on for entry in self.backing}
        return {GUARANTEE_FUND: self.insolvent_share_falls_on, **behind}

    @property
    def bearers(self) -> tuple[str, ...]:
        """Who may bear part of a loss: by a layer, or behind somebody who does."""
        return tuple(sorted(with_those_behind(self.participants, self.falls_on)))

    @property
    def in_part(self) -> bool:
        """Whether part of a new loan can stay outside the cover."""
        return self.eligible.in_part or self.auction.winners > 0

    def check(self, charge_off_month: int = 13) -> list[str]:
        """List every contradiction in the scheme, one line each.

        Parameters
        ----------
        charge_off_month : int
            Months past due at which the lender charges off; a claim cannot come later.
        """
        return list(problems_of(self, charge_off_month))
