"""Paths of the economy in the forms in which they are published: columns, quarters and years, gaps, history, words."""

import dataclasses
import gzip

import openpyxl
import pandas as pd
import pytest

from sim.config.errors import UsageError
from sim.config.job import plan
from sim.economy.outlook import outlook, with_read
from sim.economy.reading import FREQUENCIES, FileSettings, PathColumns, PathRead, told_of_files
from sim.engine.tables.file_layout import PLAIN, Layout
from sim.inputs.choosing import added, chosen, joined, turned, without
from sim.inputs.dates import formats_of
from sim.inputs.errors import InputError
from sim.inputs.files import own_file
from sim.inputs.formats import FORMS, between_notes, encoding_of, layout_of, likely, named_like
from sim.inputs.month_table import read_table
from sim.inputs.path import path_read, read_file, with_path
from sim.inputs.periods import by_month, calendar_of, month_of, without_gaps
from sim.inputs.series import figures, recognised
from sim.inputs.source import Source
from sim.language.words import Words
from sim.study.compare.outlooks import in_words
from tests.economy.shipped import scenario

FRED = "observation_date,UNRATE\n" + "".join(f"2024-{m:02d}-01,{3.7 + m / 10:.1f}\n" for m in range(1, 7))
DFAST = (
    "Scenario Name,Date,Real GDP growth,Unemployment rate,3-month Treasury rate,Prime rate\n"
    "Supervisory Baseline,2025 Q1,2.0,4.3,4.2,7.4\nSupervisory Baseline,2025 Q2,2.0,4.3,4.0,7.2\n"
    "Supervisory Severely Adverse,2025 Q1,-8.0,5.8,0.4,3.5\nSupervisory Severely Adverse,2025 Q2,-6.0,7.0,0.1,3.2\n"
)
ACTUAL = "Scenario Name,Date,Real GDP growth,Unemployment rate,3-month Treasury rate,Prime rate\n" + "".join(
    f"Actual,{year} Q{quarter},2.0,{rate},5.1,8.3\n"
    for year, quarter, rate in (
        (2023, 3, 9.9),
        (2023, 4, 9.9),
        (2024, 1, 3.8),
        (2024, 2, 4.0),
        (2024, 3, 4.2),
        (2024, 4, 4.2),
    )
)
EBA = (
    "Country,Scenario,2024,2025,2026,2027\nDE,Baseline,3.4,3.5,3.4,3.3\nDE,Adverse,3.4,4.5,6.0,6.6\n"
    "FR,Baseline,7.4,7.6,7.5,7.4\nFR,Adverse,7.4,8.6,10.1,11.0\n"
)
DEVIATIONS = "Country,Scenario,2024,2025,2026\nDE,Baseline,3.4,3.5,3.4\nDE,Adverse deviation,,1.0,2.6\n"
NBS = (
    "数据库\uff1a月度数据\n时间\uff1a最近3个月\n指标,2024年12月,2024年11月,2024年10月\n"
    "全国城镇调查失业率(%),5.1,5.0,4.9\n全国城镇本地户籍劳动力失业率(%),5.3,5.2,\n数据来源\uff1a国家统计局\n"
)
EUROSTAT = (
    "STRUCTURE,STRUCTURE_ID,freq,s_adj,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    "dataflow,ESTAT:UNE_RT_M(1.0),M,SA,PC_ACT,DE,2024-01,3.2,\ndataflow,ESTAT:UNE_RT_M(1.0),M,SA,PC_ACT,DE,2024-02,:,m\n"
    "dataflow,ESTAT:UNE_RT_M(1.0),M,SA,PC_ACT,DE,2024-03,3.4,p\ndataflow,ESTAT:UNE_RT_M(1.0),M,SA,PC_ACT,FR,2024-01,7.4,\n"
)


def read(folder, content, name="table.csv", **told):
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(FileSettings(file=str(file), **told))


def refusal(folder, content, **told):
    with pytest.raises(InputError) as refused:
        read(folder, content, **told)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def percent(values):
    return [round(100 * value, 4) for value in values]


