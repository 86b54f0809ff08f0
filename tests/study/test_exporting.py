"""A study's results elsewhere: a CSV file, xarray with units, a query of DuckDB's."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.__main__ import main
from sim.study.run.runner import run_study
from sim.study.store import exporting
from sim.study.store.exporting import export, read_xarray
from sim.study.store.reading import read_manifest, read_results
from sim.study.store.store import NotStored
from tests.study.fake import FakeModel, toy_plan

PAGE = Path(__file__).resolve().parents[2] / "docs" / "studies.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("export") / "study"
    run_study(toy_plan(), path, engine=FakeModel, console=Console(file=io.StringIO()))
    return path


def plain(folder: Path) -> pd.DataFrame:
    return read_results(folder).astype({"arm": str, "scenario": str})


NAMES = {
    "lenient": "=1+1", "limits": "+2", "closing": "-cmd|' /C calc'!A0", "platform": "@SUM(A1)",
    "calm": "\t=3", "bad": "007", "elsewhere": "#N/A",
}  # fmt: skip


@pytest.fixture(scope="module")
def odd(tmp_path_factory) -> Path:
    """A study whose packages and scenarios a spreadsheet would compute, or take for something else."""
    path = tmp_path_factory.mktemp("odd") / "study"
    run_study(toy_plan(called=NAMES, replications=2, months=3), path, engine=FakeModel, console=quiet())
    return path


def test_a_csv_file_marks_the_names_that_a_spreadsheet_would_compute(odd, capsys):
    assert main(["export", str(odd), "--format", "csv"]) == 0
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and "'=1+1' begins like a formula" in said.err
    found = pd.read_csv(odd / "results.csv", dtype={"arm": str, "scenario": str}, keep_default_na=False)
    expected = {name if name in ("007", "#N/A") else f"'{name}" for name in NAMES.values()}
    assert set(found["arm"]) | set(found["scenario"]) == expected
    months = read_results(odd)
    assert found["lender_profit"].sum() == months["lender_profit"].sum()
    assert set(months["arm"]) | set(months["scenario"]) == set(NAMES.values())  # the results themselves hold the names


def test_plain_names_are_left_alone(folder, capsys):
    assert main(["export", str(folder), "--format", "csv"]) == 0
    assert capsys.readouterr().err == ""
    assert "'" not in (folder / "results.csv").read_text()


def quiet() -> Console:
    return Console(file=io.StringIO())


def test_a_csv_file_holds_every_month(folder):
    found = pd.read_csv(export(folder))
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


def test_netcdf_holds_whole_numbers_of_more_than_32_bits(folder, tmp_path, monkeypatch):
    xarray = pytest.importorskip("xarray", reason="needs creditcycle[analysis]: make extras")
    months = plain(folder).query("month < 18")  # every economy has as many: no month is left empty
    months["outstanding"] = 2**40 + 1 + np.arange(len(months))
    monkeypatch.setattr(exporting, "read_results", lambda _: months)
    made = read_xarray(folder)
    assert made["outstanding"].dtype == np.int64
    made.to_netcdf(tmp_path / "x.nc", engine="scipy")
    with xarray.open_dataset(tmp_path / "x.nc", engine="scipy") as found:
        assert (found["outstanding"] == made["outstanding"]).all() and found["outstanding"].max() > 2**40
        assert found["outstanding"].attrs == made["outstanding"].attrs
        assert set(found.data_vars) == set(made.data_vars)


def test_duckdb_asks_the_folder_as_it_is_and_as_the_page_says(folder):
    duckdb = pytest.importorskip("duckdb", reason="needs creditcycle[analysis]: make extras")
    (question,) = re.findall(r"^    (select .+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = duckdb.sql(question.replace("DIR", str(folder))).fetchall()
    expected = plain(folder).groupby(["arm", "scenario"])["loss_rate"].mean()
    assert {(arm, scenario): pytest.approx(rate) for arm, scenario, rate in found} == expected.to_dict()


@pytest.mark.parametrize(("number", "code"), [(13, 2), (30, 2), (28, 3)])  # no permission, read-only; a full disk
def test_where_nothing_may_be_written_the_mistake_is_the_users(folder, monkeypatch, capsys, number, code):
    def refuse(path):
        raise NotStored(f"{path}: cannot be written: {os.strerror(number)}") from OSError(number, os.strerror(number))

    monkeypatch.setattr(exporting, "replacing", refuse)
    assert main(["export", str(folder), "--format", "csv"]) == code
    assert capsys.readouterr().err.count("\n") == 1
