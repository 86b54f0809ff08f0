from __future__ import annotations

import dataclasses

import pytest

from sim.study.plan.differences import changes, sentence
from sim.study.plan.exchanging import never_closing
from sim.study.plan.parts import replication_seed
from sim.study.plan.settings import MachineSettings, StudySettings, share_of_machine
from tests.study.fake import Config, Never, Threshold, toy_plan


def test_seeds_are_fixed_by_the_documented_mix():
    # SplitMix64 of state 0: the first output of the reference implementation is 0xE220A8397B1DCDAF.
    assert replication_seed(0, 0) == 0xE220A8397B1DCDAF >> 11
    seeds = [replication_seed(seed, one) for seed in range(20) for one in range(500)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**53 for seed in seeds)


def test_scenarios_with_the_same_calm_level_share_a_burn_in():
    plan = toy_plan()
    assert {name: [one.name for one in group] for name, group in plan.families.items()} == {
        "calm": ["calm", "bad"],
        "elsewhere": ["elsewhere"],
    }
    tasks = plan.tasks()
    assert len(tasks) == plan.task_count == 8
    assert tasks[0].months == 6 + 5 * 36
    assert tasks[0].seed == tasks[1].seed != tasks[2].seed


def test_only_arms_without_a_twin_get_one():
    plan = toy_plan()
    assert plan.paired == {"closing": "limits", "platform": "platform_never_closing"}
    assert [arm.name for arm in plan.arms if arm.shadow_of] == ["platform_never_closing"]
    assert isinstance(plan.arms[-1].configs["calm"].policy.closing, Never)
    assert plan.arms[-1].configs["calm"].policy.limit == 0.7
    assert [arm.name for arm in plan.shown] == ["lenient", "limits", "closing", "platform"]


def test_parent_is_the_nearest_ancestor_that_runs():
    plan = toy_plan(arms=("lenient", "platform"))
    assert [arm.parent for arm in plan.shown] == ["", "lenient"]
    assert toy_plan(arms=("platform",)).shown[0].parent == ""
    all_to_one = toy_plan(baseline="limits")
    assert [arm.parent for arm in all_to_one.shown] == ["limits", "", "limits", "limits"]


def test_difference_is_said_in_a_sentence():
    plan = toy_plan()
    by_name = {arm.name: arm for arm in plan.arms}
    assert by_name["limits"].differs == "lenient with policy.limit 0.9 instead of 1"
    assert by_name["closing"].differs == "limits with policy.closing threshold instead of never"
    assert sentence(Config(), Config(), "lenient") == "the same as lenient"


def test_an_exchanged_option_is_named_once():
    @dataclasses.dataclass(frozen=True)
    class Chosen(Config):
        chosen: dict = dataclasses.field(default_factory=dict)

    old = Chosen(chosen={"policy/closing": "never"})
    new = dataclasses.replace(
        old,
        policy=dataclasses.replace(old.policy, closing=Threshold()),
        chosen={"policy/closing": "threshold"},
    )
    assert changes(old, new) == [("policy/closing", "threshold", "never")]
    assert never_closing(new, Never()) == old


def test_how_a_study_is_run_is_no_part_of_what_is_run():
    assert toy_plan(workers=1).digest() == toy_plan(workers=2).digest()
    assert toy_plan(seed=1).digest() != toy_plan(seed=2).digest()
    assert toy_plan(replications=3).digest() != toy_plan(replications=4).digest()
    assert toy_plan(months=18).digest() != toy_plan(months=19).digest()


@pytest.mark.parametrize(
    ("machine", "tasks", "expected"),
    [
        (MachineSettings(), 40, (2, 1)),
        (MachineSettings(), 1, (1, 2)),
        (MachineSettings(workers=3), 40, (3, 1)),
        (MachineSettings(workers=8, threads=4), 2, (2, 4)),
    ],
)
def test_processes_come_before_threads(monkeypatch, machine, tasks, expected):
    monkeypatch.setattr("sim.study.plan.settings.cores", lambda: 2)
    assert share_of_machine(machine, tasks) == expected


def test_settings_name_what_is_wrong():
    assert StudySettings().check() == []
    assert StudySettings(arms=()).check() == ["study.arms: is empty, must name at least one"]
    assert "named twice" in StudySettings(arms=("lenient", "lenient")).check()[0]
    assert "study.window_from" in StudySettings(months=10, window_from=10).check()[0]
