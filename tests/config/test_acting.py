"""A key that the composition never reads is refused in one line, and each condition is about keys that exist."""

from __future__ import annotations

import pytest

import sim
from sim.config.acting import unmet
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.config.options import GROUPS, dataclass_of, option_names
from sim.config.validate import fields_of
from sim.engine.tables.conditions import parsed, present

LAYERS = "sharing.layers=[{participant: guarantee_fund, share: 0.5},{participant: lender, share: 0.5}]"
PATH_KEYS = ["economy=us_2007_2012", "study.arms=[lenient]"]
IDLE = [
    (
        [*PATH_KEYS, "economy.unemployment=0.2"],
        "economy.unemployment: 0.2 would change nothing: it acts with economy.kind!=published|path; here"
        " economy.kind is published",
    ),
    ([*PATH_KEYS, "economy.shock_lag=3"], "economy.shock_lag: 3 would change nothing"),
    ([*PATH_KEYS, "economy.path.income=[1.0]"], "economy.path.income: [1.0] would change nothing: it acts with"),
    (["economy=calm", "economy.shock_lag=3"], "economy.shock_lag: 3 would change nothing"),
    (["economy.regimes.onset=0.5"], "it acts with economy.kind=stochastic; here economy.kind is published"),
    (["economy.credit_feedback={threshold: 0.1}"], "economy.credit_feedback.threshold: 0.1 would change nothing"),
    (["fund.capital_share=0.2"], "it acts with sharing.participants=guarantee_fund"),
    (["fund.capital_share=0.2", "study.arms=[lenient,closing]"], "fund.capital_share: 0.2 would change nothing"),
    (["sharing.payment_lag=3"], "it acts with sharing.participants!=lender; here sharing.participants is [lender]"),
    (["sharing=guarantee_80_20", "sharing.auction.rivals=7"], "it acts with sharing.auction.winners>0"),
    (["firms=none", "firms.term=6"], "it acts with firms.per_person>0; here firms.per_person is 0.0"),
    (["firms=none", "feedback.jobs=0.5"], "feedback.jobs: 0.5 would change nothing"),
    (["firms=none", "sectors.technology.margin=0.1"], "sectors.technology.margin: 0.1 would change nothing"),
    (["policy/approval=everyone", "policy.approval.cooling_months=3"], "it acts with policy/approval!=everyone"),
    (
        ["policy/warning=drop", "policy/limit=fixed", "policy.warning.alert_hold=5"],
        "would change nothing: it acts with policy/limit!=fixed",
    ),
    (
        ["policy/scoring=sector", "policy.scoring.features=[used]", "policy.scoring.balance_shift=0.3"],
        "policy.scoring.features=balance|scarcity|large_outflows",
    ),
    (
        ["policy/scoring=sector", "policy.scoring.features=[used]", "policy.scoring.large_outflow=0.3"],
        "policy.scoring.features=large_outflows",
    ),
    (["policy/scoring=sector", "firms=none", "policy.scoring.statement_error=0.3"], "and firms.per_person>0"),
    (
        ["study.burn_in=12", "policy.scoring.level_prior=5"],
        "it acts with study.burn_in>12; here study.burn_in is 12",
    ),
    (["lender.account_cost=0", "lender.usual_use=0.5"], "it acts with lender.account_cost>0 and policy/approval"),
    (["policy/approval=everyone", "policy.approval.conservatism=1"], "it acts with policy/approval!=everyone"),
    (["policy/scoring=sector", "policy.scoring.recalibrated=true"], "it acts with policy.scoring.refit_months>0"),
    (["policy/limit=income_multiple", "policy.limit.lowest_cycle=0.7"], "it acts with policy.limit.cycle_slope!=0"),
    (
        ["study.scenarios=[calm]", "policy/limit=debt_service_capped", "policy.limit.service_elsewhere=0.2"],
        "it acts with bureau!=none",
    ),
    (["policy.authentication.access_cost=50"], "it acts with policy.authentication.access_control>0"),
    (
        ["study.scenarios=[calm]", "provisioning=five_category", "provisioning.elsewhere_share=0.5"],
        "it acts with bureau!=none",
    ),
    (["provisioning=five_category", "provisioning.observation_months=3"], "it acts with policy/relief!=none"),
    (["provisioning=five_category", "firms=none", "provisioning.obligor_share=0.5"], "it acts with firms.per_person>0"),
    (["study.precision_of=loss_rate"], "it acts with study.precision>0"),
    (["design=grid", "fund.capital_share=0.1,0.2", "study.arms=[lenient]"], "fund.capital_share: 0.1 would change"),
]
ACTING = [
    ["economy.unemployment=0.06"],
    ["economy.shock_lag=3"],
    ["economy=us_2007_2012", "economy.calm_unemployment=0.04"],
    ["fund.capital_share=0.2", "study.arms=[lenient,guaranteed]"],
    [LAYERS, "sharing.payment_lag=3", "fund.capital_share=0.2"],
    ["firms.per_person=0"],
    ["policy/warning=drop", "policy/limit=behavioural", "policy.warning.alert_hold=5"],
    ["policy.scoring.level_prior=5", "policy.scoring.bias=0.3", "policy.scoring.balance_shift=0.3"],
    [
        "policy/scoring=sector",
        "policy.scoring.features=[scarcity]",
        "policy.scoring.cards=[]",
        "policy.scoring.balance_shift=0.3",
    ],
    ["policy/scoring=sector", "policy.scoring.refit_months=6", "policy.scoring.recalibrated=true"],
    ["firms=none", "firms.per_person=0.1", "firms.term=6"],
    ["study.precision=0.001", "study.precision_of=loss_rate"],
    ["design=grid", "fund.premium_rule=flat,experience_rated", "fund.credibility=0.2,0.4", "study.arms=[guaranteed]"],
]


