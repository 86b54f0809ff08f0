"""Call a rule by the names of its arguments, and name what it returns."""

from __future__ import annotations

from typing import Any

from sim.kernels.stage import Stage


def call(declared: Stage, **given: Any) -> dict[str, Any]:
    """Return columns written and tallies by name; arguments that the rule does not read are dropped."""
    results = declared.rule(**{name: given[name] for name in declared.arguments})
    places = [f"{name} {what}" for name, _ in declared.bins for what in ("place", "amount")]
    names = [*declared.writes, *declared.tallies, *places]
    return dict(zip(names, results if isinstance(results, tuple) else (results,), strict=True))
