"""Vintages: each loan is in the quarter and age where it belongs, and curves are those of the panel."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.loan.states import LINE_CHARGED_OFF, LINE_NONE, LINE_OPEN
from sim.study.follow.vintages import COLUMNS, QUARTER, SO_FAR, Vintages, add_loans, mark_moved

MONTHS = 30


def loans_of(panel: pd.DataFrame, who: str) -> pd.DataFrame:
    """Every loan of a panel in which everybody stands, month by month, worked out anew: no loop is shared."""
    found = []
    for _, rows in panel.groupby(who):
        origin, worst, was = None, 0, None
        for one in rows.to_dict("records"):
            owed, off, late, month = (one[key] for key in ("principal", "written_off", "months_past_due", "month"))
            lost = 0 if was is None else off - was["written_off"]
            fresh = origin is None and owed > 0
            if fresh:
                origin, worst = month, 0
            if origin is not None:
                grown = max(owed - (0 if fresh else was["principal"]), 0)
                reached = 2 if late >= 4 or lost > 0 else 1 if late >= 2 else 0
                kept = one["line"] not in ("none", "charged off") or (one["line"] == "charged off" and off > 0)
                found.append(
                    {
                        "vintage": -1 if origin < 0 else origin // 3,
                        "age": month - origin,
                        "accounts": int(fresh),
                        "originated": owed if fresh else 0,
                        "drawn": grown,
                        "ever_30": int(reached > 0 and worst == 0),
                        "ever_90": int(reached == 2 and worst < 2),
                        "charged_off_accounts": int(lost > 0),
                        "charged_off": max(lost, 0),
                        "recovered": -lost if lost < 0 and kept else 0,
                    }
                )
                worst = max(worst, reached)
                if owed == 0 and off == 0:
                    origin = None
            was = one
    return pd.DataFrame(found)


def by_age(loans: pd.DataFrame) -> pd.DataFrame:
    """Cumulated over ages: the figures of each vintage at every third age that all its loans have reached."""
    rows = []
    for vintage, mine in loans.groupby("vintage"):
        youngest = -1 if vintage < 0 else 3 * vintage + 2
        for age in range(0, MONTHS - youngest, 3):
            rows.append((vintage, age, *mine[mine["age"] <= age][list(SO_FAR)].sum().tolist()))
    return pd.DataFrame(rows, columns=["vintage", "age", *SO_FAR])


@pytest.mark.parametrize(("who", "table"), [("persons", "panel"), ("firms", "panel_firms")])
def test_a_vintage_is_that_of_the_panel_to_the_last_account_and_fen(world, who, table):
    panel = pd.DataFrame(world.tables[table])
    vintages = pd.DataFrame(world.tables["vintages"])
    mine = vintages[vintages["borrower"] == who].drop(columns="borrower").reset_index(drop=True)
    expected = by_age(loans_of(panel, who.removesuffix("s")))
    pd.testing.assert_frame_equal(mine, expected, check_dtype=False)
    assert len(mine) > 25
    assert who == "firms" or mine[["ever_30", "ever_90", "charged_off", "recovered"]].sum().min() > 0


def test_what_was_charged_off_in_the_months_is_that_of_the_vintages_and_of_what_came_before(world):
    """All loans together, at the end of a world whose last quarter is whole."""
    vintages = pd.DataFrame(world.tables["vintages"])
    youngest = vintages["vintage"].where(vintages["vintage"] < 0, 3 * vintages["vintage"] + 2)
    last = vintages[vintages["age"] == (MONTHS - 1 - youngest) // 3 * 3]
    # Ages are those of the youngest loans: older ones of the quarter may have lost something since.
    lost = sum(record["charged_off"] for record in world.records)
    assert 0.9 * lost <= last["charged_off"].sum() <= lost
    assert last["accounts"].sum() == vintages[vintages["age"] == 0]["accounts"].sum()


def book(principal, late=None, written_off=None, line=None, paid=None, age=1) -> dict[str, np.ndarray]:
    count = len(principal)
    return {
        "principal": np.array(principal, dtype=np.int32),
        "months_past_due": np.array(late or [0] * count, dtype=np.int8),
        "written_off": np.array(written_off or [0] * count, dtype=np.int32),
        "line": np.array(line or [LINE_OPEN] * count, dtype=np.int8),
        "paid": np.array(paid or [0] * count, dtype=np.int32),
        "alive": np.array([one != LINE_NONE for one in line or [LINE_OPEN] * count], dtype=np.int8),
        "months_in_state": np.full(count, age, dtype=np.int16),
    }


def model_of(accounts, months=6, price=0.0) -> SimpleNamespace:
    config, numbers = SimpleNamespace(study=SimpleNamespace(months=months)), {"sale_price": price}
    return SimpleNamespace(accounts=accounts, firms=SimpleNamespace(exist=False), config=config, environment=numbers)


def lived(*books, months=6, price=0.0) -> pd.DataFrame:
    model = model_of(books[0], months, price)
    follower = Vintages(model)
    for one in books[1:]:
        model.accounts = one
        follower.follow(model)
    return pd.DataFrame(follower.tables()["vintages"])


@pytest.mark.parametrize("told", [1, 6, 60])
def test_a_path_longer_than_the_study_has_room_for_every_vintage_and_age(told):
    """A published path may be longer than `study.months`; what a loop writes beside its arrays is other people's."""
    books = [book([100 + month, 50 if month % 2 else 0]) for month in range(90)]
    model = model_of(books[0], told)
    follower = Vintages(model)
    for month, one in enumerate(books[1:]):
        model.accounts = one
        follower.follow(model)
        vintages, ages, _ = follower._loans["persons"].events.shape
        assert 1 + month // QUARTER < vintages and month + 1 < ages
    table = pd.DataFrame(follower.tables()["vintages"])
    assert table.equals(lived(*books, months=200))
    assert table[table["age"] == 0]["accounts"].sum() == 1 + 44  # the last quarter is not over


