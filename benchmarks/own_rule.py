"""Nanoseconds a row of shipped rules, and of copies of them in a user's file, side by side in one run, as JSON.

    python benchmarks/own_rule.py

Shipped and own months are lived in turns on the same persons, each rule in a loop of its own on one thread, and the
least of all turns is kept, so that the ratios hold on a busy machine, too.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sim
from sim.month.own import OwnRules
from sim.month.replaceable import replaceable
from sim.study.run.timing import nanoseconds, small
from tests.month.copies import copy_of

KEYS = ("behaviour/consumption", "behaviour/demand", "behaviour/willingness", "behaviour/pay_debts", "behaviour/live")
TURNS = 5


def main() -> None:
    """Print the nanoseconds of each rule, shipped and own, and their ratio."""
    shipped = small(sim.compose(["economy=severe_recession"]))
    names = {key: key.replace("/", "_") for key in KEYS}
    source = "\n".join(copy_of(replaceable()[key], name) for key, name in names.items())
    own = dataclasses.replace(shipped, own=OwnRules(source, tuple(names.items())))
    least: dict[str, dict[str, float]] = {key: {"shipped": float("inf"), "own": float("inf")} for key in KEYS}
    for _ in range(TURNS):
        for kind, config in (("shipped", shipped), ("own", own)):
            found = nanoseconds(config)
            for key in KEYS:
                name = replaceable()[key].name + ("_of_a_user" if kind == "own" else "")
                least[key][kind] = min(least[key][kind], found[False, name])
    for entry in least.values():
        entry["ratio"] = entry["own"] / entry["shipped"]
    print(
        json.dumps(
            {key: {kind: round(value, 3) for kind, value in one.items()} for key, one in least.items()}, indent=1
        )
    )


if __name__ == "__main__":
    main()
