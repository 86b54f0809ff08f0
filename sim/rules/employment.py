"""Keeping a job, losing it, finding another."""

from __future__ import annotations

from sim.kernels.stage import stage

LONGEST = 120


@stage("employed months_jobless")
def keep_or_find_job(
    employed: int,
    months_jobless: int,
    separation_by_sector: float,
    finding_by_sector: float,
    luck_job: float,
) -> tuple[int, int]:
    """Move between work and joblessness with the month's hazards of the person's sector.

    A two-state chain with stationary unemployment s/(s+f) (Shimer, 2012). Low luck is bad luck in
    both states, so that a higher separation or a lower finding hazard never helps anybody.
    """
    if employed:
        if luck_job < separation_by_sector:
            return 0, 0
        return 1, 0
    if luck_job > 1.0 - finding_by_sector:
        return 1, 0
    return 0, min(months_jobless + 1, LONGEST)
