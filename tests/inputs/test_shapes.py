"""Paths as publishers print them: tabs and flags, years by months, full-width digits, rows that describe a column."""

import dataclasses

import openpyxl
import pytest

from sim.config.job import plan
from sim.economy.reading import FileSettings, PathColumns
from sim.engine.tables.file_layout import Layout
from sim.inputs.across import by_month_of_year, dates_across, turned
from sim.inputs.dates import Period, period_of
from sim.inputs.errors import InputError
from sim.inputs.files import own_file
from sim.inputs.formats import FORMS, named_like
from sim.inputs.month_table import TABLE, read_table
from sim.inputs.numbers import half_width
from sim.inputs.path import read_file
from sim.inputs.periods import calendar_of
from sim.inputs.shapes import as_table, codes_of, in_plain_digits, in_tabs, parted, without_description
from sim.inputs.source import Source
from sim.inputs.text import notes_before
from sim.language.words import Words
from sim.study.compare.outlooks import in_words
from tests.inputs.test_formats import EUROSTAT, FRED, NBS, percent, read, refusal

TSV = (
    "freq,s_adj,unit,geo\\TIME_PERIOD\t2024-01 \t2024-02 \t2024-03 \n"
    "M,SA,PC_ACT,DE\t3.2 \t3.3 p\t3.4 e\nM,SA,PC_ACT,FR\t7.4 \t: c\t7.5 bu\n"
    "M,SA,THS_PER,DE\t14 \t14 \t14 \nM,SA,PCH_PRE,DE\t1.2 \t1.3 \t1.4 \n"
)
TWELVE = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
BLS = f"Year,{TWELVE},Annual\n2023,{','.join(f'3.{k % 10}' for k in range(1, 13))},9.9\n2024,4.1,4.2(P),,,,,,,,,,,\n"
ONS = (
    '"Title","Unemployment rate (aged 16 and over): %"\n"CDID","MGSX"\n"PreUnit",""\n"Unit","%"\n'
    '"Release date","12-11-2024"\n"Important Notes",""\n"2022","3.9"\n"2023","4.1"\n'
    '"2022 Q1","3.8"\n"2022 Q2","3.7"\n"2022 JAN","4.0"\n"2022 FEB","3.6"\n"2022 MAR","3.5"\n'
)
ECB = (
    '"DATE","TIME PERIOD","Unemployment rate, Euro area (LFSI.M)"\n'
    '"2024-01-31","2024Jan","6.5"\n"2024-02-29","2024Feb","6.6"\n'
)
SDW = 'Data Source in SDW: x\n,"LFSI.M"\n"Period\\Unit:","[Percent]"\n2024Feb,6.6\n2024Jan,6.5\n'
BANK = (
    '"Data Source","Indicators",\n\n"Last Updated Date","2024-12-16",\n\n'
    '"Country Name","Country Code","Indicator Name","1990","1991","1992",\n'
    '"Germany","DEU","Unemployment, total","","5.3","6.3",\n"China","CHN","Unemployment, total","","2.4","2.5",\n'
)
DDP = (
    '"Series Description","Delinquency rate"\n"Unit:","Percent"\n"Unique Identifier: ","CHGDEL/DRC"\n'
    '"Time Period","DRC"\n1990Q4,ND\n1991Q1,5.26\n1991Q2,5.33\n'
)
OECD = '"LOCATION","SUBJECT","MEASURE","FREQUENCY","TIME","Value","Flag Codes"\n' + "".join(
    f'"AUS","{sex}","PC_LF","M","2020-0{month}",{rate},"{flag}"\n'
    for sex, rates in (("TOT", "5.3,5.1"), ("MEN", "5.5,5.2"))
    for month, rate, flag in zip("12", rates.split(","), ("", "E"), strict=True)
)
FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in "0123456789."}


def table_of(folder, content, **layout):
    file = folder / "table.csv"
    file.write_text(content, encoding="utf-8")
    return read_table(file, Layout(**layout))


@pytest.mark.parametrize("old", [False, True])
def test_the_table_with_tabs_of_eurostat_is_read_without_its_flags(tmp_path, old):
    """Cells before the first tab are parted by commas, flags stand beside the figures, the newest may be first."""
    text = TSV
    if old:
        lines = [line.split("\t") for line in TSV.replace("TIME_PERIOD", "time").replace("2024-", "2024M").splitlines()]
        text = "\n".join("\t".join([first, *rest[::-1]]) for first, *rest in lines)
    told = {"format": "eurostat", "where": (("unit", "PC_ACT"),)}
    found = read(tmp_path, text, country="DE", **told)
    assert percent(found.published.unemployment) == [3.2, 3.3, 3.4] and found.published.first_month == "2024-01"
    assert {("geo", "DE"), ("unit", "PC_ACT"), ("freq", "M")} <= set(found.read.chosen)
    assert "column 2024-02, row unemployment: ''" in refusal(tmp_path, TSV, country="FR", **told)
    assert percent(read(tmp_path, text, country="FR", gaps="linear", **told).published.unemployment) == [7.4, 7.45, 7.5]
    assert "economy.country=DE takes one" in refusal(tmp_path, text, **told)


