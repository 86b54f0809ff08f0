"""Who pays a loss, to the fen: a capped guarantee, a tranche, a fund that runs dry.

Income has a common factor; whoever cannot pay in full is charged off a month later with what is left. So the
pool's loss is that of Merton (1974) in a large pool, and a run's payout is a function of its loss alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.sharing.state import EXHAUSTED
from validation import closed_forms as formula
from validation.checks import Case, Check
from validation.plain import ESSENTIAL_SHARE, INCOME, LOAN, NO_UNEMPLOYMENT, ONE_PERIOD, forks, kept, lent
from validation.size import Size

SHARE, CAP = 0.8, 0.03
CAPITAL = 0.03  # of what all persons together might borrow
SMALL_CAPITAL, FEE = 0.012, 0.018  # of what all persons together might borrow; once on each loan
ATTACHMENT, DETACHMENT = 0.005, 0.02
SIGMA, RHO = 0.4, 0.15
NEED = int(ESSENTIAL_SHARE * INCOME)
PLENTY = "fund.capital=100000000000"

GUARANTEED = (
    *ONE_PERIOD,
    "policy.pricing.flat_rate=0",
    "lender.charge_off_months=2",
    "sharing=guarantee_80_20",
    "sharing.claim_trigger=charge_off",
    "sharing.payment_lag=0",
    "sharing.premium_basis=none",
    "sharing.suspension.denominator=none",
    "fund.leverage_cap=1000",
)
FACTOR = (
    f"economy.factor.volatility={SIGMA}",
    f"economy.factor.correlation={RHO}",
    f"economy.income.volatility_peak={SIGMA * math.sqrt(1.0 - RHO):.17g}",
    f"economy.income.volatility_trough={SIGMA * math.sqrt(1.0 - RHO):.17g}",
)
# In the month after, nobody earns enough to pay: whoever missed is charged off with what is left.
RUIN = (
    "economy=calm",
    *NO_UNEMPLOYMENT,
    "economy.shock_lag=1",
    "economy.path.months=[0,1]",
    "economy.path.income=[1.0,0.1]",
    "economy.path.unemployment_rise=[0.0,0.0]",
    "economy.path.demand=[1.0,1.0]",
    "economy.path.policy_rate_change=[0.0,0.0]",
    "economy.path.stress=[0.0,0.0]",
)
CAPPED = (
    f"sharing.layers=[{{participant: guarantee_fund, share: {SHARE}, lifetime_cap: {CAP},"
    f" lifetime_cap_base: guaranteed_volume}},{{participant: lender, share: {1 - SHARE:.1f}}}]",
    PLENTY,
)
TRANCHE = (
    f"sharing.layers=[{{kind: excess_of_loss, participant: guarantee_fund, attachment: {ATTACHMENT},"
    f" detachment: {DETACHMENT}}}]",
    PLENTY,
)


@dataclass(frozen=True)
class Outcome:
    """Loss and compensation of each run in fen, whether the fund is exhausted, and the volume covered."""

    loss: np.ndarray
    paid: np.ndarray
    exhausted: np.ndarray
    volume: int


def claims(terms: tuple[str, ...], persons: int, seeds: range) -> Outcome:
    """Run one scheme under every seed: lent, missed, charged off, compensated."""
    keys = (*GUARANTEED, *terms)
    book = lent((*keys, "economy.factor.volatility=0"), persons, seeds.start)
    loss, paid, exhausted = [], [], []
    for model in forks((*keys, *FACTOR), persons, book, seeds):
        model.step()
        after = next(forks((*keys, *RUIN), persons, kept(model), [model.config.seed]))
        after.step()
        loss.append(after.record["charged_off"])
        paid.append(after.record["compensation_paid"])
        exhausted.append(after.record["fund_state"] == EXHAUSTED)
    return Outcome(np.array(loss), np.array(paid), np.array(exhausted), int(book["sharing"]["cover"]["volume"]))


def guarantees(size: Size) -> list[Check]:
    """A guarantee of 80 % capped at 3 % of its volume, a tranche, and funds that may run dry."""
    law = formula.shortfall_by_factor(LOAN, NEED, INCOME, SIGMA, RHO)
    return [*_capped(size, law), *_tranche(size, law), *_exhausted(size, law), *_annual_fund(size, law)]


def _case(name: str, source: str, terms: str, outcome: Outcome) -> Case:
    setting = f"{terms}, σ={SIGMA}, ρ={RHO}, {outcome.volume // LOAN} loans, {len(outcome.loss)} seeds"
    return Case(name, f"{source}, L of Merton (1974)", setting)


def _payout(
    case: Case, words: str, law: np.ndarray, outcome: Outcome, rule: Callable[[np.ndarray, float], np.ndarray]
) -> list[Check]:
    """Check each run's payout against its own loss, and the mean against the law of the loss."""
    # A split gives away every last fen, so a run may lie a fen from the product.
    off = np.abs(outcome.paid - rule(outcome.loss, float(outcome.volume))) >= 1.0
    by_factor = rule(law, 1.0)
    mean = float(np.sum(formula.WEIGHT * by_factor))
    spread = math.sqrt(float(np.sum(formula.WEIGHT * by_factor**2)) - mean * mean)
    return [
        case.identity(f"runs that pay a fen or more beside {words}", 0, int(np.count_nonzero(off))),
        case.normal(
            "mean payout, share of volume",
            mean,
            float(outcome.paid.mean() / outcome.volume),
            spread / math.sqrt(len(outcome.loss)),
        ),
    ]


