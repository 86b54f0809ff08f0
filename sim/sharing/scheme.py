"""The grammar of risk-sharing schemes: a scheme is data, an ordered list of layers.

A loss is *open* until a layer takes it. Layers are served in order; neighbouring quota shares of one
cedent share the same amount. What no layer takes, or what a cap leaves over, stays with the lender.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sim.tables.declare import Setting, setting

LENDER = "lender"
PARTNER_BANKS = "partner_banks"
GUARANTEE_FUND = "guarantee_fund"
RE_GUARANTEE_FUND = "re_guarantee_fund"
INSURER = "insurer"
GOVERNMENT = "government"
PARTICIPANTS = (LENDER, PARTNER_BANKS, GUARANTEE_FUND, RE_GUARANTEE_FUND, INSURER, GOVERNMENT)
POOL = "pool"

LAYER_KINDS = ("quota_share", "first_loss", "excess_of_loss", "stop_loss")
CAP_BASES = ("none", "guaranteed_volume", "outstanding", "released", "premium_income")
TRIGGERS = ("charge_off", "months_past_due")
PREMIUM_BASES = ("none", "annual", "upfront")
RECOVERY_ORDERS = ("pari_passu", "senior", "guarantor_first")
COMPENSATION_DENOMINATORS = ("outstanding", "released", "cumulative")
BILLION = 1_000_000_000


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

    @property
    def capped(self) -> bool:
        """Whether a cap can bind at all."""
        return self.period_cap_base != "none" or self.lifetime_cap_base != "none"

    @property
    def billionths(self) -> int:
        """``share`` as an integer weight, so that no float enters a division of money."""
        return round(self.share * BILLION)


@dataclass(frozen=True)
class SuspensionRule:
    """When new cover stops: the compensation rate of the last twelve months exceeds a threshold."""

    denominator: str = setting(
        "none",
        choices=("none", *COMPENSATION_DENOMINATORS),
        meaning="compensation over guaranteed liability outstanding, over liability released in the "
        "same twelve months, or all compensation over all guaranteed volume; none = no rule",
    )
    above: float = setting(0.05, 0.0, 1.0, unit="fraction", meaning="new cover stops above this rate")
    resume_below: float = setting(
        0.0, 0.0, 1.0, unit="fraction", meaning="new cover resumes at or below this rate; 0 = never"
    )


@dataclass(frozen=True)
class Scheme:
    """A risk-sharing contract for the loans that the lender makes after the policy date."""

    layers: tuple[Layer, ...] = field(
        default=(),
        metadata={"setting": Setting(None, None, "", "layers in the order in which they are served")},
    )
    funded: bool = setting(
        False, meaning="partner banks fund their share of each loan (joint loan) instead of guaranteeing"
    )
    minimum_lender_share: float = setting(
        0.0,
        0.0,
        1.0,
        unit="fraction",
        meaning="least share of each joint loan that the platform itself funds (binds the platform)",
    )
    facilitation_fee: float = setting(
        0.0, 0.0, 1.0, unit="fraction", meaning="share of the partners' interest paid to the lender"
    )
    claim_trigger: str = setting("charge_off", choices=TRIGGERS, meaning="what makes a covered balance a claim")
    claim_months_past_due: int = setting(
        4, 1, 13, unit="months past due", meaning="age of a claim; 4 = 90 days and more"
    )
    payment_lag: int = setting(0, 0, 36, unit="months", meaning="months from claim to payment")
    premium_basis: str = setting(
        "none",
        choices=PREMIUM_BASES,
        meaning="annual rate paid monthly on what stands guaranteed, or once on each new loan",
    )
    premium_on: str = setting(
        "guaranteed", choices=("guaranteed", "total"), meaning="guaranteed part or the whole loan"
    )
    recovery_order: str = setting(
        "pari_passu",
        choices=RECOVERY_ORDERS,
        meaning="recoveries by claim held; lender before guarantors (senior); guarantors before lender",
    )
    insolvent_share_falls_on: str = setting(
        LENDER,
        choices=(LENDER, RE_GUARANTEE_FUND, INSURER, GOVERNMENT),
        meaning="who bears what an exhausted guarantee fund cannot pay",
    )
    suspension: SuspensionRule = field(default_factory=SuspensionRule)
    covers_existing: bool = setting(False, meaning="whether loans made before the policy date are covered too")

    def trigger_month(self, charge_off_month: int) -> int:
        """Months past due at which a covered balance becomes a claim.

        Parameters
        ----------
        charge_off_month : int
            Months past due at which the lender charges off (13 = 360 days, 7 = 180 days).
        """
        if self.claim_trigger == "charge_off":
            return charge_off_month
        return min(self.claim_months_past_due, charge_off_month)

    def quota(self, participant: str) -> float:
        """Sum of ``participant``'s quota shares of the pool."""
        return sum(
            layer.share
            for layer in self.layers
            if layer.kind == "quota_share" and layer.of == POOL and layer.participant == participant
        )

    def check(self, charge_off_month: int = 13) -> list[str]:
        """List every contradiction in the scheme, one line each.

        Parameters
        ----------
        charge_off_month : int
            Months past due at which the lender charges off; a claim cannot come later.
        """
        problems: list[str] = []
        for index, layer in enumerate(self.layers):
            problems.extend(f"sharing.layers[{index}].{text}" for text in layer_problems(layer))
        problems.extend(quota_problems(self.layers))
        problems.extend(cession_problems(self.layers))
        problems.extend(self._contract_problems(charge_off_month))
        if self.funded:
            problems.extend(self._joint_problems())
        return problems

    def _contract_problems(self, charge_off_month: int) -> Iterator[str]:
        """Contradictions among the scheme's own keys."""
        if self.claim_trigger == "months_past_due" and self.claim_months_past_due > charge_off_month:
            yield (
                f"sharing.claim_months_past_due: {self.claim_months_past_due} lies beyond the charge-off "
                f"at {charge_off_month} months past due"
            )
        if self.suspension.denominator != "none" and self.suspension.resume_below > self.suspension.above:
            yield (
                f"sharing.suspension.resume_below: {self.suspension.resume_below:g} exceeds "
                f"above={self.suspension.above:g}"
            )
        named = {layer.participant for layer in self.layers}
        if self.premium_basis != "none" and GUARANTEE_FUND not in named:
            yield f"sharing.premium_basis: {self.premium_basis} needs a layer of guarantee_fund to pay for"
        if self.insolvent_share_falls_on != LENDER and GUARANTEE_FUND not in named:
            yield (
                f"sharing.insolvent_share_falls_on: {self.insolvent_share_falls_on} stands behind a "
                "guarantee_fund, but no layer names one"
            )
        if not self.funded and PARTNER_BANKS in named:
            yield "sharing.funded: partner_banks share a loss only through the loans they fund, set it true"
        if not self.funded and self.facilitation_fee > 0:
            yield (
                f"sharing.facilitation_fee: {self.facilitation_fee:g} is paid on joint loans only, but funded is false"
            )
        if not self.funded and self.minimum_lender_share > 0:
            yield (
                f"sharing.minimum_lender_share: {self.minimum_lender_share:g} binds joint loans only, "
                "but funded is false"
            )

    def _joint_problems(self) -> Iterator[str]:
        """Contradictions of a joint loan: shares of funding, not promises to pay."""
        for index, layer in enumerate(self.layers):
            plain = layer.kind == "quota_share" and layer.of == POOL and not layer.capped
            if not plain or layer.deductible > 0 or layer.participant not in (LENDER, PARTNER_BANKS):
                yield (
                    f"sharing.layers[{index}]: a joint loan is funded by plain quota shares of lender and "
                    "partner_banks, without cap or deductible"
                )
        own = self.quota(LENDER)
        if own < self.minimum_lender_share - 1e-9:
            yield (
                f"sharing.layers: the lender funds {own:g} of each joint loan, its own minimum is "
                f"{self.minimum_lender_share:g} (the floor binds the platform, not the bank)"
            )
        if self.covers_existing:
            yield "sharing.covers_existing: a joint loan cannot cover existing loans, partners fund new ones"
        if self.quota(PARTNER_BANKS) <= 0:
            yield "sharing.funded: true needs a quota share of partner_banks above 0"


