"""Months of a tape after the one that a book starts from: who is there, what is owed, which rows count."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pyarrow
import pytest
import yaml
from pyarrow import parquet

from sim.config.tape import read_mapping
from sim.config.validate import build
from sim.engine.tables.file_layout import Layout
from sim.inputs.errors import InputError
from sim.inputs.mapping import LongLayout, TapeMapping
from sim.inputs.synthetic_tape import write_tape
from sim.inputs.tape import read_tape
from sim.inputs.tape_history import columns_in, first_month, read_history, refuse_few_months, thinned

WIDE = """
id: account
limit: limit
months: ["2020-01", "2020-02", "2020-03"]
status: [s1, s2, s3]
balance: [b1, b2, b3]
payment: [p1, p2, p3]
codes: {current: ["0"], closed: [C], written_off: [W]}
median_income: 5000
"""
ROWS = """account,limit,s1,s2,s3,b1,b2,b3,p1,p2,p3
a,1000,0,1,C,500,480,0,0,20,480
b,2000,2,W,0,900,900,100,0,0,0
c,1000,C,0,0,0,10,10,0,0,0
d,3000,0,2,3,-50,0,700,1,2,3
"""
LONG = """
limit: limit
status: [late]
balance: [owed]
payment: [paid]
long: {id: loan, month: month}
codes: {current: ["0"], closed: [C]}
median_income: 5000
"""
LONG_ROWS = """loan,month,limit,late,owed,paid
x,2020-01,1000,0,500,0
x,2020-02,1000,1,480,20
y,2020-02,1000,0,300,0
z,2020-01,1000,0,100,0
y,2020-01,1000,2,310,5
z,2020-02,1000,C,0,100
y,2020-03,1000,1,290,15
"""


@pytest.fixture
def read(tmp_path):
    """Write a tape with its mapping and read it from its first month on."""

    def reading(rows, mapping, start="2020-01", until="", accounts=50_000_000):
        for name, text in (("tape.csv", rows), ("mapping.yaml", mapping)):
            (tmp_path / name).write_text(text, encoding="utf-8")
        found = read_mapping(str(tmp_path / "mapping.yaml"), build)
        file = tmp_path / "tape.csv"
        tape = read_tape(file, found, start, accounts)
        return tape, read_history(file, found, tape, until), first_month(file, found)

    return reading


def test_accounts_are_those_of_the_first_month_and_leave_when_they_end(read):
    tape, history, first = read(ROWS, WIDE)
    assert first == tape.start == "2020-01"
    assert history.labels == ("2020-01", "2020-02", "2020-03")
    assert history.accounts == tape.accounts == 3  # c had ended
    assert history.late.tolist() == [[0, 2, 0], [1, 0, 0], [0, 0, 3]]  # d owes nothing in the second month
    assert history.owed.tolist() == [[50_000, 90_000, 0], [48_000, 90_000, 0], [0, 10_000, 70_000]]
    assert history.paid[1].tolist() == [2_000, 0, 200]
    assert history.there.tolist() == [[True, True, True], [True, False, True], [False, False, True]]
    assert history.limit.tolist() == tape.evidence.limit.tolist()


def test_a_book_may_start_later_and_end_sooner(read):
    _, history, _ = read(ROWS, WIDE, start="2020-02")
    assert history.labels == ("2020-02", "2020-03") and history.accounts == 3  # b was written off, c is open again
    assert history.late[0].tolist() == [1, 0, 0]
    _, history, _ = read(ROWS, WIDE, until="2020-02")
    assert history.labels == ("2020-01", "2020-02") and len(history.paid) == 2


def test_rows_of_months_become_months_of_accounts(read):
    tape, history, first = read(LONG_ROWS, LONG)
    assert first == "2020-01"
    assert history.labels == ("2020-01", "2020-02", "2020-03")
    assert tape.evidence.principal.tolist() == history.owed[0].tolist() == [50_000, 10_000, 31_000]  # x, z, y
    assert history.late.tolist() == [[0, 0, 2], [1, 0, 0], [0, 0, 1]]
    assert history.there.tolist() == [[True] * 3, [True, False, True], [False, False, True]]
    assert history.paid[1].tolist() == [2_000, 10_000, 0]


def test_a_month_that_is_not_there_is_refused_and_so_is_a_tape_of_one(read):
    with pytest.raises(InputError, match="until: '2020-30', must be a month of the tape, 2020-01 to 2020-03"):
        read(ROWS, WIDE, until="2020-30")
    with pytest.raises(InputError, match="shows one month, 2020-03"):
        read(ROWS, WIDE, start="2020-03")
    single = WIDE.replace('["2020-01", "2020-02", "2020-03"]', "[]").replace("[s1, s2, s3]", "[s1]")
    single = single.replace("[b1, b2, b3]", "[b1]").replace("[p1, p2, p3]", "[p1]")
    with pytest.raises(InputError, match="shows one month"):
        read(ROWS, single)


@pytest.mark.parametrize(
    ("rows", "mapping", "line"),
    [
        (ROWS, WIDE.replace("s1, s2, s3", "t1, t2, t3"), "none of the monthly columns that the mapping names (t1,"),
        (ROWS, WIDE, "the mapping names 3 months (s1, s2, s3), must name at least 4"),
        (ROWS, WIDE.replace("s3]", "s3, s4, s5]"), "shows 3 months of the 5 that the mapping names, must show at"),
        (ROWS, WIDE.replace("s3]", "s3, s4, s5]"), "; missing: s4, s5"),
    ],
)  # fmt: skip
def test_a_tape_with_too_few_of_the_months_that_a_mapping_names_is_refused(tmp_path, rows, mapping, line):
    (tmp_path / "tape.csv").write_text(rows)
    told = dataclasses.replace(TapeMapping(), status=tuple(yaml.safe_load(mapping)["status"]))
    with pytest.raises(InputError, match=re.escape(line)):
        refuse_few_months(tmp_path / "tape.csv", told, 4)
    refuse_few_months(tmp_path / "tape.csv", dataclasses.replace(told, status=("s1", "s2")), 2)
    refuse_few_months(tmp_path / "tape.csv", dataclasses.replace(told, long=LongLayout(id="loan")), 4)


def test_columns_are_those_of_any_file_that_holds_a_table(tmp_path):
    (tmp_path / "tape.csv").write_text("a note\nx;y\n1;2\n")
    told = dataclasses.replace(TapeMapping(), layout=Layout(skip=1, separator="semicolon"))
    assert columns_in(tmp_path / "tape.csv", told) == ["x", "y"]
    parquet.write_table(pyarrow.table({"x": [1], "y": [2]}), tmp_path / "tape.parquet")
    assert columns_in(tmp_path / "tape.parquet", TapeMapping()) == ["x", "y"]
    (tmp_path / "tape.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"tape\.parquet: damaged, must be a CSV, xlsx or Parquet file"):
        columns_in(tmp_path / "tape.parquet", TapeMapping())


def test_a_thinner_tape_is_spread_over_the_file(tmp_path):
    write_tape(tmp_path / "tape.csv", 40)
    mapping = read_mapping("taiwan_2005", build)
    tape = read_tape(tmp_path / "tape.csv", mapping, "2005-04")
    history = read_history(tmp_path / "tape.csv", mapping, tape)
    few, rest = thinned(tape, history, 10)
    places = [0, 4, 8, 12, 16, 20, 24, 28, 32, 36]
    assert few.accounts == rest.accounts == 10 and few.start == tape.start
    assert (few.evidence.limit == tape.evidence.limit[places]).all()
    assert (rest.owed == history.owed[:, places]).all() and (rest.limit == few.evidence.limit).all()
    assert few.sha256 != tape.sha256 and few.contract.rate == tape.contract.rate
    assert thinned(tape, history, 40) == (tape, history)
    assert np.array_equal(history.owed[0], tape.evidence.principal)
