"""Support in a whole month: to the fen, from the government, to the right persons, and the same for every policy."""

from __future__ import annotations

import numpy as np
import pytest

import sim

# Nobody leaves, so that who is counted at the end of a month is who was paid in it.
WORLD = ("population=tiny", "population.borrowers=300", "study.burn_in=2", "machine.threads=1", "economy=us_2020",
         "behaviour.leave_hazard=0", "behaviour.leave_without_line=0", "population.arrival_rate=0.02")  # fmt: skip
APRIL = 15  # of 2020, in months from January 2019


def after(months: int, *overrides: str) -> sim.Model:
    model = sim.Model(sim.compose([*WORLD, *overrides]))
    for _ in range(2 + months):
        model.step()
    return model


@pytest.mark.parametrize("firms", ["firms=none", "firms.per_person=0.1"])
def test_the_government_pays_what_the_path_says_to_everybody_and_more_to_the_jobless(firms):
    model = after(APRIL + 1, firms)
    flows, income = model.ledger.flows, model.config.population.median_income
    expected = round(0.22 * income) * flows["persons"] + round(0.63 * income) * flows["jobless"]
    assert flows["jobless"] > 20 and flows["transfers.received"] == model.record["transfers"] == expected
    paid, received = model.ledger.matrix()["cash", "government", "persons"]
    assert paid == received == expected + flows["benefits.received"]


def test_before_the_shock_nothing_is_paid_and_nobody_is_in_a_holiday():
    model = after(APRIL - 1)
    assert (
        {record["transfers"] for record in model.records} == {0} == {record["in_holiday"] for record in model.records}
    )


def test_who_is_self_employed_stays_so_and_others_earn_as_before():
    """A quarter of those at work, drawn by sector; in the second month the same persons."""
    half = "economy.published.self_employed_income=[" + ",".join(["1"] * 3 + ["0.5"] * 33) + "]"
    hit, usual = (after(3, "firms=none", *given) for given in ((half,), ()))
    months = []
    for _ in range(2):
        hit.step()
        usual.step()
        size = usual.people.size
        work = (usual.persons["employed"][:size] > 0) & (usual.accounts["alive"][:size] > 0)
        part = hit.persons["income"][:size][work] / np.maximum(usual.persons["income"][:size][work], 1)
        assert set(np.round(part, 3)) == {0.5, 1.0}
        months.append(dict(zip(np.flatnonzero(work).tolist(), part < 0.75, strict=True)))
    first, second = months
    assert all(first[who] == own for who, own in second.items() if who in first)
    share = np.mean(list(first.values()))
    assert share == pytest.approx(0.247, abs=3 * np.sqrt(0.247 * 0.753 / len(first)))


def test_packages_meet_the_same_support():
    lenient, strict = after(APRIL + 1), after(APRIL + 1, "policy/closing=threshold", "policy/limit=behavioural")
    size = lenient.people.size
    for name in ("employed", "income"):
        assert (lenient.persons[name][:size] == strict.persons[name][:size]).all()
    assert lenient.record["transfers"] == strict.record["transfers"]
