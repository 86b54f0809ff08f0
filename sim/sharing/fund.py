"""The guarantee fund: what it starts with, how it is run, and its balance sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sim.engine.tables.declare import setting
from sim.sharing.terms import BILLION

HIGHEST_LEVERAGE = 1000.0


@dataclass(frozen=True)
class FundSettings:
    """Capital, price and prudential limits of the guarantee fund."""

    NEEDS: ClassVar[str] = "sharing.participants=guarantee_fund"

    capital: int = setting(0, 0, 10**17, unit="fen", meaning="capital at the policy date; 0 = sized by capital_share")
    capital_share: float = setting(
        0.10,
        0.0,
        10.0,
        unit="fraction of expected guaranteed volume",
        meaning="capital at the policy date over the guaranteed part of the loans on the lender's book at that date "
        "that the contract could cover",
        needs="fund.capital=0 and sharing.capital_share=0",
    )
    premium_rate: float = setting(
        0.01,
        0.0,
        0.5,
        unit="a year, or once on each new loan",
        meaning="price of the guarantee on the scheme's premium basis",
        needs="sharing.premium_rate=0 and sharing.premium_basis!=none",
    )
    leverage_cap: float = setting(
        10.0,
        0.0,
        1000.0,
        unit="times net assets",
        meaning="most liability that may stand guaranteed",
        needs="sharing.leverage_cap=0",
    )
    investment_yield: float = setting(
        0.0, -0.5, 0.5, unit="a year", meaning="return on the fund's cash, paid by the outside world"
    )
    minimum_capital: float = setting(
        0.0,
        0.0,
        1.0,
        unit="fraction of capital at the policy date",
        meaning="no new cover while the net assets lie below it; replenishment on call restores it",
    )
    replenishment: str = setting(
        "none",
        choices=("none", "annual", "on_call"),
        meaning="annual = the government restores the capital of the policy date once a year; on_call = in every "
        "month in which net assets lie below the minimum",
    )
    replenishment_limit: float = setting(
        1.0,
        0.0,
        1.0,
        unit="fraction of capital at the policy date",
        meaning="most that the replenishments of a year bring",
        needs="fund.replenishment!=none",
    )
    premium_rule: str = setting(
        "flat",
        choices=("flat", "risk_based", "experience_rated"),
        meaning="flat = premium_rate; risk_based = loading times the expected loss of the loans under cover; "
        "experience_rated = premium_rate and last year's compensation, mixed by credibility",
        needs="sharing.premium_basis!=none",
    )
    premium_floor: float = setting(
        0.0, 0.0, 0.5, unit="as premium_rate", meaning="lowest of the other rules", needs="fund.premium_rule!=flat"
    )
    premium_ceiling: float = setting(
        0.1, 0.0, 0.5, unit="as premium_rate", meaning="highest of the other rules", needs="fund.premium_rule!=flat"
    )
    premium_loading: float = setting(
        1.2,
        0.0,
        10.0,
        unit="factor",
        meaning="premium over the expected or experienced loss",
        needs="fund.premium_rule!=flat",
    )
    credibility: float = setting(
        0.5,
        0.0,
        1.0,
        unit="weight",
        meaning="weight of the last year in the experience-rated premium (Buhlmann, 1967)",
        needs="fund.premium_rule=experience_rated",
    )
    unearned_reserve: float = setting(
        0.0,
        0.0,
        1.0,
        unit="fraction of the last twelve months' premium",
        meaning="not free to back new cover",
        needs="sharing.premium_basis!=none",
    )
    compensation_reserve: float = setting(
        0.0, 0.0, 0.1, unit="fraction of guaranteed liability, a year", meaning="set aside at each year's end"
    )
    reserve_ceiling: float = setting(
        0.10,
        0.0,
        1.0,
        unit="fraction of guaranteed liability",
        meaning="no more is set aside above it",
        needs="fund.compensation_reserve>0",
    )
    client_cap: float = setting(
        1.0, 0.0, 1.0, unit="fraction of net assets", meaning="largest guaranteed part of one customer's line"
    )
    sector_cap: float = setting(
        1.0, 0.0, 1.0, unit="fraction of what stands covered", meaning="a sector above it gets no new cover"
    )

    def initial_capital(self, expected_guaranteed: int) -> int:
        """Capital in fen for loans whose guaranteed part is expected to be ``expected_guaranteed`` fen."""
        if self.capital > 0:
            return self.capital
        return share_of(expected_guaranteed, self.capital_share)

    def check(self) -> list[str]:
        """List every contradiction among the fund's keys, one line each."""
        problems = []
        if self.replenishment == "none" and self.replenishment_limit != 1.0:
            problems.append(
                f"fund.replenishment_limit: {self.replenishment_limit:g} limits a replenishment, "
                "but replenishment is none"
            )
        if self.replenishment == "on_call" and self.minimum_capital == 0:
            problems.append("fund.replenishment: on_call restores minimum_capital, which is 0")
        if self.premium_floor > self.premium_ceiling:
            problems.append(
                f"fund.premium_floor: {self.premium_floor:g} exceeds premium_ceiling={self.premium_ceiling:g}"
            )
        return problems


def share_of(amount: int, fraction: float) -> int:
    """``fraction`` of ``amount`` fen, rounded down, computed in integers."""
    return amount * round(fraction * BILLION) // BILLION


