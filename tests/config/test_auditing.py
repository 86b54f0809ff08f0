"""The facts for model validation of a real study, the verb that writes them, and a cited folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from sim.__main__ import main
from sim.config.auditing import Checked, configurations_digest, estimates, facts, in_order
from sim.config.job import plan
from sim.config.locate import config_folder
from sim.study.store.reading import read_manifest

WORDS = ["study.arms=[lenient,guaranteed]", "study.scenarios=[calm,own.csv]", "study.replications=2", "study.months=4",
         "study.burn_in=14", "population.borrowers=400", "firms=none", "behaviour.oversight=0.03", "machine.workers=1",
         "fund.capital_share=0.2", "economy.units=percent", "seed=2"]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A study with a path of the user's and changed keys, and its plan."""
    home = tmp_path_factory.mktemp("audit")
    rows = [f"2020-{month:02d},{5 + month / 10}" for month in range(1, 6)]
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(home)
        Path("own.csv").write_text("month,unemployment\n" + "\n".join(rows) + "\n")
        assert main([*WORDS, "out=study"]) == 0
        return home / "study", plan(WORDS)


@pytest.fixture
def folder(made, tmp_path) -> Path:
    return Path(shutil.copytree(made[0], tmp_path / "study"))


# ---- facts of a study --------------------------------------------------------------------------


def test_facts_are_those_of_the_folder(made):
    folder, own = made
    found, manifest = facts(folder, own, Checked(3, 2, ("x differs",))), read_manifest(folder)
    json.dumps(found, allow_nan=False)
    assert found["study"]["results_sha256"] == manifest["results_sha256"] != ""
    (file,) = found["inputs"]["files"]
    assert file["name"] == "own.csv" and file["as_recorded"] and file["rows"] == 5
    assert found["tests"] == {
        "ledger_checked": True, "cells": manifest["cells"], "asked": 3, "computed_again": 2, "problems": ["x differs"],
    }  # fmt: skip
    assert [one["name"] for one in found["use"]["packages"]] == ["lenient", "guaranteed"]
    assert "Carroll, 1997" in found["model"]["references"]
    assert {"count_arrears", "share_losses"} <= {line["name"] for line in found["model"]["month"]}
    assert found["calibrated_and_changed"] == ["behaviour.oversight"]
    assert found["environment"]["versions_now"] == {} and found["limits"]["calls"] == 1
    text = json.dumps(found)
    assert all(call["host"] not in text for call in manifest["calls"] if len(call["host"]) > 3)


def test_a_copy_that_was_changed_is_not_as_recorded(folder, made):
    (copy,) = (folder / "inputs").iterdir()
    copy.write_text("month,unemployment\n2020-01,9\n")
    (file,) = facts(folder, made[1], Checked(0, 0, ()))["inputs"]["files"]
    assert file["as_recorded"] is False


def test_estimates_are_rows_of_the_summary_in_the_order_of_the_main_figures(made):
    found = estimates(made[0])
    assert found[0]["figure"] == "loss_rate" and {row["runs"] for row in found} == {2}
    summary = pd.read_csv(made[0] / "summary.csv").set_index(["arm", "scenario", "metric"])
    for row in found:
        assert row["mean"] == summary.loc[(row["package"], row["economy"], row["figure"]), "mean"]
    (profit,) = [
        row
        for row in found
        if (row["figure"], row["package"], row["economy"]) == ("lender_profit", "guaranteed", "own")
    ]
    assert profit["parent"] == "lenient" and profit["unit"] == "fen a month"
    assert profit["difference_low"] < profit["difference"] < profit["difference_high"]
    assert estimates(made[0] / "nowhere") == []


def test_runs_stand_in_the_order_of_the_study():
    manifest = {"arms": [{"name": "b"}, {"name": "a"}], "scenarios": [{"name": "y"}, {"name": "x"}]}
    runs = pd.DataFrame({"arm": ["a", "a", "b", "b"], "scenario": ["x", "y", "x", "y"]})
    assert in_order(runs, manifest).agg("".join, axis=1).tolist() == ["by", "bx", "ay", "ax"]