def test_fred(tmp_path):
    found = read(tmp_path, FRED, format="fred")
    assert percent(found.published.unemployment) == [3.8, 3.9, 4.0, 4.1, 4.2, 4.3]
    assert found.published.first_month == "2024-01" and found.calm == 0
    named = read(tmp_path, FRED, units="percent", columns=PathColumns(month="observation_date", unemployment="UNRATE"))
    assert named.published == found.published
    assert "economy.format=fred reads such files" in refusal(tmp_path, FRED, units="percent")
    other = FRED.replace("UNRATE", "LRHUTTTTDEM156S").replace("observation_date", "DATE")
    assert read(tmp_path, other, format="fred").published.unemployment == found.published.unemployment
    vintages = "observation_date,UNRATE_20240105,UNRATE_20240202\n2023-12-01,3.7,3.8\n"
    assert refusal(tmp_path, vintages, format="fred").endswith(
        "UNRATE_20240105, UNRATE_20240202'; economy.columns.unemployment=COLUMN says which column it is"
    )
    one = read(tmp_path, vintages, format="fred", columns=PathColumns(unemployment="UNRATE_20240202"))
    assert percent(one.published.unemployment) == [3.8]
    two = "observation_date,UNRATE,FEDFUNDS,GDP\n2024-01-01,3.7,5.3,.\n2024-02-01,3.9,5.2,.\n"
    both = read(tmp_path, two, format="fred")
    assert percent(both.published.policy_rate) == [5.3, 5.2] and both.read.unread == ("GDP",)


def test_gaps_are_refused_or_filled_as_told(tmp_path):
    gap = FRED.replace("2024-04-01,4.1", "2024-04-01,.")
    assert "row 5, column UNRATE: ''" in refusal(tmp_path, gap, format="fred")
    for rule, value in (("linear", 4.1), ("carry", 4.0)):
        found = read(tmp_path, gap, format="fred", gaps=rule)
        assert percent(found.published.unemployment)[3] == pytest.approx(value) and found.read.filled == 1
    hole = FRED.replace("2024-04-01,4.1\n", "")
    assert "must be 2024-04: no holes, no month twice; economy.gaps=linear or carry" in refusal(
        tmp_path, hole, format="fred"
    )
    assert percent(read(tmp_path, hole, format="fred", gaps="linear").published.unemployment)[3] == pytest.approx(4.1)
    end = FRED.replace("2024-06-01,4.3", "2024-06-01,.")
    assert "economy.gaps=carry fills the end" in refusal(tmp_path, end, format="fred", gaps="linear")
    assert percent(read(tmp_path, end, format="fred", gaps="carry").published.unemployment)[5] == 4.2
    start = FRED.replace("2024-01-01,3.8", "2024-01-01,.")
    assert "row 2, column UNRATE" in refusal(tmp_path, start, format="fred", gaps="carry")
    dotted = "month,unemployment_percent\n2024-01,3.7\n2024-02,.\n"
    assert "economy.layout.missing=[.] reads it as missing" in refusal(tmp_path, dotted)


def test_filling_and_spreading_are_what_they_say():
    assert without_gaps([None, 1.0, None, 3.0, None], "linear") == ([1.0, 1.0, 2.0, 3.0, 3.0], [0, 4])
    assert without_gaps([None, 1.0, None, 3.0, None], "carry") == ([1.0, 1.0, 1.0, 3.0, 3.0], [0])
    assert without_gaps([None, None], "carry") == ([], [0, 1])
    assert by_month([1.0, 4.0], 3, "step") == [1.0, 1.0, 1.0, 4.0, 4.0, 4.0]
    assert by_month([1.0, 4.0], 3, "linear") == pytest.approx([1.0, 1.0, 2.0, 3.0, 4.0, 4.0])
    assert by_month([0.0, 12.0], 12, "linear")[5:19] == pytest.approx([0.0, *(k + 0.5 for k in range(12)), 12.0])
    assert by_month([1.0, 4.0], 1, "linear") == [1.0, 4.0]


