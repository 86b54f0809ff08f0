"""Loan tapes as they are published: codes in words, each account's own terms, a row for each month, notes around."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

import sim
from sim.config.tape import laid_over, read_mapping
from sim.config.validate import build
from sim.engine.tables.file_layout import PLAIN
from sim.inputs.account_terms import contract_of, currencies_of, fen_of, products_of, yuan_of
from sim.inputs.codes import CLOSED, CURRENT, FULL, Codes, LateCode, codes_by_meaning
from sim.inputs.control_totals import control_totals
from sim.inputs.errors import InputError
from sim.inputs.mapping import AccountColumns, TapeMapping
from sim.inputs.tape import read_tape
from sim.inputs.tape_long import months_of_long
from sim.inputs.tape_months import (
    Months,
    amounts,
    ended,
    months_of_wide,
    months_past_due,
    paid_share,
    read_status,
    start_of,
    with_days,
)
from sim.inputs.tape_table import read_tape_table
from sim.inputs.tape_words import assumptions, role_of, terms_in_words
from sim.inputs.told_numbers import says_percent

PEERS = """Notes offered by Prospectus (https://example.invalid/prospectus)
id,funded_amnt,term,int_rate,installment,annual_inc,issue_d,loan_status,out_prncp,last_pymnt_amnt
,10000, 36 months, 13.56%,339.65,55000,Dec-2018,Current,9774.51,339.65
,2500, 60 months, 16.91%,62.01,30000,Oct-2018,Late (31-120 days),2386.02,62.01
,12000, 36 months,  8.19%,377.1,80000,Dec-2018,In Grace Period,11709.5,377.1
,5000, 36 months, 10.72%,163.05,41000,Nov-2018,Fully Paid,0,4801.2
,7000, 36 months, 14.47%,240.9,39000,Oct-2018,Charged Off,120.5,0
,9000, 60 months, 17.97%,228.4,,Oct-2018,Late (16-30 days),8722.2,


Total amount funded in policy code 1: 45500
Total amount funded in policy code 2: 0
"""

SERVICER = """F1|200002|98000|0|0|360|||||8.25|0|
F1|200003|97900|1|1|359|||||8.25|0|
F2|200002|120000|0|0|360|||||8|0|
F2|200003|120000|R|1|359|||||8|0|
F3|200003|0|RA|1|359||||01|200003|8|0|
F4|200001|50000|2|9|30|||||7.5|0|
F4|200002|50000|3|9|29|||||7.5|0|
F4|200003|49000|0|9|28|||||7.5|0|
F5|200001|10|0|9|28|||||7.5|0|
F6|200003|0|0|9|0|||01|200003|7.5|0|
"""

LOANS = {"columns": {"product": "kind"}, "products": {"instalment": ["Loan"]}}
OWN = {"limit": "limit", "months": ["2024-06"], "status": ["status"], "balance": ["owed"], "median_income": 4000}


def tape_of(folder, text, start="", most=50_000_000, **keys):
    """Read a text through a mapping of these keys."""
    (folder / "tape.csv").write_text(text, encoding="utf-8")
    return read_tape(folder / "tape.csv", mapping_of(folder, **keys), start, most)


def mapping_of(folder, **keys):
    (folder / "own.yaml").write_text(yaml.safe_dump(keys), encoding="utf-8")
    return read_mapping(str(folder / "own.yaml"), build)


def own(folder, head, *rows, **keys):
    """Read a tape of the columns limit, status, owed and these."""
    text = "\n".join([f"limit,status,owed,{head}", *rows]) + "\n"
    return tape_of(folder, text, **{**OWN, **keys})


def book_of(folder, tape="tape.csv", *overrides):
    given = ["population=tape", f"population.file={folder / tape}", f"population.mapping={folder / 'own.yaml'}"]
    return sim.Model(sim.compose([*given, "machine.threads=1", *overrides])).accounts


def test_peer_loans_are_read_as_published(tmp_path):
    tape = tape_of(tmp_path, PEERS, "2018-12", defaults="lendingclub", median_income=5000)
    book = book_of(tmp_path, "tape.csv", "population.start=2018-12")
    assert book["principal"].tolist() == [round(owed * 688) for owed in (9774.51, 2386.02, 11709.5, 8722.2)]
    assert book["limit"].tolist() == [amount * 688 for amount in (10000, 2500, 12000, 9000)]
    assert book["rate"] == pytest.approx([0.1356, 0.1691, 0.0819, 0.1797])
    assert book["payment"].tolist() == [round(paid * 688) for paid in (339.65, 62.01, 377.1, 228.4)]
    assert book["months_past_due"].tolist() == [0, 3, 1, 1]
    assert book["term"].tolist() == [36, 58, 36, 58] and book["months_on_book"].tolist() == [0, 2, 0, 2]
    told = control_totals(tape, 4, 3_440_000)
    assert "balances in USD: 32 592.23 on the tape (4 accounts), 22 423 455 fen in the book" in told
    assert (
        told[-1] == "left out of the book, accounts: 1 closed (balances of 0 USD); 1 written off (balances of 120 USD)"
    )
    assert "1 account lacks annual_inc: it is drawn by the limit." in tape.assumptions
    assert tape.evidence.income.tolist() == [round(yearly / 12 * 688) for yearly in (55000, 30000, 80000)] + [0]


def test_a_servicer_has_a_row_for_each_month(tmp_path):
    tape = tape_of(tmp_path, SERVICER, defaults="freddie_svcg", median_income=5000)
    evidence = tape.evidence
    assert tape.start == "2000-03" and evidence.principal.tolist() == [69_509_000, 34_790_000]
    # One period of 30 days is the second month past due; who was that late two months ago is not clean.
    assert evidence.months_past_due.tolist() == [2, 0] and evidence.clean.tolist() == [False, False]
    assert evidence.memory.tolist() == [2.0, 4 * 0.93]
    assert evidence.limit.tolist() == [98_000 * 710, 50_000 * 710]
    assert [(one.why, one.accounts, one.balance) for one in tape.totals.left_out] == [
        ("ended, code 01", 1, 0.0), ("written off", 2, 120_000.0), ("no row in 2000-03", 1, 0.0),
    ]  # fmt: skip
    assert tape.contract.term.tolist() == [359, 28] and tape.contract.rate.tolist() == [0.0825, 0.075]
    book = book_of(tmp_path)
    assert book["term"].tolist() == [60, 28]
    # 97 900 USD over 359 months at 8.25 %: 735.96 USD a month.
    assert book["payment"][0] == pytest.approx(735.96 * 710, abs=710)
    earlier = tape_of(tmp_path, SERVICER, "2000-02", defaults="freddie_svcg", median_income=5000)
    assert earlier.evidence.months_past_due.tolist() == [0, 0, 4] and earlier.contract.term.tolist() == [360, 360, 29]


@pytest.mark.parametrize(
    ("text", "start", "line"),
    [
        (SERVICER + SERVICER.splitlines()[0] + "\n", "", "column loan: 'F1', must be unique in a month: it has"),
        (SERVICER.replace("F4|200002", "F4|200013"), "", "row 7, column month: '200013', must be a month such as"),
        (SERVICER.replace("|97900|1|", "|97900|XX|"), "", "column delinquency: 'XX', must be one of 'R', 'RA', 0"),
        (SERVICER, "2001-01", "population.start: '2001-01', must be a month of the tape, 2000-01 to 2000-03"),
        (SERVICER.replace("|8.25|", "|48.25|"), "", "column rate: '48.25', must be a number between 0 and 36 per cent"),
    ],
)  # fmt: skip
def test_a_wrong_cell_of_a_long_tape_is_refused(tmp_path, text, start, line):
    with pytest.raises(InputError) as refused:
        tape_of(tmp_path, text, start, defaults="freddie_svcg", median_income=5000)
    assert line in str(refused.value) and "\n" not in str(refused.value)


def test_codes_are_told_one_by_one():
    told = codes_by_meaning({"Current": "current", "Late": 3, "0": 0, "closed": ["P"], "Gone": "closed", "largest": 5})
    late = [{"code": "Late", "months": 3}]
    assert told == {"current": ["Current", "0"], "late": late, "closed": ["P", "Gone"], "largest": 5}
    codes = Codes(current=("Current",), closed=("P",), late=(LateCode("Late", 3),))
    assert codes.meaning() == {"Current": CURRENT, "P": CLOSED, "Late": 3} and codes.check() == []
    assert Codes(current=("0", "P"), closed=("P",)).check() == ["codes: P stands twice, must stand once"]
    for meant in ("curent", 14, -1, True):
        with pytest.raises(InputError, match="must be one of current, full, unused, closed, written_off, or 0 to 13"):
            codes_by_meaning({"Current": meant})


def test_one_column_at_a_time(tmp_path):
    tape = own(
        tmp_path, "kind,rate,left,pay,opened,days,score,group,earns",
        "900,Current,600,Card,0.2,,,2024-01,0,700,north,100",
        "500,Behind,400,Loan,0.1,10,45,2023/06,45,650,,200",
        "800,Current,300,Loan,0.3,0,,2022-06,12,,south,300",
        codes={"Current": "current", "Behind": 5}, products={"card": ["Card"], "instalment": ["Loan"]}, income="earns",
        columns={"product": "kind", "rate": "rate", "term": "left", "instalment": "pay", "vintage": "opened",
                 "days_past_due": "days", "score": "score", "segment": "group"},
        may_lack=["term", "instalment", "score", "segment"],
    )  # fmt: skip
    terms = tape.contract
    assert terms.term.tolist() == [0, 10, 1] and terms.rate.tolist() == [0.2, 0.1, 0.3]
    assert terms.payment.tolist() == [0, 4500, 0] and terms.tenure.tolist() == [5, 12, 24]
    # Days say how late an account is; a code of months beside them does not.
    assert tape.evidence.months_past_due.tolist() == [0, 2, 1]
    book = book_of(tmp_path)
    assert book["payment"].tolist() == [int(60_000 * (0.1 + 0.2 / 12)) + 1, 4500, 30_750]
    assert book["months_on_book"].tolist() == [5, 12, 24]
    assert control_totals(tape, 4, 400_000)[5:] == [
        "by product (accounts, share of the balance): instalment: 2, 53.8%; card: 1, 46.2%",
        "by segment (accounts, share of the balance): north: 1, 46.2%; not told: 1, 30.8%; south: 1, 23.1%",
        "score of 2 accounts: mean 675.0, 650 to 700",
        "rates: mean 19.23% a year by balance, 10.00% to 30.00%",
        "months left of 2 accounts with a term: mean 5.5, 1 to 10",
        "instalments of 1 account: 45.00 CNY a month; 2 accounts with a balance and none",
        "1 account: status says not past due, days past due above 0; days past due hold",
        "1 account: status says late, days past due of another month; days past due hold",
    ]
    assert "Column score (score) was read and stands in the control totals; no rule uses it." in tape.assumptions
    assert "1 account lacks left: the mapping's term holds." in tape.assumptions


def test_each_currency_has_a_rate_or_the_tape_is_refused(tmp_path):
    rows = ("900,0,600,USD", "500,0,400,EUR")
    keys = {"columns": {"currency": "money"}, "currency": "USD", "yuan": 7.0}
    with pytest.raises(InputError, match=r"row 3, column money: 'EUR', must be one of USD; exchange: \{EUR: \.\.\.\}"):
        own(tmp_path, "money", *rows, **keys)
    tape = own(tmp_path, "money", *rows, **keys, exchange={"EUR": 8.0})
    assert tape.evidence.principal.tolist() == [420_000, 320_000] and tape.evidence.limit.tolist() == [630_000, 400_000]
    assert control_totals(tape, 4, 400_000)[4:] == [
        "balances in EUR: 400.00 on the tape (1 account), 320 000 fen in the book",
        "balances in USD: 600.00 on the tape (1 account), 420 000 fen in the book",
    ]
    small = own(tmp_path, "money", "900,0,600,usd", "500,0,400,Eur", **keys, exchange={"EUR": 8.0})
    assert small.evidence.principal.tolist() == [420_000, 320_000]
    assert small.totals.currency.tolist() == ["USD", "EUR"]
    table = read_tape_table(tmp_path / "tape.csv", TapeMapping(limit="limit", columns=AccountColumns(currency="money")))
    with pytest.raises(InputError, match="column money: 'usd', must be one of CNY"):
        currencies_of(table, TapeMapping(columns=AccountColumns(currency="money")))
    assert tape.assumptions[1].startswith("Amounts in USD at 7 CNY, EUR at 8 CNY. Results are told in USD, or in")


def test_accounts_beyond_those_asked_for_are_counted(tmp_path):
    rows = [f"900,{code},600," for code in ("0", "P", "0", "0")]
    tape = own(tmp_path, "more", *rows, codes={"P": "closed"})
    assert tape.accounts == 3
    tape = tape_of(tmp_path, (tmp_path / "tape.csv").read_text(), most=2, **OWN, codes={"P": "closed"})
    assert [(one.why, one.accounts) for one in tape.totals.left_out] == [
        ("beyond population.borrowers", 1),
        ("closed", 1),
    ]
    with pytest.raises(InputError, match="no account is left: 1 closed"):
        own(tmp_path, "more", rows[1], codes={"P": "closed"})


@pytest.mark.parametrize(
    ("head", "row", "keys", "line"),
    [
        ("x", "9,Curent,6,", {"codes": {"Current": "current"}}, "column status: 'Curent', must be one of 'Current'"),
        ("x", "9,Curent,6,", {"codes": {"Current": "current"}}, "; did you mean Current?"),
        ("kind", "9,0,6,Lone", LOANS, "did you mean Loan?"),
        ("rate", "9,0,6,13.5", {"columns": {"rate": "rate"}}, "'13.5', must be a number between 0 and 0.36 a year"),
        ("pay", "9,0,6,", {"columns": {"instalment": "pay"}}, "column pay: '', must be given: no row may lack it"),
        ("left", "9,0,6,900", {"columns": {"term": "left"}}, "column left: '900', must be a whole number between"),
        ("open", "9,0,6,2024-07", {"columns": {"vintage": "open"}}, "column open: '2024-07', must be at most 2024-06"),
        ("open", "9,0,6,01/02/24", {"columns": {"vintage": "open"}}, "column open: '01/02/24', must be a month"),
        ("days", "9,0,6,-1", {"columns": {"days_past_due": "days"}}, "column days: '-1', must be a whole number"),
        ("x", "9,0,6,", {"may_lack": ["limit"]}, "may_lack: limit, must be of age, income"),
        ("x", "9,0,6,", {"term_is": "original"}, "term_is: original needs columns.term and columns.vintage"),
        ("x", "9,0,6,", {"long": {"id": "x"}}, "long: needs both id and month"),
        ("x", "9,0,6,", {"exchange": [{"currency": "A"}, {"currency": "A"}]}, "exchange: A stands twice"),
        ("x", "9,0,6,", {"defaults": "lendingclup"}, "did you mean lendingclub?"),
        ("x", "9,0,6,", {"columns": {"ratee": "x"}}, "did you mean own.yaml.columns.rate?"),
        ("x", "9,0,6,", {"limit": ""}, "limit: is empty, must name a column (with product: instalment"),
        ("x", "9,0,6,", {"months": []}, "population.start: is missing: the mapping names no months"),
        ("x", "9,0,6,", {"codes": {"A": "b"}}, "codes: 'A': 'b', must be one of current"),
    ],
)  # fmt: skip
def test_what_no_role_can_hold_is_refused_in_one_line(tmp_path, head, row, keys, line):
    with pytest.raises(ValueError) as refused:
        own(tmp_path, head, row, **keys)
    assert line in str(refused.value) and "\n" not in str(refused.value)


def test_days_past_due_of_the_last_month_are_no_code_that_begins_at_two():
    """31 days are the second month past due, though codes of that month begin at 2; the month before has codes."""
    months = Months(("2024-05", "2024-06"), np.array([[3], [2]]), np.zeros((2, 1)), np.zeros((0, 1)))
    both = {"status": ("s", "t"), "balance": ("b", "c"), "limit": "l", "late_from_two": ("2024-05", "2024-06")}
    assert months_past_due(months, TapeMapping(**both)).tolist() == [[2], [1]]
    days = TapeMapping(**both, columns=AccountColumns(days_past_due="d"))
    assert months_past_due(months, days).tolist() == [[2], [2]]


def test_the_parts_by_hand(tmp_path):
    (tmp_path / "t.csv").write_text("s,b,p,d,e,c\n0,10,4,3,,USD\n-1,20,,0,,EUR\n-1,7,0,0,X,USD\n", encoding="utf-8")
    mapping = TapeMapping(
        limit="c", status=("s",), balance=("b",), payment=("p",), codes=Codes(full=("-1",)), may_lack=("payment",),
        columns=AccountColumns(days_past_due="d", ended="e"),
    )  # fmt: skip
    table = read_tape_table(tmp_path / "t.csv", mapping)
    status = read_status(table, mapping, "s")
    assert status.tolist() == [CURRENT, FULL, FULL] and start_of(mapping, "2024-06") == ("2024-06",)
    assert table.texts("d").tolist() == ["3", "0", "0"] and table.loose("p").tolist()[::2] == [4, 0]
    assert table.missing("p").tolist() == [False, True, False] and mapping.lacking() == {"p"}
    assert mapping.lacking_as("payment") == ("p",) and mapping.largest_amount == 2e7
    table.refuse_missing(["p"])
    with pytest.raises(InputError, match="row 2, column e: '', must be given: no row may lack it"):
        table.refuse_missing(["b", "e"])
    assert table.where(np.array([False, True, True])).numbers.tolist() == [3, 4]
    kept, left = ended(table, mapping, status, "b", 9)
    assert kept.tolist() == [True, True, False] and [(one.why, one.balance) for one in left] == [("ended, code X", 7.0)]
    bill, paid = amounts(table, mapping)
    assert bill[0].tolist() == [10, 20, 7] and paid[0].tolist() == [4, 0, 0]
    assert with_days(table, mapping, status[None]).tolist() == [[1, FULL, FULL]]
    rows, months, _ = months_of_wide(table, mapping, ("2024-06",), 9)
    assert months.now.tolist() == [1, FULL] and months_past_due(months, mapping).tolist() == [[1, 0]]
    assert paid_share(months).tolist() == [0.4, 0.0] and role_of(mapping, "p") == "payment"
    contract = contract_of(rows, mapping, months, yuan_of(rows, mapping))
    assert (contract.rate, contract.term) == (0.146, 0) and products_of(rows, mapping).tolist() == ["card", "card"]
    assert fen_of(np.array([1.507, 2.0]), np.array([7.0, 8.0])).tolist() == [1055, 1600]
    with pytest.raises(KeyError):  # a tape with a row an account has no month of rows
        months_of_long(rows, mapping, "", 9)
    assert laid_over({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 9}, "d": 4}) == {"a": {"b": 9, "c": 2}, "d": 4}


def test_what_is_assumed_of_terms_is_said(tmp_path):
    tape = own(tmp_path, "pay,left", "9000,0,6000,10,300", "10,0,6,0,3", product="instalment", rate=0.24,
               columns={"instalment": "pay", "term": "left"})  # fmt: skip
    mapping = read_mapping(str(tmp_path / "own.yaml"), build)
    told = terms_in_words(mapping, tape.contract, tape.evidence)
    assert told[:2] == ["Balances cost 24.0% a year.", "Terms are column left; 0 accounts have a minimum payment."]
    assert told[2].startswith("1 account has more than 60 months left")
    assert told[3] == "Instalments are column pay; 1 account without one: that of rate and term."
    assert told[4] == "1 instalments are below the interest of a month: these balances do not fall."
    assert set(told) <= set(tape.assumptions) and callable(assumptions)


def test_notes_after_a_table_are_never_accounts(tmp_path):
    bare = PEERS[: PEERS.index("\n\n")] + "\n"
    with pytest.raises(
        InputError, match=r"row 7, .*layout\.footer=2 .* has a value in every column that must have one"
    ):
        tape_of(tmp_path, bare, "2018-12", defaults="lendingclub", median_income=5000)
    none = tape_of(tmp_path, bare, "2018-12", defaults="lendingclub", median_income=5000,
                   layout={"footer": 0})  # fmt: skip
    assert none.accounts == 4


def test_a_rate_with_its_sign_is_in_percent_whatever_plain_ones_are(tmp_path):
    keys = {"columns": {"rate": "rate"}, "layout": {"percent": True}}
    rows = ("9,0,6,13.5%", "9,0,6,8")
    tape = own(tmp_path, "rate", *rows, **keys, rate_in="percent")
    assert tape.contract.rate.tolist() == pytest.approx([0.135, 0.08])
    assert own(tmp_path, "rate", rows[0], "9,0,6,.08", **keys).contract.rate.tolist() == pytest.approx([0.135, 0.08])
    with pytest.raises(InputError, match="row 2, column rate: '135%', must be a number between 0 and 36 per cent"):
        own(tmp_path, "rate", "9,0,6,135%", **keys, rate_in="percent")


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "csv"])
def test_a_cell_shown_as_per_cent_is_per_cent_in_every_kind_of_file(tmp_path, kind):
    """Blanks and texts around the sign, and the form of a sheet's cell, change nothing."""
    head, shown = ("limit", "status", "owed", "rate"), ("19.55% ", " 19.55 % yearly", "19.55")
    path = tmp_path / f"tape.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in (head, (9, 0, 6, 0.1955), (9, 0, 6, 0.1955), (9, 0, 6, 19.55)):
            book.active.append(row)
        book.active["D2"].number_format, book.active["D3"].number_format = "0.00%", "[Red]0.0%"
        book.save(path)
    elif kind == "parquet":
        pd.DataFrame({"limit": 9, "status": "0", "owed": 6, "rate": shown}).to_parquet(path)
    else:
        path.write_text("\n".join([",".join(head), *(f"9,0,6,{rate}" for rate in shown)]) + "\n")
    layout = {"percent": True, "beside": ["yearly"]}
    mapping = mapping_of(tmp_path, **OWN, columns={"rate": "rate"}, layout=layout, rate_in="percent")
    assert read_tape(path, mapping).contract.rate.tolist() == pytest.approx([0.1955] * 3, rel=1e-12)
    assert says_percent(" 19.55 % yearly", mapping.layout) and not says_percent("19.55%", PLAIN)
    assert not says_percent("about %", mapping.layout) and not says_percent("19.55", mapping.layout)


WORDS = {"layout": {"beside": ["years", "months", "days"]}, "product": "instalment"}


@pytest.mark.parametrize(
    ("head", "row", "keys", "line"),
    [
        ("open", "9,0,6,2018", {"columns": {"vintage": "open"}}, "column open: '2018', must be a month such as 2018"),
        ("open", "9,0,6,2024 Q1", {"columns": {"vintage": "open"}}, "column open: '2024 Q1', must be a month"),
        ("left", "9,0,6,3 years", {"columns": {"term": "left"}, **WORDS}, "left: '3 years', must be a number of"),
        ("left", "9,0,6,90 days", {"columns": {"term": "left"}, **WORDS}, "left: '90 days', must be a number of"),
        ("late", "9,0,6,2 months", {"columns": {"days_past_due": "late"}, **WORDS}, "'2 months', must be a number of"),
    ],
)  # fmt: skip
def test_a_time_is_never_read_in_another_unit(tmp_path, head, row, keys, line):
    with pytest.raises(InputError) as refused:
        own(tmp_path, head, row, **keys)
    assert line in str(refused.value)
    told = own(
        tmp_path, "left,late", "9,0,6,36 months,31 days", columns={"term": "left", "days_past_due": "late"}, **WORDS
    )
    assert told.contract.term.tolist() == [36] and told.evidence.months_past_due.tolist() == [2]


@pytest.mark.parametrize("name", ["dpd", "Days_Past_Due", "max_dpd", "\u903e\u671f\u5929\u6570"])
def test_a_column_of_days_is_not_read_as_months_unless_told(tmp_path, name):
    keys = {**OWN, "status": [name]}
    text = f"limit,{name},owed\n9,12,6\n9,5,6\n"
    with pytest.raises(ValueError, match=f"status: {name}, is named as days are.*unit: days reads days; codes"):
        tape_of(tmp_path, text, **keys)
    assert tape_of(tmp_path, text, **keys, unit="days").evidence.months_past_due.tolist() == [1, 1]
    assert tape_of(tmp_path, text, **keys, codes={"largest": 12}).evidence.months_past_due.tolist() == [12, 5]


def test_a_row_without_its_last_cells_is_refused(tmp_path):
    with pytest.raises(InputError, match="row 3: 3 cells, must be 4 as in the header"):
        own(tmp_path, "note", "9,0,6,x", "9,0,6")
    with pytest.raises(InputError, match=r"row 3: 1 cells, must be 4 as in the header; layout\.footer passes"):
        own(tmp_path, "note", "9,0,6,x", "Total")
    assert own(tmp_path, "note", "9,0,6,x", "", "9,0,6,", "Total", layout={"footer": 1}).accounts == 2
