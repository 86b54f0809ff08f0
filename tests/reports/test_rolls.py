"""The chapter on vintages and roll rates: sums over runs, rates by hand, a figure and a table."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from sim.figures.beside import roll_rates_of
from sim.language.words import Words
from sim.reports.beside import sums_of
from sim.reports.chapters import rolls
from sim.reports.document import Page
from sim.reports.drawing.vintages import vintage_figure
from sim.reports.folder import Arm

SAY = Words()
ROLLS = [
    # replication, arm, borrower, before, after, balance
    (0, "a", "persons", "M0", "M0", 900),
    (0, "a", "persons", "M0", "M1", 60),
    (1, "a", "persons", "M0", "M1", 40),
    (0, "a", "persons", "M6", "charged off", 10),
    (0, "a", "persons", "M7", "M8", 30),
    (0, "a", "firms", "M0", "M1", 5_000),
    (0, "b", "persons", "M0", "M0", 7),
    (0, "b", "persons", "nothing owed", "M0", 0),
]


@pytest.fixture
def study(tmp_path):
    table = pd.DataFrame(
        ROLLS, columns=["replication", "arm", "borrower", "state_before", "state_after", "balance_before"]
    )
    table = table.assign(scenario="calm", accounts=1, balance_after=0)
    vintages = [
        (arm, run, who, vintage, age, 100, 1_000, 1_500, 3 * age, age * (1 + (arm == "b")), 0, 0, 0)
        for arm in "ab" for run in (0, 1) for who in ("persons", "firms")
        for vintage in (-1, 0, 1, 2, 3, 4) for age in (0, 3, 6, 9) if vintage < 3 or age < 9
    ]  # fmt: skip
    columns = [
        "arm",
        "replication",
        "borrower",
        "vintage",
        "age",
        "accounts",
        "originated",
        "drawn",
        "ever_30",
        "ever_90",
    ]
    more = pd.DataFrame(vintages, columns=[*columns, "charged_off_accounts", "charged_off", "recovered"]).assign(
        scenario="calm"
    )
    for name, frame in (("rolls", table), ("vintages", more)):
        (tmp_path / "tables" / name).mkdir(parents=True)
        for run, rows in frame.groupby("replication"):
            rows.astype({"arm": "category"}).to_parquet(tmp_path / "tables" / name / f"{run}.parquet")
    return SimpleNamespace(
        folder=tmp_path,
        beside={},
        scenarios=["calm"],
        arms=[Arm("a"), Arm("b", "a")],
        months=lambda name: 12,
        say=SAY,
    )


def test_sums_are_over_runs_and_read_once(study):
    keys, amounts = ("state_before", "state_after"), ("balance_before",)
    found = sums_of(study, "rolls", keys, amounts)
    step = found[(found["arm"] == "a") & (found["borrower"] == "persons") & (found["state_after"] == "M1")]
    assert step["balance_before"].tolist() == [100] and sums_of(study, "rolls", keys, amounts) is found
    none = sums_of(SimpleNamespace(folder=None, beside={}), "rolls", keys, amounts)
    assert none.empty and list(none) == ["arm", "scenario", "borrower", "state_before", "state_after", "balance_before"]


def test_roll_rates_are_those_of_the_table(study):
    balances = rolls.balances_of(study)
    worse = rolls.rolled(balances, ("M0", "M1"))
    assert worse(study, "calm", "a") == 0.1 and worse(study, "calm", "b") == 0.0
    assert rolls.rolled(balances, ("M6", "charged off"), ("M7", "charged off"))(study, "calm", "a") == 0.25
    assert math.isnan(rolls.rolled(balances, ("M3", "M4"))(study, "calm", "a"))
    table = pd.concat([pd.read_parquet(file) for file in sorted((study.folder / "tables" / "rolls").glob("*.parquet"))])
    rates = roll_rates_of(table[table["arm"] == "a"], by_month=False).set_index(
        ["borrower", "state_before", "state_after"]
    )
    assert rates.loc[("persons", "M0", "M1"), "by_balance"] == worse(study, "calm", "a")
    heads = [SAY(column.head, **column.blanks) for column in rolls.columns_of(balances)]
    assert heads[0] == "M0 to M1" and heads[-1] == "Charged off" and len(heads) == 10


def test_curves_are_of_the_first_year_at_ages_that_all_reach(study):
    curve = rolls.curve_of(study, "calm", "b")
    assert curve["age"].tolist() == [0, 3, 6], "the last quarter has not reached nine months"
    assert curve["accounts"].tolist() == [800] * 3 and curve["ever_90_rate"].tolist() == [0.0, 0.06, 0.12]
    assert rolls.curve_of(study, "crisis", "b").empty


def test_the_chapter_has_a_figure_and_a_table_and_is_left_out_without_them(study):
    page = Page()
    rolls.append(page, study)
    body = "".join(page.parts)
    assert page.chapters == [("rolls", "Vintages and roll rates")] and (page.figures, page.tables) == (1, 1)
    assert "10.00\u202f%" in body and body.count("<svg") == 1
    empty = Page()
    rolls.append(empty, SimpleNamespace(**{**vars(study), "folder": None, "beside": {}}))
    assert empty.parts == []


def test_the_figure_has_a_curve_a_package_and_names_what_it_leaves_out(study):
    curves = {("calm", name): rolls.curve_of(study, "calm", name) for name in "ab"}
    picture = vintage_figure(study, curves)
    assert picture is not None and picture.svg.count("clip-path") >= 2 and "leaves" not in picture.caption
    assert "shows the first" not in picture.caption
    more = {**curves, ("calm", "c"): curves["calm", "a"]}
    assert "shows the first packages" in vintage_figure(study, more).caption
    assert vintage_figure(study, {key: one[:0] for key, one in curves.items()}) is None
