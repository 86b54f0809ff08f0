"""``experiment=mine.yaml``: a study in a file of the user's."""

import shutil

import pytest

from sim.config.compose import compose
from sim.config.job import plan
from sim.config.locate import config_folder
from sim.config.study_file import overrides_of, unfolded


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(
        "firms: none\npopulation: {borrowers: 700}\nstudy: {arms: [lenient, closing]}\n"
    )
    return "experiment=mine.yaml"


def test_what_a_file_says_is_as_if_typed(mine):
    typed = ["firms=none", "population.borrowers=700", "study.arms=[lenient,closing]"]
    assert unfolded([mine]) == typed
    found = plan([mine])
    assert found.digest() == plan(typed).digest() and found.overrides == tuple(typed)
    assert compose([mine]).population.borrowers == 700 and plan(found.overrides).digest() == found.digest()


def test_the_command_line_goes_over_the_file(mine, tmp_path):
    assert plan([mine, "population.borrowers=90"]).root.configs["calm"].population.borrowers == 90
    assert plan(["population.borrowers=90", mine]).root.configs["calm"].population.borrowers == 90
    assert [arm.name for arm in plan([mine, "study.compare=policy/term"]).shown] == ["fixed", "extended", "shortened"]
    (tmp_path / "where.yaml").write_text("study: {scenarios: [calm, severe_recession], compare: policy/term}\n")
    both = plan(["experiment=where.yaml", "economy=v_shape", "study.arms=[lenient]"])
    assert [one.name for one in both.scenarios] == ["v_shape"] and [arm.name for arm in both.shown] == ["lenient"]


def test_options_of_policies_and_their_keys_may_be_nested():
    said = {"policy": {"limit": "tiered", "closing": {"closing_score": 480}}, "policy/term": "fixed"}
    words = ["policy/limit=tiered", "policy.closing.closing_score=480", "policy/term=fixed"]
    assert overrides_of(said, "x.yaml") == words


def test_a_shipped_experiment_may_be_copied_and_changed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("risk_sharing", "stress_sweep"):
        shutil.copy(config_folder() / "experiment" / f"{name}.yaml", f"my_{name}.yaml")
        ours, theirs = (plan([f"experiment={one}"]) for one in (f"my_{name}.yaml", name))
        assert ours.digest() == theirs.digest()


def test_files_lie_beside_the_file_that_names_them(tmp_path):
    said = {"sharing": "own.yaml", "study": {"arms": ["lenient", "a.yaml"], "scenarios": ["calm", "b.csv"]}}
    said |= {"economy": {"file": "c.csv"}, "design": {"file": ""}, "population": {"mapping": "m.yaml"}}
    assert overrides_of(said, "far/x.yaml") == [
        "sharing=far/own.yaml",
        "study.arms=[lenient,far/a.yaml]",
        "study.scenarios=[calm,far/b.csv]",
        "economy.file=far/c.csv",
        "design.file=''",
        "population.mapping=far/m.yaml",
    ]


BAD = {
    "plugin: rules.py\n": "mine.yaml: plugin: rules.py is not allowed: rules are named with --plugin FILE",
    "experiment: risk_sharing\n": "a study is no part of another",
    "defaults: [{override /firm: none}]\n": "did you mean firms?",
    "defaults: [firms]\n": "mine.yaml: defaults: firms is not allowed: a list of entries such as override /firms: none",
    "study: {arm: [lenient]}\n": "study.arm: there is no such key",
    "studdy: {arms: [lenient]}\n": "studdy.arms",
    "population: {borrowers: many}\n": "population.borrowers: many is not allowed",
    "firms: nonee\n": "did you mean none?",
    "seed: '${oc.env:HOME}'\n": "references and resolvers",
    "": "is empty",
}


@pytest.mark.parametrize("content", BAD)
def test_a_mistake_in_the_file_is_one_line(refused, tmp_path, content):
    (tmp_path / "mine.yaml").write_text(content)
    assert BAD[content] in refused("experiment=mine.yaml")


def test_a_file_that_is_not_there(refused):
    assert refused("experiment=mine.yaml").startswith("experiment: mine.yaml: cannot be read: No such file")
    assert "experiment: risk_sharin is not allowed" in refused("experiment=risk_sharin")
