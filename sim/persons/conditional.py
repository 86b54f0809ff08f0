"""What a tape says about the person behind an account: private state drawn conditional on the evidence.

A tape shows limits, balances, arrears and payments; income, cash, job and will are hidden. Each rule here is
an assumption where no source stands beside it; the draws are keyed, and only IEEE operations are used, so
that two machines seat the same persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables.declare import setting
from sim.loan.states import CAUSE_INCOME, CAUSE_JOB_LOSS, CAUSE_NONE, CAUSE_STRATEGIC

if TYPE_CHECKING:
    from sim.persons.population import PopulationSettings

Numbers = NDArray[Any]
LARGEST = 2**31 - 1
YOUNG = 25  # years: a thin file up to here (assumption)
NARROWEST, WIDEST = 1.0 / 3.0, 3.0  # income relative to the median income, by the limit
HIGHEST_APPETITE = 12.0


@dataclass(frozen=True)
class Beliefs:
    """How hidden states are inferred from what a tape shows; every number is an assumption unless fitted."""

    jobless_late: float = setting(0.2, 0.0, 1.0, unit="share", meaning="of those past due, without a job")
    unwilling_late: float = setting(
        0.1, 0.0, 1.0, unit="share per month past due", meaning="of those past due, have stopped by choice"
    )
    unwilling_most: float = setting(
        0.6, 0.0, 1.0, unit="share", meaning="largest share that has stopped by choice, however late"
    )
    habit_late: float = setting(
        0.0,
        0.0,
        1.0,
        unit="share per month past due after the first",
        meaning="of those past due, leave their arrears, beside those who do so anyway: who does stays late",
    )
    cash_full: float = setting(
        1.0, 0.0, 10.0, unit="of the prior's cash", meaning="cash of those who pay in full or owe nothing"
    )
    cash_minimum: float = setting(
        0.5, 0.0, 10.0, unit="of the prior's cash", meaning="cash of those who pay the minimum"
    )
    cash_late: float = setting(0.1, 0.0, 10.0, unit="of the prior's cash", meaning="cash of those past due")
    other_debt: float = setting(
        1.0, 0.0, 20.0, unit="of the prior's debt", meaning="debt elsewhere of somebody whose limit is used up"
    )


@dataclass(frozen=True)
class Evidence:
    """What the tape shows of each account up to the start; every array has one value an account.

    ``paid_share`` is what was paid of the bills, 0 to 1; ``full`` marks who paid in full, ``unused`` who
    owed nothing; ``memory`` is the worst of the arrears, fading by 7 % a month; ``clean`` marks who was never
    late on the tape; ``young`` people have a thin file; ``income`` is fen a month, 0 where the tape does not say.
    """

    limit: NDArray[np.int64]
    principal: NDArray[np.int64]
    months_past_due: NDArray[np.int64]
    memory: NDArray[np.float64]
    paid_share: NDArray[np.float64]
    full: NDArray[np.bool_]
    unused: NDArray[np.bool_]
    clean: NDArray[np.bool_]
    young: NDArray[np.int8]
    income: NDArray[np.int64]


def private_state(
    evidence: Evidence,
    beliefs: Beliefs,
    prior: Mapping[str, Numbers],
    luck: NDArray[np.float64],
    population: PopulationSettings,
) -> dict[str, Numbers]:
    """Draw private columns given the evidence.

    Parameters
    ----------
    evidence : Evidence
        One value an account.
    beliefs : Beliefs
        How strongly the evidence counts.
    prior : mapping of str to ndarray
        Private columns as drawn from the type distribution.
    luck : ndarray, shape (4, accounts)
        Uniforms for cash, job, honesty and will.
    population : PopulationSettings
        The type distribution.

    Returns
    -------
    dict of str to ndarray
        New values of the columns that the tape says something about.
    """
    late = evidence.months_past_due > 0
    income, essential = _income(evidence, prior, population)
    state = _state(evidence, beliefs, luck[1], luck[3], prior)
    patience = prior["patience"] * (0.5 + evidence.paid_share)
    level = np.where(evidence.full | evidence.unused, beliefs.cash_full, beliefs.cash_minimum)
    level = np.where(late, beliefs.cash_late, level)
    cash = population.stationary_cash * level * patience * income * (0.2 + 1.6 * luck[0])
    honesty = np.where(evidence.clean, 1.0 - 0.8 * (1.0 - prior["honesty"]), prior["honesty"])
    honesty = np.where(state["unwilling"] == 1, honesty * luck[2], honesty)
    used = np.clip(evidence.principal / np.maximum(evidence.limit, 1), 0.0, 1.5)
    appetite = 0.5 * prior["appetite"] + 0.5 * evidence.principal / income
    debt = prior["other_debt"] * (income / prior["income_permanent"]) * (0.5 + 0.5 * used) * beliefs.other_debt
    return {
        **state,
        "income_permanent": income,
        "essential": essential,
        "patience": patience,
        "honesty": honesty,
        "appetite": np.minimum(appetite, HIGHEST_APPETITE),
        "cash": cash.astype(np.int64),
        "other_debt": np.minimum(debt, LARGEST).astype(np.int64),
    }


def _income(
    evidence: Evidence, prior: Mapping[str, Numbers], population: PopulationSettings
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Permanent income and essentials, fen a month.

    An income on the tape is taken as it stands. Else: limits are granted on income, but not on income alone: income
    rises with the square root of the limit (assumption), and ``population.income_spread`` is what the limit leaves
    open. The median account has the median income.
    """
    median = max(float(np.median(evidence.limit)), 1.0)
    factor = np.clip(np.sqrt(evidence.limit / median), NARROWEST, WIDEST)
    factor = np.where(evidence.income > 0, evidence.income / prior["income_permanent"], factor)
    floor = population.essential_floor
    income = np.maximum((prior["income_permanent"] * factor).astype(np.int64), floor + floor // 4 + 1)
    essential = np.maximum((prior["essential"] * factor).astype(np.int64), floor)
    return np.minimum(income, LARGEST), np.minimum(essential, LARGEST)


def _state(
    evidence: Evidence,
    beliefs: Beliefs,
    luck_job: NDArray[np.float64],
    luck_will: NDArray[np.float64],
    prior: Mapping[str, Numbers],
) -> dict[str, Numbers]:
    """Job, will, habit and cause of the late; the others keep the job and the habit that they were drawn with."""
    months = evidence.months_past_due
    late = months > 0
    jobless = late & (luck_job < beliefs.jobless_late)
    unwilling = late & (luck_will < np.minimum(beliefs.unwilling_late * months, beliefs.unwilling_most))
    habit = luck_will >= 1.0 - beliefs.habit_late * np.maximum(months - 1, 0)  # not those who will not pay
    cause = np.where(jobless, CAUSE_JOB_LOSS, np.where(unwilling, CAUSE_STRATEGIC, CAUSE_INCOME))
    return {
        "employed": np.where(late, ~jobless, prior["employed"]),
        "months_jobless": np.where(late, np.where(jobless, months, 0), prior["months_jobless"]),
        "unwilling": unwilling.astype(np.int8),
        "leaves_arrears": np.where(habit, 1, prior["leaves_arrears"]),
        "cause": np.where(late, cause, CAUSE_NONE),
    }
