"""Who holds the claims on defaulted balances: before charge-off and after it."""

from __future__ import annotations

from collections.abc import Mapping

from sim.sharing.terms import PARTICIPANTS
from sim.sharing.waterfall import share_recovery


class ClaimBook:
    """Stocks of claims by participant on the pool that met the claim trigger, in fen.

    ``live`` stands on the lender's book, ``written_off`` has been charged off and is still pursued.
    A claim is held by whoever bore it in the waterfall; recoveries reduce it.
    """

    def __init__(self, order: str) -> None:
        self.order = order
        self.live = dict.fromkeys(PARTICIPANTS, 0)
        self.written_off = dict.fromkeys(PARTICIPANTS, 0)

    @property
    def outstanding(self) -> int:
        """All claims that are neither recovered nor abandoned."""
        return sum(self.live.values()) + sum(self.written_off.values())

    def assign(self, borne: Mapping[str, int]) -> None:
        """Give each participant the claim on what it bears."""
        for name, amount in borne.items():
            self.live[name] += amount

    def recover(self, amount: int) -> dict[str, int]:
        """Share cash paid on balances not yet charged off."""
        return take_from(self.live, amount, self.order)

    def recover_written_off(self, amount: int) -> dict[str, int]:
        """Share cash recovered on charged-off balances."""
        return take_from(self.written_off, amount, self.order)

    def write_off(self, amount: int) -> dict[str, int]:
        """Charge off ``amount``; returns the loss of each participant."""
        parts = take_from(self.live, amount, "pari_passu")
        for name, value in parts.items():
            self.written_off[name] += value
        return parts

    def abandon(self, amount: int) -> dict[str, int]:
        """Give up ``amount`` of the charged-off claims; returns each participant's part."""
        return take_from(self.written_off, amount, "pari_passu")

    def transfer(self, giver: str, taker: str, amount: int) -> int:
        """Pass on claims that were never paid for; returns how much of them was charged off already."""
        from_live = min(amount, self.live[giver])
        from_written_off = min(amount - from_live, self.written_off[giver])
        self.live[giver] -= from_live
        self.live[taker] += from_live
        self.written_off[giver] -= from_written_off
        self.written_off[taker] += from_written_off
        return from_written_off

    def save(self) -> dict[str, list[int]]:
        """Return the stocks as plain integers."""
        return {"live": list(self.live.values()), "written_off": list(self.written_off.values())}

    def restore(self, saved: Mapping[str, list[int]]) -> None:
        """Take over stocks that ``save`` returned."""
        self.live = dict(zip(PARTICIPANTS, map(int, saved["live"]), strict=True))
        self.written_off = dict(zip(PARTICIPANTS, map(int, saved["written_off"]), strict=True))


def take_from(stocks: dict[str, int], amount: int, order: str) -> dict[str, int]:
    """Take ``amount`` out of ``stocks`` in the given order and return each holder's part."""
    parts = share_recovery(amount, stocks, order)
    for name, value in parts.items():
        stocks[name] -= value
    return parts
