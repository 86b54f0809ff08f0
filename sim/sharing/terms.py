"""Terms of a scheme beside its layers: which loans, who funds, who stands behind, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.tables.declare import setting

LENDER = "lender"
PARTNER_BANKS = "partner_banks"
GUARANTEE_FUND = "guarantee_fund"
RE_GUARANTEE_FUND = "re_guarantee_fund"
INSURER = "insurer"
GOVERNMENT = "government"
BILLION = 1_000_000_000
PARTICIPANTS = (LENDER, PARTNER_BANKS, GUARANTEE_FUND, RE_GUARANTEE_FUND, INSURER, GOVERNMENT)

HIGHEST_AMOUNT = 10**9  # fen: no line is larger
LOWEST_SCORE, HIGHEST_SCORE = 350.0, 950.0  # points
MOST_RIVALS = 100
# Persons' lines with a minimum payment and with a term, then the loans of firms.
PRODUCTS = ("card", "instalments", "working_capital", "farm", "technology", "project")


@dataclass(frozen=True)
class Eligibility:
    """Which new loans come under the scheme, and which part of them: judged on the lender's book alone."""

    sectors: tuple[str, ...] = setting((), meaning="sectors of work that are covered; empty = all")
    products: tuple[str, ...] = setting((), meaning=f"loans that are covered, of {', '.join(PRODUCTS)}; empty = all")
    smallest_line: int = setting(0, 0, HIGHEST_AMOUNT, unit="fen", meaning="smallest credit line that is covered")
    largest_line: int = setting(
        HIGHEST_AMOUNT, 0, HIGHEST_AMOUNT, unit="fen", meaning="largest credit line that is covered"
    )
    lowest_score: float = setting(
        LOWEST_SCORE, LOWEST_SCORE, HIGHEST_SCORE, unit="points", meaning="weakest score that is covered"
    )
    highest_score: float = setting(
        HIGHEST_SCORE, LOWEST_SCORE, HIGHEST_SCORE, unit="points", meaning="best score that is covered"
    )
    larger_from: int = setting(
        HIGHEST_AMOUNT,
        0,
        HIGHEST_AMOUNT,
        unit="fen",
        meaning="lines above it are covered in part only",
        needs="sharing.eligible.larger_part!=1",
    )
    larger_part: float = setting(1.0, 0.0, 1.0, unit="fraction", meaning="part of a larger line that is covered")
    better_from: float = setting(
        HIGHEST_SCORE,
        LOWEST_SCORE,
        HIGHEST_SCORE,
        unit="points",
        meaning="scores above it are covered in part only",
        needs="sharing.eligible.better_part!=1",
    )
    better_part: float = setting(1.0, 0.0, 1.0, unit="fraction", meaning="part of a better customer's loan covered")

    @property
    def in_part(self) -> bool:
        """Whether some loan is covered in part only."""
        return self.larger_part < 1 or self.better_part < 1

    @property
    def everything(self) -> bool:
        """Whether every new loan is covered in full."""
        return self == Eligibility()


@dataclass(frozen=True)
class Auction:
    """Rights to guarantees go each year to those who bid the lowest coverage (FOGAPE, Chile)."""

    winners: int = setting(
        0, 0, MOST_RIVALS, unit="bidders", meaning="bidders that are served, lowest coverage first; 0 = no auction"
    )
    rivals: int = setting(
        5, 0, MOST_RIVALS, unit="bidders", meaning="other lenders that bid", needs="sharing.auction.winners>0"
    )
    rival_spread: float = setting(
        0.02,
        0.0,
        1.0,
        unit="a year",
        meaning="standard deviation of their margins around the lender's",
        needs="sharing.auction.winners>0",
    )
    marginal_default: float = setting(
        0.15,
        0.001,
        1.0,
        unit="within 12 months",
        meaning="default probability of the customers that a bidder bids for",
        needs="sharing.auction.winners>0",
    )
    rights: float = setting(
        0.5,
        0.0,
        10.0,
        unit="of the lender's book at the policy date, a year",
        meaning="volume that a winner may cover",
        needs="sharing.auction.winners>0",
    )


@dataclass(frozen=True)
class Partner:
    """One partner bank of a joint loan: how much it can bear, and what makes it stop funding new loans."""

    share: float = setting(1.0, 0.0, 1.0, unit="fraction", meaning="its part of what partner banks fund")
    tier_one: float = setting(
        4.0, 0.0, 1000.0, unit="of the lender's book at the policy date", meaning="its net tier-1 capital"
    )
    total_loans: float = setting(
        40.0, 0.0, 10_000.0, unit="of the lender's book at the policy date", meaning="all its loans"
    )
    other_joint: float = setting(
        0.0, 0.0, 10_000.0, unit="of the lender's book at the policy date", meaning="joint loans with other platforms"
    )
    one_platform_cap: float = setting(
        0.25, 0.0, 10.0, unit="of tier-1 capital", meaning="joint loans with this lender, at most"
    )
    all_platforms_cap: float = setting(
        0.50, 0.0, 1.0, unit="of all its loans", meaning="joint loans with all platforms, at most"
    )
    loss_tolerance: float = setting(
        1.0,
        0.0,
        1.0,
        unit="of its joint loans, a year",
        meaning="loss of twelve months above which it withdraws; 1 = none",
    )
    return_below: float = setting(
        0.0, 0.0, 1.0, unit="of its joint loans, a year", meaning="loss at or below which it returns; 0 = never"
    )
    lender_capital_floor: float = setting(
        0.0, 0.0, 1.0, unit="equity over own loans", meaning="it withdraws while the lender's ratio lies below"
    )


@dataclass(frozen=True)
class Backing:
    """What stands behind a guarantor that is not the guarantee fund; without an entry it always pays."""

    participant: str = setting(
        RE_GUARANTEE_FUND, choices=(RE_GUARANTEE_FUND, INSURER, GOVERNMENT), meaning="whose means are limited"
    )
    capital_share: float = setting(
        0.10,
        0.0,
        10.0,
        unit="of what its layers promise on the loans that could be covered",
        meaning="its first capital",
    )
    falls_on: str = setting(
        LENDER,
        choices=(LENDER, GUARANTEE_FUND, RE_GUARANTEE_FUND, INSURER, GOVERNMENT),
        meaning="who bears what it cannot pay",
    )


@dataclass(frozen=True)
class WindDown:
    """When the scheme closes to new loans, when its cover ends, and what happens to what is left."""

    open_months: int = setting(0, 0, 1200, unit="months", meaning="months in which new loans are covered; 0 = no end")
    cover_months: int = setting(0, 0, 1200, unit="months", meaning="months in which losses are shared; 0 = no end")
    at_exhaustion: str = setting(
        "run_off",
        choices=("run_off", "cut_off"),
        meaning="run_off = cover given stays and is paid as far as income reaches; cut_off = the fund's cover ends",
        needs="sharing.participants=guarantee_fund",
    )
    surplus_to: str = setting(
        "nobody",
        choices=("nobody", GOVERNMENT, LENDER),
        meaning="who receives the fund's means once no cover and no claim is left",
        needs="sharing.participants=guarantee_fund",
    )
