from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.study.compare.compare import by_figure, compare, interval, median_reduction, run_figures, variance_reduction
from sim.study.compare.parties import PARTIES, has_cost_of_credit


def test_interval_is_the_textbook_one():
    # Five values, mean 3, standard deviation sqrt(2.5); t(0.975, 4) = 2.776445.
    mean, low, high, count = interval(np.array([1.0, 2, 3, 4, 5]))
    assert (mean, count) == (3.0, 5)
    assert high - mean == pytest.approx(2.7764451052 * math.sqrt(2.5 / 5), rel=1e-9)
    assert mean - low == pytest.approx(high - mean)


def test_too_few_runs_have_no_interval():
    assert all(math.isnan(value) for value in interval(np.array([]))[:3])
    mean, low, high, count = interval(np.array([2.0, math.nan]))
    assert (mean, count) == (2.0, 1)
    assert math.isnan(low) and math.isnan(high)


def test_interval_covers_a_known_difference():
    rng = np.random.default_rng(20_240_101)
    studies, runs, truth = 2000, 20, 0.3
    common = rng.normal(0, 2, (studies, runs))
    ours = common + rng.normal(truth, 0.5, (studies, runs))
    theirs = common + rng.normal(0, 0.5, (studies, runs))
    ends = [interval(difference)[1:3] for difference in ours - theirs]
    covered = np.mean([low <= truth <= high for low, high in ends])
    assert 0.935 <= covered <= 0.965


def test_variance_reduction_is_the_ratio_of_variances():
    rng = np.random.default_rng(7)
    common, mine, other = rng.normal(0, 3, 40_000), rng.normal(0, 1, 40_000), rng.normal(0, 1, 40_000)
    # Unpaired (9 + 1) + (9 + 1), paired 1 + 1.
    assert variance_reduction(common + mine, common + other) == pytest.approx(10, rel=0.05)
    assert variance_reduction(mine, other) == pytest.approx(1, rel=0.05)


def test_variance_reduction_at_its_edges():
    ours = np.array([1.0, 2.0, 4.0])
    assert variance_reduction(ours, ours + 1) == math.inf
    assert math.isnan(variance_reduction(ours, np.zeros(3)))
    assert math.isnan(variance_reduction(ours[:1], ours[:1]))
    assert math.isnan(variance_reduction(ours, np.array([1.0, math.nan, math.nan])))


def results(arm: str, replication: int, outstanding, charged_off, recovered, fund, share) -> pd.DataFrame:
    months = len(outstanding)
    return pd.DataFrame(
        {
            "arm": arm,
            "scenario": "calm",
            "replication": replication,
            "month": range(months),
            "outstanding": outstanding,
            "charged_off": charged_off,
            "recovered": recovered,
            "loss_rate": 0.0,
            "fund_capital": fund,
            "delinquent_30": share,
        }
    )


def closure_rows(arm: str, replication: int, closures=0, censored=0, wrong=0) -> dict:
    return {
        "arm": arm,
        "scenario": "calm",
        "replication": replication,
        "closures": closures,
        "censored_closures": censored,
        "wrong_closures": wrong,
        "defaults_caused_by_closing": 0,
        "random_closures": 0,
        "random_wrong_closures": 0,
        "loss_avoided": 0,
        "margin_forgone": 0,
    }


@pytest.fixture
def two_arms():
    frames = [
        results("a", 0, [1000, 1000], [20, 0], [0, 10], [0, 0], [0.1, 0.3]),
        results("a", 1, [1000, 3000], [20, 0], [0, 10], [0, 0], [0.2, 0.4]),
        results("b", 0, [1000, 1000], [30, 0], [0, 10], [7, 5], [0.2, 0.4]),
        results("b", 1, [1000, 3000], [30, 0], [0, 10], [7, 0], [0.3, 0.5]),
    ]
    closures = pd.DataFrame(
        [closure_rows("a", 0), closure_rows("a", 1), closure_rows("b", 0, 5, 1, 2), closure_rows("b", 1)]
    )
    return pd.concat(frames, ignore_index=True), closures