def test_eurostat_in_tabs_is_refused_where_it_says_something_else(tmp_path):
    assert "economy.format=eurostat reads it" in refusal(tmp_path, TSV, units="percent")
    for unit in ("THS_PER", "PCH_PRE"):
        told = {"format": "eurostat", "where": (("geo", "DE"), ("unit", unit))}
        assert f"column unit: '{unit}', must be a share in percent" in refusal(tmp_path, TSV, **told)
    odd = TSV.replace("3.3 p", "3.3 p2")
    told = {"format": "eurostat", "country": "DE", "where": (("unit", "PC_ACT"),)}
    assert "'3.3 p2', must be a number" in refusal(tmp_path, odd, **told)
    for name in ("2024-S1", "2024-W02"):
        line = f"column '{name}': must be a month such as 2007-01, a quarter"
        assert line in refusal(tmp_path, TSV.replace("2024-02", name), format="eurostat")
    short = TSV.replace("M,SA,PC_ACT,DE", "M,SA,DE")
    assert "'M,SA,DE', must be 4 codes with commas between them" in refusal(tmp_path, short, **told)
    found = parted(table_of(tmp_path, TSV, separator="tab"), (":",))
    assert found.header[:5] == ("freq", "s_adj", "unit", "geo", "2024-01")
    assert found.rows[1].cells[4:] == ("7.4", "", "7.5")
    own = Source(own_file(tmp_path / "table.csv", TABLE), TABLE, 10_000)
    assert in_tabs(own)
    (tmp_path / "table.csv").write_text(EUROSTAT, encoding="utf-8")
    assert not in_tabs(Source(own_file(tmp_path / "table.csv", TABLE), TABLE, 10_000))


def test_a_table_with_tabs_is_a_scenario_by_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "une.tsv").write_text(TSV, encoding="utf-8")
    keys = ["economy=une.tsv", "economy.format=eurostat", "economy.country=DE", "economy.where={unit: PC_ACT}"]
    found = plan([*keys, "study.arms=[lenient]"])
    assert percent(found.arms[0].configs["une"].economy.published.unemployment) == [3.2, 3.3, 3.4]
    assert "rows of geo=DE, unit=PC_ACT" in in_words(found)["une"]


def test_codes_with_their_labels_in_one_cell(tmp_path):
    text = (
        "freq:Time frequency,unit: Unit,geo:Entity,TIME_PERIOD:Time,OBS_VALUE:Value,OBS_FLAG:Flag\n"
        "M: Monthly,PC_ACT: Percentage,DE: Germany,2024-01,3.2,\n"
        "M: Monthly,PC_ACT: Percentage,DE: Germany,2024-02,3.3,p: x\n"
    )
    found = read(tmp_path, text, format="eurostat", country="DE")
    assert percent(found.published.unemployment) == [3.2, 3.3] and ("unit", "PC_ACT") in found.read.chosen
    plain = table_of(tmp_path, EUROSTAT)
    assert codes_of(plain, FORMS["eurostat"]) is plain and as_table(plain, FORMS["plain"]) is plain


