"""The loss waterfall: who takes which part of a loss and of a recovery. Integers in, integers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sim.engine.loops.money import split
from sim.sharing.layers import POOL, Layer, quota_blocks
from sim.sharing.terms import BILLION, LENDER


@dataclass(frozen=True)
class Counters:
    """What one layer has met and taken so far, in fen."""

    met: int = 0
    met_this_year: int = 0
    taken: int = 0
    taken_this_year: int = 0

    def new_year(self) -> Counters:
        """Return the same counters at the beginning of a contract year."""
        return replace(self, met_this_year=0, taken_this_year=0)


@dataclass(frozen=True)
class Bases:
    """What bounds and caps are shares of, in fen of whole loans (not of the guaranteed part).

    ``volume`` is all lending under cover, ``released`` all cover that ended by repayment or claim;
    ``year_volume`` is cover outstanding when the contract year began plus lending since.
    """

    volume: int = 0
    year_volume: int = 0
    outstanding: int = 0
    released: int = 0
    year_released: int = 0
    premium: int = 0
    year_premium: int = 0


@dataclass(frozen=True)
class Allocation:
    """How one loss was shared: by participant, by layer, and the counters afterwards."""

    borne: dict[str, int]
    by_layer: tuple[int, ...]
    counters: tuple[Counters, ...]


def nominal_weights(layers: Sequence[Layer]) -> tuple[int, ...]:
    """Share of the pool that each layer promises, in billionths, before bounds and caps."""
    weights: list[int] = []
    for layer in layers:
        earlier = list(zip(layers, weights, strict=False))
        if layer.of == POOL:
            ceded = BILLION
        elif layer.of == LENDER:
            quotas = (
                weight
                for other, weight in earlier
                if other.kind == "quota_share" and other.of == POOL and other.participant != LENDER
            )
            ceded = max(0, BILLION - sum(quotas))
        else:
            ceded = sum(weight for other, weight in earlier if other.participant == layer.of)
        weights.append(layer.billionths * ceded // BILLION)
    return tuple(weights)


def part(amount: int, fraction: float) -> int:
    """``fraction`` of ``amount``, rounded down, computed in integers."""
    return amount * round(fraction * BILLION) // BILLION


def cap_left(layer: Layer, weight: int, counters: Counters, bases: Bases) -> int | None:
    """Fen that the layer may still pay under its caps; None where no cap exists."""
    room: list[int] = []
    for rate, base, taken, yearly in (
        (layer.period_cap, layer.period_cap_base, counters.taken_this_year, True),
        (layer.lifetime_cap, layer.lifetime_cap_base, counters.taken, False),
    ):
        if base == "none":
            continue
        amount = {
            "guaranteed_volume": (bases.year_volume if yearly else bases.volume) * weight // BILLION,
            "outstanding": bases.outstanding * weight // BILLION,
            "released": (bases.year_released if yearly else bases.released) * weight // BILLION,
            "premium_income": bases.year_premium if yearly else bases.premium,
        }[base]
        room.append(max(0, part(amount, rate) - taken))
    return min(room) if room else None


def promise(layer: Layer, weight: int, counters: Counters, bases: Bases) -> int:
    """Fen that the layer may still have to pay on what stands covered (yearly caps renew, so not counted)."""
    standing = bases.outstanding * weight // BILLION
    if layer.kind != "quota_share":
        yearly = layer.kind == "stop_loss"
        base, taken = (bases.year_volume, counters.taken_this_year) if yearly else (bases.volume, counters.taken)
        width = part(base, layer.detachment - layer.attachment) * weight // BILLION
        standing = min(standing, max(0, width - taken))
    room = cap_left(replace(layer, period_cap_base="none"), weight, counters, bases)
    return standing if room is None else min(standing, room)


def between(before: int, after: int, low: int, high: int) -> int:
    """How much of the step from ``before`` to ``after`` lies between ``low`` and ``high``."""
    return min(max(after, low), high) - min(max(before, low), high)


def offered_by_tranche(layer: Layer, counters: Counters, incoming: int, bases: Bases) -> int:
    """Part of ``incoming`` that falls between the bounds of a tranche, times the layer's share.

    First loss and excess of loss count the loss of the contract's life, stop-loss that of the year.
    """
    yearly = layer.kind == "stop_loss"
    base = bases.year_volume if yearly else bases.volume
    low, high = part(base, layer.attachment), part(base, layer.detachment)
    before = counters.met_this_year if yearly else counters.met
    taken = counters.taken_this_year if yearly else counters.taken
    inside = between(before, before + incoming, low, high)
    wanted = split(inside, [layer.billionths, BILLION - layer.billionths])[0]
    widest = split(high - low, [layer.billionths, BILLION - layer.billionths])[0]
    return max(0, min(wanted, widest - taken))


def take(layer: Layer, weight: int, counters: Counters, met: int, offered: int, bases: Bases) -> Counters:
    """Let one layer meet ``met`` fen of loss and take ``offered`` less deductible, within its caps.

    Returns
    -------
    Counters
        The counters afterwards; the rise of ``taken`` is what the layer pays.
    """
    kept = part(bases.volume * weight // BILLION, layer.deductible)
    payable = min(offered, between(counters.met, counters.met + met, kept, counters.met + met + kept))
    room = cap_left(layer, weight, counters, bases)
    if room is not None:
        payable = min(payable, room)
    return Counters(
        met=counters.met + met,
        met_this_year=counters.met_this_year + met,
        taken=counters.taken + payable,
        taken_this_year=counters.taken_this_year + payable,
    )


def allocate(layers: Sequence[Layer], counters: Sequence[Counters], loss: int, bases: Bases) -> Allocation:
    """Run a loss through the layers of a scheme.

    Parameters
    ----------
    layers : sequence of Layer
        In the order in which they are served.
    counters : sequence of Counters
        One for each layer.
    loss : int
        Fen, not negative.
    bases : Bases
        What bounds and caps are shares of.

    Returns
    -------
    Allocation
        ``borne`` sums to ``loss`` exactly and is nowhere negative.

    Raises
    ------
    ValueError
        If ``loss`` is negative.
    """
    if loss < 0:
        raise ValueError(f"loss: {loss} fen is negative")
    layers = tuple(layers)
    weights = nominal_weights(layers)
    after = list(counters)
    by_layer = [0] * len(layers)
    borne = {layer.participant: 0 for layer in layers}
    borne.setdefault(LENDER, 0)
    still_open = loss
    for start, stop in quota_blocks(layers):
        block = layers[start:stop]
        cedent = block[0].of
        # the lender bears whatever is open, so a cover of its own loss meets that too
        ceded = still_open if cedent == POOL else borne[cedent] + still_open * (cedent == LENDER)
        # bounds are bounds of the whole loss of the pool, also where earlier layers have taken from it
        met_by_tranche = loss if cedent == POOL else ceded
        for index, (met, offered) in zip(
            range(start, stop), offers(block, counters[start:stop], ceded, met_by_tranche, bases), strict=True
        ):
            after[index] = take(layers[index], weights[index], counters[index], met, offered, bases)
            paid = after[index].taken - counters[index].taken
            by_layer[index] = paid
            from_borne = 0 if cedent == POOL else min(paid, borne[cedent])
            if from_borne:
                borne[cedent] -= from_borne
            still_open -= paid - from_borne
            borne[layers[index].participant] += paid
    borne[LENDER] += still_open
    return Allocation(borne, tuple(by_layer), tuple(after))


def offers(
    block: Sequence[Layer], counters: Sequence[Counters], ceded: int, met_by_tranche: int, bases: Bases
) -> list[tuple[int, int]]:
    """Loss that each layer of a block meets and the part of what is ceded that it would take but for its caps."""
    if block[0].kind != "quota_share":
        offered = offered_by_tranche(block[0], counters[0], met_by_tranche, bases)
        return [(met_by_tranche, min(offered, ceded))]
    weights = [layer.billionths for layer in block]
    parts = split(ceded, [*weights, max(0, BILLION - sum(weights))])
    return [(amount, amount) for amount in parts[:-1]]


def share_recovery(amount: int, claims: Mapping[str, int], order: str) -> dict[str, int]:
    """Share a recovery among those who hold claims on it.

    Parameters
    ----------
    amount : int
        Fen recovered, at most the sum of the claims.
    claims : mapping of str to int
        Fen that each participant is still owed.
    order : {"pari_passu", "senior", "guarantor_first"}
        By claim held; the lender before the others; the others before the lender.

    Raises
    ------
    ValueError
        If more is recovered than is owed.
    """
    owed = sum(claims.values())
    if not 0 <= amount <= owed:
        raise ValueError(f"recovery: {amount} fen lies outside 0..{owed} fen still owed")
    own = claims.get(LENDER, 0)
    others = {name: claim for name, claim in claims.items() if name != LENDER}
    if order == "senior":
        to_lender = min(amount, own)
    elif order == "guarantor_first":
        to_lender = max(0, amount - sum(others.values()))
    else:
        return dict(zip(claims, split_by_claim(amount, list(claims.values())), strict=True))
    shared = dict(zip(others, split_by_claim(amount - to_lender, list(others.values())), strict=True))
    return {name: to_lender if name == LENDER else shared[name] for name in claims}


def split_by_claim(amount: int, claims: list[int]) -> list[int]:
    """Split ``amount`` in proportion to ``claims``; all zeros when nothing is owed to anybody."""
    if amount == 0:
        return [0] * len(claims)
    return [int(value) for value in split(amount, claims)]
