"""How risky jobs are on the mean, whatever the lender does: a reference for the chances of losing one."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.economy.arithmetic import normal_quantile
from sim.economy.sectors import SECTORS
from sim.engine.loops.diskcache import kept
from sim.engine.loops.order import each
from sim.engine.loops.transforms import exponential_function, logarithm
from sim.loan.states import LONGEST_BUFFER
from sim.persons.arriving import OLDEST_JOB
from sim.persons.employment import job_risks

TYPES = 12  # buffers, each held by as many persons
MONTHS = int(OLDEST_JOB) + 1  # months in a job; the last stands for longer, too


class JobMarket:
    """Shares of all who could work, by sector, buffer and months in the job, along the path of the economy.

    A sector loses the jobs that its path says, on the mean of its persons' own risks. Taken over the persons who are
    there, that mean would depend on whom a policy drives away, and so would everybody's luck; here nobody leaves.

    Attributes
    ----------
    at_work : float64[sectors, types, months]
        Shares at work.
    jobless : float64[sectors, types]
        Shares without work.
    """

    def __init__(self, config: Any, unemployment: float) -> None:
        behaviour, population = config.behaviour, config.population
        self.even = behaviour.job_risk_spread == 0.0 and behaviour.settling_months == 0.0
        shape = (len(SECTORS), TYPES, MONTHS)
        steps = [normal_quantile((place + 0.5) / TYPES) for place in range(TYPES)]
        buffers = population.median_patience * each(exponential_function, population.patience_spread * np.array(steps))
        patience = np.repeat(np.minimum(buffers, LONGEST_BUFFER), MONTHS)
        months = np.tile(np.arange(MONTHS), TYPES)
        self.risk = job_risks(config, patience, months).reshape(TYPES, MONTHS)
        self.at_work = np.zeros(shape)
        self.at_work[:] = (1.0 - unemployment) / TYPES * first_shares(behaviour.settling_months)
        self.jobless = np.full(shape[:2], unemployment / TYPES)

    def mean_risk(self) -> np.ndarray:
        """Mean risk of those at work by sector, float64[sectors]; 1 where nobody is."""
        usual = np.ones(len(SECTORS))
        if self.even:
            return usual
        mean_risks(self.at_work, self.risk, usual)
        return usual

    def live(self, usual: np.ndarray, finding: np.ndarray) -> None:
        """Live a month with the chances of each sector to lose a job of a risk of 1, and to find one."""
        if self.even:
            return
        live_month(self.at_work, self.jobless, self.risk, usual, finding)

    def save(self) -> dict[str, Any]:
        """Everything that later months depend on."""
        return {"at_work": self.at_work.copy(), "jobless": self.jobless.copy()}

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from what was saved."""
        self.at_work, self.jobless = np.array(saved["at_work"]), np.array(saved["jobless"])


def first_shares(settling_months: float) -> np.ndarray:
    """Shares of those who arrive at work by months in the job, as `sim.persons.arriving.arrive_in_job` draws them."""
    shares = np.zeros(MONTHS)
    if settling_months <= 0.0:
        shares[0] = 1.0
        return shares
    ends = 1.0 + np.arange(MONTHS) / settling_months
    reached = each(logarithm, ends) / float(each(logarithm, ends[-1:])[0])
    shares[:-1] = np.diff(reached)
    return shares


@kept
def mean_risks(at_work: Any, risk: Any, means: Any) -> None:
    """Write the mean risk of those at work by sector, summed up in one order on every machine; left where nobody is."""
    sectors, types, months = at_work.shape
    risks, shares = np.zeros(sectors), np.zeros(sectors)
    for buffer in range(types):
        for month in range(months):
            for sector in range(sectors):  # sums that do not wait for each other
                risks[sector] += at_work[sector, buffer, month] * risk[buffer, month]
                shares[sector] += at_work[sector, buffer, month]
    for sector in range(sectors):
        if shares[sector] > 0.0:
            means[sector] = risks[sector] / shares[sector]


@kept
def live_month(at_work: Any, jobless: Any, risk: Any, usual: Any, finding: Any) -> None:
    """Let those at work lose their jobs or grow older in them, and the jobless find some; the longest jobs stay."""
    sectors, types, months = at_work.shape
    for sector in range(sectors):
        for buffer in range(types):
            found, gone = jobless[sector, buffer] * finding[sector], 0.0
            younger = found
            for month in range(months):
                lost = at_work[sector, buffer, month] * min(usual[sector] * risk[buffer, month], 1.0)
                gone += lost
                at_work[sector, buffer, month], younger = younger, at_work[sector, buffer, month] - lost
            at_work[sector, buffer, months - 1] += younger
            jobless[sector, buffer] += gone - found