def test_other_sdmx_and_its_statuses(tmp_path):
    assert "economy.where={SUBJECT: TOT} takes one" in refusal(tmp_path, OECD, format="eurostat", country="AUS")
    found = read(tmp_path, OECD, format="eurostat", country="AUS", where=(("SUBJECT", "MEN"),))
    assert percent(found.published.unemployment) == [5.5, 5.2]
    columns = PathColumns(month="TIME", unemployment="Value")
    line = refusal(tmp_path, OECD, units="percent", columns=columns)
    assert line.endswith("no holes, no month twice; economy.where={SUBJECT: TOT} takes one of several series")
    new = (
        "REF_AREA,UNIT_MEASURE,FREQ,TIME_PERIOD,Time period,OBS_VALUE,OBS_STATUS\n"
        "DEU,PT_LF_SUB,M,2024-01,,3.2,A\nDEU,PT_LF_SUB,M,2024-02,,3.3,E\n"
    )
    assert percent(read(tmp_path, new, format="eurostat").published.unemployment) == [3.2, 3.3]
    assert "column UNIT_MEASURE: 'PS'" in refusal(tmp_path, new.replace("PT_LF_SUB", "PS"), format="eurostat")


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_full_width_digits(tmp_path, encoding):
    wide = NBS.replace("2024", "2024").translate(FULL_WIDTH)
    found = read(tmp_path, wide.encode(encoding), format="nbs")
    assert percent(found.published.unemployment) == [4.9, 5.0, 5.1] and found.published.first_month == "2024-10"
    assert half_width("\uff12\uff10\uff12\uff10\u5e74\uff11\u6708") == "2020\u5e741\u6708"
    assert period_of("\uff12\uff10\uff12\uff10\u5e74\uff11\u6708") == Period(2020 * 12, 1)
    table = table_of(tmp_path, "a,b\n\uff13\uff11\u4e2a,\uff15\uff0e\uff11\n")
    assert in_plain_digits(table).rows[0].cells == ("\uff13\uff11\u4e2a", "5.1")
    plain = "month,unemployment_percent\n2024-01,\uff15\n"
    assert refusal(tmp_path, plain).endswith("60 percent, in plain digits, not full-width ones")
    assert named_like(("x(%)",), ["X\uff08%\uff09"]) == "X\uff08%\uff09"


def test_figures_below_a_header_that_is_no_date_are_not_lost(tmp_path):
    joint = NBS.replace("2024年10月", "2024年9-10月")
    assert "column '2024年9-10月': figures below a header that begins like a date" in refusal(
        tmp_path, joint, format="nbs"
    )
    table = table_of(tmp_path, "Country,2024,note,2025,flag\nDE,3.4,,3.5,p\n")
    assert dates_across(table) == (1, 3)
    across = turned(table, FileSettings(), "the only row")
    assert across.header == ("month", "DE") and [row.cells for row in across.rows] == [("2024", "3.4"), ("2025", "3.5")]
    lone = turned(dataclasses.replace(table, header=("7", "2024", "note", "2025", "flag")), FileSettings(), "lone")
    assert lone.header == ("month", "DE")


def test_years_by_months(tmp_path):
    found = read(tmp_path, BLS, format="bls")
    assert percent(found.published.unemployment) == [
        *(3.1, 3.2, 3.3, 3.4, 3.5, 3.6, 3.7, 3.8, 3.9, 3.0, 3.1, 3.2),
        *(4.1, 4.2),
    ]
    assert found.published.first_month == "2023-01"
    head, *years = BLS.splitlines()
    assert read(tmp_path, "\n".join([head, *years[::-1]]), format="bls").published == found.published
    hole = BLS.replace("3.4,", ",", 1)
    assert "column 2023-04, row unemployment: ''" in refusal(tmp_path, hole, format="bls")
    assert "economy.format=bls reads such files" in refusal(tmp_path, BLS, units="percent")
    assert "row 3, column Year: 'Note', must be a year" in refusal(
        tmp_path, BLS.replace("2024,", "Note,"), format="bls"
    )
    book = openpyxl.Workbook()
    for line in (*BLS.replace("(P)", "").splitlines(), "P: preliminary"):
        book.active.append([float(cell) if cell[:1].isdigit() else cell for cell in line.split(",")])
    book.save(tmp_path / "bls.xlsx")
    with pytest.raises(
        InputError, match=r"'P: preliminary', must be a year such as 2007; economy\.layout\.footer passes"
    ):
        read_file(FileSettings(file=str(tmp_path / "bls.xlsx"), format="bls"))
    noted = read_file(FileSettings(file=str(tmp_path / "bls.xlsx"), format="bls", layout=Layout(footer=1)))
    assert noted.published.unemployment == found.published.unemployment
    flat = "series_id,year,period,value\nLN,2023,M12,3.7\nLN,2023,M13,3.6\nLN,2024,M01,3.8\n"
    assert percent(read(tmp_path, flat, format="bls").published.unemployment) == [3.7, 3.8]
    assert "'2024S01'" in refusal(tmp_path, flat.replace("M01", "S01"), format="bls")
    assert "economy.country=LN takes one" in refusal(tmp_path, flat + "LU,2024,M02,4\n", format="bls")
    quarters = flat.replace("2023,M12", "2023,Q04").replace("M01", "Q01")
    assert read(tmp_path, quarters, format="bls").read.step == 3
    head, *years = BLS.splitlines()
    both = "\n".join([f"Series ID,{head}", *(f"{name},{year}" for name in ("LN", "LU") for year in years)])
    assert "economy.country=LN takes one" in refusal(tmp_path, both, format="bls")
    assert read(tmp_path, both, format="bls", country="LU").published == found.published
    county = "Year,Period,unemployment,unemployment rate\n2024,Jan,1000,5.2\n2024,Feb,1010,5.3\n"
    named = read(tmp_path, county, format="bls")
    assert percent(named.published.unemployment) == [5.2, 5.3] and named.read.unread == ("unemployment",)
    table = table_of(tmp_path, "month,u\n2024-01,5\n")
    assert by_month_of_year(table, FileSettings()) is table


