"""Tables as programs write them: encodings, separators, signs of numbers, notes, workbooks, packed and typed files."""

import bz2
import datetime
import decimal
import gzip
import io
import lzma
import re
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.config.errors import UsageError
from sim.config.tape import read_mapping
from sim.config.validate import build
from sim.economy.reading import FileSettings
from sim.engine.tables.file_layout import PLAIN, Layout, is_encoding
from sim.inputs import source
from sim.inputs.dates import Period, in_words, period_of
from sim.inputs.errors import InputError
from sim.inputs.files import own_file
from sim.inputs.mapping import TapeMapping
from sim.inputs.month_table import read_table
from sim.inputs.path import read_file, read_path
from sim.inputs.source import Source, text_problem
from sim.inputs.tape_table import read_tape_table
from sim.inputs.text import check_source, notes_around, rows_of
from sim.inputs.told_numbers import missing_mark, plain_number, plain_numbers, remedy
from sim.inputs.typed import as_text, plain_columns
from sim.inputs.workbook import shows_percent, workbook_rows

ROWS = (("month", "unemployment"), ("2024-01", "3.7"), ("2024-02", "3.9"))
TEXT = "\n".join(",".join(row) for row in ROWS) + "\n"
CHINESE = "月份,失业率\n2024-01,5.2\n"


def read(folder, content, name="table.csv", **told):
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    table = read_table(file, Layout(**told))
    return [table.header, *(row.cells for row in table.rows)]


def refusal(folder, content, name="table.csv", **told):
    with pytest.raises(InputError) as refused:
        read(folder, content, name, **told)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def zipped(*members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member in members:
            archive.writestr(member, TEXT)
    return packed.getvalue()


def zstd(content):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


PACKED = {
    "gzip": gzip.compress(TEXT.encode()),
    "bz2": bz2.compress(TEXT.encode()),
    "xz": lzma.compress(TEXT.encode()),
    "zstd": zstd(TEXT.encode()),
    "zip": zipped("a.csv", "__MACOSX/a.csv"),
}


@pytest.mark.parametrize("kind", PACKED)
def test_a_packed_table_is_unpacked_by_what_it_holds(tmp_path, kind):
    assert read(tmp_path, PACKED[kind]) == list(ROWS)
    assert Source(own_file(tmp_path / "table.csv", "a table"), "a table", 1000).packed == kind
    assert "damaged" in refusal(tmp_path, PACKED[kind][:-9])


def test_what_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "LARGEST_UNPACKED", 100_000)
    bomb = gzip.compress(TEXT.encode() + b"\n" * 1_000_000)
    assert "unpacks to more than 100000 bytes" in refusal(tmp_path, bomb)
    assert "of 2 files, must hold one" in refusal(tmp_path, zipped("a.csv", "b.csv"))


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-8", "big5"])
def test_an_encoding_is_read_when_told_and_named_when_not(tmp_path, encoding):
    content = CHINESE.replace("业", "業") if encoding == "big5" else CHINESE
    assert read(tmp_path, content.encode(encoding), encoding=encoding)[1] == ("2024-01", "5.2")
    if encoding in ("gbk", "utf-16"):
        assert f"economy.layout.encoding={encoding} reads it" in refusal(tmp_path, content.encode(encoding))
    assert is_encoding(encoding) and not is_encoding("utf-9") and not is_encoding("hex") and not is_encoding("")


def test_another_encoding_than_the_one_told_is_refused(tmp_path):
    assert "economy.layout.encoding=utf-8 reads it" in refusal(tmp_path, CHINESE, encoding="ascii")
    western = "month,größe\n2024-01,5\n".encode("latin-1")
    assert "economy.layout.encoding=cp1252 reads it" in refusal(tmp_path, western)
    assert read(tmp_path, western, encoding="latin-1")[0] == ("month", "größe")


