"""Debts and claims of firms follow what is paid, sold and lost: counted anew from the links they are the same."""

from __future__ import annotations

import sim
from sim.firms.firms import OWED
from sim.firms.succession import succeed
from sim.firms.trade import clear_trade
from sim.firms.winding_up import wind_up_failed
from sim.month import model as months

FAIL_OFTEN = ("population.borrowers=600", "firms.per_person=0.2", "firms.accident_hazard=0.05", "study.burn_in=2")


def test_debts_and_claims_are_those_of_the_links_after_each_step(monkeypatch):
    model = sim.Model(sim.compose([*FAIL_OFTEN, "machine.threads=1"]))
    hand, wound_up = months.hand, []

    def watched(step, given):
        found = hand(step, given)
        if step in (clear_trade, wind_up_failed, succeed):
            followed = [one.tolist() for one in OWED(given.firms.private)]
            given.firms.count_debts()
            assert followed == [one.tolist() for one in OWED(given.firms.private)], step.__name__
        return found

    monkeypatch.setattr(months, "hand", watched)
    for _ in range(8):
        model.step()
        wound_up.append(model.record["firm_failures"])
    assert sum(wound_up) > 10