def test_a_supervisory_scenario_by_its_name_with_its_history(tmp_path):
    line = refusal(tmp_path, DFAST, format="dfast")
    assert "column Scenario Name: rows of Supervisory Baseline, Supervisory Severely Adverse" in line
    assert "economy.scenario=Supervisory Baseline takes one" in line
    found = read(tmp_path, DFAST, format="dfast", scenario="severely adverse", spread="step")
    assert percent(found.published.unemployment) == [5.8, 5.8, 5.8, 7.0, 7.0, 7.0]
    assert percent(found.published.policy_rate)[::3] == [0.4, 0.1]
    assert "mean Supervisory Baseline" in refusal(tmp_path, DFAST, format="dfast", scenario="Supervisory Basline")
    assert "must be one of Supervisory" in refusal(tmp_path, DFAST, format="dfast", scenario="adverse ")
    (tmp_path / "actual.csv").write_text(ACTUAL, encoding="utf-8")
    told = {"format": "dfast", "scenario": "Severely Adverse", "history": str(tmp_path / "actual.csv")}
    whole = read(tmp_path, DFAST, **told)
    assert whole.published.first_month == "2025-01" == whole.read.start and len(whole.published.unemployment) == 6
    assert whole.read.history == 12 and 100 * whole.calm == pytest.approx((3.8 + 4.0 + 4.2 + 4.2) / 4)
    # The history is part of the straight line: half a quarter after its middle stands between 4.2 and 5.8.
    assert percent(whole.published.unemployment)[:2] == pytest.approx([4.2 + 1.6 * 2 / 3, 5.8], abs=1e-3)
    broken = ACTUAL.replace("Prime rate", "Prime", 1)
    (tmp_path / "actual.csv").write_text(broken, encoding="utf-8")
    assert "actual.csv: column Prime rate: missing" in refusal(tmp_path, DFAST, **told)
    prime = DFAST.replace("3-month Treasury rate", "x")
    low = read(tmp_path, prime, format="dfast", scenario="Severely Adverse", spread="step")
    assert percent(low.published.policy_rate)[::3] == [0.5, 0.2] and low.read.shifted == (("policy_rate", 3.0),)


def test_a_wrong_cell_of_a_history_is_named_by_its_own_file(tmp_path):
    (tmp_path / "actual.csv").write_text(ACTUAL.replace("4.0", "four"), encoding="utf-8")
    told = {"format": "dfast", "scenario": "Severely Adverse", "history": str(tmp_path / "actual.csv")}
    assert "actual.csv: row 5, column Unemployment rate: 'four'" in refusal(tmp_path, DFAST, **told)


def test_countries_by_years_levels_and_deviations(tmp_path):
    assert "column Country: rows of DE, FR" in refusal(tmp_path, EBA, format="eba", scenario="Adverse")
    found = read(tmp_path, EBA, format="eba", scenario="Adverse", country="DE", spread="step")
    assert percent(found.published.unemployment)[::12] == [3.4, 4.5, 6.0, 6.6]
    assert found.published.first_month == "2024-01" and found.read.step == 12
    assert found.read.chosen == (("Scenario", "Adverse"), ("Country", "DE"))
    later = read(tmp_path, EBA, format="eba", scenario="Adverse", country="DE", start="2025-01")
    assert later.published.first_month == "2025-01" and 100 * later.calm == pytest.approx(3.4)
    told = {"format": "eba", "country": "DE", "scenario": "Adverse deviation", "spread": "step"}
    assert percent(read(tmp_path, DEVIATIONS, added_to="Baseline", **told).published.unemployment)[::12] == [
        3.4,
        4.5,
        6.0,
    ]
    assert "economy.added_to: 'Base', must be one of" in refusal(tmp_path, DEVIATIONS, added_to="Base", **told)
    assert "column 2026, row the only row: 'x'" in refusal(
        tmp_path, EBA.replace("6.0", "x"), format="eba", scenario="Adverse", country="DE"
    )
    book = openpyxl.Workbook()
    for row in EBA.splitlines():
        book.active.append([float(cell) if cell[0].isdigit() else cell for cell in row.split(",")])
    book.save(tmp_path / "eba.xlsx")
    sheet = read_file(FileSettings(file=str(tmp_path / "eba.xlsx"), format="eba", scenario="Adverse", country="DE"))
    assert (
        sheet.published.unemployment
        == read(tmp_path, EBA, format="eba", scenario="Adverse", country="DE").published.unemployment
    )


