"""A citation: the fingerprint of a folder, RO-Crate, and what is said once a file is no longer what was cited."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from sim.__main__ import main
from sim.study.run.runner import run_study
from sim.study.store import citing, crate
from sim.study.store.citing import again, cite, covered, fingerprint, outdated, read_citation, since_cited
from sim.study.store.crate import CRATE, in_bibtex, in_text, made_with, software, title
from sim.study.store.files import StoreError
from sim.study.store.reading import read_manifest
from tests.study.fake import FakeModel, toy_plan

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("cite") / "study"
    run_study(toy_plan(replications=2, months=3), path, engine=FakeModel, console=Console(file=io.StringIO()))
    return path


@pytest.fixture
def folder(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "study"))


def graph_of(folder: Path) -> dict[str, dict]:
    return {entry["@id"]: entry for entry in json.loads((folder / CRATE).read_text(encoding="utf-8"))["@graph"]}


def test_a_fingerprint_is_what_sha256sum_would_give(folder):
    (folder / ".lock").write_text("not cited")
    (folder / "inputs").mkdir()
    (folder / "inputs" / "own path.csv").write_text("month,unemployment\n")
    files = covered(folder)
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    expected = sorted(set(names) - {".lock"}, key=os.fsencode)
    assert list(files) == expected
    text = "".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in expected)
    assert fingerprint(files) == hashlib.sha256(text.encode()).hexdigest()
    assert cite(folder).fingerprint == fingerprint(files)


def test_the_same_folder_gives_the_same_bytes_wherever_it_lies(folder, tmp_path):
    cite(folder)
    first = (folder / CRATE).read_bytes()
    cite(folder)  # the citation itself is not among what it covers
    moved = folder.rename(tmp_path / "elsewhere")
    assert cite(moved) == read_citation(moved)
    assert (moved / CRATE).read_bytes() == first
    manifest = read_manifest(moved)
    hosts = [call["host"] for call in manifest["calls"]]
    assert all(host not in first.decode() for host in hosts if host) and str(tmp_path) not in first.decode()


def test_the_crate_has_what_its_profile_asks_for(folder):
    (folder / "inputs").mkdir()
    (folder / "inputs" / "own path.csv").write_text("month,unemployment\n")
    made = cite(folder)
    graph, manifest = graph_of(folder), read_manifest(folder)
    assert graph[CRATE]["about"] == {"@id": "./"}
    assert graph[CRATE]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = graph["./"]
    assert {"@type", "name", "description", "datePublished", "license", "hasPart"} <= set(root)
    assert root["datePublished"] == manifest["ended"][:10]
    assert root["name"] == title(manifest) and "lenient" in root["name"] and "elsewhere" in root["name"]
    parts = [graph[part["@id"]] for part in root["hasPart"]]
    assert {part["@type"] for part in parts} == {"File"}
    assert {part["@id"]: part["sha256"] for part in parts}["inputs/own%20path.csv"] == made.files["inputs/own path.csv"]
    sizes = {part["@id"]: int(part["contentSize"]) for part in parts}
    assert sizes["manifest.json"] == (folder / "manifest.json").stat().st_size
    named = [value["@id"] for entry in graph.values() for value in entry.values() if isinstance(value, dict)]
    assert set(named) - {"https://w3id.org/ro/crate/1.1"} <= set(graph)  # nothing is named that is not described
    assert graph["#run"]["object"] == [{"@id": "inputs/own%20path.csv"}]
    assert graph["#creditcycle"]["version"] == made_with(manifest) == manifest["versions"]["creditcycle"]
    assert graph["#fingerprint"]["value"] == made.fingerprint


def test_a_manifest_without_a_date_gives_none(folder):
    manifest = read_manifest(folder) | {"ended": "", "started": "2031-05-06T07:08:09+00:00"}
    killed = crate.crate(manifest, "mark", {"tables/rolls/a.parquet": "sum"}, {"tables/rolls/a.parquet": 1})["@graph"]
    assert killed[1]["datePublished"] == "2031-05-06" and "year = {2031}" in in_bibtex(manifest, "mark")
    assert killed[2]["description"] == crate.INSIDE["tables"]
    assert crate.date(manifest | {"ended": "2032-01-02T00:00:00+00:00"}) == "2032-01-02"
    manifest |= {"started": ""}
    found = crate.crate(manifest, "0" * 64, {}, {})
    (root,) = [entry for entry in found["@graph"] if entry["@id"] == "./"]
    assert "datePublished" not in root and "startTime" not in json.dumps(found)
    assert "()" not in in_text(manifest, "0" * 64) and "year" not in in_bibtex(manifest, "0" * 64)


def test_the_program_is_cited_as_it_asks_to_be():
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = software()
    assert found["authors"] == said["authors"][0]["name"] == project["authors"][0]["name"]
    assert found["licence"] == said["license"] and found["name"] == said["title"]


def test_texts_of_a_citation_name_both_hashes_and_tex_prints_names_as_they_are(folder):
    manifest = read_manifest(folder)
    manifest["arms"][0]["name"] = "50% & {own}_#1~^\\"
    for text in (in_text(manifest, "f" * 64), in_bibtex(manifest, "f" * 64)):
        assert manifest["results_sha256"] in text and "f" * 64 in text and "2 replications" in text
    entry = in_bibtex(manifest, "f" * 64)
    assert r"50\% \& \{own\}\_\#1\textasciitilde{}\textasciicircum{}\textbackslash{}" in entry
    assert entry.startswith("@misc{creditcycle-ffffffffffff,")


@pytest.mark.parametrize(("name", "doing", "word"), [
    ("summary.csv", lambda path: path.write_text(path.read_text() + " "), "changed since the folder was cited"),
    ("report.html", lambda path: path.unlink(), "missing"),
    ("inputs/new.csv", lambda path: path.parent.mkdir() or path.write_text("x"), "added since the folder was cited"),
])  # fmt: skip
def test_each_file_that_is_not_as_cited_is_named_in_a_line(folder, name, doing, word):
    (folder / "report.html").write_text("the report")
    assert since_cited(folder) == [] and outdated(folder) == ""  # never cited
    cite(folder)
    assert since_cited(folder) == [] and outdated(folder) == ""
    doing(folder / name)
    (line,) = since_cited(folder)
    assert line.startswith(f"{folder / name}: ") and word in line
    assert line in outdated(folder) and again(folder) in outdated(folder)
    cite(folder)
    assert since_cited(folder) == []


def test_a_citation_that_was_changed_is_damaged(folder):
    cite(folder)
    path, name = folder / CRATE, "summary.csv"
    whole = path.read_text(encoding="utf-8")
    mark = read_citation(folder).files[name]
    path.write_text(whole.replace(mark, "0" * 64))
    with pytest.raises(StoreError, match="its fingerprint is not that of the files it lists"):
        read_citation(folder)
    for text in ("{", "[]", '{"@graph": [{"@id": "./"}]}'):
        path.write_text(text)
        (line,) = since_cited(folder)
        assert "damaged or unreadable" in line and "\n" not in line


def test_a_file_that_cannot_be_read_is_said(folder, monkeypatch):
    monkeypatch.setattr(citing, "file_digest", lambda _: "")
    with pytest.raises(StoreError, match="cannot be read"):
        covered(folder)


@pytest.mark.parametrize("kind", ["file", "folder", "pipe"])
def test_a_link_and_a_pipe_are_refused_and_not_followed(folder, tmp_path, kind):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret").write_text("x")
    if kind == "pipe":
        os.mkfifo(folder / "odd")
    else:
        (folder / "odd").symlink_to(tmp_path / "elsewhere" / ("secret" if kind == "file" else ""))
    with pytest.raises(StoreError, match="cannot be read" if kind == "pipe" else "is a link to elsewhere"):
        cite(folder)
    assert not (folder / CRATE).exists()


def test_a_folder_without_a_study_is_not_cited(tmp_path, capsys):
    assert main(["cite", str(tmp_path)]) == 2
    assert "holds no study" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_cite_prints_both_forms_and_an_export_says_that_they_no_longer_hold(folder, capsys):
    assert main(["cite", str(folder)]) == 0
    said = capsys.readouterr()
    mark = read_citation(folder).fingerprint
    assert said.err == "" and said.out.count(mark) == 2 and "@misc{" in said.out
    assert main(["export", str(folder), "--format", "csv"]) == 0
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and "results.csv: added since the folder was cited" in line and "cite DIR" not in line
    assert f"creditcycle cite {folder}" in line