def test_rows_of_years_quarters_and_months_below_each_other(tmp_path):
    assert "economy.frequency=monthly or quarterly or annual takes the rows of one kind" in refusal(
        tmp_path, ONS, format="ons"
    )
    found = read(tmp_path, ONS, format="ons", frequency="monthly")
    assert percent(found.published.unemployment) == [4.0, 3.6, 3.5] and found.published.first_month == "2022-01"
    assert found.read.others == 4 and "4 rows of other kinds left out" in found.read.told(Words())
    assert percent(read(tmp_path, ONS, format="ons", frequency="quarterly", spread="step").published.unemployment)[
        ::3
    ] == [3.8, 3.7]
    assert read(tmp_path, ONS, format="ons", frequency="annual").read.step == 12
    slip = "month,unemployment_percent\n2024-01,4\n2024-02,4\n2025,5\n"
    assert "'2025', must be 2024-03" in refusal(tmp_path, slip, frequency="monthly")
    thousands = ONS.replace('"Unit","%"', '"Unit","000s"')
    assert "'000s', must be %, as the unit of a share" in refusal(
        tmp_path, thousands, format="ons", frequency="monthly"
    )
    empty = "Title,x\nCDID,M\n"
    assert "no row below 'CDID'" in refusal(tmp_path, empty, format="ons")
    kept = without_description(table_of(tmp_path, ONS), FORMS["ons"])
    assert kept.rows[0].cells == ("2022", "3.9")
    calendar = calendar_of(kept, "Title", FileSettings(frequency="quarterly"))
    assert calendar.written(1) == "2022-04" and calendar.from_row(1).places == calendar.places[1:]


def test_the_european_central_bank(tmp_path):
    for text in (ECB, SDW):
        found = read(tmp_path, text, format="ecb")
        assert percent(found.published.unemployment) == [6.5, 6.6] and found.published.first_month == "2024-01"
    assert "economy.format=ecb reads such files" in refusal(tmp_path, ECB, format="fred")
    two = ECB.replace("\n", ',"7.4"\n').replace('(LFSI.M)","7.4"', '(LFSI.M)","Unemployment rate, France"')
    line = refusal(tmp_path, two, format="ecb")
    assert line.endswith("; economy.columns.unemployment=COLUMN says which column it is")


def test_what_lies_before_the_first_figure(tmp_path):
    told = {"format": "eba", "country": "Germany", "layout": Layout(skip=4), "spread": "step"}
    for gaps in ("refused", "linear", "carry"):
        line = refusal(tmp_path, BANK, gaps=gaps, **told)
        assert line.endswith(
            "must be a number: none before fills it in; economy.start=1991-01 begins at the first figure"
        )
    found = read(tmp_path, BANK, start="1991-01", **told)
    assert percent(found.published.unemployment)[::12] == [5.3, 6.3] and found.calm == 0
    later = read(tmp_path, BANK, start="1992-01", **told)
    assert later.calm == pytest.approx(0.053) and later.read.history == 12
    assert "economy.start=1991-01 begins at the first figure" in refusal(tmp_path, BANK, start="1990-03", **told)
    years = BANK.replace('"1990","1991"', '"1990 [YR1990]","1991 [YR1991]"')
    assert read(tmp_path, years, start="1991-01", **told).published == found.published
    assert period_of("2019 [YR2018]") is None and period_of("2024Jan") == Period(2024 * 12, 1)


