"""Contracts to the fen: the annuity of every loan, and a guarantee with a cap or a fund that runs dry."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from sim.sharing.state import EXHAUSTED
from sim.validation import closed_forms as formula
from sim.validation.checks import Case, Check
from sim.validation.plain import ESSENTIAL_SHARE, INCOME, LOAN, NO_UNEMPLOYMENT, ONE_PERIOD, forks, holders, lent
from sim.validation.size import Size

PRINCIPAL = 1_000_000  # fen: 10 000 yuan
TERMS = (3, 6, 12)
RATES = ("0", "0.073", "0.146", "0.24")


def annuities(size: Size) -> list[Check]:
    """Every payment of real accounts: the annuity to the fen, paid off in exactly as many months as agreed."""
    checks: list[Check] = []
    for rate in RATES:
        checks.extend(_annuity(rate))
    return checks


def plain_loans(rate: str) -> tuple[str, ...]:
    """Keys of loans of 10 000 yuan over 3, 6 and 12 months that everybody can pay."""
    return (
        "population.card_share=0",
        f"policy.pricing.flat_rate={rate}",
        f"policy.limit.limit_cap={PRINCIPAL}",
        f"behaviour.smallest_draw={PRINCIPAL}",
        *NO_UNEMPLOYMENT,
    )


def _annuity(rate: str) -> list[Check]:
    keys, persons, seed = plain_loans(rate), 200, 801
    book = lent(keys, persons, seed)
    rows = holders(book, keys, persons)
    model = next(forks(keys, persons, book, [seed]))
    terms = model.accounts["term"][rows].astype(np.int64)
    instalments = model.accounts["payment"][rows].copy()
    paid, owed = [], []
    for _ in range(max(TERMS) + 1):
        model.step()
        paid.append(model.accounts["paid"][rows].astype(np.int64))
        owed.append(model.accounts["principal"][rows] + model.accounts["interest"][rows])
    plan = np.zeros((len(paid), len(rows)), dtype=np.int64)
    for months in TERMS:
        exact = formula.payment_plan(PRINCIPAL, Fraction(rate), months)
        plan[: len(exact), terms == months] = np.array(exact)[:, None]
    late = np.count_nonzero(np.array(owed), axis=0) + 1 != terms
    longest = max(TERMS)
    case = Case(
        "annuity", "P i / (1 - (1+i)⁻ⁿ)",
        f"{PRINCIPAL // 100} yuan at {float(rate):.1%} a year, {len(rows)} accounts of 3, 6 and 12 months",
    )  # fmt: skip
    level = formula.annuity(PRINCIPAL, float(rate), longest)
    return [
        case.identity(
            f"instalment over {longest} months, fen ({level:.5f} rounded up)", math.ceil(level),
            int(instalments[terms == longest].max()),
        ),
        case.identity("largest difference of any payment, fen", 0, int(np.abs(np.array(paid) - plan).max())),
        case.identity("accounts not paid off in exactly their term", 0, int(np.count_nonzero(late))),
    ]  # fmt: skip


SHARE, CAP, CAPITAL = 0.8, 0.03, 0.03
SIGMA, RHO = 0.4, 0.15
NEED = int(ESSENTIAL_SHARE * INCOME)
LENDING = (*ONE_PERIOD, "policy.pricing.flat_rate=0", "lender.charge_off_months=2")
GUARANTEED = (
    *LENDING,
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
RUIN = ("economy=calm", "economy.shock_lag=1", "economy.path.months=[0,1]", "economy.path.income=[1.0,0.1]",
        "economy.path.unemployment_rise=[0.0,0.0]", "economy.path.demand=[1.0,1.0]",
        "economy.path.policy_rate_change=[0.0,0.0]", "economy.path.stress=[0.0,0.0]",
        *NO_UNEMPLOYMENT)  # fmt: skip


def _claims(terms: tuple[str, ...], persons: int, seeds: range) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Loss, compensation (fen) and whether the fund is exhausted, by run; and the volume under the guarantee."""
    keys = (*GUARANTEED, *terms)
    book = lent((*keys, "economy.factor.volatility=0"), persons, seeds.start)
    losses, paid, dry = [], [], []
    for model in forks((*keys, *FACTOR), persons, book, seeds):
        model.step()
        after = next(forks((*keys, *RUIN), persons, model.save(), [model.config.seed]))
        after.step()
        losses.append(after.record["charged_off"])
        paid.append(after.record["compensation_paid"])
        dry.append(after.record["fund_state"] == EXHAUSTED)
    return np.array(losses), np.array(paid), np.array(dry), int(book["sharing"]["cover"]["volume"])