def _capped(size: Size, law: np.ndarray) -> list[Check]:
    runs = size.guarantee_runs
    outcome = claims(CAPPED, size.guarantee_persons, range(110_000, 110_000 + runs))
    case = _case("capped guarantee", "min(gL, g cap)", f"g={SHARE:.0%}, cap {CAP:.0%} of volume", outcome)

    def rule(loss: np.ndarray, volume: float) -> np.ndarray:
        return np.minimum(SHARE * loss, SHARE * CAP * volume)

    binds = int(np.count_nonzero(outcome.loss > CAP * outcome.volume))
    return [
        *_payout(case, "min(gL, g cap)", law, outcome, rule),
        case.count("runs in which the cap binds", formula.tail_probability(law, CAP), binds, runs),
    ]


def _tranche(size: Size, law: np.ndarray) -> list[Check]:
    outcome = claims(TRANCHE, size.guarantee_persons, range(115_000, 115_000 + size.guarantee_runs))
    case = _case("tranche", "E[min(L,d)] - E[min(L,a)]", f"{ATTACHMENT:.1%} to {DETACHMENT:.0%} of volume", outcome)

    def rule(loss: np.ndarray, volume: float) -> np.ndarray:
        return np.clip(loss - ATTACHMENT * volume, 0.0, (DETACHMENT - ATTACHMENT) * volume)

    return _payout(case, "min(max(L-a,0), d-a)", law, outcome, rule)


def _exhausted(size: Size, law: np.ndarray) -> list[Check]:
    runs, persons = size.guarantee_runs, size.guarantee_persons
    capital = int(CAPITAL * persons * LOAN)
    outcome = claims((f"fund.capital={capital}",), persons, range(120_000, 120_000 + runs))
    held = capital / outcome.volume
    case = _case("exhausted fund", "min(gL, capital)", f"g={SHARE:.0%}, capital {held:.2%} of volume", outcome)

    def rule(loss: np.ndarray, volume: float) -> np.ndarray:
        return np.minimum(SHARE * loss, held * volume)

    wrong = outcome.exhausted != (np.floor(SHARE * outcome.loss) > capital)
    ruin = formula.tail_probability(law, held / SHARE)
    return [
        *_payout(case, "min(gL, capital)", law, outcome, rule),
        case.identity("runs whose fund is exhausted when it should not be, or not when it should", 0, int(wrong.sum())),
        case.count("runs that exhaust the fund", ruin, int(outcome.exhausted.sum()), runs),
    ]


def _annual_fund(size: Size, law: np.ndarray) -> list[Check]:
    """A fund that takes its fee with the loans: ruined when g L exceeds capital and fee together."""
    runs, persons = size.guarantee_runs, size.guarantee_persons
    terms = (
        f"fund.capital={int(SMALL_CAPITAL * persons * LOAN)}",
        "sharing.premium_basis=upfront",
        "sharing.premium_on=total",
        f"fund.premium_rate={FEE}",
    )
    outcome = claims(terms, persons, range(125_000, 125_000 + runs))
    means = int(SMALL_CAPITAL * persons * LOAN) + int(FEE * outcome.volume)
    held = means / outcome.volume
    case = _case("annual fund", "ruin when g L > u + f", f"capital and fee of {FEE:.1%}, {held:.2%} of volume", outcome)
    wrong = outcome.exhausted != (np.floor(SHARE * outcome.loss) > means)
    return [
        case.identity("runs ruined when they should not be, or not when they should", 0, int(wrong.sum())),
        case.count("ruined runs", formula.tail_probability(law, held / SHARE), int(outcome.exhausted.sum()), runs),
    ]
