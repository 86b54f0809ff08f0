"""How the lender provides for losses: by a matrix, by expected losses in three stages, by five categories."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from sim.engine.tables.declare import setting
from sim.lender.impairment import BUCKETS, CLASS_STARTS, CLASSES, DEFAULT, STAGE_2, five_category_rates

Floats = Any


@dataclass(frozen=True)
class Matrix:
    """Rates by months past due, from the lender's settings."""

    name: str = setting("matrix", meaning="rates by months past due", choices=("matrix",))

    def rates(self, own: Floats) -> Floats:
        """Provision by months past due, float64[14]; ``own`` are those of the lender's settings."""
        return own


@dataclass(frozen=True)
class ThreeStages:
    """Expected losses in three stages, from the lender's own moves, conversion and losses over scenarios (IFRS 9)."""

    name: str = setting("ifrs9", meaning="expected losses in three stages", choices=("ifrs9",))
    expected_term: int = setting(24, 1, 60, unit="months", meaning="stage 2 looks so far: life of a line (assumption)")
    effective_rate: float = setting(0.146, 0.0, 1.0, unit="a year", meaning="rate at which losses are discounted")
    adverse_weight: float = setting(0.2, 0.0, 1.0, unit="weight", meaning="of the adverse scenario (assumption)")
    adverse_gap: float = setting(
        0.03, 0.0, 0.3, unit="unemployment", meaning="adverse scenario: above the central one in a year (assumption)"
    )
    benign_weight: float = setting(0.2, 0.0, 1.0, unit="weight", meaning="of the benign scenario (assumption)")
    benign_gap: float = setting(
        0.01, 0.0, 0.3, unit="unemployment", meaning="benign scenario: below the central one in a year (assumption)"
    )
    half_life: float = setting(
        18.0, 1.0, 600.0, unit="months", meaning="half of a gap of unemployment is closed (assumption)"
    )
    roll_on_level: float = setting(
        0.02, -1.0, 1.0, unit="log-odds a point", meaning="prior slope of rolls on unemployment (assumption)"
    )
    roll_on_change: float = setting(
        0.06, -1.0, 1.0, unit="log-odds a point", meaning="prior slope of rolls on its change over a year (assumption)"
    )
    loss_on_level: float = setting(
        0.03, -1.0, 1.0, unit="log-odds a point", meaning="prior slope of loss given default (assumption)"
    )
    slope_strength: float = setting(
        50.0, 0.001, 1e9, unit="squared points", meaning="what the priors of the slopes are worth (assumption)"
    )
    probation_months: int = setting(
        12,
        0,
        120,
        unit="months",
        meaning="a restructured loan stays in stage 2, or 3; 0 = not",
        needs="policy/relief!=none or policy/engine!=none",
    )

    @property
    def weights(self) -> tuple[float, float, float]:
        """Weights of the central, the adverse and the benign scenario."""
        return 1.0 - self.adverse_weight - self.benign_weight, self.adverse_weight, self.benign_weight

    def rates(self, own: Floats) -> Floats:
        """Provision by months past due, float64[14]; ``own`` are those of its experience, see `Staging.rates`."""
        return own

    def slopes(self) -> Floats:
        """Prior slopes of four rolls and of loss given default on level and change, float64[5, 2]."""
        return np.array([*[(self.roll_on_level, self.roll_on_change)] * 4, (self.loss_on_level, 0.0)])

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        total = self.adverse_weight + self.benign_weight
        if total > 1.0:
            return [f"provisioning.adverse_weight: {self.adverse_weight} and benign_weight add up to more than 1"]
        return []


