"""Settings of the lender, apart from the agent, so that a configuration is checked without loading Mesa."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.tables.declare import setting
from sim.lender.policies.shipped import CARDS, USUAL_CARD
from sim.loan.states import MONTHS_LAST

NO_GROWTH_CAP = 100.0


@dataclass(frozen=True)
class LenderSettings:
    """The lender's balance sheet, costs and accounting rules."""

    equity_per_borrower: int = setting(
        90_000, 0, 10**9, unit="fen a person", meaning="equity at the start of the burn-in"
    )
    target_capital_ratio: float = setting(
        0.20, 0.0, 1.0, unit="equity over own loans", meaning="profit above it is paid out"
    )
    minimum_capital_ratio: float = setting(0.10, 0.0, 1.0, unit="equity over own loans", meaning="binds new lending")
    guarantor_weight: float = setting(
        0.27,
        0.0,
        1.0,
        unit="over that of a loan",
        meaning="weight of what guarantors stand for in proportion; 1 = no relief (20 % over 75 %: Basel III, CRE20)",
        needs="sharing!=none",
    )
    leverage_cap: float = setting(
        5.0,
        0.0,
        100.0,
        unit="debt over equity",
        meaning="1x loans + 4x bonds and ABS (micro-lender rules of 2020)",
    )
    debt_headroom: float = setting(
        0.1, 0.0, 1.0, unit="share of the debt cap", meaning="that dividends leave free for lending (assumption)"
    )
    growth_cap: float = setting(
        100.0, -1.0, 100.0, unit="a year", meaning="growth of the book since the policy date; 0 = static, 100 = no cap"
    )
    funding_spread: float = setting(0.02, 0.0, 0.2, unit="a year", meaning="funding cost above the policy rate")
    operating_cost: float = setting(0.02, 0.0, 0.2, unit="a year of outstanding", meaning="servicing cost")
    account_cost: int = setting(
        6_000, 0, 10**7, unit="fen a year", meaning="of keeping an account that owes (assumption)"
    )
    usual_use: float = setting(
        0.3,
        0.01,
        1.0,
        unit="share of the limit",
        meaning="owed by a borrower, as decisions expect it (assumption)",
        needs="lender.account_cost>0 and policy/approval!=everyone",
    )
    required_return: float = setting(
        0.12, 0.0, 1.0, unit="a year of the capital held", meaning="asked in decisions (assumption)"
    )
    loss_given_default: float = setting(0.75, 0.0, 1.0, unit="share", meaning="loss given default in decisions")
    conversion_prior: float = setting(
        0.40,
        0.0,
        1.0,
        unit="of what is left on a line",
        meaning="drawn before default, where little was seen (Basel III: other commitments)",
    )
    prior_defaults: float = setting(
        10.0,
        0.0,
        1e9,
        unit="defaults",
        meaning="what the priors of conversion and loss given default are worth beside the lender's own (assumption)",
    )
    undrawn_weighed: bool = setting(
        False, meaning="risk-weighted assets hold undrawn lines (true) or what is drawn alone (false)"
    )
    score_intercept: float = setting(
        4.8, -10.0, 10.0, unit="log-odds", meaning="of staying in order, what 650 points stand for (convention)"
    )
    card: str = setting(USUAL_CARD, meaning="preset whose card the lender begins with", choices=CARDS)
    payout_pace: float = setting(0.15, 0.0, 1.0, unit="a month", meaning="share of excess capital paid out")
    provision_current: float = setting(0.010, 0.0, 1.0, unit="share of balance", meaning="provision for M0")
    provision_m1: float = setting(0.08, 0.0, 1.0, unit="share of balance", meaning="provision for M1 (1-29 days)")
    provision_m2: float = setting(0.30, 0.0, 1.0, unit="share of balance", meaning="provision for M2 (30-59 days)")
    provision_m3: float = setting(0.50, 0.0, 1.0, unit="share of balance", meaning="provision for M3 (60-89 days)")
    provision_m4: float = setting(0.65, 0.0, 1.0, unit="share of balance", meaning="provision for M4 (90-119 days)")
    charge_off_months: int = setting(
        13, 2, 13, unit="months past due", meaning="charge-off age: 13 = 360 days, 7 = 180 days"
    )
    accrual_stops: int = setting(4, 1, 14, unit="months past due", meaning="no interest accrues from here")
    exclusion_months: int = setting(24, 1, 120, unit="months", meaning="exclusion after a charge-off")
    draw_extends_term: bool = setting(
        True, meaning="a draw spreads the whole balance over a new term (true) or never lowers the instalment (false)"
    )
    effort_follows_retention: float = setting(
        0.0,
        0.0,
        1.0,
        unit="elasticity",
        meaning="collection effort weakens with the part of the loss that others bear: 0 = never, 1 = in proportion",
    )
    minimum_payment_share: float = setting(0.1, 0.01, 1.0, unit="share of balance", meaning="card-like lines")

    @property
    def grows_freely(self) -> bool:
        """Whether nothing but demand, funds and capital limits the size of the book."""
        return self.growth_cap >= NO_GROWTH_CAP

    def provision_rates(self) -> np.ndarray:
        """Provision by months past due 0 to 13, rising from M4 to the loss given default."""
        early = [self.provision_current, self.provision_m1, self.provision_m2, self.provision_m3]
        late = np.linspace(self.provision_m4, max(self.loss_given_default, self.provision_m4), MONTHS_LAST - 3)
        return np.array([*early, *late])
