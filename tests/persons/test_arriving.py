"""Arriving by hand: what each draw decides of a person, with every result."""

from __future__ import annotations

import math

import pytest

from sim.loan.states import LARGEST, LINE_APPLIED, LINE_NONE, LONGEST_BUFFER, NEVER
from sim.persons.arriving import (
    OLDEST_JOB,
    arrive_at_platform,
    arrive_in_job,
    arrive_in_sector,
    arrive_on_book,
    arrive_with_character,
    arrive_with_debt,
    arrive_with_footprint,
    arrive_with_habits,
    arrive_with_income,
)
from tests.laws.calling import does

WORKING = (arrive_in_sector, arrive_with_income)
FILED = (arrive_at_platform, arrive_with_character, arrive_with_debt, arrive_with_footprint, arrive_on_book)

COMES = {**{f"sector_cut_{k}": 0.2 * k - 0.1 for k in range(1, 6)}, "median_income": 400_000, "income_spread": 0.5,
         "transitory_spread": 0.3, "unemployment": 0.05, "finding_mean": 0.3, "essential_share": 0.5,
         "essential_spread": 0.2, "essential_elasticity": 1.0, "essential_floor": 100_000, "normal_arrival_income": 1.0,
         "luck_arrival_cash": 0.1, "luck_arrival_type": 0.05, "normal_arrival_transitory": 1.0,
         "luck_arrival_sector": 0.55}  # fmt: skip
# 400 000 exp(.5); .3 - .045; .41 of income for essentials.
CAME = {"sector": 3, "stated_sector": 3, "income_permanent": 659_488, "income_transitory": 0.255, "employed": 1,
        "months_jobless": 0, "essential": 270_390}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        *(({"luck_arrival_sector": luck}, {"sector": code, "stated_sector": code})
          for luck, code in ((0.05, 0), (0.15, 1), (0.35, 2), (0.75, 4), (0.95, 5))),
        ({"normal_arrival_transitory": -1.0}, {"income_transitory": -0.345}),
        ({"normal_arrival_transitory": 2.0}, {"income_transitory": 0.555}),
        ({"normal_arrival_income": -90.0, "essential_floor": 0}, {"income_permanent": 1, "essential": 0}),
        ({"normal_arrival_income": 90.0, "essential_share": 3.0}, {"income_permanent": LARGEST, "essential": LARGEST}),
        ({"normal_arrival_income": 0.0}, {"income_permanent": 400_000, "essential": 164_000}),
        ({"normal_arrival_income": -9.0}, {"income_permanent": 125_000, "essential": 100_000}),
        ({"normal_arrival_income": 90.0}, {"income_permanent": LARGEST, "essential": 410_000_000}),
        ({"luck_arrival_type": 1.0}, {"essential": int(0.6 * 659_488)}),
        ({"luck_arrival_type": 0.0499, "essential_spread": 0.0},
         {"employed": 0, "months_jobless": 7, "essential": 329_744}),  # ln 10 over .3
        ({"luck_arrival_type": 0.0499, "essential_spread": 0.0, "luck_arrival_cash": 1e-9, "finding_mean": 0.0},
         {"employed": 0, "months_jobless": 120, "essential": 329_744}),
        ({"unemployment": 0.0501, "luck_arrival_cash": 0.9, "luck_arrival_type": 0.05},
         {"employed": 0, "months_jobless": 0}),
        ({"essential_floor": 600_000}, {"income_permanent": 750_000, "essential": 600_000}),
        # Engel: of an income that is exp(.5) times the median the share is exp(-.2 x .5) times that of the median.
        ({"essential_elasticity": 0.8}, {"essential": int(0.41 * math.exp(-0.1) * 659_488)}),
        ({"essential_elasticity": 0.0}, {"essential": int(0.41 * math.exp(-0.5) * 659_488)}),
        ({"essential_elasticity": 0.8, "normal_arrival_income": 0.0},
         {"income_permanent": 400_000, "essential": 164_000}),
        ({"essential_elasticity": 0.8, "normal_arrival_income": -1.0},
         {"income_permanent": 242_612, "essential": int(0.41 * math.exp(0.1) * 242_612)}),
    ],
)  # fmt: skip
def test_work_and_income_as_drawn(change, expected):
    does(WORKING, {**COMES, **change}, {**CAME, **expected})


@pytest.mark.parametrize(
    ("settling", "luck", "months"),
    [
        # Up to 20 years, the longest is 1 + 240 / 18 = 14.33 times the settling time: 18 (14.33^u - 1).
        (18.0, 0.0, 0), (18.0, 0.5, 50), (18.0, 0.25, 17), (18.0, 1.0, 240), (80.0, 0.5, 80), (0.0, 0.5, 0),
    ],
)  # fmt: skip
def test_most_jobs_are_new_and_few_are_old(settling, luck, months):
    given = {"employed": 1, "settling_months": settling, "luck_arrival_job": min(luck, 1.0 - 1e-12) + 1e-12}
    does(arrive_in_job, given, {"months_in_job": months})
    does(arrive_in_job, {**given, "employed": 0}, {"months_in_job": 0})
    assert OLDEST_JOB == 240.0


@pytest.mark.parametrize(
    ("habit", "luck", "leaves"), [(0.3, 0.29, 1), (0.3, 0.3, 0), (0.0, 0.0, 0), (1.0, 0.999, 1), (0.7, 0.69, 1)]
)
def test_as_many_leave_arrears_as_have_the_habit(habit, luck, leaves):
    does(arrive_with_habits, {"arrears_habit": habit, "luck_arrears_habit": luck}, {"leaves_arrears": leaves})