def test_the_sheet_of_a_workbook_with_notes_around_its_table(tmp_path):
    book = openpyxl.Workbook()
    for line in NBS.splitlines():
        book.active.append([float(cell) if cell[:1].isdigit() and "." in cell else cell for cell in line.split(",")])
    book.save(tmp_path / "nbs.xlsx")
    found = read_file(FileSettings(file=str(tmp_path / "nbs.xlsx"), format="nbs"))
    assert percent(found.published.unemployment) == [4.9, 5.0, 5.1] and found.read.encoding == ""
    (tmp_path / "nbs.csv").write_text(NBS, encoding="utf-8")
    plain = read_file(FileSettings(file=str(tmp_path / "nbs.csv"), format="nbs"))
    assert found.published.unemployment == plain.published.unemployment


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk"])
def test_the_national_bureau_of_statistics_of_china(tmp_path, encoding):
    found = read(tmp_path, NBS.encode(encoding), format="nbs")
    assert percent(found.published.unemployment) == [4.9, 5.0, 5.1] and found.published.first_month == "2024-10"
    assert found.read.encoding == ("" if encoding == "utf-8" else "gb18030")
    assert found.read.unread == ("全国城镇本地户籍劳动力失业率(%)",)
    down = "时间,全国城镇调查失业率(%)\n2024年12月,5.1\n2024年11月,5.0\n".encode(encoding)
    assert percent(read(tmp_path, down, format="nbs").published.unemployment) == [5.0, 5.1]
    other = PathColumns(unemployment="全国城镇本地户籍劳动力失业率(%)")
    filled = read(tmp_path, NBS.encode(encoding).replace(b",\n", b",5.4\n"), format="nbs", columns=other)
    assert percent(filled.published.unemployment) == [5.4, 5.2, 5.3]


def test_eurostat(tmp_path):
    line = refusal(tmp_path, EUROSTAT, format="eurostat")
    assert "column geo: rows of DE, FR, must be of one; economy.country=DE takes one" in line
    told = {"format": "eurostat", "where": (("geo", "DE"),)}
    assert "row 3, column OBS_VALUE: ''" in refusal(tmp_path, EUROSTAT, **told)
    found = read(tmp_path, gzip.compress(EUROSTAT.encode()), gaps="linear", **told)
    assert percent(found.published.unemployment) == [3.2, 3.3, 3.4]
    assert ("unit", "PC_ACT") in found.read.chosen and ("geo", "DE") in found.read.chosen
    assert "economy.where: 'goe': no such column" in refusal(
        tmp_path, EUROSTAT, format="eurostat", where=(("goe", "DE"),)
    )
    bad = refusal(tmp_path, EUROSTAT, format="eurostat", where=(("geo", "GE"),))
    assert "economy.where={geo: ...}: 'GE', must be one of DE, FR" in bad
    assert "no column scenario" in refusal(tmp_path, EUROSTAT, scenario="x", **told)
    twice = EUROSTAT.replace(
        "dataflow,ESTAT:UNE_RT_M(1.0),M,SA,PC_ACT,FR", "dataflow,ESTAT:UNE_RT_M(1.0),M,NSA,PC_ACT,DE"
    )
    assert "economy.where={s_adj: SA} takes one of them" in refusal(tmp_path, twice, **told)


HEAD = "month,unemployment_percent\n"


def test_what_rows_are_is_found_or_told(tmp_path):
    quarters = HEAD + "2025-01-01,4\n2025-04-01,7\n2025-07-01,10\n"
    assert percent(read(tmp_path, quarters).published.unemployment) == [4, 4, 5, 6, 7, 8, 9, 10, 10]
    assert "must be 2025-02: no holes" in refusal(tmp_path, quarters, frequency="monthly")
    for form in ("2025Q1 2025Q2", "Q1-2025 Q2-2025", "2025-03-31 2025-06-30"):
        first, second = form.split()
        found = read(tmp_path, f"{HEAD}{first},4\n{second},7\n")
        assert found.published.first_month == "2025-01" and len(found.published.unemployment) == 6, form
    assert read(tmp_path, HEAD + "2024,4\n2025,7\n").read.step == 12
    assert read(tmp_path, HEAD + "2024-12-31,4\n2025-12-31,7\n").read.step == 12
    numbered = HEAD + "1,4\n2,7\n"
    assert read(tmp_path, numbered).published.unemployment == (0.04, 0.07)
    found = read(tmp_path, numbered, frequency="quarterly")
    assert len(found.published.unemployment) == 6 and found.published.first_month == "" and found.read.numbered
    mixed = HEAD + "2025Q1,4\n2025-04,7\n2025Q3,8\n"
    assert "row 3, column month: '2025-04', must be 2025-Q2" in refusal(tmp_path, mixed)
    assert "must be 2024-Q2" in refusal(tmp_path, HEAD + "2024Q1,4\n2025,7\n")
    assert "economy.layout.date_format=%d/%m/%Y or" in refusal(tmp_path, HEAD + "01/02/2025,4\n")
    dated = read(tmp_path, HEAD + "01/02/2025,4\n01/03/2025,5\n", layout=Layout(date_format="%d/%m/%Y"))
    assert dated.published.first_month == "2025-02"
    assert "must be at most 1200 months" in refusal(
        tmp_path, HEAD + "".join(f"{k},5\n" for k in range(101)), frequency="annual"
    )
    assert FREQUENCIES["found"] == 0


