"""Lines before default, by hand: who counts, from when, and what a year's cohort says."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.tables.declare import declared_columns
from sim.lender import lines
from sim.lender.closes import is_packed
from sim.lender.lines import ALONG, BACK, LineMemory, add_up, add_up_cohort, closed, look, sums_of, take_first
from sim.loan.account import Account
from sim.loan.states import LINE_CHARGED_OFF, LINE_CLOSED, LINE_OPEN, NEVER

TYPES = declared_columns(Account)


def book(rows: int = 3, **columns):
    names = ("principal", "interest", "limit", "line", "months_past_due", "default_month", "written_off",
             "months_in_state")  # fmt: skip
    found = {name: np.zeros(rows, dtype=TYPES[name].dtype) for name in names}
    found["line"][:], found["default_month"][:] = LINE_OPEN, NEVER
    return found | {name: np.array(values, dtype=TYPES[name].dtype) for name, values in columns.items()}


def lived(*months, early: bool = False) -> tuple[LineMemory, list[dict[str, float]]]:
    memory = LineMemory()
    told = [memory.close(k, one, one["months_past_due"], early) for k, one in enumerate(months)]
    return memory, told


@pytest.fixture(autouse=True, params=[1, lines.LARGE], ids=["packed", "whole"])
def large(request, monkeypatch):
    """Every test with closes that are packed, and that are not."""
    monkeypatch.setattr(lines, "LARGE", request.param)


ORDER = {"principal": [200, 900, 0], "interest": [0, 50, 0], "limit": [1_000, 900, 500]}
LATE = {"principal": [700, 800, 0], "interest": [50, 0, 0], "limit": [1_000, 900, 500]}


def defaulting(after: int, **then):
    """A book in order for so many months, in which the first two then default."""
    first = {**ORDER, **then}
    return [book(**first)] * after + [book(**LATE, months_past_due=[4, 4, 0], default_month=[after, after, NEVER])]


@pytest.mark.parametrize("back", BACK)
def test_conversion_is_pooled_from_so_many_months_before(back):
    """The first owed 200 of 1 000 and owes 750; the second had nothing left, and the third does not default."""
    told = lived(*defaulting(back))[1][-1]
    assert told["exposure_at_default"] == 750 + 800
    assert told[f"undrawn_before_{back}"] == 800 and told[f"conversion_before_{back}"] == 550 / 800
    sooner = lived(*defaulting(back - 1))[1][-1]
    assert sooner[f"undrawn_before_{back}"] == 0 == sooner[f"conversion_before_{back}"]


def test_a_line_counts_while_it_is_open_and_not_in_default():
    both = {"limit": [1_000, 2_000, 500]}
    told = lived(*defaulting(3, **both))[1][-1]
    assert told["undrawn_before_3"] == 800 + 1_050 and told["conversion_before_3"] == (550 - 150) / 1_850
    for change in ({"line": [LINE_OPEN, LINE_CLOSED, LINE_OPEN]}, {"months_past_due": [0, 4, 0]}):
        told = lived(*defaulting(3, **both, **change))[1][-1]
        assert told["undrawn_before_3"] == 800, change
    assert lived(*defaulting(3, **both, months_past_due=[0, 3, 0]))[1][-1]["undrawn_before_3"] == 1_850


def test_utilisation_on_the_way_to_default():
    told = lived(*defaulting(12))[1][-1]
    assert [told[f"limit_before_{k}"] for k in ALONG] == [1_900] * 5
    assert [told[f"utilisation_before_{k}"] for k in ALONG] == [1_550 / 1_900, *[1_150 / 1_900] * 4]


def test_a_line_that_is_gone_at_default_has_no_limit_any_more():
    """Charged off on the day, and nothing is owed: what it had a month before is no limit at default."""
    gone = book(**LATE, months_past_due=[4, 4, 0], default_month=[2, 2, NEVER])
    gone["principal"][0] = gone["interest"][0] = 0
    gone["line"][0], gone["written_off"][0] = LINE_CHARGED_OFF, 750
    told = lived(book(**ORDER), book(**ORDER), gone)[1][-1]
    assert told["exposure_at_default"] == 750 + 800
    assert (told["limit_before_0"], told["limit_before_1"]) == (900, 1_900)
    assert told["utilisation_before_0"] == 800 / 900


def test_a_cohort_holds_all_who_defaulted_within_the_year_each_once():
    """In order a year ago, and drawn since; who was in arrears then had no line to draw."""
    again = book(**LATE, months_past_due=[4, 4, 4], default_month=[NEVER, NEVER, NEVER])
    months = [*defaulting(6), *[again] * 5, book(**LATE, default_month=[12, NEVER, 12], months_past_due=[4, 4, 4])]
    memory, told = lived(*months)
    # The first defaults in months 6 and 12: what it owed in month 6 counts. The third owes nothing.
    assert told[-1]["undrawn_of_cohort"] == 800 + 500 and told[-1]["conversion_of_cohort"] == 550 / 1_300
    assert (memory.undrawn, memory.converted, memory.count) == (1_300, 550, 2)
    assert memory.cohort["owed_at_default"].tolist() == [750, 800, 0]
    late = [book(**ORDER, months_past_due=[1, 0, 0]), *months[1:]]
    assert lived(*late)[1][-1]["undrawn_of_cohort"] == 500


def test_what_is_charged_off_on_the_day_was_owed_at_default():
    gone = {"principal": [0, 0, 0], "written_off": [700, 0, 0], "line": [LINE_CHARGED_OFF, LINE_OPEN, LINE_OPEN]}
    assert lived(book(**gone, default_month=[0, NEVER, NEVER]))[1][0]["exposure_at_default"] == 700
    assert lived(book(**gone))[1][0]["exposure_at_default"] == 0
    assert lived(book(**gone), early=True)[1][0]["exposure_at_default"] == 700, "charged off before 90 days"
    assert lived(book(**gone, months_in_state=[1, 0, 0]), early=True)[1][0]["exposure_at_default"] == 0


@pytest.mark.parametrize("large", [2, 3])
def test_a_year_is_kept_and_a_row_that_came_later_was_not_there(monkeypatch, large):
    monkeypatch.setattr(lines, "LARGE", large)
    months = [book(2, principal=[k, k], limit=[99, 99]) for k in range(20)]
    memory, _ = lived(*months)
    assert len(memory.past) == len(memory.defaulted) == 12
    assert [is_packed(close) for close in memory.past] == 12 * [large == 2]
    assert memory.before(12, np.array([0, 7]))["owed"].tolist() == [8, 0]
    assert memory.before(1, np.array([1]))["limit"].tolist() == [99]
    assert memory.left == 2 * 80 and LineMemory().left == 0
    for whole in (False, True):  # an allowance in stages goes through all rows of the last close
        again = LineMemory(whole)
        again.restore(memory.save())
        assert again.before(12, np.array([0]))["owed"].tolist() == [8]
        again.close(20, months[0], months[0]["months_past_due"])
        assert [is_packed(close) for close in again.past] == 11 * [large == 2] + [large == 2 and not whole]
        assert again.left == 2 * 99 and again.before(2, np.array([0, 1]))["owed"].tolist() == [19, 19]


def test_a_last_close_that_was_packed_is_whole_where_an_allowance_goes_through_it(monkeypatch):
    monkeypatch.setattr(lines, "LARGE", 2)
    memory, _ = lived(book(principal=[3, 0, 4], limit=[99, 0, 0]))
    again = LineMemory(whole=True)
    again.restore(memory.save())
    assert is_packed(memory.past[-1]) and again.past[-1]["owed"].tolist() == [3, 0, 4]
    assert again.past[-1]["limit"].tolist() == [99, 0, 0]


def test_a_close_is_taken_down_account_by_account():
    one = book(principal=[5, 6, 7], interest=[1, 0, 2], limit=[90, 80, 70], line=[LINE_OPEN, LINE_CLOSED, LINE_OPEN])
    found = [np.full(3, 99, dtype=kind) for kind in ("int32", "int32", "int8")]
    look(one["principal"], one["interest"], one["limit"], one["line"], np.array([0, 4, 1], np.int8), *found)
    assert [column.tolist() for column in found] == [[6, 6, 9], [90, 0, 70], [0, 4, 1]]


def test_sums_by_close_of_lines_that_count():
    """Of the first close one counts with 70 left, one is drawn to its limit, one was in default; of the second none."""
    then = {"owed": [[30, 50, 10], [0, 9, 9]], "limit": [[100, 50, 90], [0, 5, 0]], "late": [[3, 0, 4], [0, 4, 0]]}
    then = {name: np.array(values) for name, values in then.items()}
    sums = sums_of(np.array([110, 60, 70]), then).tolist()
    assert sums == [[70, 0], [80, 0], [150, 0], [80, 0]]
    found = np.ones((4, 2), np.int64)
    add_up(np.array([110, 60, 70]), then["owed"], then["limit"], then["late"], found)
    assert found.tolist() == [[one + 1 for one in two] for two in sums]


def test_what_is_kept_does_not_change_with_the_book():
    now = book(principal=[1, 2, 3])
    kept = closed(now, now["months_past_due"])
    now["principal"] += 9
    now["months_past_due"] += 9
    assert kept["owed"].tolist() == [1, 2, 3] and kept["late"].tolist() == [0, 0, 0]


def test_who_defaults_twice_in_a_year_counts_once_with_what_was_owed_first():
    memory = LineMemory()
    for rows, owed in (([1, 4], [10, 40]), ([1, 2], [99, 20])):
        memory.defaulted.append({"rows": np.array(rows), "owed": np.array(owed)})
    assert [found.tolist() for found in memory.since()] == [[1, 2, 4], [10, 20, 40]]


def test_only_open_lines_have_a_limit_at_a_close():
    of = book(principal=[1, 2, 3], interest=[10, 0, 5], limit=[50, 60, 70], line=[LINE_OPEN, LINE_CLOSED, LINE_OPEN])
    found = closed(of, np.array([0, 1, 2]))
    assert [found[name].tolist() for name in ("owed", "limit", "late")] == [[11, 2, 8], [50, 0, 70], [0, 1, 2]]
    assert [found[name].dtype for name in ("owed", "limit", "late")] == [np.int32, np.int32, np.int8]


def test_of_rows_in_order_the_first_of_each_is_taken():
    found = np.full((2, 5), -1)
    rows, owed = np.array([4, 1, 1, 9, 4]), np.array([40, 10, 99, 90, 88])
    assert take_first(rows, owed, rows.argsort(kind="stable"), found) == 3
    assert found[:, :3].tolist() == [[1, 4, 9], [10, 40, 90]]


def test_a_cohort_by_hand():
    """Left a year ago: 70, nothing, 90 in arrears, 5; of the latest to default the first and the last had any."""
    found = np.array([1_000, 2_000, 3_000])
    then = np.array([[30, 50, 10, 0], [100, 50, 100, 5], [0, 0, 1, 0]])
    add_up_cohort(np.array([2, 3, 5, 8]), np.array([110, 60, 70, 1]), *then, np.array([2, 3, 5, 8]), found)
    assert found.tolist() == [1_000 + 75, 2_000 + 81, 3_000 + 2]
    add_up_cohort(np.array([2, 3, 5, 8]), np.array([110, 60, 70, 1]), *then, np.array([3, 8]), found)
    assert found[2] == 3_003


def test_closes_on_the_way_to_default_are_the_same_packed_or_whole(monkeypatch):
    """Accounts that came later were not there; before the first close nobody was."""
    told = []
    for large in (1, 99):
        monkeypatch.setattr(lines, "LARGE", large)
        memory, _ = lived(*[book(k + 1, principal=range(k, 2 * k + 1), limit=[200 + k] * (k + 1)) for k in range(7)])
        assert [is_packed(close) for close in memory.past] == 7 * [large == 1]
        along = memory.along(np.array([0, 2, 5]), memory.past[-1])
        told.append({name: found.tolist() for name, found in along.items()})
    assert told[0] == told[1]
    assert told[0]["owed"] == [[6, 8, 11], [6, 8, 11], [4, 6, 0], [1, 0, 0], [0, 0, 0]]
    assert told[0]["limit"][2:4] == [[204, 204, 0], [201, 0, 0]]