@dataclass(frozen=True)
class FiveCategories:
    """Rates of the five-category classes."""

    name: str = setting("five_category", meaning="rates of the five classes", choices=("five_category",))
    obligor_share: float = setting(
        0.10,
        0.0,
        1.0,
        unit="of an obligor's principal",
        meaning="non-performing: all of it is; 1 = loan by loan",
        needs="firms.per_person>0",
    )
    elsewhere_share: float = setting(
        0.20,
        0.0,
        1.0,
        unit="of debts the bureau shows",
        meaning="90 days late anywhere: non-performing; 1 = never",
        needs="bureau!=none",
    )
    observation_months: int = setting(
        12,
        0,
        120,
        unit="months",
        meaning="a restructured loan is watched, special-mention at least; 0 = not",
        needs="policy/relief!=none or policy/engine!=none",
    )

    def rates(self, own: Floats) -> Floats:
        """Provision by months past due, float64[14]; nothing of the lender's ``own`` enters."""
        return five_category_rates()


@lru_cache(maxsize=256)  # the same few settings every month
def as_written(number: float) -> Fraction:
    """The decimal number that a setting says, exactly: 0.02 is 1/50, not the nearest binary fraction."""
    return Fraction(repr(float(number)))


OPTIONS: dict[str, type] = {"matrix": Matrix, "ifrs9": ThreeStages, "five_category": FiveCategories}


def stage_ends(length: int) -> tuple[int, int, int]:
    """Where each IFRS 9 stage ends among so many states: months past due, and others before default in stage 2."""
    return STAGE_2, length - (BUCKETS - DEFAULT), length


def stages_of(balance: Floats) -> dict[str, int]:
    """Principal in fen by IFRS 9 stage, from principal by state, see `stage_ends`."""
    fen = balance.tolist()
    first, second, third = stage_ends(len(fen))
    return {"stage_1": sum(fen[:first]), "stage_2": sum(fen[first:second]), "stage_3": sum(fen[second:third])}


_CLASS_PARTS = [
    (f"class_{name}", start, end) for name, (start, end) in zip(CLASSES, itertools.pairwise(CLASS_STARTS), strict=False)
]


def classes_of(balance: Floats) -> dict[str, int]:
    """Principal in fen by five-category class, from principal by months past due.

    A loan that would come into the last one is charged off by then.
    """
    fen = balance.tolist()
    return {name: sum(fen[start:end]) for name, start, end in _CLASS_PARTS}


def provisions_by_stage(
    rates: np.ndarray, classed: Sequence[Sequence[int]], retained: float, others: Fraction
) -> tuple[int, int, int]:
    """Provision of each IFRS 9 stage for expected losses, on what the lender itself may lose; together the nearest fen.

    Parameters
    ----------
    rates : float64[14 or 15]
        Share of the principal that is provided for, by state, see `stage_ends`.
    classed : three times 14 or 15 whole numbers
        Principal in fen by state: all of it, what stands covered, what has been claimed.
    retained : float
        Share of a loss on covered loans that the lender bears.
    others : Fraction
        Share of the claims that belongs to others.
    """
    own = as_written(retained)
    # Whole numbers over one denominator: exact, and quicker than adding up fractions.
    over = math.lcm(2, own.denominator, others.denominator)
    gone, theirs = over - times(own, over), times(others, over)
    under, parts = over_one(tuple(rates.tolist()))
    total = under * over // 2
    upto = []
    for part, balance, cover, claim in zip(parts, *classed, strict=True):
        total += part * (over * balance - gone * cover - theirs * claim)
        upto.append(total)
    first, second, third = (max(upto[end - 1] // (under * over), 0) for end in stage_ends(len(rates)))
    return first, second - first, third - second


@lru_cache(maxsize=64)  # a matrix and the five categories keep their rates
def over_one(rates: tuple[float, ...]) -> tuple[int, tuple[int, ...]]:
    """The least denominator of some rates as they are written, and how often each holds one over it."""
    exact = [as_written(rate) for rate in rates]
    under = math.lcm(*[rate.denominator for rate in exact])
    return under, tuple(times(rate, under) for rate in exact)


def times(share: Fraction, multiple: int) -> int:
    """The share of a multiple of its denominator."""
    return share.numerator * (multiple // share.denominator)
