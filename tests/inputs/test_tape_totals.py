"""Control totals of terms, what of a tape contradicts itself, and what looks like another unit: told, never silent."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.tables.file_layout import Layout
from sim.inputs.control_totals import control_totals
from sim.inputs.errors import InputError
from sim.inputs.files import own_file
from sim.inputs.month_table import read_table
from sim.inputs.source import Source
from sim.inputs.tape_notes import counted, notes_of
from sim.inputs.term_totals import ranges_apart, terms_told, warnings
from sim.inputs.text import replaced_header
from tests.inputs.test_tape_as_published import OWN, own, tape_of

LOAN = {"product": "instalment", "columns": {"rate": "rate", "term": "left", "instalment": "pay"}}
NAMES = ["limit", "status", "owed", "rate"]
BARE = {**OWN, "columns": {"rate": "rate"}}


def loans(folder, *rows, **keys):
    """A tape of instalment loans: limit, status, owed, rate, left, pay."""
    return own(folder, "rate,left,pay", *rows, **{**LOAN, **keys})


def test_rates_terms_and_instalments_are_summed_up(tmp_path):
    tape = loans(tmp_path, "900,0,600,0.10,12,53", "900,0,200,0.20,24,10.5", "900,0,200,0.30,30,0")
    assert terms_told(tape) == [
        "rates: mean 16.00% a year by balance, 10.00% to 30.00%",
        "months left of 3 accounts with a term: mean 22.0, 12 to 30",
        "instalments of 2 accounts: 63.50 CNY a month; 1 account with a balance and none",
    ]
    dollars = loans(tmp_path, "900,0,600,0.10,12,53", "900,0,0,0.20,24,0", currency="USD", yuan=7.0)
    assert terms_told(dollars)[2] == "instalments of 1 account: 53.00 USD a month"
    assert warnings(tape) == [] and control_totals(tape, 4, 400_000)[5:] == terms_told(tape)
    assert terms_told(own(tmp_path, "x", "9,0,6,")) == []


def test_part_fractions_and_part_per_cent_are_told(tmp_path):
    rows = [f"900,0,600,{rate},12,53" for rate in ("0.12", "0.3", "8", "18", "24")]
    assert warnings(loans(tmp_path, *rows, rate_in="percent")) == [
        "look at the rates: 2 accounts at 0.120% to 0.300% a year, the others at 8.000% to 24.000%, as where part are"
        " fractions and part in percent"
    ]
    assert ranges_apart(np.array([0.003, 0.0012, 0.24, 0.08])) == 2 and ranges_apart(np.array([0.2])) == 0
    assert ranges_apart(np.array([0.01, 0.02, 0.3, 0.4])) == 0  # one middle is 23 times the other
    assert ranges_apart(0.001 * 2.9 ** np.arange(10)) == 0  # far apart, with all between
    assert ranges_apart(np.array([0.1, 0.2, 0.3])) == 0


def test_a_book_that_costs_next_to_nothing_is_told(tmp_path):
    rows = ("900,0,600,0.08,12,53", "900,0,600,0.2,12,53")
    told = warnings(loans(tmp_path, *rows, rate_in="percent"))
    assert told == ["look at the rates: the greatest is 0.200% a year; rate_in says whether they are in percent"]
    assert warnings(loans(tmp_path, "900,0,600,1,12,51", rate_in="percent")) == []


def test_instalments_above_what_is_owed_are_told(tmp_path):
    fits = ["900,0,600,0.12,10,64"] * 8
    # 606 is the balance with its interest; a cent more is of rounding.
    assert warnings(loans(tmp_path, *fits, "900,0,600,0.12,1,606.01", "900,0,600,0.12,1,606.01")) == []
    one = loans(tmp_path, *fits, "900,0,600,0.12,10,64", "900,0,600,0.12,10,606.02")
    assert warnings(one) == []
    two = loans(tmp_path, *fits, "900,0,600,0.12,10,606.02", "900,0,600,0.12,10,900")
    assert warnings(two) == [
        "look at the instalments: those of 2 accounts of 10 accounts that have one are more than the balance with a"
        " month's interest"
    ]


def test_terms_in_years_are_told_by_their_instalments(tmp_path):
    assert warnings(loans(tmp_path, "900,0,600,0.12,3,19.93", "900,0,600,0.12,5,13.35")) == [
        "look at the terms: 4 months left in the middle, and the instalments of 2 accounts are off those of balance,"
        " rate and term by a factor above 2, as where terms are in years"
    ]
    assert warnings(loans(tmp_path, "900,0,600,0.12,3,204.02", "900,0,600,0.12,5,123.63")) == []
    assert len(warnings(loans(tmp_path, "900,0,600,0.12,3,204.02", "900,0,600,0.12,4,330"))) == 1  # 154 would fit
    fits = ["900,0,600,0.12,3,204.02"] * 9
    assert warnings(loans(tmp_path, *fits, "900,0,600,0.12,4,330")) == []
    assert warnings(loans(tmp_path, *fits, "900,0,0,0.12,4,330", "900,0,600,0.12,4,330")) == []  # nothing owed
    cards = own(tmp_path, "kind,rate,left,pay", *["900,0,600,card,0.12,1,50"] * 3, "900,0,600,instalment,0.12,7,20",
                columns={**LOAN["columns"], "product": "kind"})  # fmt: skip
    assert warnings(cards) == []  # a card has no term
    assert warnings(loans(tmp_path, "900,0,600,0.12,7,19.93", "900,0,600,0.12,5,13.35")) == []


def test_a_status_and_days_that_disagree_are_counted(tmp_path):
    rows = ("9,2,6,0", "9,1,6,0", "9,0,6,31", "9,2,6,31", "9,3,6,31", "9,0,6,0")
    tape = own(tmp_path, "days", *rows, columns={"days_past_due": "days"})
    assert tape.totals.notes == (
        "2 accounts: status says late, days past due 0; days past due hold",
        "1 account: status says not past due, days past due above 0; days past due hold",
        "1 account: status says late, days past due of another month; days past due hold",
    )
    assert own(tmp_path, "x", "9,2,6,0").totals.notes == ()
    from_two = {"columns": {"days_past_due": "days"}, "late_from_two": ["2024-06"]}
    assert own(tmp_path, "days", "9,3,6,31", "9,1,6,1", **from_two).totals.notes == ()
    month = "id,month,status,owed,days\na,2024-05,0,6,0\na,2024-06,1,6,0\n"
    long = {"long": {"id": "id", "month": "month"}, "columns": {"days_past_due": "days"}, "product": "instalment"}
    tape = tape_of(tmp_path, month, **long, status=["status"], balance=["owed"], median_income=4000)
    assert tape.totals.notes[0] == "1 account: status says late, days past due 0; days past due hold"


def test_odd_amounts_are_counted_and_said(tmp_path):
    rows = ("9,0,10,0,0", "9,0,9,600,0", "9,0,-1,0,50")
    tape = own(tmp_path, "score,earns", *rows, columns={"score": "score"}, income="earns")
    assert tape.totals.notes == (
        "1 account with a balance above the limit: both as they stand",
        "1 account with a balance below 0: taken as 0, nothing owed",
        "2 accounts with score 0: in the mean of the scores, no rule uses it",
        "2 accounts with income 0: drawn by the limit, as where none is told",
    )
    assert control_totals(tape, 4, 400_000)[-4:] == list(tape.totals.notes) and callable(notes_of)
    assert tape.evidence.principal.tolist() == [1000, 900, 0]
    assert [counted(n) for n in (0, 1, 1234)] == ["0 accounts", "1 account", "1 234 accounts"]
    assert [counted(1, "have"), counted(1, "lack"), counted(2, "lack")] == [
        "1 account has", "1 account lacks", "2 accounts lack",
    ]  # fmt: skip


def test_an_account_is_never_taken_for_the_header_that_names_replace(tmp_path):
    text = "9,0,6,0.1\n9,0,5,0.2\n"
    with pytest.raises(InputError, match=r"row 1: '9\|0\|6\|0\.1', would be the header .*layout\.header=0 reads it"):
        tape_of(tmp_path, text, **BARE, layout={"names": NAMES})
    tape = tape_of(tmp_path, text, **BARE, layout={"names": NAMES, "header": 0})
    assert tape.accounts == 2 and tape.totals.notes == ()
    for head in ("a,b,c,d", "1,2,3,4", "0,1,2,3", "2005-04,2005-05,200506,2005"):
        tape = tape_of(tmp_path, f"{head}\n{text}", **BARE, layout={"names": NAMES})
        told = head.replace(",", "|")
        assert tape.accounts == 2 and tape.totals.notes == (
            f"the header (row 1, '{told}') is replaced by layout.names",
        )
    source = Source(own_file(tmp_path / "tape.csv", "a table"), "a table", 1000, Layout(names=("a",), header=2))
    assert replaced_header(source) == "row 2, '9|0|6|0.1'"
    (tmp_path / "path.csv").write_text("2024-01,3.7\n2024-02,3.9\n")
    with pytest.raises(InputError, match=r"economy\.layout\.header=0 reads it"):
        read_table(tmp_path / "path.csv", Layout(names=("month", "unemployment")))


SIX = "limit,status,owed,note\n9,0,6,x\n9,0,5,x\n"


@pytest.mark.parametrize(
    ("text", "layout", "line"),
    [
        ("Bank,2024,,\n" + SIX, {}, "row 1, column limit: missing, .*; layout.skip=1 passes over notes before the tab"),
        ("Bank,2024\n\nx,y,z\n" + SIX, {}, "column limit: missing, .*; layout.skip=3 passes over notes before the tab"),
        ("Bank\n\n" + SIX, {"skip": 1}, "row 2: blank, must name the columns; layout.skip=2 begins at row 3"),
        (SIX + "Source: X,as of Y\n", {}, "row 4: 2 cells, must be 4 as in the header; layout.footer passes over"),
        (SIX + "Total,,,11\nSource,,,\n", {}, "column status: '', must be given: .*; layout.footer passes over notes"),
        (SIX + "Total,,11,\n9,0,6,x\n", {}, "column status: '', must be given: no row may lack it; codes gives"),
        (SIX + "9,,,x\n9,0,6,x\n", {}, "column status: '', must be given: no row may lack it; codes gives"),
        ("a,b,c,d\nlimit,b,c,d\n" + SIX[23:], {}, "row 1, column limit: missing, the columns are 'a, b, c, d'$"),
        (SIX + "9,0,,\n", {}, "column owed: '', must be given: no row may lack it$"),
        (SIX + "9,0\n9,0,6,x\n", {}, "row 4: 2 cells, must be 4 as in the header$"),
        ("a,b,c,d\n" + SIX[23:], {}, "row 1, column limit: missing, the columns are 'a, b, c, d'$"),
        ("", {"skip": 1}, "the file is empty, must have a header"),
    ],
)  # fmt: skip
def test_notes_around_a_tape_are_told_by_their_key(tmp_path, text, layout, line):
    with pytest.raises(InputError, match=line):
        tape_of(tmp_path, text, **OWN, layout=layout)
    with pytest.raises(InputError, match=r"no row may lack it$"):  # what may be empty makes no note of a row
        own(tmp_path, "age,note", "9,0,6,,", "9,0,,,", age="age", columns={"score": "note"}, may_lack=["age", "score"])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Federal Reserve,Board,2025,\nmonth,unemployment,a,b,c\n2024-01,3.7,1,1,1\n",
         "row 2: 5 cells, must be 4 as the header; economy.layout.skip=1 passes over notes before the table"),
        ("month,unemployment,a\n2024-01,3.7,1\nSource,X\nNote,Y\n",
         "row 3: 2 cells, must be 3 as the header; economy.layout.footer passes over notes after it"),
        ("month,unemployment,a\n2024-01,3.7\n2024-02,3.7,1\n", "row 2: 2 cells, must be 3 as the header$"),
        ("month,unemployment\n2024-01,3.7\nA,B,C\n", "row 3: 3 cells, must be 2 as the header$"),
        ("month,unemployment\n2024-01,3.7,1\n", "row 2: 3 cells, must be 2 as the header$"),
        ("\n\nmonth,unemployment\n2024-01,3.7\n",
         "row 1: blank, must name the columns; economy.layout.skip=2 begins at row 3"),
    ],
)  # fmt: skip
def test_notes_around_a_path_are_told_by_their_key(tmp_path, text, line):
    (tmp_path / "path.csv").write_text(text)
    with pytest.raises(InputError, match=line):
        read_table(tmp_path / "path.csv")
