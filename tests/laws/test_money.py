"""Law 1: every fen is accounted for, in any configuration."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter

import pytest

import sim
from sim.loan.ledger import LedgerError
from sim.month.agenda import Phase, agenda
from tests.laws.accounts import MOVES, POSTINGS, SELDOM, assert_month, stocks
from tests.laws.configurations import drawn

CONFIGURATIONS, SOME, MONTHS, LEAST = 200, 12, 60, 10


def run(number: int) -> set[str]:
    """Live all months of a random configuration, every account checked; returns the postings seen."""
    model = sim.Model(sim.compose(drawn(number), idle=True))
    seen: set[str] = set()
    before = stocks(model)
    for _ in range(MONTHS):
        model.step()
        before = assert_month(model, before)
        seen.update(name for name, amount in model.ledger.flows.items() if amount != 0)
    assert model.persons.check_ranges() == []
    assert model.accounts.check_ranges() == []
    return seen


def seen_in(numbers) -> Counter[str]:
    """Live these configurations; returns in how many each posting was seen."""
    found: Counter[str] = Counter()
    for number in numbers:
        try:
            found.update(run(number))
        except AssertionError as error:
            pytest.fail(f"configuration {number} ({' '.join(drawn(number))}): {error}")
    return found


@pytest.mark.parametrize("part", range(4))
def test_every_fen_of_random_configurations(part):
    assert seen_in(range(part, SOME, 4))


@pytest.mark.slow
def test_every_fen_of_many_random_configurations():
    found = seen_in(range(CONFIGURATIONS))
    rare = {name: found[name] for name in POSTINGS if found[name] < (1 if name in SELDOM else LEAST)}
    assert not rare, "postings that hardly any run makes prove nothing"


# Columns by which one rule hands money on to the next.
HANDED_ON = ("paid", "paid_other", "drawn")
ALWAYS_NOTHING = {("apply_payment", "drawn")}


def money_places():
    """List (rule, place, name) of every fen that a rule of the month hands on: stocks and tallies."""
    config = sim.compose(["population=tiny"])
    stages = [stage for phase in agenda(config) if isinstance(phase, Phase) for stage in phase.stages]
    money = {*MOVES, *HANDED_ON, *(flow for sides in MOVES.values() for flows in sides for flow in flows)}
    return [
        (stage.name, place, name)
        for stage in stages
        for place, name in enumerate((*stage.writes, *stage.tallies))
        if name in money and (stage.name, name) not in ALWAYS_NOTHING
    ]


@pytest.fixture(scope="module")
def busy():
    """A covered, ageing book in a recession: every rule has something to do within months."""
    config = sim.compose(
        [
            *("population=tiny", "population.borrowers=200", "population.arrival_rate=0.03", "seed=2"),
            *("economy=severe_recession", "economy.shock_lag=0", "machine.threads=1"),
            *("sharing=guarantee_80_20", "fund.capital=100000000000", "study.burn_in=0"),
            *("sharing.premium_basis=upfront", "sharing.premium_payer=borrower", "sharing.suspension.denominator=none"),
            *("sharing.claim_trigger=months_past_due", "sharing.claim_months_past_due=2"),
            *("lender.charge_off_months=5", "lender.exclusion_months=12", "population.mean_appetite=2"),
            *("lender.equity_per_borrower=1000000", "policy.collections.recovery_hazard=1"),
            *("behaviour.strategic_hazard=0.02", "behaviour.resume_hazard=0.3", "behaviour.evergreening=1"),
            *("behaviour.other_appetite=1", "behaviour.expense_probability=0.1"),
        ]
    )
    model = sim.Model(config)
    for _ in range(18):
        model.step()
    return config, model.save()


def drop_a_fen(model, name, place):
    """Make a rule lose one fen, once, at the first person for whom it has any there."""
    dropped = []

    def careless(declared):
        @functools.wraps(declared.rule)
        def rule(*arguments):
            results = list(declared.rule(*arguments))
            if not dropped and results[place] > 0:
                results[place] -= 1
                dropped.append(arguments)
            return tuple(results)

        # Also for those outside of its condition: what it hands on of theirs is a fen to lose, too.
        return dataclasses.replace(declared, rule=rule, when=None) if declared.name == name else declared

    model.agenda = tuple(
        dataclasses.replace(item, stages=tuple(map(careless, item.stages))) if isinstance(item, Phase) else item
        for item in model.agenda
    )
    return dropped


@pytest.mark.parametrize(("name", "place", "what"), money_places())
def test_one_fen_dropped_is_found(busy, name, place, what):
    config, checkpoint = busy
    # Stepped by Mesa in plain Python, so that a rule that drops a fen need not compile.
    mesa = dataclasses.replace(config.machine, driver="mesa")
    model = sim.Model.fork(dataclasses.replace(config, machine=mesa), checkpoint)
    dropped = drop_a_fen(model, name, place)
    with pytest.raises((LedgerError, ValueError), match=r"flows lead to|fen|covered pool"):
        for _ in range(12):
            model.step()
            assert not dropped, f"{name} lost a fen of {what}, and the books closed"
    assert dropped
