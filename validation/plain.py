"""The model with its behaviours switched off: the configurations in which closed forms hold.

Nothing here replaces a rule: every switch is a key that a user can set too. A case adds the few keys that it
needs; ``docs/validation.md`` prints them all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np

from sim.config.compose import compose
from sim.month.model import Checkpoint, Model
from sim.study.run.burn_in import release

INCOME = 550_000  # fen a month
ESSENTIAL_SHARE = 0.25
LOAN = 100_000  # fen

PLAIN = (
    "firms=none",
    # Identical persons without savings, debts elsewhere or luck of their own; nobody comes or goes.
    "population=tiny",
    f"population.median_income={INCOME}",
    "population.income_spread=0",
    f"population.essential_share={ESSENTIAL_SHARE}",
    "population.essential_spread=0",
    "population.essential_floor=0",
    "population.median_patience=0",
    "population.stationary_cash=0",
    "population.multi_lender_share=0",
    "population.initial_line_share=1",
    "population.card_share=1",
    "population.arrival_rate=0",
    "behaviour.leave_hazard=0",
    "behaviour.leave_without_line=0",
    "behaviour.income_noise=0",
    # One job is as safe as another.
    "behaviour.job_risk_spread=0",
    "behaviour.settling_months=0",
    # A month's log income is a fresh draw, of size 0 until a case says otherwise.
    "behaviour.income_persistence_annual=0",
    "economy.income.persistence=0",
    "economy.income.unemployment_share=0",
    "economy.income.volatility_peak=0",
    "economy.income.volatility_trough=0",
    "economy.systematic.severity_sd=0",
    "economy.systematic.timing_sd=0",
    "economy.systematic.sector_sd=0",
    "behaviour.benefit_share=0",
    "behaviour.family_probability=0",
    "behaviour.essential_flexibility=0",
    "behaviour.expense_probability=0",
    # All that is left is spent every month.
    "behaviour.buffer_return=1",
    # Ability decides alone: nobody stops by choice, forgets, prepays or is helped by other lenders.
    "behaviour.strategic_hazard=0",
    "behaviour.sunk_hazard=0",
    "behaviour.contagion=0",
    "behaviour.oversight=0",
    "behaviour.arrears_habit=0",
    "behaviour.prepay_probability=0",
    "behaviour.other_appetite=0",
    "behaviour.other_growth=0",
    # Everybody wants more than the line, so the line is drawn at once and in full, and never again: the
    # smallest draw is the whole line.
    "population.mean_appetite=12",
    "behaviour.want_probability=1",
    "behaviour.limit_response=0",
    "behaviour.price_response=0",
    "behaviour.liquidity_draws=0",
    f"behaviour.smallest_draw={LOAN}",
    f"policy.limit.limit_cap={LOAN}",
    "policy.limit.opening_multiple=60",
    # A lender without costs or bounds, that approves everybody.
    "economy.policy_rate=0",
    "lender.funding_spread=0",
    "lender.operating_cost=0",
    "lender.account_cost=0",
    "lender.required_return=0",
    "lender.loss_given_default=0",
    "lender.equity_per_borrower=100000000",
    "lender.minimum_capital_ratio=0",
    "lender.payout_pace=0",
    "policy.approval.highest_default=1",
    "policy.approval.largest_memory=13",
    "policy.approval.conservatism=0",
    "policy.approval.thin_conservatism=0",
    "policy.collections.recovery_hazard=0",
    "lender.exclusion_months=120",
    "machine.threads=1",
    "study.burn_in=1",
)
NO_MORE_DRAWS = ("behaviour.want_probability=0",)

# One factor in income, the whole loan due in the month after it was drawn: the world of Vasicek (2002).
ONE_PERIOD = ("economy=one_factor", "lender.minimum_payment_share=1")
# No interest, so that a missed instalment is one month past due and two are two.
NO_INTEREST = ("policy.pricing.flat_rate=0",)
# A loan that falls due in a hundred instalments: long enough to watch arrears roll.
LONG_LOAN = (*NO_INTEREST, "lender.minimum_payment_share=0.01")
NO_UNEMPLOYMENT = ("economy.unemployment=0", "economy.labour.finding_calm=0.95")


@cache
def composed(overrides: tuple[str, ...]) -> Any:
    """Configuration of ``PLAIN`` with further overrides."""
    return compose([*PLAIN, *overrides], idle=True)  # some keys are for worlds that a case does not have


def seeded(overrides: Iterable[str], seed: int) -> Any:
    """The same configuration under another seed."""
    return dataclasses.replace(composed(tuple(overrides)), seed=seed)


def steps(model: Model, months: int) -> Model:
    """Live some months."""
    for _ in range(months):
        model.step()
    return model


def kept(model: Model) -> Checkpoint:
    """A checkpoint in memory."""
    saved = model.save()
    assert isinstance(saved, dict)
    return saved


def lent(overrides: Iterable[str], persons: int, seed: int) -> Checkpoint:
    """A book in which everybody has just drawn the same loan and nothing is due yet.

    Lines open in the month before the policy date, are drawn on it, and the first instalment falls due in
    month 1. The few whose appetite stays below the line do not borrow.
    """
    wanted = (*overrides, f"population.borrowers={persons}")
    return kept(steps(Model(seeded(wanted, seed)), 2))


def holders(checkpoint: Checkpoint, overrides: Iterable[str], persons: int) -> np.ndarray:
    """Rows that hold a loan in a checkpoint."""
    model = Model.fork(composed((*overrides, f"population.borrowers={persons}")), checkpoint)
    return np.flatnonzero(model.accounts["principal"] > 0)


def forks(overrides: Iterable[str], persons: int, checkpoint: Checkpoint, seeds: Iterable[int]) -> Iterator[Model]:
    """The same book under other luck: one model for each seed, before its first month.

    A model is emptied when the next is asked for: two at a time need twice the memory.
    """
    wanted = (*overrides, *NO_MORE_DRAWS, f"population.borrowers={persons}")
    for seed in seeds:
        model = Model.fork(seeded(wanted, seed), checkpoint)
        yield model
        release(model)