def test_notes_before_a_path_are_told_by_the_one_key_that_reads_it(tmp_path):
    assert refusal(tmp_path, BANK, format="eba").endswith("economy.layout.skip=4 passes over notes before the table")
    assert refusal(tmp_path, DDP).endswith("; economy.layout.skip=3 passes over notes before the table")
    columns = PathColumns(month="Time Period", unemployment="DRC")
    told = {"units": "percent", "columns": columns, "start": "1991-01", "spread": "step"}
    found = read(tmp_path, DDP, layout=Layout(skip=3, missing=("ND",)), **told)
    assert percent(found.published.unemployment)[::3] == [5.26, 5.33]
    (tmp_path / "table.csv").write_text(DDP, encoding="utf-8")
    own = Source(own_file(tmp_path / "table.csv", TABLE), TABLE, 10_000)
    assert notes_before(own) == "" and "layout.skip=3" in notes_before(dataclasses.replace(own, dated=True))
    book = openpyxl.Workbook()
    for line in ("FRED Graph Observations", "", "UNRATE,Unemployment Rate", "Frequency: Monthly", *FRED.splitlines()):
        book.active.append([float(cell) if cell[1:2] == "." else cell for cell in line.split(",") if cell])
    book.save(tmp_path / "fred.xlsx")
    there = read_file(FileSettings(file=str(tmp_path / "fred.xlsx"), format="fred"))
    assert there.published == dataclasses.replace(read(tmp_path, FRED, format="fred").published, source="fred.xlsx")
    with pytest.raises(InputError, match=r"economy\.layout\.skip=4 passes over notes before the table$"):
        read_file(FileSettings(file=str(tmp_path / "fred.xlsx")))


def test_a_series_of_changes_is_not_the_rate(tmp_path):
    for end in ("PC1", "CHG", "NBD20200101"):
        text = FRED.replace("UNRATE", f"UNRATE_{end}")
        assert f"economy.columns.unemployment=UNRATE_{end} takes it as it is" in refusal(tmp_path, text, format="fred")
    growth = "Country,Variable,2025,2026\nDE,Real GDP growth,0.5,1.2\n"
    line = refusal(tmp_path, growth, format="eba")
    assert line.endswith("must be unemployment; economy.columns.unemployment='Real GDP growth' takes it as it is")
    other = ONS.replace("Unemployment rate", "Growth of output")
    assert "does not say unemploy in its name" in refusal(tmp_path, other, format="ons", frequency="monthly")
    told = PathColumns(unemployment="UNRATE_PC1")
    assert read(tmp_path, FRED.replace("UNRATE", "UNRATE_PC1"), format="fred", columns=told).published.unemployment


def test_fractions_are_not_read_as_percent_that_nobody_told(tmp_path):
    fractions = FRED.replace(",3.", ",0.3").replace(",4.", ",0.4")
    assert "economy.units: unstated, and no figure of column UNRATE" in refusal(tmp_path, fractions, format="fred")
    assert read(tmp_path, fractions, format="fred", units="fraction").published.unemployment[0] == 0.38
    assert read(tmp_path, fractions, format="fred", units="percent").published.unemployment[0] == 0.0038
    low = "Country,2024,2025\nDE,0.034,0.045\n"
    assert refusal(tmp_path, low, format="eba").endswith("60 percent; economy.units=fraction reads fractions")
    named = fractions.replace("UNRATE", "unemployment_percent")
    assert read(tmp_path, named, format="fred").published.unemployment[0] == 0.0038


def test_headers_that_do_not_name_each_column(tmp_path):
    blank = "month,unemployment_percent,,\n2024-01,4,,\n2024-02,5,,\n"
    assert percent(read(tmp_path, blank).published.unemployment) == [4, 5]
    assert "column '': stands twice" in refusal(tmp_path, blank.replace("5,,", "5,,x"))
    twice = "Country,2024,2025,2025\nDE,3.4,3.5,4.5\n"
    assert "column '2025': stands twice, must stand once; economy.layout.names=[...]" in refusal(
        tmp_path, twice, format="eba"
    )
    named = Layout(names=("Country", "2024", "baseline", "2025"))
    assert percent(read(tmp_path, twice, format="eba", layout=named, spread="step").published.unemployment)[::12] == [
        3.4,
        4.5,
    ]
    book = openpyxl.Workbook()
    for row in (["month", "unemployment_percent"], ["2024-01", 4], ["2024-02", 5, "p"]):
        book.active.append(row)
    book.save(tmp_path / "flag.xlsx")
    with pytest.raises(
        InputError, match=r"names=\[\.\.\.\], all names in their order, names the columns that the header"
    ):
        read_file(FileSettings(file=str(tmp_path / "flag.xlsx")))
    japanese = "データコード,失業率\n2020/01,2.4\n".encode("shift_jis")
    assert "reads as SHIFT_JIS, not text in UTF-8: economy.layout.encoding=shift_jis reads it" in refusal(
        tmp_path, japanese
    )
    western = "month,Arbeitslosenquote für Männer é t à ß\n2024-01,4\n".encode("cp1252")
    assert "if it is of western Europe" in refusal(tmp_path, western)
