"""The plan of a study: arms, scenarios and families, seeds, and the tasks that a machine works through."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.inputs.files import OwnFile
from sim.study.follow.follower import tables_of
from sim.study.plan.design import Axis
from sim.study.plan.differences import digest, model_part, plain, sentence
from sim.study.plan.exchanging import calm_level, everyone, exchanged, never_policy
from sim.study.plan.parts import Arm, Scenario, Task, replication_seed
from sim.study.plan.points import NO_CHANGE, Point, Updates
from sim.study.plan.settings import MachineSettings, StudySettings
from sim.study.sweep.search import Adaptive


@dataclass(frozen=True)
class Plan:
    """A resolved study: nothing in it is decided later.

    ``paired`` names, for each arm that can close a line, the arm that is equal but never closes, and
    ``approving``, where inclusion is measured, the one that is equal but approves everybody. A design
    adds ``points``, the ``axes`` that they lie on, and further ``compositions`` where they choose options.
    ``inputs`` are the user's files that the study was made of. ``worlds`` are the values of each world: run ``r``
    lives in world ``r % len(worlds)``, with luck of its own that all its packages share.
    """

    arms: tuple[Arm, ...]
    scenarios: tuple[Scenario, ...]
    root: Arm
    seed: int
    study: StudySettings
    machine: MachineSettings
    overrides: tuple[str, ...] = ()
    paired: Mapping[str, str] = field(default_factory=dict)
    approving: Mapping[str, str] = field(default_factory=dict)
    axes: tuple[Axis, ...] = ()
    points: tuple[Point, ...] = (NO_CHANGE,)
    compositions: tuple[Plan, ...] = ()
    adaptive: Adaptive | None = None
    inputs: tuple[OwnFile, ...] = ()
    worlds: tuple[Updates, ...] = ()

    @property
    def has_design(self) -> bool:
        """Whether the study visits points of a design."""
        return bool(self.axes)

    @property
    def shown(self) -> tuple[Arm, ...]:
        """Arms that the user asked for, without the shadows."""
        return tuple(arm for arm in self.arms if not arm.shadow_of)

    @property
    def families(self) -> dict[str, tuple[Scenario, ...]]:
        """Scenarios that share a burn-in, by family."""
        found: dict[str, tuple[Scenario, ...]] = {}
        for scenario in self.scenarios:
            found[scenario.family] = (*found.get(scenario.family, ()), scenario)
        return found

    @property
    def task_count(self) -> int:
        """Number of tasks."""
        return self.study.runs * sum(len(self.families_at(point)) for point in self.points)

    @property
    def noted(self) -> tuple[str, ...]:
        """Tables that each run leaves beside its months."""
        asked = ("panel",) if self.study.has_panel else ()
        return tables_of(self.study.detail, has_design=self.has_design, asked=asked)

    def composition(self, point: Point) -> Plan:
        """Return the composition that a point's values go into."""
        return (self, *self.compositions)[point.composition]

    def families_at(self, point: Point) -> dict[str, tuple[Scenario, ...]]:
        """Scenarios that share a burn-in at a point, by family."""
        composed = self.composition(point)
        if not point.families:
            return composed.families
        known = {scenario.name: scenario for scenario in composed.scenarios}
        return {names[0]: tuple(known[name] for name in names) for names in point.families}

    def resolved(self) -> dict[str, Any]:
        """Everything that decides the results, as plain data: the study's configuration.

        Threads, workers, block and the number of replications are left out: they change no value of a cell.
        """
        if self.adaptive is not None:
            return {**self.composed(), "search": self.adaptive.described(), **self._kept_beside()}
        return {**self.composed(), **self._kept_beside()} | (
            {"points": [[point.composition, point.updates] for point in self.points]}
            | {"compositions": [composed.composed() for composed in self.compositions]}
            if self.has_design
            else {}
        )

    def _kept_beside(self) -> dict[str, Any]:
        """What decides the tables beside the months."""
        return {"noted": self.noted} | ({"panel": self.study.panel} if self.study.has_panel else {})

    def composed(self) -> dict[str, Any]:
        """What decides the results of one composition, without the points of a design."""
        return {
            "seed": self.seed,
            "burn_in": self.study.burn_in,
            "root": model_part(self.root.configs[self.scenarios[0].name]),
            "scenarios": [{"name": entry.name, "months": entry.months} for entry in self.scenarios],
            "arms": {arm.name: {name: model_part(config) for name, config in arm.configs.items()} for arm in self.arms},
        } | ({"worlds": self.worlds} if self.worlds else {})

    def digest(self) -> str:
        """Sha256 of the resolved configuration and the number of replications."""
        return digest({**self.resolved(), "replications": self.study.replications})

    def summary(self) -> dict[str, Any]:
        """What the manifest says about the configuration: the root package's in full, names of the rest."""
        config = plain(self.root.configs[self.scenarios[0].name])
        return {
            "seed": self.seed,
            "replications": self.study.replications,
            "burn_in": self.study.burn_in,
            "root": self.root.name,
            "worlds": [dict(world) for world in self.worlds],
            "config": config,
        }

    def tasks(self, threads: int = 1, replications: int = 0) -> list[Task]:
        """All tasks, run by run, the longest family first, then point by point.

        Parameters
        ----------
        threads : int
            Threads that each task may use.
        replications : int
            How many of the runs; 0: all.
        """
        first = [task for point in self.points for task in self._first_tasks(point, threads)]
        first.sort(key=lambda task: (-sum(entry.months for entry in task.scenarios), task.family, task.calm))
        return [
            dataclasses.replace(task, replication=one, seed=replication_seed(self.seed, one), world=self.world_of(one))
            for one in range(replications or self.study.runs)
            for task in first
        ]

    def world_of(self, replication: int) -> Updates:
        """Values of the world that a run lives in; none without worlds."""
        return self.worlds[replication % len(self.worlds)] if self.worlds else ()

    def _first_tasks(self, point: Point, threads: int) -> list[Task]:
        """Tasks of the first replication at a point; the others share all but number and seed with them."""
        composed = self.composition(point)
        marks = point.calm or ("",) * len(composed.families)
        found = []
        for (family, scenarios), calm in zip(self.families_at(point).items(), marks, strict=True):
            task = composed._task_of(family, scenarios, threads)
            found.append(dataclasses.replace(task, point=point, calm=calm, noted=self.noted))
        return found

    def _task_of(self, family: str, scenarios: tuple[Scenario, ...], threads: int) -> Task:
        names = tuple(scenario.name for scenario in scenarios)
        return Task(
            family=family,
            replication=0,
            seed=replication_seed(self.seed, 0),
            burn_in=self.study.burn_in,
            threads=threads,
            block=self.machine.block,
            root=_within(self.root, names[:1]),
            scenarios=scenarios,
            arms=tuple(_within(arm, names) for arm in self.arms),
            paired=dict(self.paired),
            approving=dict(self.approving),
        )


