"""Monthly income: permanent level, persistent and passing shocks, benefit when jobless."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.loops.stage import Places, Tally, stage
from sim.engine.loops.transforms import exponential_function
from sim.loan.states import HIGHEST_LOG_INCOME, LARGEST


class Earn(NamedTuple):
    """Income of the month."""

    income_transitory: float
    income: int


@stage()
def earn(
    employed: int,
    months_jobless: int,
    income_permanent: int,
    income_transitory: float,
    income_by_sector: float,
    income_persistence: float,
    income_volatility: float,
    income_drift: float,
    income_noise: float,
    benefit_share: float,
    benefit_months: int,
    owner_share_by_owns: float,
    normal_income: float,
    luck_income_noise: float,
) -> Earn:
    """Draw the month's income.

    y = A exp(z) (1 + e), z' = rho z + eta with a larger sd of eta in bad times (Storesletten,
    Telmer and Yaron, 2004); e is uniform with sd ``income_noise``. ``income_drift`` keeps
    E[exp z] = 1, so riskier times do not raise mean income. The jobless receive ``benefit_share``
    of their permanent income for ``benefit_months``. ``owner_share_by_owns`` is what profit does to the
    drawings of an owner (1 for everybody else).
    """
    z = income_persistence * income_transitory + income_volatility * normal_income + income_drift
    if not employed:
        benefit = int(income_permanent * benefit_share) if months_jobless < benefit_months else 0
        return Earn(income_transitory=z, income=benefit)
    passing = 1.0 + income_noise * 3.4641016151377544 * (luck_income_noise - 0.5)
    level = income_permanent * income_by_sector * exponential_function(min(z, HIGHEST_LOG_INCOME))
    level *= owner_share_by_owns
    return Earn(income_transitory=z, income=int(min(level * max(passing, 0.0), LARGEST)))


class LoseTurnover(NamedTuple):
    """Income of the month after what the self-employed lose on top."""

    income: int


@stage(where="alive employed", rare=True)
def lose_turnover(
    income: int,
    owns: int,
    self_employed_share_by_sector: float,
    self_employed_income: float,
    lasting_own_account: float,
) -> LoseTurnover:
    """Let the self-employed earn a part of what they would.

    Who is self-employed is drawn for good, with the share of the person's sector. Owners of firms live on their profit
    (``owner_share_by_owns``) and are left out. Offline micro businesses of China sold half as usual at the trough
    of February 2020, and four fifths from the seventh week on (Guo, Huang, Wang and Wang, 2022).
    """
    own_account = owns == 0 and lasting_own_account < self_employed_share_by_sector
    return LoseTurnover(income=int(min(income * self_employed_income, LARGEST)) if own_account else income)


class ReceiveIncome(NamedTuple):
    """Who paid the month's income."""

    cash: int
    wages__received: Tally
    firm_wages__received: Tally
    benefits__received: Tally
    wages_by_firm_place: Annotated[int, Places("firm_rows")]
    wages_by_firm_amount: int


@stage()
def receive_income(
    employed: int, sector: int, employer: int, income: int, cash: int, firm_sectors: int
) -> ReceiveIncome:
    """Add the income to cash: firms pay those who work in the first ``firm_sectors`` sectors."""
    by_firm = employed and sector < firm_sectors
    return ReceiveIncome(
        cash=cash + income,
        wages__received=income if employed and not by_firm else 0,
        firm_wages__received=income if by_firm else 0,
        benefits__received=0 if employed else income,
        wages_by_firm_place=employer if by_firm else 0,
        wages_by_firm_amount=income if by_firm else 0,
    )


class ReceiveSupport(NamedTuple):
    """Income and cash after what the government pays beside benefits."""

    income: int
    cash: int
    transfers__received: Tally


@stage()
def receive_support(
    employed: int, income: int, cash: int, jobless_supplement: int, universal_transfer: int
) -> ReceiveSupport:
    """Receive a sum that goes to everybody and, without work, one beside the benefit; both the same for all, in fen.

    A flat supplement gives the low paid more than they earned: with 600 dollars a week, two thirds to three quarters of
    those entitled in the United States from April to July 2020 (Ganong, Noel and Vavra, 2020).
    """
    paid = universal_transfer + (0 if employed else jobless_supplement)
    return ReceiveSupport(income=min(income + paid, LARGEST), cash=cash + paid, transfers__received=paid)