TYPED = {"income_permanent": 500_000, "income_transitory": 0.2, "median_patience": 1.8, "patience_spread": 0.6,
         "honesty_power": 2.0, "mean_appetite": 0.4, "footprint_low": 0.2, "footprint_high": 0.8,
         "thin_file_share": 0.3, "communities": 100, "multi_lender_share": 0.44, "mean_other_debt": 1.5,
         "signal_accuracy": 0.6, "initial_line_share": 0.7, "initial_tenure": 24, "flat_offer": 0.146,
         "card_share": 0.3, "stationary_cash": 0.5, "luck_arrival_footprint": 0.5, "luck_arrival_cash": 0.25,
         "luck_arrival_debt": 0.11, "luck_arrival_need": 0.5, "normal_arrival_signal": -1.0,
         "luck_arrival_community": 0.3, "normal_arrival_patience": 0.5, "luck_arrival_honesty": 0.5,
         "luck_arrival_product": 0.9, "luck_apply": 0.69}  # fmt: skip
PATIENCE, APPETITE = 1.8 * math.exp(0.3), 0.4 * math.log(2.0)
QUALITY = 0.6 * 0.5 + 1.386 * 0.25
DEBT, CASH = int(1.5 * APPETITE * 500_000 * 0.25 * 2.0), int(0.5 * PATIENCE * 500_000 * 0.6)
SEEN = 500_000 * math.exp(0.2) * 0.5
TYPE = {"patience": PATIENCE, "honesty": 0.75, "appetite": APPETITE, "footprint": 0.5, "thin_file": 0, "community": 30,
        "other_debt": DEBT, "loans_elsewhere": 1.0, "cash": CASH, "signal": 0.6 * QUALITY - 0.64, "term": 12,
        "inflow_fast": SEEN, "inflow_slow": SEEN, "line": LINE_APPLIED, "offer_rate": 0.146, "default_month": NEVER,
        "closed_month": NEVER, "claim_month": NEVER, "score": 600.0, "months_on_book": 24, "offer_term": 12,
        "arrivals_cash.received": CASH, "arrivals_debt": DEBT}  # fmt: skip


def with_cash(patience, share):
    cash = int(0.5 * patience * 500_000 * share)
    return {"patience": patience, "cash": cash, "arrivals_cash.received": cash}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        ({"luck_arrival_footprint": 0.0}, {"footprint": 0.2, "inflow_fast": 0.4 * SEEN, "inflow_slow": 0.4 * SEEN}),
        ({"luck_arrival_cash": 0.0}, with_cash(PATIENCE, 0.2)),
        ({"luck_arrival_cash": 1.0}, with_cash(PATIENCE, 1.8)),
        ({"normal_arrival_patience": 40.0},
         {**with_cash(LONGEST_BUFFER, 0.6), "signal": 0.6 * (24.0 + 1.386 * 0.25) - 0.64}),
        ({"luck_arrival_debt": 0.44}, {"other_debt": 0, "loans_elsewhere": 0.0, "arrivals_debt": 0}),
        ({"luck_arrival_honesty": 1.0}, {"honesty": 0.0, "signal": 0.6 * (0.3 - 0.693) - 0.64}),
        ({"normal_arrival_signal": 2.0}, {"signal": 0.6 * QUALITY + 1.28}),
        ({"signal_accuracy": 1.0}, {"signal": QUALITY}),
        ({"luck_arrival_community": 0.25}, {"thin_file": 1, "community": 75, "signal": 0.3 * QUALITY - 0.64}),
        *(({"luck_arrival_product": luck}, {"term": term, "offer_term": term})
          for luck, term in ((0.299, 0), (0.3, 3), (0.404, 3), (0.406, 6), (0.579, 6), (0.581, 12))),
        ({"luck_apply": 0.7}, {"line": LINE_NONE}),
        ({"mean_other_debt": 1e9}, {"other_debt": LARGEST, "loans_elsewhere": 1_000.0, "arrivals_debt": LARGEST}),
    ],
)  # fmt: skip
def test_character_and_file_as_drawn(change, expected):
    does(FILED, {**TYPED, **change}, {**TYPE, **expected})


def test_who_owes_others_more_has_more_loans_there():
    """One loan for each two months of income owed, of a fifth and of all of whom some owe several lenders."""
    owes = {"income_permanent": 500_000, "mean_appetite": 1.0, "multi_lender_share": 0.44, "mean_other_debt": 4.0,
            "luck_arrival_need": 1.0 - math.exp(-1.0)}  # fmt: skip
    for luck, loans in ((0.001, 1), (0.1, 1), (0.109, 1), (0.111, 2), (0.219, 2), (0.221, 3), (0.4399, 4)):
        debt = int(4.0 * 500_000 * luck / 0.44 * 2.0)
        does(arrive_with_debt, {**owes, "luck_arrival_debt": luck},
             {"appetite": 1.0, "other_debt": debt, "loans_elsewhere": float(loans), "arrivals_debt": debt})  # fmt: skip


def test_a_larger_appetite_comes_with_more_debt_elsewhere():
    debt = int(1.5 * 0.4 * math.log(10.0) * 500_000 * 0.25 * 2.0)
    does(FILED, {**TYPED, "luck_arrival_need": 0.9},
         {**TYPE, "appetite": 0.4 * math.log(10.0), "other_debt": debt, "arrivals_debt": debt})  # fmt: skip
