"""Keeping a job, losing it, finding another."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import stage
from sim.loan.states import FAILED

LONGEST = 120
WIDEST = 10.0  # nobody's job is more than ten times as risky as that of the median person


@scalar
def job_risk(patience: float, median_patience: float, job_risk_spread: float) -> float:
    """Personal factor on the chance to lose a job: 1 for the median buffer, more for smaller ones.

    The same persons lose their jobs again and again (Stevens, 1997; Hall and Kudlyak, 2019), and they
    hold the least liquid wealth. At a spread of 1 the chance is inversely proportional to the buffer.
    """
    if job_risk_spread == 0.0:
        return 1.0
    return 1.0 + job_risk_spread * (median_patience / max(patience, median_patience / WIDEST, 1e-9) - 1.0)


class KeepOrFindJob(NamedTuple):
    """What `keep_or_find_job` leaves."""

    employed: int
    months_jobless: int
    employer: int
    owns: int


@stage()
def keep_or_find_job(
    employed: int,
    months_jobless: int,
    employer: int,
    owns: int,
    patience: float,
    median_patience: float,
    job_risk_spread: float,
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
            kept = (owns > 0 and owners_stay) or luck_job >= hazard * job_risk(
                patience, median_patience, job_risk_spread
            )
            if kept:
                return KeepOrFindJob(employed=1, months_jobless=0, employer=employer, owns=owns)
        return KeepOrFindJob(employed=0, months_jobless=0, employer=0, owns=0)
    if luck_job > 1.0 - finding_by_sector:
        return KeepOrFindJob(employed=1, months_jobless=0, employer=0, owns=0)
    return KeepOrFindJob(employed=0, months_jobless=min(months_jobless + 1, LONGEST), employer=0, owns=0)
