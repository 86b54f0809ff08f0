"""What each rule costs, on a small population."""

import dataclasses

from sim.config.compose import compose
from sim.month.listing import lines_of
from sim.study.run.timing import nanoseconds, small


def test_timed_on_a_small_population(monkeypatch):
    config = small(compose(["population=city"]))
    assert (config.population.borrowers, config.machine.threads) == (20_000, 1)
    monkeypatch.setattr("sim.study.run.timing.MONTHS", 1)
    few = dataclasses.replace(config, population=dataclasses.replace(config.population, borrowers=300))
    times = nanoseconds(few)
    told = {(line.firms, line.name) for line in lines_of(few) if line.phase and not line.name.startswith("arrive_")}
    assert set(times) == told and all(each >= 0.0 for each in times.values())
