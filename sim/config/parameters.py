"""Every parameter of a study with its source, and what the study changed against the options that are shipped."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from sim.config.acting import unmet
from sim.config.compose import compose, compose_groups
from sim.config.locate import shipped_names
from sim.config.options import BY_NAME, GROUPS, OWN_FILES, dataclass_of, meaning_of
from sim.config.sources import ASSUMED, CALIBRATED, CITED, UNNAMED, notes_of, source_of
from sim.config.validate import build, fields_of, range_in_words
from sim.engine.tables.declare import Setting
from sim.study.plan.differences import plain
from sim.study.plan.plan import Plan

OF_THE_RUN = ("study", "design", "machine")
"""Groups that say how a study is run, and not what the model is."""

EVERYWHERE = "all packages and economies"
Place = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class Parameter:
    """One value of one key: where it holds, the shipped value, and what is declared and said about it.

    ``kind`` and ``source`` are those of the shipped value; ``changed`` says that the study has another one, which they
    do not speak for. ``default`` is what the chosen option ships, or for the name of a group the default option.
    """

    key: str
    value: Any
    default: Any
    where: str
    unit: str
    allowed: str
    meaning: str
    kind: str
    source: str
    acts: bool
    changed: bool

    def record(self) -> dict[str, Any]:
        """As plain data."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True)
class _Leaf:
    """A key as one composition has it."""

    value: Any
    default: Any
    declared: Setting
    kind: Any
    note: str
    acts: bool


def register(plan: Plan) -> list[Parameter]:
    """Every key of every part of the model, with each value that it has in some package and economy.

    Parameters
    ----------
    plan : Plan
        A study; what a design varies stands in the design, and is here as composed.
    """
    found: dict[tuple[str, str, str], tuple[_Leaf, list[Place]]] = {}
    for place, config in _configs(plan):
        for key, leaf in _leaves(config):
            mark = (key, repr(leaf.value), repr(leaf.default))
            first, places = found.get(mark, (leaf, []))
            kept = dataclasses.replace(first, acts=first.acts or leaf.acts)
            found[mark] = (kept, [*places, place])
    everywhere = [place for place, _ in _configs(plan)]
    return [_parameter(key, leaf, where_of(places, everywhere)) for (key, _, _), (leaf, places) in found.items()]


def options_chosen(plan: Plan) -> list[Parameter]:
    """Groups in which some package or economy has another option than the default composition."""
    shipped = compose([]).chosen
    found: dict[tuple[str, str], list[Place]] = {}
    for place, config in _configs(plan):
        for group, option in config.chosen.items():
            if option != shipped[group] and group not in OF_THE_RUN:
                found.setdefault((group, option), []).append(place)
    everywhere = [place for place, _ in _configs(plan)]
    return [
        Parameter(
            group, option, shipped[group], where_of(places, everywhere), "", "one of its options",
            BY_NAME[group].meaning, "option", _said_of(group, option), True, True,
        )
        for (group, option), places in found.items()
    ]  # fmt: skip


def run_settings(plan: Plan) -> list[Parameter]:
    """How the study is run where that is not as by default: seed, runs, months, checks."""
    ours, shipped = plan.root.configs[plan.scenarios[0].name], compose([])
    found = [_run_setting("seed", type(ours), "seed", ours.seed, shipped.seed)]
    for part in ("study", "machine"):
        old, new = getattr(shipped, part), getattr(ours, part)
        owner: type = type(new)
        found += [
            _run_setting(f"{part}.{name}", owner, name, getattr(new, name), getattr(old, name))
            for name in fields_of(owner)
            if name != "name"
        ]
    return [entry for entry in found if entry.changed]


def change_log(plan: Plan) -> list[Parameter]:
    """What a study has otherwise than what is shipped: options, then keys within them, then how it is run."""
    return [*options_chosen(plan), *(entry for entry in register(plan) if entry.changed), *run_settings(plan)]


def where_of(places: Sequence[Place], everywhere: Sequence[Place]) -> str:
    """Say in which packages and economies something holds.

    Parameters
    ----------
    places, everywhere : sequence of (package, economy)
        Where it holds, and all there are.
    """
    arms, scenarios = (list(dict.fromkeys(place[part] for place in everywhere)) for part in (0, 1))
    here = set(places)
    if len(here) == len(everywhere):
        return EVERYWHERE
    of_arms = [arm for arm in arms if all((arm, scenario) in here for scenario in scenarios)]
    if len(of_arms) * len(scenarios) == len(here):
        return ", ".join(of_arms)
    of_scenarios = [scenario for scenario in scenarios if all((arm, scenario) in here for arm in arms)]
    if len(of_scenarios) * len(arms) == len(here):
        return "in " + ", ".join(of_scenarios)
    return ", ".join(f"{arm} in {scenario}" for arm, scenario in everywhere if (arm, scenario) in here)


