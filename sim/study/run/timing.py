"""How long each rule of the month takes, compiled, in a loop of its own."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sim.engine.tables.population import Found, Population
from sim.study.run.cell import default_engine

PERSONS, MONTHS = 20_000, 5
Key = tuple[bool, str]  # whether on firms, and the rule


def small(config: Any) -> Any:
    """The configuration with at most so many persons (a tape as it is), one thread and a loop for each rule."""
    population = config.population
    if config.tape is None:
        population = replace(population, borrowers=min(population.borrowers, PERSONS))
    machine = replace(config.machine, fused=False, threads=1, driver="kernel")
    return replace(config, population=population, study=replace(config.study, burn_in=0), machine=machine)


def nanoseconds(config: Any) -> dict[Key, float]:
    """Nanoseconds a living row for each rule, draws included, the call's own cost left out.

    The quickest month counts, after one that compiles.

    Parameters
    ----------
    config : Config
        As `small` returns it.
    """
    model = default_engine()(config)
    found: dict[Key, list[float]] = defaultdict(list)
    for firms, population in ((False, model.people), (True, model.firms.population)):
        population.run = _clocked(population, found, firms)
    for _ in range(1 + MONTHS):
        model.step()
    return {key: min(each[1:]) for key, each in found.items()}


def _clocked(population: Population, found: dict[Key, list[float]], firms: bool) -> Callable[..., Found]:
    run = population.run

    def clocked(stages: Any, environment: Any, month: int, *others: Any) -> Found:
        started = time.perf_counter_ns()
        result = run(stages, environment, month, *others)
        ended = time.perf_counter_ns()
        population.run_some(stages, environment, month, slice(0, 0))
        taken = 2 * ended - started - time.perf_counter_ns()
        ((stage, _),) = stages
        found[firms, stage.name].append(max(taken, 0) / max(int(population.accounts["alive"].sum()), 1))
        return result

    return clocked