def test_configurations_have_a_hash_over_their_files(tmp_path, monkeypatch):
    found = configurations_digest()
    copied = Path(shutil.copytree(config_folder(), tmp_path / "configs"))
    monkeypatch.setattr("sim.config.locate.config_folder", lambda: copied)
    assert configurations_digest() == found
    (copied / "fund" / "thin.yaml").write_text("name: thin\n")
    assert configurations_digest() != found


def test_the_same_report_written_again_leaves_a_citation_as_it_is(folder, capsys):
    assert main(["cite", str(folder)]) == 0
    capsys.readouterr()
    assert main(["report", str(folder)]) == 0
    assert capsys.readouterr().err == "" and main(["verify", str(folder), "cells=0"]) == 0


# ---- the verb, and a cited folder ----------------------------------------------------------------


def test_the_pack_is_written_with_what_verify_found_just_now(folder, capsys):
    assert main(["audit", str(folder), "cells=1"]) == 0
    assert capsys.readouterr().out.split() == [str(folder / "audit.html"), str(folder / "audit.json")]
    pack, page = json.loads((folder / "audit.json").read_text()), (folder / "audit.html").read_text()
    assert pack["tests"]["computed_again"] == 1 and pack["tests"]["problems"] == []
    for sentences in pack["statements"].values():
        assert sentences
    assert "<script" not in page and "http" not in page.split("</style>")[1]
    first = [(folder / name).read_bytes() for name in ("audit.html", "audit.json")]
    assert main(["audit", str(folder), "cells=1"]) == 0
    assert [(folder / name).read_bytes() for name in ("audit.html", "audit.json")] == first


def test_a_damaged_study_is_said_to_be_one_in_the_pack_and_by_the_exit_code(folder, capsys):
    file = next((folder / "results").glob("*.parquet"))
    journal = folder / "journal" / f"{file.stem}.json"
    whole = json.loads(journal.read_text())
    run = whole["entry"]["cells"][0]["runs"][0]
    run["sha256"] = "0" * 64
    body = json.dumps(whole["entry"], sort_keys=True)
    journal.write_text(json.dumps({"entry": whole["entry"], "check": hashlib.sha256(body.encode()).hexdigest()}))
    assert main(["audit", str(folder), "cells=9"]) == 1
    line = f"{run['arm']} in {run['scenario']}"
    assert line in capsys.readouterr().err
    said = json.loads((folder / "audit.json").read_text())["statements"]["tests"]
    assert any("found; the study is not as it was written" in text for text in said)
    assert any(line in text and "computed again it differs" in text for text in said)
    assert "No difference was found." not in said


@pytest.mark.parametrize("words", [["cells=-1"], ["cells=many"], ["seed=2"], ["machine.workers=1"]])
def test_a_mistake_is_one_line_and_nothing_is_written(folder, capsys, words):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert main(["audit", str(folder), *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("verb", ["report", "resume", "audit"])
def test_what_rewrites_a_cited_folder_says_that_the_fingerprint_no_longer_holds(folder, capsys, monkeypatch, verb):
    # The same results give the same report; that of a later version differs.
    monkeypatch.setattr("sim.reports.tell", lambda out: (out / "report.html").write_text("told anew") and [])
    assert main(["cite", str(folder)]) == 0
    capsys.readouterr()
    assert main(["verify", str(folder), "cells=0"]) == 0
    said = capsys.readouterr()
    assert "as it was cited, fingerprint sha256 " in said.out and said.err == ""
    assert main([verb, str(folder)]) == 0
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and "its fingerprint no longer holds" in line and f"creditcycle cite {folder}" in line
    assert main(["verify", str(folder), "cells=0"]) == 1
    assert "since the folder was cited" in capsys.readouterr().err
    assert main(["cite", str(folder)]) == 0 and main(["verify", str(folder), "cells=0"]) == 0
