"""Projects by hand: met, begun, diverted, found out, finished."""

from __future__ import annotations

from sim.firms.projects import PURSUE_PROJECT, begin_project, meet_project, run_project
from sim.loan.states import LINE_FROZEN, LINE_OPEN, PRODUCT_FARM, PRODUCT_PROJECT, PRODUCT_WORKING_CAPITAL
from tests.laws.calling import call, does

FREE = {"trading": 1, "size_class": 1, "project_stage": 0, "project_months": 0, "project_cost": 9,
        "diverted": 0, "product": PRODUCT_WORKING_CAPITAL,
        "grace": 0, "line": LINE_OPEN, "normal_sales": 10_000_000, "honesty": 0.6, "productivity": 0.5,
        "project_hazard": 0.02, "project_size": 1.0, "project_cap": 6_931_471, "project_gain": 0.1,
        "milestone_months": 4, "diversion": 0.5, "detection": 0.3, "luck_firm_project": 0.019,
        "luck_firm_project_size": 0.5, "luck_firm_divert": 0.2}  # fmt: skip
NONE = {"project_cost": 0}
BEGUN = {"project_stage": 1, "project_months": 0, "project_cost": 6_931_471, "tranche": 2_310_490,
         "product": PRODUCT_PROJECT, "grace": 13}  # fmt: skip


def test_a_project_is_met_begun_diverted_or_turned_away():
    does(PURSUE_PROJECT, FREE, BEGUN)
    does(PURSUE_PROJECT, {**FREE, "luck_firm_divert": 0.199}, {**BEGUN, "diverted": 1})
    away = {**NONE, "projects_turned_away": 1, "projects_turned_away_fen": 6_931_471}
    does(PURSUE_PROJECT, {**FREE, "project_cap": 6_931_470}, away)
    for other in ({"luck_firm_project": 0.02}, {"line": LINE_FROZEN}, {"product": PRODUCT_FARM}):
        does(PURSUE_PROJECT, {**FREE, **other}, NONE)


RUNS = {**FREE, "project_stage": 1, "project_months": 3, "project_cost": 9_000, "product": PRODUCT_PROJECT, "grace": 9}


def test_milestones_bring_tranches_and_the_last_the_gain():
    for diverted in (0, 1):
        does(PURSUE_PROJECT, {**RUNS, "project_months": 2, "diverted": diverted}, {"project_months": 3})
    for stage in (1, 2):
        does(PURSUE_PROJECT, {**RUNS, "project_stage": stage},
             {"project_stage": stage + 1, "project_months": 0, "tranche": 3_000})  # fmt: skip
    done = {**NONE, "project_months": 0, "project_stage": 0, "product": PRODUCT_WORKING_CAPITAL, "grace": 0}
    does(PURSUE_PROJECT, {**RUNS, "project_stage": 3}, {**done, "productivity": 0.6})
    wasted = {**RUNS, "diverted": 1, "luck_firm_divert": 0.3}
    does(PURSUE_PROJECT, {**wasted, "project_stage": 3}, {**done, "diverted": 0})
    does(PURSUE_PROJECT, wasted, {"project_stage": 2, "project_months": 0, "tranche": 3_000})
    found = {**NONE, "project_months": 0, "project_stage": 0, "diverted": 0, "misuse": 1, "projects_misused": 1}
    for stage in (1, 2, 3):
        does(PURSUE_PROJECT, {**wasted, "project_stage": stage, "luck_firm_divert": 0.299}, found)
    does(PURSUE_PROJECT, {**RUNS, "luck_firm_divert": 0.0}, {"project_stage": 2, "project_months": 0, "tranche": 3_000})


def test_a_project_that_ends_makes_no_room_for_another_this_month():
    assert (meet_project, run_project, begin_project) == PURSUE_PROJECT
    ends = {**RUNS, "project_stage": 3, "product": PRODUCT_WORKING_CAPITAL}
    assert call(meet_project, **ends)["project_met"] == 0 and call(PURSUE_PROJECT, **ends)["project_stage"] == 0
