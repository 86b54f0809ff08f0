"""A small world in a recession, followed by everybody who can: what was noted, and the months' own figures."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim.config.compose import compose
from sim.month.model import Model
from sim.study.follow.follower import FOLLOWERS, GAINS
from sim.study.follow.gains import gains_of
from sim.study.follow.segments import Segments

MONTHS = 30
WORLD = (
    *("population.borrowers=1200", "economy=severe_recession", "study.burn_in=14", f"study.months={MONTHS}", "seed=3"),
    *("policy/closing=threshold", "policy/limit=behavioural", "study.panel=all"),
)


def lived(*more: str, names: tuple[str, ...] = tuple(FOLLOWERS), months: int = MONTHS) -> SimpleNamespace:
    """Live a world from the policy date on; what its followers note, and its records."""
    model = Model(compose([*WORLD, *more]))
    model.by_hand = False
    while model.month < 0:
        model.step()
    model.records.clear()
    watching = [FOLLOWERS[name](model) for name in names]
    memory = []
    for _ in range(months):
        model.step()
        memory.append(dict(model.lender.experience.figures))
        for follower in watching:
            follower.follow(model)
    tables = {name: table for follower in watching for name, table in follower.tables().items()}
    for follower in watching:
        if isinstance(follower, Segments):
            tables[GAINS] = gains_of("parent", follower.lives(), follower.lives())
    return SimpleNamespace(model=model, records=list(model.records), tables=tables, memory=memory)


@pytest.fixture(scope="session")
def world() -> SimpleNamespace:
    """One world for all that only look."""
    return lived()
