"""The workbook: what its cells hold, what they look like, and that no text of a study computes anything."""

import io
import math
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from sim.__main__ import main
from sim.figures.catalog import FIGURES
from sim.office import book, workbook
from sim.office.months import NOTHING, SAYS, ZERO, contents, monthly_means
from sim.office.sheets import direction
from sim.office.workbook import write_workbook
from sim.study.compare import by_segment
from sim.study.run.runner import run_study
from sim.study.store.reading import read_manifest, read_results
from sim.study.store.store import StoreError
from tests.study.fake import FakeModel, toy_plan
from tests.study.test_options import CLOSING, swept

openpyxl = pytest.importorskip("openpyxl", reason="needs creditcycle[office]: make extras")
pytest.importorskip("xlsxwriter", reason="needs creditcycle[office]: make extras")

NAMES = {
    "lenient": "=1+1", "limits": "+2", "closing": "-cmd|' /C calc'!A0", "platform": "@SUM(A1)",
    "calm": "\t=3", "bad": "007", "elsewhere": "#N/A",
}  # fmt: skip


def made(folder: Path, **plan) -> Path:
    run_study(toy_plan(**plan), folder, engine=FakeModel, console=Console(file=io.StringIO()))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return made(tmp_path_factory.mktemp("workbook") / "study")


@pytest.fixture(scope="module")
def opened(folder):
    return openpyxl.load_workbook(write_workbook(folder))


def table(sheet, head: int) -> pd.DataFrame:
    """Rows of a sheet below its row of heads, which counts from 1."""
    rows = list(sheet.iter_rows(min_row=head, values_only=True))
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_sheets_come_in_order_and_none_is_empty(opened):
    assert opened.sheetnames == ["Verdict", "Scorecard", "Compare", "Charts", "Months", "Units"]
    assert all(sheet.max_row > 3 for sheet in opened if sheet.title != "Charts")
    assert opened["Verdict"]["A1"].value.startswith("What do limits, closing and platform change against lenient")


def test_compare_holds_every_figure_as_it_is_shown(folder, opened):
    found = table(opened["Compare"], 1)
    stored = pd.read_csv(folder / "summary.csv", na_values=["n/a"], keep_default_na=False)
    said = stored.groupby("metric")["mean"].apply(lambda values: (values.fillna(0) != 0).any())
    stored = stored[stored["metric"].map(said)]
    assert len(found) == len(stored) and set(found["Name"]) == set(stored["metric"])
    ours = {tuple(cells[spot] for spot in (15, 1, 2)): cells for cells in found.itertuples(index=False)}
    for row in stored.to_dict("records"):
        cells = ours[row["metric"], row["scenario"], row["arm"]]
        factor = 0.01 if FIGURES[row["metric"]].kind == "money" else 1.0
        columns = (
            ("mean", 3),
            ("low", 4),
            ("high", 5),
            ("difference", 7),
            ("difference_low", 8),
            ("difference_high", 9),
        )
        for name, column in columns:
            if pd.isna(row[name]):
                assert cells[column] in (None, "n/a")
            else:
                assert cells[column] == pytest.approx(row[name] * factor, rel=1e-9)
        assert cells[12] == row["replications"] and (cells[6] or "") == row["parent"]
        assert cells[14] == row["period"] and cells[16] == FIGURES[row["metric"]].meaning
        sure = "higher" if row["difference_low"] > 0 else "lower" if row["difference_high"] < 0 else ""
        assert cells[10] == sure or (not sure and cells[10] not in ("higher", "lower")), cells
    assert set(found["Direction"].dropna()) >= {"higher", "lower", "same", "open"}


def test_a_direction_is_named_where_the_interval_says_so():
    def told(gap, low, high):
        return direction({"difference": gap, "difference_low": low, "difference_high": high})

    assert [told(1, 0.5, 2), told(-1, -2, -0.5), told(1, -0.5, 2), told(-1, -2, 0.5)] == [
        "higher",
        "lower",
        "open",
        "open",
    ]
    assert [told(0, 0, 0), told(1, math.nan, math.nan)] == ["same", "unknown"]


def test_money_is_in_yuan_shares_in_per_cent(opened):
    rows = {row[15].value: row for row in opened["Compare"].iter_rows(min_row=2)}
    profit, late = rows["lender_profit"], rows["delinquent_30"]
    assert profit[3].number_format.startswith("#,##0") and profit[13].value == "yuan a month"
    assert late[3].number_format == "0.00%" and late[13].value == "% of outstanding"
    assert late[7].number_format == "+0.00%;-0.00%;0.00%"


