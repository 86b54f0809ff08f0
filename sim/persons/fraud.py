"""Takeover of accounts: a stranger draws on somebody's open line, unless authentication stops it.

Strangers work alone, in waves, or organised: rings strike linked accounts together, data leaks expose many at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sim.engine.loops.draws import purpose
from sim.engine.loops.filling import fill_words
from sim.engine.loops.philox import UNIT
from sim.engine.loops.stage import Stage, Tally, stage
from sim.engine.tables.declare import setting
from sim.loan.annuity import annuity
from sim.loan.states import LINE_NONE, LINE_OPEN

STANDARD_TERM = 12  # months over which a stranger's draw on a card-like line is spread


class SufferTakeover(NamedTuple):
    """What `suffer_takeover` leaves."""

    principal: int
    payment: int
    stolen: int
    fraud__paid: Tally
    fraud_on_book: Tally
    fraud_attempts: Tally
    fraud_stopped: Tally
    fraud_cases: Tally


@stage()
def suffer_takeover(
    line: int,
    limit: int,
    principal: int,
    payment: int,
    rate: float,
    offer_rate: float,
    offer_term: int,
    takeover_hazard: float,
    fraud_intensity_by_community: float,
    smallest_takeover: int,
    takeovers_stopped: float,
    lender_bears: float,
    luck_fraud: float,
    luck_fraud_size: float,
    luck_dispute: float,
) -> SufferTakeover:
    """Lose what is left of an open line to a stranger; the lender or the person bears it.

    Attempts come with ``takeover_hazard`` times the neighbourhood's intensity; one uniform tells both whether
    somebody tries and whether it is stopped. What the person bears stays on the book as a loan.
    """
    headroom = limit - principal
    hazard = takeover_hazard * fraud_intensity_by_community
    attempted = line == LINE_OPEN and headroom >= smallest_takeover and luck_fraud < hazard
    stopped = attempted and luck_fraud >= hazard * (1.0 - takeovers_stopped)
    taken = attempted and not stopped
    stolen = int(headroom * (0.2 + 0.8 * luck_fraud_size)) if taken else 0
    left = 0
    if taken and luck_dispute >= lender_bears:
        left = stolen
        price = rate if principal > 0 else offer_rate
        level = annuity(principal + left, price, offer_term if offer_term > 0 else STANDARD_TERM)
        payment = max(level, payment)
    return SufferTakeover(
        principal=principal + left,
        payment=payment,
        stolen=left,
        fraud__paid=stolen,
        fraud_on_book=left,
        fraud_attempts=1 if attempted else 0,
        fraud_stopped=1 if stopped else 0,
        fraud_cases=1 if taken else 0,
    )


class GiveUpOverChecks(NamedTuple):
    """What `give_up_over_checks` leaves."""

    line: int
    limit: int
    lines_abandoned: Tally


@stage(where="alive limit")
def give_up_over_checks(
    line: int, limit: int, principal: int, interest: int, abandonment: float, luck_contact: float
) -> GiveUpOverChecks:
    """Give up a line that is not in use because its checks are tiresome (``abandonment`` a month)."""
    if line != LINE_OPEN or principal + interest > 0 or luck_contact >= abandonment:
        return GiveUpOverChecks(line=line, limit=limit, lines_abandoned=0)
    return GiveUpOverChecks(line=LINE_NONE, limit=0, lines_abandoned=1)


RING, RING_SIZE, EXPOSED, LEAK = range(4)  # words of the group of purposes that holds `fraud`
A_GROUP = -20_000  # stands where persons have their month of arrival: no person shares a neighbourhood's luck


def group_luck(seed: int, month: int, groups: int) -> Any:
    """Uniform draws of the first neighbourhoods for a month, float64[4, groups]."""
    words = np.empty((4, groups), dtype=np.uint32)
    who, kind = np.arange(groups, dtype=np.int32), np.full(groups, A_GROUP, dtype=np.int16)
    fill_words(who, kind, 0, groups, month, purpose("fraud") // 4, seed & 0xFFFFFFFF, seed >> 32, words)
    return (words + 0.5) * UNIT


@dataclass(frozen=True)
class Groups:
    """Online neighbourhoods: how many there are and the mean number of persons in one."""

    count: int
    size: float


@dataclass(frozen=True)
class FraudMonth:
    """Attempts by neighbourhood over their usual number, float64[communities]; rings that strike, leaks that happen."""

    intensity: Any
    rings: int = 0
    leaks: int = 0


@dataclass(frozen=True)
class NoFraud:
    """Nobody takes over anything."""

    name: str = setting("none", meaning="no fraud", choices=("none",))
    stages: ClassVar[tuple[Stage, ...]] = ()

    def month(self, month: int, seed: int, groups: Groups, access_control: float) -> FraudMonth:
        """What organised strangers do this month; a function of seed and month alone, the same for every policy.

        Parameters
        ----------
        month : int
            Months from the policy date.
        seed : int
            Seed of the replication.
        groups : Groups
            Online neighbourhoods.
        access_control : float
            Share of data leaks that the lender's access control prevents.
        """
        return FraudMonth(np.ones(groups.count))


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
    """Takeovers come in a wave of a given start."""

    name: str = setting("wave", meaning="takeovers come in a wave", choices=("wave",))
    wave_start: int = setting(12, -240, 600, unit="months from the policy date", meaning="first month of the wave")
    wave_months: int = setting(4, 1, 120, unit="months", meaning="length of the wave (assumption)")
    wave_factor: float = setting(10.0, 0.0, 1000.0, unit="factor", meaning="attempts in the wave (assumption)")

    def month(self, month: int, seed: int, groups: Groups, access_control: float) -> FraudMonth:
        """What organised strangers do this month."""
        inside = self.wave_start <= month < self.wave_start + self.wave_months
        return FraudMonth(np.full(groups.count, self.wave_factor if inside else 1.0))


@dataclass(frozen=True)
class Organised(Takeovers):
    """Beside single takeovers, rings that strike linked accounts together, and leaks of customer data."""

    name: str = setting("organised", meaning="rings and data leaks beside single takeovers", choices=("organised",))
    ring_hazard: float = setting(
        0.002, 0.0, 1.0, unit="a neighbourhood a month", meaning="a ring strikes there (assumption)"
    )
    smallest_ring: int = setting(5, 1, 10**6, unit="accounts", meaning="attacked by the smallest ring (assumption)")
    largest_ring: int = setting(500, 1, 10**6, unit="accounts", meaning="attacked by the largest ring (assumption)")
    ring_tail: float = setting(
        1.5, 0.1, 10.0, unit="exponent", meaning="size of rings: Pareto tail, lower is heavier (assumption)"
    )
    leak_hazard: float = setting(0.02, 0.0, 1.0, unit="a month", meaning="customer data leak (assumption)")
    leak_share: float = setting(0.2, 0.0, 1.0, unit="share of neighbourhoods", meaning="exposed by a leak (assumption)")
    leak_factor: float = setting(
        8.0, 0.0, 1000.0, unit="factor", meaning="attempts on the exposed in the month of a leak (assumption)"
    )
    leak_months: int = setting(6, 1, 60, unit="months", meaning="until a leak no longer helps (assumption)")

    def month(self, month: int, seed: int, groups: Groups, access_control: float) -> FraudMonth:
        """What organised strangers do this month.

        A leak raises attempts on the neighbourhoods that it exposes by ``leak_factor``, fading to nothing; the leaks
        that access control prevents are the least likely ones, so that a better control has a part of a worse one's.
        A ring attacks as many accounts as it has, in its own neighbourhood and, where that is too small, the next.
        """
        intensity = np.ones(groups.count)
        leaks = 0
        for age in range(self.leak_months):
            if group_luck(seed, month - age, 1)[LEAK, 0] < self.leak_hazard * (1.0 - access_control):
                leaks += age == 0
                exposed = group_luck(seed, month - age, groups.count)[EXPOSED] < self.leak_share
                intensity[exposed] += (self.leak_factor - 1.0) * (1.0 - age / self.leak_months)
        luck = group_luck(seed, month, groups.count)
        rings = np.flatnonzero(luck[RING] < self.ring_hazard).tolist() if self.takeover_hazard > 0.0 else []
        for ring in rings:
            for place, share in enumerate(self.spread(float(luck[RING_SIZE, ring]), groups.size)):
                intensity[(ring + place) % groups.count] += share / self.takeover_hazard
        return FraudMonth(intensity, len(rings), leaks)

    def spread(self, luck: float, members: float) -> list[float]:
        """Share of accounts that a ring attacks in its own neighbourhood and the next ones; its size is Pareto."""
        size = self.smallest_ring * math.pow(luck, -1.0 / self.ring_tail)
        left, shares = min(size, self.largest_ring) / members, []
        while left > 0.0:
            shares.append(min(left, 1.0))
            left -= shares[-1]
        return shares

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        if self.smallest_ring > self.largest_ring:
            return [f"fraud.smallest_ring: {self.smallest_ring} is above largest_ring {self.largest_ring}"]
        return []


OPTIONS: dict[str, type] = {"none": NoFraud, "takeovers": Takeovers, "wave": Wave, "organised": Organised}
