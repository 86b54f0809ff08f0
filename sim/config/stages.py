"""Rules that a function of the user's file may stand for: ``behaviour/NAME`` of persons, ``firms/NAME`` of firms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim.config import plugin
from sim.config.errors import UsageError, nearest, refusal
from sim.inputs.errors import InputError

if TYPE_CHECKING:
    from sim.month.own import OwnRules

OWN = "own"
"""Part of the composed tree that holds them, where there are any."""
LISTED = "`creditcycle show rules` lists them"


def is_stage_key(key: str) -> bool:
    """Whether a key asks for a rule of persons or firms, known or not."""
    head, slash, _ = key.partition("/")
    return bool(slash) and head in ("behaviour", "firms")


def stage_key(key: str, value: object = "") -> str:
    """The name of a rule that may be replaced, from it or from the rule's own.

    Raises
    ------
    UsageError
        There is none; the line names the nearest.
    """
    from sim.month.replaceable import canonical, replaceable

    found = canonical(key)
    if found in replaceable():
        return found
    bare = {name.partition("/")[2]: name for name in replaceable()}
    near = nearest(key, replaceable()) or bare.get(nearest(key.partition("/")[2], bare) or "")
    if value == "":
        raise UsageError(
            f"{key}: there is no rule of that name; {LISTED}" + (f"; did you mean {near}?" if near else "")
        )
    raise UsageError(refusal(key, value, f"a rule that may be replaced; {LISTED}", near))


def check_function(key: str, name: Any) -> str:
    """Return ``name`` when it is a function of the file in use, or the shipped rule.

    Raises
    ------
    UsageError
        It is neither. One line.
    """
    from sim.month.replaceable import SHIPPED

    functions = plugin.loaded().functions
    if isinstance(name, str) and name in (*functions, SHIPPED):
        return name
    if not functions:
        raise UsageError(refusal(key, name, f"{SHIPPED}, or a function of a file that --plugin FILE names"))
    near = nearest(name, functions) if isinstance(name, str) else None
    raise UsageError(refusal(key, name, f"one of {', '.join(functions)}, {SHIPPED}", near))


def own_section(chosen: Mapping[str, str]) -> dict[str, str] | None:
    """Functions of the user's by the rule that each stands for, once checked; None where the file says nothing.

    Raises
    ------
    UsageError
        One line that says what a rule did and what is allowed.
    """
    rules = plugin.loaded()
    if not rules.source:
        for key, name in chosen.items():
            check_function(key, name)
        return None
    from sim.inputs.behaviours import check_behaviour
    from sim.month.replaceable import SHIPPED

    found = {key: check_function(key, name) for key, name in chosen.items()}
    found = {key: name for key, name in found.items() if name != SHIPPED}
    for key, name in found.items():
        try:
            check_behaviour(key, name, rules.source)
        except InputError as error:
            raise UsageError(str(error)) from None
    return found if found or rules.declares else None


def own_rules(section: Mapping[str, str] | None) -> OwnRules:
    """What the file in use brings to a model in which these functions stand for rules."""
    from sim.month.own import OwnRules

    if section is None:
        return OwnRules()
    from sim.inputs.declared import own_columns, own_figures

    source = plugin.loaded().source
    return OwnRules(source, tuple(section.items()), own_columns(source), own_figures(source))


def problems_of(config: Any) -> list[str]:
    """Names of the user's own that are taken in a composition, one line each."""
    from sim.month.own import OwnNameTaken, OwnRules

    if config.own == OwnRules():
        return []
    try:
        config.own.within(_month(config))
    except OwnNameTaken as error:
        return [f"{plugin.KEY}: COLUMNS: {error}"]
    return []


def refuse_unlived(configs: Iterable[Any]) -> None:
    """Refuse a function for a rule that no composition runs.

    Raises
    ------
    UsageError
        One line.
    """
    there = [config for config in configs if config.own.replaced]
    for config in there:
        key = config.own.idle(_month(config))
        takers = [one for one in there if key in dict(one.own.replaced)]
        if key and all(one.own.idle(_month(one)) == key for one in takers):
            name = dict(config.own.replaced)[key]
            raise UsageError(f"{key}: {name} would change nothing: no month of this composition has that rule")


def _month(config: Any) -> Any:
    from sim.month.agenda import agenda

    return agenda(config, config.firms.count_among(config.population.borrowers) > 0)