def test_heads_are_frozen_filtered_and_have_notes(opened):
    compare, months, units = opened["Compare"], opened["Months"], opened["Units"]
    assert (compare.freeze_panes, months.freeze_panes, units.freeze_panes) == ("D2", "D3", "B2")
    assert compare.auto_filter.ref == f"A1:Q{compare.max_row}"
    assert months.auto_filter.ref.startswith("A2:") and months.auto_filter.ref.endswith(str(months.max_row))
    assert "luck" in compare["H1"].comment.text
    heads = {cell.value: cell.comment for cell in months[2]}
    assert "lender's profit before dividends (yuan a month)" in heads["lender_profit"].text


def test_months_are_means_over_runs(folder, opened):
    found = table(opened["Months"], 2)
    months = read_results(folder).astype({"arm": str, "scenario": str})
    expected = months.groupby(["scenario", "arm", "month"])[["lender_profit", "delinquent_30"]].mean()
    ours = found.set_index(["economy", "package", "month"]).sort_index()
    assert len(ours) == len(expected)
    assert ours["lender_profit"].to_numpy() == pytest.approx(expected["lender_profit"].to_numpy() / 100)
    assert ours["delinquent_30"].to_numpy() == pytest.approx(expected["delinquent_30"].to_numpy())
    assert not {"loss_rate", "fund_capital"} & set(found.columns)  # 0 in every month of the toy


def test_units_say_what_each_figure_is_and_what_was_left_out(folder, opened):
    units = table(opened["Units"], 1).set_index("Name")
    assert set(read_manifest(folder)["units"]) <= set(units.index)
    assert units.loc["fund_capital", "In this study"] == "always 0, left out"
    assert units.loc["lender_profit", "In this study"] == "has values"
    assert units.loc["lender_profit", "Unit as stored"] == "fen a month"
    assert units.loc["loss_rate", "Formula"] == FIGURES["loss_rate"].formula.text


def test_a_chart_points_at_the_rows_of_its_package_and_economy(folder, opened):
    with zipfile.ZipFile(folder / "results.xlsx") as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    months = opened["Months"]
    lines = [text for text in charts if "<c:scatterChart>" in text]
    assert len(lines) == 3  # one figure of the toy has values, in three economies
    for text in lines:
        values = re.findall(r"<c:yVal>.*?<c:f>Months!\$(\w+)\$(\d+):\$\w+\$(\d+)</c:f>", text)
        names = re.findall(r"<c:tx><c:strRef><c:f>Months!\$(\w+)\$(\d+)</c:f>", text)
        assert len(values) == len(names) == 4
        for (column, first, last), (place, row) in zip(values, names, strict=True):
            assert months[f"{column}2"].value == "delinquent_30"
            block = {(months[f"A{spot}"].value, months[f"B{spot}"].value) for spot in range(int(first), int(last) + 1)}
            assert len(block) == 1 and months[f"{place}{row}"].value == next(iter(block))[1]
            assert int(last) - int(first) + 1 == len(
                {months[f"C{spot}"].value for spot in range(int(first), int(last) + 1)}
            )


def noted(monkeypatch, study, frame, **units):
    """Let a study have kept a table of segments."""
    (study / "tables" / "segments").mkdir(parents=True)
    frame.attrs["units"] = units
    monkeypatch.setattr(by_segment, "mean_segments", lambda folder: frame)


