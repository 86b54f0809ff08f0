"""What users' programs write: numbers in odd forms, indices in Parquet, times beyond the calendar, odd encodings."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.config.axes import read_points
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.config.userfile import read_yaml
from sim.config.validate import FREE, build, convert
from sim.inputs import numbers
from sim.inputs.errors import InputError
from sim.inputs.files import own_file
from sim.inputs.mapping import Codes, TapeMapping
from sim.inputs.path import read_path
from sim.inputs.tape import read_tape
from sim.inputs.text import check_text

ODD = ("\uff11\uff10", "\u0661", "1e5000", "1,0", "1__0", "+-1", "", "nan", "inf", "1 0")
NOT_PLAIN = ("1_0", "010", "0x10", "0b1", *ODD)
NOT_WHOLE = (*NOT_PLAIN, "1e1", "10.5")
MAPPING = TapeMapping(limit="limit", months=("a",), status=("late",), balance=("owed",), id="id", codes=Codes())


def path_of(tmp_path, month="1", unemployment="5"):
    file = tmp_path / "months.csv"
    file.write_text(f'month,unemployment_percent\n0,5\n"{month}","{unemployment}"\n', encoding="utf-8")
    return read_path(file)


def tape_of(tmp_path, limit="20000", late="0"):
    file = tmp_path / "tape.csv"
    file.write_text(f'id,limit,late,owed\n1,20000,0,10\n2,"{limit}","{late}",10\n', encoding="utf-8")
    return read_tape(file, MAPPING)


def typed_of(tmp_path, value):
    """Mapping of a YAML file whose whole number ``term`` is written so."""
    file = tmp_path / "mine.yaml"
    file.write_text(f"limit: limit\nmonths: [a]\nstatus: [s]\nbalance: [b]\nterm: {value}\n", encoding="utf-8")
    problems = []
    build(TapeMapping, read_yaml(file), "mine", problems)
    if problems:
        raise UsageError(problems[0])


def points_of(tmp_path, value):
    file = tmp_path / "points.csv"
    file.write_text(f'economy.regions,fund.premium_rate\n"{value}",0.01\n', encoding="utf-8")
    (axis, _), _ = read_points(str(file))
    problems = []
    convert(int, FREE, axis.values[0], axis.key, problems)
    if problems:
        raise UsageError(problems[0])


def override_of(tmp_path, value):
    return plan(["economy=calm", "study.arms=[lenient]", f"study.months={value}"])


@pytest.mark.parametrize("reader", [path_of, tape_of])
def test_every_reader_of_a_table_takes_plain_numbers_alone(tmp_path, reader):
    column = "unemployment" if reader is path_of else "limit"
    for text in ("10", "10.0", "1e1", "+10", " 10 ", "10."):
        reader(tmp_path, **{column: text})
    for text in NOT_PLAIN:
        with pytest.raises(InputError, match="must be"):
            reader(tmp_path, **{column: text})


@pytest.mark.parametrize(
    "read",
    [
        lambda folder, text: path_of(folder, month=text),
        lambda folder, text: tape_of(folder, late=text),
        typed_of,
        points_of,
        override_of,
    ],
    ids=["month", "status", "YAML", "points", "override"],
)
def test_every_reader_of_whole_numbers_takes_plain_ones_alone(tmp_path, read):
    read(tmp_path, "1")
    for text in NOT_WHOLE:
        with pytest.raises((InputError, UsageError)) as refused:
            read(tmp_path, text)
        assert "\n" not in str(refused.value)


def test_a_column_of_numbers_is_taken_as_it_is():
    typed = numbers.numbers_of(pd.Series([1.5, 1e3]), whole=True)
    assert typed.tolist() == [1.5, 1000.0]
    mixed = numbers.numbers_of(pd.Series(["3.0", "1_0", "7", "1e1", None]), whole=True)
    assert np.array_equal(mixed, [3.0, np.nan, 7.0, np.nan, np.nan], equal_nan=True)


def frame():
    return pd.DataFrame({"id": ["x", "y"], "limit": [20000, 30000], "late": [0, 1], "owed": [10.0, 20.0]})


def test_parquet_with_an_index_is_read_like_any(tmp_path):
    frame().to_parquet(tmp_path / "plain.parquet", index=False)
    frame().set_index("id").to_parquet(tmp_path / "index.parquet")
    plain, index = (read_tape(tmp_path / f"{name}.parquet", MAPPING) for name in ("plain", "index"))
    assert plain.evidence.limit.tolist() == index.evidence.limit.tolist() == [2_000_000, 3_000_000]
    months = pd.DataFrame({"month": ["2020-01", "2020-02"], "unemployment_percent": [5.0, 6.0]})
    months.set_index("month").to_parquet(tmp_path / "months.parquet")
    assert read_path(tmp_path / "months.parquet").unemployment == (0.05, 0.06)


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_time_beyond_the_calendar_is_one_line(tmp_path, unit):
    file = tmp_path / "late.parquet"
    beyond = pa.array([2**62, 2**62], pa.timestamp(unit))
    pq.write_table(pa.table({"month": beyond, "unemployment_percent": [5.0, 5.0]}), file)
    with pytest.raises(InputError, match=r"late\.parquet: (column 'month'|row [12], column month).*must be") as refused:
        read_path(file)
    assert "\n" not in str(refused.value)
    pq.write_table(pa.table({"id": ["1", "2"], "limit": beyond, "late": [0, 0], "owed": [1, 1]}), file)
    with pytest.raises(InputError, match=r"late\.parquet.*column '?limit.*must be"):
        read_tape(file, MAPPING)


def test_a_day_is_no_number(tmp_path):
    days = frame().assign(owed=[datetime.date(2020, 1, 1)] * 2)
    days.to_parquet(tmp_path / "days.parquet")
    with pytest.raises(InputError, match="column owed"):
        read_tape(tmp_path / "days.parquet", MAPPING)


CONTENTS = {
    "合同编号,额度\n甲,1\n".encode("gbk"): "reads as GBK",
    b"a" * (1 << 20) + "贷款明细表".encode("gbk"): "reads as GBK",
    "a,b\n1,2\n".encode("utf-16"): "is text in UTF-16",
    "naïve,größe\n".encode("latin-1"): "not text in UTF-8",
    b"a,b\n1,\x00\n": "holds bytes of value 0",
    b"a" * (1 << 20) + b"\0": "holds bytes of value 0",
    "a,é".encode()[:-1]: "not text in UTF-8",
}


@pytest.mark.parametrize("content", CONTENTS, ids=list(range(len(CONTENTS))))
def test_what_bytes_look_like_is_told(tmp_path, content):
    file = tmp_path / "table.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=CONTENTS[content]):
        check_text(own_file(file, "a table", 2_000_000), "a table")


def test_any_text_in_utf_8_passes(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("\ufeff" + "é" * 700_000, encoding="utf-8")  # a character lies across the blocks that are read
    check_text(own_file(file, "a table", 2_000_000), "a table")


SEPARATED = {"a;b": "semicolons", "a\tb": "tabs", "a|b": "bars", "a\uff0cb": "full-width commas"}


@pytest.mark.parametrize("header", SEPARATED)
@pytest.mark.parametrize("reader", ["path", "tape", "points"])
def test_the_separator_that_was_seen_is_named(tmp_path, header, reader):
    file = tmp_path / "table.csv"
    file.write_text(f"{header}\n1{header[1]}2\n", encoding="utf-8")
    with pytest.raises((InputError, UsageError), match=f"parted by {SEPARATED[header]}.*must have commas"):
        if reader == "path":
            read_path(file)
        elif reader == "tape":
            read_tape(file, MAPPING)
        else:
            plan(["economy=calm", "design=file", f"design.file={file}"])
