"""Monthly income: permanent level, persistent and passing shocks, benefit when jobless."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.loops.stage import Places, Tally, stage
from sim.engine.loops.transforms import exponential_function
from sim.loan.states import HIGHEST_LOG_INCOME, LARGEST


class Earn(NamedTuple):
    """What `earn` leaves."""

    income_transitory: float
    income: int
    cash: int
    wages__received: Tally
    firm_wages__received: Tally
    benefits__received: Tally
    wages_by_firm_place: Annotated[int, Places("firm_rows")]
    wages_by_firm_amount: int


@stage()
def earn(
    employed: int,
    months_jobless: int,
    sector: int,
    employer: int,
    income_permanent: int,
    income_transitory: float,
    cash: int,
    income_by_sector: float,
    income_persistence: float,
    income_volatility: float,
    income_drift: float,
    income_noise: float,
    benefit_share: float,
    benefit_months: int,
    owner_share_by_owns: float,
    firm_sectors: int,
    normal_income: float,
    luck_income_noise: float,
) -> Earn:
    """Draw the month's income and add it to cash.

    y = A exp(z) (1 + e), z' = rho z + eta with a larger sd of eta in bad times (Storesletten,
    Telmer and Yaron, 2004); e is uniform with sd ``income_noise``. ``income_drift`` keeps
    E[exp z] = 1, so riskier times do not raise mean income. The jobless receive ``benefit_share``
    of their permanent income for ``benefit_months``. Firms pay those who work in the first ``firm_sectors``
    sectors; ``owner_share_by_owns`` is what profit does to the drawings of an owner (1 for everybody else).
    """
    z = income_persistence * income_transitory + income_volatility * normal_income + income_drift
    if employed:
        passing = 1.0 + income_noise * 3.4641016151377544 * (luck_income_noise - 0.5)
        level = income_permanent * income_by_sector * exponential_function(min(z, HIGHEST_LOG_INCOME))
        level *= owner_share_by_owns
        wage = int(min(level * max(passing, 0.0), LARGEST))
        if sector < firm_sectors:
            return Earn(
                income_transitory=z,
                income=wage,
                cash=cash + wage,
                wages__received=0,
                firm_wages__received=wage,
                benefits__received=0,
                wages_by_firm_place=employer,
                wages_by_firm_amount=wage,
            )
        return Earn(
            income_transitory=z,
            income=wage,
            cash=cash + wage,
            wages__received=wage,
            firm_wages__received=0,
            benefits__received=0,
            wages_by_firm_place=0,
            wages_by_firm_amount=0,
        )
    benefit = int(income_permanent * benefit_share) if months_jobless < benefit_months else 0
    return Earn(
        income_transitory=z,
        income=benefit,
        cash=cash + benefit,
        wages__received=0,
        firm_wages__received=0,
        benefits__received=benefit,
        wages_by_firm_place=0,
        wages_by_firm_amount=0,
    )
