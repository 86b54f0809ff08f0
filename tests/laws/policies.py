"""Every option of every policy group, in as few combinations as show them all."""

from __future__ import annotations

from importlib import import_module

from sim.config.options import GROUPS

OPTIONS: dict[str, dict[str, type]] = {
    group.name: getattr(import_module(group.module), group.attribute)
    for group in GROUPS
    if group.attribute == "OPTIONS" and group.name != "design"
}
# Bundle k takes the k-th option of each group: the first is the default lender.
BUNDLES: tuple[tuple[str, ...], ...] = tuple(
    tuple(f"{group}={list(options)[k % len(options)]}" for group, options in OPTIONS.items())
    for k in range(max(len(options) for options in OPTIONS.values()))
)
# Those controls of others that answer the lender's.
ANSWERS = ("behaviour.same_engine_share=0.5", "behaviour.give_up_hazard=0.02")
