"""The waterfall over many pools (or loans) at once: the same arithmetic in int64 columns.

`allocate` of `sim.sharing.waterfall` is the reference, for amounts of any size; here an amount must stay below
9e18 fen, and thousands of pools cost as much as a few. Both give the same fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.sharing.layers import POOL, Layer, quota_blocks
from sim.sharing.terms import BILLION, LENDER
from sim.sharing.waterfall import nominal_weights

Fen = NDArray[np.int64]


@dataclass
class Pools:
    """What bounds and caps are shares of in each pool (see `sim.sharing.waterfall.Bases`), int64[pools] in fen."""

    volume: Fen
    year_volume: Fen
    outstanding: Fen
    released: Fen
    year_released: Fen
    premium: Fen
    year_premium: Fen

    @classmethod
    def of(cls, volume: Fen) -> Pools:
        """Pools in their first year of which nothing has been repaid."""
        nothing = np.zeros_like(volume)
        return cls(volume, volume, volume, nothing, nothing, nothing, nothing)


class Taken:
    """What each layer of each pool has met and taken so far, int64[layers, pools] in fen."""

    NAMES = ("met", "met_this_year", "taken", "taken_this_year")

    def __init__(self, layers: int, pools: int) -> None:
        for name in self.NAMES:
            setattr(self, name, np.zeros((layers, pools), dtype=np.int64))

    met: Fen
    met_this_year: Fen
    taken: Fen
    taken_this_year: Fen

    def open_year(self) -> None:
        """Begin a contract year."""
        self.met_this_year[:] = 0
        self.taken_this_year[:] = 0


def times(amount: Fen, billionths: int) -> Fen:
    """``billionths`` of ``amount``, rounded down, without overflow."""
    return amount // BILLION * billionths + amount % BILLION * billionths // BILLION


def split_many(amount: Fen, weights: Sequence[int]) -> Fen:
    """Split each amount by largest remainder, the earlier of two equal ones first; weights sum to a billion.

    Returns
    -------
    ndarray
        int64[len(weights), pools]; each column sums to its amount.
    """
    shares = np.stack([times(amount, weight) for weight in weights])
    remainders = np.stack([amount % BILLION * weight % BILLION for weight in weights])
    order = np.argsort(-remainders, axis=0, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(weights))[:, None], axis=0)
    return shares + (rank < amount - shares.sum(axis=0))


def allocate_many(layers: Sequence[Layer], taken: Taken, loss: Fen, pools: Pools) -> dict[str, Fen]:
    """Run a loss of each pool through the layers; ``taken`` is moved on.

    Returns
    -------
    dict of str to ndarray
        What each participant bears, int64[pools]; they sum to ``loss`` exactly and are nowhere negative.
    """
    layers = tuple(layers)
    weights = nominal_weights(layers)
    still_open = loss.copy()
    borne = {layer.participant: np.zeros_like(loss) for layer in layers}
    borne.setdefault(LENDER, np.zeros_like(loss))
    for start, stop in quota_blocks(layers):
        cedent = layers[start].of
        ceded = still_open if cedent == POOL else borne[cedent] + (still_open if cedent == LENDER else 0)
        if layers[start].kind == "quota_share":
            own = [layer.billionths for layer in layers[start:stop]]
            parts = split_many(ceded, [*own, max(0, BILLION - sum(own))])
            offers = [(parts[place], parts[place]) for place in range(stop - start)]
        else:
            met = loss if cedent == POOL else ceded
            offers = [(met, np.minimum(_in_tranche(layers[start], start, taken, met, pools), ceded))]
        for place, (met, offered) in zip(range(start, stop), offers, strict=True):
            paid = _take(layers[place], place, weights[place], taken, met, offered, pools)
            from_borne = np.zeros_like(paid) if cedent == POOL else np.minimum(paid, borne[cedent])
            if cedent != POOL:
                borne[cedent] = borne[cedent] - from_borne
            still_open = still_open - (paid - from_borne)
            borne[layers[place].participant] = borne[layers[place].participant] + paid
    borne[LENDER] = borne[LENDER] + still_open
    return borne


def _between(before: Fen, after: Fen, low: Fen, high: Fen) -> Fen:
    return np.clip(after, low, high) - np.clip(before, low, high)


def _in_tranche(layer: Layer, place: int, taken: Taken, met: Fen, pools: Pools) -> Fen:
    yearly = layer.kind == "stop_loss"
    base = pools.year_volume if yearly else pools.volume
    low, high = (times(base, round(bound * BILLION)) for bound in (layer.attachment, layer.detachment))
    before = (taken.met_this_year if yearly else taken.met)[place]
    paid = (taken.taken_this_year if yearly else taken.taken)[place]
    shares = [layer.billionths, BILLION - layer.billionths]
    wanted = split_many(_between(before, before + met, low, high), shares)[0]
    return np.maximum(np.minimum(wanted, split_many(high - low, shares)[0] - paid), 0)


def _take(layer: Layer, place: int, weight: int, taken: Taken, met: Fen, offered: Fen, pools: Pools) -> Fen:
    before = taken.met[place].copy()
    kept = times(times(pools.volume, weight), round(layer.deductible * BILLION))
    payable = np.minimum(offered, _between(before, before + met, kept, before + met + kept))
    for rate, base, so_far, yearly in (
        (layer.period_cap, layer.period_cap_base, taken.taken_this_year[place], True),
        (layer.lifetime_cap, layer.lifetime_cap_base, taken.taken[place], False),
    ):
        if base == "none":
            continue
        amount = {
            "guaranteed_volume": times(pools.year_volume if yearly else pools.volume, weight),
            "outstanding": times(pools.outstanding, weight),
            "released": times(pools.year_released if yearly else pools.released, weight),
            "premium_income": pools.year_premium if yearly else pools.premium,
        }[base]
        payable = np.minimum(payable, np.maximum(times(amount, round(rate * BILLION)) - so_far, 0))
    taken.met[place] += met
    taken.met_this_year[place] += met
    taken.taken[place] += payable
    taken.taken_this_year[place] += payable
    return payable


def pools_of(bases: Sequence[object]) -> Pools:
    """Columns of many `sim.sharing.waterfall.Bases`."""
    return Pools(*(np.array([getattr(one, item.name) for one in bases], np.int64) for item in fields(Pools)))
