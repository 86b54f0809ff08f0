"""How long the loop of each rule of the month takes, compiled."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sim.engine.tables.population import Found, Population
from sim.study.run.cell import default_engine

PERSONS, MONTHS = 20_000, 5
Key = tuple[bool, str]  # whether on firms, and the rule


def small(config: Any) -> Any:
    """The configuration with at most so many persons (a tape as it is), and one thread."""
    population = config.population
    if config.tape is None:
        population = replace(population, borrowers=min(population.borrowers, PERSONS))
    machine = replace(config.machine, threads=1, driver="kernel")
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

    def clocked(stages: Any, environment: Any, month: int, machine: Any, _: Any) -> Found:
        tallies: list[tuple[str, int]] = []
        histograms: dict[str, np.ndarray] = {}
        for one in stages:
            started = time.perf_counter_ns()
            counted, placed = run((one,), environment, month, machine)
            ended = time.perf_counter_ns()
            population.run_some((one,), environment, month, slice(0, 0))
            taken = 2 * ended - started - time.perf_counter_ns()
            found[firms, one[0].name].append(max(taken, 0) / max(int(population.accounts["alive"].sum()), 1))
            tallies += counted
            histograms |= placed
        return tallies, histograms

    return clocked
