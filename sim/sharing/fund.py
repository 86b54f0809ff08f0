"""The guarantee fund: what it starts with, how it is run, and its balance sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.sharing.scheme import BILLION
from sim.tables.declare import setting

HIGHEST_LEVERAGE = 1000.0


@dataclass(frozen=True)
class FundSettings:
    """Capital, price and prudential limits of the guarantee fund."""

    capital: int = setting(0, 0, 10**17, unit="fen", meaning="capital at the policy date; 0 = sized by capital_share")
    capital_share: float = setting(
        0.10,
        0.0,
        10.0,
        unit="fraction of expected guaranteed volume",
        meaning="capital at the policy date over the guaranteed part of the lender's book at that date",
    )
    premium_rate: float = setting(
        0.01,
        0.0,
        0.5,
        unit="a year, or once on each new loan",
        meaning="price of the guarantee on the scheme's premium basis",
    )
    leverage_cap: float = setting(
        10.0, 0.0, 1000.0, unit="times net assets", meaning="most liability that may stand guaranteed"
    )
    investment_yield: float = setting(
        0.0, -0.5, 0.5, unit="a year", meaning="return on the fund's cash, paid by the outside world"
    )
    minimum_capital: float = setting(
        0.0,
        0.0,
        1.0,
        unit="fraction of capital at the policy date",
        meaning="no new cover while the net assets lie below it",
    )
    replenishment: str = setting(
        "none",
        choices=("none", "annual"),
        meaning="annual = the government restores the capital of the policy date once a year",
    )
    replenishment_limit: float = setting(
        1.0,
        0.0,
        1.0,
        unit="fraction of capital at the policy date",
        meaning="most that one replenishment brings",
    )

    def initial_capital(self, expected_guaranteed: int) -> int:
        """Capital in fen for a book whose guaranteed part is expected to be ``expected_guaranteed`` fen."""
        if self.capital > 0:
            return self.capital
        return expected_guaranteed * round(self.capital_share * BILLION) // BILLION

    def check(self) -> list[str]:
        """List every contradiction among the fund's keys, one line each."""
        problems = []
        if self.replenishment == "none" and self.replenishment_limit != 1.0:
            problems.append(
                f"fund.replenishment_limit: {self.replenishment_limit:g} limits a replenishment, "
                "but replenishment is none"
            )
        return problems


class FundBook:
    """The guarantee fund's cash and what it owes on claims not yet paid, in fen.

    Net assets are cash less claims that await payment, so a claim lowers them at once.
    """

    TOTALS = (
        "initial",
        "cash",
        "payable",
        "premiums",
        "compensation",
        "recoveries",
        "income",
        "top_ups",
        "unpaid",
    )

    def __init__(self, settings: FundSettings, initial: int) -> None:
        self.settings = settings
        self.initial = initial
        self.cash = initial
        self.payable = 0
        self.premiums = self.compensation = self.recoveries = 0
        self.income = self.top_ups = self.unpaid = 0

    @property
    def net_assets(self) -> int:
        """Cash less claims that await payment."""
        return self.cash - self.payable

    @property
    def too_small(self) -> bool:
        """Whether net assets forbid new cover."""
        least = self.initial * round(self.settings.minimum_capital * BILLION) // BILLION
        return self.net_assets <= 0 or self.net_assets < least

    def room(self, liabilities: int) -> int:
        """Fen of further liability that the leverage cap admits."""
        most = max(0, self.net_assets) * round(self.settings.leverage_cap * BILLION) // BILLION
        return max(0, most - liabilities)

    def leverage(self, liabilities: int) -> float:
        """Liabilities over net assets in times; ``HIGHEST_LEVERAGE`` also where no net assets are left."""
        if liabilities <= 0:
            return 0.0
        if self.net_assets <= 0:
            return HIGHEST_LEVERAGE
        return min(HIGHEST_LEVERAGE, liabilities / self.net_assets)

    def receive(self, premium: int, recovery: int) -> None:
        """Take in the month's premium and recoveries."""
        self.cash += premium + recovery
        self.premiums += premium
        self.recoveries += recovery

    def invest(self) -> int:
        """Book a month's return on cash (negative when the yield is) and return it."""
        monthly = round(self.settings.investment_yield * BILLION)
        earned = self.cash * abs(monthly) // (12 * BILLION)
        earned = earned if monthly >= 0 else -earned
        self.cash += earned
        self.income += earned
        return earned

    def top_up(self) -> int:
        """Restore the capital of the policy date within the limit; returns what the government pays."""
        if self.settings.replenishment != "annual":
            return 0
        limit = self.initial * round(self.settings.replenishment_limit * BILLION) // BILLION
        paid = max(0, min(self.initial - self.net_assets, limit))
        self.cash += paid
        self.top_ups += paid
        return paid

    def pay(self, due: int) -> int:
        """Pay a claim that has fallen due as far as the cash goes; returns what was paid."""
        paid = min(due, self.cash)
        self.cash -= paid
        self.payable -= due
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
