"""What lives within the month is gone at its end, whichever loops had to store it."""

from __future__ import annotations

import sim


def passing(model):
    tables = model.tables
    return {(name, column): tables[name][column] for name in ("persons", "accounts", "firms", "firm_accounts")
            for column, declared in tables[name].columns.items() if declared.passing}  # fmt: skip


def test_passing_columns_start_every_month_at_nothing(monkeypatch):
    model = sim.Model(sim.compose(["population.borrowers=300", "firms.per_person=0.1", "study.burn_in=2"]))
    stored, forget = set(), type(model.people).forget_passing

    def look_first(population):
        stored.update(name for name, values in passing(model).items() if values.any())
        forget(population)

    monkeypatch.setattr(type(model.people), "forget_passing", look_first)
    for _ in range(4):
        model.step()
        assert not [name for name, values in passing(model).items() if values.any()]
    assert {
        ("persons", "shock"),
        ("accounts", "request"),
        ("firms", "wish"),
        ("firm_accounts", "eligible"),
    } <= stored
    assert ("persons", "balance_wanted") not in stored, "no second loop reads it"


def test_what_crosses_from_loop_to_loop_is_stored():
    """Requests wait for funds, what is short and due for the draws; a loop of rules of its own reads what it likes."""
    model = sim.Model(sim.compose(["population.borrowers=200", "firms=none", "study.burn_in=2"]))
    loops = [stages for stages, _ in model._passes()]
    assert model.people.crossing(loops) == {"request", "shock", "shortfall", "due"}
    apart = [(stage,) for stages in loops for stage in stages]
    assert model.people.crossing(apart) > {"balance_wanted", "other_due", "worth_lending"}
    assert model.people.crossing([tuple(stage for stages in loops for stage in stages)]) == set()
