"""Founding by hand: what each draw decides, and nothing else."""

from __future__ import annotations

import math

import pytest

from sim.firms.founding import FOUND_FIRM, draw_character, found_firm, open_file
from sim.loan.states import (
    LINE_APPLIED,
    LINE_NONE,
    NEVER,
    PRODUCT_FARM,
    PRODUCT_TECHNOLOGY,
    PRODUCT_WORKING_CAPITAL,
)
from tests.laws.calling import does

FOUNDS = {"sector": 0, "small_share": 0.2, "micro_staff": 4.0, "small_staff": 30.0, "regions": 5, "honesty_power": 2.0,
          "observability_by_sector": 0.8, "credit_share": 0.6, "productivity_sd": 0.2, "signal_accuracy": 0.5,
          "thin_file_share": 0.4, "firm_term": 24, "initial_tenure": 18, "flat_offer": 0.146, "farm_sector": 4,
          "technology_sector": 3, "luck_firm_size": 0.2, "luck_firm_region": 0.5, "luck_firm_honesty": 0.5,
          "luck_firm_bank": 0.59, "luck_firm_staff": 0.5, "luck_firm_footprint": 0.25, "research_spread": 0.5,
          "normal_firm_research_style": 1.0, "normal_firm_start": 1.0, "normal_firm_signal": -0.4,
          "thrift_spread": 0.5, "normal_firm_thrift": 1.0}  # fmt: skip
# Honest at 1 - .5^2; quality .7 + .25, of which half is told, and .75 of the noise.
MADE = {"size_class": 0, "region": 2, "honesty": 0.75, "observability": 0.68, "product": PRODUCT_WORKING_CAPITAL,
        "productivity": 0.18, "owner_share": 1.0, "failed_month": NEVER, "vacancies": 3, "signal": 0.175,
        "thin_file": 0, "term": 24, "offer_rate": 0.146, "score": 600.0, "line": LINE_APPLIED,
        "default_month": NEVER, "closed_month": NEVER, "months_on_book": 18, "offer_term": 24,
        "research": math.exp(0.375), "thrift": math.exp(0.5)}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        ({"luck_firm_size": 0.199}, {"size_class": 1, "vacancies": 24}),  # 10 + 20 ln 2
        ({"luck_firm_staff": 0.9}, {"vacancies": 8}),  # 1 + 3 ln 10 = 7.9
        ({"luck_firm_staff": 0.01}, {"vacancies": 1}),
        ({"micro_staff": 0.5, "luck_firm_staff": 0.9}, {"vacancies": 1}),
        ({"luck_firm_region": 0.19}, {"region": 0, "thin_file": 1}),  # 7 x .19 = 1.33
        ({"luck_firm_region": 0.99}, {"region": 4}),
        ({"luck_firm_honesty": 0.1}, {"honesty": 0.99, "signal": 0.295}),
        ({"luck_firm_footprint": 1.0}, {"observability": 1.0}),
        ({"luck_firm_bank": 0.6}, {"line": LINE_NONE}),
        ({"sector": 4}, {"product": PRODUCT_FARM}),
        ({"sector": 3}, {"product": PRODUCT_TECHNOLOGY}),
        ({"normal_firm_start": -1.0}, {"productivity": -0.22, "signal": -0.525}),
        ({"normal_firm_start": 2.0}, {"productivity": 0.38, "signal": 0.525}),
        ({"normal_firm_signal": 0.4}, {"signal": 0.775}),
        ({"luck_firm_region": 0.45}, {"thin_file": 1, "signal": -0.0625}),  # thin at .15: a quarter is told
        ({"normal_firm_research_style": 0.0}, {"research": math.exp(-0.125)}),
        ({"research_spread": 0.0}, {"research": 1.0}),
        ({"normal_firm_thrift": -2.0}, {"thrift": math.exp(-1.0)}),
        ({"thrift_spread": 0.0}, {"thrift": 1.0}),
    ],
)  # fmt: skip
def test_a_firm_is_founded_as_drawn(change, expected):
    thin = {"signal": -0.0625} if expected.get("thin_file") else {}
    does(FOUND_FIRM, {**FOUNDS, **change}, {**MADE, **thin, **expected})


def test_what_a_firm_is_comes_from_three_rules():
    assert (found_firm, draw_character, open_file) == FOUND_FIRM
