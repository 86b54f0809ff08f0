"""Whom firms let go, and the chances on the labour market that they decide on, gone through row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.firms.firm import NO_FIRM
from sim.loan.states import FAILED
from sim.persons.employment import job_risk


@kept
def workers_of(now: Any, then: Any) -> float:
    """Workers of the place that a person stands for: those who were there over who is; where nobody was or is, one."""
    return then / now if now > 0 and then > 0 else 1.0


@kept
def workers_of_each(people: Any, place: Any, weight: Any) -> None:
    """Set the workers that a person of each sector stands for."""
    for one in range(weight.size):
        weight[one] = workers_of(people[one], place[one])


@kept
def chances(
    sectors: Any,
    jobs: Any,
    decided: Any,
    people: Any,
    place: Any,
    jobless: Any,
    calm_separation: Any,
    calm_finding: Any,
    trading: Any,
    sector: Any,
    vacancies: Any,
    separation: Any,
    finding: Any,
) -> None:
    """Mix the path's chances to lose and to find a job with those that firms bring about, a part ``jobs`` of them.

    Of separations firms decide on the part ``decided``, the others stay at their calm level; vacancies of firms in
    business are shared out among those who seek one.
    """
    vacant = np.zeros(sectors)
    for row in range(trading.size):
        vacant[sector[row]] += vacancies[row] if trading[row] > 0 else 0
    for one in range(sectors):
        turnover = (1.0 - decided) * calm_separation[one]
        separation[one] = (1.0 - jobs) * separation[one] + jobs * turnover
        found = min(calm_finding[one], vacant[one] / max(jobless[one] * workers_of(people[one], place[one]), 1.0))
        finding[one] = (1.0 - jobs) * finding[one] + jobs * found


@kept
def that_let_go(trading: Any, layoffs: Any, rows: Any) -> int:
    """Collect firms in business that let somebody go; returns how many."""
    count = 0
    for row in range(trading.size):
        rows[count] = row  # to stay, or to be written over
        count += (trading[row] > 0) & (layoffs[row] > 0)
    return count


@kept
def of_persons(rows: Any, luck: Any, people: Any, place: Any, sector: Any, layoffs: Any, found: Any) -> None:
    """Set how many persons some firms let go, the other workers having left the platform; luck rounds up or down."""
    for k in range(rows.size):
        row, one = rows[k], sector[rows[k]]
        found[row] = int(np.floor(layoffs[row] / workers_of(people[one], place[one]) + luck[k]))


@kept
def staff_to_go(employer: Any, employed: Any, owns: Any, alive: Any, layoffs: Any, size: Any, rows: Any) -> int:
    """Collect the staff of firms that let persons go, without owners; returns how many."""
    there, count = 0, 0
    for row in range(size):
        rows[there] = row  # to stay, or to be written over: nothing to guess right
        there += layoffs[np.uint64(employer[row])] > 0
    for k in range(there):
        row = rows[k]
        rows[count] = row
        count += (owns[row] == 0) & (employed[row] > 0) & (alive[row] > 0)
    return count


@kept
def risks_of(
    rows: Any,
    patience: Any,
    months_in_job: Any,
    median: Any,
    spread: Any,
    settling: Any,
    employer: Any,
    of: Any,
    risk: Any,
) -> None:
    """Set the employer (``of``) of some persons, and how risky the job of each is."""
    for k in range(rows.size):
        row = rows[k]
        of[k] = employer[row]
        risk[k] = job_risk(float(patience[row]), float(months_in_job[row]), median, spread, settling)


@kept
def as_told(
    month: Any, decide: Any, trading: Any, failed_month: Any, owner_share: Any, thresholds: Any, drawings: Any
) -> None:
    """Set what owners draw; where firms ``decide`` on jobs, all of a firm that failed this month lose theirs."""
    for row in range(trading.size):
        drawings[row] = owner_share[row]
        if decide and failed_month[row] == month and trading[row] == 0:
            thresholds[row] = FAILED
    drawings[NO_FIRM] = 1.0
    if decide:
        thresholds[NO_FIRM] = 0.0
