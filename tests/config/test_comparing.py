"""``study.compare=GROUP``: the options of a group side by side, in one line."""

import csv

import pytest

from sim.config.errors import LONGEST_LINE
from sim.config.job import plan
from sim.config.options import option_names

CLOSING = "study.compare=policy/closing"


def arms_of(*words):
    return {arm.name: arm for arm in plan([*words, "economy=calm"]).shown}


def test_each_option_is_a_package_beside_the_shipped_default():
    arms = arms_of(CLOSING)
    assert list(arms) == ["never", *(name for name in option_names("policy/closing") if name != "never")]
    assert {name: arm.parent for name, arm in arms.items()} == {name: "never" * (name != "never") for name in arms}
    for name, arm in arms.items():
        assert arm.configs["calm"].chosen["policy/closing"] == name
        assert arm.configs["calm"].study.arms == tuple(arms)
    assert arms["threshold"].differs == "never with policy/closing threshold instead of never"
    assert arms["threshold"].meaning == "Close automatically when a threshold is crossed."


def test_the_burn_in_runs_under_what_the_others_are_compared_with():
    found = plan([CLOSING, "study.baseline=threshold", "economy=calm"])
    assert found.root.name == found.shown[0].name == found.study.baseline == "threshold"
    assert {arm.parent for arm in found.shown[1:]} == {"threshold"} and found.shown[0].parent == ""


def test_other_policies_apply_to_every_option_and_keys_to_those_that_have_them():
    arms = arms_of(CLOSING, "policy/limit=tiered", "policy.closing.closing_score=480")
    assert {arm.configs["calm"].chosen["policy/limit"] for arm in arms.values()} == {"tiered"}
    assert arms["threshold"].configs["calm"].policy.closing.closing_score == 480.0


def test_the_composition_says_what_the_default_is():
    # The experiment prices by risk where the shipped default is flat.
    arms = arms_of("experiment=risk_sharing", "study.compare=policy/pricing")
    assert arms["flat"].parent == "risk_based" and arms["risk_based"].parent == ""


def test_a_study_is_composed_again_from_its_overrides():
    found = plan([CLOSING, "study.leave_out=[early_recall]"])
    assert "early_recall" not in [arm.name for arm in found.shown]
    assert plan(found.overrides).digest() == found.digest()


def test_a_file_of_the_users_is_one_of_the_options(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(
        "# Half.\nlayers: [{participant: guarantee_fund, share: 0.5}, {participant: lender, share: 0.5}]\n"
    )
    arms = arms_of("study.compare=sharing", "sharing=mine.yaml")
    assert len(arms) == len(option_names("sharing")) + 1
    assert (arms["mine"].parent, arms["mine"].meaning) == ("none", "Half.")
    assert arms["mine"].configs["calm"].sharing.layers[0].share == 0.5


def test_a_rule_of_the_users_is_one_of_the_options(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.py").write_text(
        'def weak(score):\n    """Weak scores."""\n    return 1 if score < 500.0 else 0\n'
    )
    arms = arms_of("plugin=rules.py", CLOSING)
    assert (arms["weak"].parent, arms["weak"].meaning) == ("never", "Weak scores.")


def test_an_empty_group_is_none():
    assert [arm.name for arm in plan(["study.compare=", "policy/limit=tiered"]).shown] == ["baseline", "configured"]


BAD = {
    ("study.compare=policy/closng",): "policy/closng is not allowed: one of behaviour, feedback,",
    ("study.compare=economy",): "name economies in study.scenarios",
    ("study.compare=firms",): "a package cannot change it; use -m firms=A,B for a study of each",
    (CLOSING, "study.arms=[lenient]"): "policy/closing is not allowed: either study.compare or study.arms, not both",
    (CLOSING, "policy/closing=threshold"): "policy/closing: threshold would change nothing: study.compare puts every",
    (
        CLOSING,
        "study.leave_out=[nevr]",
    ): "study.leave_out: nevr is not allowed: options of policy/closing: early_recall",
    (CLOSING, "study.leave_out=[never]"): "never is what the others are compared with; name another in study.baseline",
    (CLOSING, "study.baseline=treshold"): "study.baseline: treshold is not allowed: one of early_recall, ",
    ("study.compare=policy/engine", "study.leave_out=[rules]"): "policy/engine has one option, none: there is nothing",
    ("study.leave_out=[never]",): "study.leave_out: would change nothing: it acts with study.compare",
    (CLOSING, "policy.closing.nothing=1"): "policy.closing.nothing: there is no such key",
}


@pytest.mark.parametrize("words", BAD)
def test_what_cannot_be_compared_is_refused(refused, words):
    assert BAD[words] in refused(*words)


def test_a_value_that_is_not_allowed_is_not_held_against_the_options(refused):
    line = refused(CLOSING, "policy.closing.closing_score=9999")
    assert line.startswith("policy.closing.closing_score: 9999 is not allowed: a number from 350")


def test_options_that_cannot_be_combined_are_named_and_left_out_only_when_told(refused):
    # Their claims lie beyond a charge-off at three months past due.
    words = ["study.compare=sharing", "lender.charge_off_months=3"]
    line = refused(*words)
    assert "sharing=capped_80_3 cannot be combined with the rest: sharing.claim_months_past_due: 4 lies beyond" in line
    assert "nor can 14 more; to go on without: study.leave_out=[capped_80_3,cbils," in line
    assert len(line) < LONGEST_LINE
    arms = arms_of(*words, line.rpartition(" ")[2])
    assert len(arms) == len(option_names("sharing")) - 15 and "sba_7a" in arms


def test_a_comparison_runs(door, tmp_path):
    small = ["population=tiny", "firms=none", "economy=calm", "study.months=3", "study.burn_in=2"]
    code, _, err = door("study.compare=policy/term", *small, "study.replications=2", "machine.workers=1", "out=terms")
    assert (code, err) == (0, "")
    rows = csv.DictReader((tmp_path / "terms" / "summary.csv").open(encoding="utf-8"))
    assert {(row["arm"], row["parent"]) for row in rows} == {
        ("fixed", ""),
        ("extended", "fixed"),
        ("shortened", "fixed"),
    }
