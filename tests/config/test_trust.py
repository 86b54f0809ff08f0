"""A folder of somebody else: it chooses neither the code that runs here nor an address to call."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import BrokenExecutor

import pytest

from sim.__main__ import main
from sim.config.overrides import written
from sim.config.trust import check_trust
from sim.inputs.files import own_file
from sim.study.plan.differences import digest
from sim.study.store.files import write_safely
from sim.study.store.keeping import described

RULES = "def mine(limit):\n    return limit\n"
SMALL = ["study.replications=1", "population.borrowers=60", "study.months=1", "study.burn_in=0", "study.window_from=0",
         "economy=calm", "machine.workers=1", "population=tiny"]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A study with a user's rule, none of whose cells is done, and whose manifest names a scheduler."""
    home = tmp_path_factory.mktemp("sent")
    (home / "mine.py").write_text(RULES, encoding="utf-8")

    def nobody(*_):
        raise BrokenExecutor("nobody runs it")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sim.study.run.runner.Driver.run", nobody)
        assert main(["--plugin", str(home / "mine.py"), "policy/limit=mine", *SMALL, f"out={home / 'study'}"]) == 1
    manifest = json.loads((home / "study" / "manifest.json").read_text(encoding="utf-8"))
    manifest["overrides"].append("machine.scheduler=tcp://192.0.2.1:8786")
    del manifest["check"]
    manifest["check"] = digest(manifest)
    (home / "study" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return home / "study"


@pytest.fixture
def begun(monkeypatch):
    """Plans that a verb would have begun to work on."""
    plans = []
    monkeypatch.setattr("sim.study.run.runner.run_study", lambda plan, *_, **__: plans.append(plan))
    monkeypatch.setattr("sim.study.store.checking.verify", lambda folder, plan, *_: plans.append(plan) or pytest.skip())
    return plans


@pytest.mark.parametrize("verb", ["resume", "verify", "report"])
def test_rules_of_a_folder_do_not_run_unasked(verb, folder, monkeypatch, capsys):
    monkeypatch.setattr("sim.config.plugin.load", lambda path: path and pytest.fail("the file was read"))
    monkeypatch.setattr("sim.lender.policies.user.executed", lambda text: pytest.fail("the rules were run"))
    assert main([verb, str(folder)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "mine.py" in said and "--plugin FILE" in said and "--trust" in said


def test_another_file_is_refused_before_it_runs(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sim.lender.policies.user.executed", lambda text: pytest.fail("the rules were run"))
    (tmp_path / "other.py").write_text(RULES + "\n", encoding="utf-8")
    assert main(["resume", str(folder), "--plugin", str(tmp_path / "other.py")]) == 2
    assert "is not the file of rules" in capsys.readouterr().err
    assert main(["resume", str(folder), "--plugin", str(tmp_path / "none.py")]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("how", ["--trust", "--plugin"])
def test_what_the_user_hands_over_or_agrees_to_runs(how, folder, tmp_path, begun):
    (tmp_path / "copy.py").write_text(RULES, encoding="utf-8")
    assert main(["resume", str(folder), how, *([str(tmp_path / "copy.py")] if how == "--plugin" else [])]) == 0
    assert len(begun) == 1


def test_the_address_comes_from_the_command_line_alone(folder, begun):
    assert main(["resume", str(folder), "--trust"]) == 0
    assert main(["resume", str(folder), "--trust", "machine.scheduler=tcp://192.0.2.9:8786"]) == 0
    assert [plan.machine.scheduler for plan in begun] == ["", "tcp://192.0.2.9:8786"]


def changed(folder, tmp_path, change):
    """A copy of the folder with a manifest that somebody wrote on purpose, its check and all."""
    copy = tmp_path / "changed"
    shutil.copytree(folder, copy)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    del manifest["check"]
    change(manifest)
    (copy / "manifest.json").write_text(json.dumps({**manifest, "check": digest(manifest)}), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("key", "value"),
    [("inputs", "x"), ("inputs", [{}]), ("inputs", None), ("cells", []), ("cells", {"finished": "all", "of": 1}),
     ("calls", 7), ("calls", [{}]), ("status", 1), ("overrides", [1]), ("arms", None), ("scenarios", [{}]),
     ("units", []), ("units", {"loss_rate": {}}), ("seconds", "1"), ("design", {"axes": [1]}), ("command", None)],
)  # fmt: skip
def test_a_manifest_of_odd_kinds_is_one_line(key, value, folder, tmp_path, capsys):
    copy = changed(folder, tmp_path, lambda manifest: manifest.update({key: value}))
    for verb in ("status", "report", "verify", "export", "resume"):
        assert main([verb, str(copy), *(["--trust"] if verb in ("report", "verify", "resume") else [])]) == 2, verb
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "manifest.json: damaged" in said


def test_no_file_outside_is_read(folder, tmp_path, capsys):
    outside = tmp_path / "months.csv"
    outside.write_text("month,unemployment\n0,0.05\n", encoding="utf-8")
    more = ["economy=path", f"economy.file={outside}"]
    copy = changed(folder, tmp_path, lambda manifest: manifest["overrides"].extend(more))
    assert main(["resume", str(copy), "--trust"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "none of the files that the study folder keeps" in said


@pytest.mark.parametrize("part", ["inputs", "results", "journal", "the copy"])
def test_links_to_elsewhere_are_not_followed(part, folder, tmp_path, capsys):
    copy, outside = changed(folder, tmp_path, lambda manifest: None), tmp_path / "outside"
    link = next((copy / "inputs").iterdir()) if part == "the copy" else copy / part
    link.rename(outside)
    link.symlink_to(outside)
    before = sorted(outside.rglob("*"))
    assert main(["resume", str(copy), "--trust"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "is a link" in said and sorted(outside.rglob("*")) == before


def test_a_temporary_file_that_is_a_link_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine", encoding="utf-8")
    (tmp_path / f".table.csv.{os.getpid()}.tmp").symlink_to(outside)
    write_safely(tmp_path / "table.csv", b"new")
    assert outside.read_text(encoding="utf-8") == "mine" and (tmp_path / "table.csv").read_bytes() == b"new"


def test_a_file_of_rules_of_an_odd_name_may_be_handed_over(tmp_path):
    rules, kept = tmp_path / "my rules, new.py", tmp_path / "study" / "inputs"
    rules.write_text(RULES, encoding="utf-8")
    own = own_file(str(rules), "rules")
    kept.mkdir(parents=True)
    shutil.copy(rules, kept / own.kept_as)
    manifest = {"inputs": described([own])}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sim.config.trust.read_manifest", lambda _: manifest)
        check_trust([f"plugin={written(str(rules))}"], kept.parent, "resume", str(rules), False)


def test_the_way_to_go_on_hands_the_rules_over_again(folder, capsys):
    assert main(["status", str(folder)]) == 0
    hint = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("go on with: "))
    assert hint == f"go on with: creditcycle resume {folder} --plugin {folder.parent / 'mine.py'}"
