"""Terms of new draws: as the product foresees, shortened for risk, extended in downturns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from sim.engine.loops.stage import Stage, stage
from sim.engine.tables.declare import setting

LONGEST_TERM = 60


class ShortenForRisk(NamedTuple):
    """What `shorten_for_risk` leaves."""

    offer_term: int


@stage()
def shorten_for_risk(
    term: int, score: float, shorten_score: float, shorten_factor: float, shortest_term: int
) -> ShortenForRisk:
    """Give weak scores a shorter term: the loan is back sooner, and its instalment is higher."""
    if term == 0 or score >= shorten_score:
        return ShortenForRisk(offer_term=term)
    return ShortenForRisk(offer_term=min(max(int(term * shorten_factor + 0.5), shortest_term), term))


class ExtendInDownturn(NamedTuple):
    """What `extend_in_downturn` leaves."""

    offer_term: int


@stage()
def extend_in_downturn(
    term: int, extension_slope: float, largest_extension: float, unemployment_gap: float
) -> ExtendInDownturn:
    """Give every draw a longer term while unemployment is above normal: instalments are lower."""
    stretch = min(1.0 + extension_slope * unemployment_gap, largest_extension)
    return ExtendInDownturn(offer_term=min(int(term * stretch + 0.5), LONGEST_TERM))


@dataclass(frozen=True)
class Fixed:
    """The term of the product."""

    name: str = setting("fixed", meaning="the term of the product", choices=("fixed",))
    stages: ClassVar[tuple[Stage, ...]] = ()


@dataclass(frozen=True)
class Shortened:
    """Shorter terms for weak scores."""

    name: str = setting("shortened", meaning="shorter terms for weak scores", choices=("shortened",))
    shorten_score: float = setting(600.0, 350.0, 950.0, unit="points", meaning="shorten below (assumption)")
    shorten_factor: float = setting(0.5, 0.01, 1.0, unit="share of the term", meaning="what is left (assumption)")
    shortest_term: int = setting(3, 1, LONGEST_TERM, unit="months", meaning="never shorter")
    stages: ClassVar[tuple[Stage, ...]] = (shorten_for_risk,)


@dataclass(frozen=True)
class Extended:
    """Longer terms in downturns."""

    name: str = setting("extended", meaning="longer terms in downturns", choices=("extended",))
    extension_slope: float = setting(
        20.0, 0.0, 200.0, unit="per unit of unemployment", meaning="growth of the term with it (assumption)"
    )
    largest_extension: float = setting(2.0, 1.0, 10.0, unit="factor", meaning="longest term (assumption)")
    stages: ClassVar[tuple[Stage, ...]] = (extend_in_downturn,)


OPTIONS: dict[str, type] = {"fixed": Fixed, "shortened": Shortened, "extended": Extended}