def test_no_text_of_a_workbook_is_a_formula(tmp_path, monkeypatch):
    odd = made(tmp_path / "odd", called=NAMES, replications=2, months=3)
    frame = pd.DataFrame({"arm": ["=1+1"] * 2, "sector": ["@farm", "x"], "loss_rate": [0.1, 0.3]})
    noted(monkeypatch, odd, frame)
    sheets = openpyxl.load_workbook(write_workbook(odd))
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}  # no formula, no error value
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert set(NAMES.values()) <= set(texts) and "@farm" in texts
    for cell in cells:
        assert cell.quotePrefix == str(cell.value).startswith(book.COMPUTED) or cell.data_type == "n"
    with zipfile.ZipFile(odd / "results.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in text or "<f " in text for text in sheets)


def test_segments_are_a_sheet_where_there_are_any(tmp_path, monkeypatch):
    study = made(tmp_path / "study", replications=2, months=3)
    frame = pd.DataFrame(
        {"arm": ["lenient"] * 2, "sector": ["farm", "retail"], "loss_rate": [0.2, 0.2], "outstanding": [200.0, 5.0]}
    )
    noted(monkeypatch, study, frame)
    found = table(openpyxl.load_workbook(write_workbook(study))["Segments"], 1)
    assert found.to_dict("list") == {
        "arm": ["lenient", "lenient"], "sector": ["farm", "retail"],
        "loss_rate": pytest.approx([0.2, 0.2]), "outstanding": [2, 0.05],
    }  # fmt: skip


def test_the_same_files_give_the_same_bytes(folder):
    assert write_workbook(folder).read_bytes() == write_workbook(folder).read_bytes()
    assert not list(folder.glob(".*.tmp"))


def test_heads_and_sheets_speak_chinese(folder, capsys):
    assert main(["workbook", str(folder), "report.language=zh"]) == 0
    found = openpyxl.load_workbook(folder / "results.xlsx")
    assert found.sheetnames == ["结论", "计分卡", "比较", "图表", "月度", "单位"]
    assert found["比较"]["A1"].value == "指标"


def test_a_sheet_that_is_too_short_is_refused_in_one_line(folder, monkeypatch):
    monkeypatch.setattr(workbook, "LONGEST_SHEET", 10)
    with pytest.raises(StoreError, match="rows are more than a sheet holds; use --format csv"):
        write_workbook(folder)


def test_a_text_that_no_cell_holds_is_cut(tmp_path):
    pages = book.Book("long")
    pages.sheet("one").text(0, 0, "x" * 40_000)
    (tmp_path / "long.xlsx").write_bytes(pages.content())
    value = openpyxl.load_workbook(tmp_path / "long.xlsx")["one"]["A1"].value
    assert len(value) == book.LONGEST_TEXT and value.endswith("x\N{HORIZONTAL ELLIPSIS}")


def test_months_without_the_base_of_a_rate_say_nothing():
    months = pd.DataFrame(
        {"arm": "a", "scenario": "s", "replication": [0, 1], "month": 0, "approval_rate": [0.0, 0.5],
         "applications_decided": [0, 8], "loss_rate": [0.1, 0.3]}
    )  # fmt: skip
    found = monthly_means(months).iloc[0]
    assert found["approval_rate"] == 0.5 and found["loss_rate"] == pytest.approx(0.2)


def test_a_figure_says_something_or_is_zero_or_empty():
    table_ = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, None], "c": [None, None]})
    assert contents(table_, ["a", "b", "c"]) == {"a": SAYS, "b": ZERO, "c": NOTHING}


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "study"
    run_study(swept((CLOSING,), [("never",), ("score",)]), path, engine=FakeModel, console=Console(file=io.StringIO()))
    return path


def test_a_sweep_has_its_points_its_design_and_months_by_point(sweep):
    found = openpyxl.load_workbook(write_workbook(sweep))
    assert found.sheetnames == ["Points", "Design", "Months", "Units"]
    points, stored = table(found["Points"], 1), pd.read_csv(sweep / "points.csv")
    assert points["policy/closing"].tolist() == ["never", "score"]
    assert points["delinquent_30"].to_numpy() == pytest.approx(stored["delinquent_30"].to_numpy())
    assert points["lender_profit"].to_numpy() == pytest.approx(stored["lender_profit"].to_numpy() / 100)
    months = table(found["Months"], 2)
    assert list(months.columns[:4]) == ["point", "economy", "package", "month"] and set(months["point"]) == {0, 1}
    expected = read_results(sweep).groupby(["point", "month"])["delinquent_30"].mean()
    assert months["delinquent_30"].to_numpy() == pytest.approx(expected.to_numpy())


def test_axes_of_a_sweep_keep_their_texts_and_their_numbers(sweep, monkeypatch):
    manifest = read_manifest(sweep)
    axes = [{"key": "policy/closing", "values": ["=2+2", "NA"]}, {"key": "fund.fee", "values": [-0.5, 0.25]}]
    monkeypatch.setattr(workbook, "read_manifest", lambda _: manifest | {"design": {"axes": axes}})
    (sweep / "design.csv").write_text("policy/closing,fund.fee\n=2+2,-0.5\nNA,0.25\n")
    sheet = openpyxl.load_workbook(write_workbook(sweep))["Design"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [["=2+2", -0.5], ["NA", 0.25]]
    assert sheet["A2"].data_type == "s" and sheet["A2"].quotePrefix
