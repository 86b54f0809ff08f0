"""The verdict as data: signs, periods and denominators, worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from sim.figures.catalog import FIGURES
from sim.reports.folder import Arm
from sim.reports.verdict import verdict_of
from sim.reports.verdict.measures import BY_FIGURE, MEASURES, MONEY, OF_BOOK, PAYERS, PUBLIC
from sim.reports.verdict.verdict import OTHER_PRICE, findings, mean_loans, months_counted
from tests.reports.small import BOTH, LOANS, PLACES, given, same, study_of


def pair_of(study):
    (pair,) = verdict_of(study).pairs
    return pair


def test_a_flow_of_a_month_is_told_for_the_whole_period_and_over_the_loans():
    calm, recession = pair_of(study_of(BOTH)).of("lender_profit")
    assert (calm.level, calm.parent_level, calm.difference, calm.low, calm.high) == (5200, 5000, 200, 150, 250)
    assert (calm.level_low, calm.level_high, calm.months) == (5190, 5210, 10)
    assert calm.of_loans == 200 / LOANS and calm.of_parent == 200 / 5000
    assert (calm.direction, recession.direction) == (1, 0)
    assert recession.hides == 400 and (recession.scenario, recession.arm, recession.parent) == (PLACES[1], "new", "old")


def test_what_is_counted_once_or_is_a_rate_is_not_multiplied():
    pair = pair_of(study_of(BOTH))
    assert [one.difference for one in pair.of("defaults_caused_by_closing")] == [7, 30]
    jobless = pair.of("unemployment")
    assert [one.level for one in jobless] == [0.05, 0.08] and all(one.identical for one in jobless)
    assert math.isnan(jobless[0].of_parent) and math.isnan(jobless[0].of_loans)


def test_losses_of_other_lenders_are_their_result_with_the_other_sign():
    calm, _ = pair_of(study_of(BOTH)).of("other_losses")
    assert (calm.level, calm.parent_level, calm.difference) == (-550, -500, -50)
    assert (calm.low, calm.high, calm.direction) == (-60, -40, -1)


def test_sales_are_told_as_a_part_of_the_parents_sales():
    calm, _ = pair_of(study_of(BOTH)).of("output")
    assert math.isnan(calm.of_loans) and calm.of_parent == pytest.approx(5 / 90000)


def test_who_pays_is_who_pays_anything_under_either_package():
    assert pair_of(study_of(BOTH)).payers == ["fund_result", "government_result", "public_result"]


def test_only_the_months_of_the_window_count():
    window = {"window": {"from": 4, "months": 5}}
    loans = np.tile(np.arange(10.0), (8, 1))
    paths = {(place, "old"): {"outstanding": loans} for place in PLACES}
    study = study_of(BOTH, paths=paths, **window)
    assert months_counted(study, "calm") == 5 and mean_loans(study, "calm", "old") == 6.0
    assert pair_of(study).of("lender_profit")[0].difference == 100
    assert pair_of(study).of("lender_profit")[0].of_loans == pytest.approx(100 / 6.0)
    assert months_counted(study_of(BOTH, window={"from": 4, "months": 0}), "calm") == 6
    assert months_counted(study_of(BOTH), "calm") == 10
    assert math.isnan(mean_loans(study_of(BOTH), "calm", "nobody"))


def test_pairs_come_by_their_largest_difference_in_money_over_the_loans():
    small = {"lender_profit": [given(510.0, 10.0, 1.0), given(310.0, 10.0, 1.0)]}
    large = {"fund_result": [given(-900.0, -900.0, 1.0), same(0.0)]}
    arms = [Arm("old"), Arm("small", "old"), Arm("large", "old")]
    found = verdict_of(study_of({"old": BOTH["old"], "small": small, "large": large}, arms=arms))
    assert [pair.arm for pair in found.pairs] == ["large", "small"]
    assert found.pairs[0].weight == (900 - 100 + 100) * 10 / LOANS
    assert {one.arm for one in found.levels} == {"old"} and not any(one.identical for one in found.levels)


def test_worlds_say_where_a_sign_holds():
    worlds = pd.DataFrame([{"scenario": "calm", "arm": "new", "metric": "lender_profit", "sign_holds": 3, "worlds": 4}])
    found = verdict_of(study_of(BOTH, worlds=worlds))
    calm, recession = found.pairs[0].of("lender_profit")
    assert (calm.sign_holds, calm.worlds, recession.worlds, found.worlds) == (3, 4, 0, 4)


@pytest.mark.parametrize(("gap", "there"), [(OTHER_PRICE, True), (-OTHER_PRICE, True), (0.9 * OTHER_PRICE, False)])
def test_another_price_is_no_rounding(gap, there):
    figures = {**BOTH, "new": BOTH["new"] | {"price": [given(0.14, gap, 0.1), given(0.14, 0.0, 0.1)]}}
    assert verdict_of(study_of(figures)).other_prices == ({("new", "old"): {"calm": gap}} if there else {})


def test_the_rest_of_a_verdict_is_what_the_folder_says():
    states = np.zeros((8, 10))
    states[:3, 5:] = 2
    paths = {
        (PLACES[1], "new"): {"fund_state": states, "fund_capital": np.ones((8, 10)), "fund_put_in": np.ones((8, 10))}
    }
    arms = [Arm("old"), Arm("new", "old", changes=("sharing", "fund", "sharing"), caps={"falls_on": "government"})]
    found = verdict_of(study_of(BOTH, arms=arms, paths=paths, status="partial", confidence=0.9, warnings=["late"]))
    assert found.falls_on == {"old": "", "new": "government"} and not found.worth and not found.crews
    assert [(one.scenario, one.lasted, one.runs) for one in found.funds["new"]] == [("severe_recession", 5, 8)]
    assert found.partial and found.confidence == 0.9 and found.runs == 8 and found.warnings == ("late",)
    assert found.pairs[0].changes == ("sharing", "fund") and found.months == dict.fromkeys(PLACES, 10)
    assert not verdict_of(study_of(BOTH, status="complete")).partial


def test_a_figure_that_was_not_recorded_has_no_finding():
    figures = {"old": {}, "new": {"roe": [given(math.nan), given(0.1, 0.01, 0.001)]}}
    assert [(one.scenario, one.measure.figure) for one in findings(study_of(figures), "new")] == [(PLACES[1], "roe")]


def test_every_measure_is_a_figure_of_the_summary_and_every_payer_has_one():
    assert {measure.figure for measure in MEASURES} <= set(FIGURES) and len(BY_FIGURE) == len(MEASURES)
    parties = [measure.party for measure in MEASURES if measure.kind == MONEY]
    assert [name for name in parties if name in PAYERS] == list(PAYERS) and set(PUBLIC) < set(PAYERS) < set(OF_BOOK)
    assert BY_FIGURE["lender_profit"].is_flow and BY_FIGURE["lender_profit"].is_summed
    assert not BY_FIGURE["wrong_closures"].is_flow and BY_FIGURE["wrong_closures"].is_summed
    assert not BY_FIGURE["staff"].is_flow and not BY_FIGURE["staff"].is_summed
