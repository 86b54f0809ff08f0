"""Moments of a book: counted by hand on a few accounts, and their sampling error against many draws of accounts."""

from __future__ import annotations

import numpy as np
import pytest

from sim.fit.moments import (
    MOMENTS,
    RATIO,
    ROLLS,
    SHARE,
    Book,
    Moment,
    Steps,
    counted,
    current,
    enough,
    levels,
    told,
    value_of,
)

BY_KEY = {moment.key: moment for moment in MOMENTS}


def book(late, owed=None, paid=None, there=None, limit=1_000):
    """A book with an account in each column; owes half of its limit unless told otherwise."""
    late = np.array(late, dtype=np.int64)
    owed = np.full(late.shape, 500) if owed is None else np.array(owed)
    paid = np.zeros((0, late.shape[1]), np.int64) if paid is None else np.array(paid)
    there = np.ones(late.shape, bool) if there is None else np.array(there)
    return Book(late, owed, paid, there, np.full(late.shape[1], limit))


def cases(key, of, first=0, last=None):
    found = counted(BY_KEY[key], Steps(of, first, len(of.late) - 1 if last is None else last))
    return found.cases, found.among


WORSE = book([[0, 0, 0, 1, 1, 2, 2, 4, 5], [0, 1, 3, 0, 2, 1, 3, 3, 0]])


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("entry", (2, 3)), ("cure_1", (1, 2)), ("worse_1", (1, 2)), ("better_2", (1, 2)), ("worse_2", (1, 2)),
        ("better_3", (2, 2)), ("out_3", (1, 2)), ("late_1", (2, 9)), ("late_2", (1, 9)), ("late_3", (3, 9)),
    ],
)  # fmt: skip
def test_rolls_and_levels_are_counted_by_months_past_due(key, expected):
    assert cases(key, WORSE) == expected


def test_an_account_counts_while_it_is_there_and_owes():
    of = book([[0, 0, 0], [1, 1, 1]], owed=[[500, 0, 500], [500] * 3], there=[[True] * 3, [True, True, False]])
    assert cases("entry", of) == (1, 1)


def test_only_the_months_asked_for_are_counted():
    of = book([[0, 0], [1, 0], [0, 1], [0, 1]])
    assert cases("entry", of, 0, 1) == (1, 2)
    assert cases("entry", of, 1, 2) == (1, 1)
    assert cases("entry_again", of, 0, 3) == (0, 1)  # the first account, in order again after the second month


def test_who_falls_behind_is_parted_by_use_of_the_limit():
    of = book([[0, 0, 0], [1, 0, 1]], owed=[[900, 400, 600], [900, 400, 600]])
    assert cases("entry_used", of) == (1, 1)
    assert cases("entry_free", of) == (0, 1)


def test_use_growth_and_draws_are_of_balances():
    of = book([[0, 0], [0, 0]], owed=[[400, 500], [460, 940]])
    assert cases("use", of) == (1400, 2000)
    assert cases("growth", of) == (1400, 900)
    assert cases("drew", of) == (2, 2)
    assert cases("used_up", of) == (1, 2)
    assert cases("drew", book([[0], [0]], owed=[[400], [450]])) == (0, 1)  # five per cent of the limit are no more


def test_payments_of_a_month_stand_against_what_was_owed_before():
    of = book([[0] * 4, [0] * 4], owed=[[400] * 4, [300] * 4], paid=[[0] * 4, [0, 60, 100, 800]])
    assert cases("paid_bill", of) == (560, 1600)
    assert cases("paid_full", of) == (1, 4)
    assert cases("paid_much", of) == (2, 4)
    assert cases("paid_nothing", of) == (1, 4)


def test_a_level_is_the_log_odds_of_a_share_and_the_logarithm_of_a_ratio():
    share, ratio = (counted(BY_KEY[key], Steps(WORSE, 0, 1)) for key in ("entry", "growth"))
    assert share.level == pytest.approx(np.log(2.5 / 1.5))  # two of three, and a half on either side
    assert ratio.level == pytest.approx(0.0)
    assert value_of(BY_KEY["entry"], share.level) == pytest.approx(2.5 / 4.0)
    assert value_of(BY_KEY["growth"], np.log(1.5)) == pytest.approx(1.5)
    assert {BY_KEY["entry"].kind, BY_KEY["growth"].kind} == {SHARE, RATIO}


def test_the_sampling_error_is_that_of_drawing_accounts_again():
    luck = np.random.default_rng(3)
    often = luck.random(4_000) < 0.3  # accounts that are late often: months of one account hang together
    late = (luck.random((6, 4_000)) < np.where(often, 0.5, 0.02)).astype(np.int64)
    of, moment = book(late), BY_KEY["entry"]
    error = counted(moment, Steps(of, 0, 5)).error
    again = []
    for _ in range(300):
        rows = luck.integers(0, 4_000, 4_000)
        few = Book(late[:, rows], of.owed[:, rows], of.paid, of.there[:, rows], of.limit[rows])
        again.append(counted(moment, Steps(few, 0, 5)).level)
    assert error == pytest.approx(np.std(again), rel=0.15)


def test_what_is_rare_or_not_on_the_tape_is_no_moment():
    late = np.zeros((3, 200), np.int64)
    late[1:, :4] = 1
    keys = [moment.key for moment, _ in told(MOMENTS, book(late), 0, 2)]
    assert "entry" not in keys  # four cases
    late[1:, :6] = 1
    keys = [moment.key for moment, _ in told(MOMENTS, book(late), 0, 2)]
    assert "entry" in keys and "use" in keys
    assert not {"cure_1", "paid_bill"} & set(keys)
    everybody = counted(BY_KEY["late_1"], Steps(book(np.ones((2, 100), np.int64)), 0, 1))
    assert not enough(BY_KEY["late_1"], everybody)  # a share of all tells as little as one of none


def test_levels_come_in_the_order_that_is_asked_for():
    asked = (BY_KEY["worse_2"], BY_KEY["entry"])
    found = levels(asked, WORSE, 0, 1)
    assert found == pytest.approx([counted(one, Steps(WORSE, 0, 1)).level for one in asked])
    assert set(ROLLS) < set(MOMENTS)
    assert current(Steps(WORSE, 0, 1)).sum() == 3
    assert isinstance(MOMENTS[0], Moment)
