"""From overrides to a plan: which arms and scenarios run, each with its resolved configuration.

Without more, the arms are the packages of ``study.arms`` under the economies of ``study.scenarios``. Two
short cuts follow what a user means:

* an ``economy`` without ``study.scenarios`` makes that economy the only scenario;
* a policy, scheme, fund, lender or behaviour without ``study.arms`` makes two arms: ``baseline``, the
  composition without those changes, and ``configured``, the composition with them.

A scenario that is a file of the user's goes by the name that the file gives itself, else by the file's own.

With ``study.arms`` named as well, such a change applies to every arm, before the package's own group
choices and after its own keys.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sim.config.acting import refuse_idle
from sim.config.axes import gather, stand_ins
from sim.config.comparing import compared, refuse_unfit
from sim.config.compose import compose_groups, compose_plain, experiment_of, has, missing_key, preset_of, put
from sim.config.errors import UsageError, nearest, refusal
from sim.config.options import dataclass_of
from sim.config.overrides import Given, read
from sim.config.own_model import refuse_unlike
from sim.config.packages import Package, ancestry, chain, changes, package
from sim.config.plugin import KEY as PLUGIN
from sim.config.plugin import Rules, loaded, using
from sim.config.request import Request, economies_of, mentions, scenarios_of, sort_out
from sim.config.schema import Config
from sim.config.stages import refuse_unlived
from sim.config.study_file import unfolded
from sim.config.sweep import refuse_figure, with_points
from sim.config.tape import start_without_burn_in
from sim.config.userfile import refused
from sim.config.validate import validate
from sim.config.worlds import with_worlds
from sim.economy.economy import Economy
from sim.economy.outlook import outlook
from sim.inputs.files import Shelf, own_file
from sim.inputs.path import path_read
from sim.study.plan.design import NoDesign
from sim.study.plan.parts import Arm, Scenario
from sim.study.plan.plan import Plan, make_plan

BASELINE, CONFIGURED = "baseline", "configured"


def plan(overrides: Iterable[str] = (), shelf: Shelf | None = None) -> Plan:
    """Resolve overrides into a plan of a study.

    Parameters
    ----------
    overrides : iterable of str
        As on the command line.
    shelf : Shelf, optional
        Where names of the user's files lead; left out, to these files themselves.

    Raises
    ------
    UsageError
        One line; nothing was written.
    """
    shelf = shelf or Shelf()
    with shelf.open(), using(Rules()):
        return plan_of(read(gather(unfolded(list(overrides)))), shelf)


def plan_of(given: Sequence[Given], shelf: Shelf | None = None) -> Plan:
    """Resolve vetted overrides, one value each, into a plan that knows the user's files it was made of."""
    shelf = shelf or Shelf()
    with shelf.open(), refused():
        for entry in given:
            if entry.key == PLUGIN and entry.value:
                own_file(entry.value, "a Python file of rules")
        made = _with_design(given, shelf)
    return dataclasses.replace(made, inputs=tuple(shelf.used.values()))


def _with_design(given: Sequence[Given], shelf: Shelf) -> Plan:
    standing = stand_ins(given)
    # The scenario of every point has one name, whichever file an axis puts in.
    compose = partial(_composed, one_path=any(entry.key == "economy.file" for entry in standing))
    plan = compose([*(entry for entry in standing if not mentions(given, entry.key)), *given])
    plan = dataclasses.replace(plan, overrides=tuple(entry.text for entry in given))
    if plan.study.precision:
        refuse_figure("study.precision_of", plan.study.precision_of, plan)
    design = next(iter(plan.root.configs.values())).design
    if isinstance(design, NoDesign):
        if design.vary:
            raise UsageError(f"design.vary: {design.vary[0]} is not allowed: choose a design, such as design=grid")
        return with_worlds(plan, given)

    rules = loaded()

    def within(entries: Sequence[Given]) -> Plan:
        """Compose with the same files and rules also when a search asks for points later on."""
        with shelf.open(), using(rules):
            return compose(entries)

    return with_points(with_worlds(plan, given), design, given, within)


