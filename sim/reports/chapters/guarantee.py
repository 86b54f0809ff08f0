"""Figures of guarantees across replications: ruin, required capital, break-even, additionality, who pays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from sim.reports.folder import Study
from sim.reports.words.formats import wilson

SUSPENDED, EXHAUSTED = 1, 2  # of the metric fund_state
YEAR = 12
LEVELS = (0.95, 0.99, 0.999)
SURE = 0.95  # of the upper bound of a quantile, and of intervals


def first_months(states: np.ndarray, state: int) -> np.ndarray:
    """First month in which each run's state is ``state`` or worse; infinity where it never is, float64[runs]."""
    reached = states >= state
    return np.where(reached.any(axis=1), reached.argmax(axis=1), math.inf)


def ruin(states: np.ndarray, horizon: int) -> tuple[float, float, float]:
    """Share of runs exhausted within ``horizon`` months, with its Wilson interval at 95 %."""
    runs = len(states)
    count = int((first_months(states, EXHAUSTED) < horizon).sum())
    return (count / runs if runs else math.nan, *wilson(count, runs))


def enough_runs(level: float) -> int:
    """Fewest runs whose largest value bounds the quantile from above with 95 % confidence: n with p^n <= 5 %."""
    return math.ceil(math.log(1.0 - SURE) / math.log(level))


def required_capital(needs: np.ndarray, level: float) -> tuple[float, float]:
    """Capital that suffices in a share ``level`` of runs, and its upper 95 % bound.

    The order statistic and the distribution-free bound (David and Nagaraja, 2003, section 7.1); not-a-number
    for both where there are too few runs.

    Parameters
    ----------
    needs : float64[runs]
        Least capital with which each run's fund would have paid all claims.
    """
    runs = len(needs)
    if runs < enough_runs(level):
        return math.nan, math.nan
    ordered = np.sort(needs)
    rank = math.ceil(level * runs)
    # Fewer runs than the bound's rank lie below the quantile with the probability asked for.
    bound = min(max(rank, int(scipy.stats.binom.ppf(SURE, runs, level)) + 1), runs)
    return float(ordered[rank - 1]), float(ordered[bound - 1])


def amounts(study: Study, scenario: str, arm: str, name: str) -> np.ndarray:
    """Sum over the months for each run; 0 in runs of a package whose options have nothing of the figure."""
    found = study.totals(scenario, arm, name)
    return found if found.size else np.zeros(len(study.totals(scenario, arm, "outstanding")))


def capital_needs(study: Study, scenario: str, arm: str) -> np.ndarray:
    """Least capital of each run's fund, fen: the deepest fall of its means, what it could not pay included."""
    capital, put_in = (study.paths(scenario, arm, name) for name in ("fund_capital", "fund_put_in"))
    if capital.size == 0 or put_in.size == 0:
        return np.empty(0)
    unpaid = np.cumsum(study.paths(scenario, arm, "compensation_unpaid"), axis=1)
    return np.maximum((put_in - capital + unpaid).max(axis=1), 0.0)


@dataclass(frozen=True)
class BreakEven:
    """Compensation rate at which the fund neither gains nor loses, beside what it met, a year.

    ``(f + y / m) / (1 - R)``: fee f and yield y / m on guaranteed liability, recovery R of compensation.
    """

    rate: float
    compensation: float
    result: float

    @property
    def agrees(self) -> bool:
        """Whether the fund gained exactly where it met less than the break-even rate."""
        return (self.compensation <= self.rate) == (self.result >= 0)


def break_even(study: Study, scenario: str, arm: str) -> BreakEven:
    """Break-even of a fund over the horizon, from the sums of all runs (its own fee, yield, leverage, recovery)."""

    def total(name: str) -> float:
        return float(amounts(study, scenario, arm, name).sum())

    liability = float(np.nansum(study.paths(scenario, arm, "fund_liabilities"))) / YEAR
    paid, recovered = total("compensation_fund"), total("fund_recoveries")
    if liability <= 0 or paid <= recovered:
        return BreakEven(math.nan, math.nan, math.nan)
    income = total("premium_paid") + total("fund_income")
    rate = income / liability / (1.0 - recovered / paid)
    return BreakEven(rate, paid / liability, (income + recovered - paid) / liability)


def without_scheme(study: Study, arm: str) -> str:
    """Nearest ancestor of a package that shares no loss, or else any package of the study that shares none."""
    unshared = [one.name for one in study.arms if not shares(study, one.name)]
    parents = {one.name: one.parent for one in study.arms}
    name = parents.get(arm, "")
    while name and name not in unshared:
        name = parents.get(name, "")
    return name or next((one for one in unshared if one != arm), "")


def shares(study: Study, arm: str) -> bool:
    """Whether somebody but the lender takes part of what a package lends."""
    return any(np.nansum(study.paths(name, arm, "guaranteed_lending")) > 0 for name in study.scenarios)


