"""Formulas of a study's judgements, worked by hand: intervals, dominance, spread, swings, judged refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.study.compare.closures import ClosureFigures, Trace, first_of, judge, reaches
from sim.study.compare.dominance import BETTER, RESPECTS, WORSE, dominance
from sim.study.compare.intervals import (
    chance_interval,
    holm,
    mean_interval,
    p_value,
    quantile_interval,
    runs_to_survive,
    shortfall,
)
from sim.study.compare.refusals import Applicants
from sim.study.compare.risk import LEVELS, risk_table, shares_of_spread
from sim.study.plan.design import Axis, GridDesign, ListDesign
from sim.study.plan.differences import changes, digest, first_difference, plain, snake_case
from sim.study.sweep.sensitivity import _shares, indices
from tests.study.fake import Config, Economy

VALUES = np.array([3.0, 1.0, 4.0, 1.0, 5.0])


# ---- intervals --------------------------------------------------------------------------------------


def test_a_mean_of_five_by_hand():
    """Mean 2.8, standard deviation sqrt(3.2); t of four degrees of freedom at 95 % is 2.776445."""
    half = 2.776445 * math.sqrt(3.2 / 5)
    assert mean_interval(VALUES) == pytest.approx((2.8, 2.8 - half, 2.8 + half), rel=1e-6)
    # At 90 % it is 2.131847.
    assert mean_interval(VALUES, 0.9)[1] == pytest.approx(2.8 - 2.131847 * math.sqrt(0.64), rel=1e-6)


def test_the_ranks_of_a_quantile():
    """Of 200 runs the 95 % quantile lies between ranks of which each leaves at most 2.5 % outside."""
    runs = np.arange(1.0, 201.0)
    found, low, high = quantile_interval(runs[::-1], 0.95)
    assert found == 190.0
    # Below the lower end at most so many runs with 2.5 %, and as seldom as many as reach the upper one.
    assert stats.binom.cdf(low - 1, 200, 0.95) <= 0.025 < stats.binom.cdf(low, 200, 0.95)
    assert stats.binom.cdf(high - 1, 200, 0.95) >= 0.975 > stats.binom.cdf(high - 2, 200, 0.95)
    assert math.isnan(quantile_interval(runs[:71], 0.95)[0]) and not math.isnan(quantile_interval(runs[:72], 0.95)[0])
    assert math.isnan(quantile_interval(np.zeros(0), 0.95)[0])


def test_chances_of_an_event():
    """Two of ten: Wilson's interval is (.0567, .5098)."""
    assert chance_interval(2, 10) == pytest.approx((0.2, 0.0566822, 0.5098375), rel=1e-4)
    assert math.isnan(chance_interval(0, 0)[0]) and chance_interval(0, 10)[0] == 0.0
    assert (runs_to_survive(), runs_to_survive(0.05)) == (381, 73)


def test_p_values_and_their_adjustment():
    # t is 2.8 / sqrt(.64) = 3.5 on four degrees of freedom.
    assert p_value(VALUES) == pytest.approx(2 * stats.t.sf(3.5, 4)) == pytest.approx(p_value(-VALUES))
    assert (p_value(np.ones(3)), p_value(np.zeros(3))) == (0.0, 1.0) and math.isnan(p_value(np.ones(1)))
    assert holm([0.2, 0.01, 0.6]) == pytest.approx([0.4, 0.03, 0.6]) and holm([0.9, 0.8]) == [1.0, 1.0]


def test_the_last_run_of_a_tail_counts_in_part():
    assert shortfall(np.array([1.0, 2.0, 3.0, 4.0]), 0.5) == 3.5
    assert shortfall(np.array([1.0, 2.0, 3.0, 4.0]), 0.6) == pytest.approx((4 + 0.6 * 3) / 1.6)
    assert LEVELS == (0.95, 0.99)


# ---- dominance and spread ---------------------------------------------------------------------------


def runs_of(**figures: dict[str, list[float]]) -> pd.DataFrame:
    rows = {
        (arm, "calm", number): {name: values[number] for name, values in columns.items()}
        for arm, columns in figures.items()
        for number in range(len(next(iter(columns.values()))))
    }
    index = pd.MultiIndex.from_tuples(rows, names=["arm", "scenario", "replication"])
    return pd.DataFrame(list(rows.values()), index=index)


GOOD = {
    "loss_rate": -1, "delinquent_90": -1, "approval_rate": 1, "access_all": 1, "access_low_income": 1,
    "wrong_closures": -1, "defaults_caused_by_closing": -1, "borrowers_cost": -1, "lender_profit": 1,
    "partner_result": 1, "fund_result": 1, "reguarantee_result": 1, "insurer_result": 1, "government_result": 1,
    "other_losses": -1,
}  # fmt: skip


