"""Loops over many columns at once: each sees its own rows in use, whatever it holds, and stays with moved columns."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.loops.columns import CLEAR, COUNT_NOT_FINITE, OverColumns
from sim.engine.tables.declare import column
from sim.engine.tables.finite import NotFiniteError, check_columns
from sim.engine.tables.table import Table

SHARE = column("float32", None, None, "fraction", "a part of something")
BIG = {"float32": 3e38, "float64": 1e308}


def not_finite(values):
    return int((~np.isfinite(values)).sum())


def clear(values):
    values.fill(0)
    return 0


def test_what_is_no_number_is_counted_column_by_column():
    columns = [np.full(40, BIG[kind], dtype=kind) for kind in ("float32", "float64", "float32")]
    columns[0][[3, 20]], columns[2][[0, 9, 17, 31]] = (np.nan, np.inf), (-np.inf, np.nan, np.inf, np.nan)
    over = OverColumns(COUNT_NOT_FINITE, not_finite, columns)
    assert over.run(40).tolist() == [2, 0, 4]
    assert over.run(20).tolist() == [1, 0, 3] and over.run(0).tolist() == [0, 0, 0]
    assert over.run(40, 9).tolist() == [1, 0, 3] and over.run(20, 10).tolist() == [0, 0, 1]
    assert over.run(40, 40).tolist() == [0, 0, 0]
    columns[1][39] = np.nan
    assert over.run(40).tolist() == [2, 1, 4]
    assert OverColumns(COUNT_NOT_FINITE, not_finite, []).run(40).tolist() == []


def test_the_loop_as_it_is_written_counts_what_is_no_number():
    space, totals = {"int64": int, "unsigned": int}, [2]
    exec(COUNT_NOT_FINITE.parts[0][1], space)
    with np.errstate(invalid="ignore"):
        space["_count"](1, 5, totals, np.array([np.nan, 1.0, np.inf, -np.inf, np.nan, BIG["float64"], np.nan]))
    assert totals == [2 + 3], "of five rows from the second on, beside what was found before"


def test_the_rows_in_use_are_cleared_and_no_others():
    columns = [np.arange(1, 12).astype(kind) for kind in ("int32", "float32")]
    OverColumns(CLEAR, clear, columns).run(10)
    assert [one.tolist() for one in columns] == [[0] * 10 + [11]] * 2


def test_what_follows_from_where_columns_lie_is_made_anew_when_they_move():
    table = Table({"share": SHARE, "cash": column("int64", None, None, "fen", "cash")}, 4)
    made = []
    for rows, times in ((3, 1), (1, 1), (1, 2)):
        table.append(rows)
        table.once("lying", lambda: made.append(table.array("share")) or table.array("share"))
        assert len(made) == times and made[-1] is table.array("share")
    other = Table(dict(table.columns), 9)
    other.once("lying", lambda: made.append(other.array("share")) or 1)
    table.take(other)
    assert not other._made, "an emptied table holds nothing back"


def test_a_table_that_has_grown_is_looked_at_where_it_lies_now():
    table = Table({"share": SHARE, "part": SHARE}, 2)
    table.append(2)
    check_columns(3, {"shares": table}, ())
    table.append(2)
    table["part"][[1, 2]], table["share"][3] = np.nan, np.inf  # the column that comes first is named
    with pytest.raises(NotFiniteError, match=r"^month 3: shares\.share is inf in row 3"):
        check_columns(3, {"shares": table}, ())
    table["share"][3] = 1.0
    with pytest.raises(NotFiniteError, match=r"^month 3: shares\.part is nan in row 1"):
        check_columns(3, {"shares": table}, ())