def _configs(plan: Plan) -> Iterator[tuple[Place, Any]]:
    for arm in plan.shown:
        for scenario in plan.scenarios:
            yield (arm.name, scenario.name), arm.configs[scenario.name]


def _leaves(config: Any) -> Iterator[tuple[str, _Leaf]]:
    """Keys of the model's parts with their values, the shipped ones beside them."""
    for group in GROUPS:
        if group.name in OF_THE_RUN:
            continue
        option = config.chosen[group.name]
        start = option if option in shipped_names(group.name) else OWN_FILES.get(group.name, "")
        shipped = shipped_option(group.name, start) if start else None
        part = attrgetter(group.node)(config)
        notes = notes_of(group.name, start) if start else {}
        for path, kind, declared, value, default in _walk(part, shipped, ""):
            key = f"{group.node}.{path}"
            # A part of another kind than the option ships has no shipped values.
            yield key, _Leaf(plain(value), plain(default), declared, kind, notes.get(path, ""), not unmet(config, key))


def _walk(part: Any, shipped: Any, above: str) -> Iterator[tuple[str, Any, Setting, Any, Any]]:
    owner: type = type(part)
    alike = shipped if type(shipped) is owner else None
    for name, (kind, declared, _) in fields_of(owner).items():
        if name == "name":
            continue
        value, default = getattr(part, name), getattr(alike, name, None)
        if dataclasses.is_dataclass(value):
            yield from _walk(value, default, f"{above}{name}.")
        else:
            yield f"{above}{name}", kind, declared, value, default


@cache
def shipped_option(group: str, option: str) -> Any:
    """An option as it is shipped, with what the default experiment says about its keys; typed.

    Raises
    ------
    ValueError
        The shipped file is not in order.
    """
    node: Any = compose_groups([(group, option)])
    for part in group.split("/"):
        node = node[part]
    owner, problems = dataclass_of(group, option), list[str]()
    known = fields_of(owner)
    made = build(owner, {key: value for key, value in node.items() if key in known}, group, problems)
    if made is None:
        raise ValueError(problems[0])
    return made  # what it asks of other settings, such as a file that a path needs, is none of its own values


def _parameter(key: str, leaf: _Leaf, where: str) -> Parameter:
    kind, source = source_of(leaf.declared.meaning, leaf.note)
    return Parameter(
        key, leaf.value, leaf.default, where, leaf.declared.unit, allowed(leaf.kind, leaf.declared),
        leaf.declared.meaning, kind, source, leaf.acts, leaf.value != leaf.default,
    )  # fmt: skip


def _run_setting(key: str, owner: type, name: str, value: Any, default: Any) -> Parameter:
    kind, declared, _ = fields_of(owner)[name]
    return Parameter(
        key, plain(value), plain(default), EVERYWHERE, declared.unit, allowed(kind, declared), declared.meaning,
        "how the study is run", "", True, plain(value) != plain(default),
    )  # fmt: skip


def allowed(kind: Any, declared: Setting) -> str:
    """Say what a key may hold, without its unit."""
    if declared.choices:
        return "one of " + ", ".join(declared.choices)
    if kind in (int, float):
        return range_in_words(kind, dataclasses.replace(declared, unit=""))
    return {bool: "true or false", str: "a text"}.get(kind, "a list")


def _said_of(group: str, option: str) -> str:
    """What a shipped option's file says that it is; a user's own says so in the study's inputs."""
    return meaning_of(group, option) if option in shipped_names(group) else "a file of the user's"


def calibrated_and_changed(entries: Iterable[Parameter]) -> list[str]:
    """Keys whose shipped value was calibrated and whose value here is another one, so that the fit says nothing."""
    return sorted({entry.key for entry in entries if entry.changed and entry.kind == "calibrated"})


def count_kinds(entries: Iterable[Parameter]) -> Mapping[str, int]:
    """How many keys that act have a source, are calibrated, are assumed, or name none; those changed by themselves.

    A key that has several values, of packages or economies, counts once, as its worst founded one.
    """
    order = ("changed by the study", UNNAMED, ASSUMED, CALIBRATED, CITED)
    kinds: dict[str, set[str]] = {}
    for entry in entries:
        if entry.acts:
            kinds.setdefault(entry.key, set()).add(order[0] if entry.changed else entry.kind)
    worst = [min(found, key=order.index) for found in kinds.values()]
    return {kind: worst.count(kind) for kind in order if kind in worst}