def _within(arm: Arm, names: Sequence[str]) -> Arm:
    """Return an arm with the configurations of some scenarios only."""
    return dataclasses.replace(arm, configs={name: arm.configs[name] for name in names})


def make_plan(
    arms: Sequence[Arm],
    scenarios: Sequence[Scenario],
    *,
    root: Arm,
    seed: int,
    study: StudySettings,
    machine: MachineSettings,
    ancestry: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
    never: Any = None,
    family_of: Callable[[Any], Any] | None = None,
) -> Plan:
    """Resolve a study into a plan.

    Parameters
    ----------
    arms : sequence of Arm
        Packages asked for, in the order of the report; each holds a configuration for every scenario.
    scenarios : sequence of Scenario
        Economies, each with its own number of months.
    root : Arm
        Package under which the burn-in runs; it need not be among ``arms``.
    ancestry : mapping, optional
        Parent of every known package; an arm is compared with its nearest ancestor among ``arms``.
    overrides : sequence of str
        What the user typed; kept in the manifest, so that a study can be composed again.
    never : object, optional
        The closing policy that closes nothing: every arm that can close gets a paired twin with it.
        ``OPTIONS["never"]`` of the closing policies when left out.
    family_of : callable, optional
        Returns all that the burn-in of a configuration depends on; scenarios with equal answers share one.
        The calm level of the economy when left out.
    """
    named = [_with_parent(arm, arms, study.baseline, ancestry or {}) for arm in arms]
    shadows, paired = _shadows(named, never if never is not None else never_policy())
    approving: dict[str, str] = {}
    if study.inclusion:
        added, approving = _twins(named, everyone(), "approval", "everyone", "refusing", "refusals")
        shadows += added
    return Plan(
        arms=(*named, *shadows),
        scenarios=_with_family(scenarios, root, family_of or calm_level),
        root=root,
        seed=seed,
        study=study,
        machine=machine,
        overrides=tuple(overrides),
        paired=paired,
        approving=approving,
    )


