"""Differences of any two packages: by hand, and to the parent as the report has them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import scipy

from sim.results.differences import difference, paired
from sim.results.names import NotOfThisStudy, UnknownName


def runs_of(values, scenarios=("calm",)):
    """Runs of a figure by arm; the same in every scenario."""
    rows = {
        (arm, name, run): value for name in scenarios for arm, each in values.items() for run, value in enumerate(each)
    }
    index = pd.MultiIndex.from_tuples(rows, names=["arm", "scenario", "replication"])
    return pd.DataFrame({"loss_rate": list(rows.values())}, index=index).sort_index()


def test_it_is_paired_run_by_run():
    runs = runs_of({"a": [1.0, 5.0, 9.0], "b": [0.0, 3.0, 8.0]})
    found = paired(runs, ("a", "b"), "loss_rate", 0.95).loc["calm"]
    half = scipy.stats.t.ppf(0.975, 2) * np.std([1.0, 2.0, 1.0], ddof=1) / math.sqrt(3)
    assert found["difference"] == pytest.approx(4 / 3) and found["replications"] == 3
    assert (found["low"], found["high"]) == pytest.approx((4 / 3 - half, 4 / 3 + half))
    assert found["p_value"] == pytest.approx(scipy.stats.ttest_1samp([1.0, 2.0, 1.0], 0.0).pvalue)
    turned = paired(runs, ("b", "a"), "loss_rate", 0.95).loc["calm"]
    assert (turned["difference"], turned["low"]) == pytest.approx((-4 / 3, -4 / 3 - half))
    narrower = paired(runs, ("a", "b"), "loss_rate", 0.5).loc["calm"]
    assert narrower["high"] < found["high"]


def test_a_run_of_one_alone_does_not_count():
    runs = runs_of({"a": [1.0, 5.0, 9.0], "b": [0.0, math.nan, 8.0]})
    found = paired(runs, ("a", "b"), "loss_rate", 0.95).loc["calm"]
    assert (found["difference"], found["replications"]) == (1.0, 2)


def test_one_replication_has_no_ends():
    found = paired(runs_of({"a": [1.0], "b": [0.5]}), ("a", "b"), "loss_rate", 0.95).loc["calm"]
    assert found["difference"] == 0.5 and math.isnan(found["low"]) and math.isnan(found["p_value"])


def test_worlds_and_the_bootstrap_have_ends_of_their_own():
    values = {"a": [1.0, 5.0, 9.0, 2.0], "b": [0.0, 3.0, 8.0, 2.5]}
    ends = [
        tuple(paired(runs_of(values), ("a", "b"), "loss_rate", 0.95, method, worlds).loc["calm", ["low", "high"]])
        for method, worlds in (("t", 0), ("bootstrap", 0), ("t", 2))
    ]
    assert len({round(low, 6) for low, _ in ends}) == 3


def test_against_the_parent_it_is_the_report_to_the_digit(study):
    summary = study.summary
    told = summary[(summary["arm"] == "limits") & summary["difference"].notna()]
    assert len(told) > 200
    for name in ("loss_rate", "lender_profit", "other_losses", "wrong_closures", "approval_rate"):
        found = study.difference("limits", "lenient", name)
        rows = told[told["metric"] == name].set_index("scenario")
        assert list(found.index) == list(rows.index) == ["calm", "severe_recession"]
        pairs = (("difference", "difference"), ("low", "difference_low"), ("high", "difference_high"), ("p_value",) * 2)
        for ours, theirs in pairs:
            np.testing.assert_array_equal(found[ours], rows[theirs], err_msg=name)
        assert found.attrs == {"unit": rows["unit"].iloc[0], "period": rows["period"].iloc[0], "confidence": 0.95}


def test_any_two_packages_and_the_sign(study):
    found, turned = (
        study.difference(*pair, "outstanding") for pair in (("limits", "guaranteed"), ("guaranteed", "limits"))
    )
    runs = study.runs["outstanding"]
    expected = (runs.xs("limits", level="arm") - runs.xs("guaranteed", level="arm")).groupby("scenario").mean()
    np.testing.assert_allclose(found["difference"], expected.loc[found.index])
    np.testing.assert_allclose(turned["difference"], -found["difference"])


def test_by_point_where_there_is_a_design(sweep):
    found = sweep.difference("guaranteed", "lenient", "lender_profit")
    points = sweep.summary[sweep.summary["arm"] == "guaranteed"].set_index("point")
    assert found.index.names == ["point", "scenario"]
    np.testing.assert_allclose(found["difference"], points["lender_profit.difference"])


def test_what_is_not_there_is_refused(study):
    with pytest.raises(UnknownName, match=r"arm: limit is not allowed: .*did you mean limits\?"):
        study.difference("limit", "lenient", "loss_rate")
    with pytest.raises(UnknownName, match=r"figure: loss_rates .*did you mean loss_rate\?"):
        study.difference("limits", "lenient", "loss_rates")
    with pytest.raises(NotOfThisStudy, match="fund_capital has no value in any run of lenient"):
        difference(study.source, "guaranteed", "lenient", "fund_capital")