def jackknife(numerator: np.ndarray, denominator: np.ndarray) -> tuple[float, float]:
    """Ratio of two sums over runs and its standard error by leaving one run out (Quenouille, 1956).

    Where leaving one out leaves a sum of 0, as with a cover that one run alone uses, the error is not a number.
    """
    whole = float(denominator.sum())
    if whole == 0 or not len(numerator):
        return math.nan, math.nan
    ratio, runs = float(numerator.sum()) / whole, len(numerator)
    others = denominator.sum() - denominator
    if runs < 2 or not others.all():
        return ratio, math.nan
    left = (numerator.sum() - numerator) / others
    return ratio, float(math.sqrt((runs - 1) * ((left - left.mean()) ** 2).mean()))


def half_width(error: float, runs: int, confidence: float = SURE) -> float:
    """Half the interval of a figure with this standard error over so many runs (Student, 1908)."""
    return float(scipy.stats.t.ppf((1.0 + confidence) / 2.0, runs - 1)) * error if runs > 1 else math.nan


def surely_positive(values: np.ndarray, confidence: float = SURE) -> bool:
    """Whether the interval of a mean lies above zero: only then may it stand below a fraction line."""
    if len(values) < 2:
        return False
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return float(values.mean()) > half_width(error, len(values), confidence)


def additional(study: Study, scenario: str, arm: str, base: str) -> np.ndarray:
    """Lending over the horizon that the paired run without the scheme does not make, fen for each run."""
    ours, theirs = amounts(study, scenario, arm, "drawn"), amounts(study, scenario, base, "drawn")
    return ours - theirs if len(ours) == len(theirs) else np.empty(0)


def additionality(study: Study, scenario: str, arm: str, base: str) -> tuple[float, float]:
    """Additional lending over guaranteed lending, with its standard error."""
    more = additional(study, scenario, arm, base)
    return jackknife(more, amounts(study, scenario, arm, "guaranteed_lending")[: len(more)])


def public_cost(study: Study, scenario: str, arm: str) -> np.ndarray:
    """What public money lost over the horizon, fen for each run: net payments, and the fall of the fund's means."""
    paid = amounts(study, scenario, arm, "government_cost") - amounts(study, scenario, arm, "replenishment")
    capital, put_in = (study.paths(scenario, arm, name) for name in ("fund_capital", "fund_put_in"))
    lost = put_in[:, -1] - capital[:, -1] if capital.size else 0.0
    return paid + lost - amounts(study, scenario, arm, "net_reguarantee")


def cost_of_credit(study: Study, scenario: str, arm: str, base: str) -> tuple[float, float]:
    """Public cost of each additional yuan lent, with its standard error; not-a-number unless some is added for sure."""
    more = additional(study, scenario, arm, base)
    if not surely_positive(more):
        return math.nan, math.nan
    return jackknife(public_cost(study, scenario, arm), more)


def cost_of_jobs(study: Study, scenario: str, arm: str, base: str) -> tuple[float, float]:
    """Public cost of each job kept, fen, with its standard error; not-a-number unless some are kept for sure.

    Jobs kept: staff of firms above that of the paired run without the scheme, mean over the months.
    """
    ours, theirs = (study.paths(scenario, name, "staff") for name in (arm, base))
    if ours.shape != theirs.shape or not ours.size:
        return math.nan, math.nan
    kept = (ours - theirs).mean(axis=1)
    if not surely_positive(kept):
        return math.nan, math.nan
    return jackknife(public_cost(study, scenario, arm), kept)


PARTIES = ("Lender", "Partner banks", "Guarantee fund", "Re-guarantee fund", "Insurer", "Government")


def gains(study: Study, scenario: str, arm: str, base: str) -> dict[str, np.ndarray]:
    """What each party gains over the horizon against the paired run without the scheme, fen for each run.

    The lender: its profit. Partner banks: cash received and the change of what they own. The funds and the
    insurer: the change of their means. The government: what it received less what it paid.
    """
    profit = amounts(study, scenario, arm, "lender_profit") - amounts(study, scenario, base, "lender_profit")
    owned = study.paths(scenario, arm, "partner_claim")
    capital, put_in = (study.paths(scenario, arm, name) for name in ("fund_capital", "fund_put_in"))
    fund = capital[:, -1] - put_in[:, -1] if capital.size else np.zeros(len(profit))
    partner = amounts(study, scenario, arm, "net_partner") + (owned[:, -1] if owned.size else 0.0)
    values = (
        profit,
        partner,
        fund,
        amounts(study, scenario, arm, "net_reguarantee"),
        amounts(study, scenario, arm, "net_insurer"),
        -amounts(study, scenario, arm, "government_cost"),
    )
    return dict(zip(PARTIES, values, strict=True))