def _with_family(scenarios: Sequence[Scenario], root: Arm, family_of: Callable[[Any], Any]) -> tuple[Scenario, ...]:
    """Name each scenario's family after the first scenario with the same burn-in."""
    first: dict[str, str] = {}
    found = []
    for entry in scenarios:
        config = root.configs[entry.name]
        rest = {key: value for key, value in model_part(config).items() if key != "economy"}
        family = first.setdefault(digest([family_of(config), rest]), entry.name)
        found.append(dataclasses.replace(entry, family=family))
    return tuple(found)


def _with_parent(arm: Arm, arms: Sequence[Arm], baseline: str, ancestry: Mapping[str, str]) -> Arm:
    """Choose what an arm is compared with, and say what differs."""
    present = {entry.name: entry for entry in arms}
    parent = arm.parent or ancestry.get(arm.name, "")
    seen = {arm.name}
    while parent and parent not in present and parent not in seen:
        seen.add(parent)
        parent = ancestry.get(parent, "")
    if baseline in present:
        parent = "" if arm.name == baseline else baseline
    if parent not in present or parent == arm.name:
        return dataclasses.replace(arm, parent="")
    first = next(iter(arm.configs))
    differs = sentence(present[parent].configs[first], arm.configs[first], parent)
    return dataclasses.replace(arm, parent=parent, differs=differs)


def _shadows(arms: Sequence[Arm], never: Any) -> tuple[list[Arm], dict[str, str]]:
    """Pair each arm that can close with an equal arm that never does, adding one where none exists."""
    return _twins(arms, never, "closing", "never", "closing", "closures")


def _twins(
    arms: Sequence[Arm], policy: Any, group: str, option: str, without: str, judged: str
) -> tuple[list[Arm], dict[str, str]]:
    """Pair each arm whose policy of a group is another with an equal arm under ``policy``, adding one if need be."""
    known = {_fingerprint(arm): arm.name for arm in arms}
    added: list[Arm] = []
    paired: dict[str, str] = {}
    for arm in arms:
        if all(isinstance(getattr(config.policy, group), type(policy)) for config in arm.configs.values()):
            continue
        configs = {name: exchanged(config, group, option, policy) for name, config in arm.configs.items()}
        shadow = Arm(f"{arm.name}_never_{without}", configs, shadow_of=arm.name, takes_policy=arm.takes_policy)
        mark = _fingerprint(shadow)
        if mark not in known:
            known[mark] = shadow.name
            meaning = f"{arm.name} without {without}, to judge its {judged}; not shown in the tables"
            added.append(dataclasses.replace(shadow, meaning=meaning))
        paired[arm.name] = known[mark]
    return added, paired


def _fingerprint(arm: Arm) -> str:
    return digest({name: model_part(config) for name, config in arm.configs.items()})