class Purse:
    """Cash of a guarantor and what it owes on claims not yet paid, in fen.

    Net assets are cash less claims that await payment, so a claim lowers them at once. ``unlimited`` means
    that an owner stands behind: cash may fall below zero, which is what the owner has put in.
    """

    TOTALS: tuple[str, ...] = ("initial", "cash", "payable", "premiums", "compensation", "recoveries", "unpaid")

    def __init__(self, initial: int, unlimited: bool = False) -> None:
        self.initial = self.cash = initial
        self.unlimited = unlimited
        self.payable = self.premiums = self.compensation = self.recoveries = self.unpaid = 0

    @property
    def net_assets(self) -> int:
        """Cash less claims that await payment."""
        return self.cash - self.payable

    def receive(self, premium: int, recovery: int) -> None:
        """Take in premium and recoveries."""
        self.cash += premium + recovery
        self.premiums += premium
        self.recoveries += recovery

    def spend(self, amount: int) -> int:
        """Pay a price as far as the cash goes; returns what was paid."""
        paid = amount if self.unlimited else min(amount, max(self.cash, 0))
        self.cash -= paid
        return paid

    def pay(self, due: int, promised: bool = True) -> int:
        """Pay a claim as far as the cash goes; returns what was paid.

        ``promised`` claims have waited among what is payable; the others fall on it from somebody else.
        """
        paid = self.spend(due)
        self.payable -= due if promised else 0
        self.compensation += paid
        self.unpaid += due - paid
        return paid

    def save(self) -> dict[str, int]:
        """Return the book as plain integers."""
        return {name: getattr(self, name) for name in self.TOTALS}

    def restore(self, saved: Mapping[str, int]) -> None:
        """Take over a book that ``save`` returned."""
        for name in self.TOTALS:
            setattr(self, name, int(saved[name]))


class FundBook(Purse):
    """The guarantee fund: a purse with capital rules, reserves, investment income and replenishment."""

    TOTALS = (*Purse.TOTALS, "income", "top_ups", "year_top_ups", "reserve", "premium_billionths")

    def __init__(self, settings: FundSettings, initial: int) -> None:
        super().__init__(initial)
        self.settings = settings
        self.income = self.top_ups = self.year_top_ups = 0
        self.reserve = 0
        self.premium_billionths = round(settings.premium_rate * BILLION)

    @property
    def too_small(self) -> bool:
        """Whether net assets forbid new cover."""
        return self.net_assets <= 0 or self.net_assets < share_of(self.initial, self.settings.minimum_capital)

    def free_assets(self, recent_premium: int) -> int:
        """Net assets that may back new cover: less the reserves for unearned premium and for compensation."""
        return self.net_assets - self.reserve - share_of(recent_premium, self.settings.unearned_reserve)

    def room(self, liabilities: int, recent_premium: int = 0) -> int:
        """Fen of further liability that the leverage cap admits."""
        return max(0, share_of(max(0, self.free_assets(recent_premium)), self.settings.leverage_cap) - liabilities)

    def leverage(self, liabilities: int) -> float:
        """Liabilities over net assets in times; ``HIGHEST_LEVERAGE`` also where no net assets are left."""
        if liabilities <= 0:
            return 0.0
        if self.net_assets <= 0:
            return HIGHEST_LEVERAGE
        return min(HIGHEST_LEVERAGE, liabilities / self.net_assets)

    def invest(self) -> int:
        """Book a month's return on cash (negative when the yield is) and return it."""
        monthly = round(self.settings.investment_yield * BILLION)
        earned = self.cash * abs(monthly) // (12 * BILLION)
        earned = earned if monthly >= 0 else -earned
        self.cash += earned
        self.income += earned
        return earned

    def top_up(self, begins_year: bool) -> int:
        """Restore capital as the replenishment rule says; returns what the government pays."""
        rule = self.settings.replenishment
        self.year_top_ups = 0 if begins_year else self.year_top_ups
        if rule == "none" or (rule == "annual" and not begins_year):
            return 0
        target = self.initial if rule == "annual" else share_of(self.initial, self.settings.minimum_capital)
        left = share_of(self.initial, self.settings.replenishment_limit) - self.year_top_ups
        paid = max(0, min(target - self.net_assets, left))
        self.cash += paid
        self.top_ups += paid
        self.year_top_ups += paid
        return paid

    def set_aside(self, liability: int) -> None:
        """Add a year's part of the compensation reserve, up to its ceiling."""
        ceiling = share_of(liability, self.settings.reserve_ceiling)
        added = share_of(liability, self.settings.compensation_reserve)
        self.reserve = max(min(self.reserve + added, ceiling), 0)

    def pay(self, due: int, promised: bool = True) -> int:
        """Pay a claim; what was set aside for compensation is used first."""
        paid = super().pay(due, promised)
        self.reserve = max(0, self.reserve - paid)
        return paid

    def reprice(self, expected: float, experienced: float) -> None:
        """Set next year's premium.

        Parameters
        ----------
        expected : float
            Expected loss of what stands covered, fraction a year of the premium's base.
        experienced : float
            Compensation of the last twelve months over the same base.
        """
        terms = self.settings
        if terms.premium_rule == "flat":
            return
        rate = terms.premium_loading * (expected if terms.premium_rule == "risk_based" else experienced)
        if terms.premium_rule == "experience_rated":
            rate = terms.credibility * rate + (1.0 - terms.credibility) * terms.premium_rate
        self.premium_billionths = round(min(max(rate, terms.premium_floor), terms.premium_ceiling) * BILLION)
