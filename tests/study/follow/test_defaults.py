"""Defaults: the same truth as the months' own figures of lines, and receipts as the panel shows them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.lender.lines import ALONG, BACK
from sim.loan.states import LINE_CHARGED_OFF, LINE_CLOSED, LINE_NONE, LINE_OPEN
from sim.study.follow.defaults import (
    EXPOSURE,
    FACTORS,
    OWED,
    RECEIVED,
    RECOVERIES,
    YEARS,
    Defaults,
    _Lines,
    add_lines,
    add_receipts,
    as_table,
)
from tests.study.follow.conftest import lived

MONTHS = 30
RECEIVED_FROM_PERSONS = ("repaid", "interest_received", "recovered")


def of_persons(world, table: str) -> pd.DataFrame:
    found = pd.DataFrame(world.tables[table])
    return found[found["borrower"] == "persons"]


@pytest.mark.parametrize("year", [0, 1, 2])
def test_exposure_and_lines_before_are_the_months_own_figures(world, year):
    exposure = of_persons(world, "exposure")
    mine = exposure[exposure["default_year"] == year].set_index("months_before")
    months = world.memory[12 * year : 12 * year + 12]
    assert (mine["exposure"] == sum(month["exposure_at_default"] for month in months)).all()
    assert mine.loc[12, "exposure"] > 0 and len(mine) == 13
    for back in ALONG:
        assert mine.loc[back, "limit"] == sum(month[f"limit_before_{back}"] for month in months)
        used = sum(month[f"utilisation_before_{back}"] * month[f"limit_before_{back}"] for month in months)
        assert mine.loc[back, "owed"] == pytest.approx(used, abs=1e-3)
    for back in BACK:
        assert mine.loc[back, "undrawn"] == sum(month[f"undrawn_before_{back}"] for month in months)
        added = sum(month[f"conversion_before_{back}"] * month[f"undrawn_before_{back}"] for month in months)
        assert mine.loc[back, "converted"] == pytest.approx(added, abs=1e-3)
    assert mine["limit"].sum() > 0


def test_receipts_are_what_the_panel_shows(world):
    """Worked out anew from everybody's months: payments after each default, at most what was owed."""
    panel = pd.DataFrame(world.tables["panel"])
    cases = []
    for _, one in panel.groupby("person"):
        one = one.set_index("month")
        owed = one["principal"].astype(int) + one["interest"] + one["written_off"].diff().clip(lower=0)
        late = one["months_past_due"] >= 4
        for month in one.index[1:][(late & ~late.shift(fill_value=False)).iloc[1:]]:
            later = one["paid"].loc[month + 1 : month + 12].sum()
            cases.append((month, int(owed[month]), int(min(later, owed[month]))))
    found = pd.DataFrame(cases, columns=["month", "exposure", "recovered"])
    recoveries = of_persons(world, "recoveries")
    first = recoveries[recoveries["years_since"] == 1].set_index("default_year")
    for year in (0, 1):
        seen = found[(found["month"] // 12 == year) & (found["month"] + 12 < MONTHS)]
        expected = [len(seen), seen["exposure"].sum(), seen["recovered"].sum()]
        assert first.loc[year, ["defaults", "exposure", "recovered"]].tolist() == expected
    assert first["recovered"].min() > 0 and set(recoveries["years_since"]) == {1, 2}


def test_lines_by_hand():
    # Three accounts default: a line half used, one overdrawn, one that is late already; the fourth came later.
    owed = (np.array([50, 120, 10], dtype=np.int32), np.array([60, 130, 20], dtype=np.int32))
    limit = (np.array([100, 100, 40], dtype=np.int32), np.array([100, 0, 40], dtype=np.int32))
    late = (np.array([0, 0, 2], dtype=np.int8), np.array([1, 1, 4], dtype=np.int8))
    found = np.zeros((13, len(FACTORS)), dtype=np.int64)
    exposure = np.array([90, 140, 45, 7])
    now = np.array([90, 140, 45, 7], dtype=np.int32), np.array([100, 0, 40, 9], dtype=np.int32)
    for back, (owing, line, behind) in enumerate(zip(owed[::-1], limit[::-1], late[::-1], strict=True), start=1):
        last = found[0] if back == 1 else np.zeros(0, dtype=np.int64)
        add_lines(exposure, now, owing, line, behind, found[back], last)
    assert found[0].tolist() == [100, 90, 0, 0, 0, 0], "the third was in default a month before"
    assert found[1].tolist() == [100, 60, 40, 30, 0, 0]
    assert found[2].tolist() == [240, 180, 50 + 30, 40 + 35, 50, 40]
    assert not found[3:].any()


def test_the_line_at_default_counts_once_however_many_closes_are_remembered():
    def close(owed: int, limit: int):
        kinds = {"owed": np.int32, "limit": np.int32, "late": np.int8}
        return {name: np.array([value], dtype=kinds[name]) for name, value in zip(kinds, (owed, limit, 0), strict=True)}

    lines = _Lines([close(40, 100), close(50, 100), close(60, 100)])
    lines.follow(0, np.array([0]), np.array([90]), close(90, 100))
    told = {row[1]: row[4:] for row in lines.told()}
    assert told[0] == (100, 90, 0, 0, 0, 0)
    assert [told[back][:4] for back in (1, 2, 3)] == [(100, 60, 40, 30), (100, 50, 50, 40), (100, 40, 60, 50)]


def test_receipts_by_hand():
    defaults = np.zeros((6, RECEIVED + YEARS), dtype=np.int64)
    # Row, month, exposure, still owed, written off, there, months in its state.
    defaults[:, :RECEIVED] = [
        (0, 0, 100, 100, 0, 1, 3),
        (1, 0, 50, 50, 40, 1, 3),
        (2, 0, 50, 50, 40, 1, 3),
        (3, 0, 50, 50, 40, 1, 3),
        (4, 5, 9, 0, 0, 1, 3),
        (5, 0, 60, 60, 0, 1, 3),
    ]
    paid, off = np.array([70, 15, 0, 0, 9, 20]), np.array([0, 25, 0, 0, 0, 0])
    line = np.array([LINE_OPEN, LINE_CHARGED_OFF, LINE_CHARGED_OFF, LINE_NONE, LINE_OPEN, LINE_NONE])
    alive, age = np.array([1, 1, 1, 1, 1, 0]), np.array([3, 4, 4, 0, 3, 3])
    add_receipts(defaults, paid, off, line, alive, age, 12, 0.1)
    assert defaults[:, RECEIVED].tolist() == [70, 15, 4, 0, 0, 20], (
        "paid; paid on an old debt, once; sold for a tenth; given up; paid back before; paid and left"
    )
    assert defaults[:, OWED].tolist() == [30, 35, 46, 50, 0, 40]
    paid[1] = 0
    add_receipts(defaults, paid, off, line, alive, age, 13, 0.1)
    assert defaults[0, RECEIVED : RECEIVED + 2].tolist() == [70, 30], "a year later, and no more than was owed"
    assert defaults[5, OWED] == 40, "who has left pays no more, whatever the row still shows"
    line[1], off[1], paid[1] = LINE_CLOSED, 0, 25
    add_receipts(defaults, paid, off, line, alive, age, 14, 0.1)
    assert defaults[1, RECEIVED + 1] == 25, "repaid in full"
    add_receipts(defaults, paid, off, line, alive, age, 12 * YEARS + 1, 0.1)
    assert defaults[2].tolist()[RECEIVED:] == [4] + [0] * (YEARS - 1), "too long ago"


def test_who_leaves_in_the_month_of_a_sale_brings_its_price_and_after_the_exclusion_nothing():
    """Both rows are gone without a line; the age of a debt that was sold stands still, one given up begins anew."""
    defaults = np.zeros((2, RECEIVED + YEARS), dtype=np.int64)
    defaults[:, :RECEIVED] = [(0, 0, 50, 50, 40, 1, 6), (1, 0, 50, 50, 40, 1, 6)]
    gone = np.zeros(2, dtype=np.int64)
    add_receipts(defaults, gone, gone, np.full(2, LINE_NONE), gone, np.array([6, 0]), 12, 0.1)
    assert defaults[:, RECEIVED].tolist() == [4, 0]


def test_what_the_panel_says_was_paid_is_what_the_lender_received():
    """Old debts included, once: what receipts after a default are added up from."""
    alone = lived("firms=none", names=("panel",))
    paid = pd.DataFrame(alone.tables["panel"]).groupby("month")["paid"].sum()
    assert sum(record["recovered"] for record in alone.records) > 0
    for month, record in enumerate(alone.records):
        assert paid[month] == sum(record[name] for name in RECEIVED_FROM_PERSONS), month


def test_firms_are_remembered_from_the_policy_date_on(world):
    exposure, recoveries = (pd.DataFrame(world.tables[name]) for name in ("exposure", "recoveries"))
    firms = exposure[exposure["borrower"] == "firms"]
    events = pd.DataFrame(world.tables["panel_firms"])
    defaults = events[events["event"].str.contains("90 days past due")]
    for year in (0, 1, 2):
        mine = defaults[defaults["month"] // 12 == year]
        told = firms[firms["default_year"] == year]
        assert (told["accounts"] == len(mine)).all() and len(told) == 13 * (len(mine) > 0)
        owed = mine["principal"].astype(int).sum() + mine["interest"].sum()
        assert (told["exposure"] == owed).all()
    first = recoveries[(recoveries["borrower"] == "firms") & (recoveries["years_since"] == 1)]
    assert first["defaults"].sum() == (defaults["month"] + 12 < MONTHS).sum() > 0


def test_where_the_lender_remembers_firms_its_memory_is_used():
    memory = SimpleNamespace(past=[], defaulted=[])
    model = SimpleNamespace(
        accounts=None,
        environment={"sale_price": 0.0},
        firms=SimpleNamespace(exist=True, accounts=None),
        lender=SimpleNamespace(experience=SimpleNamespace(lines=[memory, memory])),
        config=SimpleNamespace(
            lender=SimpleNamespace(charge_off_months=6), policy=SimpleNamespace(collections=SimpleNamespace())
        ),
        month=0,
    )
    follower = Defaults(model)
    close = {
        "owed": np.array([30], dtype=np.int32),
        "limit": np.array([50], dtype=np.int32),
        "late": np.array([4], dtype=np.int8),
    }
    memory.past.append(close)
    memory.defaulted.append({"rows": np.array([0]), "owed": np.array([30])})
    empty = {name: np.zeros(1, dtype=np.int32) for name in ("paid", "written_off", "line", "alive", "months_in_state")}
    model.accounts = model.firms.accounts = empty
    model.month = 1
    follower.follow(model)
    table = follower.tables()["exposure"]
    assert table["borrower"].tolist() == ["persons"] * 13 + ["firms"] * 13 and set(table["exposure"]) == {30}


def test_tables_keep_their_columns_and_kinds():
    for columns, rows in ((EXPOSURE, [("persons", 0, 1, *range(8))]), (RECOVERIES, [])):
        table = as_table(columns, rows)
        assert list(table) == list(columns) and table["borrower"].dtype == "<U7" and table["exposure"].dtype == np.int64
        assert table["default_year"].dtype == np.int32


def test_who_came_after_a_close_is_not_sought_in_it():
    then = {"owed": np.array([40], np.int32), "limit": np.array([100], np.int32), "late": np.array([0], np.int8)}
    now = {"owed": np.array([90, 70], np.int32), "limit": np.array([100, 80], np.int32), "late": np.zeros(2, np.int8)}
    lines = _Lines([then])
    lines.follow(0, np.array([0, 1]), np.array([90, 70]), now)
    assert lines.factors[0][0].tolist()[:2] == [100, 90], "at default, of those who were there a month before"
    assert lines.factors[0][1].tolist() == [100, 40, 60, 50, 60, 50]