def layer_problems(layer: Layer) -> Iterator[str]:
    """Contradictions inside one layer, without the layer's own address."""
    for key, value in (
        ("share", layer.share),
        ("attachment", layer.attachment),
        ("detachment", layer.detachment),
        ("deductible", layer.deductible),
        ("period_cap", layer.period_cap),
        ("lifetime_cap", layer.lifetime_cap),
    ):
        if not 0.0 <= value <= 1.0:
            yield f"{key}: {value:g} lies outside 0..1"
    if layer.kind == "quota_share" and (layer.attachment > 0 or layer.detachment < 1):
        yield "attachment: a quota share has no bounds, use excess_of_loss"
    elif layer.attachment >= layer.detachment:
        yield f"attachment: {layer.attachment:g} must lie below detachment {layer.detachment:g}"
    if layer.kind == "first_loss" and layer.attachment > 0:
        yield f"attachment: {layer.attachment:g}, a first loss begins at 0; use excess_of_loss"
    for name in ("period_cap", "lifetime_cap"):
        if getattr(layer, name) < 1 and getattr(layer, f"{name}_base") == "none":
            yield f"{name}: {getattr(layer, name):g} needs a base, set {name}_base"
    if layer.of == layer.participant:
        yield f"of: {layer.of} cannot cede to itself"
    if layer.participant == LENDER and layer.of != POOL:
        yield "participant: the lender keeps what is left, it takes no cession of others"


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


def quota_problems(layers: tuple[Layer, ...]) -> Iterator[str]:
    """Quota shares of the pool must give away exactly the whole; those of a cedent at most it."""
    for start, stop in quota_blocks(layers):
        if layers[start].kind != "quota_share":
            continue
        total = sum(layer.share for layer in layers[start:stop])
        where = f"sharing.layers[{start}..{stop - 1}]"
        if layers[start].of == POOL and abs(total - 1.0) > 1e-9:
            yield f"{where}: shares sum to {total:g}, must be 1 (name the lender's own share)"
        elif layers[start].of != POOL and total > 1.0 + 1e-9:
            yield f"{where}: shares of what {layers[start].of} bears sum to {total:g}, at most 1"


def cession_problems(layers: tuple[Layer, ...]) -> Iterator[str]:
    """Check that a participant cedes only what an earlier layer gave it, and never in a circle."""
    ceded_to: dict[str, set[str]] = {}
    seen = {LENDER}
    for index, layer in enumerate(layers):
        if layer.of != POOL:
            if layer.of not in seen:
                yield (f"sharing.layers[{index}].of: {layer.of} bears nothing yet, its own layer must come first")
            if layer.of in reachable(layer.participant, ceded_to):
                yield (f"sharing.layers[{index}].of: circular cession, {layer.participant} already cedes to {layer.of}")
            ceded_to.setdefault(layer.of, set()).add(layer.participant)
        seen.add(layer.participant)


def reachable(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    """Participants to whom ``start`` cedes, directly or through others."""
    found: set[str] = set()
    frontier = [start]
    while frontier:
        for nearest in edges.get(frontier.pop(), set()) - found:
            found.add(nearest)
            frontier.append(nearest)
    return found
