"""A study as fact and dimension tables: in CSV, SQLite and DuckDB, each column declared, each number as stored."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from sim.__main__ import main
from sim.figures.catalog import METRICS
from sim.study.compare.compare import run_figures
from sim.study.run.runner import run_study
from sim.study.store.files import NotStored, StoreError
from sim.study.store.locking import locked
from sim.study.store.reading import read_closures, read_manifest, read_results
from sim.study.tables import sinks, taking
from sim.study.tables.declared import (
    DICTIONARY,
    DIMENSIONS,
    FACTS,
    UNKNOWN,
    Column,
    dictionary_rows,
    figure_rows,
    further_columns,
    months_columns,
)
from sim.study.tables.made import run_numbers, tables
from sim.study.tables.sinks import SINKS, csv_sink, duckdb_sink, sql_name, sqlite_sink, statement
from sim.study.tables.taking import as_csv, fitted, take
from tests.study.fake import FakeModel, toy_plan

PAGE = Path(__file__).resolve().parents[2] / "docs" / "study-folder.md"
NAMES = ["dim_package", "dim_economy", "dim_figure", "dim_point", "dim_run", "fact_month", "fact_run", "fact_estimate",
         "fact_difference"]  # fmt: skip
KEYS = ["arm", "scenario", "replication", "month"]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "study"
    plan = toy_plan(called={"lenient": "=1+1", "calm": "007"})
    run_study(plan, path, engine=FakeModel, console=Console(file=io.StringIO()))
    return path


@pytest.fixture
def folder(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "study"))


def with_segments(folder: Path) -> pd.DataFrame:
    """Put a table beside the months, as the program keeps them: in two files of a folder of its own."""
    (folder / "tables" / "segments").mkdir(parents=True)
    rows = [(arm, scenario, 1, 0, segment, 7 * k, 0.5) for arm in ("limits", "=1+1") for scenario in ("007", "bad")
            for k, segment in enumerate(("farms", "=shops"))]  # fmt: skip
    names = ["arm", "scenario", "replication", "month", "segment", "outstanding", "gain"]
    whole = pd.DataFrame(rows, columns=names)
    for number, half in enumerate((whole[:5], whole[5:])):
        table = pa.Table.from_pandas(half, preserve_index=False)
        place = table.schema.get_field_index("gain")
        said = table.schema.field("gain").with_metadata({"unit": "fen a month", "meaning": "gained by the segment"})
        table = table.cast(table.schema.set(place, said))
        pq.write_table(table, folder / "tables" / "segments" / f"{number}.parquet")
    return whole


def read_back(path: Path, form: str) -> dict[str, pd.DataFrame]:
    """Every table of an export, as a stranger reads it."""
    if form == "csv":
        return {file.stem: pd.read_csv(file, keep_default_na=False, na_values=[""]) for file in path.glob("*.csv")}
    if form == "sqlite":
        with contextlib.closing(sqlite3.connect(path)) as base:
            names = [name for (name,) in base.execute("select name from sqlite_master where type = 'table'")]
            return {name: pd.read_sql(f'select * from "{name}"', base) for name in names}
    duckdb = pytest.importorskip("duckdb", reason="needs creditcycle[analysis]: make extras")
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as base:
        names = [name for (name,) in base.execute("select table_name from information_schema.tables").fetchall()]
        return {name: base.execute(f'select * from "{name}"').df() for name in names}


def marked(name: str, form: str) -> str:
    return f"'{name}" if form == "csv" and name.startswith("=") else name


@pytest.mark.parametrize("form", SINKS)
def test_every_number_comes_back_and_every_column_stands_in_the_dictionary(folder, form):
    if form == "duckdb":
        pytest.importorskip("duckdb", reason="needs creditcycle[analysis]: make extras")
    segments = with_segments(folder)
    path, words = take(folder, form)
    found = read_back(path, form)
    assert set(found) == {*NAMES, "fact_segments", "dictionary"}
    said = {(row["table_name"], row["column_name"]): row for row in found["dictionary"].to_dict("records")}
    assert set(said) == {(name, column) for name, table in found.items() for column in table.columns}
    assert all(row["meaning"] and row["type"] in ("integer", "number", "text") for row in said.values())
    with words.open(encoding="utf-8", newline="") as file:
        assert [tuple(row.values())[:2] for row in csv.DictReader(file)] == list(said)

    runs = found["dim_run"].assign(package=found["dim_run"]["package"].str.removeprefix("'"))
    runs["economy"] = runs["economy"].astype(str).replace("7", "007")
    months = found["fact_month"].merge(runs, on="run")
    months = months.rename(columns={"package": "arm", "economy": "scenario"})
    expected = read_results(folder).astype({"arm": str, "scenario": str})
    ours, theirs = (table.sort_values(KEYS, ignore_index=True)[list(expected)] for table in (months, expected))
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, rtol=1e-14)
    assert (ours["outstanding"].to_numpy() == theirs["outstanding"].to_numpy()).all()  # whole fen stay whole
    of_segments = found["fact_segments"].merge(runs, on="run")
    assert len(of_segments) == len(segments) and of_segments["outstanding"].sum() == segments["outstanding"].sum()
    assert set(of_segments["segment"]) == {"farms", marked("=shops", form)}
    of_shops = of_segments[of_segments["segment"] != "farms"]
    assert set(of_shops["package"]) == {"limits", "=1+1"} and (of_shops["outstanding"] == 7).all()
    assert said["fact_segments", "gain"]["unit"] == "fen a month"
    assert said["fact_segments", "outstanding"]["unit"] == METRICS["outstanding"].unit
    assert said["fact_segments", "segment"]["meaning"] == UNKNOWN
    assert not [path for path in folder.iterdir() if path.name.endswith((".tmp", ".old", ".wal"))]


def test_facts_of_runs_estimates_and_differences_are_those_of_the_summary(folder):
    found = read_back(take(folder, "sqlite")[0], "sqlite")
    runs = run_figures(read_results(folder), read_closures(folder))
    long = (
        found["fact_run"].merge(found["dim_run"], on="run").set_index(["package", "economy", "replication", "figure"])
    )
    for name in ("loss_rate", "lender_profit", "closures", "delinquent_90"):
        assert name in set(found["dim_figure"]["figure"])
        for key, value in runs[name].items():
            if np.isfinite(value):
                assert long["value"][(*key, name)] == value
    summary = pd.read_csv(folder / "summary.csv", dtype={"arm": str, "scenario": str}, na_values=["n/a"])
    estimates = found["fact_estimate"].set_index(["package", "economy", "figure"])
    differences = found["fact_difference"].set_index(["package", "economy", "figure"])
    assert len(estimates) == summary["mean"].notna().sum()
    assert len(differences) == summary["difference"].notna().sum() > 0
    for row in summary.to_dict("records"):
        key = (row["arm"], row["scenario"], row["metric"])
        if np.isfinite(row["low"]):
            assert list(estimates.loc[key, ["mean", "low", "high"]]) == [row["mean"], row["low"], row["high"]]
        if np.isfinite(row["difference_low"]):
            names = ["difference", "difference_low", "difference_high", "p_value"]
            ours = list(differences.loc[key, ["difference", "low", "high", "p_value"]])
            assert ours == pytest.approx([row[name] for name in names], nan_ok=True)
            assert differences.loc[key, "parent"] == row["parent"]
    units = found["dim_figure"].set_index("figure")
    assert units.loc["outstanding", "unit"] == "fen" and units.loc["loss_rate", "combined"] == "annual"
    assert (units[["label", "period"]] != "").all(axis=None)


def test_runs_are_numbered_by_what_they_are_not_by_how_they_were_stored(folder, tmp_path):
    manifest = read_manifest(folder)
    numbers = run_numbers(folder, manifest)
    assert [row["run"] for row in numbers] == list(range(1, 1 + 4 * 3 * 4))
    first = [(row["arm"], row["scenario"], row["replication"]) for row in numbers[:5]]
    assert first == [("=1+1", "007", 0), ("=1+1", "007", 1), ("=1+1", "007", 2), ("=1+1", "007", 3), ("=1+1", "bad", 0)]
    worlds = run_numbers(folder, manifest | {"worlds": [{}, {}, {}]})
    assert [row["world"] for row in worlds[:4]] == [0, 1, 2, 0] and numbers[0]["world"] is None


def test_the_page_names_every_table_and_column():
    page = PAGE.read_text(encoding="utf-8")
    for name in NAMES:
        assert f"`{name}`" in page
    for columns in (*DIMENSIONS.values(), *FACTS.values(), DICTIONARY):
        for column in columns:
            assert f"`{column.name}`" in page


def test_columns_of_the_months_are_the_run_the_month_and_the_figures():
    found = months_columns(["point", "arm", "scenario", "replication", "month", "outstanding", "loss_rate", "own"])
    assert [(column.name, column.type) for column in found] == [
        ("run", "integer"), ("month", "integer"), ("outstanding", "integer"), ("loss_rate", "number"),
        ("own", "number"),
    ]  # fmt: skip
    assert found[2].unit == "fen" and found[4].unit == found[4].meaning == UNKNOWN


def test_a_table_without_runs_keeps_its_packages():
    schema = pa.schema([("arm", pa.string()), ("scenario", pa.string()), ("decile", pa.int8()), ("x", pa.float64())])
    assert [(column.name, column.type) for column in further_columns(schema)] == [
        ("package", "text"), ("economy", "text"), ("decile", "integer"), ("x", "number"),
    ]  # fmt: skip


def test_rows_of_figures_and_of_the_dictionary():
    (row, *of_runs) = figure_rows(["point", "arm", "scenario", "replication", "month", "loss_rate"])
    assert row["figure"] == "loss_rate" and row["formula"] and row["period"] == "over the window, annualised"
    assert {"closures"} <= {one["figure"] for one in of_runs}
    rows = dictionary_rows({"t": [Column("a", "text", "u", "m")]})
    assert rows[0] == {"table_name": "t", "column_name": "a", "type": "text", "unit": "u", "meaning": "m"}
    assert [one["column_name"] for one in rows[1:]] == [column.name for column in DICTIONARY]


def test_a_file_that_lacks_a_column_of_its_table_is_named(folder):
    with_segments(folder)
    odd = pd.DataFrame({"arm": ["limits"], "scenario": ["bad"], "replication": [0], "month": [0], "segment": ["x"]})
    odd.to_parquet(folder / "tables" / "segments" / "2.parquet", index=False)
    with pytest.raises(StoreError, match=r"2\.parquet: has no column gain, outstanding"):
        take(folder, "csv")
    assert not (folder / "export").exists() and not list(folder.glob(".*.tmp"))


def test_a_missing_table_or_cell_is_named_and_nothing_is_written(folder, capsys):
    (folder / "summary.csv").unlink()
    assert main(["export", str(folder), "--to", "sqlite"]) == 2
    assert "summary.csv: is missing; make it again with: creditcycle report" in capsys.readouterr().err
    next((folder / "journal").glob("*.json")).unlink()
    with pytest.raises(StoreError, match="are missing from journal"):
        tables(folder)
    assert not [path for path in folder.iterdir() if "sqlite" in path.name]


@pytest.mark.parametrize("form", SINKS)
def test_an_export_takes_the_place_of_an_earlier_one_or_leaves_it(folder, form, monkeypatch):
    if form == "duckdb":
        pytest.importorskip("duckdb", reason="needs creditcycle[analysis]: make extras")
    path, _ = take(folder, form)
    sums = [file.read_bytes() for file in sorted(path.glob("*"))] if form == "csv" else [path.read_bytes()]
    take(folder, form)
    before = sorted(file.name for file in folder.iterdir())

    def full(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(taking, "fitted", full)
    with pytest.raises(NotStored, match="No space left"):
        take(folder, form)
    assert sorted(file.name for file in folder.iterdir()) == before
    again = [file.read_bytes() for file in sorted(path.glob("*"))] if form == "csv" else [path.read_bytes()]
    assert form == "duckdb" or again == sums  # the same folder gives the same bytes; DuckDB's differ


def test_what_a_killed_export_left_is_swept_away_by_the_next_writer(folder):
    left = folder / ".export.999999999.tmp"
    left.mkdir()
    (left / "fact_month.csv").write_text("half")
    with locked(folder):
        assert not left.exists() and (folder / ".lock-owner").exists()


def test_pieces_and_not_the_whole_study_are_in_memory(folder, monkeypatch):
    sizes = []
    monkeypatch.setattr(taking, "fitted", lambda rows, columns: sizes.append(len(rows)) or fitted(rows, columns))
    take(folder, "csv")
    (most,) = [len(read_results(folder))]
    files = len(list((folder / "results").glob("*.parquet")))
    assert files > 1 and max(sizes) < most


def test_a_text_is_a_text_in_csv_and_a_name_a_name_in_sql(tmp_path):
    columns = [
        Column("key", "integer", "", "k", key=True),
        Column('a "b', "text", "", "m"),
        Column("=x", "number", "", "n"),
    ]
    rows = fitted(pd.DataFrame({"key": [1, 2], 'a "b': ["=1", None], "=x": [-1.5, None]}), columns)
    with csv_sink(tmp_path / "export") as sink:
        sink.begin("t", columns)
        sink.add(rows)
    with (tmp_path / "export" / "t.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["key", 'a "b', "'=x"], ["1", "'=1", "-1.5"], ["2", "", ""]]
    with sqlite_sink(tmp_path / "s") as sink:
        sink.begin("t", columns)
        sink.add(rows)
    with contextlib.closing(sqlite3.connect(tmp_path / "s")) as base:
        assert base.execute("select * from t").fetchall() == [(1, "=1", -1.5), (2, None, None)]
        with pytest.raises(sqlite3.IntegrityError):
            base.execute("insert into t values (1, '', 0)")
    assert statement("t", columns, "duckdb") == (
        'CREATE TABLE "t" ("key" BIGINT, "a ""b" VARCHAR, "=x" DOUBLE, PRIMARY KEY ("key"))'
    )
    assert sql_name('a"b') == '"a""b"' and as_csv(pd.DataFrame({"a": ["+1"]})) == b"a\n'+1\n"


def test_duckdb_needs_its_extra(tmp_path, monkeypatch):
    from sim.study.store.extras import ExtraMissing

    def absent(module, name):
        raise ExtraMissing(f"{module}: {name}")

    monkeypatch.setattr(sinks, "extra", absent)
    with pytest.raises(ExtraMissing, match="duckdb: analysis"), duckdb_sink(tmp_path / "x"):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("words", "why"), [
    (["--to", "sqllite"], "did you mean sqlite"),
    (["--to", "csv", "--format", "csv"], "one form of an export"),
])  # fmt: skip
def test_a_form_that_is_none_is_refused(folder, capsys, words, why):
    before = sorted(folder.rglob("*"))
    assert main(["export", str(folder), *words]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and why in said and sorted(folder.rglob("*")) == before


def test_the_form_of_an_export_is_for_an_export_alone(folder, capsys):
    assert main(["status", str(folder), "--to", "csv"]) == 2
    assert "--to: 'csv' is not allowed: with the verb export alone" in capsys.readouterr().err.replace(
        "csv is", "'csv' is"
    )


def test_a_design_has_its_points_and_standard_errors(tmp_path, capsys):
    out = tmp_path / "sweep"
    words = ["design=grid", "fund.capital_share=0.05,0.1", "economy=calm", "study.arms=[lenient,guaranteed]",
             "study.replications=2", "study.months=3", "study.burn_in=3", "population.borrowers=200", "firms=none",
             "machine.workers=1", f"out={out}"]  # fmt: skip
    assert main(words) == 0 and main(["export", str(out), "--to", "sqlite"]) == 0
    found = read_back(out / "study.sqlite", "sqlite")
    points = found["dim_point"]
    assert list(points.itertuples(index=False, name=None)) == [
        (0, "fund.capital_share", "0.05"), (1, "fund.capital_share", "0.1"),
    ]  # fmt: skip
    assert len(found["dim_run"]) == 8 and set(found["dim_run"]["point"]) == {0, 1}
    values = found["fact_run"].merge(found["dim_run"], on="run")
    for table, value in (("fact_estimate", "mean"), ("fact_difference", "difference")):
        rows = found[table]
        assert (rows["interval"] == "standard error").all() and rows["error"].notna().any()
        row = rows[(rows["figure"] == "lender_profit") & (rows["package"] == "guaranteed") & (rows["point"] == 1)].iloc[
            0
        ]
        of = values[(values["figure"] == "lender_profit") & (values["point"] == 1)].set_index(
            ["package", "replication"]
        )
        ours = of["value"]["guaranteed"]
        expected = ours if table == "fact_estimate" else ours - of["value"]["lenient"]
        assert row[value] == pytest.approx(expected.mean()) and row["error"] == pytest.approx(expected.sem())
    assert json.loads((out / "manifest.json").read_text())["design"]["points"] == 2
