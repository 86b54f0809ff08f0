"""What a step may name: the parts of a model, handed in by name as numbers are handed to rules."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, TypeVar

Result = TypeVar("Result")

PARTS: Mapping[str, str] = {
    "month": "months from the policy date on, negative in the burn-in",
    "months_run": "months lived since the first",
    "config": "the resolved configuration",
    "economy": "the scenario by month",
    "standing": "numbers that stay for the whole run",
    "environment": "numbers of the month that the rules of persons and of the lender read",
    "people": "the population of persons: what only they know, the book on them, their draws",
    "job_market": "how risky jobs are on the mean, whatever the lender does",
    "accounts": "the lender's book on persons",
    "firms": "all firms: their tables, network and numbers",
    "lender": "the lender's balance sheet and what it remembers",
    "scores": "keeps score of the persons' score",
    "firm_scores": "keeps score of the firms' score",
    "sharing": "the scheme in force and its books",
    "books": "tables of accounts: of persons, and of firms where there are any",
    "ledger": "flows of the month and closing stocks",
    "bins": "histograms of the month by name",
    "absent": "names of figures that the options leave nothing but 0",
    "records": "figures of the months lived, the last one last",
    "events": "rows that defaulted or were closed, by month",
    "tables": "all tables by name",
    "agenda": "phases and steps of the month",
}


class UnknownPartError(TypeError):
    """A step asks for something that is no part of a model."""


@functools.lru_cache(maxsize=64)
def parts_of(step: Callable[..., Any]) -> tuple[str, ...]:
    """Names of the parts that a step asks for, in the order of its signature.

    Raises
    ------
    UnknownPartError
        The line names the step, what it asks for, and the nearest part.
    """
    named = tuple(inspect.signature(step).parameters)
    for name in named:
        if name not in PARTS:
            near = difflib.get_close_matches(name, PARTS, 1)
            hint = f"; did it mean {near[0]}?" if near else f"; parts are {', '.join(PARTS)}"
            raise UnknownPartError(f"{step.__module__}.{step.__name__}: {name} is no part of a model{hint}")
    return named


def hand(step: Callable[..., Result], model: Any) -> Result:
    """Take a step, with the parts of the model that its signature names."""
    return step(*_taking(step)(model))


@functools.lru_cache(maxsize=64)
def _taking(step: Callable[..., Any]) -> Callable[[Any], tuple[Any, ...]]:
    """What takes the parts that a step asks for from a model, in the order of its signature."""
    names = parts_of(step)
    if len(names) > 1:
        return attrgetter(*names)
    return lambda model: tuple(getattr(model, name) for name in names)


def seed_of(config: Any) -> int:
    """Return the seed of a model's configuration.

    Raises
    ------
    TypeError
        It is no configuration, such as the overrides that one is composed of.
    """
    if not hasattr(config, "seed"):
        raise TypeError(f"config: {config!s:.60} is not allowed: a configuration, as sim.compose(overrides) makes it")
    return int(config.seed)


def by_the_clock(model: Any) -> Callable[[], None]:
    """Make a model's step by Mesa's clock, which from Mesa 3.5 on stands still, without a word, once a month failed.

    Raises
    ------
    RuntimeError
        No month was lived: one before ended with an error.
    """
    step = model.step

    def live() -> None:
        lived = model.months_run
        step()
        if model.months_run == lived:
            words = "ended with an error before: go on from a checkpoint with sim.Model.fork"
            raise RuntimeError(f"month {model.month} {words}")

    return live
