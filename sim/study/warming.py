"""Compiling the rules of a study once, shared out over its workers, so that no two compile the same."""

from __future__ import annotations

import dataclasses
from typing import Any

from sim.study.cell import default_engine, own_config, release
from sim.study.plan import Task

PERSONS = 64


def compile_rules(task: Task, part: int, parts: int) -> int:
    """Compile one part of the rules that a task needs, by running each on a tiny population.

    Compiled rules go to the disk cache, where the other workers find them.

    Parameters
    ----------
    task : Task
        Its packages and scenarios decide which rules there are.
    part, parts : int
        Which of how many parts.

    Returns
    -------
    int
        Number of rules in the part.
    """
    done: set[Any] = set()
    first = task.scenarios[0].name
    for config in (task.root, *(arm.configs[first] for arm in task.arms)):
        model = default_engine()(_tiny(config, task))
        # The first entry of the month brings the numbers that every rule reads.
        opening, *rest = model.agenda
        opening(model)
        rules = [(phase, rule) for phase in rest for rule in getattr(phase, "stages", ())]
        for phase, rule in rules:
            if rule in done:
                continue
            if len(done) % parts == part:
                model.run(dataclasses.replace(phase, stages=(rule,)))
            done.add(rule)
        release(model)
    return len(range(part, len(done), parts))


def _tiny(config: Any, task: Task) -> Any:
    own = own_config(config, task)
    return dataclasses.replace(own, population=dataclasses.replace(own.population, borrowers=PERSONS))
