"""A study's results elsewhere: a workbook, a CSV file, xarray with units, a query of DuckDB's."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from sim.study import exporting
from sim.study.exporting import export, read_xarray
from sim.study.runner import run_study
from sim.study.store import StoreError, read_manifest, read_results
from tests.study.fake import FakeModel, toy_plan

PAGE = Path(__file__).resolve().parents[2] / "docs" / "studies.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("export") / "study"
    run_study(toy_plan(), path, engine=FakeModel, console=Console(file=io.StringIO()))
    return path


def plain(folder: Path) -> pd.DataFrame:
    return read_results(folder).astype({"arm": str, "scenario": str})


def test_a_workbook_holds_months_units_and_tables(folder):
    pytest.importorskip("openpyxl", reason="needs creditcycle[analysis]: make extras")
    book = pd.read_excel(export(folder, "xlsx"), sheet_name=None)
    assert list(book) == ["months", "units", "summary"]
    months = plain(folder)
    pd.testing.assert_frame_equal(book["months"], months, check_dtype=False, rtol=1e-14)
    # Money stays whole fen: no digit is lost on the way.
    assert (book["months"]["outstanding"].to_numpy() == months["outstanding"].to_numpy()).all()
    units = book["units"].set_index("column")["unit"]
    assert units["outstanding"] == "fen" and set(months.columns[4:]) <= set(units.index)
    assert len(book["summary"]) == len(pd.read_csv(folder / "summary.csv"))
    assert not list(folder.glob(".*.tmp"))


def test_a_sheet_that_is_too_short_is_refused_in_one_line(folder, monkeypatch):
    pytest.importorskip("openpyxl", reason="needs creditcycle[analysis]: make extras")
    monkeypatch.setattr(exporting, "LONGEST_SHEET", 10)
    with pytest.raises(StoreError, match="rows are more than a sheet holds; use --format csv"):
        export(folder, "xlsx")


def test_a_csv_file_holds_every_month(folder):
    found = pd.read_csv(export(folder, "csv"))
    keys = ["arm", "scenario", "replication", "month"]
    ours, theirs = (table.sort_values(keys, ignore_index=True) for table in (found, plain(folder)))
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, rtol=1e-14)


def test_xarray_reads_every_figure_back_with_its_unit(folder):
    pytest.importorskip("xarray", reason="needs creditcycle[analysis]: make extras")
    made, months = read_xarray(folder), plain(folder)
    assert set(made.dims) == {"arm", "scenario", "replication", "month"}
    units = read_manifest(folder)["units"]
    for name in ("outstanding", "loss_rate"):
        assert made[name].attrs == {"units": units[name]["unit"], "long_name": units[name]["meaning"]}
        row = months.iloc[len(months) // 2]
        place = {key: row[key] for key in ("arm", "scenario", "replication", "month")}
        assert made[name].sel(place).item() == row[name]
    means = months.groupby(["arm", "scenario"])["loss_rate"].mean()
    found = made["loss_rate"].mean(["replication", "month"])
    for (arm, scenario), value in means.items():
        assert float(found.sel(arm=arm, scenario=scenario)) == pytest.approx(value)


def test_duckdb_asks_the_folder_as_it_is_and_as_the_page_says(folder):
    duckdb = pytest.importorskip("duckdb", reason="needs creditcycle[analysis]: make extras")
    (question,) = re.findall(r"^    (select .+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = duckdb.sql(question.replace("DIR", str(folder))).fetchall()
    expected = plain(folder).groupby(["arm", "scenario"])["loss_rate"].mean()
    assert {(arm, scenario): pytest.approx(rate) for arm, scenario, rate in found} == expected.to_dict()
