"""What a contract offers before a loan is made: room, shares, prices and who stands behind it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from sim.sharing.auction import winning_bid
from sim.sharing.claims import ClaimBook
from sim.sharing.cover import CoverBook
from sim.sharing.fund import FundBook, FundSettings, Purse, share_of
from sim.sharing.joint import JointBook, JointMonth
from sim.sharing.partners import PartnerBooks
from sim.sharing.scheme import Scheme
from sim.sharing.terms import (
    BILLION,
    GOVERNMENT,
    GUARANTEE_FUND,
    HIGHEST_AMOUNT,
    INSURER,
    LENDER,
    PARTNER_BANKS,
    PRODUCTS,
    RE_GUARANTEE_FUND,
)
from sim.sharing.waterfall import Bases, Counters, allocate, nominal_weights, part, promise

OPEN, SUSPENDED, EXHAUSTED = 0, 1, 2
STATE_NAMES = ("open", "suspended", "exhausted")
UNLIMITED = 10**17
NEVER = -1
GUARANTORS = (GUARANTEE_FUND, RE_GUARANTEE_FUND, INSURER, GOVERNMENT)


class Contract:
    """The books of one scheme in one run, and what the lender asks of them; plain integers throughout.

    Parameters
    ----------
    scheme, fund : Scheme, FundSettings
        The contract and the guarantee fund behind it.
    reference_volume : int
        Fen of the lender's book at the policy date: what partner banks and rights to guarantees are sized by.
    existing : int
        Fen that stand covered from the start (only with ``covers_existing``).
    eligible_volume : int, optional
        Fen of that book which the contract could cover: what guarantors' capital is sized by; left out, all of it.
    """

    def __init__(
        self,
        scheme: Scheme,
        fund: FundSettings,
        reference_volume: int = 0,
        existing: int = 0,
        eligible_volume: int | None = None,
    ) -> None:
        self.scheme = scheme
        self.layers = tuple(scheme.layers)
        self.weights = nominal_weights(self.layers)
        self.counters = tuple(Counters() for _ in self.layers)
        self.reference_volume = reference_volume
        self.eligible_volume = reference_volume if eligible_volume is None else eligible_volume
        self.fund_weight = self.weight_of(GUARANTEE_FUND)
        self.fund_exposure = self.weight_of(GUARANTEE_FUND, bounded=True)
        self.has_fund = self.fund_exposure > 0
        terms = scheme.fund_terms(fund)
        expected = self.eligible_volume * self.fund_weight // BILLION
        self.fund = FundBook(terms, terms.initial_capital(expected) if self.has_fund else 0)
        self.purses: dict[str, Purse] = {GUARANTEE_FUND: self.fund, **self._backers()}
        self.falls_on = scheme.falls_on
        self.claims = ClaimBook(scheme.recovery_order)
        self.cover = CoverBook(existing if scheme.covers_existing else 0)
        self.joint = JointBook(scheme)
        self.partners = PartnerBooks(scheme.partners, reference_volume)
        self.queue = {name: [0] * scheme.payment_lag for name in GUARANTORS}
        self.premium_carry = self.subsidy_carry = 0
        self.layer_carry = [0] * len(self.layers)
        self.status = OPEN
        self.rule_stopped = 0
        self.suspension_month = self.exhaustion_month = NEVER
        self.won_billionths = self.rights_left = 0
        self.borne: dict[str, int] = {}
        self.moved = JointMonth()
        self.last: dict[str, float] = {}

    def _backers(self) -> dict[str, Purse]:
        """Purses of the other guarantors: limited where the scheme says what stands behind them."""
        limited = {entry.participant: entry.capital_share for entry in self.scheme.backing}
        made = {}
        for name in GUARANTORS[1:]:
            promised = self.eligible_volume * self.weight_of(name, bounded=True) // BILLION
            made[name] = Purse(share_of(promised, limited.get(name, 0.0)), unlimited=name not in limited)
        return made

    def weight_of(self, participant: str, bounded: bool = False) -> int:
        """Promised share of a participant in the pool, net of what it cedes, in billionths.

        ``bounded`` counts a tranche by its width: what one further fen of lending makes it liable for.
        """
        net = 0
        for layer, weight in zip(self.layers, self.weights, strict=True):
            size = part(weight, layer.detachment - layer.attachment) if bounded else weight
            if layer.participant == participant:
                net += size
            elif layer.of == participant:
                net -= size
        return max(0, net)

    def leans_on(self, name: str) -> bool:
        """Whether a participant bears a layer or stands behind one that does."""
        behind = {bearer for giver, bearer in self.falls_on.items() if self.weight_of(giver) > 0}
        return self.weight_of(name, bounded=True) > 0 or name in behind

    # ---- what the lender asks before it lends -------------------------------------------------------

    @property
    def shares_anything(self) -> bool:
        """Whether anybody but the lender takes part of a loss."""
        return any(layer.participant != LENDER and layer.share > 0 for layer in self.layers)

    @property
    def never_covered(self) -> bool:
        """Whether nothing was ever covered under a contract by which nobody but the lender bears a loss."""
        return not (self.shares_anything or self.scheme.partners or self.cover.volume)

    @property
    def closed(self) -> bool:
        """Whether the months in which new loans are covered are over."""
        return 0 < self.scheme.wind_down.open_months <= self.cover.months

    @property
    def ended(self) -> bool:
        """Whether losses are no longer shared."""
        return 0 < self.scheme.wind_down.cover_months <= self.cover.months

    @property
    def accepting(self) -> bool:
        """Whether new lending can come under the scheme this month."""
        return self.capacity() > 0

    def capacity(self) -> int:
        """Fen of whole loans that may come under the scheme this month."""
        if not self.shares_anything or self.status != OPEN or self.closed:
            return 0
        room = UNLIMITED
        if self.scheme.auction.winners > 0:
            room = min(room, self.rights_left)
        if self.joint.active and self.scheme.partners:
            room = min(room, sum(self.partners.rooms()) * BILLION // self.joint.weights[0])
        if self.has_fund:
            if self.fund.too_small:
                return 0
            free = self.fund.room(self.liabilities(), sum(self.cover.recent_premium))
            room = min(room, free * BILLION // self.fund_exposure)
        return room

    def lender_share(self) -> float:
        """Share of a further loss on new lending that stays with the lender (1 when closed to new)."""
        return self._probe()[LENDER] if self.accepting else 1.0

    def covered_loss_share(self) -> float:
        """Share of a further loss on loans already covered that the lender must expect to bear."""
        if self.ended or not self.shares_anything:
            return 1.0
        borne = self._probe()
        if self.status == EXHAUSTED and self.scheme.insolvent_share_falls_on == LENDER:
            return borne[LENDER] + borne.get(GUARANTEE_FUND, 0.0)
        return borne[LENDER]

    def guaranteed_share(self, standing: bool = False) -> float:
        """Share of new covered loans, or of those standing, for which capital falls (Basel III, CRE22).

        Guarantors must stand for each loss in proportion; tranches and capped guarantees leave the weight as it is.
        """
        if self.joint.active or any(layer.kind != "quota_share" or layer.capped for layer in self.layers):
            return 0.0
        return 1.0 - (self.covered_loss_share() if standing else self.lender_share())

    def _probe(self) -> dict[str, float]:
        """Shares of the next loss of about a hundredth of the pool, by participant.

        So bounds and caps weigh in; and it is a round number of fen, so that a plain quota comes out
        as the contract writes it.
        """
        loss = max(1, max(self.cover.volume, self.eligible_volume) // 100_000_000) * 1_000_000
        bases = self.cover.bases
        if self.cover.volume == 0:
            pool = 100 * loss
            premium = part(pool, self.fund.settings.premium_rate)
            bases = Bases(pool, pool, pool, pool, pool, premium, premium)
        borne = allocate(self.layers, self.counters, loss, bases).borne
        return {name: amount / loss for name, amount in borne.items()}

    def funding_share(self) -> float:
        """Share of new covered lending that the lender funds itself (below 1 in a joint loan)."""
        return self.joint.weights[1] / BILLION if self.accepting else 1.0

    def premium_cost(self) -> float:
        """What a further fen lent under cover costs the lender in premiums, a year."""
        if not self.accepting:
            return 0.0
        scheme, cost = self.scheme, 0.0
        if scheme.premium_basis != "none" and scheme.premium_payer == LENDER:
            base = self.fund_weight / BILLION if scheme.premium_on == "guaranteed" else 1.0
            cost = self.fund.premium_billionths / BILLION * base * (1.0 - scheme.premium_subsidy)
        for layer, weight in zip(self.layers, self.weights, strict=True):
            if layer.of not in GUARANTORS:
                cost += layer.premium_rate * weight / BILLION * (layer.detachment - layer.attachment)
        return cost

    def cover_terms(self) -> dict[str, Any]:
        """Numbers of the month that say which new loans are covered, which part of them, and at what price."""
        rule, terms = self.scheme.eligible, self.fund.settings
        largest_covered = HIGHEST_AMOUNT
        if terms.client_cap < 1 and self.fund_weight > 0:
            allowed = share_of(max(self.fund.net_assets, 0), terms.client_cap)
            largest_covered = min(largest_covered, allowed * BILLION // self.fund_weight)
        part_won = 1.0
        if self.scheme.auction.winners > 0:
            part_won = self.won_billionths / max(self.layers[0].billionths, 1)
        contribution = 0.0
        if self.scheme.premium_payer == "borrower":
            base = self.fund_weight / BILLION if self.scheme.premium_on == "guaranteed" else 1.0
            contribution = self.fund.premium_billionths / BILLION * base * (1.0 - self.scheme.premium_subsidy)
        return {
            "cover_smallest": rule.smallest_line,
            "cover_largest": rule.largest_line,
            "cover_largest_part": largest_covered,
            "cover_lowest_score": float(rule.lowest_score),
            "cover_highest_score": float(rule.highest_score),
            "covers_cards": int(not rule.products or PRODUCTS[0] in rule.products),
            "covered_by_product": np.array(
                [float(not rule.products or name in rule.products) for name in PRODUCTS[1:]]
            ),
            "cover_larger_from": rule.larger_from,
            "cover_larger_part": float(rule.larger_part),
            "cover_better_from": float(rule.better_from),
            "cover_better_part": float(rule.better_part),
            "cover_part_won": float(part_won),
            "covers_in_part": int(self.scheme.in_part),
            "contribution_rate": float(contribution),
        }

    @property
    def auction_due(self) -> bool:
        """Whether rights to guarantees are auctioned at the opening of this month."""
        return self.scheme.auction.winners > 0 and self.cover.months % 12 == 0 and not self.closed

    def hold_auction(self, margin: float, severity: float, seed: int) -> None:
        """Bid for the year's rights: the lowest coverage at which the marginal customer pays."""
        auction = self.scheme.auction
        premium = self.fund.premium_billionths / BILLION if self.scheme.premium_payer == LENDER else 0.0
        won = winning_bid(auction, margin, severity, premium, self.layers[0].share, seed, self.cover.months // 12)
        self.won_billionths = round((won or 0.0) * BILLION)
        self.rights_left = share_of(self.reference_volume, auction.rights) if won else 0

    def liabilities(self) -> int:
        """Fen for which the guarantee fund is liable: cover outstanding within its caps, and claims due."""
        if not self.has_fund or self.ended:
            return self.fund.payable
        promised = 0
        for layer, weight, counters in zip(self.layers, self.weights, self.counters, strict=True):
            standing = promise(layer, weight, counters, self.cover.bases)
            if layer.participant == GUARANTEE_FUND:
                promised += standing
            elif layer.of == GUARANTEE_FUND:
                promised -= standing
        return max(0, promised) + self.fund.payable

    # ---- what others own of the lender's book ------------------------------------------------------

    @property
    def partner_claim(self) -> int:
        """Fen of the partners' claim on loans still on the lender's book."""
        return self.joint.claim + (self.claims.live[PARTNER_BANKS] if self.joint.active else 0)

    @property
    def others_stake(self) -> int:
        """Fen of covered and claimed principal on the lender's book that belongs to others."""
        live = sum(amount for name, amount in self.claims.live.items() if name != LENDER)
        return self.joint.claim + live

    @property
    def others_share_of_claims(self) -> Fraction:
        """Share of claimed principal on the lender's book, charged-off loans apart, that belongs to others."""
        return Fraction(self.others_stake - self.joint.claim, max(sum(self.claims.live.values()), 1))

    @property
    def receivable(self) -> int:
        """Fen of compensation that the lender has claimed and not yet been paid."""
        return sum(sum(due) for due in self.queue.values())

    def compensation_rates(self) -> dict[str, float]:
        """Compensation rates of the guarantee fund on the three denominators."""
        return self.cover.compensation_rates(self.fund_weight)
