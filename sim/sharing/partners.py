"""Partner banks one by one: what each holds of the joint book, and whether it goes on funding new loans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.engine.loops.money import split
from sim.sharing.cover import YEAR, rate
from sim.sharing.fund import share_of
from sim.sharing.terms import BILLION, Partner
from sim.sharing.waterfall import split_by_claim

BY_LOSS, BY_FEAR = 1, 2  # why a bank has withdrawn


class PartnerBooks:
    """Stakes, tier-1 capital and mood of the partner banks, in fen; every flow is split to the last one.

    A stake is the principal on the lender's book that a bank owns; ``lost`` is what has been charged off and is
    still pursued. New loans are funded by those who have not withdrawn, in proportion to their shares and
    within the caps on their capital; what one cannot fund falls to the others.
    """

    LISTS = ("stake", "lost", "tier_one", "withdrawn")

    def __init__(self, partners: Sequence[Partner], reference_volume: int) -> None:
        self.partners = tuple(partners)
        count = len(self.partners)
        self.reference_volume = reference_volume
        self.stake = [0] * count
        self.lost = [0] * count
        self.tier_one = [share_of(reference_volume, partner.tier_one) for partner in self.partners]
        self.withdrawn = [0] * count
        self.recent_loss = [[0] * count for _ in range(YEAR)]
        self.recent_stake = [[0] * count for _ in range(YEAR)]

    def rooms(self) -> list[int]:
        """Fen of further stake that each bank may take: 0 where it has withdrawn."""
        found = []
        for place, partner in enumerate(self.partners):
            own = share_of(max(self.tier_one[place], 0), partner.one_platform_cap) - self.stake[place]
            others = share_of(self.reference_volume, partner.other_joint)
            together = share_of(share_of(self.reference_volume, partner.total_loans), partner.all_platforms_cap)
            room = min(own, together - others - self.stake[place])
            found.append(0 if self.withdrawn[place] else max(room, 0))
        return found

    def fund(self, amount: int) -> list[int]:
        """Split new funding by share within the rooms; more than there is room for is split by share alone."""
        given, rooms, left = [0] * len(self.partners), self.rooms(), amount
        weights = [round(partner.share * BILLION) for partner in self.partners]
        while left > 0:
            open_to = [weight if room > taken else 0 for weight, room, taken in zip(weights, rooms, given, strict=True)]
            bounded = any(open_to)
            parts = split(left, open_to if bounded else weights)
            for place, part in enumerate(parts):
                given[place] += min(part, rooms[place] - given[place]) if bounded else part
            left = amount - sum(given)
        return given

    def month(
        self, number: int, funded: int, reduced: Mapping[str, int], interest: int, lender_capital_ratio: float
    ) -> None:
        """Close a month and let each bank decide whether it funds new loans.

        Parameters
        ----------
        number : int
            Months since the policy date.
        funded, interest : int
            What all partners funded, and the interest that they received less the fee that they paid.
        reduced : mapping
            ``repaid`` and ``charged_off`` lower the stakes, ``recovered`` and ``abandoned`` what is pursued.
        lender_capital_ratio : float
            What the banks see of the lender's solvency: equity over own loans at the last close.
        """
        for place, part in enumerate(self.fund(funded)):
            self.stake[place] += part
        income = split_by_claim(interest, self.stake) if any(self.stake) else [0] * len(self.stake)
        repaid = split_by_claim(reduced["repaid"], self.stake)
        self._lower(self.stake, repaid)
        charged = split_by_claim(reduced["charged_off"], self.stake)
        self._lower(self.stake, charged)
        self.lost = [held + part for held, part in zip(self.lost, charged, strict=True)]
        recovered = split_by_claim(reduced["recovered"], self.lost)
        self._lower(self.lost, recovered)
        self._lower(self.lost, split_by_claim(reduced["abandoned"], self.lost))
        loss = [part - back for part, back in zip(charged, recovered, strict=True)]
        self.tier_one = [have + got - gone for have, got, gone in zip(self.tier_one, income, loss, strict=True)]
        self.recent_loss[number % YEAR] = loss
        self.recent_stake[number % YEAR] = list(self.stake)
        seen = min(number + 1, YEAR)
        for place, partner in enumerate(self.partners):
            self.withdrawn[place] = self._mood(place, partner, seen, lender_capital_ratio)

    def loss_rate(self, place: int, months: int) -> float:
        """Net loss of the last months over the mean stake, annualised."""
        loss = sum(month[place] for month in self.recent_loss)
        return rate(YEAR * loss, sum(month[place] for month in self.recent_stake)) if months else 0.0

    def _mood(self, place: int, partner: Partner, months: int, lender_capital_ratio: float) -> int:
        """Whether a bank stays away next month: for its own losses, or from a lender that it no longer trusts."""
        if partner.loss_tolerance < 1 and self.loss_rate(place, months) > partner.loss_tolerance:
            return BY_LOSS
        if self.withdrawn[place] == BY_LOSS and not self.loss_rate(place, months) <= partner.return_below > 0:
            return BY_LOSS
        return BY_FEAR if lender_capital_ratio < partner.lender_capital_floor else 0

    @staticmethod
    def _lower(held: list[int], parts: Sequence[int]) -> None:
        for place, part in enumerate(parts):
            held[place] -= part

    def save(self) -> dict[str, Any]:
        """Return the books as plain lists."""
        return {
            **{name: list(getattr(self, name)) for name in self.LISTS},
            "recent_loss": [list(month) for month in self.recent_loss],
            "recent_stake": [list(month) for month in self.recent_stake],
            "reference_volume": self.reference_volume,
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over books that ``save`` returned."""
        for name in self.LISTS:
            setattr(self, name, [int(value) for value in saved[name]])
        self.recent_loss = [[int(value) for value in month] for month in saved["recent_loss"]]
        self.recent_stake = [[int(value) for value in month] for month in saved["recent_stake"]]
        self.reference_volume = int(saved["reference_volume"])
