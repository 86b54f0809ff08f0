"""At the ends of what may be configured nothing overflows: money stays money, and columns in range."""

from __future__ import annotations

import dataclasses
import random

import pytest

import sim
from tests.laws.accounts import assert_month, stocks
from tests.laws.policies import BUNDLES

MONTHS = 18
# Sizes and horizons, and what would leave nobody to look at.
LEFT_ALONE = {"borrowers", "arrival_rate", "community_size"}


def ends(settings, luck: random.Random, share: float) -> dict[str, object]:
    """Move a part of the settings to an end of their declared range, mostly the upper one."""
    moved = {}
    for field in dataclasses.fields(settings):
        declared = field.metadata.get("setting")
        value = getattr(settings, field.name)
        if field.name in LEFT_ALONE or isinstance(value, (bool, str)) or declared is None:
            continue
        if declared.high is not None and luck.random() < share:
            end = declared.high if luck.random() < 0.75 else declared.low
            moved[field.name] = type(value)(end)
    changed = dataclasses.replace(settings, **moved)
    return settings if getattr(changed, "check", list)() else changed


def extreme(number: int):
    """Compose an extreme configuration: each setting alone is allowed, together they make no sense."""
    luck = random.Random(f"extreme {number}")
    chosen = BUNDLES[number % len(BUNDLES)]
    config = sim.compose(
        [
            *("population=tiny", "population.borrowers=60", "population.arrival_rate=0.02", *chosen),
            *("economy=severe_recession", "economy.shock_lag=0", "study.burn_in=3", "machine.threads=1"),
            f"sharing={luck.choice(('none', 'joint_loan_30_70', 'guarantee_80_20'))}",
            f"seed={luck.randrange(2**31)}",
        ]
    )
    share = luck.choice((0.1, 0.3, 0.6, 1.0))
    policy = {group: ends(chosen, luck, share) for group, chosen in vars(config.policy).items()}
    economy = dataclasses.replace(config.economy, income=ends(config.economy.income, luck, share))
    return dataclasses.replace(
        config,
        population=ends(config.population, luck, share),
        behaviour=ends(config.behaviour, luck, share),
        lender=ends(config.lender, luck, share),
        policy=dataclasses.replace(config.policy, **policy),
        economy=config.economy if economy.check() else economy,
    )


SOME = [pytest.param(number, marks=[] if number < 8 else [pytest.mark.slow]) for number in range(60)]


@pytest.mark.parametrize("number", SOME)
def test_nothing_overflows_at_the_ends_of_the_ranges(number):
    model = sim.Model(extreme(number))
    before = stocks(model)
    for _ in range(MONTHS):
        model.step()
        before = assert_month(model, before)
        assert model.persons.check_ranges() == [] == model.accounts.check_ranges()
