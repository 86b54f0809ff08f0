"""Loan tapes as banks and servicers hand them out: rows of totals, marks of credit, amounts in ten thousands."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

from sim.config.errors import UsageError
from sim.config.tape import code_of, read_mapping
from sim.config.validate import build
from sim.inputs.dates import period_of
from sim.inputs.errors import InputError
from sim.inputs.tape import read_tape
from sim.inputs.tape_around import sums_up
from sim.inputs.tape_units import Times, is_annual, is_monthly, named_otherwise, unit_problems

OWN = {"id": "id", "limit": "limit", "balance": ["owed"], "status": ["status"], "median_income": 4000}
HEAD = ["id", "limit", "owed", "status"]
ROWS = [[number, 5000, 100.25 + number, 0] for number in range(1, 7)]
TOTALS = ["total", 30000, sum(row[2] for row in ROWS), 0]


def mapping_of(folder, **keys):
    (folder / "own.yaml").write_text(yaml.safe_dump({**OWN, **keys}, allow_unicode=True), encoding="utf-8")
    return read_mapping(str(folder / "own.yaml"), build)


def tape_of(folder, rows, kind="csv", **keys):
    """Write rows as a file of that kind and read them from December 2024 on."""
    path = folder / f"tape.{kind}"
    if kind == "csv":
        lines = ["\t".join(map(str, row)) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        keys["layout"] = {"separator": "tab"} | keys.get("layout", {})
    elif kind == "parquet":
        pd.DataFrame(rows[1:], columns=rows[0]).astype({"id": str}).to_parquet(path)
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    return read_tape(path, mapping_of(folder, **keys), "2024-12")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_account_is_no_note_and_a_row_of_totals_is_no_account(tmp_path, kind):
    with pytest.raises(InputError, match=r"row 7, a note after .* must be no account"):
        tape_of(tmp_path, [HEAD, *ROWS], kind, layout={"footer": 1})
    with pytest.raises(InputError) as caught:
        tape_of(tmp_path, [HEAD, *ROWS, TOTALS], kind)
    told = "row 8, column owed: '622.5', must be of one account: it is the sum of all rows above"
    assert str(caught.value) == f"{tmp_path}/tape.{kind}: {told}; layout.footer=1 leaves a row of totals out"
    tape = tape_of(tmp_path, [HEAD, *ROWS, TOTALS], kind, layout={"footer": 1})
    assert tape.evidence.principal.tolist() == [round(row[2] * 100) for row in ROWS]


def test_parquet_has_no_notes_that_could_be_left_out(tmp_path):
    with pytest.raises(InputError, match=r"it is the sum of all rows above$"):
        tape_of(tmp_path, [HEAD, *ROWS, TOTALS], "parquet")


def test_a_sum_is_one_of_three_numbers_at_least():
    assert sums_up(np.array([1.0, 2.0, 3.0]), np.array([6.0, 6.004, 6.1])).tolist() == [True, True, False]
    assert not sums_up(np.array([1.0, 2.0, 0.0, np.nan]), np.array([3.0]))[0]


def test_balances_in_the_holders_favour_are_read_by_their_mark(tmp_path):
    owed = ["12,50-", "(1.000,25)", "7 H", "1.234,56 S", "2"]
    rows = [[number, 5000, text, 0] for number, text in enumerate(owed)]
    layout = {"decimal": "comma", "thousands": "point", "beside": ["S"], "negative": ["-", "()", "H"]}
    tape = tape_of(tmp_path, [HEAD, *rows], layout=layout)
    assert tape.totals.balance.tolist() == [-12.5, -1000.25, -7.0, 1234.56, 2.0]
    assert tape.evidence.principal.tolist() == [0, 0, 0, 123456, 200]
    assert "3 accounts with a balance below 0: taken as 0, nothing owed" in tape.totals.notes


LOAN, OWED, RATE = "\u501f\u636e\u53f7", "\u8d37\u6b3e\u4f59\u989d(\u4e07\u5143)", "\u6708\u5229\u7387"
TERM, INCOME, LATE = "\u671f\u9650\uff08\u5e74\uff09", "\u5e74\u6536\u5165", "\u903e\u671f"
CHINESE = [LOAN, OWED, RATE, TERM, INCOME, LATE]
CHINESE_ROWS = [[f"J{number}", f"{number}.3807", "0.8%", 3, 120_000, 0] for number in range(1, 5)]
CHINESE_KEYS = {
    "id": LOAN,
    "limit": "",
    "balance": [OWED],
    "status": [LATE],
    "product": "instalment",
    "columns": {"rate": RATE, "term": TERM},
    "layout": {"percent": True},
}


def test_a_column_named_in_another_unit_is_multiplied_or_refused(tmp_path):
    rows = [CHINESE, *CHINESE_ROWS]
    with pytest.raises(UsageError) as caught:
        tape_of(tmp_path, rows, **CHINESE_KEYS)
    assert str(caught.value) == (
        f"own.yaml: {OWED}: is named as amounts in thousands or more are: times: {{{OWED}: 10000, {RATE}: 12,"
        f" {TERM}: 12}} multiplies what stands there, and 1 takes it as it is"
    )
    times = {OWED: 10_000, RATE: 12, TERM: 12}
    tape = tape_of(tmp_path, rows, times=times, **CHINESE_KEYS)
    assert tape.evidence.principal.tolist() == [1_380_700, 2_380_700, 3_380_700, 4_380_700]
    assert tape.contract.rate == pytest.approx([0.096] * 4) and tape.contract.term.tolist() == [36] * 4
    assert tape_of(tmp_path, rows, times=dict.fromkeys(times, 1), **CHINESE_KEYS).evidence.principal[0] == 138
    with pytest.raises(InputError, match=r": '4000', must be .*[(]CNY[)], times 10000"):
        tape_of(tmp_path, [*rows, ["J9", "4000", "0.8%", 3, 1, 0]], times=times, **CHINESE_KEYS)


def test_what_is_left_out_is_multiplied_too(tmp_path):
    rows = [["id", "limit", "owed", "status"], ["a", 3, 2, "C"], ["b", 3, 2, 0]]
    tape = tape_of(tmp_path, rows, times={"owed": 1000}, codes={"C": "closed", "0": "current"})
    assert [one.balance for one in tape.totals.left_out] == [2000.0]


@pytest.mark.parametrize(
    ("column", "role", "factor"),
    [
        ("Balance (in thousands)", "amount", 1000),
        ("UPB_TEUR", "amount", 1000),
        ("balance $000s", "amount", 1000),
        ("\u4f59\u989d\uff08\u4ebf\u5143\uff09", "amount", 1e8),
        ("\u4f59\u989d\uff08\u767e\u4e07\u5143\uff09", "amount", 1e6),
        ("limit_mn", "amount", 1e6),
        ("LIMIT_BAL", "amount", 0),
        ("kontostand", "amount", 0),
        ("Amount 2000", "amount", 0),
        ("monthly_rate", "rate", 12),
        ("\u65e5\u5229\u7387", "rate", 360),
        ("\u5e74\u5229\u7387", "rate", 0),
        ("int_rate", "rate", 0),
        ("term_years", "term", 12),
        ("months_left", "term", 0),
        ("term", "term", 0),
    ],
)
def test_the_name_of_a_column_tells_its_unit(column, role, factor):
    assert named_otherwise(column, role) == factor
    told = list(unit_problems({column: role}, ()))
    assert bool(told) == bool(factor) and not list(unit_problems({column: role}, (Times(column, 1.0),)))


def test_factors_stand_once_and_for_columns_that_have_a_unit():
    twice = list(unit_problems({"a": "amount"}, (Times("a", 2.0), Times("a", 3.0), Times("b", 2.0))))
    assert twice == [
        "times: a stands twice, must stand once",
        "times: b, must be a column of an amount, a rate, a term or days: a",
    ]


def test_an_income_of_a_year_is_not_read_as_one_of_a_month(tmp_path):
    assert is_annual("annual_inc") and is_annual(INCOME) and not is_annual("income") and not is_annual(RATE + INCOME)
    rows = [[*HEAD, "annual_inc"], *([*row, 60_000] for row in ROWS)]
    with pytest.raises(UsageError, match=r"income: annual_inc, is named as a year's income is"):
        tape_of(tmp_path, rows, income="annual_inc")
    assert tape_of(tmp_path, rows, income="annual_inc", income_per="year").evidence.income[0] == 500_000
    assert tape_of(tmp_path, rows, income="annual_inc", times={"annual_inc": 1}).evidence.income[0] == 6_000_000


def test_a_point_between_thousands_is_looked_at(tmp_path):
    rows = [[number, "5.000", f"{number}.250", 0] for number in range(1, 5)]
    told = "look at column owed: each . has three digits after it, as between thousands;"
    key = " layout.thousands=point layout.decimal=comma reads it so"
    assert tape_of(tmp_path, [HEAD, *rows]).totals.notes == (told + key,)
    read = tape_of(tmp_path, [HEAD, *rows], layout={"thousands": "point", "decimal": "comma"})
    assert read.totals.notes == () and read.evidence.principal[0] == 125_000
    for odd in ("7.25", "0.125", "12500.125"):  # a fraction like these is no group of thousands
        assert tape_of(tmp_path, [HEAD, *rows, [9, "5.000", odd, 0]]).totals.notes[:1] != (told + key,)


def test_a_currency_is_its_code_however_it_is_written(tmp_path):
    assert code_of("usd") == code_of("Usd") == "USD" and code_of("US Dollar") == "US Dollar"
    tape = tape_of(tmp_path, [HEAD, *ROWS], currency="usd", yuan=7)
    assert tape.unit.currency == "USD" and tape.evidence.principal[0] == 70_875
    with pytest.raises(UsageError, match=r"^own.yaml: currency: \$, must be a code of three letters"):
        mapping_of(tmp_path, currency="$", yuan=7)
    with pytest.raises(UsageError, match=r"^own.yaml: yuan: is missing: currency USD needs its rate"):
        mapping_of(tmp_path, currency="usd")
    with pytest.raises(UsageError, match="exchange: USD at 8, must be at 7 as yuan says, or be left out"):
        mapping_of(tmp_path, currency="USD", yuan=7, exchange={"usd": 8})
    with pytest.raises(UsageError, match="exchange: EUR stands twice"):
        mapping_of(tmp_path, exchange={"eur": 8, "EUR": 7.8})


def test_days_past_due_may_lack_where_the_status_says_more(tmp_path):
    head, late = [*HEAD, "days"], {"id": "id", "columns": {"days_past_due": "days"}, "may_lack": ["days_past_due"]}
    rows = [["a", 9, 5, 0, ""], ["b", 9, 5, 3, ""], ["c", 9, 5, 0, 45], ["d", 9, 5, 3, 0]]
    tape = tape_of(tmp_path, [head, *rows], **late)
    assert tape.evidence.months_past_due.tolist() == [0, 3, 2, 0]
    told = "2 accounts lack days: the status holds, and without one nothing is past due."
    assert told in tape.assumptions
    assert tape_of(tmp_path, [head, *rows], **late, status=[]).evidence.months_past_due.tolist() == [0, 0, 2, 0]
    with pytest.raises(InputError, match=r"no row may lack it; may_lack: \[days_past_due\] lets it be empty$"):
        tape_of(tmp_path, [head, *rows], columns=late["columns"])


def test_a_term_may_be_told_by_its_end(tmp_path):
    keys = {"product": "instalment", "columns": {"term": "end"}, "term_is": "maturity"}
    ends = ("2025-03-31", "2024/12/1", "2023-01", "", "2027-12", "2026-12")
    rows = [[*row, end] for row, end in zip(ROWS, ends, strict=True)]
    tape = tape_of(tmp_path, [[*HEAD, "end"], *rows], may_lack=["term"], **keys)
    assert tape.contract.term.tolist() == [3, 1, 1, 12, 36, 24]
    assert "2 accounts with a term that has run out: one month is left" in tape.totals.notes
    with pytest.raises(InputError, match="'2099-12', must be at most 600 months after 2024-12"):
        tape_of(tmp_path, [[*HEAD, "end"], [*ROWS[0], "2099-12"], [*ROWS[1], "2025-01"]], **keys)


def test_codes_of_two_places_and_of_numbers_are_read(tmp_path):
    rows = [[number, 9, 5, code] for number, code in enumerate(("00", "01", "02", "12", "XX"))]
    tape = tape_of(tmp_path, [HEAD, *rows], unit="thirty_days", codes={0: "current", "XX": 1})
    assert tape.evidence.months_past_due.tolist() == [0, 2, 3, 13, 1]
    with pytest.raises(InputError, match="'010', must be"):
        tape_of(tmp_path, [HEAD, [1, 9, 5, "010"]])


def test_months_stand_oldest_first(tmp_path):
    with pytest.raises(UsageError, match="months: 2024-11 stands after 2024-12, must be oldest first"):
        mapping_of(tmp_path, months=["2024-12", "2024-11"], balance=["a", "b"], status=["c", "d"])
    assert mapping_of(tmp_path, months=["Nov", "Dec"], balance=["a", "b"], status=["c", "d"]).months == ("Nov", "Dec")


def test_notes_that_hold_the_header_are_not_passed_over(tmp_path):
    with pytest.raises(InputError) as caught:
        tape_of(tmp_path, [HEAD, *ROWS], layout={"skip": 1})
    assert "row 2, column id: missing" in str(caught.value)
    assert str(caught.value).endswith("; layout.skip=0 begins at the row that names them")


def test_days_as_spreadsheets_count_them_are_a_form_of_dates(tmp_path):
    assert period_of("44562", "serial") == period_of("44562.75", "serial") == period_of("2022-01")
    assert period_of("2022", "serial") is None and period_of("2022-01-01", "serial") is None
    rows = [[*HEAD, "opened"], *([*row, 44562] for row in ROWS)]
    with pytest.raises(InputError, match=r"'44562', .* layout.date_format=serial reads"):
        tape_of(tmp_path, rows, columns={"vintage": "opened"})
    tape = tape_of(tmp_path, rows, columns={"vintage": "opened"}, layout={"date_format": "serial"})
    assert tape.contract.tenure.tolist() == [35] * 6


def test_a_name_with_a_line_break_is_told_on_one_line(tmp_path):
    with pytest.raises(InputError) as caught:
        tape_of(tmp_path, [["id", "limit", '"owed\n(EUR)"', "status"], *ROWS], balance=["owed (EUR)"])
    assert str(caught.value).endswith('; did you mean "owed\\n(EUR)"?') and "\n" not in str(caught.value)


def test_a_row_of_more_cells_than_the_header_is_named(tmp_path):
    with pytest.raises(InputError, match=r"row 4: 5 cells, must be 4 cells in every row, as in the header$"):
        tape_of(tmp_path, [HEAD, *ROWS[:2], [*ROWS[2], "x"]])
    with pytest.raises(InputError, match="row 6: 5 cells, must be 4 cells"):
        tape_of(tmp_path, [["note"], ["note"], HEAD, *ROWS[:2], [*ROWS[2], "x"]], layout={"skip": 2})


def test_months_past_due_are_no_days(tmp_path):
    assert is_monthly("months_behind") and is_monthly(RATE) and not is_monthly("days")
    with pytest.raises(UsageError, match=r"columns.days_past_due: months_behind, is named as months are: status: "):
        mapping_of(tmp_path, columns={"days_past_due": "months_behind"})
    mapping_of(tmp_path, columns={"days_past_due": "dpd_month_end"})
    rows = [[*HEAD, "months_behind"], *([*row, 29] for row in ROWS)]
    keys = {"columns": {"days_past_due": "months_behind"}, "times": {"months_behind": 1}}
    assert tape_of(tmp_path, rows, **keys).evidence.months_past_due.tolist() == [1] * 6


def test_a_ledger_with_a_minus_before_what_is_owed_is_looked_at(tmp_path):
    rows = [[number, 5000, -(100.25 + number), 0, -number] for number in range(1, 7)]
    head, keys = [*HEAD, "paid"], {"payment": ["paid"], "times": {"paid": -1}}
    notes = tape_of(tmp_path, [head, *rows], **keys).totals.notes
    told = "look at the balances: more are below 0 than above, as where a ledger puts a minus before what is owed;"
    assert notes[0] == told + " times: {owed: -1} turns them"
    tape = tape_of(tmp_path, [head, *rows], payment=["paid"], times={"paid": -1, "owed": -1})
    assert tape.evidence.principal.tolist() == [round(row[2] * -100) for row in rows] and not tape.totals.notes
    assert tape.evidence.paid_share[0] == pytest.approx(1 / 101.25)
    with pytest.raises(UsageError, match="times: owed: 0, must be another factor than 0"):
        mapping_of(tmp_path, times={"owed": 0})