def test_history_gives_the_calm_level(tmp_path):
    months = [f"{2023 + k // 12}-{k % 12 + 1:02d},{4 + k / 10}" for k in range(20)]
    text = HEAD + "\n".join(months)
    found = read(tmp_path, text, start="2024-03")
    assert found.published.first_month == "2024-03" and len(found.published.unemployment) == 6
    assert found.calm == pytest.approx(sum(0.04 + k / 1000 for k in range(2, 14)) / 12) and found.read.history == 12
    assert "economy.start: '2025-03', must be a month from 2023-01 to 2024-08" in refusal(
        tmp_path, text, start="2025-03"
    )
    assert "economy.start: 'x'" in refusal(tmp_path, text, start="x")
    assert "economy.start: '3'" in refusal(tmp_path, text, start="3")
    assert percent(read(tmp_path, HEAD + "1,4\n2,5\n3,6\n", start="2").published.unemployment) == [5, 6]
    settings = with_path(scenario("path", file=str(tmp_path / "table.csv"), start="2"))
    assert settings.calm_unemployment == 0.04 and path_read(settings).history == 1
    told = with_path(scenario("path", file=str(tmp_path / "table.csv"), start="2", calm_unemployment=0.045))
    assert told.calm_unemployment == 0.045 and path_read(told).history == 0
    assert "mean of the history" in outlook(settings, 2, path_read(settings)).words
    assert "economy.calm_unemployment" in outlook(told, 2, path_read(told)).words
    assert path_read(scenario("calm")) is None


def test_columns_are_named_once_and_must_be_there(tmp_path):
    text = "when,u,rate,orders\n2024-01,3,5%,100\n2024-02,4,6%,90\n"
    columns = PathColumns(month="when", unemployment="u", policy_rate="rate")
    columns = dataclasses.replace(columns, demand=dataclasses.replace(columns.demand, technology="orders"))
    assert columns.told["demand_technology"] == "orders"
    found = read(tmp_path, text, units="percent", columns=columns, layout=Layout(percent=True))
    assert found.published.policy_rate == (0.05, 0.06) and found.published.demand.technology == (100.0, 90.0)
    assert ("policy_rate", "rate", "fraction") in found.read.columns
    missing = dataclasses.replace(columns, unemployment="v")
    assert "economy.columns.unemployment: 'v', must be one of when, u" in refusal(
        tmp_path, text, units="percent", columns=missing
    )
    twice = dataclasses.replace(columns, policy_rate="u")
    assert "a column is named twice" in refusal(tmp_path, text, units="percent", columns=twice)
    assert "economy.units: unstated" in refusal(tmp_path, text, columns=columns)


def test_every_key_of_a_file_is_known_to_be_one():
    assert {"file", "start", "columns.month", "columns.demand.technology", "layout.encoding"} <= set(told_of_files())


