"""Worlds of a preset: what is read, typed and refused before anything runs."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sim.config.compose import compose, said_by_experiment
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.config.overrides import read
from sim.config.worlds import has_worlds, own_table, read_own_table, read_table, table_of
from sim.study.plan.settings import LARGEST_WORLDS

SMALL = ("study.arms=[lenient,closing]", "study.scenarios=[calm]")


def test_the_shipped_table_has_as_many_worlds_as_can_be_asked_for():
    keys, rows = read_table(table_of("china_platform"))
    assert len(rows) == LARGEST_WORLDS
    assert len(keys) == len(set(keys)) >= 10
    made = plan(["study.worlds=64", *SMALL])
    assert len(made.worlds) == 64
    assert [[value for _, value in world] for world in made.worlds] == rows


def test_every_value_reaches_every_package_and_the_burn_in():
    made = plan(["study.worlds=16", *SMALL])
    assert made.task_count == 16 * made.study.replications
    for task in made.tasks()[:3]:
        configs = [task.root_config, *(task.config(arm, "calm") for arm in task.arms)]
        for key, value in task.world:
            group, name = key.split(".")
            assert {getattr(getattr(config, group), name) for config in configs} == {value}


def test_worlds_differ_in_every_value_and_any_beginning_spans_them():
    _, rows = read_table(table_of("china_platform"))
    values = np.array(rows)
    assert (values[:16].std(axis=0) > 0.4 * values.std(axis=0)).all()
    assert (np.ptp(values, axis=0) > 0).all()


@pytest.mark.parametrize("count", [0, 1])
def test_none_and_one_are_the_preset_alone(count):
    made, without = plan([f"study.worlds={count}", *SMALL]), plan(SMALL)
    assert made.worlds == ()
    assert made.task_count == without.task_count


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (["study.worlds=65"], "study.worlds: 65 is not allowed: a whole number from 0 to 64 (worlds)"),
        (
            ["study.worlds=4", "behaviour.contagion=3"],
            "behaviour.contagion: is set by the worlds, too (study.worlds=4); leave one of the two out",
        ),
        (
            ["study.worlds=4", "design=grid", "fund.capital_share=0.05,0.1"],
            "study.worlds: not allowed with a design, whose points are worlds of their own",
        ),
        (
            ["study.worlds=4", "study.replications=1"],
            "study.replications: 1 is not allowed with study.worlds=4: at least 2 tell worlds from luck",
        ),
        (
            ["study.worlds=4", "study.precision=0.01"],
            "study.precision: 0.01 is not allowed with study.worlds=4; leave one of them out",
        ),
        (
            ["study.worlds=4", "study.interval=bootstrap"],
            "study.interval: bootstrap is not allowed with study.worlds=4; choose t",
        ),
    ],
)
def test_what_cannot_be_is_one_line(given, line):
    with pytest.raises(UsageError) as caught:
        plan([*given, *SMALL])
    assert str(caught.value) == line


def test_a_preset_without_a_table_is_refused(monkeypatch):
    monkeypatch.setattr("sim.config.worlds.presets", lambda: ["cards", "tape"])
    with pytest.raises(UsageError) as caught:
        plan(["study.worlds=4", *SMALL])
    assert str(caught.value) == (
        "study.worlds: 4 is not allowed: behaviour=cards or tape: behaviour=china_platform has no table of worlds"
    )


def test_a_short_table_is_refused(monkeypatch, tmp_path):
    file = tmp_path / "short.csv"
    file.write_text("# from nowhere\nbehaviour.contagion\n5\n6\n")
    monkeypatch.setattr("sim.config.worlds.table_of", lambda preset: file)
    assert [world[0][1] for world in plan(["study.worlds=2", *SMALL]).worlds] == [5.0, 6.0]
    with pytest.raises(UsageError, match="up to 2, the worlds of behaviour=china_platform"):
        plan(["study.worlds=3", *SMALL])
    file.write_text("behaviour.contagoin\n5\n6\n")
    with pytest.raises(UsageError, match=r"did you mean behaviour.contagion"):
        plan(["study.worlds=2", *SMALL])
    file.write_text("behaviour.contagion\n5\n-6\n")
    with pytest.raises(UsageError, match=r"behaviour.contagion: -6"):
        plan(["study.worlds=2", *SMALL])


def test_what_an_experiment_sets_is_not_for_worlds_to_set(monkeypatch):
    assert "study.arms" in said_by_experiment([])
    assert "population.borrowers" in said_by_experiment(read(["experiment=calibration"]))
    monkeypatch.setattr("sim.config.worlds.said_by_experiment", lambda given: {"behaviour.contagion"})
    with pytest.raises(UsageError, match=r"behaviour.contagion: is set by the worlds, too"):
        plan(["study.worlds=4", *SMALL])


def test_a_configuration_keeps_its_preset():
    assert compose(["study.worlds=4"]).study.worlds == 4


def test_scenarios_of_two_presets_are_refused_with_a_way_out():
    with pytest.raises(UsageError, match="here china_platform and us_cards: name a scenario, such as economy=severe"):
        plan(["study.worlds=4", "study.replications=2"])


OWN = "name: mine\ndefaults: us_cards\noversight: 0.03\n"


@pytest.fixture
def mine(tmp_path):
    """A file of behaviour of the user's, and what writes the table beside it."""
    (tmp_path / "mine.yaml").write_text(OWN, encoding="utf-8")

    def with_table(text: str) -> tuple[str, ...]:
        (tmp_path / "mine.worlds.csv").write_text(text, encoding="utf-8")
        return (f"behaviour={tmp_path / 'mine.yaml'}", *SMALL)

    return with_table


