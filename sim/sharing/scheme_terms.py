"""The terms of risk-sharing schemes: a scheme is data, an ordered list of layers and the terms around it.

A loss is *open* until a layer takes it. Layers are served in order; neighbouring quota shares of one
cedent share the same amount. What no layer takes, or what a cap leaves over, stays with the lender.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.engine.tables.declare import Setting, setting, when
from sim.sharing.layers import POOL, Layer
from sim.sharing.terms import (
    GOVERNMENT,
    GUARANTEE_FUND,
    INSURER,
    LENDER,
    RE_GUARANTEE_FUND,
    Auction,
    Backing,
    Eligibility,
    Partner,
    WindDown,
)

# What keys need to act: somebody beside the lender, the guarantee fund.
SHARED = "sharing.participants!=lender"
WITH_FUND = f"sharing.participants={GUARANTEE_FUND}"

TRIGGERS = ("charge_off", "months_past_due")
PREMIUM_BASES = ("none", "annual", "upfront")
RECOVERY_ORDERS = ("pari_passu", "senior", "guarantor_first")
COMPENSATION_DENOMINATORS = ("outstanding", "released", "cumulative")


@dataclass(frozen=True)
class SuspensionRule:
    """When new cover stops: the compensation rate of the last twelve months exceeds a threshold."""

    denominator: str = setting(
        "none",
        choices=("none", *COMPENSATION_DENOMINATORS),
        meaning="compensation over guaranteed liability outstanding, over liability released in the "
        "same twelve months, or all compensation over all guaranteed volume; none = no rule",
    )
    above: float = setting(
        0.05,
        0.0,
        1.0,
        unit="fraction",
        meaning="new cover stops above this rate",
        needs="sharing.suspension.denominator!=none",
    )
    resume_below: float = setting(
        0.0,
        0.0,
        1.0,
        unit="fraction",
        meaning="new cover resumes at or below this rate; 0 = never",
        needs="sharing.suspension.denominator!=none",
    )


@dataclass(frozen=True)
class SchemeTerms:
    """What a contract says; `Scheme` is the contract."""

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
    claim_trigger: str = setting(
        "charge_off", choices=TRIGGERS, meaning="what makes a covered balance a claim", needs=SHARED
    )
    claim_months_past_due: int = setting(
        4,
        1,
        13,
        unit="months past due",
        meaning="age of a claim; 4 = 90 days and more",
        needs="sharing.claim_trigger=months_past_due",
    )
    payment_lag: int = setting(0, 0, 36, unit="months", meaning="months from claim to payment", needs=SHARED)
    premium_basis: str = setting(
        "none",
        choices=PREMIUM_BASES,
        meaning="annual rate paid monthly on what stands guaranteed, or once on each new loan",
        needs=WITH_FUND,
    )
    premium_on: str = setting(
        "guaranteed",
        choices=("guaranteed", "total"),
        meaning="guaranteed part, or all that stands covered",
        needs="sharing.premium_basis!=none",
    )
    recovery_order: str = setting(
        "pari_passu",
        choices=RECOVERY_ORDERS,
        meaning="recoveries by claim held; lender before guarantors (senior); guarantors before lender",
        needs=SHARED,
    )
    insolvent_share_falls_on: str = setting(
        LENDER,
        choices=(LENDER, RE_GUARANTEE_FUND, INSURER, GOVERNMENT),
        meaning="who bears what an exhausted guarantee fund cannot pay",
        needs=WITH_FUND,
    )
    suspension: SuspensionRule = field(default_factory=SuspensionRule, metadata=when(SHARED))
    covers_existing: bool = setting(
        False, meaning="whether loans made before the policy date are covered too", needs=SHARED
    )
    premium_payer: str = setting(
        LENDER,
        choices=(LENDER, "borrower"),
        meaning="who pays the fund; a borrower pays once, out of the draw",
        needs=WITH_FUND,
    )
    premium_subsidy: float = setting(
        0.0,
        0.0,
        1.0,
        unit="fraction",
        meaning="part of the guarantee fund's premium that the government pays",
        needs=WITH_FUND,
    )
    premium_rate: float = setting(
        0.0,
        0.0,
        0.5,
        unit="as fund.premium_rate",
        meaning="the contract's own premium; 0 = that of the fund",
        needs=WITH_FUND,
    )
    leverage_cap: float = setting(
        0.0,
        0.0,
        1000.0,
        unit="times net assets",
        meaning="the contract's own multiple; 0 = that of the fund",
        needs=WITH_FUND,
    )
    capital_share: float = setting(
        0.0,
        0.0,
        10.0,
        unit="as fund.capital_share",
        meaning="the contract's own capital; 0 = that of the fund",
        needs=WITH_FUND + " and fund.capital=0",
    )
    eligible: Eligibility = field(default_factory=Eligibility, metadata=when(SHARED))
    auction: Auction = field(default_factory=Auction, metadata=when(SHARED))
    partners: tuple[Partner, ...] = field(
        default=(),
        metadata={"setting": Setting(None, None, "", "partner banks one by one; empty = one that never withdraws")},
    )
    backing: tuple[Backing, ...] = field(
        default=(),
        metadata={"setting": Setting(None, None, "", "guarantors with limited means; the others always pay")},
    )
    wind_down: WindDown = field(default_factory=WindDown, metadata=when(SHARED))

    def quota(self, participant: str) -> float:
        """Sum of ``participant``'s quota shares of the pool."""
        return sum(
            layer.share
            for layer in self.layers
            if layer.kind == "quota_share" and layer.of == POOL and layer.participant == participant
        )