@pytest.mark.parametrize(("overrides", "line"), IDLE, ids=[given[-1] for given, _ in IDLE])
def test_a_key_that_nothing_reads_is_refused_in_one_line(overrides, line):
    from sim.config.axes import gather

    with pytest.raises(UsageError) as refused:
        plan(gather(list(overrides)))
    assert line in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("overrides", ACTING, ids=[given[-1] for given in ACTING])
def test_a_key_that_some_arm_or_point_reads_is_welcome(overrides):
    assert plan(overrides).arms


def test_keys_of_an_economy_from_a_file_are_judged_where_the_file_is_used(tmp_path):
    """A scenario from a file is called as the file is, not as the option that was chosen."""
    mine = tmp_path / "mine.yaml"
    mine.write_text("meaning: mine\nunemployment: 0.06\n")
    assert [scenario.name for scenario in plan([f"economy={mine}", "economy.policy_rate=0.01"]).scenarios] == ["mine"]
    with pytest.raises(UsageError, match=r"economy\.regimes\.onset: 0\.5 would change nothing"):
        plan([f"economy={mine}", "economy.regimes.onset=0.5"])


def test_one_model_refuses_as_a_study_does():
    with pytest.raises(UsageError, match=r"fund\.capital_share: 0\.2 would change nothing"):
        sim.compose(["fund.capital_share=0.2"])
    assert sim.compose(["fund.capital_share=0.2", "sharing=guarantee_80_20"]).fund.capital_share == 0.2


def test_a_mistake_is_exit_code_2_and_leaves_nothing(door, tmp_path):
    code, out, err = door("economy=us_2007_2012", "economy.unemployment=0.2", "out=here")
    assert (code, out, err.count("\n")) == (2, "", 1) and not (tmp_path / "here").exists()


def test_every_condition_is_about_keys_that_exist():
    config, found = sim.compose([]), {}
    for group, option in [(entry.name, option) for entry in GROUPS for option in option_names(entry.name)]:
        found |= {needs: (group, option) for needs in needs_of(dataclass_of(group, option)) if needs not in found}
    assert len(found) > 30
    for needs, (group, option) in found.items():
        about = [clause for one in parsed(needs) for clause in one]
        # A condition on another key of its own option is about a composition that has this option.
        own = any(clause.key.startswith(group.replace("/", ".") + ".") for clause in about)
        here = sim.compose([f"{group}={option}"]) if own and config.chosen[group] != option else config
        for clause in about:
            present(here, clause.key)  # raises where there is no such key
            assert clause.sign != ">" or float(clause.values[0]) >= 0


def needs_of(owner):
    """Conditions of a dataclass and of what it chooses, of its fields, and of the dataclasses in them."""
    yield from getattr(owner, "CHOOSES", {}).values()
    if getattr(owner, "NEEDS", ""):
        yield owner.NEEDS
    for kind, declared, _ in fields_of(owner).values():
        if declared.needs:
            yield declared.needs
        if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__"):
            yield from needs_of(kind)


def test_show_says_what_a_key_needs(door):
    shown = door("show", "economy.regimes.onset")[1]
    assert shown.strip().endswith("acts with economy.kind=stochastic")
    assert unmet(sim.compose([]), "economy.regimes.onset") == "economy.kind=stochastic"


def test_an_axis_that_acts_at_some_points_only_is_told_before_the_run(door, tmp_path, monkeypatch):
    from sim.study.run import runner

    monkeypatch.setattr(runner, "run_study", lambda *_, **__: None)
    words = ["design=grid", "fund.premium_rule=flat,experience_rated", "fund.credibility=0.2,0.4"]
    code, _, err = door(*words, "study.arms=[guaranteed]", f"out={tmp_path / 'here'}")
    assert (code, err) == (0, "creditcycle: warning: design.vary: fund.credibility changes nothing at 2 of 4 points: it"
                              " acts with fund.premium_rule=experience_rated\n")  # fmt: skip
    assert door(*words[:1], words[1], "study.arms=[guaranteed]", f"out={tmp_path / 'here'}")[2] == ""
    options = ["design=grid", "policy/approval=profit,everyone", "policy.approval.cooling_months=3,6"]
    assert "cooling_months changes nothing at 2 of 4" in door(*options, "study.arms=[lenient]")[2]


def test_a_search_over_an_axis_that_nothing_reads_is_refused():
    words = ["experiment=reverse_stress", "design.vary=['firms.credit_share=interval(0.3,0.6)']", "firms=none"]
    pytest.importorskip("optuna")
    with pytest.raises(UsageError, match=r"firms\.credit_share: .* would change nothing"):
        plan(words)
    assert plan([words[0]]).adaptive
