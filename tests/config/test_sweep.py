"""Sweeps: axes of any key, typed and checked before the first cell."""

from __future__ import annotations

import pytest

from sim.config.axes import axis_of, gather
from sim.config.compose import compose
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.study.plan.design import Axis
from sim.study.plan.differences import model_part

SMALL = ["study.arms=[lenient,guaranteed]", "study.scenarios=[severe_recession]", "study.replications=2"]


def test_axes_are_read_in_the_grammar_of_overrides():
    assert axis_of("fund.capital_share=interval(0.02,0.3)") == Axis("fund.capital_share", low=0.02, high=0.3)
    assert axis_of("a.b=tag(log,interval(1.0,10))").log
    assert axis_of("lender.charge_off_months=int(interval(6,12))").whole
    assert axis_of("fund.replenishment=none,annual").values == ("none", "annual")
    assert axis_of("study.months=range(12,37,12)").values == (12, 24, 36)


def test_alternatives_of_a_job_with_a_design_are_its_axes():
    assert gather(["design=grid", "fund.capital_share=0.1,0.2", "seed=3"]) == [
        "design=grid",
        "seed=3",
        "design.vary=['fund.capital_share=0.1,0.2']",
    ]
    untouched = ["fund.capital_share=0.1,0.2"]
    assert gather(untouched) == untouched


def test_every_point_is_the_study_with_its_values():
    found = plan([*SMALL, "design=grid", "fund.capital_share=0.05,0.2", "economy.systematic.severity_mean=0.5,2",
                  "policy/collections=staged,light"])  # fmt: skip
    assert len(found.points) == 8 and len(found.compositions) == 1
    assert found.task_count == 16
    for task in found.tasks()[:8]:
        values = [f"{key}={value}" for key, value in task.point.values]
        alone = plan([*SMALL, *values])
        for ours, theirs in zip(task.arms, alone.arms, strict=True):
            assert ours.name == theirs.name
            made = task.config(ours, "severe_recession")
            assert model_part(made) == model_part(theirs.configs["severe_recession"])
        assert model_part(task.root_config) == model_part(alone.root.configs["severe_recession"])


def test_the_baseline_of_two_arms_keeps_its_policy():
    own = ["economy=severe_recession", "policy/closing=threshold", "sharing=guarantee_80_20"]
    found = plan([*own, "design=grid", "fund.capital_share=0.05,0.2"])
    task = found.tasks()[1]
    by_name = {arm.name: task.config(arm, "severe_recession") for arm in task.arms}
    assert by_name["baseline"].fund.capital_share == compose().fund.capital_share
    assert by_name["configured"].fund.capital_share == 0.2


def test_a_burn_in_is_shared_by_points_that_only_change_the_shock():
    found = plan([*SMALL, "design=grid", "economy.systematic.severity_mean=0.5,2", "economy.unemployment=0.05,0.06"])
    marks = [task.calm for task in found.tasks()[:4]]
    assert len(set(marks)) == 2 and marks[0] == marks[1]


def test_an_error_in_point_700_is_found_before_the_first(tmp_path):
    rows = [f"{0.05 + 0.0001 * number:.4f},{number % 7 + 6}" for number in range(1000)]
    rows[699] = "0.2,99"
    points = tmp_path / "points.csv"
    points.write_text("fund.capital_share,lender.charge_off_months\n" + "\n".join(rows) + "\n")
    with pytest.raises(UsageError, match=r"^point 700 of 1000: lender.charge_off_months: 99 is not allowed") as error:
        plan([*SMALL, "design=file", f"design.file={points}"])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("axis", "why"),
    [
        ("fund.capitl_share=0.1,0.2", "no package has such a key; did you mean fund.capital_share"),
        ("fund.capital_share=interval(0.3,0.1)", "LOW below HIGH"),
        ("fund.capital_share=0.1", "alternatives"),
        ("fund.capital_share=0.1,0.1", "every value once"),
        ("fund.capital_share=0.1,12", "a number from 0 to 10"),
        ("seed=1,2", "replications draw seeds of their own"),
        ("machine.workers=1,2", "the machine changes no result"),
        ("economy=calm,v_shape", "name economies in study.scenarios"),
        ("study.arms=[a],[b]", "only months and burn_in"),
        ("policy/closing=never,treshold", "did you mean threshold"),
        ("sharing.layers.0.share=0.2,0.4", "shares sum to"),
        ("a.b=tag(log,interval(0,1))", "both positive"),
    ],
)
def test_what_cannot_be_an_axis_is_refused_in_one_line(axis, why):
    with pytest.raises(UsageError) as error:
        plan(["study.arms=[guaranteed]", "economy=calm", "design=grid", f"design.vary=['{axis}']"])
    assert why in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no points"),
        ("fund.capital_share\n", "holds no points"),
        ("fund.capital_share,fund.premium_rate\n0.1\n", "row 1 has 1 values for 2 keys"),
        ("fund.capital_share,fund.capital_share\n0.1,0.2\n", "named twice"),
        ("fund.capital_share\n0.1\n0.1\n", "points 1 and 2 are the same"),
        ("fund.capital_share\n010\n", "010 is not allowed"),
    ],
)
def test_a_file_of_points_that_cannot_be_read_is_refused(tmp_path, text, why):
    path = tmp_path / "points.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=why):
        plan(["study.arms=[guaranteed]", "economy=calm", "design=file", f"design.file={path}"])


def test_axes_without_a_design_are_refused():
    with pytest.raises(UsageError, match="choose a design, such as design=grid"):
        plan(["design.vary=['fund.capital_share=0.1,0.2']"])


FIT = ["design=fit", "behaviour.oversight=interval(0.005,0.02)", "study.arms=[lenient]"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("v_shap:delinquent_30/delinquent_30=2/1", "v_shap is not allowed: a scenario after the first .* mean v_shape"),
        ("calm:delinquent_30=2/1", "calm is not allowed: a scenario after the first of study.scenarios: v_shape"),
        ("delinquent_3=2/1", "delinquent_3 is not allowed: a figure of the results"),
        ("v_shape:delinquent_30/late=2/1", "late is not allowed: a figure of the results"),
        ("delinquent_30=2/0", "figure=target/scale with a positive scale"),
        ("delinquent_30/outstanding/drawn=2/1", "figure=target/scale with a positive scale"),
    ],
)
def test_a_target_that_no_result_can_meet_is_refused(target, said):
    pytest.importorskip("optuna", reason="needs creditcycle[analysis]: make extras")
    with pytest.raises(UsageError, match=said):
        plan(gather([*FIT, "study.scenarios=[calm,v_shape]", f"design.targets=['{target}']"]))
