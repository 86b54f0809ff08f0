"""Roll-rate matrices: they are the stocks of two months, to the fen, and each step is where it belongs."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from sim.loan.states import LINE_CHARGED_OFF, LINE_OPEN
from sim.study.follow.rolls import CHARGED_OFF, COLUMNS, STATES, Rolls, add_rolls, states_of

AGES = [f"M{months}" for months in range(14)]


def rolls_of(world) -> pd.DataFrame:
    return pd.DataFrame(world.tables["rolls"])


def test_a_months_matrix_ends_in_the_months_own_balances(world):
    found = rolls_of(world).groupby(["month", "state_after"])["balance_after"].sum().unstack(fill_value=0)
    for month, record in enumerate(world.records):
        assert found.loc[month].sum() == record["outstanding"]
        *ages, last = (found.loc[month].get(state, 0) for state in AGES)
        assert ages == [record.get(f"balance_m{k}", 0) for k in range(13)] and last == 0
    assert len(found) == len(world.records) == 30


def test_a_matrix_begins_where_the_one_before_ended(world):
    rolls = rolls_of(world)
    amounts = ["accounts", "balance"]
    ends = rolls.groupby(["month", "borrower", "state_after"])[["accounts", "balance_after"]].sum()
    begins = rolls.groupby(["month", "borrower", "state_before"])[["accounts", "balance_before"]].sum()
    ends.columns = begins.columns = amounts
    compared = 0
    for month in range(1, 30):
        for who in ("persons", "firms"):
            before, after = (
                frame.loc[month - k, who].drop("nothing owed", errors="ignore") for frame, k in ((ends, 1), (begins, 0))
            )
            # Who was pursued and has left, or was given up, counts no more: all others are there account for account.
            pd.testing.assert_frame_equal(before.sort_index(), after.sort_index(), check_names=False)
            compared += len(before)
    assert compared > 300
    assert not (ends["balance"] * (ends.index.get_level_values(2) == "nothing owed")).any()


def book(**columns) -> dict[str, np.ndarray]:
    kinds = {"principal": np.int32, "line": np.int8, "alive": np.int8, "months_past_due": np.int8}
    return {name: np.array(columns[name], dtype=kind) for name, kind in kinds.items()}


def model_of(accounts, firms=None) -> SimpleNamespace:
    return SimpleNamespace(accounts=accounts, firms=SimpleNamespace(exist=firms is not None, accounts=firms))


def test_a_hand_made_book():
    open_, lost = LINE_OPEN, LINE_CHARGED_OFF
    model = model_of(
        book(
            principal=[100, 50, 0, 70, 0, 30],
            months_past_due=[0, 1, 0, 13, 0, 0],
            line=[open_] * 4 + [lost, open_],
            alive=[1] * 6,
        )
    )
    follower = Rolls(model)
    # In order and repaid a part; one month later; begins; charged off; pursued still; repaid. A seventh has come.
    model.accounts = book(
        principal=[90, 50, 10, 0, 0, 0, 5],
        months_past_due=[0, 2, 0, 0, 0, 0, 0],
        line=[open_, open_, open_, lost, lost, open_, open_],
        alive=[1] * 7,
    )
    follower.follow(model)
    # Who was pursued has left; the rest stays.
    model.accounts = book(
        principal=[90, 50, 10, 0, 0, 0, 5], months_past_due=[0, 2, 0, 0, 0, 0, 0],
        line=[open_, open_, open_, lost, lost, open_, open_], alive=[1, 1, 1, 1, 0, 1, 1],
    )  # fmt: skip
    follower.follow(model)
    table = follower.tables()["rolls"]
    assert list(table) == list(COLUMNS)
    rows = [tuple(row) for row in pd.DataFrame(table).drop(columns="borrower").itertuples(index=False)]
    assert rows == [
        (0, "nothing owed", "M0", 2, 0, 15),
        (0, "M0", "nothing owed", 1, 30, 0),
        (0, "M0", "M0", 1, 100, 90),
        (0, "M1", "M2", 1, 50, 50),
        (0, "M13", "charged off", 1, 70, 0),
        (0, "charged off", "charged off", 1, 0, 0),
        (1, "M0", "M0", 3, 105, 105),
        (1, "M2", "M2", 1, 50, 50),
        (1, "charged off", "nothing owed", 1, 0, 0),
        (1, "charged off", "charged off", 1, 0, 0),
    ]
    assert set(table["borrower"]) == {"persons"}


def test_firms_have_a_matrix_of_their_own():
    model = model_of(
        book(principal=[1], months_past_due=[0], line=[LINE_OPEN], alive=[1]),
        book(principal=[0, 8], months_past_due=[0, 3], line=[LINE_OPEN] * 2, alive=[1] * 2),
    )
    follower = Rolls(model)
    follower.follow(model)
    table = follower.tables()["rolls"]
    assert list(zip(table["borrower"], table["state_before"], table["balance_after"], strict=True)) == [
        ("persons", "M0", 1),
        ("firms", "M3", 8),
    ]


def test_a_run_without_a_month_leaves_an_empty_table():
    table = Rolls(model_of(book(principal=[1], months_past_due=[0], line=[LINE_OPEN], alive=[1]))).tables()["rolls"]
    assert {len(values) for values in table.values()} == {0} and list(table) == list(COLUMNS)


def test_states_and_sums_are_those_of_plain_python():
    rng = np.random.default_rng(5)
    count = 3_000
    accounts = book(
        principal=rng.integers(1, 2**31 - 1, count) * rng.integers(0, 2, count),
        months_past_due=rng.integers(0, 14, count) * rng.integers(0, 2, count),
        line=rng.integers(0, 7, count),
        alive=rng.integers(0, 2, count),
    )
    now = np.zeros(count, dtype=np.int8)
    states_of(accounts["principal"], accounts["months_past_due"], accounts["line"], accounts["alive"], now)
    for owed, late, line, alive, state in zip(*accounts_in_order(accounts), now.tolist(), strict=True):
        expected = late + 1 if owed else CHARGED_OFF if line == LINE_CHARGED_OFF and alive else 0
        assert state == expected
    before = rng.permutation(now)
    balances = rng.integers(0, 2**31 - 1, count).astype(np.int32)
    matrix, plain = (np.zeros((len(STATES), len(STATES), 3), dtype=np.int64) for _ in range(2))
    add_rolls(before, now, balances, accounts["principal"], matrix)
    for was, is_, had, has in zip(
        before.tolist(), now.tolist(), balances.tolist(), accounts["principal"].tolist(), strict=True
    ):
        if was or is_:
            plain[was, is_] += (1, had, has)
    assert matrix.tolist() == plain.tolist()


def accounts_in_order(accounts):
    return [accounts[name].tolist() for name in ("principal", "months_past_due", "line", "alive")]