def _composed(given: Sequence[Given], *, one_path: bool = False) -> Plan:
    """Resolve overrides into the plan of a study without a design."""
    request = sort_out(given)
    base = validate(compose_plain([*request.common, *(request.policy if request.two_arms else [])]))
    options = scenarios_of(request, base)
    economies, meanings = economies_of(request, options, one_path)
    scenarios = tuple(economies)
    ladder, baseline = {} if request.two_arms else _ladder(base.study.arms), base.study.baseline
    if base.study.compare:
        beside = compared(request, base)
        request, ladder, baseline = beside.request, beside.packages, beside.baseline
        refuse_unfit(beside, partial(_in_each, request, economies))
    arms = tuple(ladder) or (BASELINE, CONFIGURED)
    if baseline not in ("", *arms):
        raise UsageError(refusal("study.baseline", baseline, "one of " + ", ".join(arms), nearest(baseline, arms)))
    root = BASELINE
    if ladder:
        bottom = chain(ladder[arms[0]])[0]
        root = bottom.name
        ladder.setdefault(root, bottom)
    trees = {
        name: {scenario: _tree(request, ladder.get(name), name, economies[scenario]) for scenario in scenarios}
        for name in dict.fromkeys((*arms, root))
    }
    if ladder:
        _refuse_idle(request, [trees[name][scenarios[0]] for name in arms], [changes(ladder[name]) for name in arms])
    named = {"arms": list(arms), "scenarios": list(scenarios), "baseline": baseline}
    configs = {
        name: {scenario: _resolved(tree, economies[scenario], named) for scenario, tree in grown.items()}
        for name, grown in trees.items()
    }
    refuse_unlike(configs)
    _refuse_unread(request, configs, dict(zip(options, scenarios, strict=True)))
    refuse_unlived(config for composed in configs.values() for config in composed.values())
    made = [
        Arm(name, configs[name], *_lineage(request, ladder.get(name), name), takes_policy=_takes(request, name))
        for name in arms
    ]
    study = configs[root][scenarios[0]].study
    calm = {name: _economy_of(configs[root][name]) for name in scenarios}
    first: dict[tuple[object, ...], str] = {}
    families = {name: first.setdefault(economy.calm_key(), name) for name, economy in calm.items()}
    return make_plan(
        made,
        [_scenario(request, name, study.months, calm[name], meanings[name]) for name in scenarios],
        root=Arm(root, configs[root], takes_policy=_takes(request, root)),
        seed=base.seed,
        study=study,
        machine=base.machine,
        ancestry={**ancestry(), **{name: found.parent for name, found in ladder.items()}},
        overrides=[entry.text for entry in given],
        never=dataclass_of("policy/closing", "never")(),
        family_of=lambda config: families[config.chosen["economy"]],
    )


def job_tree(given: Sequence[Given], plan: Plan) -> dict[str, Any]:
    """Plain configuration of a job as ``--cfg job`` prints it: what its arms and scenarios start from."""
    request = sort_out(given)
    tree = compose_groups([(entry.key, entry.value) for entry in request.all if entry.is_group])
    start_without_burn_in(tree, given)
    for entry in request.all:
        if not entry.is_group and has(tree, entry.key):
            put(tree, entry.key, entry.value)
    put(tree, "study.arms", [arm.name for arm in plan.shown])
    put(tree, "study.scenarios", [scenario.name for scenario in plan.scenarios])
    return tree


def _ladder(names: Sequence[str]) -> dict[str, Package]:
    """Packages of a study by name; a user's own are named like their files."""
    found = [package(name) for name in names]
    ladder = {entry.name: entry for entry in found}
    if len(ladder) < len(found):
        raise UsageError(refusal("study.arms", list(names), "every package has a name of its own"))
    return ladder


