"""Takeover of accounts: a stranger draws on somebody's open line, unless authentication stops it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.kernels.stage import Stage, stage
from sim.rules.servicing import annuity
from sim.rules.states import LINE_OPEN
from sim.tables.declare import setting

STANDARD_TERM = 12  # months over which a stranger's draw on a card-like line is spread


@stage(
    "principal payment",
    "fraud.paid fraud_on_book fraud_attempts fraud_stopped fraud_cases",
    where="alive limit",
    rare=True,
)
def suffer_takeover(
    line: int,
    limit: int,
    principal: int,
    interest: int,
    payment: int,
    rate: float,
    offer_rate: float,
    offer_term: int,
    takeover_hazard: float,
    fraud_intensity: float,
    smallest_takeover: int,
    takeovers_stopped: float,
    lender_bears: float,
    luck_fraud: float,
    luck_fraud_size: float,
    luck_dispute: float,
) -> tuple[int, int, int, int, int, int, int]:
    """Lose what is left of an open line to a stranger; the lender or the person bears it.

    Attempts come with ``takeover_hazard`` times the month's intensity; one uniform tells both whether
    somebody tries and whether it is stopped. What the person bears stays on the book as a loan.
    """
    headroom = limit - principal
    attempted = luck_fraud < takeover_hazard * fraud_intensity
    if line != LINE_OPEN or headroom < smallest_takeover or not attempted:
        return principal, payment, 0, 0, 0, 0, 0
    if luck_fraud >= takeover_hazard * fraud_intensity * (1.0 - takeovers_stopped):
        return principal, payment, 0, 0, 1, 1, 0
    stolen = int(headroom * (0.2 + 0.8 * luck_fraud_size))
    if luck_dispute < lender_bears:
        return principal, payment, stolen, 0, 1, 0, 1
    balance = principal + stolen
    price = rate if principal > 0 else offer_rate
    level = annuity(balance, price, offer_term if offer_term > 0 else STANDARD_TERM)
    return balance, max(level, payment), stolen, stolen, 1, 0, 1


@dataclass(frozen=True)
class NoFraud:
    """Nobody takes over anything."""

    name: str = setting("none", meaning="no fraud", choices=("none",))
    stages: ClassVar[tuple[Stage, ...]] = ()

    def intensity(self, month: int) -> float:
        """Attempts over the usual number."""
        return 1.0


@dataclass(frozen=True)
class Takeovers(NoFraud):
    """Takeovers at a steady rate."""

    name: str = setting("takeovers", meaning="takeovers at a steady rate", choices=("takeovers",))
    takeover_hazard: float = setting(
        0.0004, 0.0, 1.0, unit="attempts a line a month", meaning="somebody tries (assumption)"
    )
    smallest_takeover: int = setting(50_000, 1, 10**9, unit="fen", meaning="not worth it for less (assumption)")
    stages: ClassVar[tuple[Stage, ...]] = (suffer_takeover,)


@dataclass(frozen=True)
class Wave(Takeovers):
    """A ring at work: takeovers come in a wave, as after a data leak."""

    name: str = setting("wave", meaning="takeovers come in a wave", choices=("wave",))
    wave_start: int = setting(12, -240, 600, unit="months from the policy date", meaning="first month of the wave")
    wave_months: int = setting(4, 1, 120, unit="months", meaning="length of the wave (assumption)")
    wave_factor: float = setting(10.0, 0.0, 1000.0, unit="factor", meaning="attempts in the wave (assumption)")

    def intensity(self, month: int) -> float:
        """Attempts over the usual number."""
        inside = self.wave_start <= month < self.wave_start + self.wave_months
        return self.wave_factor if inside else 1.0


OPTIONS: dict[str, type] = {"none": NoFraud, "takeovers": Takeovers, "wave": Wave}