@pytest.mark.parametrize(("figure", "good"), GOOD.items())
def test_more_or_less_is_better(figure, good):
    base = np.arange(10.0)
    runs = runs_of(one={figure: list(base)}, two={figure: list(base + good * (1 + 0.01 * (base % 3)))})
    (row,) = dominance(runs, ["one", "two"]).itertuples()
    assert (row.dominates, row.verdict) == ("two", WORSE)
    (row,) = dominance(runs, ["two", "one"]).itertuples()
    assert (row.dominates, row.verdict) == ("two", BETTER)
    assert set(RESPECTS) == set(GOOD)


def test_nobody_dominates_by_luck():
    noise = [1.0, -1.1, 0.9, -0.8, 1.2, -1.0]
    runs = runs_of(one={"loss_rate": [0.0] * 6}, two={"loss_rate": noise})
    (row,) = dominance(runs, ["one", "two"]).itertuples()
    assert row.verdict not in (BETTER, WORSE) and row.dominates == ""


def test_a_table_of_risk():
    runs = runs_of(
        one={"loss_rate": [0.1, 0.3, math.nan], "lender_failed": [0.0, 2.0, math.nan], "fund_exhausted": [math.nan] * 3}
    )
    found = risk_table(runs, {"calm": "central"}).set_index("measure")
    assert found.loc["mean loss rate", ["estimate", "replications"]].tolist() == [0.2, 2]
    ruin = found.loc["the lender fails"]
    assert (ruin["estimate"], ruin["replications"]) == (
        0.5,
        2,
    ) and "the fund is exhausted at least once" not in found.index
    assert (ruin["unit"], ruin["period"]) == ("fraction of runs", "at the end of the window")
    assert {"loss rate, 95% quantile (VaR)", "loss rate, 99% expected shortfall"} <= set(found.index)


def test_the_spread_of_a_small_grid():
    """Points 0 and 10, runs +-1, and a remainder of +-.5: variances by hand."""
    grid = {(0, 0): 1.5, (0, 1): -1.5, (1, 0): 10.5, (1, 1): 9.5}
    cells = pd.DataFrame({"x": grid.values()}, index=pd.MultiIndex.from_tuples(grid, names=["point", "replication"]))
    # Means of points 0 and 10, of runs 6 and 4; the remainder is .5 in each of four cells: 1 on one degree.
    parameters, luck = 50 - 1 / 2, 2 - 1 / 2 + 1
    assert shares_of_spread(cells, ["x"])["x"] == pytest.approx(
        (parameters / (parameters + luck), luck / (parameters + luck))
    )
    one = cells.xs(0, level="replication", drop_level=False)
    assert all(math.isnan(part) for part in shares_of_spread(one, ["x"])["x"])
    assert all(math.isnan(part) for part in shares_of_spread(cells * 0.0, ["x"])["x"])


# ---- designs and swings -----------------------------------------------------------------------------


def test_values_lie_on_their_axes():
    listed = Axis("a", values=(1, 2, 4))
    assert [listed.place(value) for value in listed.values] == pytest.approx([1 / 6, 0.5, 5 / 6])
    assert [listed.at(place) for place in (0.0, 0.34, 0.99, 1.0)] == [1, 2, 4, 4]
    scale = Axis("b", low=1.0, high=100.0, log=True)
    assert (scale.at(0.5), scale.place(10.0), scale.steps(3)) == (10.0, pytest.approx(0.5), [1.0, 10.0, 100.0])
    whole = Axis("c", low=1, high=3, whole=True)
    assert [whole.at(place) for place in (0.0, 0.33, 0.34, 1.0)] == [1, 1, 2, 3] and whole.steps(9) == [1, 2, 3]
    assert whole.place(2) == 0.5 and Axis("d", low=0.0, high=0.3).at(1 / 3) == 0.1
    # A fit takes a list by its numbers and not by their places in it.
    assert _shares(listed, [1, 2, 4]).tolist() == pytest.approx([0.0, 1 / 3, 1.0])
    assert _shares(scale, [1.0, 10.0, 100.0]).tolist() == pytest.approx([0.0, 0.5, 1.0])
    assert GridDesign(steps=2).points([whole, listed], 1)[:4] == [[1, 1], [1, 2], [1, 4], [3, 1]]
    assert ListDesign().points([listed, Axis("e", values=("x", "y", "z"))], 1) == [[1, "x"], [2, "y"], [4, "z"]]


