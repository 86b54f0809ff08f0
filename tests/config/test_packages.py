"""A user's own policy package: a YAML file named in study.arms."""

import pytest

from sim.config.job import plan

MINE = """\
# Ours.
parent: limits
change:
  policy/closing: threshold
  policy.closing.closing_score: 480
meaning: As limits, but lines are closed late.
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "late_closing.yaml").write_text(MINE)
    return "late_closing.yaml"


def test_it_stands_beside_the_shipped_ones(mine):
    found = plan([f"study.arms=[lenient,limits,{mine}]", "economy=calm"])
    arm = found.shown[2]
    assert (arm.name, arm.parent, arm.meaning) == ("late_closing", "limits", "As limits, but lines are closed late.")
    config = arm.configs["calm"]
    assert config.policy.closing.closing_score == 480.0
    assert config.chosen["policy/limit"] == "behavioural"
    assert config.study.arms == ("lenient", "limits", "late_closing")
    assert found.root.name == "lenient"
    assert plan(found.overrides).digest() == found.digest()


def test_it_may_be_a_root(mine, tmp_path):
    (tmp_path / "alone.yaml").write_text("parent: null\nchange: {policy/limit: tiered}\nmeaning: Alone.\n")
    found = plan(["study.arms=[alone.yaml]", "economy=calm"])
    assert found.root.name == "alone" and found.shown[0].parent == ""


BAD = {
    "parnt: limits\nmeaning: x\n": "did you mean parent?",
    "parent: limit\nmeaning: x\n": "did you mean limits?",
    "parent: limits\n": "needs change (a mapping) and meaning (a sentence)",
    "parent: limits\nchange: [a]\nmeaning: x\n": "needs change",
    "parent: limits\nchange: {policy/limit: tierd}\nmeaning: x\n": "did you mean tiered?",
    "parent: limits\nchange: {policy/limits: tiered}\nmeaning: x\n": "policy/limits",
    "parent: limits\nchange: {policy.limit.nothing: 1}\nmeaning: x\n": "policy.limit.nothing: there is no such key",
    "parent: limits\nchange: {policy.closing.closing_score: 1}\nmeaning: x\n": "belongs to policy/closing=early_recall",
    "parent: limits\nchange: {fund.premium_rate: 7}\nmeaning: x\n": "a number from 0 to 0.5",
    "parent: limits\nchange: {fund.premium_rate: 010}\nmeaning: x\n": "without leading zeros",
    "parent: limits\nchange: {fund.premium_rate: yes}\nmeaning: x\n": "fund.premium_rate: yes is not allowed",
    "parent: limits\nchange: {economy: calm}\nmeaning: x\n": "a package changes policy, bureau, provisioning, sharing",
    "parent: limits\nchange: {seed: 3}\nmeaning: x\n": "a package changes policy, bureau, provisioning, sharing",
    "parent: limits\nchange: {_target_: os.system}\nmeaning: x\n": "the keys of one group",
    "parent: limits\nchange: {sharing: '${oc.env:HOME}'}\nmeaning: x\n": "references and resolvers",
    "parent: limits\nchange: {sharing.layers: [{share: 0.5}]}\nmeaning: x\n": "shares sum to 0.5, must be 1",
    "": "is empty",
}


@pytest.mark.parametrize("content", BAD)
def test_a_malformed_package_is_refused(refused, tmp_path, content):
    (tmp_path / "mine.yaml").write_text(content)
    assert BAD[content] in refused("study.arms=[lenient,mine.yaml]", "economy=calm")


def test_names_must_differ(refused, mine, tmp_path):
    (tmp_path / "limits.yaml").write_text(MINE)
    assert "is the name of a shipped package" in refused("study.arms=[lenient,limits.yaml]")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "late_closing.yaml").write_text(MINE)
    assert "a name of its own" in refused(f"study.arms=[{mine},sub/late_closing.yaml]")
    assert "No such file" in refused("study.arms=[lenient,nowhere.yaml]")
