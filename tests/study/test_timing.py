"""What each rule costs, on a small population."""

import dataclasses
from types import SimpleNamespace
from unittest.mock import create_autospec

import numpy as np
import pytest

from sim.config.compose import compose
from sim.engine.tables.population import Population
from sim.month.listing import lines_of
from sim.study.run import timing
from sim.study.run.timing import nanoseconds, small

CALL = 7
"""Nanoseconds that running a rule on no row takes."""


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on only when a rule runs."""
    now = [1_000]
    monkeypatch.setattr(timing.time, "perf_counter_ns", lambda: now[0])
    return now


def population(clock, alive, costs):
    """Rows of which some live, and how long each rule takes on them, month by month."""
    left = {name: iter(each) for name, each in costs.items()}

    def run(stages, environment, month, machine, crossing=None):
        ((stage,),) = stages
        clock[0] += CALL + next(left[stage.name])
        return [(f"{stage.name} tally", 1)], {f"{stage.name} bins": np.ones(2)}

    def run_some(stages, environment, month, rows, crossing=None):
        assert rows == slice(0, 0)
        clock[0] += CALL
        return [], {}

    made = create_autospec(Population, instance=True)
    made.run, made.run_some = run, run_some
    made.accounts = {"alive": np.array(alive, dtype=np.int8)}
    return made


def test_the_quickest_month_counts_but_for_the_first_by_living_row_without_the_call(clock, monkeypatch):
    monkeypatch.setattr(timing, "MONTHS", 2)

    class Model:
        def __init__(self, config):
            self.people = population(clock, [1, 0, 1, 1, 1], {"earn": (1, 400, 200), "live": (80, 40, 120)})
            self.firms = SimpleNamespace(population=population(clock, [1, 1, 0], {"earn": (9, 60, 90)}))

        def step(self):
            rules = tuple((SimpleNamespace(name=name),) for name in ("earn", "live"))
            found = self.people.run(rules, {}, 0, None, frozenset())
            assert [name for name, _ in found[0]] == ["earn tally", "live tally"]
            assert set(found[1]) == {"earn bins", "live bins"}
            self.firms.population.run(rules[:1], {}, 0, None, frozenset())

    monkeypatch.setattr(timing, "default_engine", lambda: Model)
    assert nanoseconds(None) == {(False, "earn"): 50.0, (False, "live"): 10.0, (True, "earn"): 30.0}


def test_a_small_population_is_timed_on_one_thread():
    config = compose(["population=city"])
    few = small(config)
    assert config.population.borrowers > 20_000 == few.population.borrowers
    assert (few.machine.threads, few.machine.driver, few.study.burn_in) == (1, "kernel", 0)
    assert small(compose(["population=tiny"])).population.borrowers == 500


def test_every_rule_of_the_month_is_timed(monkeypatch):
    config = small(compose(["population=city"]))
    monkeypatch.setattr("sim.study.run.timing.MONTHS", 1)
    few = dataclasses.replace(config, population=dataclasses.replace(config.population, borrowers=300))
    times = nanoseconds(few)
    told = {(line.firms, line.name) for line in lines_of(few) if line.phase and not line.name.startswith("arrive_")}
    assert set(times) == told and all(each >= 0.0 for each in times.values())
