"""Whether an IFRS 9 allowance was enough: what stood at a date over the losses that came of that date's accounts."""

from __future__ import annotations

import numpy as np

from sim.lender.impairment import DEFAULT, STAGE_2
from validation.targets.exposure import recovered_of_charged_off
from validation.targets.pooling import Floats, Measure, Worlds, ratio, remembered
from validation.targets.runs import PROVIDED, YEAR, Run

STAGES = (1, 2, 3)
DATES = range(0, YEAR + 1, 3)  # months after the policy date at which the allowance is looked at
LIFE = 24  # months in which defaults of stage 2 count, its expected life; and in which a default is charged off


@remembered
def losses_of(run: Run, date: int) -> Floats:
    """Principal charged off of accounts that stood in each stage at a date, discounted to it, float64[3].

    Of stage 1 the defaults of the next year count, of stage 2 those of its life, of stage 3 all; each with the first
    charge-off within `LIFE` months of the default.
    """
    late, old = run.panel["months_past_due"], run.panel["written_off"].astype(np.float64)
    gone = np.zeros_like(old)
    gone[1:] = np.where((old[:-1] == 0.0) & (old[1:] > 0.0), old[1:], 0.0)
    last, rows = len(late) - 1, np.arange(late.shape[1])
    stage = (late[date] >= STAGE_2).astype(int) + (late[date] >= DEFAULT)
    within = np.array([YEAR, LIFE, 0])[stage]
    ahead = late[date : min(date + LIFE, last) + 1] >= DEFAULT
    wait = np.where(ahead.any(axis=0), ahead.argmax(axis=0), LIFE + 1)
    counts = wait <= within
    lost = np.zeros(len(rows))
    for month in range(min(date + 2 * LIFE, last), date, -1):
        inside = (month >= date + wait) & (month <= date + wait + LIFE) & (gone[month] > 0.0)
        lost = np.where(inside, gone[month], lost)
    lost *= counts * (1.0 + PROVIDED.effective_rate) ** (-wait / YEAR)
    return np.asarray(np.bincount(stage, lost, len(STAGES)), dtype=np.float64)


def allowance_over_losses(*stages: int) -> Measure:
    """Allowance of some stages over the net losses that came, all dates together."""

    def measure(worlds: Worlds) -> float:
        allowed = sum(world.provided.told[f"allowance_stage_{k}"][date] for world in worlds for k in stages
                      for date in DATES)  # fmt: skip
        lost = sum(losses_of(world.provided, date)[k - 1] for world in worlds for k in stages for date in DATES)
        return ratio(allowed, lost * (1.0 - recovered_of_charged_off(worlds)))

    return measure