def test_signs_between_cells_and_around_the_table(tmp_path):
    for word, char in {"semicolon": ";", "tab": "\t", "bar": "|", "full_width_comma": "\uff0c"}.items():
        content = TEXT.replace(",", char)
        assert read(tmp_path, content, separator=word) == read(tmp_path, content, separator=char) == list(ROWS)
        assert f"economy.layout.separator={word} reads it" in refusal(tmp_path, content)
    assert "is parted by commas (,), must have tabs" in refusal(tmp_path, TEXT, separator="tab")
    noted = f'A "note\n{TEXT}\n\nTotal: 3\nSource: none\n'
    assert read(tmp_path, noted, skip=1, footer=2) == list(ROWS)
    assert "economy.layout.footer passes over notes after it" in refusal(tmp_path, noted, skip=1)
    assert "economy.layout.skip=1 passes over notes before the table" in refusal(tmp_path, "Notes\n" + TEXT)
    assert read(tmp_path, "x,y\n" + TEXT, header=2) == list(ROWS)
    file = own_file(tmp_path / "table.csv", "a table")
    _, rows = rows_of(Source(file, "a table", 1000, Layout(header=2)), 9)
    assert [row.number for row in rows] == [3, 4]


def test_a_table_without_a_header(tmp_path):
    bare = TEXT.split("\n", 1)[1]
    assert read(tmp_path, bare, header=0) == [("c1", "c2"), *ROWS[1:]]
    assert read(tmp_path, bare, header=0, names=("a", "b", "c"))[:2] == [("a", "b", "c"), ("2024-01", "3.7", "")]
    assert "2 columns, must be at most 1 as economy.layout.names says" in refusal(
        tmp_path, bare, header=0, names=("a",)
    )


def test_marks_of_a_missing_value_are_emptied(tmp_path):
    assert read(tmp_path, TEXT.replace("3.9", "."), missing=(".",))[-1] == ("2024-02", "")


NUMBERS = [
    ("1.2\u4e07", Layout(wan=True), "12000"),
    ("2\u4ebf", Layout(wan=True), "200000000"),
    (" 13.56%", Layout(percent=True), "0.1356"),
    (" 36 months", Layout(beside=(" months",)), "36"),
    ("$1,234.50", Layout(thousands="comma", beside=("$",)), "1234.50"),
    ("1.234,5", Layout(decimal=",", thousands="point"), "1234.5"),
    ("-1 234 567", Layout(thousands=" "), "-1234567"),
    ("1\u00a0234", Layout(thousands="space"), "1234"),
    ("3,2", Layout(decimal="comma"), "3.2"),
    ("1'000", Layout(thousands="apostrophe"), "1000"),
    ("1\u2019000.5", Layout(thousands="apostrophe"), "1000.5"),
    ("(15.46)", Layout(negative=("()",)), "-15.46"),
    ("12.50-", Layout(negative=("-",)), "-12.50"),
    ("12.50 H", Layout(negative=("H",)), "-12.50"),
    ("CR 5", Layout(negative=("CR",)), "-5"),
    ("$(1,234.50)", Layout(negative=("()",), thousands="comma", beside=("$",)), "-1234.50"),
]


@pytest.mark.parametrize(("text", "layout", "plain"), NUMBERS)
def test_numbers_are_read_as_told_and_the_key_is_named_when_not(tmp_path, text, layout, plain):
    assert plain_number(text, layout) == plain
    assert plain_number(text, PLAIN) == text
    assert plain_numbers(pd.Series([text, "7", None]), layout).tolist()[:2] == [plain, "7"]
    assert plain_numbers(pd.Series([1.5]), layout).tolist() == [1.5]
    file = tmp_path / "t.csv"
    file.write_text(TEXT, encoding="utf-8")
    hint = remedy(text, Source(own_file(file, "a table"), "a table", 1000))
    if len([key for key in ("decimal", "thousands", "beside") if getattr(layout, key) != getattr(PLAIN, key)]) < 2:
        assert "reads it" in hint and any(
            f"layout.{key}=" in hint for key in ("decimal", "thousands", "percent", "wan", "beside", "negative")
        )


