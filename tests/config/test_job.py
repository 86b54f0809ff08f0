"""Which arms and scenarios run, with which configuration each."""

import pytest

from sim.config.errors import UsageError
from sim.config.job import plan


def shown(found):
    return [arm.name for arm in found.shown], [scenario.name for scenario in found.scenarios]


def arm(found, name):
    return next(entry for entry in found.arms if entry.name == name)


def config(found, name, scenario=None):
    configs = arm(found, name).configs
    return configs[scenario or next(iter(configs))]


@pytest.fixture(scope="module")
def default():
    return plan()


def test_default_job(default):
    arms, scenarios = shown(default)
    assert arms == ["lenient", "limits", "closing", "platform", "guaranteed"]
    assert scenarios == ["calm", "severe_recession", "us_2007_2012"]
    assert {entry.name: entry.months for entry in default.scenarios} == {
        "calm": 60,
        "severe_recession": 60,
        "us_2007_2012": 72,
    }
    assert {name: arm(default, name).parent for name in arms} == {
        "lenient": "",
        "limits": "lenient",
        "closing": "limits",
        "platform": "closing",
        "guaranteed": "lenient",
    }
    assert default.root.name == "lenient"
    assert all(entry.meaning for entry in (*default.shown, *default.scenarios))


def test_packages_differ_in_what_they_say(default):
    assert config(default, "lenient").chosen["policy/limit"] == "fixed"
    assert config(default, "platform").chosen["policy/limit"] == "behavioural"
    assert config(default, "platform").chosen["policy/closing"] == "threshold"
    assert config(default, "platform").chosen["sharing"] == "joint_loan_30_70"
    assert config(default, "guaranteed").chosen["policy/limit"] == "fixed"
    assert config(default, "guaranteed").chosen["sharing"] == "guarantee_80_20"


def test_each_scenario_has_its_economy(default):
    for entry in default.arms:
        assert {name: found.economy.name for name, found in entry.configs.items()} == {
            name: name for name in ("calm", "severe_recession", "us_2007_2012")
        }


def test_equally_calm_scenarios_share_a_burn_in(default):
    families = {entry.name: entry.family for entry in default.scenarios}
    assert families["calm"] == families["severe_recession"] != families["us_2007_2012"]


def test_a_named_economy_is_the_only_scenario():
    assert shown(plan(["economy=v_shape"]))[1] == ["v_shape"]
    assert shown(plan(["economy=v_shape", "study.scenarios=[calm,v_shape]"]))[1] == ["calm", "v_shape"]


def test_keys_of_the_economy_go_to_every_scenario_or_to_the_named_one():
    every = plan(["economy.policy_rate=0.03", "study.scenarios=[calm,severe_recession]", "study.arms=[lenient]"])
    assert {found.economy.policy_rate for found in arm(every, "lenient").configs.values()} == {0.03}
    one = plan(
        [
            "economy=calm",
            "economy.policy_rate=0.03",
            "study.scenarios=[calm,severe_recession]",
            "study.arms=[lenient]",
        ]
    )
    assert config(one, "lenient", "calm").economy.policy_rate == 0.03
    assert config(one, "lenient", "severe_recession").economy.policy_rate == 0.0385


@pytest.mark.parametrize(
    "override",
    ["policy/limit=tiered", "sharing=guarantee_80_20", "fund=thin", "lender.funding_spread=0.03"],
)
def test_a_changed_policy_is_compared_with_the_baseline(override):
    found = plan([override, "economy=calm", "population.borrowers=500"])
    assert shown(found) == (["baseline", "configured"], ["calm"])
    assert arm(found, "configured").parent == "baseline"
    assert override in arm(found, "configured").meaning
    assert found.root.name == "baseline"
    assert config(found, "baseline").population.borrowers == 500
    changed, before = config(found, "configured"), config(found, "baseline")
    parts = ("policy", "sharing", "fund", "lender")
    assert any(getattr(changed, name) != getattr(before, name) for name in parts)
    assert (changed.population, changed.economy) == (before.population, before.economy)
    assert changed.study.arms == ("baseline", "configured")


def test_lender_and_behaviour_count_as_policy():
    for key in ("lender.funding_spread", "behaviour.benefit_share"):
        assert shown(plan([f"{key}=0.1", "economy=calm"]))[0] == ["baseline", "configured"]


def test_a_policy_with_arms_named_applies_to_every_arm():
    found = plan(["policy/pricing=risk_based", "study.arms=[lenient,closing]", "economy=calm"])
    assert shown(found)[0] == ["lenient", "closing"]
    assert {config(found, name).chosen["policy/pricing"] for name in ("lenient", "closing")} == {"risk_based"}


def test_a_key_with_arms_named_applies_where_the_option_has_it():
    found = plan(["policy.closing.closing_score=600", "study.arms=[lenient,closing]", "economy=calm"])
    assert config(found, "closing").policy.closing.closing_score == 600.0
    assert not hasattr(config(found, "lenient").policy.closing, "closing_score")


def test_an_ancestor_that_is_not_shown_is_skipped():
    found = plan(["study.arms=[lenient,platform]", "economy=calm"])
    assert arm(found, "platform").parent == "lenient"
    assert plan(["study.arms=[platform]", "economy=calm"]).root.name == "lenient"


def test_months_cut_a_path_only_when_given():
    assert plan(["economy=us_2007_2012"]).scenarios[0].months == 72
    assert plan(["economy=us_2007_2012", "study.months=6"]).scenarios[0].months == 6
    assert plan(["economy=us_2007_2012", "study.months=99"]).scenarios[0].months == 72
    assert plan(["economy=calm", "study.months=99"]).scenarios[0].months == 99


def test_shadow_twins_never_close():
    found = plan(["policy/closing=threshold", "economy=calm"])
    assert found.paired["configured"] == "baseline"
    paired = plan(["study.arms=[platform]", "economy=calm"])
    shadow = arm(paired, paired.paired["platform"])
    assert shadow.shadow_of == "platform" and shadow.name not in shown(paired)[0]


def test_plan_knows_its_overrides():
    overrides = ["economy=calm", "policy/limit=tiered", "study.replications=2"]
    found = plan(overrides)
    again = plan(found.overrides)
    assert again.digest() == found.digest()


def test_a_path_of_the_user_is_read_before_anything(tmp_path):
    path = tmp_path / "months of mine.csv"
    path.write_text("month,unemployment_percent\n" + "".join(f"2020-{m:02},{5 + m / 10}\n" for m in range(1, 13)))
    found = plan(["economy=path", f"economy.file={path}"])
    assert found.scenarios[0].months == 12
    assert config(found, "lenient").economy.published.unemployment[0] == pytest.approx(0.051)


def test_a_policy_that_no_arm_takes_up_is_refused():
    with pytest.raises(UsageError, match="would change nothing"):
        plan(["policy/limit=tiered", "study.arms=[lenient,limits]"])
