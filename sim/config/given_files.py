"""The user's files that a plan was resolved from, with what tells one content from another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.config.options import is_file
from sim.config.overrides import Given
from sim.study.plan import Plan
from sim.study.provenance import Input, file_digest

Named = tuple[str, str, int | None]


def with_inputs(plan: Plan, given: Sequence[Given]) -> Plan:
    """Return the plan with the record of the user's files that its configurations and packages came from."""
    named: dict[Named, None] = dict.fromkeys(_packages(given))
    for arm in (plan.root, *plan.shown):
        for config in arm.configs.values():
            named |= dict.fromkeys(_named_in(config, len(plan.points)))
    files = [Input(key, path, file_digest(Path(path).expanduser()), rows) for key, path, rows in named]
    return dataclasses.replace(plan, inputs=tuple(one for one in files if one.sha256))


def _packages(given: Sequence[Given]) -> Iterator[Named]:
    for entry in given:
        if entry.key == "study.arms" and isinstance(entry.value, list | tuple):
            yield from ((entry.key, str(name), None) for name in entry.value if _is_path(name))


def _named_in(config: Any, points: int) -> Iterator[Named]:
    """Key, path and rows of each file that one configuration names."""
    accounts = config.tape.accounts if config.tape is not None else None
    yield "population.file", config.population.file, accounts
    if _is_path(config.population.mapping):
        yield "population.mapping", config.population.mapping, None
    yield "economy.file", config.economy.file, len(config.economy.published.unemployment)
    yield "design.file", getattr(config.design, "file", ""), points
    yield "plugin", config.plugin, None
    yield from ((group, option, None) for group, option in config.chosen.items() if is_file(group, option))


def _is_path(name: Any) -> bool:
    """Whether a package or a mapping is a file of the user's and not the name of a shipped one."""
    return bool(Path(str(name)).suffix)