def test_two_keys_are_named_where_one_reads_nothing(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(TEXT, encoding="utf-8")
    own = Source(own_file(file, "a table"), "a table", 1000)
    assert remedy("3,2 %", own) == "; layout.decimal=comma layout.percent=true reads it"
    assert remedy("1.234,5", own) == "; layout.decimal=comma layout.thousands=point reads it"
    assert remedy("1.234,56- EUR", own) == (
        "; layout.decimal=comma layout.thousands=point layout.beside=[EUR] layout.negative=['-'] reads it"
    )
    assert remedy("\uffe50.50\u5143", own) == "; layout.beside=[\uffe5, \u5143] reads it"
    assert remedy("five", own) == ""


@pytest.mark.parametrize("word", ["CR", "H", "haben", "\u8d37", "(", ")"])
def test_a_mark_of_credit_is_no_word_beside_and_its_key_is_named(tmp_path, word):
    mark = "()" if word in "()" else word
    assert list(Layout(beside=(word,)).problems("layout.")) == [
        f"layout.beside: {word!r}, must be a text beside a number that does not change it;"
        f" layout.negative: [{mark}] reads it as below 0"
    ]
    assert not list(Layout(negative=(mark, "-")).problems("layout."))
    (tmp_path / "t.csv").write_text(TEXT, encoding="utf-8")
    own = Source(own_file(tmp_path / "t.csv", "a table"), "a table", 1000)
    assert remedy("(5)" if mark == "()" else f"5 {word}", own) == f"; layout.negative=[{mark}] reads it"


def test_a_mark_of_a_negative_number_is_no_number_and_no_text_beside():
    for text in ("x1", "%", "", "EUR"):
        (line,) = Layout(negative=(text,), beside=("EUR",)).problems("layout.")
        assert line == f"layout.negative: {text!r}, must be (), - or a text that is not in layout.beside, such as CR"


def test_a_mark_of_no_value_is_never_read_as_a_number(tmp_path):
    (tmp_path / "t.csv").write_text(TEXT, encoding="utf-8")
    own = Source(own_file(tmp_path / "t.csv", "a table"), "a table", 1000)
    assert missing_mark("ND5") == "[ND1, ND2, ND3, ND4, ND5]" and missing_mark("5") == missing_mark("abc") == ""
    assert remedy("ND5", own) == "; layout.missing=[ND1, ND2, ND3, ND4, ND5] reads it as a cell without a value"
    assert missing_mark("ND,5") == "['ND,1', 'ND,2', 'ND,3', 'ND,4', 'ND,5']"
    assert remedy("n/a", own) == "; layout.missing=['n/a'] reads it as a cell without a value"


def test_what_is_no_number_as_told_stays_as_it_is():
    for text, layout in (
        ("1,2", Layout(thousands="comma")),
        ("1,23,4567", Layout(thousands="comma")),
        ("1.5", Layout(decimal="comma")),
        ("5%%", Layout(percent=True)),
        ("five", Layout(beside=("months",))),
        ("\u4e07", Layout(wan=True)),
        ("(-5)", Layout(negative=("()",))),
        ("-5 H", Layout(negative=("H",))),
        ("()", Layout(negative=("()",))),
    ):
        assert plain_number(text, layout) == text


def test_a_word_that_changes_a_number_is_never_left_out(tmp_path):
    problems = "\n".join(
        Layout(beside=("\u4e07", "%", "k1"), encoding="x", decimal="comma", thousands=",").problems("layout.")
    )
    for word in ("'\u4e07'", "'%'", "'k1'", "layout.encoding: 'x'", "layout.thousands: ','"):
        assert word in problems
    assert any("names" in line for line in Layout(names=("a", "a")).problems(""))
    assert any("date_format" in line for line in Layout(date_format="Y").problems("")) and not list(PLAIN.problems(""))
    file = tmp_path / "t.csv"
    file.write_text(TEXT, encoding="utf-8")
    assert "beside" not in remedy("5\u4e07", Source(own_file(file, "a table"), "a table", 1000))


DATES = {
    "2025-01": (1, 1), "2025-01-31": (1, 1), "2025/1/3": (1, 1), "2025.02": (2, 1), "202503": (3, 1),
    "20250131": (1, 1), "2025M02": (2, 1), "01/2025": (1, 1), "Dec-2025": (12, 1), "September 2025": (9, 1),
    "2025 Sept": (9, 1),
    "2025Q1": (1, 3), "2025 Q2": (4, 3), "2025-Q3": (7, 3), "Q4 2025": (10, 3), "2025年1月": (1, 1),
    "2025年12月31日": (12, 1),
    "2025年第一季度": (1, 3), "2025年3季度": (7, 3), "2025年": (1, 12), "2025": (1, 12), "2025-01-31T00:00:00Z": (1, 1),
}  # fmt: skip


def test_dates_of_one_meaning_are_read_and_no_others():
    for text, (month, months) in DATES.items():
        assert period_of(text) == Period(2025 * 12 + month - 1, months), text
    for text in ("01/02/2025", "Jan-25", "2025-13", "2025Q5", "1", "24085", "Mayo 2025", "2025-1-", "9999", "25-01"):
        assert period_of(text) is None, text
    assert period_of("01/02/2025", "%d/%m/%Y") == Period(2025 * 12 + 1, 1) == period_of("02/01/2025", "%m/%d/%Y")
    assert period_of("25", "%y") == Period(2025 * 12, 12) and period_of("2025-01", "%d/%m/%Y") is None
    assert [in_words(period_of(text)) for text in ("20250131", "Q4 2025", "2025年")] == ["2025-01", "2025-Q4", "2025"]


def workbook(folder, sheets, shown=()):
    """A workbook of some sheets; ``shown`` are forms of numbers of cells, of the last sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for cell, form in dict(shown).items():
        sheet[cell].number_format = form
    book.save(folder / "table.xlsx")
    return folder / "table.xlsx"


def test_a_sheet_of_a_workbook(tmp_path):
    rows = [("Notes",), ("month", "unemployment"), (datetime.date(2024, 1, 1), 3.7), (datetime.datetime(2024, 2, 1), 4)]
    file = workbook(tmp_path, {"data": rows})
    table = read_table(file, Layout(skip=1, decimal="comma"))
    assert [row.cells for row in table.rows] == [("2024-01-01", "3,7"), ("2024-02-01", "4")]
    assert [row.number for row in table.rows] == [3, 4]
    named_otherwise = file.rename(tmp_path / "table.csv")
    assert read_table(named_otherwise, Layout(skip=1, decimal="comma")).rows == table.rows
    file = workbook(tmp_path, {"data": rows[1:], "notes": [("x",)]})
    assert len(read_table(file, Layout(sheet="data")).rows) == 2
    with pytest.raises(InputError, match=r"2 sheets, economy\.layout\.sheet must name one of data, notes"):
        read_table(file)
    with pytest.raises(InputError, match="no such sheet, must be one of data, notes; did you mean notes"):
        read_table(file, Layout(sheet="note"))
    own = Source(own_file(file, "a table"), "a table", 100)
    with pytest.raises(InputError, match="unpacked, too large"):
        list(workbook_rows(own))
    content = bytearray(file.read_bytes())
    content[100:-900] = b"x" * len(content[100:-900])
    assert "damaged" in refusal(tmp_path, bytes(content), "bad.xlsx", sheet="data")


def typed(folder, **columns):
    file = folder / "typed.parquet"
    pq.write_table(pa.table(columns), file)
    return file


def test_parquet_of_every_writer_is_one_thing(tmp_path):
    months = pa.array(["2024-01", "2024-02"], pa.large_string())  # as polars writes texts
    figures = pa.array([decimal.Decimal("3.70"), decimal.Decimal("3.90")], pa.decimal128(5, 2))
    file = typed(tmp_path, month=months.dictionary_encode(), unemployment=figures)  # as R writes factors
    assert [row.cells for row in read_table(file).rows] == [("2024-01", "3.7"), ("2024-02", "3.9")]
    frame = pd.DataFrame(
        {"unemployment": [3.7, np.nan]}, index=pd.period_range("2024-01", periods=2, freq="M").to_timestamp()
    )
    frame.to_parquet(tmp_path / "index.parquet")
    table = read_table(tmp_path / "index.parquet")
    assert table.header == ("unemployment", "__index_level_0__") and table.rows[0].cells == ("3.7", "2024-01-01")
    with pytest.raises(InputError, match=r"column 'x': is of type list.*must hold one text or number"):
        read_table(typed(tmp_path, x=pa.array([[1], [2]])))
    assert as_text(None) == as_text(float("nan")) == "" and as_text(1e20) == "1e+20" and as_text(0.5, ",") == "0,5"
    assert plain_columns("t", pa.table({"a": pa.array([1], pa.int8())})).column("a").to_pylist() == [1]


MAPPING = TapeMapping(limit="limit", months=("a",), status=("late",), balance=("owed",), id="id")
TAPE = "id,limit,late,owed\n1,20000,0,10\n2,30000,1,20\n"


def tape(folder, content, mapping=MAPPING, **told):
    file = folder / "tape.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_tape_table(file, build(TapeMapping, {**plain(mapping), "layout": told}, "mapping", []))


def plain(mapping):
    return {"limit": mapping.limit, "months": ["a"], "status": ["late"], "balance": ["owed"], "id": mapping.id}


def test_a_tape_is_read_by_its_layout_too(tmp_path):
    noted = "Prospectus\n" + TAPE + "\nTotal: 2\n"
    for content, told, numbers in (
        (TAPE, {}, [2, 3]),
        (noted, {"skip": 1, "footer": 1}, [3, 4]),
        (TAPE.encode("utf-16"), {"encoding": "utf-16"}, [2, 3]),
        (gzip.compress(TAPE.encode()), {}, [2, 3]),
        (TAPE.replace(",", "|"), {"separator": "bar"}, [2, 3]),
        (TAPE.replace(",", "\uff0c"), {"separator": "full_width_comma"}, [2, 3]),
        (TAPE.split("\n", 1)[1], {"header": 0, "names": ["id", "limit", "late", "owed", "more"]}, [1, 2]),
        ("x,y,z,w\n" + TAPE, {"header": 2}, [3, 4]),
        (TAPE.replace("20000", "2\u4e07"), {"wan": True}, [2, 3]),
    ):
        table = tape(tmp_path, content, **told)
        assert table.numeric("limit", 0, 1e9, "").tolist() == [20000, 30000], told
        assert table.numbers.tolist() == numbers, told
    assert "layout.wan=true reads it" in _problem(tape(tmp_path, TAPE.replace("20000", "2\u4e07")))
    dated = tape(tmp_path, TAPE.replace("30000", "Dec-2018"))
    assert dated.dates("limit") == [None, Period(2018 * 12 + 11, 1)]
    assert tape(tmp_path, TAPE.replace("30000", "x"), missing=["-"]).frame["limit"].tolist() == ["20000", "x"]
    with pytest.raises(InputError, match=r"row 3, column limit: '', must be given"):
        tape(tmp_path, TAPE.replace("30000", "-"), missing=["-"]).refuse_missing(["limit"])


def _problem(table):
    with pytest.raises(InputError) as refused:
        table.numeric("limit", 0, 1e9, "")
    return str(refused.value)


def test_a_mapping_may_hold_a_layout_and_its_contradictions_are_told(tmp_path):
    file = tmp_path / "mine.yaml"
    text = "limit: limit\nmonths: [a]\nstatus: [late]\nbalance: [owed]\nlayout: {encoding: gbk}\n"
    file.write_text(text, encoding="utf-8")
    assert read_mapping(str(file), build).layout.encoding == "gbk"
    file.write_text(text.replace("gbk", "gbq"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"layout\.encoding: 'gbq', must be one of utf-8, gbk"):
        read_mapping(str(file), build)


def test_a_source_says_what_it_is(tmp_path):
    file = tmp_path / "t.csv"
    file.write_bytes(b"%PDF-1.7")
    own = Source(own_file(file, "a table"), "a table", 1000)
    assert text_problem(own) == "is a PDF" and own.key(skip=1) == "layout.skip=1" and not own.is_workbook
    with pytest.raises(InputError, match="is a PDF, must be a table"):
        check_source(own)
    assert (
        notes_around(own, next(rows_of(_other(tmp_path), 9)[1]), ["a"])
        == "; layout.skip=1 passes over notes before the table"
    )


def _other(folder):
    (folder / "o.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return Source(own_file(folder / "o.csv", "a table"), "a table", 1000)


@pytest.mark.parametrize(
    "word", ["k", "K", "mn", "million", "bn", "thousand", "bps", "ND", "\u5343", "\u767e\u4e07", "\u2030"]
)
def test_a_word_of_a_multiple_or_a_sign_is_no_word_beside(tmp_path, word):
    assert list(Layout(beside=(word,)).problems("layout.")) == [
        f"layout.beside: {word!r}, must be a text beside a number that does not change it"
    ]
    file = tmp_path / "t.csv"
    file.write_text(TEXT, encoding="utf-8")
    own = Source(own_file(file, "a table"), "a table", 1000)
    assert remedy(f"5 {word}", own) == remedy(f"5{word}", own) == ""
    assert remedy("5 EUR", own) == "; layout.beside=[EUR] reads it"


def test_a_date_lacks_no_part_that_it_needs(tmp_path):
    for form in ("%m", "%d/%m", "%b", "%Y-%Y", "%Y-%m%", "%Y %Q"):
        (line,) = Layout(date_format=form).problems("layout.")
        assert line.startswith(f"layout.date_format: {form!r}, must have a year (%Y or %y)")
    for form in ("%m/%d/%Y", "%b-%y", "%Y", "%x", "%G-%V-%u"):
        assert not list(Layout(date_format=form).problems("layout."))
    for text in ("2024.1", "2024.1.3"):  # as a number, October is 2024.1
        assert period_of(text) is None
    assert period_of("2024.01.31") == period_of("2024.01") == Period(2024 * 12, 1)


@pytest.mark.parametrize("key", ["encoding", "separator", "skip", "header", "names", "footer", "sheet"])
def test_a_key_that_says_nothing_of_such_a_file_is_refused(tmp_path, key):
    """Each key of the layout is read from a file of each kind, or refused: none is passed over."""
    told = {"encoding": "gbk", "separator": "tab", "names": ("a", "b"), "sheet": "data"}.get(key, 2)
    line = f"{key}={told}: is "
    parquet = typed(tmp_path, month=["2024-01"], unemployment=[4.0])
    with pytest.raises(InputError, match=re.escape(f"economy.layout.{line}Parquet and has no ")):
        read_table(parquet, Layout(**{key: told}))
    pq.write_table(pa.table({"LIMIT": [1000]}), tmp_path / "tape.parquet")
    with pytest.raises(InputError, match=re.escape(f"layout.{line}Parquet and has no ")):
        tape(tmp_path, (tmp_path / "tape.parquet").read_bytes(), **{key: told})
    book = workbook(tmp_path, {"data": ROWS})
    if key in ("encoding", "separator"):
        with pytest.raises(InputError, match=re.escape(f"economy.layout.{line}a workbook and has no ")):
            read_table(book, Layout(**{key: told}))
    elif key == "sheet":
        assert f"{line}a text and has no sheets, must be left out" in refusal(tmp_path, TEXT, sheet="data")
        with pytest.raises(InputError, match=r"layout\.sheet=data: is a text and has no sheets"):
            tape(tmp_path, TAPE, sheet="data")
    else:
        book = workbook(tmp_path, {"data": [("x", "y"), ("v", "w"), *ROWS, ("note",), ("note", "2")]})
        plain, read = read_table(book), read_table(book, Layout(**{key: told}))
        assert (read.header, len(read.rows)) != (plain.header, len(plain.rows))


def test_kinds_of_files(tmp_path):
    kinds = {"table.csv": "a text", "table.xlsx": "a workbook", "typed.parquet": "Parquet", "packed.gz": "a text"}
    (tmp_path / "table.csv").write_text(TEXT)
    (tmp_path / "packed.gz").write_bytes(PACKED["gzip"])
    workbook(tmp_path, {"data": ROWS})
    typed(tmp_path, month=["2024-01"])
    for name, kind in kinds.items():
        found = Source(own_file(tmp_path / name, "a table"), "a table", 1000)
        found.refuse_idle()
        assert found.kind == kind


def test_a_cell_shown_as_per_cent_is_read_with_its_sign(tmp_path):
    """In a workbook 0.1356 shown as 13.56% is what 13.56% is in a CSV, and so told by the same key."""
    assert shows_percent("0.00%") and shows_percent("[Red]0%;-0%") and not shows_percent("General")
    assert not shows_percent('0.00" %"') and not shows_percent("0.00\\%")
    rows = [("month", "unemployment", "policy_rate"), *((f"2024-0{month}", 0.1356, 4.5) for month in (1, 2, 3, 4))]
    file = workbook(tmp_path, {"data": rows}, {"B2": "0.00%", "B3": "0%", "B4": "0.0%", "B5": '0.00" %"'})
    cells = [row.cells for row in read_table(file, Layout(decimal="comma")).rows]
    assert cells == [(f"2024-0{row}", shown, "4,5") for row, shown in enumerate(["13,56%"] * 3 + ["0,1356"], start=1)]
    file = workbook(tmp_path, {"data": rows}, dict.fromkeys(("B2", "B3", "B4", "B5"), "0.00%"))
    with pytest.raises(
        InputError, match=r"column unemployment: '13\.56%', must be .*economy\.layout\.percent=true reads"
    ):
        read_path(file, "percent")
    read = read_file(FileSettings(file=str(file), units="percent", layout=Layout(percent=True))).published
    assert read.unemployment == (0.1356,) * 4 and read.policy_rate == (0.045,) * 4


@pytest.mark.parametrize("sign", ["\u2212", "\u2013", "\uff0d"])
def test_another_minus_is_a_sign_and_no_text_beside(tmp_path, sign):
    (tmp_path / "t.csv").write_text(TEXT, encoding="utf-8")
    own = Source(own_file(tmp_path / "t.csv", "a table"), "a table", 1000)
    assert remedy(f"{sign}5.5", own) == f"; layout.negative=[{sign}] reads it"
    assert plain_number(f"{sign}5.5", Layout(negative=(sign,))) == "-5.5"
    (line,) = Layout(beside=(sign,)).problems("layout.")
    assert line.endswith(f"; layout.negative: [{sign}] reads it as below 0")


@pytest.mark.parametrize(
    ("begins", "words"),
    [
        (b"<html><table>", "is a web page (HTML)"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "is a web page (HTML)"),
        (b'[{"id": 1}]', "is JSON"),
        (b'{"id": 1}\n', "is JSON"),
        (b"ARROW1\0\0", "is Arrow (Feather)"),
        (b"<?xml version='1.0'?>", "is XML"),
    ],
)
def test_a_table_that_is_no_text_in_columns_is_named(tmp_path, begins, words):
    (tmp_path / "t.csv").write_bytes(begins)
    assert text_problem(Source(own_file(tmp_path / "t.csv", "a table"), "a table", 1000)).startswith(words)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (("mimetype", "content.xml"), "is an OpenDocument sheet"),
        (("[Content_Types].xml", "xl/workbook.bin"), "is a binary workbook"),
    ],
)
def test_workbooks_of_other_kinds_are_named(tmp_path, members, words):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        for name in members:
            archive.writestr(name, "x")
    with pytest.raises(InputError, match=words):
        rows_of(Source(own_file(tmp_path / "t.xlsx", "a table"), "a table", 1_000_000), 9)
