"""A configuration with one policy exchanged, for twins and for the level of calm times."""

from __future__ import annotations

import dataclasses
from typing import Any


def everyone() -> Any:
    """The policy that approves everybody."""
    from sim.lender.policies.approval import OPTIONS

    return OPTIONS["everyone"]()


def never_policy() -> Any:
    """The policy that closes no line."""
    from sim.lender.policies.closing import OPTIONS

    return OPTIONS["never"]()


def calm_level(config: Any) -> Any:
    """All that the calm months before the policy date depend on."""
    from sim.economy.economy import calm_key

    return calm_key(config.economy)


def exchanged(config: Any, group: str, option: str, policy: Any) -> Any:
    """Return the configuration with one of the lender's policies exchanged."""
    changed = {"policy": dataclasses.replace(config.policy, **{group: policy})}
    if hasattr(config, "chosen"):
        changed["chosen"] = {**config.chosen, f"policy/{group}": option}
    return dataclasses.replace(config, **changed)


def never_closing(config: Any, never: Any) -> Any:
    """Return the configuration with the closing policy exchanged for the one that closes nothing."""
    return exchanged(config, "closing", "never", never)
