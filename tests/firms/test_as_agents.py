"""``model.firms`` answers as a set of agents does."""

from __future__ import annotations

import pytest

import sim
from sim.firms.as_agents import ASKED, AsAgents


@pytest.fixture(scope="module")
def model():
    return sim.Model(sim.compose(["population.borrowers=300", "study.burn_in=1"]))


def test_firms_are_iterated_counted_and_asked_as_agents_are(model):
    firms = model.firms
    assert len(firms) == len(firms.agents) == len(list(firms)) == len(firms.trading()) > 3
    first = next(iter(firms))
    assert first in firms and model.borrowers[0] not in firms
    assert firms.agg("cash", sum) == int(firms.private["cash"][firms.trading()].sum())
    assert len(firms.select("sector == 1")) == int((firms.private["sector"][firms.trading()] == 1).sum())
    assert all(callable(getattr(firms, name)) for name in ASKED)


def test_what_a_set_of_agents_has_not_is_missing_and_nobody_is_false(model):
    with pytest.raises(AttributeError, match="'Firms' object has no attribute 'selct'"):
        model.firms.selct()
    with pytest.raises(AttributeError, match="select"):
        AsAgents().select()
    assert sim.Model(sim.compose(["population.borrowers=60", "firms=none", "study.burn_in=1"])).firms