def test_the_swing_of_a_line_and_its_interval():
    """Slope 2 over (0, .5, 1), a remainder of (.1, -.2, .1): its error is the root of .06 over .5.

    Three points leave one degree of freedom, on which Student's t at 95 % is 12.7062.
    """
    axis = Axis("a", low=0.0, high=1.0)
    points, outcome = [(0.0,), (0.5,), (1.0,)], np.array([1.1, 1.8, 3.1])
    single, pairs = indices(GridDesign(), [axis], points, outcome, 1)
    assert single.loc[0, "value"] == pytest.approx(2.0)
    assert single.loc[0, "error"] == pytest.approx(12.7062 * math.sqrt(0.06 / 0.5), rel=1e-5) and pairs.empty
    exact, _ = indices(GridDesign(), [axis], points[:2], outcome[:2], 1)
    assert exact.loc[0, "value"] == pytest.approx(1.4) and math.isnan(exact.loc[0, "error"])
    unknown, _ = indices(GridDesign(), [axis], points[:1] * 3, outcome, 1)
    assert math.isnan(unknown.loc[0, "value"])


def test_a_joint_swing_is_what_the_high_end_adds():
    two = [Axis("a", low=0.0, high=1.0), Axis("b", low=0.0, high=1.0)]
    points = [(a, b) for a in (0.0, 0.5, 1.0) for b in (0.0, 0.5, 1.0)]
    outcome = np.array([2 * a - b + 3 * a * b for a, b in points])
    single, pairs = indices(GridDesign(), two, points, outcome, 1)
    assert single["value"].tolist() == pytest.approx([3.5, 0.5]) and pairs.loc[0, "value"] == pytest.approx(3.0)
    assert pairs.loc[0, ["key", "other"]].tolist() == ["a", "b"]


# ---- judged events ----------------------------------------------------------------------------------


def packed(*rows: int) -> np.ndarray:
    flags = np.zeros(8, dtype=bool)
    flags[list(rows)] = True
    return np.packbits(flags)


def test_who_owes_in_the_twelve_months_after():
    owing = [packed() for _ in range(20)]
    owing[3], owing[4], owing[15], owing[16] = packed(0), packed(1), packed(2), packed(3)
    found = Applicants(owing=owing).owes(3, np.arange(5))
    assert found.tolist() == [False, True, True, False, False]
    assert Applicants(owing=owing).owes(19, np.arange(2)).tolist() == [False, False]


def test_twelve_months_are_followed_and_no_more():
    empty = [np.zeros(0, dtype=np.int64) for _ in range(20)]
    trace = Trace([*empty], [*empty], [*empty], [packed(0) for _ in range(20)])
    trace.entered[3], trace.entered[4], trace.entered[15], trace.entered[16] = (np.array([k]) for k in range(4))
    trace.overdue[3] = np.array([4])
    assert reaches(trace, 3, np.arange(6)).tolist() == [True, True, True, False, True, False]
    assert reaches(trace, 3, np.arange(6), at_once=False).tolist() == [False, True, True, False, False, False]
    assert [part.tolist() for part in first_of([np.array([1, 2]), np.array([2, 3]), np.array([1])], 8)] == [
        [1, 2],
        [3],
        [],
    ]
    assert ClosureFigures(closures=5, censored_closures=2).judged == 3


@pytest.mark.parametrize(("month", "censored"), [(7, 0), (8, 1)])
def test_a_closure_with_fewer_than_twelve_months_left_is_not_judged(month, censored):
    def trace(closed: bool) -> Trace:
        found = Trace()
        for at in range(20):
            found.entered.append(np.zeros(0, dtype=np.int64))
            found.closed.append(np.array([2]) if closed and at == month else np.zeros(0, dtype=np.int64))
            found.overdue.append(np.zeros(0, dtype=np.int64))
            found.open.append(packed(1, 2, 5))
        return found

    found = judge(trace(True), trace(False), lambda month, count: [0.99] * count)
    assert found == ClosureFigures(1, censored, 1 - censored, 0, 1 - censored, 1 - censored)


# ---- differences ------------------------------------------------------------------------------------


def test_differences_in_plain_data():
    assert snake_case("TwoWords") == "two_words"
    assert plain((1, np.array([2, 3]), None, {4: True})) == [1, [2, 3], None, {"4": True}]
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1, "b": 3})
    assert changes(Config(), Config(economy=Economy(calm=0.07), seed=9, notes="x")) == [
        ("economy.calm", "0.07", "0.05"), ("notes", "x", ""),
    ]  # fmt: skip
    assert first_difference({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}) == "its a.c is 2, now asked for: 3"
    assert first_difference({"a": 1}, {"a": 1}) == "" and "nothing" in first_difference({}, {"a": 1})