def test_months_of_a_run_combine_as_each_figure_says(two_arms):
    runs = run_figures(*two_arms)
    assert runs.loc[("a", "calm", 0), "loss_rate"] == pytest.approx(12 * 10 / 2000)
    assert runs.loc[("a", "calm", 1), "loss_rate"] == pytest.approx(12 * 10 / 4000)
    assert runs.loc[("a", "calm", 0), "delinquent_30"] == pytest.approx(0.2)
    assert runs.loc[("a", "calm", 1), "outstanding"] == 3000
    assert runs.loc[("b", "calm", 0), "charged_off"] == 15
    assert runs.loc[("b", "calm", 0), "wrong_closure_share"] == pytest.approx(2 / 4)
    assert math.isnan(runs.loc[("a", "calm", 0), "wrong_closure_share"])


def test_no_fund_is_not_an_exhausted_fund(two_arms):
    runs = run_figures(*two_arms)
    assert math.isnan(runs.loc[("a", "calm", 0), "fund_capital"])
    assert runs.loc[("b", "calm", 0), "fund_capital"] == 5
    assert runs.loc[("b", "calm", 1), "fund_capital"] == 0


def test_window_bounds_what_counts(two_arms):
    runs = run_figures(*two_arms, window_from=1)
    assert runs.loc[("a", "calm", 0), "delinquent_30"] == pytest.approx(0.3)
    runs = run_figures(*two_arms, window_months=1)
    assert runs.loc[("a", "calm", 0), "loss_rate"] == pytest.approx(12 * 20 / 1000)


def test_a_month_without_applications_is_no_month_of_refusals(two_arms):
    """Of 4 and 12 applications 1 and 9 are approved: 10 of 16; a window without any says nothing, not 0."""
    months, closures = two_arms
    later = months["month"] == 1
    months = months.assign(
        approval_rate=np.where(later, 9 / 12, 1 / 4),
        applications_decided=np.where(later, 12, 4),
        price=np.where(later, 0.18, 0.0),
        drawn=np.where(later, 100, 0),
    )
    runs = run_figures(months, closures)
    assert runs["approval_rate"].tolist() == [pytest.approx(10 / 16)] * 4
    assert runs["price"].tolist() == [pytest.approx(0.18)] * 4
    first = run_figures(months, closures, window_months=1)
    assert first["approval_rate"].tolist() == [0.25] * 4 and first["price"].isna().all()


def test_difference_is_paired(two_arms):
    table = compare(run_figures(*two_arms), {"a": "", "b": "a"}, ["calm"]).set_index(["arm", "metric"])
    row = table.loc[("b", "delinquent_30")]
    assert row["parent"] == "a"
    assert row["difference"] == pytest.approx(0.1)
    assert row["difference_high"] - row["difference_low"] == pytest.approx(0, abs=1e-12)
    assert row["variance_reduction"] > 1e6
    assert (row["unit"], row["replications"]) == ("fraction of outstanding", 2)
    assert math.isnan(table.loc[("a", "delinquent_30"), "difference"])


def test_median_reduction_leaves_out_what_is_not_defined():
    table = pd.DataFrame({"metric": ["x", "x", "y", "z"], "variance_reduction": [2.0, math.nan, 6.0, 100.0]})
    assert median_reduction(table, ("x", "y")) == 4.0
    assert math.isnan(median_reduction(table, ("w",)))


def party_months(arm: str, **columns) -> pd.DataFrame:
    plain = results(arm, 0, [1200, 1200, 1200], [0] * 3, [0] * 3, columns.pop("fund_capital", [0] * 3), [0.0] * 3)
    return plain.assign(**columns)