def _tree(request: Request, arm: Package | None, name: str, economy: Mapping[str, Any]) -> dict[str, Any]:
    """Plain configuration of an arm in a scenario, before its economy is put in; a scenario's preset comes first."""
    options = preset_of(economy, experiment_of(request.common))
    preset = [Given(group, (option,), True) for group, option in options.items()]
    if arm is None:
        return compose_plain([*preset, *request.common, *(request.policy if name == CONFIGURED else [])])
    own = changes(arm)
    choices = {entry.key: entry for entry in [*preset, *request.common, *request.policy, *own] if entry.is_group}
    plain = compose_groups([(entry.key, entry.value) for entry in choices.values()])
    start_without_burn_in(plain, request.common)
    for entry in [*request.common, *own]:
        if not entry.is_group:
            put(plain, entry.key, entry.value)
    for entry in request.policy:
        if not entry.is_group and has(plain, entry.key):
            put(plain, entry.key, entry.value)
    return plain


def _refuse_idle(request: Request, trees: list[dict[str, Any]], packages: list[list[Given]]) -> None:
    """Refuse a policy override that no arm takes up, instead of dropping it in silence."""
    for entry in request.policy:
        if not entry.is_group and not any(has(tree, entry.key) for tree in trees):
            raise UsageError(missing_key(trees[0], entry.key))
        if entry.is_group and all(any(own.key == entry.key for own in changed) for changed in packages):
            raise UsageError(
                f"{entry.key}: {entry.value} would change nothing: every package of study.arms sets it; "
                "leave study.arms out to compare it with the baseline"
            )


def _refuse_unread(request: Request, configs: Mapping[str, Mapping[str, Config]], names: Mapping[str, str]) -> None:
    """Refuse the value of a key that no arm reads in any scenario; an economy's keys are those of the one named.

    ``names`` are the scenarios by option: one from the user's file is called as the file is.
    """
    named = request.chosen_economy
    everywhere = [config for composed in configs.values() for config in composed.values()]
    there = [composed[names[named]] for composed in configs.values()] if named is not None else everywhere
    changed = list(configs[CONFIGURED].values()) if request.two_arms else everywhere
    for entries, takers in ((request.common, everywhere), (request.policy, changed), (request.economy, there)):
        refuse_idle(((entry.key, entry.value) for entry in entries if not entry.is_group), takers)


def _in_each(request: Request, economies: Mapping[str, Mapping[str, Any]], arm: Package) -> list[Config]:
    """Compose a package in every scenario."""
    return [
        _resolved(_tree(request, arm, arm.name, economy), economy, {"scenarios": list(economies)})
        for economy in economies.values()
    ]


def _resolved(tree: Mapping[str, Any], economy: Mapping[str, Any], named: Mapping[str, Any]) -> Config:
    """Check a composition in which the study names what there is."""
    return validate({**tree, "economy": economy, "study": {**tree["study"], **named}})


def _lineage(request: Request, arm: Package | None, name: str) -> tuple[str, str]:
    """Parent and meaning of an arm."""
    if arm is not None:
        return arm.parent, arm.meaning
    if name == BASELINE:
        return "", "The default configuration."
    return BASELINE, "The baseline with " + ", ".join(entry.text for entry in request.policy) + "."


def _takes(request: Request, name: str) -> bool:
    """Whether the policy keys of a design reach an arm: the baseline of two arms stays as it is."""
    return not (request.two_arms and name == BASELINE)


def _economy_of(config: Config) -> Economy:
    """Lay out the scenario once, so that what cannot be laid out is refused before anything begins."""
    try:
        return Economy(config.economy, config.seed)
    except (ValueError, ArithmeticError) as error:
        raise UsageError(f"economy={config.chosen['economy']}: {error}") from None


def _scenario(request: Request, name: str, months: int, economy: Economy, meaning: str) -> Scenario:
    """Make a scenario: a path keeps its own length, and is cut by ``study.months`` where that was given."""
    horizon = economy.horizon
    if horizon is not None:
        months = min(horizon, months) if request.says("study.months") else horizon
    with refused("economy.file"):
        read = path_read(economy.settings)
    return Scenario(name, months, meaning, outlook=outlook(economy.settings, months, read))