def guarantees(size: Size) -> list[Check]:
    """A guarantee of 80 %, capped at 3 % of its volume; and one without a cap whose fund may run dry."""
    loss = formula.shortfall_by_factor(LOAN, NEED, INCOME, SIGMA, RHO)
    return [*_capped(size, loss), *_exhausted(size, loss)]


def _law(loss: np.ndarray, bound: float) -> tuple[float, float]:
    """Mean and standard deviation of min(loss, bound) over the factor."""
    mean = formula.capped_payout(loss, 1.0, bound)
    square = formula.capped_payout(loss**2, 1.0, bound**2)
    return mean, math.sqrt(square - mean * mean)


def _capped(size: Size, loss: np.ndarray) -> list[Check]:
    layers = (
        f"sharing.layers=[{{participant: guarantee_fund, share: {SHARE}, lifetime_cap: {CAP},"
        f" lifetime_cap_base: guaranteed_volume}},{{participant: lender, share: {1 - SHARE:.1f}}}]"
    )
    runs = size.guarantee_runs
    losses, paid, _, volume = _claims(
        (layers, "fund.capital=100000000000"), size.guarantee_persons, range(110_000, 110_000 + runs)
    )
    case = Case(
        "capped guarantee", "min(gL, g cap), L of Merton (1974)",
        f"g={SHARE:.0%}, cap {CAP:.0%} of volume, σ={SIGMA}, ρ={RHO}, {volume // LOAN} loans, {runs} seeds",
    )  # fmt: skip
    # A split gives away every last fen, so a run may lie a fen from the product.
    off = np.abs(paid - np.minimum(SHARE * losses, SHARE * CAP * volume))
    mean, spread = _law(loss, CAP)
    bound = formula.tail_probability(loss, CAP)
    return [
        case.identity("runs that pay a fen or more beside min(gL, g cap)", 0, int(np.count_nonzero(off >= 1.0))),
        case.normal(
            "mean payout, share of volume", SHARE * mean, float(paid.mean() / volume),
            SHARE * spread / math.sqrt(runs),
        ),
        case.count("runs in which the cap binds", bound, int(np.count_nonzero(losses > CAP * volume)), runs),
    ]  # fmt: skip


def _exhausted(size: Size, loss: np.ndarray) -> list[Check]:
    runs, persons = size.guarantee_runs, size.guarantee_persons
    capital = int(CAPITAL * persons * LOAN)
    losses, paid, dry, volume = _claims((f"fund.capital={capital}",), persons, range(120_000, 120_000 + runs))
    bound = capital / (SHARE * volume)
    case = Case(
        "exhausted fund", "min(gL, capital), L of Merton (1974)",
        f"g={SHARE:.0%}, capital {capital / volume:.2%} of volume, σ={SIGMA}, ρ={RHO}, {volume // LOAN} loans,"
        f" {runs} seeds",
    )  # fmt: skip
    off = np.abs(paid - np.minimum(SHARE * losses, capital))
    mean, spread = _law(loss, bound)
    ruin = formula.tail_probability(loss, bound)
    return [
        case.identity("runs that pay a fen or more beside min(gL, capital)", 0, int(np.count_nonzero(off >= 1.0))),
        case.normal(
            "mean payout, share of volume", SHARE * mean, float(paid.mean() / volume),
            SHARE * spread / math.sqrt(runs),
        ),
        case.identity(
            "runs whose fund is exhausted though gL <= capital, or not though gL > capital", 0,
            int(np.count_nonzero(dry != (np.floor(SHARE * losses) > capital))),
        ),
        case.count("runs that exhaust the fund", ruin, int(np.count_nonzero(dry)), runs),
    ]  # fmt: skip