def test_forms_and_their_parts(tmp_path):
    assert [likely(text.splitlines()[0].split(",")) for text in (FRED, DFAST, EUROSTAT)] == [
        "fred",
        "dfast",
        "eurostat",
    ]
    assert (
        likely(["month"]) == "" and named_like(("DATE",), ["x", "Date"]) == "Date" and named_like(("a",), ["b"]) == ""
    )
    assert layout_of(FORMS["fred"], Layout(skip=1, missing=("x",))) == Layout(skip=1, missing=(".", "#N/A", "x"))
    file = tmp_path / "nbs.csv"
    file.write_bytes(NBS.encode("gbk"))
    own = Source(own_file(file, "a table"), "a table", 10_000, PLAIN)
    assert encoding_of(FORMS["nbs"], own) == "gb18030" and encoding_of(FORMS["plain"], own) == "utf-8"
    layout = between_notes(FORMS["nbs"], dataclasses.replace(own, layout=Layout(encoding="gbk")))
    assert (layout.skip, layout.footer) == (2, 1)
    table = read_table(file, layout)
    across = turned(table, FileSettings())
    assert (
        across.header == ("month", "全国城镇调查失业率(%)", "全国城镇本地户籍劳动力失业率(%)") and len(across.rows) == 3
    )
    assert without(across, ["month"]).header == across.header[1:]
    kept, taken = chosen(across, FileSettings(), FORMS["plain"])
    assert kept == across and taken == ()
    found = recognised(across, FileSettings(format="nbs"), FORMS["nbs"])
    calendar = calendar_of(across, "month", FileSettings(), newest_first=True)
    assert figures(across, calendar, found.series["unemployment"], "refused") == ([0.049, 0.05, 0.051], 0)
    assert month_of("2024-11", calendar, "economy.start") == 1
    assert len(joined(across, dataclasses.replace(across, rows=across.rows[:1]), "month").rows) == 3
    doubled = added(across, across, "month")
    assert doubled.rows[0].cells[1:] == ("10.2", "10.6")


def test_all_that_was_made_of_a_file_is_told_in_both_languages():
    made = PathRead(
        columns=(("month", "month", ""), ("unemployment", "u", "percent"), ("funding", "f", "fraction"),
                 ("harvest", "h", "")),
        unread=tuple("abcdefghij"), chosen=(("geo", "DE"),), step=3, spread="step", gaps="carry", filled=2,
        start="2025-01", history=12, shifted=(("policy_rate", 3.0),), encoding="gb18030",
    )  # fmt: skip
    words = made.told(Words())
    for part in ("geo=DE", "unemployment from u, in percent", "funding from f, a fraction", "harvest from h",
                 "a row a quarter",
                 "all months of a row alike", "2 missing", "12 months of history before 2025-01", "3 points", "gb18030",
                 "a, b, c, d, e, f, g, h, ..."):  # fmt: skip
        assert part in words
    assert "month from" not in words and PathRead().told(Words()) == ""
    for step in FREQUENCIES.values():
        for numbered in (True, False):
            for gaps in ("linear", "carry"):
                one = PathRead(step=step or 1, numbered=numbered, gaps=gaps, filled=1, history=1, start="2")
                for language in ("en", "zh"):
                    assert one.told(Words(language))
    assert with_read(None, "calm", Words()) == "calm"
    assert with_read(made, "calm", Words()).startswith("calm; read from the file: rows of geo=DE; unemployment from u")


def test_a_study_takes_the_keys_and_tells_what_it_made_of_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "estat.csv").write_text(EUROSTAT, encoding="utf-8")
    (tmp_path / "dfast.csv").write_text(DFAST, encoding="utf-8")
    keys = "name: germany\nkind: path\nfile: estat.csv\nformat: eurostat\nwhere: {geo: DE}\ngaps: carry\n"
    (tmp_path / "germany.yaml").write_text(keys, encoding="utf-8")
    found = plan(["study.scenarios=[calm,germany.yaml]", "study.arms=[lenient]"])
    assert "rows of geo=DE" in in_words(found)["germany"] and "read from" not in in_words(found)["calm"]
    given = [
        "economy=path",
        "study.arms=[lenient]",
        "economy.file=estat.csv",
        "economy.format=eurostat",
        "economy.gaps=carry",
    ]
    again = plan([*given, "economy.where={geo: DE}"])
    assert again.arms[0].configs["estat"].economy.published.unemployment == (0.032, 0.032, 0.034)
    with pytest.raises(UsageError, match=r"economy\.where: .* keys with values, such as"):
        plan([*given, "economy.where=[geo]"])
    with pytest.raises(UsageError, match=r"economy\.layout\.encoding: 'utf-9', must be one of"):
        plan([*given, "economy.where={geo: DE}", "economy.layout.encoding=utf-9"])
    axis = ["economy=path", "study.arms=[lenient]", "economy.file=dfast.csv", "economy.format=dfast", "design=grid"]
    swept = plan([*axis, "economy.scenario='Supervisory Baseline','Supervisory Severely Adverse'"])
    peaks = [
        max(swept.composition(point).arms[0].configs["dfast"].economy.published.unemployment) for point in swept.points
    ]
    assert peaks == [0.043, 0.07]


