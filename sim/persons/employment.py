"""Keeping a job, losing it, finding another."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import stage
from sim.loan.states import FAILED

LONGEST = 120
LONGEST_JOB = 480  # months counted in one job
WIDEST = 10.0  # nobody's job is more than ten times as risky as that of the median person


@scalar
def job_risk(
    patience: float, months_in_job: float, median_patience: float, job_risk_spread: float, settling_months: float
) -> float:
    """Personal factor on the chance to lose a job: 1 in a new job for the median buffer.

    The same persons lose their jobs again and again (Stevens, 1997; Hall and Kudlyak, 2019), and they
    hold the least liquid wealth. At a spread of 1 the chance is inversely proportional to the buffer; where the median
    person aims at none, all are alike. It falls with the months m in the job as 1 / (1 + m / settling_months): most new
    jobs end early, old ones last (Farber, 1999).
    """
    risk = 1.0
    if job_risk_spread > 0.0 and median_patience > 0.0:
        buffer = max(patience, median_patience / WIDEST, 1e-9)
        risk += job_risk_spread * (median_patience / buffer - 1.0)
    return risk / (1.0 + months_in_job / settling_months) if settling_months > 0.0 else risk


def job_risks(config: Any, patience: np.ndarray, months_in_job: np.ndarray) -> np.ndarray:
    """`job_risk` of many persons, float64[n]."""
    spread, median = config.behaviour.job_risk_spread, config.population.median_patience
    buffer = np.maximum(np.asarray(patience, dtype=float), max(median / WIDEST, 1e-9))
    risk = np.where(spread > 0.0 and median > 0.0, 1.0 + spread * (median / buffer - 1.0), 1.0)
    settling = config.behaviour.settling_months
    return risk / (1.0 + np.asarray(months_in_job, dtype=float) / settling) if settling > 0.0 else risk


class KeepOrFindJob(NamedTuple):
    """What `keep_or_find_job` leaves."""

    employed: int
    months_jobless: int
    months_in_job: int
    employer: int
    owns: int


@stage()
def keep_or_find_job(
    employed: int,
    months_jobless: int,
    months_in_job: int,
    employer: int,
    owns: int,
    patience: float,
    median_patience: float,
    job_risk_spread: float,
    settling_months: float,
    separation_by_sector: float,
    finding_by_sector: float,
    layoff_by_employer: float,
    owners_stay: int,
    luck_job: float,
) -> KeepOrFindJob:
    """Move between work and joblessness with the month's hazards of the person's sector.

    A two-state chain with stationary unemployment s/(s+f) (Shimer, 2012). Low luck is bad luck in
    both states, so that a higher separation or a lower finding hazard never helps anybody. Jobs are
    riskier for some than for others by ``job_risk``. A firm that lays off raises the threshold of its own
    staff (0 for everybody else); where firms decide on jobs (``owners_stay``) an owner's
    is lost with the firm.
    """
    if employed:
        if layoff_by_employer < FAILED:
            hazard = max(separation_by_sector, layoff_by_employer)
            hazard *= job_risk(patience, months_in_job, median_patience, job_risk_spread, settling_months)
            if (owns > 0 and owners_stay) or luck_job >= hazard:
                longer = min(months_in_job + 1, LONGEST_JOB)
                return KeepOrFindJob(employed=1, months_jobless=0, months_in_job=longer, employer=employer, owns=owns)
        return KeepOrFindJob(employed=0, months_jobless=0, months_in_job=0, employer=0, owns=0)
    if luck_job > 1.0 - finding_by_sector:
        return KeepOrFindJob(employed=1, months_jobless=0, months_in_job=0, employer=0, owns=0)
    longer = min(months_jobless + 1, LONGEST)
    return KeepOrFindJob(employed=0, months_jobless=longer, months_in_job=0, employer=0, owns=0)
