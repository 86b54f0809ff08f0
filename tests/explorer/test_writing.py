"""The page as a file: its data, its policy, its size, and what the command line says."""

import base64
import hashlib
import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from sim.__main__ import main
from sim.explorer import points
from sim.explorer.packing import unpacked
from sim.explorer.points import axis_data, sweep_data
from sim.explorer.writing import PAGE, SCRIPTS, compared, document, swept
from sim.language.words import LANGUAGES, Words, texts
from sim.study.store.files import StoreError
from sim.study.store.reading import read_manifest
from tests.explorer import small


def data_in(page):
    return json.loads(page.partition('type="application/json">')[2].partition("</script>")[0])


@pytest.fixture(scope="module")
def page(study):
    return (study / PAGE).read_text(encoding="utf-8")


def test_the_page_holds_its_scripts_and_may_run_no_other(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    allowed = re.findall(r"'sha256-([^']+)'", policy)
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    assert [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts] == allowed
    assert len(scripts) == len(SCRIPTS) and "uPlot (v1.6.32)" in scripts[0]
    assert policy.startswith("default-src 'none'; ") and "unsafe-eval" not in policy and "http" not in policy
    assert "script-src 'unsafe-inline'" not in policy and not re.search(r'(src|href)="', page)


def test_a_name_that_is_html_stays_in_the_data(page):
    assert page.count("<script") == len(SCRIPTS) + 1 and small.NASTY not in page
    assert small.NASTY in [one["name"] for one in data_in(page)["packages"]]


def test_the_data_say_what_they_are_made_of(study, page):
    data, manifest = data_in(page), read_manifest(study)
    assert data["results_sha256"] == manifest["results_sha256"] and data["confidence"] == 0.95
    assert [(one["name"], one["months"]) for one in data["economies"]] == [("calm", 18), ("bad", 18), ("elsewhere", 24)]
    assert data["quantiles"] == pytest.approx([12.7062, 4.30265, 3.18245], rel=1e-5)
    assert [one["parent"] for one in data["packages"]] == ["", "lenient", "limits", "closing"]
    assert data == json.loads(json.dumps(compared(study, manifest, Words())))


def test_every_text_of_the_scripts_is_there_and_every_text_is_used(study):
    """Texts are asked for by name: in scripts as `say("name"`, some worked out from a choice."""
    from importlib.resources import files

    scripts = "".join((files("sim.explorer") / "page" / name).read_text() for name in SCRIPTS if "uplot" not in name)
    known = {key.removeprefix("explore.page.") for key in texts("en") if key.startswith("explore.page.")}
    named = {name for name in re.findall(r'[sS]ay\("(\w+)"', scripts)}
    assert named <= known
    quoted = set(re.findall(r'"(\w+)"', scripts)) | {
        "fields_points",
        "fields_emulator",
        "months_together",
        "years_together",
        *(f"limit_{name}" for name in ("none", "runs", "points", "unknown")),
    }
    assert sorted(known - named - quoted) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_is_in_its_language(study, language):
    say = Words(language)
    made = document(compared(study, read_manifest(study), say), say)
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in made
    assert data_in(made)["words"]["choose"] == say("explore.page.choose")
    counted = {"en": "the first is 1", "zh": "从 1 计起"}[language]
    assert all(data_in(made)["words"][name].endswith(counted) for name in ("months", "years"))


def test_points_of_a_sweep_are_those_of_its_table(sweep):
    data = data_in((sweep / PAGE).read_text(encoding="utf-8"))["sweep"]
    table = pd.read_csv(sweep / "points.csv")
    assert [(one["arm"], one["parent"]) for one in data["blocks"]] == [("lenient", ""), ("limits", "lenient")]
    assert data["points"] == 16 and [one["key"] for one in data["axes"]] == ["economy.calm", "economy.shock"]
    assert [(one["unit"], one["meaning"]) for one in data["axes"]] == [
        ("", ""), ("share of persons", "more of them without work"),
    ]  # fmt: skip
    profit = next(one for one in data["figures"] if one["name"] == "lender_profit")
    here = table[table["arm"] == "limits"].sort_values("point")
    values = unpacked(profit["values"])
    for place, end in enumerate(points.PARTS):
        assert values[1, place] == pytest.approx(here[f"lender_profit{end}"].to_numpy(), rel=1e-6)
    assert np.isnan(values[0, 2]).all()  # no parent, no difference
    assert unpacked(data["values"])[:, 0] == pytest.approx(here["economy.calm"].to_numpy())
    assert unpacked(data["places"]).min() == 0.0 and unpacked(data["places"]).max() == 1.0
    emulators = {one["name"]: one["emulators"] for one in data["figures"]}
    assert (
        emulators["lender_profit"][1]["level"]["points"] == 16 and emulators["lender_profit"][0]["difference"] is None
    )
    assert emulators["delinquent_30"][1]["level"] is None  # beside the main figures of a sweep
    assert emulators["loss_rate"][1]["level"]["r2"] > 0.9


def test_an_axis_is_described_by_what_was_visited():
    table = pd.DataFrame({"a": [0.2, 0.9], "b": ["no", "yes"], "c": [1, 3], "d": [0.1, 10.0]})
    axis = {"key": "a", "values": [], "low": 0.0, "high": 1.0, "whole": False, "log": False}
    visited = {"key": "a", "options": [], "low": 0.2, "high": 0.9, "log": False, "whole": False}
    assert axis_data(axis, table) == {**visited, "unit": "", "meaning": ""}
    assert axis_data({**axis, "unit": "a month", "meaning": "chance"}, table)["meaning"] == "chance"
    options = axis_data({**axis, "key": "b", "values": ["no", "yes"]}, table)
    assert options["options"] == ["no", "yes"] and options["low"] == 0.0
    assert axis_data({**axis, "key": "c", "values": [1, 3]}, table)["whole"]
    assert axis_data({**axis, "key": "d", "log": True}, table)["log"]


def test_a_page_of_two_thousand_points_is_below_five_megabytes(large):
    assert 1_000_000 < large.stat().st_size < 5_000_000
    data = data_in(large.read_text(encoding="utf-8"))
    assert data["sweep"]["points"] == 2000 and len(data["sweep"]["figures"]) + len(data["sweep"]["left_out"]) == 40
    assert data["sweep"]["figures"][0]["name"] == "loss_rate" and data["sweep"]["figures"][0]["emulators"][0]["level"]


def test_the_verb_writes_the_page_and_says_where(study, capsys):
    assert main(["explore", str(study), "report.language=zh"]) == 0
    assert capsys.readouterr().out == f"{study / PAGE}\n"
    assert '<html lang="zh-Hans">' in (study / PAGE).read_text(encoding="utf-8")
    assert main(["explore", str(study)]) == 0
    assert '<html lang="en">' in (study / PAGE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explore"], "explore: needs one study folder"),
        (["explore", "{study}", "report.language=fr"], "report.language: fr is not allowed"),
        (["explore", "{study}", "seed=2"], "explore: only report.* may change"),
        (["explore", "{empty}"], "holds no study"),
        (["explroe", "{study}"], "did you mean explore?"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(study, tmp_path, capsys, words, said):
    before = (study / PAGE).read_bytes()
    assert main([word.format(study=study, empty=tmp_path) for word in words]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and said in told.err
    assert (study / PAGE).read_bytes() == before and list(tmp_path.iterdir()) == []


def test_a_sweep_without_its_points_or_its_library_is_refused(sweep, tmp_path, capsys, monkeypatch):
    import shutil

    folder = tmp_path / "sweep"
    shutil.copytree(sweep, folder)
    from sim.study.store import extras

    monkeypatch.setattr(extras, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
    assert main(["explore", str(folder)]) == 2
    assert "is not installed: pip install 'creditcycle[analysis]'" in capsys.readouterr().err
    (folder / "points.csv").unlink()
    assert main(["explore", str(folder)]) == 2
    assert f"points.csv: is missing; make it again with: creditcycle report {folder}" in capsys.readouterr().err


def test_both_kinds_come_from_one_manifest_each(sweep, monkeypatch):
    from sim.reports.drawing.sweep import read_sweep

    monkeypatch.setattr(points, "emulated", lambda places, values, runs: None)
    manifest = read_manifest(sweep)
    made = swept(sweep, manifest, Words())
    assert made["kind"] == "sweep" and made["title"] == "A sweep of 16 points to explore"
    again = sweep_data(read_sweep(sweep, manifest))
    assert [one["name"] for one in again["figures"]] == [one["name"] for one in made["sweep"]["figures"]]


def test_runs_of_the_cells_are_those_whose_means_are_the_points(sweep, tmp_path, monkeypatch):
    """Each figure and difference that is emulated comes with its runs; a damaged table of cells is named."""
    asked = []
    monkeypatch.setattr(points, "emulated", lambda places, values, runs: asked.append((values, runs)))
    folder = tmp_path / "sweep"
    shutil.copytree(sweep, folder)
    swept(folder, read_manifest(folder), Words())
    known = [(values, runs) for values, runs in asked if np.isfinite(values).all()]
    assert len(known) >= 9 and all(runs.shape == (16, 3) for _, runs in known)
    for values, runs in known:
        np.testing.assert_allclose(runs.mean(axis=1), values, rtol=1e-6, atol=1e-9)
    (folder / "cells.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match=r"cells\.parquet: damaged; make it again with: creditcycle report"):
        swept(folder, read_manifest(folder), Words())
    (folder / "cells.parquet").unlink()
    asked.clear()
    swept(folder, read_manifest(folder), Words())
    assert {runs is None for _, runs in asked} == {True}
