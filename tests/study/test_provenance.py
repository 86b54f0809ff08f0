"""What the manifest says of when, where and by which program a study ran, and that no hash knows of it."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import platform
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from sim.config.compose import compose
from sim.config.job import plan
from sim.inputs.files import own_file
from sim.study.run.runner import StudyStopped, run_study, write_again
from sim.study.store import provenance
from sim.study.store.keeping import described
from sim.study.store.manifest import caps_of, rules_in_words, typed
from sim.study.store.provenance import checkout, file_digest
from sim.study.store.reading import read_manifest
from tests.study.fake import FakeModel, toy_plan

ROOT = Path(__file__).resolve().parents[2]
PLAN = toy_plan(replications=2, months=6)


class StopsHalfway(FakeModel):
    def step(self) -> None:
        if self.config.seed == PLAN.tasks()[2].seed:
            raise KeyboardInterrupt
        super().step()


def run(folder: Path, engine=FakeModel, resolved=PLAN) -> dict:
    run_study(resolved, folder, engine=engine, console=Console(file=io.StringIO()))
    return read_manifest(folder)


def test_a_resumed_study_keeps_its_start_and_lists_its_calls(monkeypatch, tmp_path):
    clock = (f"2026-01-01T00:00:{second:02d}+00:00" for second in range(60))
    monkeypatch.setattr("sim.study.run.job.now", lambda: next(clock))
    monkeypatch.setattr(provenance, "now", lambda: next(clock))
    with pytest.raises(StudyStopped):
        run(tmp_path / "study", StopsHalfway)
    first = read_manifest(tmp_path / "study")
    second = run(tmp_path / "study")
    assert [one["cells"] for one in second["calls"]] == [2, 2]
    assert first["started"] == second["started"] == second["calls"][0]["began"] == "2026-01-01T00:00:00+00:00"
    assert first["calls"] == second["calls"][:1]
    assert first["ended"] < second["calls"][1]["began"] < second["ended"] == second["calls"][1]["ended"]
    write_again(PLAN, tmp_path / "study", console=Console(file=io.StringIO()))
    again = read_manifest(tmp_path / "study")
    assert (again["calls"], again["ended"]) == (second["calls"], second["ended"]), "a report computes nothing"


def test_the_manifest_says_where_and_by_which_program(tmp_path):
    before = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    manifest = run(tmp_path / "study")
    (call,) = manifest["calls"]
    assert call["host"] == platform.node() and call["platform"] == platform.platform()
    assert call["lock_sha256"] == hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    assert before <= datetime.datetime.fromisoformat(call["began"]) <= datetime.datetime.now(datetime.UTC)
    assert (call["commit"], call["clean"]) == tuple(checkout(ROOT).values())


def test_no_hash_knows_of_time_place_and_inputs(monkeypatch, tmp_path):
    here = run(tmp_path / "here")
    monkeypatch.setattr(provenance.platform, "node", lambda: "elsewhere")
    monkeypatch.setattr(provenance, "now", lambda: "2000-01-01T00:00:00+00:00")
    (tmp_path / "a.yaml").write_text("b")
    own = own_file(str(tmp_path / "a.yaml"), "a file")
    with_input = run(tmp_path / "there", resolved=dataclasses.replace(PLAN, inputs=(own,)))
    assert with_input["calls"][0]["host"] == "elsewhere" and with_input["inputs"][0]["sha256"] == own.sha256
    for name in ("results_sha256", "config_sha256", "program_sha256"):
        assert here[name] == with_input[name]
    run(tmp_path / "there")  # the same study


def test_the_commit_and_whether_it_was_clean(monkeypatch, tmp_path):
    nothing = {"commit": "", "clean": None}
    assert checkout(tmp_path) == nothing
    if shutil.which("git"):
        (tmp_path / "sim").mkdir()
        (tmp_path / "sim" / "code.py").write_text("a = 1\n")
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "one"]):
            subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
        (tmp_path / "notes.txt").write_text("no source")
        found = checkout(tmp_path)
        assert len(found["commit"]) == 40 and found["clean"] is True
        (tmp_path / "sim" / "more.py").write_text("b = 2\n")
        assert checkout(tmp_path) == {**found, "clean": False}
    monkeypatch.setenv("PATH", "")
    assert checkout(tmp_path) == nothing, "without git"


def test_every_file_of_the_users_is_recorded_with_hash_and_rows(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "examples" / "tape.csv", "tape.csv")
    Path("mine.yaml").write_text("name: mine\nlayers:\n  - {kind: quota_share, participant: lender, share: 1.0}\n")
    Path("package.yaml").write_text("parent: lenient\nmeaning: Mine.\nchange:\n  sharing: mine.yaml\n")
    Path("months.csv").write_text("month,unemployment_percent\n2020-01,5\n2020-02,5.2\n2020-03,5.4\n")
    Path("lenient").write_text("a file that happens to be named like a package")
    tape = ["population=tape", "population.file=tape.csv", "population.mapping=taiwan_2005"]
    own = ["economy=path", "economy.file=months.csv", "study.arms=[lenient,package.yaml]"]
    found = {one["name"]: one for one in described(plan([*tape, *own, "study.replications=1"]).inputs)}
    rows = {"package.yaml": None, "tape.csv": 500, "months.csv": 3, "mine.yaml": None}
    assert {name: one["rows"] for name, one in found.items()} == rows
    for name, one in found.items():
        assert one["sha256"] == file_digest(Path(name)) and one["bytes"] == Path(name).stat().st_size
    assert plan(["study.replications=1"]).inputs == ()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("study.arms=[lenient,limits]", "study.arms=[lenient,limits]"),
        ("design.vary=['a.b=interval(0.5,1)','c=1,2']", "\"design.vary=['a.b=interval(0.5,1)','c=1,2']\""),
        ("out=my study", "'out=my study'"),
        ("out=$HOME's", None),
        ("out=a;b&c|d*", None),
        ("out=\u4e2d", None),
    ],
)
def test_the_command_in_the_manifest_is_what_a_shell_takes_back(word, said):
    assert shlex.split(typed(word)) == [word] and typed(word) == (said or typed(word))


def test_what_ends_new_cover_stands_in_the_manifest():
    caps = {"denominator": "released", "above": 0.05, "resume_below": 0.0, "leverage": 10.0, "falls_on": "lender"}
    assert caps_of(compose(["sharing=scheme_4321"])) == caps
    own = compose(["sharing=guarantee_80_20", "sharing.leverage_cap=7", "sharing.suspension.above=0.03"])
    assert caps_of(own) == caps | {"above": 0.03, "leverage": 7.0}
    assert caps_of(compose(["sharing=joint_loan_30_70"])) == caps | {
        "denominator": "none", "leverage": 0.0, "falls_on": "",
    }  # fmt: skip
    assert caps_of(compose(["sharing=sba_7a"]))["falls_on"] == "government"
    assert caps_of(compose()) == caps_of(object()) == {}


def test_a_list_of_rules_stands_in_the_manifest_in_words():
    assert rules_in_words(compose(["policy/engine=rules"]))[0] == "serious arrears: close when months_past_due >= 3"
    assert rules_in_words(compose()) == rules_in_words(object()) == []
