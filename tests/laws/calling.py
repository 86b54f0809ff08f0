"""Call rules by the names of their arguments, and name what they return."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
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


def meets(declared: Stage, given: Mapping[str, Any]) -> bool:
    """Whether the rule's condition is met, if it has one."""
    return declared.when is None or declared.when(**{name: given[name] for name in declared.asked})


def unchanged(declared: Stage, given: Mapping[str, Any]) -> dict[str, Any]:
    """Results of a rule that leaves everything as it is: guards are met, and what it does not read is 0."""
    before = {**dict.fromkeys(declared.where, 1), **{name: given[name] for name in declared.arguments}}
    return {name: before.get(name, 0) if name in declared.writes else 0 for name in results_of(declared)}


def call(declared: Stage | Sequence[Stage], **given: Any) -> dict[str, Any]:
    """Return columns written and tallies by name; arguments that the rule does not read are dropped.

    Of several rules each finds what those before it wrote; those whose guard is 0 are skipped, tallies add up.
    """
    if isinstance(declared, Stage):
        results = as_written(declared.rule)(**{name: given[name] for name in declared.arguments})
        named = dict(zip(results_of(declared), results if isinstance(results, tuple) else (results,), strict=True))
        assert len(named) == len(results_of(declared)), f"{declared.name} has two results of one name"
        assert meets(declared, given) or named == unchanged(declared, given), "outside its condition it does something"
        return named
    columns = {name: given.get(name, int(name == "alive")) for stage in declared for name in stage.writes}
    totals = {name: 0 for stage in declared for name in results_of(stage) if name not in columns}
    for stage in declared:
        now = {**given, **columns}
        if all(now.get(name, 1) for name in stage.where):
            for name, value in call(stage, **now).items():
                if name in columns:
                    columns[name] = value
                else:
                    totals[name] += value
    return columns | totals


def does(
    declared: Stage | Sequence[Stage], given: Mapping[str, Any], expected: Mapping[str, Any] | None = None
) -> None:
    """Assert that a rule does what is expected and nothing else: other columns stay as they are, other tallies are 0.

    Whole numbers are compared exactly, others to nine digits. ``given`` names the rule's arguments, no more and no
    fewer, and ``expected`` results of it, so that neither can be misspelt. Of several rules, what one leaves to
    another may be left out of both.
    """
    stages = (declared,) if isinstance(declared, Stage) else declared
    needed, read, written = set(), set(), set()
    for stage in stages:
        needed |= set(stage.arguments) - written
        read |= {*stage.arguments, *stage.where}
        written |= set(stage.writes)
    assert needed <= set(given) <= read, (needed - set(given), set(given) - read)
    after, expected = call(declared, **given), expected or {}
    assert set(expected) <= set(after), set(expected) - set(after)
    handed_on = (written & read) - set(given) - set(expected)
    wanted = {name: expected.get(name, given.get(name, 0)) for name in after if name not in handed_on}
    inexact = {name: pytest.approx(value, rel=1e-9) for name, value in wanted.items() if isinstance(after[name], float)}
    wrong = {name: (after[name], value) for name, value in wanted.items() if after[name] != {**wanted, **inexact}[name]}
    names = ", ".join(stage.name for stage in stages)
    assert not wrong, f"{names} gave, and should have given: {wrong}"


def act(step: Callable[..., Any], world: Any, **given: Any) -> Any:
    """Call a step, or what it calls, with the parts of a world that it names; what is given stands over them."""
    wanted = inspect.signature(step).parameters
    assert set(given) <= set(wanted), set(given) - set(wanted)
    return step(**{name: given[name] if name in given else getattr(world, name) for name in wanted})
