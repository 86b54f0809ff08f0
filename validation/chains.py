"""Markov chains inside the model: arrears rolling to charge-off, jobs, regimes, a constant hazard."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from sim.loan.states import LINE_CHARGED_OFF
from sim.month.model import Model
from validation import closed_forms as formula
from validation.checks import Case, Check
from validation.plain import INCOME, LOAN, LONG_LOAN, NO_UNEMPLOYMENT, forks, holders, lent, seeded
from validation.size import Size

MARKOV = "absorbing Markov chain (Kemeny and Snell, 1960)"


def jobs(separation: float, finding: float) -> tuple[str, ...]:
    """Keys under which the employed lose their job with one chance and the jobless find one with another."""
    return (
        f"economy.unemployment={separation / (separation + finding):.17g}",
        f"economy.labour.finding_calm={finding}",
        "economy.labour.highest_finding=1",
        "economy.labour.highest_separation=1",
    )


def book(overrides: Iterable[str], persons: int, seed: int, always: Iterable[str] = ()) -> tuple[Model, np.ndarray]:
    """A model in which everybody works and has just drawn a long loan, and the rows that did.

    ``always`` holds from the start, ``overrides`` only from the month in which the first instalment falls due.
    """
    calm = (*LONG_LOAN, *NO_UNEMPLOYMENT, *always)
    checkpoint = lent(calm, persons, seed)
    rows = holders(checkpoint, calm, persons)
    return next(forks((*LONG_LOAN, *always, *overrides), persons, checkpoint, [seed])), rows


def lived(model: Model, rows: np.ndarray, last: int, months: int) -> Iterator[np.ndarray]:
    """Months past due of each loan after each month; ``last`` for good once it is charged off."""
    off = np.zeros(len(rows), dtype=bool)
    for _ in range(months):
        model.step()
        off |= model.accounts["line"][rows] == LINE_CHARGED_OFF
        yield np.where(off, last, model.accounts["months_past_due"][rows]).astype(np.int64)


def roll_rates(size: Size) -> list[Check]:
    """Arrears that roll at their own rates: jobs lost and found decide, M0 to M6, charge-off at 180 days."""
    last, months, separation, finding = 7, 60, 0.1, 0.3
    chain = formula.rolling_matrix(separation, 1.0 - finding, 0.0, last, last)
    model, rows = book((*jobs(separation, finding), f"lender.charge_off_months={last}"), size.chain_persons, 601)
    case = Case(
        "roll rates, M0 to M6", MARKOV,
        f"M0 to M1 {separation:.0%}, worse {1 - finding:.0%}, cure {finding:.0%} a month, {len(rows)} loans",
    )  # fmt: skip
    checks, alive_months = [], np.zeros(len(rows))
    found = np.zeros(len(rows), dtype=np.int64)
    for month, now in enumerate(lived(model, rows, last, months), start=1):
        alive_months += found < last  # not yet charged off when the month began
        found = now
        if month in (3, 12, 60):
            shares = np.bincount(found, minlength=last + 1)
            law = formula.occupancy(chain, month)
            checks.append(case.shares(f"loans by bucket after {month} months, χ² (mean by chance)", law, shares))
        if month in (12, 60):
            checks.append(
                case.count(f"charged off within {month} months", float(law[last]), int(shares[last]), len(rows))
            )
    mean, spread = formula.restricted_time(chain, months)
    checks.append(
        case.normal(
            f"mean months to charge-off, {months} at most", mean, float(alive_months.mean()),
            spread / math.sqrt(len(rows)),
        )
    )  # fmt: skip
    return checks


def time_to_write_off(size: Size) -> list[Check]:
    """Misses that are independent from month to month: mean time to charge-off by the fundamental matrix."""
    last, months, q = 2, 96, 0.4
    chain = formula.rolling_matrix(q, q, 0.0, last, last)
    model, rows = book((*jobs(q, 1.0 - q), f"lender.charge_off_months={last}"), size.chain_persons, 602)
    case = Case(
        "independent misses", MARKOV,
        f"a month is missed with {q:.0%}, charge-off at {last} months past due, {len(rows)} loans",
    )  # fmt: skip
    alive_months = np.zeros(len(rows))
    found = np.zeros(len(rows), dtype=np.int64)
    for now in lived(model, rows, last, months):
        alive_months += found < last
        found = now
    # Fewer than 1 in 10 000 is left after 96 months, so the restricted spread is the whole one.
    _, spread = formula.restricted_time(chain, months)
    return [
        case.normal(
            "mean months to charge-off, (q⁻² - 1)/(1 - q)", formula.time_to_absorption(chain),
            float(alive_months.mean()), spread / math.sqrt(len(rows)),
        )
    ]  # fmt: skip


def exclusion(size: Size) -> list[Check]:
    """Who was charged off stays excluded for as many months as configured, not one less or more."""
    last, months, q, out = 2, 40, 0.4, 24
    keys = (*jobs(q, 1.0 - q), f"lender.charge_off_months={last}", f"lender.exclusion_months={out}")
    model, rows = book(keys, min(size.chain_persons, 5_000), 607)
    excluded = np.zeros(len(rows), dtype=np.int64)
    returned = np.zeros(len(rows), dtype=bool)
    for _ in range(months):
        model.step()
        off = model.accounts["line"][rows] == LINE_CHARGED_OFF
        returned |= (excluded > 0) & ~off
        excluded += off & ~returned
    case = Case(
        "exclusion", "the contract", f"{out} months after a charge-off, {int(returned.sum())} persons who came back"
    )
    return [case.identity("months excluded, shortest", out, int(excluded[returned].min(initial=months))),
            case.identity("months excluded, longest", out, int(excluded[returned].max(initial=0)))]  # fmt: skip


def partial_cures(size: Size) -> list[Check]:
    """Who works pays two instalments: arrears go up one with chance q and down one otherwise."""
    last, months, q = 7, 36, 0.4
    chain = formula.rolling_matrix(q, q, 0.0, 1, last)
    # Essentials leave two instalments, each a hundredth of the loan and rounded up.
    share = 1.0 - 2.0 * (LOAN // 100 + 1) / INCOME
    tight = (f"population.essential_share={share:.17g}",)
    keys = (*jobs(q, 1.0 - q), f"lender.charge_off_months={last}")
    model, rows = book(keys, size.chain_persons, 603, tight)
    case = Case(
        "oldest arrears first", MARKOV,
        f"up one with {q:.0%}, down one with {1 - q:.0%} a month, {len(rows)} loans",
    )  # fmt: skip
    checks = []
    for month, now in enumerate(lived(model, rows, last, months), start=1):
        if month in (6, 36):
            shares = np.bincount(now, minlength=last + 1)
            law = formula.occupancy(chain, month)
            checks.append(case.shares(f"loans by bucket after {month} months, χ² (mean by chance)", law, shares))
    return checks


def employment(size: Size) -> list[Check]:
    """Two states, from full employment: the way to s/(s+f) and the memory 1-s-f of a month."""
    separation, finding = 0.04, 0.16
    model, rows = book(jobs(separation, finding), size.chain_persons, 604)
    case = Case(
        "employment", "two-state chain (Shimer, 2012)", f"s={separation}, f={finding} a month, {len(rows)} persons"
    )
    level, memory = separation / (separation + finding), 1.0 - separation - finding
    checks, before = [], np.ones(len(rows), dtype=bool)
    for month in range(1, 61):
        model.step()
        employed = model.persons["employed"][rows] == 1
        if month in (1, 6, 60):
            share = level * (1.0 - memory**month)
            label = f"jobless after {month} months" + (", s/(s+f)" if month == 60 else "")
            checks.append(case.count(label, share, int(np.count_nonzero(~employed)), len(rows)))
        if month == 60:
            jobless = int(np.count_nonzero(~before))
            checks.append(
                case.count(
                    "jobless who find work in a month", finding, int(np.count_nonzero(employed[~before])), jobless
                )
            )
        before = employed
    return checks


def constant_hazard(size: Size) -> list[Check]:
    """First missed payment at a constant monthly hazard: the 12-month default probability."""
    hazard, months = 0.02, 12
    model, rows = book((*NO_UNEMPLOYMENT, f"behaviour.oversight={hazard}"), size.chain_persons, 605)
    ever = np.zeros(len(rows), dtype=bool)
    for now in lived(model, rows, 13, months):
        ever |= now > 0
    case = Case("constant hazard", "1 - (1-h)¹²", f"h={hazard} a month, {len(rows)} loans")
    probability = 1.0 - (1.0 - hazard) ** months
    return [case.count("missed a payment within 12 months", probability, int(ever.sum()), len(rows))]


STAY_CALM, STAY_RECESSION = 0.95, 0.80
CALM_UNEMPLOYMENT, RISE = 0.05, 0.04


def regime_keys() -> tuple[str, ...]:
    """Keys of a chain of regimes that unemployment shows at once and in full."""
    return (
        "economy=stochastic",
        "population.borrowers=1",
        f"economy.unemployment={CALM_UNEMPLOYMENT}",
        f"economy.regimes.stay_calm={STAY_CALM}",
        f"economy.regimes.stay_recession={STAY_RECESSION}",
        "economy.regimes.start=stationary",
        "economy.regimes.onset=1",
        "economy.regimes.recovery=1",
        f"economy.regimes.unemployment_rise={RISE}",
        "study.burn_in=0",
    )


def regimes(size: Size) -> list[Check]:
    """Calm and recession as the model meets them: stationary share and mean durations."""
    paths = []
    for seed in range(700, 700 + size.regime_runs):
        model = Model(seeded(regime_keys(), seed))
        path = []
        for _ in range(size.regime_months):
            model.step()
            path.append(model.environment["unemployment"] > CALM_UNEMPLOYMENT + 0.5 * RISE)
        paths.append(path)
    recession = np.array(paths)
    months = recession.size
    case = Case(
        "regimes",
        "two-state chain",
        f"p={STAY_CALM}, q={STAY_RECESSION}, {len(paths)} seeds x {size.regime_months} months",
    )
    leaving, returning = 1.0 - STAY_CALM, 1.0 - STAY_RECESSION
    share = leaving / (leaving + returning)
    memory = STAY_CALM + STAY_RECESSION - 1.0
    spread = math.sqrt(share * (1.0 - share) * (1.0 + memory) / (1.0 - memory) / months)
    before, after = recession[:, :-1], recession[:, 1:]
    checks = [case.normal("share of months in recession", share, float(recession.mean()), spread)]
    for name, state, chance in (("calm", False, leaving), ("recession", True, returning)):
        stood = int(np.count_nonzero(before == state))
        left = int(np.count_nonzero((before == state) & (after != state)))
        # Each month in a regime is an independent chance to leave it; the duration is its inverse.
        exits = case.count("", chance, left, stood)
        error = math.sqrt(chance * (1.0 - chance) / stood) / chance**2
        checks.append(
            Check(
                case.name, case.source, case.setting, f"mean duration of {name}, months", 1.0 / chance,
                stood / max(left, 1), error, exits.p,
            )
        )  # fmt: skip
    return checks