def test_behaviour_may_be_a_file_of_ones_own_over_a_shipped_preset(mine):
    mine("x")
    behaviour = compose([mine("x")[0]]).behaviour
    assert behaviour.oversight == 0.03
    assert behaviour.precaution_slope == compose(["behaviour=us_cards"]).behaviour.precaution_slope


def test_worlds_of_ones_own_lie_beside_it(mine):
    asked = mine("# mine\nbehaviour.oversight,behaviour.contagion\n0.03,5\n0.04,6\n")
    made = plan(["study.worlds=2", *asked])
    assert [dict(world) for world in made.worlds] == [
        {"behaviour.oversight": 0.03, "behaviour.contagion": 5.0},
        {"behaviour.oversight": 0.04, "behaviour.contagion": 6.0},
    ]
    assert [one.name.rpartition("/")[2] for one in made.inputs] == ["mine.yaml", "mine.worlds.csv"]
    assert own_table("a/b.c.yaml") == "a/b.c.worlds.csv"
    assert has_worlds("china_platform") and not has_worlds("us_cards")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("behaviour.oversight\n0.03\n", "study.worlds: 2 is not allowed: up to 1, the worlds of behaviour=mine"),
        ("behaviour.oversight\n0.03\nmany\n", "mine.worlds.csv: world 2: many is not allowed: a number"),
        ("behaviour.oversight\n0.03\n0.04,1\n", "world 2: 2 cells is not allowed: 1 numbers"),
        ("behaviour.oversigth\n0.03\n0.04\n", "did you mean behaviour.oversight?"),
        ("behaviour.oversight\n0.03\n7\n", "behaviour.oversight: 7"),
    ],
)
def test_a_wrong_table_of_ones_own_is_one_line(mine, text, line):
    with pytest.raises(UsageError, match=re.escape(line)):
        plan(["study.worlds=2", *mine(text)])


def test_a_file_without_a_table_has_no_worlds(mine, tmp_path):
    asked = mine("x")
    (tmp_path / "mine.worlds.csv").unlink()
    with pytest.raises(UsageError, match=r"study.worlds: .*mine.worlds.csv: cannot be read: No such file"):
        plan(["study.worlds=2", *asked])
    with pytest.raises(UsageError, match="cannot be read"):
        read_own_table(str(tmp_path / "mine.worlds.csv"))
