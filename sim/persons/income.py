"""Monthly income: permanent level, persistent and passing shocks, benefit when jobless."""

from __future__ import annotations

from sim.engine.loops.stage import stage
from sim.engine.loops.transforms import exponential_function
from sim.loan.states import HIGHEST_LOG_INCOME, LARGEST


@stage(
    "income_transitory income cash",
    "wages.received firm_wages.received benefits.received",
    bins={"wages_by_firm": "firm_rows"},
)
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
) -> tuple[float, int, int, int, int, int, int, int]:
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
            return z, wage, cash + wage, 0, wage, 0, employer, wage
        return z, wage, cash + wage, wage, 0, 0, 0, 0
    benefit = int(income_permanent * benefit_share) if months_jobless < benefit_months else 0
    return z, benefit, cash + benefit, 0, 0, benefit, 0, 0