def test_a_hand_made_loan_from_its_first_draw_to_its_last_recovery():
    lost = LINE_CHARGED_OFF
    table = lived(
        book([100, 0]),
        book([90, 50], late=[1, 0]),  # the second begins in month 0
        book([90, 80], late=[2, 0]),  # it is drawn on; the first is 30 days late
        book([0, 70], late=[0, 2], written_off=[90, 0], line=[lost, LINE_OPEN]),  # charged off: 90 days, too
        book([0, 70], late=[0, 3], written_off=[60, 0], line=[lost, LINE_OPEN], paid=[30, 0]),  # 30 come back
        book([0, 0], late=[0, 0], written_off=[0, 0], line=[LINE_NONE, LINE_OPEN]),  # given up; repaid
        book([40, 0]),  # another loan, of the second quarter
    )
    assert list(table) == list(COLUMNS)
    rows = [tuple(row)[1:] for row in table.itertuples(index=False)]
    assert rows == [
        (-1, 0, 1, 100, 100, 0, 0, 0, 0, 0),
        (-1, 3, 1, 100, 100, 1, 1, 1, 90, 0),
        (-1, 6, 1, 100, 100, 1, 1, 1, 90, 30),
        (0, 0, 1, 50, 50, 0, 0, 0, 0, 0),
        (0, 3, 1, 50, 80, 1, 0, 0, 0, 0),
        (1, 0, 1, 40, 40, 0, 0, 0, 0, 0),
    ]


def test_an_account_that_is_repaid_and_drawn_begins_another_loan():
    table = lived(book([0]), book([10]), book([0]), book([30]), book([30], late=[1]), book([30], late=[2]), book([30]))
    assert table[["vintage", "age", "accounts", "originated", "ever_30"]].to_numpy().tolist() == [
        [0, 0, 2, 40, 0],
        [0, 3, 2, 40, 1],
    ]


def test_a_debt_that_is_sold_brings_its_price_alone():
    lost = [LINE_CHARGED_OFF]
    books = (book([80]), book([0], written_off=[80], line=lost), book([0], written_off=[0], line=lost), book([0]))
    assert lived(*books, months=3, price=0.1)["recovered"].tolist() == [0, 8]
    gone = (*books[:2], book([0], line=[LINE_NONE]), book([0]))
    assert lived(*gone, months=3, price=0.1)["recovered"].tolist() == [0, 8], "sold, and the customer has left at once"
    given_up = (*books[:2], book([0], line=[LINE_NONE], age=0), book([0]))
    assert lived(*given_up, months=3, price=0.1)["recovered"].tolist() == [0, 0], "given up after the exclusion"
    paid = (*books[:2], book([0], paid=[80]), book([0]))
    assert lived(*paid, months=3, price=0.1)["recovered"].tolist() == [0, 80], "repaid, the line is closed"


def test_what_is_late_at_the_policy_date_counts_at_once_and_once():
    table = lived(book([10, 20, 30], late=[1, 2, 5]), *(book([10, 20, 30], late=[1, 3, 6]) for _ in range(3)), months=3)
    assert table[["age", "accounts", "drawn", "ever_30", "ever_90"]].to_numpy().tolist() == [
        [0, 3, 60, 2, 1],
        [3, 3, 60, 2, 1],
    ]


def test_a_world_that_goes_on_longer_than_it_was_told_and_grows():
    books = [book([0]), *(book([10] * (1 + month)) for month in range(9))]
    table = lived(*books, months=2)
    assert table[table["age"] == 0]["accounts"].tolist() == [3, 3, 3]
    assert table[table["age"] == 6]["accounts"].tolist() == [3] and table["age"].max() == 6
    pd.testing.assert_frame_equal(table, lived(*books, months=9))


def test_only_loans_that_moved_are_looked_at():
    columns = book([10, 20, 0, 5, 7, 9, 9], late=[0, 0, 0, 2, 4, 2, 4], written_off=[0, 0, 0, 0, 0, 0, 3])
    balances = np.array([10, 15, 4, 5, 7, 9, 9], dtype=np.int32)
    pursued, worst = np.zeros(7, dtype=np.int32), np.array([0, 0, 0, 0, 1, 1, 2], dtype=np.int8)
    moved = np.zeros(7, dtype=np.int8)
    mark_moved(
        columns["principal"], columns["written_off"], columns["months_past_due"], balances, pursued, worst, moved
    )
    assert moved.tolist() == [0, 1, 1, 1, 1, 0, 1]
    events = np.zeros((2, 1, len(SO_FAR)), dtype=np.int64)
    begun = np.full(7, -2, dtype=np.int16)
    seen = (columns[name] for name in ("principal", "written_off", "months_past_due", "line"))
    stands = (columns[name] for name in ("paid", "alive", "months_in_state"))
    add_loans(*seen, balances, pursued, begun, worst, moved * 0, *stands, columns["months_in_state"], 0, 0.0, events)
    assert not events.any() and QUARTER == 3
