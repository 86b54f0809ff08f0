"""The facts for model validation: parameters with their sources, the change log, and those of a real study."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from sim.__main__ import main
from sim.config.auditing import Checked, configurations_digest, estimates, facts, in_order, worlds_of
from sim.config.job import plan
from sim.config.locate import config_folder
from sim.config.options import GROUPS, option_names
from sim.config.parameters import (
    EVERYWHERE,
    OF_THE_RUN,
    allowed,
    calibrated_and_changed,
    change_log,
    count_kinds,
    options_chosen,
    register,
    run_settings,
    shipped_option,
    where_of,
)
from sim.config.sources import ASSUMED, CALIBRATED, CITED, UNNAMED, notes_of, references_in, source_of
from sim.config.validate import fields_of
from sim.persons.behaviour import BehaviourSettings
from sim.study.store.reading import read_manifest

WORDS = ["study.arms=[lenient,guaranteed]", "study.scenarios=[calm,own.csv]", "study.replications=2", "study.months=4",
         "study.burn_in=14", "population.borrowers=400", "firms=none", "behaviour.oversight=0.03", "machine.workers=1",
         "fund.capital_share=0.2", "economy.units=percent"]  # fmt: skip
LOCKED = "study.replications"


def by_key(entries, where: str = "") -> dict:
    return {entry.key: entry for entry in entries if not where or entry.where == where}


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


# ---- sources ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("meaning", "note", "kind", "said"), [
    ("sd of shocks (assumption)", "", ASSUMED, ""),
    ("essentials, mean (calibrated)", "", CALIBRATED, ""),
    ("pace of cash (Carroll, 1997)", "", CITED, "Carroll, 1997"),
    ("rise with income (Engel curve)", "", CITED, "Engel curve"),
    ("weight (20 % over 75 %: Basel III, CRE20)", "", UNNAMED, ""),
    ("drawn (Basel III: other commitments)", "", CITED, "Basel III: other commitments"),
    ("loan tape (CSV or Parquet)", "", UNNAMED, ""),
    ("an open line serves (1) or not (0)", "", UNNAMED, ""),
    ("provision for M1 (1-29 days)", "", UNNAMED, ""),
    ("help (assumption; many lenders)", "", ASSUMED, "assumption; many lenders"),
    ("a leverage", "Order 683, in force 2017-10-01", CITED, "Order 683, in force 2017-10-01"),
    ("a chance (Gruber, 1997)", "Near flows of 2007. Assumption", ASSUMED, "Near flows of 2007. Assumption"),
    ("a key", "Others: balance", UNNAMED, "Others: balance"),
])  # fmt: skip
def test_the_source_of_a_value_is_what_its_declaration_or_the_comment_above_it_says(meaning, note, kind, said):
    assert source_of(meaning, note) == (kind, said)


def test_publications_are_found_in_both_ways_of_writing():
    text = (
        "x (Storesletten, Telmer and Yaron, 2004; assumption), Shimer (2012): y; (de Mel, McKenzie and Woodruff, 2008)"
    )
    assert references_in(text) == [
        "Storesletten, Telmer and Yaron, 2004", "Shimer, 2012", "de Mel, McKenzie and Woodruff, 2008",
    ]  # fmt: skip
    assert references_in("(Lu et al., 2012) in August 2020, a rule of 2020-11-02") == ["Lu et al., 2012"]


def test_comments_by_hand_belong_to_the_key_below_them():
    notes = notes_of("fund", "standard")
    assert notes["leverage_cap"] == "State Council Order 683, in force 2017-10-01"
    assert notes[""].startswith("Guarantee fund, standard")
    assert "premium_rate" in notes and "capital" not in notes
    assert notes_of("sectors", "default")["agriculture.season"].startswith("One harvest")
    assert notes_of("economy", "mine") == {}
    declared = [key for group in ("behaviour", "lender") for key in notes_of(group, option_names(group)[0])]
    assert not {"limit_response", "guarantor_weight"} & set(
        declared
    )  # what repeats a declaration is no comment by hand


# ---- parameters --------------------------------------------------------------------------------


def test_the_default_study_changes_options_alone():
    shipped = plan([])
    entries = register(shipped)
    assert not [entry.key for entry in entries if entry.changed] and run_settings(shipped) == []
    log = change_log(shipped)
    assert {(entry.key, entry.value, entry.where) for entry in log} >= {
        ("policy/limit", "behavioural", "limits, closing, platform"),
        ("sharing", "guarantee_80_20", "guaranteed"),
        ("behaviour", "us_cards", "in us_2007_2012"),
    }
    assert all(entry.kind == "option" for entry in log) and calibrated_and_changed(entries) == []
    assert by_key(options_chosen(shipped))["bureau"].default == "none"


def test_every_key_of_the_model_stands_in_the_register():
    shipped = plan([])
    config = shipped.root.configs["calm"]

    def keys(part, above):
        for name in fields_of(type(part)):
            value = getattr(part, name)
            if dataclasses.is_dataclass(value):
                yield from keys(value, f"{above}.{name}")
            elif name != "name":
                yield f"{above}.{name}"

    found = {entry.key for entry in register(shipped)}
    for group in GROUPS:
        if group.name in OF_THE_RUN:
            continue
        node = config
        for part in group.node.split("."):
            node = getattr(node, part)
        assert set(keys(node, group.node)) <= found, group.name
    entry = by_key(register(shipped))["behaviour.buffer_return"]
    assert (entry.value, entry.unit, entry.kind, entry.source) == (0.12, "share a month", CITED, "Carroll, 1997")
    assert entry.where == EVERYWHERE and entry.allowed.startswith("a number from 0") and entry.acts


def test_the_log_names_value_default_unit_range_and_where(made):
    log = by_key(change_log(made[1]))
    entry = log["behaviour.oversight"]
    assert (entry.value, entry.default, entry.unit, entry.where) == (0.03, 0.0228, "a month", EVERYWHERE)
    assert entry.kind == CALIBRATED and entry.allowed == "a number from 0 to 0.5"
    assert calibrated_and_changed(register(made[1])) == ["behaviour.oversight"]
    assert log["fund.capital_share"].default == 0.1
    assert log["economy"].value == "own" and log["economy"].where == "in own"
    assert log["firms"].value == "none" and log[LOCKED].default == 8 and log[LOCKED].value == 2
    assert "study.months" in log and "behaviour.buffer_return" not in log
    assert "seed" in by_key(run_settings(plan(["seed=7"])))


def test_kinds_count_keys_that_act_and_each_once(made):
    entries = register(made[1])
    counts = count_kinds(entries)
    changed = {entry.key for entry in entries if entry.acts and entry.changed}
    assert counts["changed by the study"] == len(changed) and "behaviour.oversight" in changed
    assert sum(count_kinds([entry for entry in entries if not entry.changed]).values()) > 200
    twice = [dataclasses.replace(entries[0], acts=True, changed=False, kind=kind) for kind in (CITED, UNNAMED, ASSUMED)]
    assert count_kinds(twice) == {UNNAMED: 1}  # one key, as its worst founded value
    idle = [entry for entry in entries if not entry.acts]
    assert idle and count_kinds(idle) == {}


def test_where_names_packages_economies_or_pairs():
    everywhere = [(arm, scenario) for arm in "ab" for scenario in "xyz"]
    assert where_of(everywhere, everywhere) == EVERYWHERE
    assert where_of([("a", one) for one in "xyz"], everywhere) == "a"
    assert where_of([("a", "y"), ("b", "y")], everywhere) == "in y"
    assert where_of([("a", "x"), ("b", "z")], everywhere) == "a in x, b in z"


@pytest.mark.parametrize("group", [group.name for group in GROUPS if group.name not in OF_THE_RUN])
def test_shipped_options_are_typed(group):
    for option in option_names(group):
        assert dataclasses.is_dataclass(shipped_option(group, option))


def test_what_is_allowed_is_said_without_the_unit():
    kind, declared, _ = fields_of(BehaviourSettings)["oversight"]
    assert allowed(kind, declared) == "a number from 0 to 0.5"
    assert allowed(bool, declared) == "true or false" and allowed(tuple, declared) == "a list"


def test_worlds_have_a_range_for_each_key():
    assert worlds_of([{"a": 2.0, "b": 1.0}, {"a": 1.0, "b": 1.0}]) == [
        {"key": "a", "lowest": 1.0, "highest": 2.0, "worlds": 2},
        {"key": "b", "lowest": 1.0, "highest": 1.0, "worlds": 2},
    ]  # fmt: skip


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
def test_what_rewrites_a_cited_folder_says_that_the_fingerprint_no_longer_holds(folder, capsys, verb):
    if verb == "report":  # the same results give the same report; this one is of an earlier version
        (folder / "report.html").write_text("as it was told before")
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