def test_every_party_has_a_result_and_one_that_does_not_exist_gains_nothing():
    none = dict.fromkeys(("net_partner", "partner_claim", "net_reguarantee", "net_insurer", "government_cost",
                          "fund_put_in", "premium_borrowers"), [0] * 3)  # fmt: skip
    shared = none | {
        "net_partner": [-50, 10, 10], "partner_claim": [40, 35, 30], "government_cost": [0, 6, 0],
        "fund_put_in": [100, 100, 160], "fund_capital": [90, 70, 100], "net_insurer": [3, -9, 0],
        "premium_borrowers": [0, 0, 6],
    }  # fmt: skip
    months = pd.concat([
        party_months("alone", interest_received=[12, 12, 12], **none),
        party_months("shared", interest_received=[12, 12, 12], **shared),
    ])  # fmt: skip
    closures = pd.DataFrame([closure_rows("alone", 0), closure_rows("shared", 0)])
    found = run_figures(months, closures).droplevel(["scenario", "replication"])
    assert found["public_result"].tolist() == [0.0, -22.0]  # no replenishment was recorded: it counts as none
    names = ["partner_result", "fund_result", "reguarantee_result", "insurer_result", "government_result"]
    assert found.loc["alone", names].tolist() == [0.0] * 5
    assert found.loc["shared", names].tolist() == [0.0, -20.0, 0.0, -2.0, -2.0]
    assert found["borrowers_cost"].tolist() == pytest.approx([12 * 36 / 3600, 12 * 42 / 3600])
    late = run_figures(months, closures, window_from=1).droplevel(["scenario", "replication"])
    # Of a stock only the change within the window counts: the claim fell by 10, the fund's means by 50.
    assert late.loc["shared", names].tolist() == [5.0, -25.0, 0.0, -4.5, -3.0]
    table = compare(run_figures(months, closures), {"alone": "", "shared": "alone"}, ["calm"]).set_index("metric")
    assert set(table.loc["fund_result", "unit"]) == {"fen a month"}
    assert table.loc["fund_result", "difference"].tolist()[1] == -20.0


def test_what_no_contract_asks_for_adds_nothing_to_what_is_paid():
    """Without a premium that borrowers pay there is no such column; credit costs them interest alone."""
    months = party_months("shared", interest_received=[12, 12, 12], net_reguarantee=[-3, 0, 0], fund_put_in=[0] * 3)
    closures = pd.DataFrame([closure_rows("shared", 0)])
    found = run_figures(months, closures).droplevel(["scenario", "replication"])
    assert found["borrowers_cost"].tolist() == pytest.approx([12 * 36 / 3600])
    assert found["public_result"].tolist() == [-1.0] and "government_result" not in found
    assert not has_cost_of_credit(["outstanding", "interest_received"])


def test_what_the_government_puts_into_the_fund_is_lost_once():
    """The fund pays 60 and gets 60 back from the government: the public side has paid 60, not 120."""
    months = party_months(
        "shared", fund_capital=[100, 40, 100], fund_put_in=[100, 100, 160], government_cost=[0, 0, 60],
        replenishment=[0, 0, 60], net_reguarantee=[0, -9, 3],
    )  # fmt: skip
    closures = pd.DataFrame([closure_rows("shared", 0)])
    found = run_figures(months, closures).droplevel(["scenario", "replication"])
    assert found["public_result"].tolist() == [(-60 - 6) / 3]
    assert found["fund_result"].tolist() == [-20.0] and found["government_result"].tolist() == [-20.0]
    assert PARTIES["public_result"].known(["net_reguarantee"]) and not PARTIES["public_result"].known(["net_insurer"])
    assert not PARTIES["fund_result"].known(["fund_capital"])


def test_the_return_on_loans_is_on_the_part_that_the_lender_owns():
    closures = pd.DataFrame([closure_rows("shared", 0)])
    months = party_months("shared", lender_profit=[10, 20, 30])
    whole = run_figures(months, closures)["return_on_loans"]
    assert whole.tolist() == pytest.approx([12 * 60 / 3600])
    joint = run_figures(months.assign(partner_claim=[600, 600, 600]), closures)["return_on_loans"]
    assert joint.tolist() == pytest.approx([12 * 60 / 1800])


def test_figures_stand_in_the_order_of_runs_each_at_its_number():
    runs = pd.DataFrame({"loss": [3.0, 1.0], "profit": [30, 10]}, index=pd.Index([3, 1], name="replication"))
    found = by_figure(runs, runs.index)
    assert found.flags.c_contiguous, "sums over a figure add in the same order as over a column by itself"
    np.testing.assert_array_equal(found, [[math.nan, 1, math.nan, 3], [math.nan, 10, math.nan, 30]])
    # Of another package only the runs of ours count: its own run 2 is left out, and its missing run 1 is not there.
    other = pd.DataFrame({"loss": [4.0, 9.0]}, index=pd.Index([3, 2], name="replication"))
    np.testing.assert_array_equal(by_figure(other, runs.index), [[math.nan, math.nan, math.nan, 4]])
