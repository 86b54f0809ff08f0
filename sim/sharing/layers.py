"""One layer of a scheme: who takes which part of a loss, between which bounds and up to which caps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.engine.tables.declare import setting
from sim.sharing.terms import BILLION, GUARANTEE_FUND, PARTICIPANTS

POOL = "pool"

TRANCHES = ("first_loss", "excess_of_loss", "stop_loss")
LAYER_KINDS = ("quota_share", *TRANCHES)
CAP_BASES = ("none", "guaranteed_volume", "outstanding", "released", "premium_income")


@dataclass(frozen=True)
class Layer:
    """One layer: who takes which part of a loss, between which bounds and up to which caps."""

    kind: str = setting(
        "quota_share",
        choices=LAYER_KINDS,
        meaning="a share of each loss; the first loss of the pool; its cumulative loss between two "
        "bounds; its loss of a contract year between two bounds",
    )
    participant: str = setting(GUARANTEE_FUND, choices=PARTICIPANTS, meaning="who takes the layer")
    of: str = setting(
        POOL,
        choices=(POOL, *PARTICIPANTS),
        meaning="whose loss is taken: the pool's open loss, or what a participant bears so far",
    )
    share: float = setting(1.0, 0.0, 1.0, unit="fraction", meaning="share of the layer that is taken")
    attachment: float = setting(0.0, 0.0, 1.0, unit="fraction of volume", meaning="loss at which the layer begins")
    detachment: float = setting(1.0, 0.0, 1.0, unit="fraction of volume", meaning="loss at which the layer ends")
    deductible: float = setting(
        0.0,
        0.0,
        1.0,
        unit="fraction of volume",
        meaning="cumulative loss of the layer that stays with the cedent before it begins to pay",
    )
    period_cap: float = setting(1.0, 0.0, 1.0, unit="fraction of base", meaning="most that is paid in a contract year")
    period_cap_base: str = setting("none", choices=CAP_BASES, meaning="what the yearly cap is a share of")
    lifetime_cap: float = setting(
        1.0, 0.0, 1.0, unit="fraction of base", meaning="most that is ever paid under the layer"
    )
    lifetime_cap_base: str = setting("none", choices=CAP_BASES, meaning="what the lifetime cap is a share of")
    premium_rate: float = setting(
        0.0,
        0.0,
        0.5,
        unit="a year of what the layer promises",
        meaning="price of the layer, paid by whose loss it takes; the guarantee fund has its own price",
    )

    @property
    def capped(self) -> bool:
        """Whether a cap can bind at all."""
        return self.period_cap_base != "none" or self.lifetime_cap_base != "none"

    @property
    def billionths(self) -> int:
        """``share`` as an integer weight, so that no float enters a division of money."""
        return round(self.share * BILLION)


def quota_blocks(layers: tuple[Layer, ...]) -> Iterator[tuple[int, int]]:
    """Yield (first, past the last) of each run of layers that is served together.

    Neighbouring quota shares of one cedent form one block; every other layer stands alone.
    """
    start = 0
    while start < len(layers):
        stop = start + 1
        if layers[start].kind == "quota_share":
            while stop < len(layers) and layers[stop].kind == "quota_share" and layers[stop].of == layers[start].of:
                stop += 1
        yield start, stop
        start = stop
