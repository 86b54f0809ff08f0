"""Call a rule by the names of its arguments, and name what it returns."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from sim.engine.loops.compiled import plain
from sim.engine.loops.stage import Stage


@functools.cache
def as_written(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule and what it calls as plain Python: compiling a helper for a few numbers costs more than it saves."""
    return plain(SimpleNamespace(py_func=rule))


def results_of(declared: Stage) -> list[str]:
    """Names of what a rule returns, in order: columns, tallies, and place and amount for each histogram."""
    places = [f"{name} {what}" for name, _ in declared.bins for what in ("place", "amount")]
    return [*declared.writes, *declared.tallies, *places]


def call(declared: Stage, **given: Any) -> dict[str, Any]:
    """Return columns written and tallies by name; arguments that the rule does not read are dropped."""
    results = as_written(declared.rule)(**{name: given[name] for name in declared.arguments})
    return dict(zip(results_of(declared), results if isinstance(results, tuple) else (results,), strict=True))


def does(declared: Stage, given: Mapping[str, Any], expected: Mapping[str, Any] | None = None) -> None:
    """Assert that a rule does what is expected and nothing else: other columns stay as they are, other tallies are 0.

    Whole numbers are compared exactly, others to nine digits. ``given`` names the rule's arguments, no more and no
    fewer, and ``expected`` results of it, so that neither can be misspelt.
    """
    assert set(given) == set(declared.arguments), set(given) ^ set(declared.arguments)
    after, expected = call(declared, **given), expected or {}
    assert set(expected) <= set(after), set(expected) - set(after)
    assert len(after) == len(results_of(declared)), f"{declared.name} has two results of one name"
    wanted = {name: expected.get(name, given.get(name, 0)) for name in after}
    inexact = {name: pytest.approx(wanted[name], rel=1e-9) for name in after if isinstance(after[name], float)}
    wrong = {name: (value, wanted[name]) for name, value in after.items() if value != {**wanted, **inexact}[name]}
    assert not wrong, f"{declared.name} gave, and should have given: {wrong}"
