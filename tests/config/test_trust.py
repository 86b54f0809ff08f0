"""A folder of somebody else: it chooses neither the code that runs here nor an address to call."""

from __future__ import annotations

import json
from concurrent.futures import BrokenExecutor

import pytest

from sim.__main__ import main
from sim.study.differences import digest

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
        patched.setattr("sim.study.runner.Driver.run", nobody)
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
    monkeypatch.setattr("sim.study.runner.run_study", lambda plan, *_, **__: plans.append(plan))
    monkeypatch.setattr("sim.study.checking.verify", lambda folder, plan, *_: plans.append(plan) or pytest.skip())
    return plans


@pytest.mark.parametrize("verb", ["resume", "verify", "report"])
def test_rules_of_a_folder_do_not_run_unasked(verb, folder, monkeypatch, capsys):
    monkeypatch.setattr("sim.config.plugin.load", lambda path: path and pytest.fail("the file was read"))
    monkeypatch.setattr("sim.policies.user.executed", lambda text: pytest.fail("the rules were run"))
    assert main([verb, str(folder)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "mine.py" in said and "--plugin FILE" in said and "--trust" in said


def test_another_file_is_refused_before_it_runs(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sim.policies.user.executed", lambda text: pytest.fail("the rules were run"))
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


def test_the_way_to_go_on_hands_the_rules_over_again(folder, capsys):
    assert main(["status", str(folder)]) == 0
    hint = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("go on with: "))
    assert hint == f"go on with: creditcycle resume {folder} --plugin {folder.parent / 'mine.py'}"