def test_a_scenario_in_yaml_finds_its_history_beside_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "dfast.csv").write_text(DFAST, encoding="utf-8")
    (tmp_path / "below" / "actual.csv").write_text(ACTUAL, encoding="utf-8")
    keys = "kind: path\nfile: dfast.csv\nhistory: actual.csv\nformat: dfast\nscenario: Severely Adverse\n"
    (tmp_path / "below" / "stress.yaml").write_text(keys, encoding="utf-8")
    found = plan(["economy=below/stress.yaml", "study.arms=[lenient]"])
    assert "mean of the history" in in_words(found)["stress"]
    assert {one.path.name for one in found.inputs} == {"stress.yaml", "dfast.csv", "actual.csv"}


def test_a_frame_with_its_months_as_an_index(tmp_path):
    frame = pd.DataFrame({"unemployment_percent": [3.7, 3.9]}, index=pd.date_range("2024-01-31", periods=2, freq="ME"))
    frame.to_parquet(tmp_path / "f.parquet")
    found = read_file(FileSettings(file=str(tmp_path / "f.parquet"), columns=PathColumns(month="__index_level_0__")))
    assert found.published.first_month == "2024-01" and found.published.unemployment == (0.037, 0.039)


def test_a_rule_for_quarters_is_refused_where_rows_are_months(tmp_path):
    monthly = HEAD + "2024-01,4\n2024-02,7\n"
    assert refusal(tmp_path, monthly, spread="step").startswith(
        "economy.spread: 'step', and a row of " + str(tmp_path / "table.csv") + " is a month already, must be left out"
    )
    quarterly = HEAD + "2024Q1,4\n2024Q2,7\n"
    assert percent(read(tmp_path, quarterly, spread="step").published.unemployment) == [4, 4, 4, 7, 7, 7]


def test_notes_after_a_path_are_never_its_months(tmp_path):
    text = HEAD + "2024-01,4\n2024-02,5\n2024-03,6\n"
    line = "row 4, a note after the table as economy.layout.footer=1 says, has a date as the rows before it"
    assert line in refusal(tmp_path, text, layout=Layout(footer=1))
    for note in ("Mean,5", "Mean", "Source: BLS,2024"):
        assert percent(read(tmp_path, text + note, layout=Layout(footer=1)).published.unemployment) == [4, 5, 6]


def test_a_figure_with_its_sign_is_divided_once(tmp_path):
    told = {"layout": Layout(percent=True)}
    text = "month,unemployment_percent,policy_rate\n2024-01,14.1%,2.5%\n2024-02,14.2,2.5\n"
    found = read(tmp_path, text, units="percent", **told).published
    assert percent(found.unemployment) == [14.1, 14.2] and percent(found.policy_rate) == [2.5, 2.5]
    prime = "Scenario Name,Date,Unemployment rate,Prime rate\nA,2025 Q1,5%,7.5%\nA,2025 Q2,5,7.5\n"
    assert percent(read(tmp_path, prime, format="dfast", **told).published.policy_rate)[::5] == [4.5, 4.5]
    assert "'61%', must be a number between 0.1 and 60 percent" in refusal(tmp_path, HEAD + "2024-01,61%\n", **told)


LONG = (
    "Country,Scenario,Date,Unemployment\nDE,Base,2025 Q1,3.5\nDE,Base,2025 Q2,3.4\n"
    "DE,Adverse,2025 Q1,1\nDE,Adverse,2025 Q2,2\n"
)


