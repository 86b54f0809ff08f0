"""Another value for every key, worlds in which each has something to act on, and what a run is compared by."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import typing
from collections.abc import Iterator
from typing import Any

import sim
from sim.config.describe import _every_key
from sim.config.options import GROUPS, option_names
from sim.config.sweep import _problems
from sim.config.validate import fields_of
from sim.study.points import updated

MONTHS = 24
SMALL = ("population.borrowers=250", "study.burn_in=3", "machine.threads=1")
DEEP = ("economy=severe_recession", "economy.shock_lag=2")
RICH = (*SMALL, *DEEP, "sharing=guarantee_80_20")
CLOSES = (*RICH, "policy/closing=threshold", "policy.closing.threshold=560", "policy/limit=behavioural")
MANY_FIRMS = ("population.borrowers=1500", "study.burn_in=3", "machine.threads=1", *DEEP,
              "economy.systematic.severity_mean=2", "firms.accident_hazard=0.02", "firms.project_hazard=0.1",
              "policy/collections=secured")  # fmt: skip
FUND = (*RICH, "fund.capital_share=0.02")
# Worlds, the keys that have something to act on in them, and how they are made; every option of every group is a world
# beside these.
WORLDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    name: (tuple(keys.split()) or ("",), (*given, *more.split()))
    for name, keys, given, more in (
        ("rich", "", RICH, ""),
        ("closing", "behaviour. policy.", CLOSES, ""),
        ("one engine", "behaviour.", CLOSES, "behaviour.same_engine_share=0.5 behaviour.closing_churn=0.2"),
        ("many firms", "firms. feedback. sectors. policy.collections.", MANY_FIRMS, ""),
        ("harvests", "economy.", SMALL, "economy=harvest_failure economy.shock_lag=1 firms.per_person=0.3"),
        (
            "by month",
            "economy.",
            SMALL,
            "economy=us_2007_2012 economy.systematic.severity_sd=0.3 economy.systematic.timing_sd=2",
        ),
        ("credit feedback", "economy.credit_feedback.", RICH, "economy.credit_feedback.strength=30"),
        (
            "experience",
            "fund.",
            FUND,
            "fund.premium_rule=experience_rated fund.premium_loading=3 fund.compensation_reserve=0.05",
        ),
        ("risk based", "fund.", FUND, "fund.premium_rule=risk_based fund.premium_ceiling=0.011"),
        ("restored", "fund.", FUND, "fund.replenishment=on_call fund.minimum_capital=0.9 fund.replenishment_limit=0.5"),
        (
            "reserved",
            "fund.",
            FUND,
            "fund.compensation_reserve=0.05 fund.reserve_ceiling=0.02 fund.unearned_reserve=0.5",
        ),
        (
            "exhausted",
            "fund. sharing.",
            RICH,
            "fund.capital_share=0.001 fund.leverage_cap=1000 sharing.wind_down.surplus_to=government"
            " sharing.wind_down.cover_months=20 sharing.wind_down.open_months=10",
        ),
        (
            "in part",
            "sharing.eligible.",
            RICH,
            "sharing.eligible.larger_part=0.5 sharing.eligible.larger_from=300000 sharing.eligible.better_part=0.5"
            " sharing.eligible.better_from=600",
        ),
        (
            "takeovers",
            "fraud. policy.authentication. behaviour.block",
            RICH,
            "fraud=organised fraud.takeover_hazard=0.05 policy/authentication=face",
        ),
        (
            "leak",
            "fraud.",
            SMALL,
            "fraud=wave economy=fraud_wave economy.shock_lag=1 policy/authentication=multi_factor",
        ),
    )
}
WITHOUT = {
    "tape": ("population.file=examples/tape.csv", "population.mapping=taiwan_2005", "study.burn_in=0"),
}


def worlds() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Name, overrides, and the keys that are looked at (how they begin)."""
    for name, (keys, given) in WORLDS.items():
        yield name, given, keys
    for group in GROUPS:
        if group.name in ("study", "design", "machine"):
            continue
        for option in option_names(group.name):
            if group.name == "economy" and option == "path":
                continue  # as us_2007_2012, from a file
            kept = [text for text in RICH if text.partition("=")[0] not in (group.name, *_below(group.name))]
            extra = WITHOUT.get(option, ())
            named = {text.partition("=")[0] for text in extra}
            kept = [text for text in kept if text.partition("=")[0] not in named]
            yield f"{group.name}={option}", (*kept, f"{group.name}={option}", *extra), (group.node + ".",)


def _below(group: str) -> tuple[str, ...]:
    return ("economy.shock_lag",) if group == "economy" else ("population.borrowers",) if group == "population" else ()


def shown_keys() -> set[str]:
    """Every key of `creditcycle show`; the elements of a list are one."""
    return {plain(key) for key, _ in _every_key()}


def plain(key: str) -> str:
    """Write a key without the numbers of elements."""
    return re.sub(r"\[\d+\]|\.\d+(?=\.)", "[]", key)


def keys_of(node: Any, path: str = "") -> Iterator[tuple[str, Any, Any, Any]]:
    """Address, type, setting and value of every key of a configuration."""
    for name, (kind, declared, _) in fields_of(type(node)).items():
        value, here = getattr(node, name), f"{path}{name}"
        if dataclasses.is_dataclass(value):
            yield from keys_of(value, here + ".")
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            for place, item in enumerate(value):
                yield from keys_of(item, f"{here}.{place}.")
        elif name not in ("name", "chosen", "tape"):
            yield here, kind, declared, value


def others(kind: Any, declared: Any, value: Any) -> list[Any]:
    """Other values that a key may take: near ones, far ones, the ends of its range."""
    if declared.choices:
        return [choice for choice in declared.choices if choice != value]
    if kind is bool:
        return [not value]
    if kind in (int, float):
        low = declared.low if declared.low is not None else -10
        high = declared.high if declared.high is not None else max(10, 10 * abs(value))
        tried = (1.5 * value + (kind is int), 0.5 * value, value + 0.3 * (min(high, max(4 * abs(value), 1)) - value),
                 low, high, (low + value) / 2)  # fmt: skip
        made = [kind(round(one)) if kind is int else float(one) for one in tried]
        return [one for one in dict.fromkeys(made) if one != value and low <= one <= high]
    if typing.get_origin(kind) is tuple and len(value) > 1 and isinstance(value[0], float):
        turned = (*value[1:], value[0])  # a season keeps its mean
        return [turned, *((*value[:-1], one) for one in others(float, declared, value[-1])[:3])]
    if typing.get_origin(kind) is tuple and len(value) > 1 and isinstance(value[0], int):
        return [(*value[:-1], value[-1] + 3), (value[0], value[1] + 1, *value[2:])]
    return []


def lived(config: Any, against: list[bytes] | None = None) -> list[bytes] | None:
    """Digest of each month's record; None as soon as a month differs from the one it is held against."""
    model, found = sim.Model(config), []
    for month in range(config.study.burn_in + MONTHS):
        model.step()
        flows = sorted(getattr(model.ledger, "flows", {}).items())
        mark = hashlib.md5(repr((sorted(model.record.items()), flows)).encode()).digest()
        if against is not None and against[month] != mark:
            return None
        found.append(mark)
    return found


def acts(config: Any, base: list[bytes], key: str, values: list[Any]) -> bool:
    """Whether some other value of a key changes a run."""
    for value in values:
        if _problems(config, [(key, value)]):
            continue
        if lived(updated(config, [(key, value)]), base) is None:
            return True
    return False
