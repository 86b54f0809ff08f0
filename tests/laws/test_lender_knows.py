"""Law 4: the lender knows only what a lender can know."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
import pytest

import sim
from sim.engine.loops.stage import StageError, Tally, stage
from sim.lender import rationing as funding
from sim.month.agenda import Phase, agenda
from sim.month.parts import hand
from sim.persons.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS
from tests.laws.policies import ANSWERS, BUNDLES

MONTHS = 18
# So little equity that lending is rationed by score.
WORLD = (
    *("population=tiny", "population.borrowers=250", "population.arrival_rate=0.02", "machine.threads=1"),
    *("economy=severe_recession", "economy.shock_lag=0", "study.burn_in=6", "lender.charge_off_months=5"),
    *("policy/limit=behavioural", "policy/closing=threshold", "policy/pricing=risk_based"),
    *("sharing=guarantee_80_20", "lender.equity_per_borrower=20000"),
)


def world(*overrides: str):
    return sim.compose([*WORLD, *overrides])


def permute(model, luck: np.random.Generator) -> None:
    """Give everybody somebody else's private life, each column on its own."""
    for table in private_tables(model):
        for name in table.columns:
            table[name][:] = luck.permutation(table[name])


def scramble(model, luck: np.random.Generator) -> None:
    """Fill every private column with noise."""
    for table in private_tables(model):
        for name, column in table.columns.items():
            values = luck.integers(0, 100, table.size)
            table[name][:] = values if np.dtype(column.dtype).itemsize > 1 else values % 2


def private_tables(model) -> list:
    return [model.persons, *([model.firms.private] if model.firms.exist else [])]


def private_state(model) -> list[dict]:
    return [{name: table[name].copy() for name in table.columns} for table in private_tables(model)]


def restore(model, saved: list[dict]) -> None:
    for table, columns in zip(private_tables(model), saved, strict=True):
        for name, values in columns.items():
            table[name][:] = values


def disturb_lender(model, disturb) -> None:
    """Give the model's lender other private columns to look at, whenever it is the lender's turn."""

    def disturbed(item):
        def live() -> None:
            saved = private_state(model)
            disturb(model)
            model.run(item) if isinstance(item, Phase) else hand(item, model)
            restore(model, saved)

        return live

    rationing = (funding.ration, funding.ration_firms)
    model.agenda = tuple(
        disturbed(item) if item in rationing or (isinstance(item, Phase) and item.book) else item
        for item in model.agenda
    )


@pytest.mark.parametrize("disturb", [permute, scramble])
@pytest.mark.parametrize("bundle", BUNDLES, ids=range(len(BUNDLES)))
def test_no_decision_depends_on_a_private_column(bundle, disturb):
    config = world(*bundle, *ANSWERS)
    plain, disturbed = sim.Model(config), sim.Model(config)
    luck = np.random.default_rng(5)
    disturb_lender(disturbed, lambda model: disturb(model, luck))
    for month in range(MONTHS):
        plain.step()
        disturbed.step()
        assert disturbed.accounts.checksum() == plain.accounts.checksum(), f"month {month}"
        assert disturbed.record == plain.record, f"month {month}"
    assert sum(record["applications"] for record in plain.records) > 0


def deciding_phase(model) -> Phase:
    """Find the phase in which the lender scores and decides."""
    phases = [item for item in model.agenda if isinstance(item, Phase)]
    ours = [phase for phase in phases if not phase.firms]
    return next(phase for phase in ours if any(rule.name == "decide_application" for rule in phase.stages))


def test_decisions_of_the_month_after_observe():
    """Permute and spoil everything private after signals reached the book; the lender decides the same."""
    model = sim.Model(world())
    for _ in range(12):
        model.step()
    deciding = deciding_phase(model)
    for item in model.agenda[: model.agenda.index(deciding)]:
        model.run(item) if isinstance(item, Phase) else hand(item, model)
    ready = model.accounts.save()
    decided = []
    luck = np.random.default_rng(7)
    for disturb in (lambda model, luck: None, permute, scramble):
        model.accounts.load(ready)
        disturb(model, luck)
        model.run(deciding)
        decided.append(model.accounts.checksum())
    model.accounts.load(ready)
    assert len(set(decided)) == 1 and decided[0] != model.accounts.checksum()


class LimitByTrueIncome(NamedTuple):
    """What `limit_by_true_income` leaves."""

    limit: int
    limits_raised: Tally
    limits_cut: Tally


@stage(where="alive line")
def limit_by_true_income(limit: int, income_permanent: int) -> LimitByTrueIncome:
    return LimitByTrueIncome(limit=limit + income_permanent // 10, limits_raised=1, limits_cut=0)


class EmptyThePurse(NamedTuple):
    """What `empty_the_purse` leaves."""

    cash: int


@stage()
def empty_the_purse(limit: int) -> EmptyThePurse:
    return EmptyThePurse(cash=0)


def test_a_rule_given_a_private_column_is_refused():
    """What law 4 is worth: the same rule binds where it may see everything, and not on the book."""
    model = sim.Model(world())
    model.step()
    deciding = deciding_phase(model)
    peeping = dataclasses.replace(deciding, stages=(*deciding.stages, limit_by_true_income))
    with pytest.raises(StageError, match="limit_by_true_income: argument income_permanent"):
        model.run(peeping)
    with pytest.raises(StageError, match="column cash is not one it may touch"):
        model.run(dataclasses.replace(deciding, stages=(empty_the_purse,)))


def test_the_comparison_finds_a_lender_that_peeps():
    """The same test as above, with the rule let through: it must not pass."""
    found = []
    for disturb in (lambda model, luck: None, permute):
        model = sim.Model(world())
        for _ in range(3):
            model.step()
        disturb(model, np.random.default_rng(5))
        model.run(Phase("peeping", (limit_by_true_income,), book=False))
        found.append(model.accounts.checksum())
    assert found[0] != found[1]


def test_no_rule_of_the_lender_names_a_private_column():
    for bundle in BUNDLES:
        phases = [item for item in agenda(world(*bundle, *ANSWERS)) if isinstance(item, Phase)]
        for declared in (rule for phase in phases if phase.book for rule in phase.stages):
            named = {*declared.arguments, *declared.writes, *declared.where}
            named |= {name.rpartition("_by_")[2] for name in declared.arguments if "_by_" in name}
            assert not named & set(PRIVATE_COLUMNS), declared.name


@pytest.mark.parametrize("bundle", BUNDLES, ids=range(len(BUNDLES)))
def test_tables_are_apart_and_every_policy_stands_in_a_book_phase(bundle):
    assert not set(PRIVATE_COLUMNS) & set(BOOK_COLUMNS)
    config = world(*bundle)
    own = {declared.name for chosen in vars(config.policy).values() for declared in getattr(chosen, "stages", ())}
    phases = [item for item in agenda(config) if isinstance(item, Phase)]
    placed = {declared.name for phase in phases if phase.book for declared in phase.stages}
    anywhere = {declared.name for phase in phases if not phase.book for declared in phase.stages}
    assert own <= placed and not own & anywhere
    for phase in phases:
        writes = {name for declared in phase.stages for name in declared.writes}
        if phase.book:
            assert not writes & set(PRIVATE_COLUMNS), phase.name