def test_deviations_that_find_no_figure_are_refused(tmp_path):
    told = {"format": "eba", "scenario": "Adverse", "added_to": "Base"}
    assert percent(read(tmp_path, LONG, **told).published.unemployment)[::5] == [4.5, 5.4]
    other = LONG.replace("Adverse,2025 Q2", "Adverse,2025Q2")
    assert percent(read(tmp_path, other, **told).published.unemployment)[::5] == [4.5, 5.4]
    beyond = LONG.replace("Adverse,2025 Q2", "Adverse,2025 Q3")
    assert "row 5, column Date: '2025 Q3', must be a date of economy.added_to=Base" in refusal(tmp_path, beyond, **told)
    for cell in ("n/a", "2;1"):
        line = f"row 5, column Unemployment: '{cell}', must be a number to add, or empty"
        assert line in refusal(tmp_path, LONG.replace(",2\n", f",{cell}\n"), **told)
    base = LONG.replace("2025 Q2,3.4", "2025 Q2,")
    assert "row 5, column Unemployment: '2', must be added to a number: there stands ''" in refusal(
        tmp_path, base, **told
    )
    signs = LONG.replace(",1\n", ",1%\n").replace(",3.5\n", ",3.5%\n")
    assert percent(read(tmp_path, signs, layout=Layout(percent=True), **told).published.unemployment)[::5] == [4.5, 5.4]
    one = LONG.replace(",1\n", ",1%\n")
    line = "row 4, column Unemployment: '1%', must be with the sign % as '3.5' to which it is added, or both without"
    assert line in refusal(tmp_path, one, layout=Layout(percent=True), **told)
    same = refusal(tmp_path, LONG, **told | {"scenario": "Base"})
    assert same.startswith("economy.added_to: 'Base', must be another than economy.scenario")


def test_dates_that_are_refused_name_what_reads_them(tmp_path):
    serial = HEAD + "45292,4\n45323,5\n"
    line = "row 2, column month: '45292', must be a month such as 2007-01"
    for told in ({}, {"gaps": "linear"}):
        assert line in refusal(tmp_path, serial, **told) and "spreadsheets count it" in refusal(
            tmp_path, serial, **told
        )
    assert "; economy.layout.date_format=%Y-%m reads it" in refusal(tmp_path, HEAD + "2024-1,4\n")
    assert formats_of("012020") == ["%m%Y"] and formats_of("45292") == ["serial"] and formats_of("x") == []
    assert formats_of("1/2/2024") == ["%d/%m/%Y", "%m/%d/%Y"]
    daily = "observation_date,X\n2024-01-31,5.3\n2024-02-01,5.3\n2024-02-02,5.4\n"
    for told in ({}, {"gaps": "linear"}):
        assert (
            "row 4, column observation_date: '2024-02-02', must be 2024-03: no holes, no month twice; rows of days"
            in (refusal(tmp_path, daily, format="fred", **told))
        )
    assert "row 3, column month: '2', must be 2024-02" in refusal(tmp_path, HEAD + "2024-01,4\n2,5\n")
    assert "rows of days" not in refusal(tmp_path, HEAD + "2024-01,4\n2024-01,5\n")


def test_rows_are_told_as_the_file_has_them(tmp_path):
    found = read(tmp_path, DFAST, format="dfast", scenario="adverse").read.chosen
    assert found == (("Scenario Name", "Supervisory Severely Adverse"),)
    growth = "Country,2025,2026\nGermany,2.1,3\n"
    made = read(tmp_path, growth, format="eba", country="germany").read
    assert made.chosen == (("Country", "Germany"),) and ("unemployment", "the only row", "percent") in made.columns
    assert "unemployment from the only row, in percent" in made.told(Words())


def test_eurostat_with_labels(tmp_path):
    head, *rows = EUROSTAT.replace(":,m", "3.3,p").splitlines()
    head = head.replace("unit,geo", "unit,Unit of measure,geo,Geopolitical entity (reporting)") + (
        ",Time,Observation value,Observation status (Flag) V2 structure,CONF_STATUS,Confidentiality status (flag)"
    )
    labels = [
        row.replace("PC_ACT,DE", "PC_ACT,Percentage,DE,Germany") + f",,,{'provisional' if row[-1] == 'p' else ''},,"
        for row in rows[:3]
    ]
    found = read(tmp_path, "\n".join([head, *labels]), format="eurostat")
    assert percent(found.published.unemployment) == [3.2, 3.3, 3.4]
    assert found.read.chosen[-2:] == (("geo", "DE"), ("Geopolitical entity (reporting)", "Germany"))
    persons = "\n".join([head, *labels]).replace("PC_ACT", "THS_PER")
    assert "column unit: 'THS_PER', must be a share in percent, such as PC_ACT" in refusal(
        tmp_path, persons, format="eurostat"
    )
